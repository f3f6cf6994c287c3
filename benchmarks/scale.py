"""What a corpus of 10^4 to 10^10 articles takes: bytes, hours, memory and money, from constants that are measured here.

    python benchmarks/scale.py [-n 25000 100000] [--cores 64] [--core-hour 0.05] [--gigabyte-month 0.02]

Two synthetic corpora, one several times the other, are built by one process each; what a step costs an article is the
difference between them over the difference in articles, so that what every build costs is left out. Seconds are those
of the processor: they hardly depend on who else uses the machine. What Spark's tasks do is run here without Spark.
Prices are yours to give; the defaults are of the order that clouds ask. Lines beyond what was built are computed from
the constants, not measured. Grouping works on 20,000 texts at a time: smaller corpora say too much of its memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

STEPS = ("reading", "settling", "grouping", "writing")
MORE = ("sharing", "settling shares")
GIGA = 1e9


def folder_bytes(folder: Path) -> int:
    """The size of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def measure(records: Path, store: Path) -> dict[str, float]:
    """Build in this process; returns processor seconds of each step, bytes, and counts."""
    from analysis import build_corpus

    begun: list[tuple[str, float]] = []

    def tell(step: str, _done: int, _total: int) -> None:
        if not begun or begun[-1][0] != step:
            begun.append((step, time.process_time()))

    report = build_corpus(records, store, workers=1, progress=tell)
    ends = [at for _, at in begun[1:]] + [time.process_time()]
    seconds = {step: end - at for (step, at), end in zip(begun, ends, strict=True)}
    return {
        "articles": report.snapshot.tables["articles"]["rows"],
        "records": report.n_records,
        "source": folder_bytes(records),
        "stages": folder_bytes(store / "stages"),
        "snapshot": folder_bytes(store / "snapshots"),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        **{step: seconds[step] for step in STEPS},
        **measure_shares(store),
    }


def measure_shares(store: Path) -> dict[str, float]:
    """What Spark's tasks do with what is staged, with two shares."""
    from analysis.store.spark.settling import settle_share
    from analysis.store.spark.sharing import open_parcels
    from analysis.store.stages import Stages

    stages, begin = Stages(store), time.process_time()
    live: dict[int, dict[str, str]] = {}
    for staged in stages.files().values():
        live.setdefault(staged.stage, {})[str(staged.number)] = staged.file.path
    sent = [
        each for stage, paths in live.items() for each in open_parcels(stages.folder / str(stage), paths, 2)
    ]
    middle = time.process_time()
    parts = store / "parts"
    parts.mkdir()
    for share in range(2):
        settle_share(share, [parcel for to, parcel in sent if to == share], parts)
    return {"sharing": middle - begin, "settling shares": time.process_time() - middle}


def constants(sizes: list[int]) -> dict[str, float]:
    """What an article costs: bytes, processor seconds and memory; `base` is the memory of a build of nothing."""
    from analysis.demo import write_demo

    runs = []
    with tempfile.TemporaryDirectory() as name:
        for size in sizes:
            records, store = Path(name, f"records-{size}"), Path(name, f"store-{size}")
            write_demo(records, n_records=size)
            command = [sys.executable, __file__, "--measure", str(records), str(store)]
            runs.append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
            print(f"built {runs[-1]['articles']:,} articles of {size:,} records", file=sys.stderr)
    small, large = runs
    more = large["articles"] - small["articles"]
    each = {name: (large[name] - small[name]) / more for name in small if name != "articles"}
    return {**each, "base": small["memory"] - each["memory"] * small["articles"]}


def plan(each: dict[str, float], n: int, options: argparse.Namespace) -> tuple[str, ...]:
    """A line of the plan: what so many articles take, on the engine for so many."""
    embedded = n <= options.embedded
    cores = 1 if embedded else options.cores
    apart = ("reading", "settling", "grouping") if embedded else ("reading", *MORE, "grouping")
    # Windows of weeks are grouped with the weeks around them: so much more is read.
    factor = {"grouping": 1 if embedded else options.overlap}
    seconds = n * sum(each[step] * factor.get(step, 1) for step in apart)
    hours = (seconds / cores + n * each["writing"]) / 3600
    memory = each["base"] + (n * each["memory"] if embedded else options.window * each["memory"])
    source, store = n * each["source"], n * (each["stages"] + 2 * each["snapshot"])
    paid = (seconds + n * each["writing"] * cores) / 3600 * options.core_hour
    kept = (source + store) / GIGA * options.gigabyte_month
    return (
        f"10^{len(str(n)) - 1}", size_of(source), size_of(store), "embedded" if embedded else f"Spark, {cores} cores",
        duration_of(hours * 3600), f"{size_of(memory)}{'' if embedded else ' a worker'}",
        f"{paid:,.2f}" if paid < 100 else f"{paid:,.0f}", f"{kept:,.2f}" if kept < 100 else f"{kept:,.0f}",
    )  # fmt: skip


def size_of(n_bytes: float) -> str:
    """Bytes to two digits, in decimal units."""
    for unit in ("kB", "MB", "GB", "TB", "PB"):
        n_bytes /= 1000
        if n_bytes < 999:
            return f"{n_bytes:.2g} {unit}" if n_bytes < 100 else f"{n_bytes:.0f} {unit}"
    return f"{1000 * n_bytes:,.0f} PB"


def duration_of(seconds: float) -> str:
    """Seconds in the unit that suits them."""
    for unit, length in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def main() -> None:
    """Measure, and print constants and plan as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, nargs=2, default=[25_000, 100_000], help="records of the two corpora")
    parser.add_argument(
        "--embedded", type=int, default=10**6, help="articles up to which one machine does it"
    )
    parser.add_argument("--cores", type=int, default=64, help="of the cluster")
    parser.add_argument(
        "--overlap", type=float, default=2.0, help="articles that windows read, over those they hold"
    )
    parser.add_argument("--window", type=int, default=500_000, help="articles that a window reads")
    parser.add_argument("--core-hour", type=float, default=0.05, help="price")
    parser.add_argument("--gigabyte-month", type=float, default=0.02, help="price")
    parser.add_argument("--measure", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(*options.measure)))
        return
    each = constants(options.n)
    print("| of an article | |\n|---|--:|")
    for name in ("source", "stages", "snapshot", "memory"):
        print(f"| {name}, bytes | {each[name]:,.0f} |")
    for name in (*STEPS, *MORE):
        print(f"| {name}, microseconds of a core | {each[name] * 1e6:,.0f} |")
    print(
        f"| records | {each['records']:.2f} |\n| (memory of a build of nothing) | {size_of(each['base'])} |\n"
    )
    print("| articles | source | store | engine | a full build | memory | price of it | of a month |")
    print("|---|--:|--:|---|--:|--:|--:|--:|")
    for power in range(4, 11):
        print("|", " | ".join(plan(each, 10**power, options)), "|")


if __name__ == "__main__":
    main()
