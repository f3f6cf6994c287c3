from __future__ import annotations

import re
import threading

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from analysis import build_corpus, open_corpus
from analysis.demo import write_demo
from analysis.measures import providers, timeliness
from dashboard.app import create_app

expect.set_options(timeout=40_000)  # machines that run all tests at once are slow
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


class Shown:
    """A store on a port of this machine."""

    def __init__(self, store):
        self.corpus = open_corpus(store)
        self.outlets = providers(self.corpus)
        self.names = self.corpus.providers.set_index("provider_id")["name"]
        self.server = make_server("127.0.0.1", 0, create_app(self.corpus).server, threaded=True)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder, store = tmp_path_factory.mktemp("records"), tmp_path_factory.mktemp("store")
    write_demo(folder, n_records=800)
    build_corpus(folder, store)
    shown = Shown(store)
    yield shown
    shown.server.shutdown()


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """One article of hostile name, without time, score or groups."""
    folder, store = tmp_path_factory.mktemp("records"), tmp_path_factory.mktemp("store")
    name = "<script>alert(1)</script><b>bold</b>"
    lines = [
        "---",
        "title: Ban",
        "webUrl: https://a.example/1",
        "provider:",
        f'  name: "{name}"',
        "  domain: a.example",
    ]
    (folder / "1.md").write_text("\n".join([*lines, "---", ""]), "utf-8")
    build_corpus(folder, store, groups=False)
    shown = Shown(store)
    yield shown
    shown.server.shutdown()


def listed(page):
    """Wait until the table and every chart of the list are there."""
    expect(page.locator("#outlet-grid .ag-center-cols-container .ag-row").first).to_be_visible()
    for chart in ("standing", "originality", "first", "lag", "copying", "blind"):
        expect(page.locator(f"#outlets-{chart}-text h2")).not_to_be_empty()
    return page


def opened(page):
    """Wait until every part of one outlet's page is there."""
    expect(page.locator("#outlet-summary")).not_to_be_empty()
    for chart in ("volume", "quality", "lag", "topics"):
        expect(page.locator(f"#outlet-{chart}-text h2")).not_to_be_empty()
    for card in ("copies", "firsts", "lists", "latest"):
        expect(page.locator(f"#outlet-{card} h2")).to_be_visible()
    return page


def click(page, chart, mark, place=0):
    page.locator(f"#{chart} {mark}").nth(place).hover(force=True)
    expect(page.locator(f"#{chart} .hoverlayer .hovertext").first).to_be_visible()
    said = page.locator(f"#{chart} .hoverlayer .hovertext").first.text_content()
    page.mouse.down()
    page.mouse.up()
    return int(re.search(r"click for (\d+)", said)[1])


def rows_are(page, count):
    expect(page.locator("#panel-count")).to_contain_text(f"{count} article")
    expect(page.locator("#panel-grid [role=grid]")).to_have_attribute(
        "aria-rowcount", str(count + 1)
    )  # and the head


def first_names(page, n=3):
    return page.locator("#outlet-grid .ag-row [col-id=name]").evaluate_all(
        """(cells, n) => cells.sort((a, b) => a.closest('.ag-row').rowIndex - b.closest('.ag-row').rowIndex ||
             a.closest('.ag-row').getAttribute('row-index') - b.closest('.ag-row').getAttribute('row-index'))
             .slice(0, n).map((cell) => cell.innerText)""",
        n,
    )


@SCHEMES
def test_outlets_are_listed_and_one_opens_and_back_works(demo, open_page, scheme):
    page = listed(open_page(demo, "/providers", scheme=scheme))
    expect(page.locator(".rail-link[aria-current]")).to_have_text("Outlets")
    expect(page.locator("#outlets-summary")).to_contain_text(f"{len(demo.outlets)} outlets published")
    top = demo.names[demo.outlets["provider_id"].iloc[0]]
    page.locator("#outlet-grid .ag-row[row-index='0'] [col-id=name] a").click()
    opened(page)
    assert f"of={demo.outlets['provider_id'].iloc[0]}" in page.url
    expect(page.locator("#outlet-head h2")).to_contain_text(top)
    expect(page.locator("#outlet-head a.out")).to_have_attribute("rel", "noopener noreferrer")
    expect(page.locator("#outlets-list")).to_be_hidden()
    page.go_back()
    listed(page)
    page.go_forward()
    opened(page)
    page.reload()
    opened(page)
    page.locator("#outlet-head .back").click()
    listed(page)


def test_the_order_is_in_the_address_and_few_stand_last(demo, open_page):
    page = listed(open_page(demo, "/providers"))
    ranked = demo.outlets[demo.outlets["n_scored"] >= 5].sort_values(
        ["quality_low", "provider_id"], ascending=[False, True]
    )
    page.locator("#outlet-grid .ag-header-cell[col-id=quality]").click()
    expect(page).to_have_url(re.compile("sort=quality"))
    page.locator("#outlet-grid .ag-header-cell[col-id=quality]").click()
    expect(page).to_have_url(re.compile("sort=-quality"))
    best = demo.names[ranked["provider_id"].iloc[0]]
    expect(page.locator("#outlet-grid .ag-row[row-index='0'] [col-id=name]")).to_have_text(best)
    page.reload()
    listed(page)
    expect(page.locator("#outlet-grid .ag-row[row-index='0'] [col-id=name]")).to_have_text(best)


def test_marks_open_as_many_articles_as_they_count(demo, open_page):
    page = listed(open_page(demo, "/providers?v=1&story=facial-recognition-ban"))
    rows_are(page, click(page, "outlets-standing", ".scatterlayer .point"))
    expect(page.locator("#panel-count a")).to_have_text("Open the outlet")
    rows_are(page, click(page, "outlets-originality", ".scatterlayer .point"))
    rows_are(page, click(page, "outlets-lag", ".scatterlayer .point"))
    expect(page.locator("#panel-title")).to_contain_text("taken up after others")
    rows_are(page, click(page, "outlets-blind", ".scatterlayer .point"))
    expect(page.locator("#panel-title")).to_contain_text("on neighbouring topics")
    page.locator("#outlets-copying-table").evaluate("one => one.closest('details').setAttribute('open', '')")
    link = page.locator("#outlets-copying-table a").first
    count = int(link.locator("xpath=ancestor::tr").locator("td").inner_text())
    link.click()
    rows_are(page, count)
    expect(page.locator("#panel-title")).to_contain_text("Copies of ")


def test_marks_of_one_outlet_open_its_articles(demo, open_page):
    first = timeliness(demo.corpus)["provider_id"].iloc[0]
    page = opened(open_page(demo, f"/providers?v=1&of={first}"))
    rows_are(page, click(page, "outlet-lag", ".barlayer .point path"))
    rows_are(page, click(page, "outlet-topics", ".barlayer .point path"))
    rows_are(page, click(page, "outlet-quality", ".scatterlayer .point"))
    high = "all => all.findIndex((one) => one.getBoundingClientRect().height > 2)"
    place = page.locator("#outlet-volume .barlayer .point path").evaluate_all(high)
    rows_are(page, click(page, "outlet-volume", ".barlayer .point path", place))
    for card in ("copies", "lists"):
        link = page.locator(f"#outlet-{card} td a").first
        count = int(link.inner_text())
        link.click()
        rows_are(page, count)
    page.locator("#outlet-latest th a").first.click()
    expect(page.locator("#panel-article .headline").first).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#outlet-firsts th a").first.click()
    expect(page.locator("#event-head .event-title")).to_be_visible()


def test_outlets_are_led_to_from_everywhere(demo, open_page):
    groups = demo.corpus.groups
    event = (
        groups[groups["kind"] == "events"]
        .sort_values(["size", "group_id"], ascending=False)["group_id"]
        .iloc[0]
    )
    page = open_page(demo, f"/events?v=1&e={event}")
    expect(page.locator("#event-chart .scatterlayer .point").first).to_be_attached()
    page.locator("#event-articles td a").first.click()
    opened(page)
    page.goto(demo.address + "/")
    page.locator("#outlet-table").evaluate("one => one.closest('details').setAttribute('open', '')")
    page.locator("#outlet-table a").first.click()
    page.locator("#panel-count a").click()
    opened(page)
    page.locator("#outlet-latest th a").first.click()
    page.locator("#panel-article .meta a").first.click()
    opened(page)


def test_an_outlet_that_is_not_there_says_so(demo, open_page):
    page = open_page(demo, "/providers?v=1&of=nobody.example")
    expect(page.locator("#outlet-head")).to_contain_text("No such outlet")
    page.goto(demo.address + f"/providers?v=1&q=zebrafinch&of={demo.outlets['provider_id'].iloc[0]}")
    expect(page.locator("#outlet-summary")).to_contain_text("no article under the filters above")
    page.goto(demo.address + "/providers?v=1&q=zebrafinch")
    expect(page.locator("#outlets-empty")).to_contain_text("without the query")


@SCHEMES
@pytest.mark.parametrize("one", [False, True])
def test_a_telephone_has_no_sideways_scroll(demo, open_page, scheme, one):
    path = f"/providers?v=1&of={demo.outlets['provider_id'].iloc[0]}" if one else "/providers"
    page = (opened if one else listed)(open_page(demo, path, width=390, height=844, scheme=scheme))
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    if not one:
        expect(page.locator("#outlets-copying-list")).to_be_visible()
        expect(page.locator("#outlet-grid .outlet-name").first).to_be_visible()


def test_the_keyboard_alone_opens_an_outlet(demo, open_page):
    page = listed(open_page(demo, "/providers"))
    page.locator("#outlet-grid .ag-row[row-index='0'] [col-id=name] a").focus()
    page.keyboard.press("Enter")
    opened(page)
    page.locator("#outlet-copies th a").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("of="))
    opened(page)


@pytest.mark.parametrize("width", [390, 1440])
def test_a_bare_and_hostile_outlet_is_shown_as_text(bare, open_page, width):
    page = listed(open_page(bare, "/providers", width=width))
    expect(page.locator("#outlet-grid")).to_contain_text("<script>alert(1)</script>")
    expect(page.locator("#outlets-copying-text")).to_contain_text("Copies were not looked for")
    page.locator("#outlet-grid .ag-row a").first.click()
    opened(page)
    expect(page.locator("#outlet-head")).to_contain_text("<b>bold</b>")
    expect(page.locator("#outlet-summary")).to_contain_text("None has a quality score")
    assert page.locator("#page-providers script, #page-providers b").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == width
