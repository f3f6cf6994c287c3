from __future__ import annotations

import pytest
from playwright.sync_api import expect

expect.set_options(timeout=40_000)  # machines that run all tests at once are slow
CHARTS = {
    "/": 4,
    "/?v=1&open=topic:Cameras": 4,
    "/compare?v=1&with=q:camera*&with=q:council": 3,
    "/events": 1,
    "/events?v=1&e={event}": 1,
    "/providers": 4,
    "/providers?v=1&q=camera*": 4,
    "/providers?v=1&of={outlet}": 3,
    "/topics": 3,
    "/links": 2,
    "/articles": 0,
    "/articles?v=1&article={unbroken}": 0,
    "/articles?v=1&article={script}": 0,
    "/data": 1,
}
DRAWN = "[...document.querySelectorAll('.js-plotly-plot')].filter(e => e.offsetParent && e.data && e.data.length).length"
WIDTHS = {1440: "light", 390: "dark"}


@pytest.fixture(scope="module")
def places(served_strange):
    """What addresses name; the longest headline is one word."""
    articles = served_strange.corpus.articles
    article = {
        name: articles.loc[articles["provider_id"] == f"{name}.example", "article_id"].min()
        for name in ("unbroken", "script")
    }
    groups = served_strange.corpus.groups
    event = groups[groups["kind"] == "events"].sort_values(["size", "group_id"]).iloc[-1]["group_id"]
    return {"outlet": "unbroken.example", "event": event} | article


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("address", CHARTS)
def test_strange_text_is_harmless_and_fits(served_strange, open_page, places, settled, address, width):
    page = open_page(served_strange, address.format(**places), width=width, scheme=WIDTHS[width], height=900)
    settled(page)
    page.evaluate("document.querySelectorAll('main details.as-table').forEach(e => { e.open = true; })")
    settled(page)
    assert hrefs_elsewhere(page) == []
    assert (
        page.evaluate("document.querySelectorAll('main script, aside script, img, iframe, object').length")
        == 0
    )
    assert page.evaluate(DRAWN) >= CHARTS[address]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def hrefs_elsewhere(page):
    """What a click could run: of links, only addresses of the web and of this server are harmless."""
    return page.evaluate(
        "[...document.querySelectorAll('[href], [src], [action], [formaction], [onclick], [onmouseover], [onerror]')]"
        ".filter(e => [...e.attributes].some(a => /^on/.test(a.name) || (['href', 'src', 'action', 'formaction']"
        ".includes(a.name) && !/^(https?:|\\/|#|\\?|data:image\\/)/.test(a.value.trim()))))"
        ".map(e => e.outerHTML.slice(0, 200))"
    )
