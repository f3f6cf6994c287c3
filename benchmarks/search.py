"""Full-text selection at 1,000,000 synthetic articles: the index that a build prepares, a scan of the texts, and FTS5.

    python benchmarks/search.py                    # writes the store on first use; some minutes
    python benchmarks/search.py -n 100000 --folder /tmp/bench

Each query is asked of all three in turn, and they must find the same articles. The index is asked through the corpus,
which remembers nothing in between; the scan is what answers a snapshot without an index: DuckDB on a table of the
folded texts in memory; FTS5 is SQLite's own index, of the same folded texts, with all that it needs for phrases. Times
are medians by the clock, in milliseconds. It ends with exit code 1 where the index takes more than 150 ms.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import duckdb  # noqa: E402 - the project is found beside this file, installed or not
import numpy as np  # noqa: E402
from million import write_store  # noqa: E402

from analysis import open_corpus  # noqa: E402
from analysis.query import parse  # noqa: E402
from analysis.store.prepared import PREPARED, prepare  # noqa: E402
from analysis.store.snapshot import Snapshot, read_parquet  # noqa: E402

TARGET = 150  # milliseconds
QUERIES = {
    "w3392": "w3392",
    "w11": "w11",
    "title:w11": "title:w11",
    "w11*": "w11*",
    "w1*": "w1*",
    '"w11 w12"': '"w11 w12"',
    '"w1 w2"': '"w1 w2"',
    "w11 near/3 w12": 'NEAR("w11" "w12", 3)',
    "w1 near/2 w22": 'NEAR("w1" "w22", 2)',
    "w30 AND (w11* OR w12*) NOT w2": "w30 AND (w11* OR w12*) NOT w2",
}
"""Queries, and how FTS5 asks the same."""


def of_index(folder: Path) -> Callable[[str], Any]:
    """What finds the places of articles by the index."""
    corpus = open_corpus(folder)

    def find(query: str) -> Any:
        corpus.held.forget()
        chosen = corpus.select(query).chosen
        assert chosen is not None
        return chosen.places.column("place").to_numpy()

    return find


def of_scan(snapshot: Snapshot) -> Callable[[str], Any]:
    """What finds them by looking through all texts, held in memory."""
    con = duckdb.connect()
    rows = read_parquet([snapshot.path("articles")])[:-1] + ", file_row_number = true)"
    con.execute(
        f"CREATE TABLE texts AS SELECT file_row_number AS place, search_title, search_excerpt FROM {rows}"
    )

    def find(query: str) -> Any:
        return parse(query).apply(con.table("texts")).project("place").fetchnumpy()["place"]

    return find


def of_fts5(snapshot: Snapshot, file: Path) -> Callable[[str], Any]:
    """What finds them by FTS5; its tokens are those of folded texts, which have letters, digits and blanks only."""
    rows = read_parquet([snapshot.path("articles")])[:-1] + ", file_row_number = true)"
    found = duckdb.connect().execute(f"SELECT file_row_number, search_title, search_excerpt FROM {rows}")
    con = sqlite3.connect(file)
    con.execute("PRAGMA journal_mode = OFF")
    con.execute("CREATE VIRTUAL TABLE texts USING fts5(title, excerpt, content='', tokenize='ascii')")
    while batch := found.fetchmany(50_000):
        con.executemany("INSERT INTO texts (rowid, title, excerpt) VALUES (?, ?, ?)", batch)
    con.commit()

    def find(query: str) -> Any:
        rows = con.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (query,))
        return np.fromiter((row[0] for row in rows), dtype=np.int64)

    return find


def timed(find: Callable[[str], Any], query: str) -> tuple[float, Any]:
    """Milliseconds, and what was found in order."""
    begin = time.perf_counter()
    found = find(query)
    return 1000 * (time.perf_counter() - begin), np.sort(found)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=1_000_000, help="articles")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "newsgauge-benchmark")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    store = write_store(options.folder / f"store-{options.n}", options.n)
    snapshot = open_corpus(store).snapshot
    (snapshot.folder / PREPARED).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        fts5 = Path(scratch) / "fts5.sqlite"
        begin = time.perf_counter()
        prepare(snapshot.folder, options.n)
        prepared = time.perf_counter()
        ways = {"FTS5": of_fts5(snapshot, fts5)}
        written = time.perf_counter()
        print(f"{options.n:,} articles; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n"
              f"prepared in {prepared - begin:.1f} s, the narrow columns too: "
              f"{(snapshot.folder / PREPARED).stat().st_size / 1e6:.0f} MB\n"
              f"FTS5 in {written - prepared:.1f} s: {fts5.stat().st_size / 1e6:.0f} MB\n")  # fmt: skip
        ways = {"index": of_index(store), "scan": of_scan(snapshot)} | ways
        slowest = compare(ways, options.runs)
    raise SystemExit(int(slowest > TARGET))


def compare(ways: dict[str, Callable[[str], Any]], runs: int) -> float:
    """Print a row for each query; the longest median of the index."""
    print("| query | articles | " + " | ".join(f"{name}, ms" for name in ways) + " |")
    print("|---" * (len(ways) + 2) + "|")
    slowest = 0.0
    for query, match in QUERIES.items():
        times: dict[str, list[float]] = {name: [] for name in ways}
        answers = {}
        for _ in range(runs):
            for name, find in ways.items():
                took, answers[name] = timed(find, match if name == "FTS5" else query)
                times[name].append(took)
        if not all(np.array_equal(answers["index"], answer) for answer in answers.values()):
            raise SystemExit(
                f"{query}: {', '.join(f'{name} {len(a)}' for name, a in answers.items())} articles"
            )
        medians = {name: statistics.median(took) for name, took in times.items()}
        slowest = max(slowest, medians["index"])
        print(
            f"| `{query}` | {len(answers['index']):,} | "
            + " | ".join(f"{m:.1f}" for m in medians.values())
            + " |"
        )
    return slowest


if __name__ == "__main__":
    main()
