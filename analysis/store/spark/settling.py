"""Stages -> settled tables, in shares: each task settles its share of the articles as a build of one machine would.

A share is a corpus of its own, settled by the same SQL in a database of the task's own, so that rules stand in one
place and engines cannot differ. Its tables are written as parts under its number, which a second attempt replaces.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.store.engine import connect
from analysis.store.snapshot import read_parquet
from analysis.store.spark.following import followed
from analysis.store.spark.sharing import Parcel, Share, open_parcels
from analysis.store.stages import StagedFile, Stages
from analysis.tables.merge import PROVIDERS, fill_collection, settle
from analysis.tables.schema import TABLES_BY_NAME

if TYPE_CHECKING:
    import duckdb
    from pyspark import SparkContext

__all__ = ["gather", "parts_of", "settle_shares", "write_part"]

_BY_ARTICLE = ("articles", "related_links", "article_topics", "article_tags", "images", "conflicts")
_SHARE_BYTES = 128 * 2**20  # of records, of which some hundred fit into a worker's memory


def settle_shares(
    spark: SparkContext, stages: Stages, live: Sequence[tuple[StagedFile, str]], parts: Path
) -> Iterator[int]:
    """Settle what is staged, and write the tables as parts; yields how many more shares in a thousand are done.

    Args:
        spark: the cluster.
        stages: what is staged.
        live: the files that count, and their paths as the tables are to show them.
        parts: folder for the parts, seen by all workers.
    """
    n_bytes = sum(staged.file.size for staged, _ in live)
    n_shares = max(spark.defaultParallelism, 1 + n_bytes // _SHARE_BYTES)
    by_stage: dict[int, dict[str, str]] = {}
    for staged, path in live:
        by_stage.setdefault(staged.stage, {})[str(staged.number)] = path
    done, folder = spark.accumulator(0), stages.folder

    def opened(stage: tuple[int, dict[str, str]]) -> Iterator[tuple[int, Parcel]]:
        return open_parcels(folder / str(stage[0]), stage[1], n_shares)

    def settled(share: int, parcels: Iterable[tuple[int, Parcel]]) -> Iterator[None]:
        settle_share(share, (parcel for _, parcel in parcels), parts)
        done.add(1)
        return iter(())

    opening = spark.parallelize(list(by_stage.items()), len(by_stage))
    work = opening.flatMap(opened).partitionBy(n_shares, int).mapPartitionsWithIndex(settled)
    yield from followed(work.count, lambda: int(done.value) * 1000 // n_shares)


def settle_share(share: int, parcels: Iterable[Parcel], parts: Path) -> None:
    """Settle one share and write its tables, where it has anything. Runs in a task."""
    with tempfile.TemporaryDirectory(dir=parts.parent, prefix="share-") as name:
        folder = Path(name)
        own = Share(folder)
        own.add(parcels)
        if not own.live:
            return
        with connect(folder, few=True) as con:
            own.stages.open(con, own.live)
            settle(con)
            con.execute(
                "CREATE TABLE strangers AS SELECT unnest($1::VARCHAR[]) AS article_id", [list(own.strangers)]
            )
            _name_outlets(con, own.names)
            for table in _BY_ARTICLE:
                write_part(
                    con,
                    f"SELECT {_columns(table)} FROM {table} ANTI JOIN strangers USING (article_id)",
                    parts / table,
                    share,
                )
            write_part(con, f"SELECT {_columns('problems')} FROM problems", parts / "problems", share)
            write_part(
                con, "SELECT day, n_records FROM collection WHERE n_records > 0", parts / "days", share
            )
            write_part(con, "FROM names", parts / "names", share)


def _name_outlets(con: duckdb.DuckDBPyConnection, names: dict[tuple[str, str], int]) -> None:
    """Make the table `names`: how often each outlet is called what."""
    con.execute("CREATE TABLE names (provider_id VARCHAR, provider_name VARCHAR, n BIGINT)")
    if names:
        outlets, called = zip(*names, strict=True)
        con.execute(
            "INSERT INTO names SELECT unnest($1), unnest($2), unnest($3)",
            [list(outlets), list(called), list(names.values())],
        )


def _columns(table: str) -> str:
    return ", ".join(f'"{c.name}"::{c.sql} AS "{c.name}"' for c in TABLES_BY_NAME[table].columns)


def write_part(con: duckdb.DuckDBPyConnection, query: str, folder: Path, number: int) -> None:
    """Write the rows of a query as a part of a table; it appears whole, and replaces an earlier attempt."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".") as name:
        unfinished = Path(name, "part")
        path = str(unfinished).replace("'", "''")
        con.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")
        unfinished.replace(folder / f"{number:06}.parquet")


def parts_of(folder: Path) -> str:
    """SQL that reads the parts of a table."""
    return read_parquet(sorted(folder.glob("*.parquet")))


def gather(con: duckdb.DuckDBPyConnection, parts: Path) -> None:
    """Show the parts as tables of the schema, all but those of groups; what is said of all shares is made here.

    Args:
        con: a connection without tables.
        parts: folder of the parts.
    """
    for table in (*_BY_ARTICLE, "problems"):
        con.execute(f"CREATE VIEW {table} AS FROM {parts_of(parts / table)}")
    counted = f"SELECT day::DATE, sum(n_records)::BIGINT FROM {parts_of(parts / 'days')} GROUP BY ALL"
    fill_collection(con, dict(con.execute(counted).fetchall()))
    con.execute(f"CREATE VIEW ranked AS SELECT *, n AS n_own, 0 AS n_items FROM {parts_of(parts / 'names')}")
    con.execute(PROVIDERS)
    con.execute("DROP VIEW ranked")
