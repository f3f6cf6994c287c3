"""Rows of the ledger of problems, ordered and narrowed by the database: a request of the grid in, rows out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duckdb import ColumnExpression, ConstantExpression

from analysis.corpus import Corpus
from dashboard.url_state import View

__all__ = ["problem_code", "problem_rows"]

_MOST = 1000  # rows of one answer
_ORDER = "severity, source, line NULLS LAST, field NULLS LAST, code, message"
_LONGEST = 1000  # characters of a cell


def problem_code(view: View) -> str:
    """The kind of problem that a view asks for; empty for all."""
    return next((one.value for one in view.columns if one.column == "code"), "")


def problem_rows(corpus: Corpus, request: Mapping[str, Any], code: str = "") -> dict[str, Any]:
    """Some problems of a corpus, errors first, then by file and line.

    Args:
        corpus: of what.
        request: `startRow` and `endRow`, as AG Grid sends them.
        code: kind of problem; all kinds where it is empty.

    Returns:
        `rowData`, at most 1,000 rows (`key`, `severity`, `source`, `line`, `field`, `code`, `message`), and `rowCount`,
        how many there are in all.
    """
    found = corpus.table("problems")
    if code:
        found = found.filter(ColumnExpression("code") == ConstantExpression(code))
    start, end = (max(int(request.get(name) or 0), 0) for name in ("startRow", "endRow"))
    page = found.order(_ORDER).limit(min(max(end - start, 0), _MOST), start)
    columns = "severity, source, line::BIGINT AS line, field, code, message"
    rows = page.project(columns).to_arrow_table().to_pylist()
    shown = [
        {name: value[:_LONGEST] if isinstance(value, str) else value for name, value in row.items()}
        for row in rows
    ]
    return {
        "rowData": [{"key": str(start + place), **row} for place, row in enumerate(shown)],
        "rowCount": int(found.aggregate("count(*)").fetchall()[0][0]),
    }
