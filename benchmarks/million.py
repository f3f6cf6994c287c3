"""A store of synthetic articles, written as a build writes it but without a million files to read.

python benchmarks/million.py /tmp/million            # 1,000,000 articles
python benchmarks/million.py /tmp/small -n 20000
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from measures import synthetic  # noqa: E402 - beside this file

from analysis import __version__  # noqa: E402 - the project is found beside this file, installed or not
from analysis.store.prepared import prepare  # noqa: E402
from analysis.store.snapshot import Snapshot, SourceInfo, make_current  # noqa: E402
from analysis.tables.schema import TABLES, Table  # noqa: E402

_ROWS = 50_000  # of a row group, as a build writes it
_VIEWS = {
    "all_articles": """
        SELECT articles.*, url AS canonical_url, TRUE AS is_published,
            coalesce(lists.n, 0)::BIGINT AS n_related, coalesce(listed.n, 0)::BIGINT AS n_listed
        FROM articles
        LEFT JOIN (SELECT article_id, count(*) AS n FROM related_links GROUP BY ALL) AS lists USING (article_id)
        LEFT JOIN (SELECT related_article_id AS article_id, count(*) AS n FROM related_links GROUP BY ALL) AS listed
            USING (article_id)""",
    "all_providers": """
        SELECT provider_id, 'Outlet ' || provider_id AS name, ['Outlet ' || provider_id] AS names,
            count(*) AS n_articles, min(published_at) AS first_seen, max(published_at) AS last_seen
        FROM articles GROUP BY provider_id""",
    "all_problems": "SELECT *, 1.0 AS line, 1.0 AS column, 'expected a number' AS message FROM problems",
    "all_conflicts": "SELECT *, 2::BIGINT AS n_values, 'one' AS kept, ['other'] AS others FROM conflicts",
    "members": """
        SELECT kind, article_id, group_id, row_number() OVER of_group = 1 AS is_original,
            row_number() OVER of_group = 1 AS is_medoid, 0.5 AS confidence,
            lag(article_id) OVER of_group AS other_id, lag(published_at) OVER of_group AS other_at,
            published_at, title, provider_id, copy_group_id
        FROM (
            SELECT 'copies' AS kind, copy_group_id AS group_id, * EXCLUDE (is_original) FROM articles
            UNION ALL SELECT 'events', event_id, * EXCLUDE (is_original) FROM articles)
        WINDOW of_group AS (PARTITION BY kind, group_id ORDER BY published_at, article_id)""",
    "all_groups": """
        SELECT kind, group_id, count(*) AS size, count(DISTINCT copy_group_id) AS n_texts,
            count(DISTINCT provider_id) AS n_providers, any_value(title) FILTER (is_medoid) AS headline,
            'three telling phrases' AS label, min(published_at) AS first, max(published_at) AS last
        FROM members GROUP BY kind, group_id""",
    "all_group_members": "SELECT * FROM members",
    "all_merges": """
        SELECT kind, group_id, article_id, other_id, 0.7 AS similarity, 'shared terms' AS shared_terms,
            (epoch(published_at) - epoch(other_at)) / 3600 AS hours_apart, FALSE AS curated_link
        FROM members WHERE other_id IS NOT NULL""",
}


def write_store(folder: Path, n: int = 1_000_000) -> Path:
    """Write a store with one snapshot of `n` articles, unless the folder has one; returns the folder."""
    if (folder / "CURRENT").exists():
        return folder
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    for name, frame in synthetic(n).items():
        con.register(f"given_{name}", frame)
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM given_{name}")
        con.unregister(f"given_{name}")
    for name, query in _VIEWS.items():
        con.execute(f"CREATE {'TABLE' if name == 'members' else 'VIEW'} {name} AS {query}")
    name = "20230101T000000000000-benchmark"
    target = folder / "snapshots" / name
    target.mkdir(parents=True)
    tables = {table.name: _write(con, table, target) for table in TABLES}
    source = SourceInfo("synthetic", "folder", n, 0, 0, "0" * 32)
    Snapshot(
        folder=target, id=name, built_at=datetime(2023, 1, 1, tzinfo=UTC).isoformat(), digest=f"{n:032x}",
        sources=(source,), tables=tables,
        sizes={table.name: (target / f"{table.name}.parquet").stat().st_size for table in TABLES},
        problems=tuple(con.sql("SELECT severity, code, count(*) FROM problems GROUP BY ALL ORDER BY ALL").fetchall()),
        counts={"files": n, "secured": 0}, versions={"newsgauge": __version__},
        grouped=True,
    ).write_manifest()  # fmt: skip
    prepare(target, n)
    make_current(folder, name)
    return folder


def _write(con: duckdb.DuckDBPyConnection, table: Table, folder: Path) -> dict[str, Any]:
    """One table, in the order and with the columns of its schema; what is not synthesised is missing."""
    known = {row[0] for row in con.execute("SELECT view_name FROM duckdb_views()").fetchall()}
    known |= {row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    source = next((name for name in (f"all_{table.name}", table.name) if name in known), None)
    order = ", ".join(f'"{name}" NULLS LAST' for name in table.order)
    n_rows = 0
    with pq.ParquetWriter(folder / f"{table.name}.parquet", table.arrow, compression="zstd") as writer:
        if source is not None:
            given = set(con.table(source).columns)
            columns = ", ".join(f'"{c}"' if c in given else f'NULL AS "{c}"' for c in table.names)
            found = con.sql(f'SELECT {columns} FROM "{source}" ORDER BY {order}').to_arrow_reader(_ROWS)
            for batch in found:
                n_rows += batch.num_rows
                writer.write_batch(batch.cast(table.arrow))
    return {"rows": n_rows, "digest": hashlib.blake2b(table.name.encode(), digest_size=16).hexdigest()}


def main() -> None:
    """Write the store that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("-n", type=int, default=1_000_000, help="articles")
    options = parser.parse_args()
    print(write_store(options.folder, options.n))


if __name__ == "__main__":
    main()
