"""Builds and measures on Spark against the embedded engine: equal tables and measures, and a worker that is killed.

    python benchmarks/spark.py [CORPUS ...] [--master local-cluster[2,1,2048]] [--measures]

Each corpus is built by both engines, and their tables compared by digest. While Spark reads the first corpus that takes
it long enough, and again while it settles one, a process that computes is killed. With ``--measures`` every measure is
asked of both engines, of the last corpus. Without arguments: the seed record, the demo, and the public corpora where
they lie beside the checkout.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from analysis import build_corpus, measures, open_corpus  # noqa: E402 - the project is found beside this file
from analysis.demo import write_demo  # noqa: E402
from analysis.store.spark import close_session, open_session  # noqa: E402
from data import RECORDS  # noqa: E402

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from analysis import Corpus

SHARED = ROOT.parent / "shared" / "corpus"
OF_SERIES = {"batched_bursts", "offset_bursts"}  # take counts or times, not a selection


def workers(session: SparkSession) -> set[int]:
    """The processes that compute: a task's parent is a daemon of Python, and its parent such a process."""

    def parent(_: object) -> list[int]:
        stat = Path(f"/proc/{os.getppid()}/stat").read_text("utf-8")
        return [int(stat.rsplit(")", 1)[1].split()[1])]

    return set(session.sparkContext.parallelize(range(8), 8).mapPartitions(parent).collect())


def compare(
    corpus: Path, scratch: Path, master: str, session: SparkSession, killed: list[str]
) -> tuple[Path, bool]:
    """Build by both engines; print and return whether the tables are equal."""
    stores = {engine: scratch / f"{corpus.name}-{engine}" for engine in ("duckdb", "spark")}
    before, alive = list(killed), workers(session)

    def kill(step: str, done: int, total: int) -> None:
        if step in {"reading", "settling"} and step not in killed and 0 < done < total:
            killed.append(step)
            os.kill(alive.pop(), signal.SIGKILL)

    start = time.perf_counter()
    plain = build_corpus(corpus, stores["duckdb"]).snapshot
    middle = time.perf_counter()
    built = build_corpus(corpus, stores["spark"], engine="spark", master=master, progress=kill).snapshot
    end = time.perf_counter()
    differing = [name for name, told in plain.tables.items() if built.tables[name] != told]
    died = ", ".join(step for step in killed if step not in before) or "-"
    row = (
        corpus.name,
        f"{plain.tables['articles']['rows']:,}",
        f"{middle - start:.1f}",
        f"{end - middle:.1f}",
    )
    print("|", " | ".join((*row, died, ", ".join(differing) or "none")), "|", flush=True)
    return stores["duckdb"], not differing


def asked(corpus: Corpus) -> dict[str, Callable[[Any], pd.DataFrame]]:
    """Every measure, as it is asked of a corpus."""
    last = pd.Timestamp(corpus.collection["day"].max()).tz_localize("UTC") + pd.Timedelta(days=1)
    week = pd.Timedelta(days=7)
    period, before = (last - week, last), (last - 2 * week, last - week)
    spells = pd.DataFrame({"start": [period[0]], "end": [last]})
    more = {
        "change": lambda data: measures.change(data, period),
        "compare": lambda data: measures.compare({"all": data, "ban": data.select("ban*")}, share="corpus"),
        "freshness": lambda data: measures.freshness(data, last),
        "low_quality_bursts": lambda data: measures.low_quality_bursts(spells, data),
        "overlap": lambda data: measures.overlap({"all": data, "ban": data.select("ban*")}),
        "quality_thresholds": lambda data: measures.quality_thresholds(data, period, before),
        "rising_terms": lambda data: measures.rising_terms(data, period, before),
        "volume by topic": lambda data: measures.volume(data, by="topic", basis="events", share="topic"),
        "volume by provider": lambda data: measures.volume(
            data, by="provider", every="week", share="provider"
        ),
    }
    plain = {
        name: getattr(measures, name) for name in measures.__all__ if name not in OF_SERIES | more.keys()
    }
    return dict(sorted({**plain, **more}.items()))


def compare_measures(store: Path, master: str) -> bool:
    """Ask both engines for every measure; print and return whether all are equal."""
    plain, spark = open_corpus(store), open_corpus(store, engine="spark", master=master)
    differing = []
    every = asked(plain)
    for name, measure in every.items():
        try:
            pd.testing.assert_frame_equal(measure(plain), measure(spark), check_exact=True)
        except AssertionError as error:
            differing.append(f"{name}: {str(error).splitlines()[0]}")
    print(f"\n{len(every)} measures of {len(plain):,} articles; differing: {'; '.join(differing) or 'none'}")
    return not differing


def main() -> None:
    """Compare the engines; exit code 1 where something differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="*", type=Path)
    parser.add_argument("--master", default="local-cluster[2,1,2048]")
    parser.add_argument("--measures", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        corpora = options.corpora
        if not corpora:
            write_demo(scratch / "demo", n_records=2_000)
            corpora = [RECORDS, scratch / "demo", *sorted(SHARED.glob("*.tar.gz"))]
        session = open_session(options.master, scratch / "spark")
        print("| corpus | articles | embedded, s | Spark, s | killed while | tables that differ |")
        print("|---|--:|--:|--:|---|---|")
        killed: list[str] = []
        found = [compare(each.resolve(), scratch, options.master, session, killed) for each in corpora]
        equal = all(same for _, same in found)
        if options.measures:
            equal &= compare_measures(found[-1][0], options.master)
        close_session()
    raise SystemExit(0 if equal else 1)


if __name__ == "__main__":
    main()
