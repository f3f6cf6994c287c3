from __future__ import annotations

import re
import threading
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as LateError
from playwright.sync_api import expect
from werkzeug.serving import make_server

from analysis import build_corpus, open_corpus
from analysis.demo import write_demo
from analysis.story import stories
from dashboard.app import create_app

expect.set_options(timeout=40_000)  # machines that run all tests at once are slow
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
TWO = "/compare?v=1&with=q%3Aban%2A&with=q%3Arobot%2A"


class Shown:
    """A store on a port of this machine."""

    def __init__(self, store):
        self.corpus = open_corpus(store)
        self.stories = [story for story in stories() if len(self.corpus.select(story.query))]
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


def drawn(page, n_items):
    """Wait until every part of the page is there."""
    expect(page.locator("#compare-items tbody tr")).to_have_count(n_items)
    expect(page.locator("#compare-volume .barlayer .bars")).to_have_count(n_items)
    expect(page.locator("#compare-covers .barlayer .bars").first).to_be_attached()
    expect(page.locator("#compare-scores .scatterlayer .point").first).to_be_attached()
    expect(page.locator("#compare-terms h2")).to_be_visible()
    return page


def click(page, chart, mark, place=0):
    point, hint = (
        page.locator(f"#{chart} {mark}").nth(place),
        page.locator(f"#{chart} .hoverlayer .hovertext").first,
    )
    point.scroll_into_view_if_needed()
    for step in range(100):  # a chart that is fitted to a new width forgets that something points at it
        box = point.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2 + step % 2, box["y"] + box["height"] / 2)
        with suppress(LateError):
            hint.wait_for(state="visible", timeout=500)
            break
    expect(hint).to_be_visible()
    said = hint.text_content()
    page.mouse.down()
    page.mouse.up()
    return said


def rows_are(page, count):
    expect(page.locator("#panel-count")).to_contain_text(f"{count} article")
    expect(page.locator("#panel-grid [role=grid]")).to_have_attribute(
        "aria-rowcount", str(count + 1)
    )  # and the head


@SCHEMES
def test_saved_stories_are_compared_at_once_a_colour_each(demo, open_page, scheme):
    page = drawn(open_page(demo, "/compare", scheme=scheme), len(demo.stories))
    expect(page.locator(".rail-link[aria-current]")).to_have_text("Compare")
    expect(page.locator("#compare-summary")).to_contain_text("had most coverage")
    heads = page.locator("#compare-items tbody th")
    assert len(demo.stories) > 1
    for place, story in enumerate(demo.stories):
        expect(heads.nth(place)).to_contain_text(story.name)
    squares = page.locator("#compare-items .square").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).color)"
    )
    bars = page.evaluate(
        """() => document.querySelector('#compare-volume .js-plotly-plot').data.map((trace) => trace.marker.color)"""
    )
    assert squares == [f"rgb({int(c[1:3], 16)}, {int(c[3:5], 16)}, {int(c[5:], 16)})" for c in bars]
    assert bars == [story.colour for story in demo.stories]


def test_a_story_has_its_colour_on_the_overview_too(demo, open_page):
    page = drawn(open_page(demo, "/compare"), len(demo.stories))
    colour = page.locator("#compare-items .square").nth(1).evaluate("one => getComputedStyle(one).color")
    page.locator("#compare-items tbody th a").nth(1).click()
    expect(page.locator("h1")).to_have_text(demo.stories[1].name)
    expect(page.locator("#volume .barlayer .point path").first).to_be_attached()
    fill = page.locator("#volume .barlayer .point path").first.evaluate("one => getComputedStyle(one).fill")
    assert fill == colour


def test_a_query_is_checked_as_it_is_typed_and_added(demo, open_page):
    page = drawn(open_page(demo, TWO), 2)
    box = page.locator("#compare-query")
    box.fill("(drone")
    expect(page.locator("#compare-error")).to_contain_text("^")
    box.press("Enter")
    expect(page.locator("#compare-items tbody tr")).to_have_count(2)
    box.fill("title:city")
    expect(page.locator("#compare-error")).to_be_empty()
    box.press("Enter")
    drawn(page, 3)
    expect(box).to_have_value("")
    assert page.url.endswith("&with=q%3Atitle%3Acity")
    page.locator("#compare-offered a", has_text="Deepfakes").click()
    drawn(page, 4)
    page.go_back()
    drawn(page, 3)
    page.go_forward()
    drawn(page, 4)
    page.reload()
    drawn(page, 4)
    expect(page.locator("#compare-items tbody th").nth(3)).to_contain_text("Deepfakes")


def test_what_is_compared_is_moved_and_removed(demo, open_page):
    page = drawn(open_page(demo, TWO), 2)
    page.get_by_role("link", name="Move robot* up").click()
    expect(page.locator("#compare-items tbody th").first).to_contain_text("robot*")
    page.get_by_role("link", name="Remove robot*").click()
    drawn(page, 1)
    expect(page.locator("#compare-items tbody th").first).to_contain_text("ban*")


def test_the_filter_bars_query_comes_first_and_its_filters_hold_for_all(demo, open_page):
    page = drawn(open_page(demo, "/compare?v=1&q=city&with=q%3Aban%2A"), 2)
    expect(page.locator("#compare-items tbody th").first).to_contain_text("from the filter bar")
    wide = page.locator("#compare-items tbody td[data-head=Articles]").all_inner_texts()
    page.goto(demo.address + "/compare?v=1&q=city&with=q%3Aban%2A&quality=90~")
    drawn(page, 2)
    narrow = page.locator("#compare-items tbody td[data-head=Articles]").all_inner_texts()
    assert all(0 < int(few) < int(many) for few, many in zip(narrow, wide, strict=True))
    page.get_by_role("link", name="Remove city").click()
    drawn(page, 1)
    assert "q=city" not in page.url.replace("with=q%3Acity", "")


def test_a_query_of_the_address_that_cannot_be_read_says_where(demo, open_page):
    page = open_page(demo, "/compare?v=1&with=q%3A%28ban&with=q%3Arobot%2A")
    expect(page.locator("#compare-items tbody tr")).to_have_count(2)
    expect(page.locator("#compare-items .query-error")).to_contain_text("^")
    expect(page.locator("#compare-volume .barlayer .bars")).to_have_count(1)


def test_numbers_and_marks_open_their_articles(demo, open_page):
    page = drawn(open_page(demo, "/compare"), len(demo.stories))
    count = int(page.locator("#compare-items tbody td[data-head=Articles]").nth(1).inner_text())
    page.locator("#compare-items tbody td[data-head=Articles] a").nth(1).click()
    expect(page.locator("#panel-title")).to_have_text(demo.stories[1].name)
    rows_are(page, count)
    said = click(page, "compare-covers", ".barlayer .point path")
    rows_are(page, int(re.search(r"click for (\d+)", said)[1]))
    expect(page.locator("#panel-count a")).to_have_text("Open the outlet")
    high = "all => all.findIndex((one) => one.getBoundingClientRect().height > 2)"
    place = page.locator("#compare-volume .barlayer .point path").evaluate_all(high)
    said = click(page, "compare-volume", ".barlayer .point path", place)
    rows_are(page, int(re.search(r"click for (\d+)", said)[1]))
    expect(page.locator("#panel-title")).to_contain_text("2021")
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    page.locator("#compare-terms ol a").first.click()
    expect(page.locator("#panel-title")).to_contain_text("Articles that say")
    page.locator("#panel-link").click()
    expect(page).to_have_url(re.compile("/articles"))


def test_a_pair_opens_the_articles_of_both(demo, open_page):
    page = drawn(open_page(demo, "/compare"), len(demo.stories))
    page.locator("#compare-overlap-table").evaluate("one => one.closest('details').setAttribute('open', '')")
    link = page.locator("#compare-overlap-table a").first
    count = int(link.locator("xpath=ancestor::tr").locator("td").inner_text().split(",")[0])
    link.click()
    rows_are(page, count)
    expect(page.locator("#panel-title")).to_contain_text("Of both: ")


def test_a_burst_opens_its_articles(demo, open_page):
    page = drawn(open_page(demo, "/compare"), len(demo.stories))
    line = page.locator("#compare-bursts-list li").first
    expect(line).to_be_visible()
    count = int(re.search(r"(\d+) articles", line.inner_text())[1])
    line.locator("a").click()
    rows_are(page, count)
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()


def test_the_mark_of_a_burst_opens_its_articles(demo, open_page):
    page = drawn(open_page(demo, "/compare"), len(demo.stories))
    said = click(page, "compare-bursts", ".barlayer .point path")
    assert "articles" in said
    expect(page).to_have_url(re.compile(r"open=compared%3A\d%2Fburst"))


def test_nothing_to_compare_says_what_to_do(demo, open_page):
    page = open_page(demo, "/compare?v=1&from=1999-01-01&to=1999-01-02")
    expect(page.locator("#compare-empty")).to_contain_text("Nothing to compare yet")
    expect(page.locator("#compare-found")).to_be_hidden()
    page.goto(demo.address + "/compare?v=1&with=q%3Azebrafinch")
    expect(page.locator("#compare-empty")).to_contain_text("No article matches")


@SCHEMES
def test_a_telephone_has_no_sideways_scroll(demo, open_page, scheme):
    page = drawn(open_page(demo, "/compare", width=390, height=844, scheme=scheme), len(demo.stories))
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.locator("#compare-covers-text .story-key")).to_be_visible()


def test_the_keyboard_alone_compares(demo, open_page):
    page = drawn(open_page(demo, TWO), 2)
    page.locator("#compare-query").focus()
    page.keyboard.type("title:city")
    page.keyboard.press("Enter")
    drawn(page, 3)
    page.get_by_role("link", name="Remove ban*").focus()
    page.keyboard.press("Enter")
    drawn(page, 2)
    page.locator("#compare-items tbody td[data-head=Articles] a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_have_text("robot*")


def test_hostile_queries_stay_text(demo, open_page):
    page = open_page(demo, "/compare?v=1&with=q%3A%3Cimg+src%3Dx+onerror%3Dalert%281%29%3E&with=q%3Aban%2A")
    expect(page.locator("#compare-items tbody tr")).to_have_count(2)
    expect(page.locator("#compare-items")).to_contain_text("<img src=x")
    assert page.locator("#page-compare img").count() == 0
