"""Tables of a selection as files: CSV, Parquet, JSON Lines or spreadsheets, with nothing in them that runs.

Rows are written as they come, in batches: a table need not fit in memory.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import xlsxwriter
from duckdb import DuckDBPyRelation

from analysis.corpus import Filters, Selection
from analysis.errors import NewsgaugeError
from analysis.tables.schema import TABLES, TABLES_BY_NAME, Table

__all__ = ["FORMATS", "BadExport", "Size", "export_all", "export_size", "export_table"]

_BATCH = 10_000  # rows held at once
_SHEET_ROWS = 1_048_575  # a sheet's limit, less the header
_CELL = 32_767  # characters that a cell of a sheet can hold
_SAMPLE = 5_000  # rows by which the size of a file is estimated
_BEGINNING = (1980, 1, 1, 0, 0, 0)  # the first time a zip can name: the same bytes whenever it is made
_RUNS = re.compile(r"^[=+\-@\t\r]")  # a spreadsheet takes text that begins so for a formula


class BadExport(NewsgaugeError):
    """The table, the format or the size is not one that can be exported."""


@dataclass(frozen=True)
class Size:
    """How large a table is as a file: its rows, and bytes estimated from a sample of them."""

    table: str
    rows: int
    n_bytes: int


def export_size(selection: Selection, name: str, form: str) -> Size:
    """How large a table will be as a file, before it is written.

    Args:
        selection: a corpus or a selection of one.
        name: a table of `analysis.tables.schema`.
        form: one of `FORMATS`.

    Returns:
        Its rows, exactly; and bytes, exactly up to 5,000 rows and in proportion to a sample of so many beyond.

    Raises:
        BadExport: unknown table or format.

    >>> import tempfile
    >>> from analysis import build_corpus, open_corpus
    >>> from data import RECORDS
    >>> folder = tempfile.mkdtemp()
    >>> _ = build_corpus(RECORDS, folder)
    >>> export_size(open_corpus(folder), "article_topics", "csv")
    Size(table='article_topics', rows=2, n_bytes=90)
    """
    table, write = _known(name), _writer(form)
    rows = int(selection.table(name).aggregate("count(*)").fetchall()[0][0])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample"
        if rows <= _SAMPLE:
            write(selection, table, path)
            return Size(name, rows, path.stat().st_size)
        written = write(_Sample(selection.corpus, selection.filters), table, path)
        return Size(name, rows, round(path.stat().st_size * rows / written))


class _Sample(Selection):
    """A selection of which every table has some rows, drawn over all of it and always the same."""

    def table(self, name: str) -> DuckDBPyRelation:
        drawn = f"SELECT * FROM whole USING SAMPLE reservoir({_SAMPLE} ROWS) REPEATABLE (1)"
        found = super().table(name).query("whole", drawn)
        assert found is not None  # noqa: S101 - only statements that select nothing give None
        return found


def export_all(selection: Selection, path: str | Path, form: str) -> dict[str, int]:
    """Write every table into one zip, with a data dictionary and a page that says what it is.

    Args:
        selection: a corpus or a selection of one.
        path: the zip; replaced when it exists, once all is written.
        form: one of `FORMATS`: what each table is written as.

    Returns:
        Table -> rows.

    Raises:
        BadExport: an unknown format, or more rows than a sheet can hold.

    >>> import tempfile
    >>> from analysis import build_corpus, open_corpus
    >>> from data import RECORDS
    >>> folder = tempfile.mkdtemp()
    >>> _ = build_corpus(RECORDS, folder)
    >>> export_all(open_corpus(folder), f"{folder}/all.zip", "parquet")["articles"]
    6
    """
    write, target = _writer(form), Path(path)
    rows: dict[str, int] = {}
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".export-") as folder:
        unfinished, one = Path(folder) / "zip", Path(folder) / "table"
        with zipfile.ZipFile(unfinished, "w") as archive:
            for table in TABLES:
                rows[table.name] = write(selection, table, one)
                packed = zipfile.ZIP_STORED if form in {"parquet", "xlsx"} else zipfile.ZIP_DEFLATED
                info = zipfile.ZipInfo(f"{table.name}.{form}", _BEGINNING)
                info.compress_type = packed
                with one.open("rb") as source, archive.open(info, "w", force_zip64=True) as stream:
                    shutil.copyfileobj(source, stream, 2**20)
            archive.writestr(zipfile.ZipInfo("dictionary.csv", _BEGINNING), _dictionary())
            archive.writestr(zipfile.ZipInfo("README.txt", _BEGINNING), _readme(selection, rows))
        unfinished.replace(target)
    return rows


def _dictionary() -> str:
    stream = io.StringIO()
    lines = csv.writer(stream, lineterminator="\n")
    lines.writerow(["table", "column", "dtype", "may be missing", "meaning"])
    for table in TABLES:
        for column in table.columns:
            nullable = "yes" if column.nullable else "no"
            lines.writerow([table.name, column.name, column.dtype, nullable, column.meaning])
    return stream.getvalue()


def _readme(selection: Selection, rows: dict[str, int]) -> str:
    about = [f"{label}: {value}" for label, value in _about(selection)]
    tables = [f"{name}: {n:,} rows; {TABLES_BY_NAME[name].row}" for name, n in rows.items()]
    return "\n".join(["Tables of a Newsgauge corpus", "", *about, "", *tables, ""])


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
    target, table = Path(path), _known(name)
    write = FORMATS.get(target.suffix.lower().removeprefix("."))
    if write is None:
        raise BadExport(f"the file must end in one of .{', .'.join(FORMATS)}; got {target.name!r}")
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        rows = write(selection, table, unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def _known(name: str) -> Table:
    if name not in TABLES_BY_NAME:
        raise BadExport(f"table must be one of {', '.join(TABLES_BY_NAME)}; got {name!r:.80}")
    return TABLES_BY_NAME[name]


def _writer(form: str) -> Callable[[Selection, Table, Path], int]:
    if form not in FORMATS:
        raise BadExport(f"format must be one of {', '.join(FORMATS)}; got {form!r:.80}")
    return FORMATS[form]


def _batches(selection: Selection, table: Table) -> Iterator[pa.Table]:
    """The rows in the order of the schema, which is that of a snapshot's files: of all of them nothing is sorted."""
    columns = ", ".join(f'"{column}"' for column in table.names)
    rows = selection.table(table.name).project(columns)
    if selection.filters != Filters():
        rows = rows.order(", ".join(f'"{column}" NULLS LAST' for column in table.order))
    for batch in rows.to_arrow_reader(_BATCH):
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
        facts = [("Table", f"{table.name}: {table.row}"), ("Rows", f"{size:,}"), *_about(selection)]
        whole = f"cut at {_CELL:,} characters, the most that a cell holds; CSV and Parquet have it whole"
        for row, (label, value) in enumerate([*facts, ("Long text", whole)]):
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


def _about(selection: Selection) -> list[tuple[str, str]]:
    snapshot, filters = selection.corpus.snapshot, selection.filters
    return [
        ("Query", filters.query or "every article"),
        ("Filters", repr(filters)),
        ("Snapshot", f"{snapshot.label} ({snapshot.id})"),
        ("Digest", snapshot.digest),
        ("Times", "UTC"),
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
