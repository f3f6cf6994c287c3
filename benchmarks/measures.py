"""Speed of every measure on synthetic articles: a corpus, which is DuckDB's, beside pandas in memory, in one run.

    python benchmarks/measures.py                      # 1,000,000 articles, every measure
    python benchmarks/measures.py -n 100000 volume change

Each measure is called with the whole corpus, or, where it holds a selection against the rest, with the articles of a
query. A measure that needs more than the selection is registered in `CALLS` under its name; all others of
`analysis.measures` are called with the selection alone. Medians of the runs, after one that is not counted.

Before the first run both sides have what they keep in memory. Pandas has every column of every table, as frames. The
corpus has what a build prepares beside the Parquet files of a snapshot (`analysis.store.prepared`): ids, outlets,
topics, times, scores and links with names as numbers, the texts and an index of their words; how long that takes, and
what opening adds to the process, is printed first. All else, addresses among it, is read from Parquet at each call.
What the corpus remembers of earlier selections it forgets before every run: each run selects anew and finds the
articles of its query anew, on both sides. Times are by the clock, on as many cores as DuckDB finds; the CPU seconds of
a run stand beside them, for a machine that has other work too.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from analysis import measures  # noqa: E402 - the project is found beside this file, installed or not
from analysis.coded import COLUMNS  # noqa: E402
from analysis.corpus import Corpus  # noqa: E402
from analysis.query import parse  # noqa: E402
from analysis.store.prepared import prepare  # noqa: E402
from analysis.store.snapshot import Snapshot  # noqa: E402
from analysis.tables.schema import TABLES, Table  # noqa: E402

LAST = ("2022-12-01T00:00Z", "2023-01-01T00:00Z")
BEFORE = ("2022-11-01T00:00Z", "2022-12-01T00:00Z")
STORY = "w11*"
WORDS = "w3 AND w11*"
FOUND = pd.DataFrame({"start": pd.to_datetime(LAST[:1]), "end": pd.to_datetime(LAST[1:])})
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
    "low_quality_bursts": lambda corpus, _story: measures.low_quality_bursts(FOUND, corpus),
    "quality_thresholds": lambda corpus, _story: measures.quality_thresholds(corpus, LAST, BEFORE),
    "freshness": lambda corpus, _story: measures.freshness(corpus, LAST[1]),
    "terms": lambda _corpus, story: measures.terms(story),
    "rising_terms": lambda _corpus, story: measures.rising_terms(story, LAST, BEFORE),
}
ON_STORY = {"blindspots", "neighbouring_topics"}  # held against the rest of the corpus


class InMemory:
    """A corpus of pandas frames, or a selection of it by a query."""

    zone = "UTC"

    def __init__(
        self, frames: dict[str, pd.DataFrame], query: str = "", corpus: InMemory | None = None
    ) -> None:
        self._frames, self._query, self.corpus = frames, parse(query), corpus or self

    def select(self, query: str) -> InMemory:
        """The articles of a query; they are found at each call of `table`."""
        return InMemory(self._frames, query, self)

    def table(self, name: str) -> pd.DataFrame:
        """One table."""
        if name != "articles":
            return self._frames[name]
        found: pd.DataFrame = self._query.apply(self._frames["articles"], self._frames["article_topics"])
        return found


def synthetic(n: int, seed: int = 0) -> dict[str, pd.DataFrame]:
    """Two years of articles, and the tables beside them, shaped as collected corpora are.

    2,000 outlets (the largest has 4 %) and 5,000 words by Zipf's law; a title and an excerpt of 9 words each, which is
    less than real ones; events of about five articles, two of three of them wire stories that most outlets copy, 1.7
    articles a text; an original that was copied is an agency's, of 40, in four of five cases. Every second record
    lists up to 40 articles of its story, the same again and again: 5 links an article. Two topics an article, of 20.
    One record in 50 was repaired, and one article in 50 has facts that disagree.
    """
    dice = np.random.default_rng(seed)
    event = dice.integers(0, n // 5, n)
    begin = np.sort(dice.uniform(0, 730 * 86_400, n // 5))  # events of near numbers are near in time
    second = np.minimum(begin[event] + dice.exponential(40_000, n), 730 * 86_400 - 1).astype("int64")
    ids = np.array([f"{i:016x}" for i in dice.permutation(n)])
    copied = (event % 3 > 0) & (dice.random(n) < 0.8)
    text = np.where(copied, event, n + np.arange(n))
    earliest = np.zeros(n, dtype=bool)
    earliest[pd.Series(second).groupby(text).idxmin()] = True
    outlet = dice.choice(2000, n, p=_zipf(2000))
    agency = copied & earliest & (dice.random(n) < 0.8)
    outlet[agency] = dice.choice(40, n, p=_zipf(40))[agency]
    articles = pd.DataFrame(
        {
            "article_id": ids,
            "published_at": pd.Timestamp("2021-01-01", tz="UTC") + pd.to_timedelta(second, unit="s"),
            "provider_id": np.array([f"p{place}.example" for place in range(2000)], dtype=object)[outlet],
            "copy_group_id": np.where(copied, np.char.add("c", event.astype(str)), ids),
            "is_original": pd.array(~copied | earliest, dtype="boolean"),
            "event_id": np.char.add("e", event.astype(str)),
            **_facts(dice, ids, outlet),
        }
    ).astype({"published_at": "datetime64[us, UTC]"})
    labels = pd.DataFrame(
        {"article_id": np.tile(ids, 2), "topic": [f"topic {t}" for t in dice.integers(0, 20, 2 * n)]}
    )
    days = articles["published_at"].dt.tz_localize(None).dt.floor("D").value_counts().sort_index()
    collection = pd.DataFrame({"day": days.index.astype("datetime64[us]"), "n_records": days.to_numpy()})
    records = articles["record_path"].dropna()[: n // 50]
    # Sorted as a store sorts them.
    return {
        "articles": articles.sort_values(["published_at", "article_id"], ignore_index=True),
        "article_topics": _sorted(labels.drop_duplicates()),
        "related_links": _links(dice, articles, event),
        "collection": collection.assign(
            expected=collection["n_records"].astype("float64"), status="observed"
        ),
        "problems": pd.DataFrame(
            {"source": records, "field": "heat", "code": "bad-number", "severity": "warning"}
        ).reset_index(drop=True),
        "conflicts": _sorted(pd.DataFrame({"article_id": ids[: n // 50], "field": "title"})),
    }


def _zipf(n: int) -> Any:
    """Probabilities that fall with the rank."""
    weight = 1 / (np.arange(n) + 4)
    return weight / weight.sum()


def _facts(dice: np.random.Generator, ids: Any, outlet: Any) -> dict[str, Any]:
    """The columns of articles that depend on nothing but the outlet."""
    n = len(ids)
    spelled = np.array([f"w{i}" for i in range(5001)], dtype=object)
    words = [" ".join(row) for row in spelled[np.minimum(dice.zipf(1.25, (n, 9)), 5000)]]
    quality = np.clip(dice.normal(40 + outlet % 50, 20), 0, 213).round()
    seen_as = dice.choice(["record", "both", "related"], n, p=[0.4, 0.5, 0.1])
    return {
        "url": np.char.add("https://example.com/", ids),
        "original_url": pd.array([None] * n, dtype="str"),
        "title": words,
        "excerpt": words[::-1],
        "time_precision": np.where(dice.random(n) < 0.05, "date", "time"),
        "article_type": "article",
        "category": "news",
        "quality": np.where(dice.random(n) < 0.2, np.nan, quality),
        "heat": np.where(dice.random(n) < 0.4, np.nan, np.minimum(dice.zipf(1.5, n), 3694)),
        "seen_as": seen_as,
        "record_path": np.where(seen_as == "related", None, np.char.add(ids, ".md")),
        "search_title": [f" {text} " for text in words],
        "search_excerpt": [f" {text} " for text in words[::-1]],
    }


def _links(dice: np.random.Generator, articles: pd.DataFrame, event: Any) -> pd.DataFrame:
    """Lists of the articles of a story, which are 40 that follow one another; some stand in most of its lists."""
    ids, seen_as = articles["article_id"].to_numpy(), articles["seen_as"].to_numpy()
    order = np.argsort(event, kind="stable")
    listed = order[seen_as[order] != "record"]
    lists = order[(seen_as[order] != "related") & (dice.random(len(order)) < 0.5)]
    length = np.minimum(dice.geometric(1 / 18, len(lists)), 40)
    source = np.repeat(lists, length)
    begin = np.searchsorted(event[listed], event[source]) // 40 * 40
    target = listed[
        np.minimum(begin + (40 * dice.random(len(source)) ** 1.5).astype("int64"), len(listed) - 1)
    ]
    links = pd.DataFrame({"article_id": source, "related_article_id": target})
    links = links[source != target].drop_duplicates(ignore_index=True)
    links["position"] = links.groupby("article_id").cumcount()
    named = {name: ids[links[name]] for name in ("article_id", "related_article_id")}
    return _sorted(links.assign(**named))


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values(list(table.columns[:2]), ignore_index=True)


def written(tables: dict[str, pd.DataFrame], folder: Path) -> Snapshot:
    """The tables as a snapshot; columns that no measure reads are empty."""
    for table in TABLES:
        rows = _rows(tables.get(table.name, pd.DataFrame()), table)
        pq.write_table(rows, folder / f"{table.name}.parquet", compression="zstd", row_group_size=50_000)
    fields: dict[str, Any] = dict.fromkeys(Snapshot._fields, ())
    fields |= {"folder": folder, "built_at": "2023-01-01", "digest": "0" * 32, "grouped": True}
    snapshot = Snapshot(**fields)
    snapshot.write_manifest()
    begin = time.perf_counter()
    prepare(folder, len(tables["articles"]))
    print(f"prepared, as a build does, in {time.perf_counter() - begin:.1f} s")
    return snapshot


def _rows(frame: pd.DataFrame, table: Table) -> pa.Table:
    columns = [
        pa.array(frame[field.name], field.type, from_pandas=True)
        if field.name in frame
        else pa.nulls(len(frame), field.type)
        for field in table.arrow
    ]
    return pa.table(columns, names=table.arrow.names)


def opened(snapshot: Snapshot) -> Corpus:
    """The corpus with all that it keeps in memory."""
    gc.collect()
    before, begin = resident(), time.perf_counter()
    corpus = Corpus(snapshot)
    ready = time.perf_counter() - begin
    corpus.held.hold(COLUMNS)
    coded = time.perf_counter() - begin - ready
    corpus.select("unheardof").coded({"articles": ("article_id",)})
    texts = time.perf_counter() - begin - ready - coded
    print(
        f"opened in {ready:.2f} s; ids, times, scores, labels and links in {coded:.2f} s, a first query in "
        f"{texts:.2f} s; {resident() - before:,.0f} MB more in the process\n"
    )
    return corpus


def resident() -> float:
    """The memory of this process, in MB."""
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * 4096 / 1e6


def calls(names: list[str]) -> dict[str, Callable[[Any, Any], Any]]:
    """Every measure by name, or those asked for."""
    found = dict(CALLS)
    for name in measures.__all__:
        if name not in found and name not in NOT_MEASURES:
            measure = getattr(measures, name)
            found[name] = lambda corpus, story, m=measure, n=name: m(story if n in ON_STORY else corpus)
    return {name: call for name, call in found.items() if not names or name in names}


def median_time(call: Callable[[], Any], runs: int, forget: Callable[[], None]) -> tuple[float, float]:
    """Seconds by the clock and of the CPUs, medians of the runs after one that is not counted."""
    call()
    times = []
    for _ in range(runs):
        forget()
        begin, busy = time.perf_counter(), time.process_time()
        call()
        times.append((time.perf_counter() - begin, time.process_time() - busy))
    clock, cpu = zip(*times, strict=True)
    return statistics.median(clock), statistics.median(cpu)


def main() -> None:
    """Print what was loaded, one line a measure, and the two targets."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("measures", nargs="*", help="names; all unless given")
    parser.add_argument("-n", type=int, default=1_000_000, help="articles")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    tables = synthetic(options.n)
    with tempfile.TemporaryDirectory() as folder:
        corpus = opened(written(tables, Path(folder)))
        whole = {"corpus": corpus, "pandas": InMemory(tables)}
        print(f"{options.n:,} articles; seconds by the clock (and of CPU), median of {options.runs}\n")
        print(f"{'measure':<22}{'corpus':>9}{'':>8}{'pandas':>9}{'':>8}{'times':>7}")
        ratios, worst = [], ("", 0.0)
        for name, call in calls(options.measures).items():
            seconds = {
                side: median_time(
                    lambda d=data, run=call: run(d, d.select(STORY)), options.runs, corpus.held.forget
                )
                for side, data in whole.items()
            }
            (clock, cpu), (other, other_cpu) = seconds["corpus"], seconds["pandas"]
            ratios.append(other / clock)
            worst = max(worst, (name, clock), key=lambda pair: pair[1])
            print(
                f"{name:<22}{clock:>9.3f}{f'({cpu:.2f})':>8}{other:>9.3f}{f'({other_cpu:.2f})':>8}"
                f"{ratios[-1]:>7.1f}",
                flush=True,
            )
        selecting = median_time(
            lambda: corpus.select(WORDS).coded({"articles": ("article_id",)}),
            options.runs,
            corpus.held.forget,
        )
    print(f"\na selection of {WORDS!r}: {selecting[0]:.3f} s")
    print(f"median measure: the corpus is {statistics.median(ratios):.1f} times as fast as pandas (target 3)")
    print(f"slowest on the corpus: {worst[0]}, {worst[1]:.2f} s (target 1)")


if __name__ == "__main__":
    main()
