"""The digest of a table: the same for the same rows, in whatever order, and however they were batched or written."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.tables.schema import Column, Table

if TYPE_CHECKING:
    import duckdb  # a build of unchanged files does without

__all__ = ["Sums", "row_sums", "table_digest"]


class Sums(NamedTuple):
    """How many rows there are, and what their MD5 add up to, upper and lower half apart; those of parts add up too."""

    n_rows: int = 0
    upper: int = 0
    lower: int = 0

    def replaced(self, gone: Sums, come: Sums) -> Sums:
        """The sums when some rows are gone and others have come.

        >>> Sums(3, 9, 9).replaced(Sums(1, 2, 3), Sums(2, 5, 5))
        Sums(n_rows=4, upper=12, lower=11)
        """
        return Sums(*(whole - old + new for whole, old, new in zip(self, gone, come, strict=True)))

    def digest(self, table: Table) -> str:
        """The digest of a table of these rows, 32 hexadecimal digits."""
        said = f"{self.n_rows}:{self.upper}:{self.lower}" if self.n_rows else "0:None:None"
        told = (said, *(f"{c.name}:{c.dtype}" for c in table.columns))
        return hashlib.blake2b(";".join(told).encode(), digest_size=16).hexdigest()


def table_digest(con: duckdb.DuckDBPyConnection, table: Table) -> tuple[int, str]:
    """How many rows a settled table has, and the digest of its columns and rows, 32 hexadecimal digits.

    The MD5 of every row's values as text are added up, upper and lower half apart: addition does not mind the order,
    and other than exclusive or it sees a row that is there twice.

    Args:
        con: a connection in which the table has the name and the columns of the schema.
        table: the schema.

    >>> import duckdb
    >>> from analysis.tables.schema import ARTICLE_TOPICS
    >>> con = duckdb.connect()
    >>> rows = "(VALUES ('1', 'AI'), ('2', NULL)) AS t (article_id, topic)"
    >>> _ = con.execute(f"CREATE VIEW article_topics AS SELECT * FROM {rows}")
    >>> first = table_digest(con, ARTICLE_TOPICS)
    >>> _ = con.execute(f"CREATE OR REPLACE VIEW article_topics AS SELECT * FROM {rows} ORDER BY article_id DESC")
    >>> table_digest(con, ARTICLE_TOPICS) == first
    True
    """
    sums = row_sums(con, table)[()]
    return sums.n_rows, sums.digest(table)


def row_sums(
    con: duckdb.DuckDBPyConnection, table: Table, rows: str = "", by: tuple[str, ...] = ()
) -> dict[tuple[Any, ...], Sums]:
    """The sums of a table's rows, by the values of some columns; of all rows under the empty tuple.

    Args:
        con: a connection.
        table: the schema.
        rows: SQL of what has the rows, if it is not the table of that name.
        by: the columns by whose values sums are wanted apart; they stand under these values, then.
    """
    parts = "".join(f'"{name}", ' for name in by)
    values = ", ".join(f"coalesce({_text(column)}, chr(30))" for column in table.columns)
    found = con.execute(f"""
        SELECT {parts}count(*), coalesce(sum((row >> 64)::UBIGINT), 0),
            coalesce(sum((row & {2**64 - 1})::UBIGINT), 0)
        FROM (
            SELECT {parts}md5_number(concat_ws(chr(31), {values}))::UHUGEINT AS row
            FROM {rows or table.name}
        ) {"GROUP BY ALL" if by else ""}
    """).fetchall()
    return {part[: len(by)]: Sums(*map(int, part[len(by) :])) for part in found}


def _text(column: Column) -> str:
    """SQL of a value as text that depends on no setting; null where it is missing."""
    if column.sql.startswith("TIMESTAMP"):
        return f'epoch_us("{column.name}")::VARCHAR'
    if column.sql.endswith("[]"):
        return f'to_json("{column.name}")::VARCHAR'
    return f'"{column.name}"::VARCHAR'
