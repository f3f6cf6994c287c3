"""Whether roll-ups would pay: counts by day, outlet, topic and tier of quality, beside the tables that they sum up.

    python benchmarks/rollups.py                    # writes the store on first use; some minutes
    python benchmarks/rollups.py -n 100000 --folder /tmp/bench

A roll-up has a row for each day, outlet, topic (and none, for all articles) and tier that occur together, with how many
articles and originals there are. What a page asks of it is asked of the coded tables too, which the dashboard reads,
and must come out the same. Events and outlets of a week are not sums over its days: a roll-up of counts cannot give
them, the coded tables do. Times are medians by the clock, in milliseconds.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import duckdb  # noqa: E402 - the project is found beside this file, installed or not
from million import write_store  # noqa: E402

from analysis.store.prepared import PREPARED  # noqa: E402

_RUNS = 9
_TIER = "coalesce(floor(quality / 25)::INTEGER, -1)"
_SUMS = "count(*)::INTEGER AS n, count(*) FILTER (is_original)::INTEGER AS originals"
_ROLLUP = f"""
CREATE TABLE rollup AS
SELECT published_at::DATE AS day, provider_id, -1 AS topic, {_TIER} AS tier, {_SUMS}
FROM coded_articles WHERE published_at IS NOT NULL GROUP BY ALL
UNION ALL
SELECT published_at::DATE, provider_id, topic, {_TIER}, {_SUMS}
FROM coded_articles JOIN coded_article_topics USING (article_id) WHERE published_at IS NOT NULL GROUP BY ALL
ORDER BY ALL
"""
_LABELLED = "SEMI JOIN (SELECT article_id FROM coded_article_topics WHERE topic = {topic}) USING (article_id)"
QUESTIONS = {
    "articles a day": ("", "topic = -1"),
    "articles a day, one outlet": ("WHERE provider_id = {outlet}", "topic = -1 AND provider_id = {outlet}"),
    "articles a day, one topic": (_LABELLED, "topic = {topic}"),
    "articles a day, quality from 50": ("WHERE quality >= 50", "topic = -1 AND tier >= 2"),
}
"""What is asked: of the coded tables, and the rows of the roll-up."""


def timed(con: duckdb.DuckDBPyConnection, query: str) -> tuple[float, list[tuple[object, ...]]]:
    """Median milliseconds, and the answer."""
    times = []
    for _ in range(_RUNS):
        begin = time.perf_counter()
        found = con.execute(query).fetchall()
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times), found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=1_000_000, help="articles")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "newsgauge-benchmark")
    given = parser.parse_args()
    store = write_store(given.folder / f"store-{given.n}", given.n)
    snapshot = store / "snapshots" / (store / "CURRENT").read_text().strip()
    con = duckdb.connect()
    con.execute(f"ATTACH '{snapshot / PREPARED}' AS prepared (READ_ONLY)")
    for name in ("coded_articles", "coded_article_topics"):
        con.execute(f"CREATE VIEW {name} AS SELECT * FROM prepared.{name}")
    begin = time.perf_counter()
    con.execute(_ROLLUP)
    seconds = time.perf_counter() - begin
    rows, articles = (
        con.table(name).aggregate("count(*)").fetchall()[0][0] for name in ("rollup", "coded_articles")
    )
    print(f"A roll-up of {articles:,} articles has {rows:,} rows; summed up in {seconds:.1f} s\n")
    print("| asked | coded tables, ms | roll-up, ms |\n|---|--:|--:|")
    outlet, topic = (
        con.execute(f"SELECT mode({column}) FROM {table}").fetchall()[0][0]
        for column, table in (("provider_id", "coded_articles"), ("topic", "coded_article_topics"))
    )
    for name, (articles_of, rows_of) in QUESTIONS.items():
        said = {"outlet": outlet, "topic": topic}
        plain, expected = timed(
            con,
            f"SELECT published_at::DATE AS day, count(*) FROM coded_articles {articles_of.format(**said)} "
            "GROUP BY day HAVING day IS NOT NULL ORDER BY day",
        )
        summed, found = timed(
            con,
            f"SELECT day, sum(n)::BIGINT FROM rollup WHERE {rows_of.format(**said)} GROUP BY day ORDER BY day",
        )
        assert found == expected, name
        print(f"| {name} | {plain:.1f} | {summed:.1f} |")


if __name__ == "__main__":
    main()
