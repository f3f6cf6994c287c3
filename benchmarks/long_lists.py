"""Building many records with long related lists: against the peer, on one core and two, and when one record changes.

    python benchmarks/long_lists.py [--records 100000] [--listed 20] [--sample 2000] [--runs 3]

The records are synthetic: stories of 40 articles, each of which lists others of its story as related, word for word as
they stand in the other lists, as curated records do. They are written to a folder of their own first, which is not
measured.

The contenders are those of `benchmarks/build.py`, each in a process of its own, in turn; medians are printed. "Read"
merely reads and decodes every file. "One core" is Newsgauge pinned to one core, where one process reads; "two cores" is
pinned to two, where two do. (Pinning takes Linux.) The peer (python-frontmatter, `json_normalize`, Parquet) reads
`--sample` of the records, whole stories; its time for all is what its time for the sample comes to at the same rate,
and is labelled so. After each build one record is changed in one word, and the store is built again, on two cores.

All run once before they count, so that modules are compiled and files in memory. That run has its memory watched, which
takes a core's time; nothing is watched in those that count.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
from pathlib import Path

from build import BUILD, CONTENDERS, run

_STORY = 40  # articles
_WORDS = (
    "court council ban face recognition camera police city data law privacy group model chip market study "
    "school hospital vote union worker strike budget energy storm river train border island museum"
).split()


def write(folder: Path, n_records: int, n_listed: int) -> None:
    """Write records, 1,000 to a folder."""
    dice = random.Random(7)
    for first in range(0, n_records, _STORY):
        story = [_article(dice, number) for number in range(first, min(first + _STORY, n_records))]
        for place, (number, head) in enumerate(story):
            others = [
                story[(place + step) % len(story)][1] for step in range(1, min(n_listed + 1, len(story)))
            ]
            items = "".join("\n  - " + "\n    ".join(other) for other in others)
            path = folder / f"{number // 1_000:04}" / f"2021-01-01-{number:07}.md"
            path.parent.mkdir(exist_ok=True)
            listed = f"\n\nrelated:{items}" if items else ""
            path.write_text(
                "---\ncategory: news\n" + "\n".join(head) + f"\nheat: 3\n\ntopics:\n  - AI{listed}\n---\n"
            )


def _article(dice: random.Random, number: int) -> tuple[int, list[str]]:
    title, excerpt = (" ".join(dice.choices(_WORDS, k=count)) for count in (9, 45))
    outlet = dice.randrange(400)
    return number, [
        f'title: "{title.capitalize()}"',
        f'excerpt: "{excerpt.capitalize()}."',
        f"publishedDateTime: 2021-{number % 12 + 1:02}-{number % 28 + 1:02}T{number % 24:02}:{number % 60:02}:00Z",
        f"webUrl: https://www.outlet-{outlet}.example/news/{number}",
        "type: article",
        f"quality: {dice.randrange(100)}",
        "provider:",
        f"  name: Outlet {outlet}",
        f"  domain: outlet-{outlet}.example",
    ]


def main() -> None:
    """Write, measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--listed", type=int, default=20, help="related items of a record, 39 at most")
    parser.add_argument("--sample", type=int, default=2_000, help="records that the peer reads")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        folder, sample, compiled = root / "news", root / "sample", root / "compiled"
        for path, count in ((folder, given.records), (sample, min(given.sample, given.records))):
            path.mkdir()
            write(path, count, given.listed)
        size = sum(path.stat().st_size for path in folder.rglob("*.md"))
        print(f"{given.records:,} records with {given.listed} related items each, {size / 1e6:,.0f} MB")
        contest = Contest(folder, sample, compiled)
        for turn in range(given.runs + 1):
            with tempfile.TemporaryDirectory(dir=root) as outs:
                contest.turn(Path(outs), watched=not turn)
        _tell(contest, min(given.sample, given.records) / given.records)


class Contest:
    """What the contenders take: seconds and CPU seconds in turns that count; MB, watched in the one that does not."""

    def __init__(self, folder: Path, sample: Path, compiled: Path) -> None:
        self.folder, self.sample, self.compiled = folder, sample, compiled
        self.measured: dict[str, list[tuple[float, float, float]]] = {}
        self.held: dict[str, float] = {}
        self._heat = 4

    def turn(self, outs: Path, *, watched: bool) -> None:
        """Run each contender once, in a folder for what they write."""

        def one(name: str, code: str, records: Path, out: str, cores: int | None = None) -> None:
            (outs / out).mkdir(exist_ok=True)
            peak: list[float] | None = [] if watched else None
            seconds, work, cpu = run(code, records, outs / out, self.compiled, peak, cores)
            if peak is None:
                self.measured.setdefault(name, []).append((seconds, work, cpu))
            else:
                self.held[name] = max(peak)

        one("read", CONTENDERS["read"], self.folder, "read")
        one("frontmatter", CONTENDERS["frontmatter"], self.sample, "peer")
        one("one core", BUILD.format(workers=1), self.folder, "one", 1)
        one("two cores", BUILD.format(workers=2), self.folder, "two", 2)
        self._change()
        one("one record changed", BUILD.format(workers=2), self.folder, "two", 2)

    def _change(self) -> None:
        """Change one record in one word."""
        path = min(self.folder.rglob("*.md"))
        told = path.read_text()
        path.write_text(told.replace(f"heat: {self._heat - 1}", f"heat: {self._heat}", 1))
        self._heat += 1

    def median(self, name: str) -> tuple[float, float, float]:
        """Seconds, those of the work, and CPU seconds."""
        seconds, work, cpu = map(statistics.median, zip(*self.measured[name], strict=True))
        return seconds, work, cpu


def _tell(contest: Contest, share: float) -> None:
    said = "all records" if share == 1 else f"{share:.1%} of the records"
    print("| | seconds | CPU | peak MB |\n|---|---|---|---|")
    for name, held in contest.held.items():
        shown = f"frontmatter, {said}" if name == "frontmatter" else name
        shown = shown if name in ("read", "frontmatter") else f"newsgauge, {shown}"
        seconds, _, cpu = contest.median(name)
        print(f"| {shown} | {seconds:.2f} | {cpu:.2f} | {held:,.0f} |")
    read, peer, one, two, again = (contest.median(name)[0] for name in contest.held)
    work = contest.median("frontmatter")[1]
    whole = peer - work + work / share  # it starts, and imports, once
    how = "" if share == 1 else f" ({whole:,.0f} s, extrapolated from {peer:.1f} s)"
    print(
        f"\nOn two cores Newsgauge takes {two / read:.1f} times as long as merely reading; frontmatter would take "
        f"{whole / two:.0f} times as long as Newsgauge{how}. Two cores are {one / two:.2f} times as fast as "
        f"one; after one change a build takes {again / two:.1%} of the first."
    )


if __name__ == "__main__":
    main()
