"""The digest of a table: the same for the same rows, in whatever order, and however they were batched or written."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from analysis.tables.schema import Column, Table

if TYPE_CHECKING:
    import duckdb  # a build of unchanged files does without

__all__ = ["table_digest"]


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
    values = ", ".join(f"coalesce({_text(column)}, chr(30))" for column in table.columns)
    n_rows, upper, lower = con.execute(f"""
        SELECT count(*), sum((row >> 64)::UBIGINT), sum((row & {2**64 - 1})::UBIGINT)
        FROM (SELECT md5_number(concat_ws(chr(31), {values}))::UHUGEINT AS row FROM {table.name})
    """).fetchall()[0]
    said = ";".join((f"{n_rows}:{upper}:{lower}", *(f"{c.name}:{c.dtype}" for c in table.columns)))
    return n_rows, hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def _text(column: Column) -> str:
    """SQL of a value as text that depends on no setting; null where it is missing."""
    if column.sql.startswith("TIMESTAMP"):
        return f'epoch_us("{column.name}")::VARCHAR'
    if column.sql.endswith("[]"):
        return f'to_json("{column.name}")::VARCHAR'
    return f'"{column.name}"::VARCHAR'
