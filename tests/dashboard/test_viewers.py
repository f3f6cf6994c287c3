"""Many viewers at once: each gets the answer to its own question, as a lone one does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.app import create_app

VIEWERS = 20
QUERIES = ("ban", "liberties", "zebra")


@pytest.fixture(scope="module")
def app(answers):
    app = create_app(answers.corpus)
    app.server.test_client().get(
        "/_dash-dependencies", headers={"Host": "localhost"}
    )  # registers the callbacks
    return app


def ask(app, output, address):
    """The answer to one callback of a page at an address, as the browser asks for it."""
    key = next(key for key in app.callback_map if output in key.strip(".").split("..."))
    outputs = [
        dict(zip(("id", "property"), one.split("."), strict=True)) for one in key.strip(".").split("...")
    ]
    given = {"live": address, "scheme": "light"}
    inputs = [one | {"value": given[one["id"]]} for one in app.callback_map[key]["inputs"]]
    body = {"output": key, "outputs": outputs, "inputs": inputs, "changedPropIds": ["live.data"]}
    answer = app.server.test_client().post(
        "/_dash-update-component", json=body, headers={"Host": "localhost"}
    )
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]


def rows(app, search):
    asked = {"path": "/articles", "search": search, "startRow": 0, "endRow": 10}
    answer = app.server.test_client().post("/_rows/articles", json=asked, headers={"Host": "localhost"})
    assert answer.status_code == 200
    return answer.get_json()


def look(app, query):
    """What one viewer sees of a query."""
    search = f"?v=1&q={query}"
    return ask(app, "summary.children", "/" + search), rows(app, search)


@pytest.mark.slow
def test_twenty_viewers_at_once_see_what_each_alone_would(app):
    alone = {query: look(app, query) for query in QUERIES}
    assert alone["ban"] != alone["liberties"]
    with ThreadPoolExecutor(VIEWERS) as viewers:
        asked = [QUERIES[n % len(QUERIES)] for n in range(VIEWERS)]
        seen = list(viewers.map(lambda query: look(app, query), asked))
    assert [one == alone[query] for query, one in zip(asked, seen, strict=True)] == [True] * len(asked)
