from __future__ import annotations

import re
import threading

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from analysis import build_corpus, open_corpus
from analysis.demo import write_demo
from dashboard.app import create_app

expect.set_options(timeout=20_000)  # machines that run all tests at once are slow
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


class Shown:
    """A store on a port of this machine."""

    def __init__(self, store):
        self.corpus = open_corpus(store)
        self.server = make_server("127.0.0.1", 0, create_app(self.corpus).server, threaded=True)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder, store = tmp_path_factory.mktemp("records"), tmp_path_factory.mktemp("store")
    write_demo(folder, n_records=300)
    build_corpus(folder, store)
    shown = Shown(store)
    yield shown
    shown.server.shutdown()


@pytest.fixture(scope="module")
def hostile_events(tmp_path_factory):
    """One wire text at two outlets, whose headline is markup."""
    folder, store = tmp_path_factory.mktemp("records"), tmp_path_factory.mktemp("store")
    title = "<script>alert(1)</script> <b>council</b> bans cameras =1+1 <img src=x onerror=alert(2)>"
    for n, outlet in enumerate(("a", "b")):
        lines = [
            "---", f'title: "{title}"', 'excerpt: "The council voted for the ban of cameras."',
            f"publishedDateTime: 2021-08-20T0{n}:30:00Z", f'webUrl: "https://{outlet}.example/1"', "provider:",
            f'  name: "<i>{outlet}</i>"', f"  domain: {outlet}.example", "---", "",
        ]  # fmt: skip
        (folder / f"{n}.md").write_text("\n".join(lines), "utf-8")
    build_corpus(folder, store)
    shown = Shown(store)
    yield shown
    shown.server.shutdown()


@pytest.fixture(scope="module")
def without_groups(tmp_path_factory):
    folder, store = tmp_path_factory.mktemp("records"), tmp_path_factory.mktemp("store")
    write_demo(folder, n_records=200)
    build_corpus(folder, store, groups=False)
    shown = Shown(store)
    yield shown
    shown.server.shutdown()


def largest(demo):
    groups = demo.corpus.groups
    events = groups[groups["kind"] == "events"]
    return events.sort_values(["size", "last", "group_id"], ascending=[False, False, True]).iloc[0]


def listed(page):
    expect(page.locator("#events-rows tbody tr").first).to_be_visible()
    expect(page.locator("#events-chart .scatterlayer .point").first).to_be_attached()
    return page


def opened(page):
    expect(page.locator("#event-head .event-title")).to_be_visible()
    expect(page.locator("#event-chart .scatterlayer .point").first).to_be_attached()
    return page


def click_dot(page, chart, place):
    page.locator(f"#{chart} .scatterlayer .point").nth(place).hover(force=True)
    expect(page.locator(f"#{chart} .hoverlayer .hovertext")).to_be_visible()
    page.mouse.down()
    page.mouse.up()


@SCHEMES
def test_events_are_listed_and_one_opens_and_back_works(demo, open_page, scheme):
    page = listed(open_page(demo, "/events", scheme=scheme))
    expect(page.locator(".rail-link[aria-current]")).to_have_text("Events")
    top = largest(demo)
    row = page.locator("#events-rows tbody tr").first
    assert row.locator("td").first.inner_text() == str(top["size"])
    row.locator("th a").click()
    opened(page)
    assert page.url.endswith(f"/events?v=1&e={top['group_id']}")
    expect(page.locator("#event-head .event-title")).to_have_text(top["headline"])
    expect(page.locator("#event-head")).to_contain_text(
        f"{top['size']} articles, {top['n_providers']} outlets"
    )
    expect(page.locator("#event-articles tbody tr")).to_have_count(int(top["size"]))
    expect(page.locator("#event-merges tbody tr")).to_have_count(int(top["size"]) - 1)
    expect(page.locator("#event-chart")).to_contain_text("First in this corpus")
    expect(page.locator("#events-list")).to_be_hidden()
    page.go_back()
    listed(page)
    expect(page.locator("#event")).to_be_hidden()
    page.go_forward()
    opened(page)


def test_a_dot_of_the_list_opens_as_many_articles_as_it_counts(demo, open_page):
    page = listed(open_page(demo, "/events"))
    count = int(page.locator("#events-rows tbody tr td").first.inner_text())
    click_dot(page, "events-chart", 0)
    expect(page.locator("#panel-count")).to_have_text(re.compile(f"^{count} articles"))
    expect(page.locator("#panel-grid .ag-row .headline").first).to_be_visible()
    expect(page.locator("#panel-title")).to_have_text(largest(demo)["headline"])
    expect(page.locator("#panel-grid [role=grid]")).to_have_attribute(
        "aria-rowcount", str(count + 1)
    )  # and the head
    page.locator("#panel-link").click()
    expect(page.locator("#article-count")).to_contain_text(f"{count} articles")


def test_a_dot_of_an_event_opens_its_article(demo, open_page):
    page = opened(open_page(demo, f"/events?v=1&e={largest(demo)['group_id']}"))
    first = page.locator("#event-articles tbody tr th a").first.inner_text()
    click_dot(page, "event-chart", 0)
    expect(page.locator("#panel-article .headline").first).to_have_text(first)
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    page.locator("#event-merges tbody a").first.click()
    expect(page.locator("#panel-article")).not_to_be_empty()
    expect(page.locator("#event")).to_be_visible()


def test_the_order_is_in_the_address(demo, open_page):
    page = listed(open_page(demo, "/events"))
    page.locator("#events-rank a", has_text="Recency").click()
    expect(page).to_have_url(re.compile(r"/events\?v=1&rank=recency$"))
    expect(page.locator("#events-text h2")).to_contain_text("The latest event")
    page.reload()
    expect(page.locator("#events-rank [aria-current]")).to_have_text("Recency")


def test_a_part_of_an_event_is_said(demo, open_page):
    top = largest(demo)
    articles = demo.corpus.articles
    outlet = articles.loc[articles["event_id"] == top["group_id"], "provider_id"].iloc[0]
    page = opened(open_page(demo, f"/events?v=1&outlet={outlet}&e={top['group_id']}"))
    expect(page.locator("#event-head")).to_contain_text("of them in the selection")
    expect(page.locator("#event-articles tbody tr")).to_have_count(int(top["size"]))


def test_an_event_that_is_not_there_says_so(demo, open_page):
    page = open_page(demo, "/events?v=1&e=e-000000000000")
    expect(page.locator("#event-head")).to_contain_text("No such event")
    page.locator("#event-head a").click()
    listed(page)


def test_a_snapshot_without_groups_says_how_to_build_them(without_groups, open_page):
    page = open_page(without_groups, "/events")
    expect(page.locator("#events-empty")).to_contain_text("newsgauge build FOLDER")
    expect(page.locator("#events-found")).to_be_hidden()


def test_nothing_selected_says_what_to_loosen(demo, open_page):
    page = open_page(demo, "/events?v=1&q=zebrafinch")
    expect(page.locator("#events-empty")).to_contain_text("without the query")


@SCHEMES
@pytest.mark.parametrize("one", [False, True])
def test_a_telephone_has_no_sideways_scroll_on_events(demo, open_page, scheme, one):
    path = f"/events?v=1&e={largest(demo)['group_id']}" if one else "/events"
    page = open_page(demo, path, width=390, height=844, scheme=scheme)
    (opened if one else listed)(page)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("width", [390, 1440])
def test_hostile_headlines_stay_text_on_events(hostile_events, open_page, width):
    page = listed(open_page(hostile_events, "/events", width=width))
    expect(page.locator("#events-rows")).to_contain_text("<script>alert(1)</script>")
    page.locator("#events-rows tbody th a").first.click()
    opened(page)
    expect(page.locator("#event-chart")).to_contain_text("<i>a</i>")
    expect(page.locator("#event-merges")).to_contain_text("<img src=x")
    assert page.locator("#event b, #event i, #event img, #event script").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_keyboard_alone_opens_an_event(demo, open_page):
    page = listed(open_page(demo, "/events"))
    page.locator("#events-rows tbody th a").first.focus()
    page.keyboard.press("Enter")
    opened(page)
