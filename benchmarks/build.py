"""Build speed and memory against what a user would write: python-frontmatter, `json_normalize` and Parquet.

    python benchmarks/build.py [FOLDER_OR_ARCHIVE] [--runs 3]

The peer does the same job in the words of its libraries: `frontmatter.load` for every file; `json_normalize` of
records and of related items; articles distinct by URL, the record's word first; the links between them; topics, tags
and the pictures of records and of related items by `explode`; providers with their commonest name by `groupby`; each
to Parquet. It takes addresses as they are written. Newsgauge also does what the peer leaves out: one canonical URL for
all spellings of an address, checked values, problems with their places, conflicts, collected days, folded text for
search, digests, and stages that a second build starts from.

Each contender runs in a process of its own, in turn, and once before it counts, so that its modules are compiled and
the files in memory; medians are printed. "Read" merely reads and decodes the files. "Seconds" is the whole process,
with Python's start and all imports. "Work" leaves out the start and the imports that are written first: all of the
peer's, while Newsgauge loads DuckDB within its work, as another process reads. CPU seconds tell whether others used the
machine. Where the system can pin a process, Newsgauge is also measured on one core, by one process, and on two.
Memory is the most that the process and those that it starts held at a time, pages that they share counted once (PSS);
it is watched in a run of its own, because watching takes a core's time.

Without an argument the public corpus ai-2020 is used where it lies beside the checkout, else the demo corpus.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / ".." / "shared" / "corpus" / "ai-2020.tar.gz"

CONTENDERS = {
    "read": """
START
for path in sorted(folder.rglob("*.md")):
    path.read_bytes().decode()
""",
    "frontmatter": """
import frontmatter, pandas as pd, pyarrow.parquet, yaml
ADDRESSES = ["webUrl", "originalUrl", "sourceUrl", "ampWebUrl", "ampUrl", "cdnAmpWebUrl", "cdnAmpUrl", "url"]
LISTS = ["topics", "tags", "images", "related"]

def write(frame, name):
    mixed = frame.select_dtypes("object", exclude="str").columns  # Parquet wants one type in a column
    frame.astype(dict.fromkeys(mixed, "str")).to_parquet(out / f"{name}.parquet", index=False)

START
records = []
for path in sorted(folder.rglob("*.md")):
    try:
        records.append({**frontmatter.load(path).metadata, "file": str(path)})
    except yaml.YAMLError:
        print(path, file=sys.stderr)
own = pd.json_normalize(records)
listed = [record for record in records if record.get("related")]
items = pd.json_normalize(listed, "related", "file") if listed else own.head(0)
items["position"] = items.groupby("file").cumcount()
said = pd.concat([own.assign(seen_as="record"), items.assign(seen_as="related")], ignore_index=True)
said["url"] = said.reindex(columns=ADDRESSES).bfill(axis=1).iloc[:, 0]
said["provider.domain"] = said.reindex(columns=["provider.domain", "provider.id"]).bfill(axis=1).iloc[:, 0]
said["publishedDateTime"] = pd.to_datetime(said["publishedDateTime"], utc=True, errors="coerce")
said = said.dropna(subset="url").reindex(columns=said.columns.union(LISTS, sort=False))
articles = said.drop(columns=LISTS).drop_duplicates("url")
write(articles, "articles")
is_own = said["seen_as"] == "record"
owners = said.loc[is_own, ["file", "url"]]
links = said.loc[~is_own, ["file", "url", "position"]].merge(owners, on="file", suffixes=("_related", ""))
write(links[["url", "url_related", "position"]].drop_duplicates(["url", "url_related"]), "related_links")
for name in ("topics", "tags"):
    write(said.loc[is_own, ["url", name]].explode(name).dropna().drop_duplicates(), name)
pictured = said.dropna(subset="images").drop_duplicates("url").explode("images").dropna(subset="images")
images = pd.json_normalize(pictured["images"].tolist()).add_prefix("image.")
write(images.assign(article=pictured["url"].to_numpy()), "images")
providers = articles.groupby("provider.domain").agg(
    n_articles=("url", "size"),
    first_seen=("publishedDateTime", "min"),
    last_seen=("publishedDateTime", "max"),
)
names = said.groupby("provider.domain")["provider.name"].value_counts().reset_index(level=1)["provider.name"]
write(providers.assign(name=names[~names.index.duplicated()]).reset_index(), "providers")
""",
    "newsgauge": """
from analysis import build_corpus
START
build_corpus(folder, out, groups=False)  # the peer does not look for copies and events either
""",
}

_PIN = "import os\nos.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:{cores}])\n"

BUILD = """
from analysis import build_corpus
START
build_corpus(folder, out, groups=False, workers={workers})
"""
"""Newsgauge with so many processes that read."""


def run(
    code: str,
    folder: Path,
    out: Path,
    compiled: Path,
    peak: list[float] | None = None,
    cores: int | None = None,
) -> tuple[float, float, float]:
    """Seconds, seconds of the work and CPU seconds of one contender in a process of its own.

    Args:
        code: what it does, with START where its work begins.
        folder: the records.
        out: an empty folder, or the store of an earlier run.
        compiled: a folder for compiled modules, whatever the environment says about them.
        peak: gets the MB held at most, where they are asked for.
        cores: how many it may use, and what it starts; all unless given. Linux can say so.
    """
    script = "import pathlib, sys, time\nfolder, out = map(pathlib.Path, sys.argv[1:])\n"
    script += _PIN.format(cores=cores) if cores else ""
    script += code.replace("START", "began = time.perf_counter()") + "print(time.perf_counter() - began)\n"
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(folder), str(out)],
        env={**kept, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(compiled)},
        stdout=subprocess.PIPE,
        text=True,
    )
    if peak is not None:
        watch(psutil.Process(process.pid), peak)
    said, _ = process.communicate()
    seconds = time.perf_counter() - started
    if process.returncode:
        raise SystemExit("a contender failed")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return seconds, float(said), cpu


def watch(process: psutil.Process, peak: list[float]) -> None:
    """Keep the most that a process and its children hold, until it ends."""
    while True:
        looked = time.perf_counter()
        try:
            family = [process, *process.children(recursive=True)]
            peak.append(sum(member.memory_full_info().pss for member in family) / 2**20)
        except psutil.Error:
            pass
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(max(0.005, 10 * (time.perf_counter() - looked)))  # it takes longer, the more they hold


def records(given: Path | None, scratch: Path) -> Path:
    """The folder of records to build."""
    source = given or (CORPUS if CORPUS.exists() else None)
    if source is None:
        from analysis.demo import write_demo

        print("The public corpus is not beside this checkout: measured on the demo corpus.")
        write_demo(scratch / "demo")
        return scratch / "demo"
    if source.is_dir():
        return source
    with tarfile.open(source) as archive:
        archive.extractall(scratch, filter="data")
    return scratch


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", nargs="?", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = records(given.source, Path(scratch))
        sizes = [path.stat().st_size for path in folder.rglob("*.md")]
        contenders = {**{name: (code, None) for name, code in CONTENDERS.items()}, **_pinned()}
        measured: dict[str, list[tuple[float, ...]]] = {name: [] for name in contenders}
        held: dict[str, list[float]] = {name: [] for name in contenders}
        for turn in range(given.runs + 1):
            for name, (code, cores) in contenders.items():
                with tempfile.TemporaryDirectory() as out:
                    peak = None if turn else held[name]
                    figures = run(code, folder, Path(out), Path(scratch, "compiled"), peak, cores)
                if turn:
                    measured[name].append(figures)
    medians = {
        name: (*map(statistics.median, zip(*runs, strict=True)), max(held[name]))
        for name, runs in measured.items()
    }
    if given.json:
        print(json.dumps({"files": len(sizes), "bytes": sum(sizes), "medians": medians}))
        return
    print(f"{len(sizes):,} files, {sum(sizes) / 1e6:.1f} MB, medians of {given.runs}, {os.cpu_count()} cores")
    print("| | seconds | work | CPU | files a second | peak MB |\n|---|---|---|---|---|---|")
    for name, (seconds, work, cpu, peak) in medians.items():
        print(
            f"| {name} | {seconds:.2f} | {work:.2f} | {cpu:.2f} | {len(sizes) / seconds:,.0f} | {peak:.0f} |"
        )
    ours, peer = medians["newsgauge"], medians["frontmatter"]
    print(
        f"\nNewsgauge is {peer[0] / ours[0]:.1f} times as fast ({peer[1] / ours[1]:.1f} times without imports), "
        f"with {ours[3] / peer[3]:.0%} of the memory."
    )
    if _pinned():
        one, two = (medians[name] for name in _pinned())
        print(f"On two cores it is {one[0] / two[0]:.2f} times as fast as on one.")


def _pinned() -> dict[str, tuple[str, int]]:
    """Newsgauge on one core and on two, where a process can be pinned and there are two."""
    may = hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > 1
    told = {f"newsgauge, {n} core{'s' * (n > 1)}": (BUILD.format(workers=n), n) for n in (1, 2)}
    return told if may else {}


if __name__ == "__main__":
    main()
