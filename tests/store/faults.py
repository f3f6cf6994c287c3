"""Faults that a store must stand, each tried on a store with two snapshots while a third is built.

After each fault the store opens on a snapshot that is whole, the next build gives what a build elsewhere gives, and so no
record is lost. `benchmarks/faults.py` tries them many times and prints the table of docs/faults.md, the tests a few.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import duckdb

from analysis import Corpus, NewsgaugeError, build_corpus, open_corpus
from analysis.store import current_snapshot
from analysis.tables.schema import TABLES

__all__ = ["Outcome", "Trials"]

_COMMAND = [sys.executable, "-c", "from dashboard.cli import main; main()"]
_RECORD = """---
title: "{kind} {n}: cameras in {place}"
publishedDateTime: 2021-08-{day:02}T05:30:00Z
webUrl: https://{kind}.example/{n}
provider:
  name: {kind}
  domain: {kind}.example
related:
  - title: "Related {n}"
    webUrl: https://other.example/{related}
    publishedDateTime: 2021-08-20T05:30:00Z
    provider:
      name: Other
      domain: other.example
---
"""


class Outcome(NamedTuple):
    """How often a fault was tried, and how often all was well after it: opened, then built whole again."""

    tried: int
    opened: int
    repaired: int

    @property
    def is_well(self) -> bool:
        return self.tried == self.opened == self.repaired


class Trials:
    """A folder with records, a store of two builds of a part of them, and what a build of all of them gives."""

    def __init__(self, folder: Path, *, groups: bool, n_records: int = 150) -> None:
        self.folder, self.groups = folder, groups
        self.records = folder / "records"
        self.records.mkdir()
        self.options = [] if groups else ["--no-groups"]
        for count in (n_records // 3, n_records // 2, n_records):
            self._write(count)
            store = folder / ("template" if count < n_records else "expected")
            built = build_corpus(self.records, store, groups=groups)
        self.expected = _held(open_corpus(folder / "expected"))
        self.known = {found.name for found in (folder / "template" / "snapshots").iterdir()}
        assert built.n_files == n_records + 1

    def _write(self, count: int) -> None:
        for n in range(count):
            path = self.records / f"{n:04}.md"
            if not path.exists():
                kind, place = ("alpha", "beta", "gamma")[n % 3], ("London", "Paris", "Rome")[n // 3 % 3]
                path.write_text(_RECORD.format(kind=kind, n=n, place=place, day=1 + n % 28, related=n // 5))
        (self.records / "broken.md").write_text("no front matter")

    @contextmanager
    def store(self, parent: Path | None = None) -> Iterator[Path]:
        """A copy of the store, to be harmed."""
        with tempfile.TemporaryDirectory(dir=parent or self.folder) as scratch:
            store = Path(scratch, "store")
            shutil.copytree(self.folder / "template", store)
            yield store

    def start(self, store: Path, **options: object) -> subprocess.Popen[str]:
        """Begin to build in a process of its own, as a user does."""
        return subprocess.Popen(
            [*_COMMAND, "build", str(self.records), "--store", str(store), *self.options],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True, **options,
        )  # fmt: skip

    def is_open(self, store: Path) -> bool:
        """Whether the store opens on a snapshot that is whole, be it an earlier one."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it is damaged
            try:
                corpus = open_corpus(store)
            except NewsgaugeError:
                return False
        snapshot = corpus.snapshot
        known = snapshot.id in self.known or _held(corpus) == self.expected
        try:
            return known and all(len(corpus.frame(t.name)) == snapshot.tables[t.name]["rows"] for t in TABLES)
        except duckdb.Error:  # stumbles over a byte that has changed
            return False

    def is_repaired(self, store: Path) -> bool:
        """Whether the next build gives all records, and the store opens on it without a warning."""
        report = build_corpus(self.records, store, groups=self.groups)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            corpus = open_corpus(store)
        whole = report.n_files == report.n_entries == report.n_records + report.n_errors
        return (
            whole
            and _held(corpus) == self.expected
            and self.is_open(store)
            and not list((store / "snapshots").glob(".*"))
        )

    def killed(self, times: int, chance: random.Random) -> Outcome:
        """The builder and all its processes killed at random moments."""
        with self.store() as store:
            started = time.perf_counter()
            self.start(store).communicate()
            longest = time.perf_counter() - started
        opened = repaired = killed = 0
        while killed < times:
            with self.store() as store:
                started, process = time.perf_counter(), self.start(store)
                try:
                    process.communicate(timeout=chance.uniform(0, longest))
                    longest = min(longest, time.perf_counter() - started)  # it was done before
                    continue
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.communicate()
                killed += 1
                opened += self.is_open(store)
                repaired += self.is_repaired(store)
        return Outcome(killed, opened, repaired)

    def no_room(self, sizes: list[int]) -> Outcome:
        """No file may grow beyond so many bytes; what is written further on fails."""

        def narrow(size: int) -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        outcomes = []
        for size in sizes:
            with self.store() as store:
                failed = self._failed_well(self.start(store, preexec_fn=lambda size=size: narrow(size)))
                outcomes.append((failed and self.is_open(store), self.is_repaired(store)))
        return _counted(outcomes)

    def full_disk(self, sizes: list[int]) -> Outcome:
        """A file system of so many bytes beyond what lies in it; needs root."""
        outcomes = []
        for size in sizes:
            with tempfile.TemporaryDirectory(dir=self.folder) as place:
                _mount(place, "size=64m")
                try:
                    with self.store(Path(place)) as store:
                        used = shutil.disk_usage(place).used
                        _mount(place, f"remount,size={used + size}")
                        failed = self._failed_well(self.start(store))
                        opened = failed and self.is_open(store)
                        _mount(place, "remount,size=64m")
                        outcomes.append((opened, self.is_repaired(store)))
                finally:
                    subprocess.run(["umount", "--lazy", place], check=True)  # we may read there still
        return _counted(outcomes)

    def _failed_well(self, process: subprocess.Popen[str]) -> bool:
        """Whether a build said what is wrong in a line, or there was room enough after all."""
        said = process.communicate()[1]
        return process.returncode in {0, 1, 2} and "Traceback" not in said

    def read_only(self, times: int) -> Outcome:
        """A store that the user may read but not write; root becomes nobody."""
        outcomes = []
        for _ in range(times):
            with self.store(Path(tempfile.gettempdir())) as store:  # where nobody may look
                records = shutil.copytree(self.records, store.parent / "records")
                for path in (store, *store.rglob("*")):
                    path.chmod(0o555 if path.is_dir() else 0o444)
                store.parent.chmod(0o755)
                done = subprocess.run(
                    [sys.executable, "-c", _AS_NOBODY, str(records), str(store)],
                    check=False, capture_output=True, text=True,
                )  # fmt: skip
                for path in (store, *store.rglob("*")):
                    path.chmod(0o755 if path.is_dir() else 0o644)
                refused = done.stdout.split() == [
                    "refused",
                    str(current_snapshot(store).tables["articles"]["rows"]),
                ]
                outcomes.append((refused and self.is_open(store), self.is_repaired(store)))
        return _counted(outcomes)

    def damaged(self, names: list[str], harms: list[str], chance: random.Random) -> Outcome:
        """Files of the store harmed: cut short, emptied, filled with zeros or with noise, or removed."""
        outcomes = []
        for name in names:
            for harm in harms:
                with self.store() as store:
                    current = current_snapshot(store).folder
                    stage = max((store / "stages").glob("v*/*"))
                    for path in (store / name, current / name, stage / name):
                        if path.exists():
                            _harm(path, harm, chance)
                    outcomes.append((self.is_open(store), self.is_repaired(store)))
        return _counted(outcomes)

    def two_at_once(self, times: int) -> Outcome:
        """Two builders started together: one builds, and the other does so after it or is refused."""
        outcomes = []
        for _ in range(times):
            with self.store() as store:
                both = [self.start(store), self.start(store)]
                said = [(process.communicate()[1], process.returncode) for process in both]
                well = any(code == 0 for _, code in said)
                well = well and all(code == 0 or "another build is going on" in text for text, code in said)
                outcomes.append((well and self.is_open(store), self.is_repaired(store)))
        return _counted(outcomes)

    def clock_set_back(self, seconds: list[int]) -> Outcome:
        """The clock of the machine set back before a build: the new snapshot is the newest all the same."""
        outcomes = []
        for back in seconds:
            with self.store() as store:
                before = current_snapshot(store).id
                arguments = [str(self.records), str(store), str(back), str(self.groups)]
                subprocess.run([sys.executable, "-c", _SET_BACK, *arguments], check=True)
                later = current_snapshot(store).id > before
                outcomes.append((later and self.is_open(store), self.is_repaired(store)))
        return _counted(outcomes)


def _held(corpus: Corpus) -> tuple[object, ...]:
    """All that a snapshot holds but the ids of groups, which tell of the builds before."""
    grouped = {"articles", "groups", "group_members", "merges"}
    digests = tuple(found["digest"] for name, found in corpus.snapshot.tables.items() if name not in grouped)
    articles = corpus.articles.drop(columns=["copy_group_id", "event_id"]).to_json(date_format="iso")
    members = corpus.group_members.groupby(["kind", "group_id"])["article_id"].agg(frozenset)
    kinds = members.index.get_level_values("kind")
    return digests, articles, frozenset(zip(kinds, members, strict=True))


def _counted(outcomes: list[tuple[bool, bool]]) -> Outcome:
    return Outcome(len(outcomes), sum(o for o, _ in outcomes), sum(r for _, r in outcomes))


def _mount(place: str, options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", place], check=True)


def _harm(path: Path, harm: str, chance: random.Random) -> None:
    data = path.read_bytes()
    if harm == "removed":
        path.unlink()
    elif harm == "changed":
        at = chance.randrange(len(data))
        path.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
    else:
        kept = {"emptied": b"", "cut": data[: len(data) // 2], "short": data[:-1], "zeros": bytes(len(data))}
        path.write_bytes(kept[harm] if harm in kept else chance.randbytes(len(data)))


_AS_NOBODY = """
import os, sys, tempfile
from pathlib import Path
from analysis import build_corpus, open_corpus
records, store = sys.argv[1:]
spare = tempfile.mkdtemp()
build_corpus(records, spare, groups=False)
len(open_corpus(spare))  # all is loaded: nobody may not see where it lies
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    build_corpus(records, store, groups=False)
except OSError:
    print("refused", len(open_corpus(store)))
"""

_SET_BACK = """
import sys
from datetime import datetime, timedelta
from analysis.store import build, publish
records, store, back, groups = sys.argv[1:]

class Clock(datetime):
    @classmethod
    def now(cls, zone):
        return datetime.now(zone) - timedelta(seconds=int(back))

publish.datetime = Clock
build.build_corpus(records, store, groups=groups == "True")
"""
