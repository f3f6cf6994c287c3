"""What a build costs after one record of many has changed, as a share of the full build; with groups unless told.

    python benchmarks/one_change.py [--records 100000] [--days 365] [--runs 3] [--no-groups]

The records are the articles of `grouping.py`, over one year unless told, each a Markdown file with the article before
it in its related list. They are written to a folder of their own first, which is not measured. After the full build
come, in turn, `--runs` builds each after: nothing; another quality of one record; another title of one, in their
middle; one new record, in their last week. Each build runs in a process of its own, with Python's start and all
imports. Seconds are by the clock, medians; CPU seconds tell whether others used the machine. After the last, everything
is built into another store: tables that groups have no part in must have the same digests there.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from grouping import synthetic  # noqa: E402 - beside this file

_OUTLETS = 400
_BUILD = """
import sys
from analysis import build_corpus
build_corpus(sys.argv[1], sys.argv[2], groups=sys.argv[3] == "True")
"""
_SAME = ("related_links", "article_topics", "images", "providers")
"""Tables that groups, whose ids tell of the builds before, have no part in."""


def write(folder: Path, n: int, days: int) -> list[Path]:
    """Write records, 1,000 to a folder, by time."""
    articles = synthetic(n + 1, days).sort_values("published_at", ignore_index=True)
    paths, before = [], ""
    for number, row in enumerate(articles.itertuples()):
        domain = f"outlet{number * 7 % _OUTLETS}.example"
        said = (
            f'title: "{row.title}"', f'excerpt: "{row.excerpt}"', f"publishedDateTime: {row.published_at.isoformat()}",
            f"webUrl: https://{domain}/{row.article_id}", "type: article", f"quality: {number % 100}", "provider:",
            f"  name: Outlet {number * 7 % _OUTLETS}", f"  domain: {domain}",
        )  # fmt: skip
        listed = f"related:\n  - {before}\n" if before else ""
        path = folder / f"{number // 1_000:04}" / f"{number:07}.md"
        path.parent.mkdir(exist_ok=True)
        topics = f"topics:\n  - Topic {number % 40}\n  - Topic {number % 7}\n"
        path.write_text("---\n" + "\n".join(said) + f"\nheat: -1\n{topics}{listed}---\n")
        before = "\n    ".join(said)
        paths.append(path)
    return paths


def build(folder: Path, store: Path, *, groups: bool) -> tuple[float, float]:
    """Seconds and CPU seconds of a build in a process of its own."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", _BUILD, str(folder), str(store), str(groups)]
    subprocess.run(command, check=True, cwd=ROOT)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, cpu


def changes(paths: list[Path], last: str) -> dict[str, Callable[[int], object]]:
    """What is done before each build, by its name; called with the number of the turn."""
    middle = paths[len(paths) // 2]

    def replace(old: str, new: str) -> None:
        middle.write_text(middle.read_text().replace(old, new, 1))

    def add(turn: int) -> None:
        text = last.replace("webUrl: https://", f"webUrl: https://new{turn}.", 1)
        paths[-1].with_name(f"new-{turn}.md").write_text(text.replace('title: "', f'title: "new{turn} ', 1))

    return {
        "nothing": lambda _: None,
        "the quality of one record": lambda turn: replace("\nquality: ", f"\nquality: {turn + 1}"),
        "the title of one record": lambda turn: replace('title: "', f'title: "another{turn} '),
        "one new record": add,
    }


def digests(store: Path) -> dict[str, str]:
    """Of the tables that groups have no part in."""
    from analysis.store.snapshot import current_snapshot

    told = json.loads((current_snapshot(store).folder / "manifest.json").read_text())["tables"]
    return {name: told[name]["digest"] for name in _SAME}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=365, help="over how many days they are published")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--no-groups", action="store_true")
    given = parser.parse_args()
    groups = not given.no_groups
    with tempfile.TemporaryDirectory() as scratch:
        folder, store, again = (Path(scratch, name) for name in ("records", "store", "again"))
        folder.mkdir()
        *paths, last = write(folder, given.records, given.days)
        text = last.read_text()
        last.unlink()
        whole, cpu = build(folder, store, groups=groups)
        print("| what has changed | seconds | CPU | of the full build |\n|---|---|---|---|")
        print(
            f"| everything is new: {given.records:,} records of {given.days:,} days | {whole:.1f} | {cpu:.1f} | |",
            flush=True,
        )
        for name, change in changes(paths, text).items():
            took = []
            for turn in range(given.runs):
                change(turn)
                took.append(build(folder, store, groups=groups))
            seconds, used = map(statistics.median, zip(*took, strict=True))
            print(f"| {name} | {seconds:.2f} | {used:.2f} | {seconds / whole:.1%} |", flush=True)
        build(folder, again, groups=False)
        if digests(store) != digests(again):
            raise SystemExit("the tables differ from those of a fresh build")
        print("The tables are those of a fresh build.")


if __name__ == "__main__":
    main()
