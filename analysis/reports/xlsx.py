"""A report as a spreadsheet: where it comes from, its sentences, then a sheet a table. Nothing in it runs."""

from __future__ import annotations

import io
import math
from datetime import datetime
from typing import Any

import pandas as pd
import xlsxwriter

from analysis.reports.columns import LAYOUTS
from analysis.reports.document import Document
from analysis.reports.flat import flat
from analysis.reports.report import Report

__all__ = ["to_xlsx"]

_CELL = 32_767  # characters that a cell can hold
_ROWS = 1_048_575  # rows that a sheet can hold, less the header
_WIDEST = 60
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def to_xlsx(report: Report, document: Document) -> bytes:
    """The report's frames, whole, as an Excel workbook.

    Times are written in the report's zone, which their headings name, because a cell knows no zone. Text longer than a
    cell is cut; the first sheet says so, and how many rows of how many a sheet has.

    Args:
        report: from `analysis.reports.gather.gather`.
        document: the same report as a document, for its sentences.
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, _OPTIONS) as book:
        book.set_properties(
            {"title": document.title, "created": datetime.fromisoformat(report.provenance.built_at)}
        )
        formats = _formats(book)
        sheets = {name: measured.frame for name, measured in report.frames.items()}
        _about(book, formats, report, document, sheets)
        _sentences(book, formats, document)
        for name, frame in sheets.items():
            _sheet(book, formats, name, flat(frame), report.provenance.zone)
    return stream.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    return {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "bold": book.add_format({"bold": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 16}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "share": book.add_format({"num_format": "0.0%"}),
        "whole": book.add_format({"num_format": "#,##0"}),
        "number": book.add_format({"num_format": "#,##0.00"}),
    }


def _about(
    book: Any, formats: Any, report: Report, document: Document, sheets: dict[str, pd.DataFrame]
) -> None:
    sheet = book.add_worksheet("About")
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, document.title, formats["title"])
    rows = [("Report", f"{document.kind}, {document.dates}"), *document.about, ("Python", document.python)]
    rows.append(
        (
            "Times",
            f"in {report.provenance.zone}; shares from 0 to 1, shown as per cent; an empty cell is missing",
        )
    )
    rows.append(
        (
            "Long text",
            f"cut at {_CELL:,} characters, the most that a cell holds; the data editions have it whole",
        )
    )
    for name, frame in sheets.items():
        shown = min(len(frame), _ROWS)
        cut = (
            f"; {shown:,} of {len(frame):,} shown, the rest is in the data editions"
            if shown < len(frame)
            else ""
        )
        rows.append((f"Sheet {name[:31]}", f"{LAYOUTS[name].title}: {len(frame):,} rows{cut}"))
    for row, (label, value) in enumerate(rows, start=2):
        sheet.write_string(row, 0, label[:_CELL], formats["bold"])
        sheet.write_string(row, 1, value[:_CELL], formats["wrap"])


def _sentences(book: Any, formats: Any, document: Document) -> None:
    sheet = book.add_worksheet("Text")
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 110)
    sheet.write_string(0, 0, "Section", formats["head"])
    sheet.write_string(0, 1, "Text", formats["head"])
    sheet.freeze_panes(1, 0)
    said = [(chapter.title, text) for chapter in document.chapters for text in chapter.paragraphs]
    for row, (title, text) in enumerate(said, start=1):
        sheet.write_string(row, 0, title, formats["bold"])
        sheet.write_string(row, 1, text[:_CELL], formats["wrap"])


def _sheet(book: Any, formats: Any, name: str, frame: pd.DataFrame, zone: str) -> None:
    sheet = book.add_worksheet(name[:31])
    sheet.freeze_panes(1, 0)
    local = {column: _local(values, zone) for column, values in frame.items()}
    for place, (column, values) in enumerate(local.items()):
        timed = isinstance(frame[column].dtype, pd.DatetimeTZDtype)
        heading = f"{column} ({zone})" if timed else str(column)
        cells = values.head(_ROWS).tolist()
        style = _style(str(column), frame[column], formats)
        sheet.write_string(0, place, heading, formats["head"])
        sheet.set_column(place, place, _width(heading, cells))
        for row, value in enumerate(cells, start=1):
            _write(sheet, row, place, value, style)
    if len(frame) and len(frame.columns):
        sheet.autofilter(0, 0, min(len(frame), _ROWS), len(frame.columns) - 1)


def _local(values: pd.Series[Any], zone: str) -> pd.Series[Any]:
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.dt.tz_convert(zone).dt.tz_localize(None).dt.round("ms")
    return values


def _style(column: str, values: pd.Series[Any], formats: Any) -> Any:
    if pd.api.types.is_datetime64_any_dtype(values):
        return formats["time"]
    if pd.api.types.is_integer_dtype(values):
        return formats["whole"]
    if pd.api.types.is_float_dtype(values):
        shares = ("share", "_rate", "originality", "first_low", "first_high", "jaccard")
        return formats["share" if any(part in column for part in shares) else "number"]
    return None


def _width(heading: str, cells: list[Any]) -> float:
    longest = max((len(one) for one in cells[:200] if isinstance(one, str)), default=0)
    timed = 17 if any(isinstance(one, datetime) for one in cells[:200]) else 0
    return min(max(len(heading) + 2, longest, timed, 9), _WIDEST)


def _write(sheet: Any, row: int, place: int, value: Any, style: Any) -> None:
    if (
        value is None
        or value is pd.NA
        or value is pd.NaT
        or (isinstance(value, float) and not math.isfinite(value))
    ):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value, style)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, place, value, style)
    else:
        sheet.write_string(row, place, str(value)[:_CELL])
