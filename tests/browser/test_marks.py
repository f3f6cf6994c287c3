from __future__ import annotations

import json
import random
import re

import pytest
from playwright.sync_api import expect

expect.set_options(timeout=40_000)  # machines that run all tests at once are slow
SAMPLED = 3  # marks of a chart
LEADING = re.compile(r"[\d,]+")
COUNTS_ARTICLES = {
    "Articles", "Articles and quality", "Articles of both", "Observed, and expected by chance", "Copies",
}  # fmt: skip
PAGES = {
    "overview": "/",
    "story": "/?v=1&story=facial-recognition-ban",
    "originals": "/?v=1&basis=originals&every=week",
    "compare": "/compare?v=1&with=story:facial-recognition-ban&with=q:camera*&with=q:council",
    "events": "/events",
    "data": "/data",
}


def marks_of(page):
    """The marks of each table that have articles to open: table id to (heads, rows)."""
    found = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[data-marks]')].filter(e => e.closest('[hidden]') === null)"
        ".map((e, i) => [e.parentElement.id || i, JSON.parse(e.dataset.marks)]))"
    )
    tables = {}
    for name, (heads, rows) in found.items():
        opening = [row for row in rows if "open=" in row[1]]
        if opening:
            tables[name] = (heads, opening)
    return tables


def articles_of(heads, value, label):
    """How many articles a mark says that it counts; None where it counts something else."""
    if heads[1] in COUNTS_ARTICLES:
        return int(LEADING.match(value).group().replace(",", ""))
    if heads == ["Term", "Texts"]:
        now, then = value.split(" now, ")
        return int(LEADING.match(now if label.endswith("(rising)") else then).group().replace(",", ""))
    if heads == ["Article", "Lists"] and value.replace(",", "").isdigit():
        return int(value.replace(",", ""))
    return None


def go(page, href):
    """Follow an address of this server as the page's own links do."""
    page.evaluate(
        "href => { history.pushState({}, '', href);"
        " window.dispatchEvent(new CustomEvent('_dashprivate_pushstate')); }",
        href,
    )


def opened(page):
    """The panel's words, and how many rows its table has."""
    expect(page.locator("#panel-count")).to_have_text(re.compile("article"))
    said = page.locator("#panel-count").inner_text()
    n = int(re.search(r"([\d,]+) articles?\.", said).group(1).replace(",", ""))
    expect(page.locator("#panel-grid [role=grid]")).to_have_attribute(
        "aria-rowcount", str(n + 1)
    )  # and the head
    return n


@pytest.mark.parametrize("name", PAGES)
def test_marks_open_as_many_articles_as_they_count(demo_served, open_page, settled, name):
    page = settled(open_page(demo_served, PAGES[name]))
    tables, start = marks_of(page), page.evaluate("location.pathname + location.search")
    assert tables
    wrong, chance = [], random.Random(f"marks of {name}")
    for table, (heads, rows) in tables.items():
        for label, href, value in chance.sample(rows, min(SAMPLED, len(rows))):
            go(page, href)
            counted, listed = articles_of(heads, value, label), opened(page)
            if listed == 0 or counted not in {None, listed}:
                wrong.append((table, label, href, value, listed))
            go(page, start)
            expect(page.locator("#panel")).to_be_hidden()
    assert wrong == [], json.dumps(wrong, indent=1)
