from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

expect.set_options(timeout=20_000)  # machines that run all tests at once are slow

OVER_VALUES = """id => {
  const plot = document.querySelector(`#${id} .js-plotly-plot`), notes = plot._fullLayout.annotations;
  const placed = [...plot.querySelectorAll('.annotation')].map(group =>
    ({ ...notes[group.dataset.index], box: group.querySelector('text').getBoundingClientRect() }));
  const within = plot.getBoundingClientRect(), labels = placed.filter(one => one.name === 'label');
  const bad = labels.filter(one => one.box.left < within.left - 1 || one.box.right > within.right + 1 ||
    placed.some(value => value.name === 'value' && value.y === one.y && value.yref === one.yref &&
      value.box.left < one.box.right && one.box.left < value.box.right));
  return [labels.length, bad.map(one => one.text)];
}"""


LATE_NUMBERS = """() => {
  const asked = window.fetch;
  window.fetch = async (url, options) => {
    const answer = await asked(url, options);
    if (String(options && options.body).includes('"output":"..summary.children')) await new Promise(go => setTimeout(go, 3000));
    return answer;
  };
}"""


def no_label_is_cut(page, chart):
    page.wait_for_function(f"([id]) => ({OVER_VALUES})(id)[1].length === 0", arg=[chart])
    n, bad = page.evaluate(OVER_VALUES, chart)
    assert (n > 0, bad) == (True, [])


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


@pytest.mark.parametrize("path", ["/", "/?v=1&open=topic:AI"])
def test_labels_of_terms_leave_their_numbers_free(demo_served, open_page, settled, path):
    page = settled(open_page(demo_served, path, width=1240))
    no_label_is_cut(page, "terms")
    no_label_is_cut(page, "topic-chart")


def test_headlines_of_events_end_at_the_edge_of_a_telephone(demo_served, open_page, settled):
    page = settled(open_page(demo_served, "/events", width=390, height=844))
    no_label_is_cut(page, "events-chart")
    page.set_viewport_size({"width": 1440, "height": 900})
    no_label_is_cut(page, "events-chart")
    expect(page.locator("#events-chart .annotation", has_text="…")).to_have_count(0)


def test_fields_are_whole_words_on_a_telephone(demo_served, open_page, settled):
    page = settled(open_page(demo_served, "/data", width=390, height=844))
    for name in ("excerpt", "address", "quality"):
        cell = page.locator(".listing th[scope=row]").get_by_text(name, exact=True)
        lines = "e => { const r = document.createRange(); r.selectNodeContents(e); return r.getClientRects().length; }"
        assert cell.evaluate(lines) == 1, name


SHIFTS = """() => new Promise(tell => {
  const sum = list => list.getEntries().reduce((sum, one) => sum + one.value, 0);
  new PerformanceObserver(list => tell(sum(list))).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => tell(0), 5000);  // it is silent where nothing has moved
})"""


@pytest.mark.parametrize("width", [1440, 390])
def test_what_is_drawn_stays_where_it_is_while_the_rest_arrives(demo_served, open_page, settled, width):
    page = settled(open_page(demo_served, width=width))
    assert page.evaluate(SHIFTS) <= 0.1  # cumulative layout shift, which the web calls good up to there


def test_charts_fit_on_the_page_of_a_printer(demo_served, open_page, settled):
    page = settled(open_page(demo_served))
    assert page.locator("#volume .main-svg").first.bounding_box()["width"] > 800
    page.emulate_media(media="print")
    page.evaluate("document.body.style.width = '700px'; dispatchEvent(new Event('beforeprint'))")
    svg, box = page.locator("#volume .main-svg").first, page.locator("#volume .nsewdrag").first.bounding_box()
    assert 500 < box["x"] + box["width"] <= 700  # the last day is on the page
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(svg).not_to_have_attribute("viewBox", re.compile("."))
