from __future__ import annotations

import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import expect
from werkzeug.serving import make_server

from dashboard.access import Access, guard
from dashboard.passwords import hash_password
from dashboard.security import protect

expect.set_options(timeout=40_000)  # machines that run all tests at once are slow
VIEWS = {
    "overview": "/",
    "compare": "/compare?v=1&with=story:facial-recognition-ban&with=q:camera*",
    "events": "/events",
    "event": "/events?v=1&e={event}",
    "outlets": "/providers",
    "outlet": "/providers?v=1&of={outlet}",
    "topics": "/topics",
    "links": "/links",
    "articles": "/articles",
    "article": "/articles?v=1&article={article}",
    "data": "/data",
}
STATES = {
    "story": "/?v=1&story=facial-recognition-ban&from=2021-08-10&to=2021-08-27",
    "nothing found": "/?v=1&q=zebra",
    "wrong query": "/?v=1&q=%28ban",
    "panel": "/?v=1&open=topic:Privacy",
}
OPENED = ("help", "editor", "report", "table", "about", "filters")
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
BOTH = [(scheme, size) for scheme in ("light", "dark") for size in SIZES]


@pytest.fixture(scope="module")
def places(demo_served):
    """What addresses name: an event of several articles, an outlet and an article."""
    groups = demo_served.corpus.groups
    event = groups[groups["kind"] == "events"].sort_values(["size", "group_id"]).iloc[-1]["group_id"]
    articles = demo_served.corpus.articles
    outlet = articles["provider_id"].value_counts().index[0]
    return {"event": event, "outlet": outlet, "article": articles["article_id"].iloc[-1]}


@pytest.fixture(scope="module")
def contexts(browser):
    """One context for each theme and width, so that what every page loads is loaded once."""
    made = {}
    for scheme, size in BOTH:
        width, height = SIZES[size]
        made[scheme, size] = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme
        )
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def visit(contexts, demo_served, places, settled):
    """Open an address in a context of its theme and width."""
    opened = []

    def go(address, scheme, size):
        page = contexts[scheme, size].new_page()
        opened.append(page)
        page.set_default_timeout(40_000)
        page.goto(demo_served.address + address.format(**places))
        return settled(page)

    yield go
    for page in opened:
        page.close()


def objections(page):
    found = Axe().run(page).response
    assert len(found["passes"]) > 10
    return [
        (rule["id"], [(node["target"], node["html"][:160]) for node in rule["nodes"][:4]])
        for rule in found["violations"]
    ]


@pytest.mark.parametrize(("scheme", "size"), BOTH)
@pytest.mark.parametrize("view", VIEWS)
def test_axe_has_no_objection(visit, view, scheme, size):
    assert objections(visit(VIEWS[view], scheme, size)) == []


@pytest.mark.parametrize(("scheme", "size"), [("light", "narrow"), ("dark", "wide")])
@pytest.mark.parametrize("state", STATES)
def test_axe_has_no_objection_to_other_states(visit, state, scheme, size):
    assert objections(visit(STATES[state], scheme, size)) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_no_objection_to_what_is_opened(visit, settled, scheme):
    found = {}
    for opened in OPENED:
        page = visit("/", scheme, "narrow" if opened == "filters" else "wide")
        reveal(page, opened)
        found[opened] = objections(settled(page))
    assert {what: wrong for what, wrong in found.items() if wrong} == {}


def reveal(page, what):
    """Open a part of the overview that is closed at first."""
    if what == "help":
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
    elif what == "editor":
        page.locator("#saved-open").click()
        expect(page.get_by_label("Name", exact=True)).to_be_visible()
    elif what == "report":
        page.get_by_role("button", name="Report", exact=True).click()
        expect(page.locator("#report-subject")).not_to_be_empty()
    elif what == "filters":
        page.get_by_role("button", name="Filters").click()
    else:
        page.locator(".about summary" if what == "about" else ".as-table > summary").first.click()


@pytest.fixture(scope="module")
def locked():
    """A server that asks for its password."""
    served = Flask("locked")
    protect(served)
    guard(served, Access(password=hash_password("correct horse battery")))
    served.add_url_rule(
        "/", "all", lambda: "<!DOCTYPE html><html lang=en><title>All</title><h1>All of it</h1>"
    )
    server = make_server("127.0.0.1", 0, served, threaded=True)
    server.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.mark.parametrize(("scheme", "size"), BOTH)
def test_signing_in_by_keyboard_and_out_again(locked, browser, scheme, size):
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    page.set_default_timeout(40_000)
    page.goto(locked.address)
    assert objections(page) == []
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("That is not the password.")
    assert objections(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("All of it")
    page.goto(locked.address + "/logout")
    assert objections(page) == []
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.goto(locked.address)
    expect(page.get_by_label("Password")).to_be_focused()
    context.close()
