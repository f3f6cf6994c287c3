from __future__ import annotations

import re

import pytest
from dash import _callback

from analysis.charts.theme import CONFIG
from dashboard.app import PAGES, create_app
from dashboard.components import panel
from dashboard.components.filters import complaint
from dashboard.ids import Ids
from dashboard.python_code import python_of
from dashboard.security import content_policy, is_allowed_host
from dashboard.url_state import View


@pytest.fixture(scope="module")
def app(answers):
    return create_app(answers.corpus)


@pytest.fixture(scope="module")
def client(app):
    return app.server.test_client()


def components(part):
    yield part
    children = getattr(part, "children", None)
    for child in children if isinstance(children, list | tuple) else [children]:
        if hasattr(child, "to_plotly_json"):
            yield from components(child)


def test_no_response_may_run_what_is_not_ours(client):
    answer = client.get("/", headers={"Host": "localhost:8050"})
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-eval" not in policy
    assert re.search(r"script-src 'self'( 'sha256-[^']+')+;", policy)
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(r'(src|href)="(https?:)?//', answer.text)
    assert '<html lang="en">' in answer.text


def test_the_script_of_charts_comes_before_dash_would_load_a_larger_one(client):
    scripts = re.findall(r'<script src="([^"?]+)', client.get("/", headers={"Host": "localhost"}).text)
    assert scripts[0].startswith("/_charts/")
    assert not any("plotly" in script for script in scripts)
    asked = {"Host": "localhost", "Accept-Encoding": "br"}
    answer = client.get(scripts[0], headers=asked)
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "br"
    assert len(answer.data) < 400_000


def test_every_inline_script_is_allowed_by_its_own_hash(client):
    answer = client.get("/", headers={"Host": "localhost"})
    assert content_policy(answer.data) == answer.headers["Content-Security-Policy"]
    assert (
        content_policy(answer.data + b"<script>more()</script>") != answer.headers["Content-Security-Policy"]
    )


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8050", 200),
        ("127.0.0.1:9", 200),
        ("[::1]:8050", 200),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
    ],
)
def test_other_names_are_not_answered(client, host, status):
    assert client.get("/", headers={"Host": host}).status_code == status


def test_served_on_a_name_it_answers_to_that_name():
    assert is_allowed_host("desk.example:8050", "desk.example")
    assert not is_allowed_host("other.example:8050", "desk.example")
    assert not is_allowed_host("192.168.0.7", "127.0.0.1")


@pytest.fixture(scope="module")
def places(app):
    """Every component with an id -> the page that it stands on; of the window and its panel, nothing."""
    window = [*components(app.layout()), *components(panel.rows())]
    found = {str(part.id): "" for part in window if getattr(part, "id", None)}
    for page in PAGES:
        root = page.layout()
        ids = [part.id for child in root.children for part in components(child) if getattr(part, "id", None)]
        assert len(ids) == len(set(ids))
        assert page is PAGES[0] or not set(ids) & set(found)
        found |= dict.fromkeys(map(str, ids), str(root.id))
    return found


def test_no_graph_sends_anything():
    graphs = [p for page in PAGES for p in components(page.layout()) if type(p).__name__ == "Graph"]
    assert len(graphs) >= 30
    for graph in graphs:
        assert graph.config["showSendToCloud"] is False
        assert graph.config["plotlyServerURL"] == ""
        assert graph.config["displaylogo"] is False
        assert graph.config == CONFIG


def test_every_id_stands_in_the_window_or_on_one_page(app, places):
    found = [part.id for part in components(app.layout()) if getattr(part, "id", None)]
    assert len(found) == len(set(found))
    assert set(Ids) <= set(places)


def test_a_callback_needs_the_window_and_one_page(app, places):
    """Pages come when they are shown: what needed two of them would never run."""
    frames = {str(page.layout().id) for page in PAGES}  # which stand in the window from the start
    app.server.test_client().get("/_dash-dependencies", headers={"Host": "localhost"})
    callbacks = app._callback_list + list(_callback.GLOBAL_CALLBACK_LIST)
    assert len(callbacks) > 80
    for callback in callbacks:
        outputs = [
            part.split("@")[0].rpartition(".")[0] for part in callback["output"].strip(".").split("...")
        ]
        ids = {*outputs, *(part["id"] for part in callback["inputs"] + callback["state"])} - frames
        known = {places[one] for one in ids if not one.startswith("{")}
        assert len(known - {""}) <= 1, ids


def test_a_page_is_sent_by_its_id(client):
    page = client.get("/_pages/page-events", headers={"Host": "localhost"})
    assert page.mimetype == "application/json"
    assert "events-chart" in page.text
    assert client.get("/_pages/page-overview", headers={"Host": "localhost"}).status_code == 404


def test_one_heading_of_the_first_order(app):
    assert sum(type(part).__name__ == "H1" for part in components(app.layout())) == 1


def test_two_apps_share_nothing(app, answers):
    other = create_app(answers.corpus)
    assert other.server is not app.server
    assert other.layout is not app.layout


def test_a_wrong_query_is_shown_with_a_caret():
    assert complaint("ban AND").splitlines()[-1].rstrip().endswith("^")
    assert complaint("ban AND moratorium") == ""


def test_the_code_copied_selects_the_same(answers):
    view = View(query='"facial recognition"', min_quality=40.0, topics=())
    found = {}
    exec(python_of(answers, view), found)
    assert found["frame"]["count"].sum() == answers.totals(view).articles == 3
