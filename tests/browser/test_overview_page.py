from __future__ import annotations

from playwright.sync_api import expect

expect.set_options(timeout=20_000)  # machines that run all tests at once are slow

LATE_NUMBERS = """() => {
  const asked = window.fetch;
  window.fetch = async (url, options) => {
    const answer = await asked(url, options);
    if (String(options && options.body).includes('"output":"..summary.children')) await new Promise(go => setTimeout(go, 3000));
    return answer;
  };
}"""


def test_without_dates_the_change_of_the_latest_days_is_explained(demo_served, open_page, settled):
    page = settled(open_page(demo_served))
    card = page.locator("#change-card")
    expect(card.locator("h2")).to_contain_text("Coverage of the last 7 days")
    expect(card.locator(".basis")).to_contain_text("the bars add up to")
    expect(page.locator("#change-chart .barlayer .point").first).to_be_attached()
    page.locator("#change-card .as-table summary").click()
    page.locator("#change-table a", has_text="Copies of a text").click()
    expect(page.locator("#panel-title")).to_have_text("Copies of a text")
    expect(page.locator("#panel-count")).to_contain_text("article")


def test_numbers_keep_their_lines_when_they_come_after_the_volume(served, open_page):
    page = open_page(served, "/articles")
    expect(page.locator("#article-count")).to_contain_text("66 articles")
    page.evaluate(LATE_NUMBERS)
    page.locator(".rail-link", has_text="Overview").click()
    expect(page.locator("#ledger")).not_to_be_empty()
    expect(page.locator("#tiles .tile")).to_have_count(4)
    expect(page.locator("#tiles .course")).to_have_count(3)
