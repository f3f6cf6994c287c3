from __future__ import annotations

import re
import threading

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from analysis import build_corpus, open_corpus
from analysis.demo import write_demo
from dashboard.app import create_app
from dashboard.topic_frames import clustered

expect.set_options(timeout=60_000)  # machines that run all tests at once are slow
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


class Shown:
    """The demo on a port of this machine: more articles than are clustered at once."""

    def __init__(self, folder, store):
        write_demo(folder, n_records=420)
        build_corpus(folder, store)
        self.corpus = open_corpus(store)
        self.server = make_server("127.0.0.1", 0, create_app(self.corpus).server, threaded=True)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    shown = Shown(tmp_path_factory.mktemp("records"), tmp_path_factory.mktemp("store"))
    assert len(shown.corpus) > 400
    yield shown
    shown.server.shutdown()


@pytest.fixture(scope="module")
def found(shown):
    return clustered(shown.corpus).found


def drawn(page):
    for chart in ("cluster-map", "strands", "cluster-tree", "cluster-choice"):
        expect(page.locator(f"#{chart}-text h2")).not_to_be_empty()
    expect(page.locator("#cluster-map .scatterlayer .point").first).to_be_attached()
    expect(page.locator("#strands .barlayer .point").first).to_be_attached()
    expect(page.locator("#topic-pairs .barlayer .point").first).to_be_attached()
    expect(page.locator("#cluster-work")).to_be_hidden()
    return page


def click(page, mark):
    mark.scroll_into_view_if_needed()
    mark.hover(force=True)
    page.mouse.down()
    page.mouse.up()


def opened(page, n):
    expect(page.locator("#panel-count")).to_have_text(re.compile(f"^{n:,} article"))
    expect(page.locator("#panel-grid .ag-root")).to_have_attribute("aria-rowcount", str(n + 1))


@SCHEMES
def test_clusters_are_found_in_the_background_and_shown(shown, found, open_page, scheme):
    page = drawn(open_page(shown, "/topics", scheme=scheme))
    expect(page.locator(".rail-link[aria-current]")).to_have_text("Topics")
    rows = page.locator("#cluster-list tbody tr")
    expect(rows).to_have_count(len(found.clusters))
    top = found.clusters.iloc[0]
    expect(rows.first).to_contain_text(f"{top['size']}")
    expect(page.locator("#topics-words")).to_contain_text(f"{len(found.clusters)} clusters")
    expect(page.locator("#cluster-rows .cluster")).to_have_count(len(found.clusters))


def test_a_cluster_of_the_list_opens_its_articles_and_back_closes_it(shown, found, open_page):
    page = drawn(open_page(shown, "/topics"))
    top = found.clusters.iloc[0]
    page.locator("#cluster-list tbody a").first.click()
    opened(page, int(top["size"]))
    expect(page).to_have_url(re.compile(f"open=cluster%3A{top['cluster_id']}$"))
    expect(page.locator("#panel-link")).to_be_hidden()  # no query selects a cluster
    page.reload()
    opened(page, int(top["size"]))
    page.go_back()
    expect(page.locator("#panel")).to_be_hidden()
    page.go_forward()
    opened(page, int(top["size"]))


@pytest.mark.parametrize(
    ("chart", "layer"),
    [
        ("cluster-map", ".scatterlayer .trace:last-child .point"),
        ("strands", ".barlayer .trace:last-child .point path"),
        ("cluster-tree", ".scatterlayer .trace:last-child .point"),
    ],
)
def test_dots_bars_and_joints_open_as_many_articles_as_they_say(shown, open_page, chart, layer):
    page = drawn(open_page(shown, "/topics"))
    data = f"document.querySelector('#{chart} .js-plotly-plot').data.at(-1).hovertext.at(-1)"
    said = re.search(r"click for ([\d,]+) article", page.evaluate(data))
    click(page, page.locator(f"#{chart} {layer}").last)
    opened(page, int(said.group(1).replace(",", "")))


def test_the_number_of_clusters_is_chosen_and_in_the_address(shown, open_page):
    page = drawn(open_page(shown, "/topics"))
    page.locator("#topics-words .rank a", has_text=re.compile("^5$")).click()
    expect(page).to_have_url(re.compile(r"/topics\?v=1&k=5$"))
    expect(page.locator("#cluster-list tbody tr")).to_have_count(5)
    drawn(page)
    page.reload()
    expect(page.locator("#cluster-list tbody tr")).to_have_count(5)
    expect(page.locator("#topics-words [aria-current] a")).to_have_text("5")
    drawn(page)
    click(page, page.locator("#cluster-choice .scatterlayer .point").first)
    expect(page).to_have_url(re.compile(r"k=2$"))
    expect(page.locator("#cluster-list tbody tr")).to_have_count(2)
    page.go_back()
    expect(page.locator("#cluster-list tbody tr")).to_have_count(5)


def test_nothing_selected_says_what_to_loosen(shown, open_page):
    page = open_page(shown, "/topics?v=1&q=zebrafinch")
    expect(page.locator("#topics-empty")).to_contain_text("without the query")
    expect(page.locator("#topics-found")).to_be_hidden()


@SCHEMES
def test_a_telephone_has_no_sideways_scroll(shown, open_page, scheme):
    page = drawn(open_page(shown, "/topics", width=390, height=844, scheme=scheme))
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator("#cluster-list tbody a").first.click()
    expect(page.locator("#panel-grid .ag-row").first).to_be_visible()


def test_the_keyboard_alone_opens_a_cluster_and_an_article(shown, open_page):
    page = drawn(open_page(shown, "/topics"))
    page.locator("#cluster-rows .cluster h3 a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-grid .ag-row").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    page.locator("#cluster-rows .cluster li a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-article .headline").first).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_hostile_text_stays_text(served_hostile, open_page, width):
    page = open_page(served_hostile, "/topics", width=width)
    expect(page.locator("#cluster-rows")).to_contain_text("<script>alert(1)</script>")
    expect(page.locator("#cluster-map-text h2")).not_to_be_empty()
    assert page.locator("#page-topics b:not(text b), #page-topics script, #page-topics img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == width
