from __future__ import annotations

import gc
import re
import shutil

import pytest
from playwright.sync_api import expect

expect.set_options(timeout=40_000)  # machines that run all tests at once are slow


@pytest.fixture
def growing(make_served, tmp_path):
    """A corpus of its own, that may be built again while it is served."""
    return make_served(tmp_path)


def ready(page, chart="volume"):
    expect(page.locator(f"#{chart} .barlayer").first).to_be_attached()
    return page


def test_the_help_opens_by_key_and_gives_the_focus_back(served, open_page):
    page = ready(open_page(served))
    page.locator("#help-open").focus()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    expect(page.locator("#help")).to_contain_text("event:ID")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    expect(page.locator("#help-open")).to_be_focused()
    assert page.evaluate("location.pathname") == "/"


def test_arrows_turn_pages_but_not_while_something_is_typed(served, open_page):
    page = ready(open_page(served, "/?v=1&q=camera*"))
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"/compare\?.*q=camera"))
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"/\?.*q=camera"))
    page.locator("#query").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".rail-link[aria-current]")).to_have_text("Overview")
    page.locator("#nav-overview").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#nav-compare")).to_be_focused()
    expect(page).to_have_url(re.compile(r"/compare\?.*q=camera"))


def test_the_focus_goes_into_the_panel_and_back(served, open_page):
    page = ready(open_page(served))
    summary = page.locator("#outlet-table").locator("xpath=preceding-sibling::summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#outlet-table tbody a").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#outlet-table tbody a").first).to_be_focused()


def test_chips_say_what_narrows_and_take_it_away(served, open_page):
    page = open_page(
        served, "/articles?v=1&topic=Cameras&outlet=north.example&quality=40~&from=2021-08-08&q=ban"
    )
    chips = page.locator(".chip")
    expect(chips).to_have_count(5)
    expect(page.locator("#article-count")).to_contain_text(re.compile("^[0-9]+ article"))
    page.get_by_role("link", name="Remove topic: Cameras").click()
    expect(chips).to_have_count(4)
    assert "topic=" not in page.url
    page.get_by_role("link", name="Remove outlet: North").click()
    expect(page).not_to_have_url(re.compile("outlet="))


def test_clearing_all_can_be_undone(served, open_page):
    page = ready(open_page(served, "/?v=1&topic=Cameras&q=ban"))
    page.locator("#filter-clear").click()
    expect(page.locator("h1")).to_have_text("All coverage")
    page.get_by_role("link", name="Undo").click()
    expect(page).to_have_url(re.compile("topic=Cameras"))
    expect(page.locator("#query")).to_have_value("ban")
    expect(page.get_by_role("link", name="Undo")).to_have_count(0)


def test_a_story_that_is_not_there_is_said(served, open_page):
    page = ready(open_page(served, "/?v=1&story=nosuch"))
    expect(page.locator(".chip.wrong")).to_contain_text("no such story")
    expect(page.locator("#summary")).to_contain_text("No story is saved here as “nosuch”")


def test_days_are_those_of_the_zone_of_the_address(served, open_page):
    page = ready(open_page(served, "/?v=1&tz=Pacific%2FKiritimati"))
    expect(page.locator("#volume-text .basis")).to_contain_text("Pacific/Kiritimati")
    expect(page.locator("#filter-zone")).to_have_value("Pacific/Kiritimati")
    page.locator("#filter-zone").click()
    page.locator("#filter-zone").fill("Honolulu")
    page.get_by_role("option", name="Pacific/Honolulu").click()
    expect(page).to_have_url(re.compile("tz=Pacific%2FHonolulu"))
    expect(page.locator("#volume-text .basis")).to_contain_text("Pacific/Honolulu")
    page.get_by_role("link", name="Remove days of: Pacific/Honolulu").click()
    expect(page.locator("#volume-text .basis")).to_contain_text("UTC")


# Where the middle of a day is on the page, once the chart has the width that its card gives it.
PLACE_OF = """day => {
  const plot = document.querySelector("#volume .js-plotly-plot"), layout = plot && plot._fullLayout;
  if (!layout || Math.abs(layout.width - plot.clientWidth) > 1) return null;
  const area = plot.querySelector(".nsewdrag").getBoundingClientRect();
  const x = (noon) => area.left + layout.xaxis.d2p(noon) * area.width / layout.xaxis._length;
  return { x: x(day + " 12:00"), y: area.top + area.height / 2 };
}"""


def test_days_are_chosen_by_dragging_over_them(served, open_page):
    page = ready(open_page(served))
    expect(page.locator("#bursts")).not_to_be_empty()
    first, last = (page.wait_for_function(PLACE_OF, arg=f"2021-08-{day}").json_value() for day in (11, 14))
    page.mouse.move(first["x"], first["y"])
    page.mouse.down()
    page.mouse.move(last["x"], last["y"], steps=6)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"from=2021-08-1[12]&to=2021-08-1[34]"))
    expect(page.locator(".chip")).to_contain_text("dates")


def test_a_stretch_is_chosen_from_the_calendar(served, open_page):
    page = ready(open_page(served))
    page.locator("#filter-dates").click()
    page.get_by_role("button", name="Last 7 days").click()
    expect(page).to_have_url(re.compile("from=2021-08-17&to=2021-08-23"))


def test_a_newer_snapshot_is_announced_and_opened_without_losing_the_view(growing, open_page):
    page = ready(open_page(growing, "/?v=1&q=camera*"))
    expect(page.locator("#summary")).to_contain_text("42 articles")
    before = page.locator("#snapshot").inner_text()
    growing.grow()
    page.evaluate("newsgauge.look()")
    expect(page.locator("#newer")).to_contain_text("A newer snapshot")
    page.locator(
        ".rail-link", has_text="Articles"
    ).click()  # who does not open it keeps the one that is shown
    expect(page.locator("#article-count")).to_contain_text("42 articles")
    page.locator("#newer-open").click()
    expect(page.locator("#article-count")).to_contain_text("43 articles")
    expect(page.locator("#snapshot")).not_to_have_text(before)
    expect(page.locator("#newer")).to_be_hidden()
    assert "/articles?" in page.url
    assert "q=camera" in page.url


def test_a_snapshot_that_was_removed_is_replaced_and_that_is_said(growing, open_page):
    page = ready(open_page(growing, "/?v=1&q=camera*"))
    old = growing.corpus.snapshot.folder
    growing.grow()
    for zone in ("Asia/Tokyo", "Asia/Seoul", "Asia/Dhaka", "Asia/Kabul", "Asia/Kolkata", "Asia/Manila"):
        growing.ask(f"?tz={zone}")  # what was open of the old snapshot is let go
    gc.collect()
    shutil.rmtree(old)
    page.locator(".rail-link", has_text="Articles").click()
    expect(page.locator("#newer")).to_contain_text("The store no longer has")
    expect(page.locator("#article-count")).to_contain_text("43 articles")


ASK_AS_BEFORE = """() => window.fetch("/_dash-update-component", {
  method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({output: "of-before.children"}),
}).then((answer) => answer.status, () => null)"""


def test_a_page_of_another_version_is_loaded_anew_once(served, open_page):
    page = ready(open_page(served, "/?v=1&q=camera*"))
    page.evaluate("window.mark = 1")
    page.evaluate(f"void ({ASK_AS_BEFORE})()")
    page.wait_for_function("() => window.mark === undefined")
    ready(page)
    assert "q=camera" in page.url
    page.evaluate("window.mark = 1")
    assert page.evaluate(ASK_AS_BEFORE) == 204
    expect(page.locator("#summary")).to_contain_text("42 articles")
    assert page.evaluate("window.mark") == 1


def test_a_story_is_saved_edited_deleted_and_brought_back(growing, open_page):
    page = ready(open_page(growing, "/?v=1&q=camera*"))
    page.locator("#saved-open").click()
    expect(page.locator("#story-query")).to_have_value("camera*")
    expect(page.locator("#story-found")).to_contain_text("42 articles")
    page.locator("#story-query").fill("(camera*")
    expect(page.locator("#story-found")).to_contain_text("expected")
    expect(page.locator("#story-save")).to_be_disabled()
    page.locator("#story-query").fill("camera* OR harvest")
    page.locator("#story-name").fill("../../Cameras & <b>harvest</b>")
    expect(page.locator("#story-found")).to_contain_text("62 articles")
    page.locator("#story-save").click()
    expect(page).to_have_url(re.compile("story=cameras-b-harvest-b"))
    expect(page.locator("#saved-said")).to_contain_text("is saved")
    assert [path.name for path in (growing.settings / "stories").iterdir()] == ["cameras-b-harvest-b.yaml"]
    page.locator("#story-new").click()
    expect(page.locator("#story-name")).to_have_value("")
    row = page.locator("#story-rows li", has_text="Cameras &")
    row.get_by_role("button", name="Edit").click()
    expect(page.locator("#story-name")).to_have_value("../../Cameras & <b>harvest</b>")
    page.locator("#story-name").fill("Cameras")
    page.locator("#story-save").click()
    expect(page.locator("h1")).to_have_text("Cameras")
    page.locator("#story-rows li", has_text="Cameras").get_by_role("button", name="Delete").click()
    expect(page.locator("#story-rows li", has_text="Cameras")).to_have_count(0)
    page.locator("#saved-undo").click()
    expect(page.locator("#story-rows li", has_text="Cameras")).to_have_count(1)


def test_a_view_is_saved_and_opened(growing, open_page):
    page = ready(open_page(growing, "/?v=1&topic=Cameras&count=providers"))
    page.locator("#saved-open").click()
    page.locator("#view-name").fill("Cameras by outlet")
    page.locator("#view-save").click()
    expect(page.locator("#saved-said")).to_contain_text("is saved")
    page.goto(growing.address + "/articles")
    page.locator("#saved-open").click()
    page.locator("#view-rows a", has_text="Cameras by outlet").click()
    expect(page).to_have_url(re.compile(r"/\?.*topic=Cameras&count=providers"))
