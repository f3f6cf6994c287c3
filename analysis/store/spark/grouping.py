"""Settled parts -> groups, window of time by window, each in a task with the code of every build."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.grouping import Grouping, keep_ids
from analysis.grouping.frame import UNDATED
from analysis.grouping.rarity import WEEK
from analysis.grouping.result import Kind
from analysis.grouping.windows import Window, group_window, windows_of
from analysis.store.carried import TEXT
from analysis.store.grouped import earlier_grouping, insert_grouping, named
from analysis.store.snapshot import Snapshot, read_parquet
from analysis.store.spark.following import followed
from analysis.store.spark.settling import parts_of, write_part
from analysis.tables.merge import empty
from analysis.tables.schema import GROUP_MEMBERS, GROUPS, MERGES

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    from pyspark import Accumulator, SparkContext

__all__ = ["group_windows", "show_groups"]

_LEAST, _MOST = (
    5_000,
    200_000,
)  # articles of a window, where it can be chosen; with those around it they fill 1 GB
_WEEK = f"floor(coalesce(epoch_us(published_at) / 86400e6, {UNDATED}) / {WEEK})::BIGINT"
_KINDS: tuple[Kind, ...] = ("copies", "events")
_TABLES = (GROUPS, GROUP_MEMBERS, MERGES)


def group_windows(spark: SparkContext, con: duckdb.DuckDBPyConnection, parts: Path) -> Iterator[int]:
    """Look for copies and events, and write them as parts; yields how many more of a thousand windows are done.

    Args:
        spark: the cluster.
        con: a connection with the settled articles.
        parts: folder of their parts, which gets those of the groups.
    """
    weeks = con.execute(
        f"SELECT {_WEEK} AS week, count(*) FROM articles GROUP BY ALL ORDER BY week"
    ).fetchall()
    share = sum(count for _, count in weeks) // spark.defaultParallelism
    todo = [(kind, window) for kind in _KINDS for window in windows_of(weeks, min(max(share, _LEAST), _MOST))]
    n_asked = 0
    while todo:
        done = spark.accumulator(0)
        job = partial(_job, spark, parts, todo, n_asked, done)
        found = yield from followed(job, partial(_permille, done, len(todo)))
        n_asked += len(todo)
        todo = [
            (kind, window._replace(spare=2 * window.spare))
            for (kind, window), whole in zip(todo, found, strict=True)
            if not whole
        ]


def _permille(done: Accumulator[int], of: int) -> int:
    return int(done.value) * 1000 // of


def _job(
    spark: SparkContext, parts: Path, todo: list[tuple[Kind, Window]], first: int, done: Accumulator[int]
) -> list[bool]:
    """Group some windows; whether each could be."""

    def sent(share: Path) -> Iterator[tuple[int, bytes]]:
        return _sent(share, [window for _, window in todo])

    def grouped(number: int, tables: Iterable[tuple[int, bytes]]) -> Iterator[bool]:
        kind, window = todo[number]
        found = group_window(kind, _received(tables), window)
        if found is not None:
            _write(found, parts, first + number)
        done.add(1)
        return iter([found is not None])

    shares = sorted((parts / "articles").glob("*.parquet"))
    work = spark.parallelize(shares, len(shares)).flatMap(sent)
    return list(work.partitionBy(len(todo), int).mapPartitionsWithIndex(grouped).collect())


def _sent(share: Path, windows: list[Window]) -> Iterator[tuple[int, bytes]]:
    """The articles of a part for each window that reads them, as an Arrow stream."""
    import duckdb  # noqa: PLC0415 - on the worker
    import pyarrow as pa  # noqa: PLC0415

    columns = ", ".join(("article_id", *TEXT))
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        table = con.sql(
            f"SELECT {columns}, {_WEEK} AS week FROM {read_parquet([share])} ORDER BY week"
        ).to_arrow_table()
    weeks = table.column("week").to_numpy()
    table = table.drop_columns("week").combine_chunks()
    for number, window in enumerate(windows):
        low, high = weeks.searchsorted(window.reads)
        if low < high:
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, table.schema) as stream:
                stream.write_table(table.slice(low, high - low))
            yield number, sink.getvalue().to_pybytes()


def _received(tables: Iterable[tuple[int, bytes]]) -> pd.DataFrame:
    import pyarrow as pa  # noqa: PLC0415 - on the worker

    frame: pd.DataFrame = pa.concat_tables(
        [pa.ipc.open_stream(sent).read_all() for _, sent in tables]
    ).to_pandas()
    return frame


def _write(found: Grouping, parts: Path, number: int) -> None:
    """Write the groups of a window as parts."""
    import duckdb  # noqa: PLC0415 - on the worker

    frames = (found.groups, found.members, found.merges)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        for table, frame in zip(_TABLES, frames, strict=True):
            con.register("found", frame.assign(kind=found.kind))
            columns = ", ".join(f'"{c.name}"::{c.sql} AS "{c.name}"' for c in table.columns)
            write_part(con, f"SELECT {columns} FROM found", parts / table.name, number)
            con.unregister("found")


def show_groups(con: duckdb.DuckDBPyConnection, parts: Path, previous: Snapshot | None) -> None:
    """Show the groups as tables of the schema, and name them in the articles.

    Where there is a snapshot before, its groups keep their ids: that is found out here, in the memory of the driver.

    Args:
        con: a connection with the settled tables, as `gather` shows them.
        parts: folder of the parts.
        previous: the snapshot before, if it was grouped.
    """
    for table in _TABLES:
        rows = parts_of(parts / table.name)
        if table is MERGES:
            rows = f"({_CURATED.format(merges=rows)})"
        con.execute(f"CREATE VIEW {'found_' if previous else ''}{table.name} AS FROM {rows}")
    if previous:
        for table in _TABLES:
            con.execute(empty(table))
        for kind in _KINDS:
            frames = (_found(con, table.name, kind) for table in (GROUP_MEMBERS, GROUPS, MERGES))
            insert_grouping(con, keep_ids(Grouping(kind, *frames), earlier_grouping(con, previous, kind)))
    con.execute(f"CREATE OR REPLACE VIEW articles AS {named(parts_of(parts / 'articles'))}")


_CURATED = """
SELECT merges.* REPLACE (linked.one IS NOT NULL AS curated_link)
FROM {merges} AS merges LEFT JOIN (
    SELECT article_id AS one, related_article_id AS other FROM related_links
    UNION SELECT related_article_id, article_id FROM related_links
) AS linked ON kind = 'events' AND one = merges.article_id AND other = merges.other_id
"""


def _found(con: duckdb.DuckDBPyConnection, table: str, kind: Kind) -> pd.DataFrame:
    columns = "* EXCLUDE (kind), NULL AS published_at" if table == "group_members" else "* EXCLUDE (kind)"
    frame: pd.DataFrame = (
        con.sql(f"SELECT {columns} FROM found_{table} WHERE kind = '{kind}'").to_arrow_table().to_pandas()
    )
    return frame
