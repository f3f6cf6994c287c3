from __future__ import annotations

import re
import threading

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from analysis import build_corpus, open_corpus
from analysis.demo import write_demo
from dashboard.app import create_app
from dashboard.link_frames import linked

expect.set_options(timeout=60_000)  # machines that run all tests at once are slow
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


class Shown:
    """The demo on a port of this machine."""

    def __init__(self, folder, store):
        write_demo(folder, n_records=300)
        build_corpus(folder, store)
        self.corpus = open_corpus(store)
        self.server = make_server("127.0.0.1", 0, create_app(self.corpus).server, threaded=True)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    shown = Shown(tmp_path_factory.mktemp("records"), tmp_path_factory.mktemp("store"))
    yield shown
    shown.server.shutdown()


@pytest.fixture(scope="module")
def found(shown):
    return linked(shown.corpus)


def drawn(page):
    expect(page.locator("#links-words .tile")).to_have_count(4)
    expect(page.locator("#recommended .barlayer .point").first).to_be_attached()
    expect(page.locator("#outlet-links .barlayer .point").first).to_be_attached()
    expect(page.locator("#recommended-rows tbody tr").first).to_be_visible()
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
def test_links_are_told_and_drawn(shown, found, open_page, scheme):
    page = drawn(open_page(shown, "/links", scheme=scheme))
    expect(page.locator(".rail-link[aria-current]")).to_have_text("Links")
    expect(page.locator("#links-words")).to_contain_text("not the same event")
    expect(page.locator("#links-words .figure").first).to_have_text(f"{int(found.summary['n_links']):,}")
    expect(page.locator("#recommended-rows tbody tr")).to_have_count(len(found.best))
    expect(page.locator("#link-graph-card")).to_be_hidden()  # hundreds of lines cannot be followed


def test_a_bar_opens_the_articles_whose_lists_name_it(shown, found, open_page):
    page = drawn(open_page(shown, "/links"))
    top = found.most_listed.sort_values(["n_listed", "id"], ascending=[False, True]).iloc[0]
    click(page, page.locator("#recommended .barlayer .point path").first)
    opened(page, int(top["n_listed"]))
    expect(page.locator("#panel-title")).to_contain_text("Their lists name")
    page.reload()
    opened(page, int(top["n_listed"]))
    page.go_back()
    expect(page.locator("#panel")).to_be_hidden()
    page.go_forward()
    opened(page, int(top["n_listed"]))


def test_the_numbers_of_the_tables_open_as_many_articles(shown, open_page):
    page = drawn(open_page(shown, "/links"))
    row = page.locator("#recommended-rows tbody tr").first
    n = int(row.locator("td[data-head=Lists]").inner_text())
    row.locator("td[data-head=Lists] a").click()
    opened(page, n)
    page.keyboard.press("Escape")
    for table in ("outlet-links-table", "discovery-table"):
        page.locator(f"details:has(#{table}) summary").click()
        cell = page.locator(f"#{table} tbody tr").first
        n = int(cell.locator("td").inner_text().split()[0].replace(",", ""))
        cell.locator("a").click()
        opened(page, n)
        page.keyboard.press("Escape")
        expect(page.locator("#panel")).to_be_hidden()


def test_few_articles_are_a_graph_whose_dots_open_them(served_seed, open_page):
    page = open_page(served_seed, "/links")
    dots = page.locator("#link-graph .scatterlayer .trace:last-child .point")
    expect(dots).to_have_count(6)
    click(page, dots.first)
    expect(page.locator("#panel-article .headline").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"/links\?.*article="))


def test_nothing_selected_says_what_to_loosen(shown, open_page):
    page = open_page(shown, "/links?v=1&q=zebrafinch")
    expect(page.locator("#links-empty")).to_contain_text("without the query")
    expect(page.locator("#links-found")).to_be_hidden()


@SCHEMES
def test_a_telephone_has_no_sideways_scroll(shown, open_page, scheme):
    page = drawn(open_page(shown, "/links", width=390, height=844, scheme=scheme))
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_keyboard_alone_opens_what_lists_name(shown, open_page):
    page = drawn(open_page(shown, "/links"))
    page.locator("#recommended-rows tbody th a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-article .headline").first).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_one_article_without_links_is_said(served_hostile, open_page, width):
    page = open_page(served_hostile, "/links", width=width)
    expect(page.locator("#links-words")).to_contain_text("Every article here has a record of its own")
    expect(page.locator("#outlet-links-text h2")).to_have_text("No outlet lists another")
    assert page.evaluate("document.documentElement.scrollWidth") == width
