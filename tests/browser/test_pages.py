from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

WIDE = pytest.mark.parametrize("scheme", ["light", "dark"])


expect.set_options(timeout=20_000)  # machines that run all tests at once are slow


def shown(page):
    """Wait until the overview has all its charts."""
    expect(page.locator("#summary")).not_to_be_empty()
    for chart in ("volume", "strip", "outlet-chart", "topic-chart"):
        expect(page.locator(f"#{chart} .barlayer")).to_be_attached()
    expect(page.locator("#bursts")).not_to_be_empty()
    return page


def click_bar(page, chart, place):
    """Move onto a bar and click it when the chart has seen the pointer."""
    page.mouse.move(2, 2)  # what was pointed at before must be forgotten
    expect(page.locator(f"#{chart} .hoverlayer .hovertext")).to_have_count(0)
    page.locator(f"#{chart} .barlayer .point path").nth(place).hover(force=True)
    expect(page.locator(f"#{chart} .hoverlayer .hovertext")).to_be_visible()
    page.mouse.down()
    page.mouse.up()


def rows(page, grid):
    return page.evaluate(f"dash_ag_grid.getApi('{grid}').getDisplayedRowCount()")


@WIDE
def test_overview_answers_first(served, open_page, scheme):
    page = shown(open_page(served, scheme=scheme))
    expect(page.locator("h1")).to_have_text("All coverage")
    expect(page.locator("#summary")).to_contain_text("66 articles from 11 outlets")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("#volume").bounding_box()["y"] < 400
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(253, 252, 249)" if scheme == "light" else "rgb(21, 23, 26)")


@WIDE
def test_articles_are_listed(served, open_page, scheme):
    page = open_page(served, "/articles", scheme=scheme)
    expect(page.locator("#article-count")).to_contain_text("66 articles")
    expect(page.locator("#article-grid .ag-row").first).to_contain_text("Civil liberties groups")
    assert rows(page, "article-grid") == 66


def test_the_seed_record_is_shown_fully(served_seed, open_page):
    page = shown(open_page(served_seed))
    expect(page.locator("#ledger")).to_contain_text(
        "6 articles, 1 with a record · 6 outlets · 5 related links · 2 topics · 6 pictures, 6 with size · 0 problems"
    )
    page.goto(served_seed.address + "/articles")
    page.locator("#article-grid .ag-row", has_text="Express & Star").locator("[col-id=published_at]").click()
    panel = page.locator("#panel-article")
    expect(panel.locator(".related li")).to_have_count(5)
    with_amp = panel.locator(".related li", has_text="AMP address")
    assert sorted(text.split(" · ")[0] for text in with_amp.locator(".meta").all_inner_texts()) == [
        "Diginomica",
        "Sky",
    ]
    expect(panel.locator(".related")).to_contain_text("picture 640 × 425")
    expect(panel).to_contain_text("1200 × 900")
    assert page.locator("img").count() == 0


def test_a_bar_opens_exactly_its_articles(served, open_page):
    page = shown(open_page(served))
    points = page.evaluate(
        "document.querySelector('#volume .js-plotly-plot').data[0].y.map((n, i) => [i, n]).filter(p => p[1] > 0)"
    )
    for place, count in [points[0], points[3], points[-1]]:
        before = page.locator("#panel-title").text_content()
        click_bar(page, "volume", place)
        expect(page.locator("#panel-title")).not_to_have_text(before)  # two days may have as many articles
        noun = "article." if count == 1 else "articles."
        expect(page.locator("#panel-count")).to_have_text(re.compile(rf"^{count} {noun}"))
        expect(page.locator("#panel-grid .ag-row .headline").first).to_be_visible()
        expect(page.locator("#panel-grid [role=grid]")).to_have_attribute(
            "aria-rowcount", str(count + 1)
        )  # and the head
        assert rows(page, "panel-grid") == count
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()


@pytest.mark.parametrize("chart", ["outlet-chart", "topic-chart"])
def test_outlets_and_topics_open_their_articles(served, open_page, chart):
    page = shown(open_page(served))
    count = page.evaluate(f"document.querySelector('#{chart} .js-plotly-plot').data[0].x[0]")
    click_bar(page, chart, 0)
    expect(page.locator("#panel-count")).to_have_text(re.compile(f"^{count} article"))
    page.locator("#panel-link").click()
    expect(page.locator("#article-count")).to_contain_text(f"{count} articles")
    expect(page.locator("#panel")).to_be_hidden()


def test_the_address_holds_the_view(served, open_page):
    page = shown(open_page(served))
    page.keyboard.press("/")
    page.keyboard.type("camera*")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("camera*")
    expect(page.locator("#summary")).to_contain_text("42 articles from 7 outlets")
    first = page.url
    assert "q=camera" in first
    page.reload()
    expect(page.locator("#query")).to_have_value("camera*")
    page.locator(".rail-link", has_text="Articles").click()
    expect(page.locator("#article-count")).to_contain_text("articles")
    assert "/articles?" in page.url
    page.go_back()
    assert page.url == first
    page.go_back()
    expect(page.locator("h1")).to_have_text("All coverage")
    expect(page.locator("#query")).to_have_value("")
    page.go_forward()
    expect(page.locator("h1")).to_have_text("camera*")


def test_sorting_is_in_the_address(served, open_page):
    page = open_page(served, "/articles")
    expect(page.locator("#article-count")).to_contain_text("66 articles")
    page.locator(".ag-header-cell[col-id=quality] .ag-header-cell-label").click()
    expect(page).to_have_url(re.compile("sort=quality"))
    expect(page.locator("#article-grid .ag-row[row-index='0'] [col-id=quality]")).to_have_text("12")
    page.reload()
    expect(page.locator("#article-grid .ag-row[row-index='0'] [col-id=quality]")).to_have_text("12")


def test_a_column_filter_of_the_address_is_applied(served, open_page):
    page = open_page(served, "/articles?v=1&where=title:contains:harvest&where=quality:greaterThanOrEqual:60")
    expect(page.locator("#article-count")).to_contain_text("of 66 articles")
    titles = page.locator("#article-grid .ag-row [col-id=title]")
    expect(titles.first).to_contain_text("Harvest report")
    assert all("Harvest" in text for text in titles.all_inner_texts())


def test_a_wrong_query_says_where(served, open_page):
    page = shown(open_page(served))
    page.locator("#query").fill("(ban")
    expect(page.locator("#query-error")).to_contain_text('expected ")"')
    expect(page.locator("#query-error")).to_contain_text("^")
    page.keyboard.press("Enter")
    page.locator("#query").fill("ban*")
    expect(page.locator("#query-error")).to_be_empty()


def test_nothing_found_says_what_to_loosen(served, open_page):
    page = open_page(served, "/?v=1&q=zebra")
    expect(page.locator("#empty")).to_contain_text("without the query (66 articles)")
    expect(page.locator("#findings")).to_be_hidden()


def test_the_theme_is_switched_everywhere(served, open_page):
    page = shown(open_page(served))
    page.locator("#scheme-choice label", has_text="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    expect(page.locator("#volume .main-svg").first).to_have_css("background-color", "rgb(21, 23, 26)")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")


@pytest.mark.parametrize("path", ["/", "/data", "/articles", "/?v=1&open=period:2021-08-23"])
def test_a_telephone_has_no_sideways_scroll(served, open_page, path):
    page = open_page(served, path, width=390, height=844)
    said = {"/articles": "#article-count", "/data": "#data-facts"}.get(path, "#summary")
    expect(page.locator(said)).not_to_be_empty()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="Filters").click() if "open" not in path else None


def test_hostile_text_is_text(served_hostile, open_page):
    page = shown(open_page(served_hostile, "/?v=1&q=bold"))
    expect(page.locator("#topic-chart")).to_contain_text("<img src=x")
    page.goto(served_hostile.address + "/articles")
    headline = page.locator("#article-grid .ag-row [col-id=title]")
    expect(headline).to_contain_text("<script>alert(1)</script>")
    headline.click(position={"x": 5, "y": 5})
    expect(page.locator("#panel-article .headline")).to_contain_text("<b>bold</b>")
    assert page.locator("#panel-article b, #article-grid b, #panel-article script").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    for link in page.locator("#panel-article a:not([href^='/'])").all():
        assert link.get_attribute("rel") == "noopener noreferrer"
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440


def test_a_lost_server_is_said_and_comes_back(browser, served):
    page = browser.new_context().new_page()
    page.goto(served.address)
    shown(page)
    page.route("**/_dash-update-component**", lambda route: route.abort())
    page.locator(".rail-link", has_text="Articles").click()
    expect(page.locator("#lost")).to_be_visible()
    page.unroute("**/_dash-update-component**")
    expect(page.locator("#article-count")).to_contain_text("66 articles", timeout=15_000)
    page.context.close()


def test_the_keyboard_alone_opens_a_mark_and_an_article(served, open_page):
    page = shown(open_page(served))
    page.locator("#volume-table").locator("xpath=preceding-sibling::summary").focus()
    page.keyboard.press("Enter")
    row = page.locator("#volume-table tbody tr").first
    count = row.locator("td").inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-count")).to_have_text(re.compile(f"^{count} article"))
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()


def test_every_control_has_a_name(served, open_page):
    page = shown(open_page(served))
    nameless = page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]), button, select, summary, a[href]')].filter("
        "e => !(e.getAttribute('aria-label') || e.title || e.textContent.trim() || (e.labels && e.labels.length)))"
        ".map(e => e.outerHTML)"
    )
    assert nameless == []


def test_a_telephone_lists_articles_as_cards(served, open_page):
    page = open_page(served, "/articles", width=390, height=844)
    card = page.locator("#article-grid .ag-row .card-row .headline").first
    expect(card).to_be_visible()
    assert card.bounding_box()["width"] > 300
    expect(page.locator("#article-grid [col-id=outlet]")).to_have_count(0)


@WIDE
def test_the_data_is_accounted_for(served, open_page, scheme):
    page = open_page(served, "/data", scheme=scheme)
    expect(page.locator("#data-facts")).to_contain_text("66 articles from 11 outlets")
    expect(page.locator("#health .barlayer")).to_be_attached()
    expect(page.locator("#data-fields tbody tr")).to_have_count(10)
    expect(page.locator("#problem-count")).to_contain_text("problem")


def test_a_story_is_chosen_and_left_by_hand(served, open_page):
    page = shown(open_page(served, "/?v=1&story=facial-recognition-ban"))
    expect(page.locator("h1")).to_have_text("Calls to ban facial recognition")
    page.locator("#query").fill("camera*")
    page.locator("#query").press("Enter")
    expect(page.locator("h1")).to_have_text("camera*")
    assert "story=" not in page.url
    page.go_back()
    expect(page.locator("h1")).to_have_text("Calls to ban facial recognition")


def test_columns_are_chosen_and_kept_in_the_address(served, open_page):
    page = open_page(served, "/articles")
    grid = page.locator("#article-grid")
    expect(grid.locator(".ag-header-cell", has_text="Heat")).to_be_visible()
    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("button", name="Heat").click()
    expect(grid.locator(".ag-header-cell", has_text="Heat")).to_have_count(0)
    expect(page.get_by_role("button", name="Heat")).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(grid.locator(".ag-header-cell", has_text="Quality")).to_be_visible()
    expect(grid.locator(".ag-header-cell", has_text="Heat")).to_have_count(0)
    page.go_back()
    expect(grid.locator(".ag-header-cell", has_text="Heat")).to_be_visible()
