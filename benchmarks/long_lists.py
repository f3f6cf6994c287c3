"""Building many records with long related lists: against the peer, on one core and two, and when one record changes.

    python benchmarks/long_lists.py [--records 100000] [--listed 20] [--sample 2000]

The records are synthetic: stories of 40 articles, each of which lists others of its story as related, word for word as
they stand in the other lists, as curated records do. They are written to a folder of their own first, which is not
measured. The contenders are those of `benchmarks/build.py`, each in a process of its own, run once: "read" merely reads
and decodes every file. The peer (python-frontmatter, `json_normalize`, Parquet) reads `--sample` of the records, whole
stories; its time for all is what its time for the sample comes to at the same rate, and is labelled so.

Then one record is changed in one word, and the store is built again.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path

from build import CONTENDERS, run

_STORY = 40  # articles
_WORDS = (
    "court council ban face recognition camera police city data law privacy group model chip market study "
    "school hospital vote union worker strike budget energy storm river train border island museum"
).split()
_BUILD = """
from analysis import build_corpus
START
build_corpus(folder, out, groups=False, workers={workers})
"""


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
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        folder, sample, compiled = root / "news", root / "sample", root / "compiled"
        for path, count in ((folder, given.records), (sample, min(given.sample, given.records))):
            path.mkdir()
            write(path, count, given.listed)
        size = sum(path.stat().st_size for path in folder.rglob("*.md"))
        print(f"{given.records:,} records with {given.listed} related items each, {size / 1e6:,.0f} MB")
        _measure(root, folder, sample, compiled, min(given.sample, given.records) / given.records)


def _measure(root: Path, folder: Path, sample: Path, compiled: Path, share: float) -> None:
    for name in ("first", "peer", "one", "two"):
        (root / name).mkdir()
    run(_BUILD.format(workers=2), sample, root / "first", compiled)  # compiles the modules
    peaks: list[list[float]] = []

    def watched(code: str, records: Path, out: Path) -> tuple[float, float, float]:
        peaks.append([])
        return run(code, records, out, compiled, peaks[-1])

    read = watched(CONTENDERS["read"], folder, root)
    peer = watched(CONTENDERS["frontmatter"], sample, root / "peer")
    one = watched(_BUILD.format(workers=1), folder, root / "one")
    two = watched(_BUILD.format(workers=2), folder, root / "two")
    changed = next(iter(sorted(folder.rglob("*.md"))))
    changed.write_text(changed.read_text().replace("title: ", "title:  ", 1).replace("heat: 3", "heat: 4"))
    again = watched(_BUILD.format(workers=2), folder, root / "two")
    said = "all records" if share == 1 else f"{share:.1%} of the records"
    rows = {
        "read": read,
        f"frontmatter, {said}": peer,
        "newsgauge, one process reads": one,
        "newsgauge, two read": two,
        "newsgauge, one record changed": again,
    }
    print("| | seconds | CPU | peak MB |\n|---|---|---|---|")
    for (name, (seconds, _, cpu)), held in zip(rows.items(), peaks, strict=True):
        print(f"| {name} | {seconds:.2f} | {cpu:.2f} | {max(held):,.0f} |")
    whole = "" if share == 1 else f" ({peer[0] / share:,.0f} s, extrapolated from {peer[0]:.1f} s)"
    print(
        f"\nNewsgauge takes {two[0] / read[0]:.1f} times as long as merely reading; frontmatter would take "
        f"{peer[0] / share / two[0]:.0f} times as long as Newsgauge{whole}. Two processes are {one[0] / two[0]:.2f} "
        f"times as fast as one; after one change a build takes {again[0] / two[0]:.1%} of the first."
    )


if __name__ == "__main__":
    main()
