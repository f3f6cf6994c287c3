"""How a full build with groups grows: seconds, processor time and peak memory from 10,000 articles to 1,000,000.

    python benchmarks/growth.py [10000 100000 1000000] [--no-groups]

The articles are those of `grouping.py`, over one year: events of about six with words of their own, a tenth of them
copies, each in a record of its own with the article before it in its related list. They are written as JSON Lines, in
files of 10,000 articles, because a file system spends longer on a million files than the build. Each build runs in a
process of its own, with all imports; memory is the most that it and the processes that it starts held at a time,
pages that they share counted once. Records + errors are held to be what was written.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from build import watch  # noqa: E402 - beside this file
from grouping import synthetic  # noqa: E402

_AT_ONCE = 10_000  # articles in a file
_OUTLETS = 400
_BUILD = """
import sys
from analysis import build_corpus
report = build_corpus(sys.argv[1], sys.argv[2], groups=sys.argv[3] == "True")
print(report.n_records, report.snapshot.tables["groups"]["rows"])
"""


class Measured(NamedTuple):
    """A build: articles, bytes of their records, seconds, seconds of the processor, MB held at most, and groups."""

    n: int
    n_bytes: int
    seconds: float
    cpu: float
    peak: float
    groups: int


def write_records(folder: Path, n: int) -> int:
    """Write so many records as JSON Lines; returns their bytes."""
    articles = synthetic(n, days=365)
    n_bytes = 0
    for start in range(0, n, _AT_ONCE):
        lines = []
        before: dict[str, object] | None = None
        for number, row in enumerate(articles.iloc[start : start + _AT_ONCE].itertuples(), start):
            domain = f"outlet{number * 7 % _OUTLETS}.example"
            said: dict[str, object] = {
                "title": row.title, "excerpt": row.excerpt, "publishedDateTime": row.published_at.isoformat(),
                "webUrl": f"https://{domain}/{row.article_id}", "quality": number % 100, "heat": -1, "type": "article",
                "provider": {"name": f"Outlet {number * 7 % _OUTLETS}", "domain": domain},
            }  # fmt: skip
            topics = [f"Topic {number % 40}", f"Topic {number % 7}"]
            lines.append(json.dumps({**said, "topics": topics, "related": [before] if before else []}))
            before = said
        n_bytes += (folder / f"{start:08}.jsonl").write_bytes("\n".join([*lines, ""]).encode())
    return n_bytes


def measure(n: int, scratch: Path, *, groups: bool) -> Measured:
    """Write records, and build them in a process of their own."""
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        records, store = Path(folder, "records"), Path(folder, "store")
        records.mkdir()
        n_bytes = write_records(records, n)
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", _BUILD, str(records), str(store), str(groups)],
            stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        peak: list[float] = []
        watcher = threading.Thread(target=watch, args=(psutil.Process(process.pid), peak))
        watcher.start()
        said, _ = process.communicate()
        seconds = time.perf_counter() - started
        watcher.join()
    if process.returncode:
        raise SystemExit("the build failed")
    n_records, n_groups = map(int, said.split())
    assert n_records == n, f"{n_records} records of {n}"
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return Measured(n, n_bytes, seconds, cpu, max(peak, default=0.0), n_groups)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--no-groups", action="store_true")
    parser.add_argument(
        "--scratch", type=Path, default=None, help="where records and stores are put meanwhile"
    )
    given = parser.parse_args()
    print(
        "| articles | MB of records | seconds | CPU | peak MB | groups | times the seconds | times the CPU |"
    )
    print("|---|---|---|---|---|---|---|---|")
    before: Measured | None = None
    for n in given.sizes:
        found = measure(n, given.scratch or Path(tempfile.gettempdir()), groups=not given.no_groups)
        grown = (
            [f"{found.seconds / before.seconds:.1f}", f"{found.cpu / before.cpu:.1f}"] if before else ["", ""]
        )
        print(
            f"| {n:,} | {found.n_bytes / 1e6:,.0f} | {found.seconds:,.1f} | {found.cpu:,.1f} | {found.peak:,.0f} "
            f"| {found.groups:,} | {grown[0]} | {grown[1]} |", flush=True,
        )  # fmt: skip
        before = found


if __name__ == "__main__":
    main()
