from __future__ import annotations

import csv
import io
import re
import struct
import threading
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

expect.set_options(timeout=40_000)  # machines that run all tests at once are slow


def taken(page, chart, what):
    """The file that a chart's menu gives."""
    button = page.locator(f"[data-figure='{chart}'][data-take='{what}']")
    button.locator("xpath=ancestor::details/summary").click()
    with page.expect_download() as download:
        button.click()
    return download.value


def drawn(page, chart):
    expect(page.locator(f"#{chart} .barlayer .point").first).to_be_attached()
    expect(page.locator(f"#{chart.removesuffix('-chart')}-text h2")).not_to_be_empty()
    return page


def test_the_data_of_a_figure_is_what_is_shown(served, open_page):
    page = drawn(open_page(served), "outlet-chart")
    file = taken(page, "outlet-chart", "csv")
    lines = Path(file.path()).read_bytes().decode("utf-8-sig").split("\r\n")
    about = [line for line in lines if line.startswith(("#", '"#'))]
    assert "articles of 11 outlets" in about[1]
    assert "snapshot" in about[2]
    rows = list(csv.DictReader(line for line in lines if not line.startswith(("#", '"#'))))
    shown = page.evaluate("document.querySelector('#outlet-chart .js-plotly-plot').data[0].x.slice()")
    counted = [row for row in rows if row["value"] and not row.get("low")]
    assert [float(row["value"]) for row in counted][: len(shown)] == shown
    assert counted[0]["key"].endswith(".example")


def test_a_figure_carries_title_basis_and_snapshot(served, open_page):
    page = drawn(open_page(served), "volume")
    svg = Path(taken(page, "volume", "svg").path()).read_text("utf-8")
    assert page.locator("#volume-text h2").inner_text() in svg
    assert "articles per day" in svg
    assert page.locator("#snapshot").inner_text() in svg
    png = taken(page, "volume", "png")
    assert png.suggested_filename.startswith("newsgauge-coverage-")
    data = Path(png.path()).read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    assert data.startswith(b"\x89PNG")
    assert (
        width >= 2 * page.locator("#volume").bounding_box()["width"]
    )  # sharp where a screen has two dots for one
    assert height > 500


def test_formulas_in_a_figure_do_not_run(served_hostile, open_page):
    page = drawn(open_page(served_hostile), "topic-chart")
    text = page.evaluate("newsgauge.csvOf('topic-chart')")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [
        cell for cell in cells if re.match(r"^[=+\-@\t\r]", cell) and not re.fullmatch(r"-?[0-9.e+-]+", cell)
    ]


@pytest.mark.parametrize("path", ["/?v=1&open=topic:Farming", "/articles?v=1&where=title:contains:harvest"])
def test_articles_are_saved_exactly_as_shown(served, open_page, path):
    page = open_page(served, path)
    place = page.locator("#panel-save" if "open" in path else "#article-count")
    expect(place).to_contain_text("Save as CSV or XLSX")
    with page.expect_download() as download:
        place.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(Path(download.value.path()).read_text("utf-8").splitlines()))
    assert len(rows) == 20
    assert all(row["title"].startswith("Harvest") for row in rows)
    assert download.value.suggested_filename.endswith("-20-articles.csv")
    with page.expect_download() as download:
        place.get_by_role("link", name="XLSX").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()), read_only=True)
    assert book.sheetnames[0] == "About"
    assert sum(1 for _ in book["articles"].iter_rows()) == 21


def test_a_report_can_be_cancelled_and_written_again(demo_served, open_page, settled, monkeypatch):
    held = threading.Event()

    def slow(*_):
        def work(tell):
            tell("Outlets", 0, 2)
            assert held.wait(60)
            tell("Events", 1, 2)

        return work

    page = settled(open_page(demo_served))
    page.locator("#report-open").click()
    expect(page.locator("#report-subject")).not_to_be_empty()
    with monkeypatch.context() as patch:
        patch.setattr("dashboard.components.report.writing", slow)
        page.locator("#report-start").click()
        expect(page.locator("#report-said")).to_contain_text("Outlets: 0 of 2 steps done")
        page.locator("#report-cancel").click()
        expect(page.locator("#report-said")).to_have_text("Cancelled.")
        held.set()
    expect(page.locator("#report-cancel")).to_be_hidden()
    page.locator("#report-format").click()
    page.get_by_role("option", name="Markdown").click()
    with page.expect_download() as download:
        page.locator("#report-start").click()
    assert Path(download.value.path()).read_text("utf-8").startswith("# ")
