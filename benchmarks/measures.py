"""Speed of every measure on synthetic articles: DuckDB over Parquet beside pandas in memory, in one run.

    python benchmarks/measures.py                      # 1,000,000 articles, every measure
    python benchmarks/measures.py -n 100000 volume change

Each measure is called with the whole corpus, or, where it holds a selection against the rest, with the articles of a
query. A measure that needs more than the selection is registered in `CALLS` under its name; all others of
`analysis.measures` are called with the selection alone. Medians of the runs, after one that is not counted.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from analysis import measures  # noqa: E402 - the project is found beside this file, installed or not
from analysis.query import parse  # noqa: E402

LAST = ("2022-12-01T00:00Z", "2023-01-01T00:00Z")
BEFORE = ("2022-11-01T00:00Z", "2022-12-01T00:00Z")
STORY = "w11*"
# Pure functions of series, and tables behind a measure that is in the list itself.
NOT_MEASURES = {"batched_bursts", "offset_bursts"}
CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "volume": lambda _corpus, story: measures.volume(story, share="corpus", rolling=7, zone="Europe/London"),
    "volume by provider": lambda corpus, _story: measures.volume(
        corpus, every="week", by="provider", share="provider"
    ),
    "volume by topic": lambda corpus, _story: measures.volume(corpus, by="topic", basis="events"),
    "bursts": lambda _corpus, story: measures.bursts(story),
    "change": lambda corpus, _story: measures.change(corpus, LAST, BEFORE),
    "compare": lambda corpus, story: measures.compare({"all": corpus, "story": story}, every="week"),
    "overlap": lambda corpus, story: measures.overlap({"all": corpus, "story": story}),
    "terms": lambda _corpus, story: measures.terms(story),
    "rising_terms": lambda _corpus, story: measures.rising_terms(story, LAST, BEFORE),
}
ON_STORY = {"blindspots"}  # held against the rest of the corpus


class Source:
    """A corpus or a selection of it: tables by name, of pandas or of one DuckDB connection a call."""

    zone = "UTC"

    def __init__(
        self, tables: Callable[[], dict[str, Any]], query: str = "", corpus: Source | None = None
    ) -> None:
        self._tables, self._query, self.corpus = tables, parse(query), corpus or self

    def tables(self, *names: str) -> tuple[Any, ...]:
        """The tables that can be joined with each other."""
        native = self._tables()
        found = self._query.apply(native["articles"], native["article_topics"])
        return tuple(found if name == "articles" else native[name] for name in names)

    def table(self, name: str) -> Any:
        """One table."""
        return self.tables(name)[0]


def synthetic(n: int, seed: int = 0) -> dict[str, pd.DataFrame]:
    """Two years of articles: 2,000 outlets and 5,000 words by Zipf's law, events of about five, many copies."""
    dice = np.random.default_rng(seed)
    outlet = np.minimum(dice.zipf(1.3, n), 2000)
    event = dice.integers(0, n // 5, n)
    begin = dice.uniform(0, 730 * 86_400, n // 5)
    second = np.minimum(begin[event] + dice.exponential(40_000, n), 730 * 86_400 - 1).astype("int64")
    spelled = np.array([f"w{i}" for i in range(5001)], dtype=object)
    words = [" ".join(row) for row in spelled[np.minimum(dice.zipf(1.25, (n, 9)), 5000)]]
    group = event // 3 * 3
    copied = (event % 3 == 0) & (dice.random(n) < 0.8)
    first = (
        pd.Series(second).where(copied).groupby(np.where(copied, group, -1 - np.arange(n))).transform("min")
    )
    ids = np.array([f"{i:016x}" for i in dice.permutation(n)])
    quality = np.clip(dice.normal(40 + outlet % 50, 20), 0, 213).round()
    articles = pd.DataFrame(
        {
            "article_id": ids,
            "url": np.char.add("https://example.com/", ids),
            "title": words,
            "excerpt": words[::-1],
            "published_at": pd.Timestamp("2021-01-01", tz="UTC") + pd.to_timedelta(second, unit="s"),
            "time_precision": np.where(dice.random(n) < 0.05, "date", "time"),
            "provider_id": np.char.add(np.char.add("p", outlet.astype(str)), ".example"),
            "quality": np.where(dice.random(n) < 0.2, np.nan, quality),
            "heat": np.where(dice.random(n) < 0.4, np.nan, np.minimum(dice.zipf(1.5, n), 3694)),
            "seen_as": dice.choice(["record", "both", "related"], n, p=[0.6, 0.3, 0.1]),
            "copy_group_id": np.where(copied, np.char.add("c", group.astype(str)), ids),
            "is_original": pd.array(~copied | (second == first.to_numpy()), dtype="boolean"),
            "event_id": np.char.add("e", event.astype(str)),
            "search_title": [f" {text} " for text in words],
            "search_excerpt": [f" {text} " for text in words[::-1]],
        }
    ).astype({"published_at": "datetime64[us, UTC]"})
    articles["record_path"] = articles["article_id"].where(articles["seen_as"] != "related") + ".md"
    labels = pd.DataFrame(
        {"article_id": np.tile(ids, 2), "topic": [f"topic {t}" for t in dice.integers(0, 20, 2 * n)]}
    )
    links = pd.DataFrame({"article_id": ids, "related_article_id": ids[dice.permutation(n)], "position": 0})
    days = articles["published_at"].dt.tz_localize(None).dt.floor("D").value_counts().sort_index()
    collection = pd.DataFrame({"day": days.index.astype("datetime64[us]"), "n_records": days.to_numpy()})
    collection = collection.assign(expected=collection["n_records"].astype("float64"), status="observed")
    # Sorted as a store sorts them.
    articles = articles.sort_values(["published_at", "article_id"], ignore_index=True)
    return {
        "articles": articles,
        "article_topics": labels.drop_duplicates(ignore_index=True),
        "related_links": links,
        "collection": collection,
    }


def on_duckdb(tables: dict[str, pd.DataFrame], folder: Path) -> Callable[[], dict[str, Any]]:
    """The tables as Parquet, opened as relations of a new cursor at every call."""
    connection = duckdb.connect()
    for name, table in tables.items():
        path = folder / f"{name}.parquet"
        table.to_parquet(path, index=False)
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{path}')")

    def relations() -> dict[str, Any]:
        cursor = connection.cursor()
        cursor.execute("SET TimeZone = 'UTC'")
        return {name: cursor.table(name) for name in tables}

    return relations


def calls(names: list[str]) -> dict[str, Callable[[Any, Any], Any]]:
    """Every measure by name, or those asked for."""
    found = dict(CALLS)
    for name in measures.__all__:
        if name not in found and name not in NOT_MEASURES:
            measure = getattr(measures, name)
            found[name] = lambda corpus, story, m=measure, n=name: m(story if n in ON_STORY else corpus)
    return {name: call for name, call in found.items() if not names or name in names}


def median_time(call: Callable[[], Any], runs: int) -> float:
    """Seconds, the median of the runs after one that is not counted."""
    call()
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def main() -> None:
    """Print one line a measure, and the two targets."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("measures", nargs="*", help="names; all unless given")
    parser.add_argument("-n", type=int, default=1_000_000, help="articles")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    tables = synthetic(options.n)
    with tempfile.TemporaryDirectory() as folder:
        engines = {"duckdb": on_duckdb(tables, Path(folder)), "pandas": lambda: tables}
        print(f"{options.n:,} articles; seconds, median of {options.runs}\n")
        print(f"{'measure':<24}{'duckdb':>9}{'pandas':>9}{'times':>8}")
        ratios, slow = [], []
        for name, call in calls(options.measures).items():
            seconds = {}
            for engine, natives in engines.items():
                corpus = Source(natives)
                story = Source(natives, STORY, corpus)
                seconds[engine] = median_time(lambda c=corpus, s=story, run=call: run(c, s), options.runs)
            ratios.append(seconds["pandas"] / seconds["duckdb"])
            slow += [name] if seconds["duckdb"] > 1 else []
            print(
                f"{name:<24}{seconds['duckdb']:>9.3f}{seconds['pandas']:>9.3f}{ratios[-1]:>8.1f}", flush=True
            )
    print(f"\nmedian measure: DuckDB {statistics.median(ratios):.1f} times as fast as pandas (target 3)")
    print(f"over one second on DuckDB: {', '.join(slow) or 'none'} (target none)")


if __name__ == "__main__":
    main()
