"""A table of a selection as a file: CSV, Parquet, JSON Lines or a spreadsheet, with nothing in it that runs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import xlsxwriter

from analysis.corpus import Selection
from analysis.errors import NewsgaugeError
from analysis.tables.schema import TABLES_BY_NAME, Table

__all__ = ["FORMATS", "BadExport", "export_table"]

_BATCH = 50_000
_SHEET_ROWS = 1_048_575  # a sheet's limit, less the header
_CELL = 32_767  # characters that a cell of a sheet can hold
_RUNS = re.compile(r"^[=+\-@\t\r]")  # a spreadsheet takes text that begins so for a formula


class BadExport(NewsgaugeError):
    """The table, the format or the size is not one that can be exported."""


def export_table(selection: Selection, name: str, path: str | Path) -> int:
    """Write one table to a file whose ending says the format; returns the number of rows.

    Text that a spreadsheet would take for a formula gets a leading apostrophe in CSV, and is marked as text in XLSX.
    Lists are JSON. Missing is empty (CSV, XLSX) or null (Parquet, JSON Lines). Times are UTC.

    Args:
        selection: a corpus or a selection of one.
        name: a table of `analysis.tables.schema`.
        path: a file that ends in .csv, .parquet, .jsonl or .xlsx; replaced when it exists, once all is written.

    Raises:
        BadExport: unknown table or ending, or more rows than a sheet can hold.

    >>> import tempfile
    >>> from analysis import build_corpus, open_corpus
    >>> from data import RECORDS
    >>> folder = tempfile.mkdtemp()
    >>> _ = build_corpus(RECORDS, folder)
    >>> export_table(open_corpus(folder).select("ban*"), "articles", f"{folder}/ban.csv")
    4
    """
    target = Path(path)
    if name not in TABLES_BY_NAME:
        raise BadExport(f"table must be one of {', '.join(TABLES_BY_NAME)}; got {name!r}")
    write = FORMATS.get(target.suffix.lower().removeprefix("."))
    if write is None:
        raise BadExport(f"the file must end in one of .{', .'.join(FORMATS)}; got {target.name!r}")
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        rows = write(selection, TABLES_BY_NAME[name], unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def _batches(selection: Selection, table: Table) -> Iterator[pa.Table]:
    order = ", ".join(f'"{column}" NULLS LAST' for column in table.order)
    columns = ", ".join(f'"{column}"' for column in table.names)
    for batch in selection.table(table.name).order(order).project(columns).to_arrow_reader(_BATCH):
        yield pa.Table.from_batches([batch]).cast(table.arrow)


def _csv(selection: Selection, table: Table, path: Path) -> int:
    schema = pa.schema([pa.field(field.name, _flat(field.type)) for field in table.arrow])
    rows = 0
    with pa_csv.CSVWriter(path, schema) as writer:
        for batch in _batches(selection, table):
            columns = [_safe(column) for column in batch.columns]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            rows += len(batch)
    return rows


def _flat(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_list(kind) or pa.types.is_timestamp(kind) else kind


def _safe(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as CSV holds it: lists as JSON, times as ISO 8601, text that no spreadsheet runs."""
    if pa.types.is_list(column.type):
        column = pa.chunked_array([[_json(value) for value in column.to_pylist()]], pa.string())
    elif pa.types.is_timestamp(column.type):
        zone = "Z" if column.type.tz else ""
        return pc.strftime(
            column.cast(pa.timestamp("s", column.type.tz), safe=False), f"%Y-%m-%dT%H:%M:%S{zone}"
        )
    if pa.types.is_string(column.type):
        return pc.replace_substring_regex(column, r"^([=+\-@\t\r])", r"'\1")
    return column


def _parquet(selection: Selection, table: Table, path: Path) -> int:
    rows = 0
    about = {"newsgauge.snapshot": selection.corpus.snapshot.id, "newsgauge.filters": repr(selection.filters)}
    schema = table.arrow.with_metadata(about)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in _batches(selection, table):
            writer.write_table(batch.replace_schema_metadata(about))
            rows += len(batch)
    return rows


def _jsonl(selection: Selection, table: Table, path: Path) -> int:
    rows = 0
    with path.open("w", encoding="utf-8") as stream:
        for batch in _batches(selection, table):
            for row in batch.to_pylist():
                stream.write(json.dumps(row, ensure_ascii=False, default=_iso) + "\n")
            rows += len(batch)
    return rows


def _xlsx(selection: Selection, table: Table, path: Path) -> int:
    size = int(selection.table(table.name).aggregate("count(*)").fetchall()[0][0])
    if size > _SHEET_ROWS:
        raise BadExport(
            f"{table.name} has {size:,} rows, a sheet holds {_SHEET_ROWS:,}; export to .csv or .parquet"
        )
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(path, options) as book:
        bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        about = book.add_worksheet("About")
        for row, (label, value) in enumerate(_about(selection, table, size)):
            about.write_string(row, 0, label, bold)
            about.write_string(row, 1, value)
        about.set_column(0, 0, 14)
        about.set_column(1, 1, 90)
        sheet = book.add_worksheet(table.name)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, min(max(len(column.name) + 2, 12), 40))
            sheet.write_string(0, place, column.name, bold)
        row = 1
        for batch in _batches(selection, table):
            for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                for place, value in enumerate(values):
                    _write_cell(sheet, row, place, value, moment)
                row += 1
    return size


def _write_cell(sheet: Any, row: int, place: int, value: Any, moment: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, place, value.replace(tzinfo=None), moment)
    else:
        sheet.write_string(row, place, (value if isinstance(value, str) else str(_json(value)))[:_CELL])


def _about(selection: Selection, table: Table, size: int) -> list[tuple[str, str]]:
    snapshot, filters = selection.corpus.snapshot, selection.filters
    return [
        ("Table", f"{table.name}: {table.row}"),
        ("Rows", f"{size:,}"),
        ("Query", filters.query or "every article"),
        ("Filters", repr(filters)),
        ("Snapshot", f"{snapshot.label} ({snapshot.id})"),
        ("Times", "UTC"),
        (
            "Long text",
            f"cut at {_CELL:,} characters, the most that a cell holds; CSV and Parquet have it whole",
        ),
    ]


def _json(value: list[str] | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _iso(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


FORMATS: dict[str, Callable[[Selection, Table, Path], int]] = {
    "csv": _csv,
    "parquet": _parquet,
    "jsonl": _jsonl,
    "xlsx": _xlsx,
}
