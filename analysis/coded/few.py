"""Few articles by number: the numbers of their names, and their rows in the file of articles.

What is looked for is named in the question itself, so that an engine reads only the parts that can hold it; joined
with a table of the same numbers, it reads everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from duckdb import ColumnExpression, ConstantExpression, DuckDBPyConnection, DuckDBPyRelation

from analysis.store.prepared import numbered

__all__ = ["among", "named_so", "rows_at"]

_IDS = 2  # the kind of names that articles, events and groups have


def among(table: DuckDBPyRelation, column: str, values: Iterable[int | str]) -> DuckDBPyRelation:
    """The rows of a table that have one of few values in a column.

    >>> import duckdb
    >>> among(duckdb.sql("SELECT unnest([1, 2, 3]) AS code"), "code", [3, 4]).fetchall()
    [(3,)]
    """
    asked = [ConstantExpression(value) for value in values]
    return table.filter(ColumnExpression(column).isin(*asked)) if asked else table.limit(0)


def named_so(cursor: DuckDBPyConnection, names: Iterable[str]) -> dict[str, int]:
    """The numbers of few articles, events or groups by their names; without those that there are not.

    Args:
        cursor: of a corpus whose coded tables hold the articles.
        names: to look for.
    """
    known = among(cursor.table("coded_names").filter(f"kind = {_IDS}"), "name", names)
    return dict(known.project("name, code").fetchall())


def rows_at(cursor: DuckDBPyConnection, articles: Path, places: Iterable[int]) -> DuckDBPyRelation:
    """The rows of the file of articles at few places, with all columns and `place`."""
    rows = cursor.sql(f"SELECT * FROM {numbered(articles)}")
    return among(rows, "file_row_number", places).project(
        "* EXCLUDE file_row_number, file_row_number::INTEGER AS place"
    )
