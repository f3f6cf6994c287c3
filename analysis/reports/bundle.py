"""A report's frames as data: a zip of CSV, Parquet or JSON Lines files with a data dictionary."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.reports.columns import LAYOUTS
from analysis.reports.document import Document
from analysis.reports.flat import flat
from analysis.reports.markdown import to_markdown
from analysis.reports.meanings import meaning
from analysis.reports.report import Report

__all__ = ["KINDS", "to_bundle"]

_BEGINNING = (1980, 1, 1, 0, 0, 0)  # the first time a zip can name: the same bytes whenever it is made
_RUNS = r"^([=+\-@\t\r])"  # a spreadsheet takes text that begins so for a formula


def to_bundle(report: Report, document: Document, kind: str) -> bytes:
    """The report's frames, whole, as a zip.

    In it: a file a frame; `dictionary.csv` (table, column, dtype, meaning); `tables.csv` (table, rows, title, and the
    Python that gives the same frame from `selection`); `README.md`, the report in Markdown. Times are ISO 8601 in
    CSV and JSON Lines; lists are JSON; missing is empty (CSV) or null.

    Args:
        report: from `analysis.reports.gather.gather`.
        document: the same report as a document, for its README.
        kind: one of `KINDS`. In CSV, text that a spreadsheet would run gets a leading apostrophe.
    """
    frames = {name: flat(measured.frame) for name, measured in report.frames.items()}
    contents = {"README.md": to_markdown(document).encode()}
    contents["tables.csv"] = _csv(_tables(report))
    contents["dictionary.csv"] = _csv(_dictionary(report))
    contents |= {f"{name}.{kind}": KINDS[kind](frame) for name, frame in frames.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, _BEGINNING), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _tables(report: Report) -> pd.DataFrame:
    rows = [
        (name, len(measured.frame), LAYOUTS[name].title, report.provenance.selection, measured.python)
        for name, measured in report.frames.items()
    ]
    return pd.DataFrame(rows, columns=["table", "rows", "title", "selection", "python"])


def _dictionary(report: Report) -> pd.DataFrame:
    rows = [
        (name, column, str(measured.frame[column].dtype), meaning(name, str(column)))
        for name, measured in report.frames.items()
        for column in measured.frame.columns
    ]
    return pd.DataFrame(rows, columns=["table", "column", "dtype", "meaning"])


def _csv(frame: pd.DataFrame) -> bytes:
    shown = {name: _plain(values) for name, values in frame.items()}
    text: str = pd.DataFrame(shown, columns=frame.columns).to_csv(index=False, lineterminator="\n")
    return text.encode()


def _plain(values: pd.Series[Any]) -> pd.Series[Any]:
    """A column as CSV holds it: times as ISO 8601, text that no spreadsheet runs."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.map(lambda moment: moment.isoformat(), na_action="ignore")
    if pd.api.types.is_string_dtype(values):
        return values.str.replace(_RUNS, r"'\1", regex=True)
    return values


def _parquet(frame: pd.DataFrame) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), stream, compression="zstd")
    return stream.getvalue()


def _jsonl(frame: pd.DataFrame) -> bytes:
    rows = frame.to_dict("records")
    return "".join(
        json.dumps({k: _value(v) for k, v in row.items()}, ensure_ascii=False) + "\n" for row in rows
    ).encode()


def _value(value: Any) -> Any:
    if pd.isna(value) or value in (float("inf"), float("-inf")):
        return None
    return value.isoformat() if isinstance(value, pd.Timestamp) else value


KINDS: dict[str, Callable[[pd.DataFrame], bytes]] = {"csv": _csv, "parquet": _parquet, "jsonl": _jsonl}
"""Ending of the files in the zip -> how a frame is written."""
