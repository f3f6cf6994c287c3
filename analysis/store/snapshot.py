"""A snapshot: one immutable build of the tables, as a folder of Parquet files with a manifest.

The store names its current snapshot in one small file that is replaced in one step: a reader sees the old snapshot or
the new one, never half of one.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from analysis.errors import NewsgaugeError
from analysis.store.lease import remove_unless_held
from analysis.store.removal import remove_folder

__all__ = [
    "NoSnapshot",
    "Snapshot",
    "SourceInfo",
    "current_snapshot",
    "find_snapshot",
    "make_current",
    "prune",
    "read_parquet",
    "snapshot_names",
]

_KEPT = 5  # snapshots, the current one included
_CURRENT = "CURRENT"
_FORMAT = 3


class NoSnapshot(NewsgaugeError):
    """There is no store at the path, or nothing has been built in it."""


class SourceInfo(NamedTuple):
    """What a snapshot was built from: path, kind, files, bytes, latest change (ns since 1970), hash of all content."""

    path: str
    kind: str
    n_files: int
    n_bytes: int
    mtime_ns: int
    digest: str


class Snapshot(NamedTuple):
    """The manifest of a snapshot and where it lies; `tables` with rows and digests, `sizes` in bytes."""

    folder: Path
    id: str
    built_at: str
    digest: str
    sources: tuple[SourceInfo, ...]
    tables: dict[str, dict[str, Any]]
    sizes: dict[str, int]
    problems: tuple[tuple[str, str, int], ...]
    counts: dict[str, int]
    versions: dict[str, str]
    grouped: bool

    @property
    def label(self) -> str:
        """Date of the build and the first four digits of its digest, as it is named on screen and in reports."""
        return f"{self.built_at[:10]} {self.digest[:4]}"

    def path(self, table: str) -> Path:
        """The Parquet file of a table."""
        return self.folder / f"{table}.parquet"

    def write_manifest(self) -> None:
        """Write the manifest into the snapshot's folder."""
        sources = [source._asdict() for source in self.sources]
        content = {"format": _FORMAT, **self._asdict(), "sources": sources}
        del content["folder"]
        (self.folder / "manifest.json").write_text(
            json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8"
        )


def read_parquet(paths: Sequence[Path]) -> str:
    """SQL that reads Parquet files in DuckDB; their paths are taken as they are, where it would see patterns in them.

    >>> read_parquet([Path("/news [2021]/it's.parquet")])
    "read_parquet(['/news [[]2021]/it''s.parquet'])"
    """
    return f"read_parquet({quoted(paths)})"


def quoted(paths: Sequence[Path]) -> str:
    """Paths as a list in SQL, for DuckDB's functions that read files."""
    plain = (re.sub(r"[*?\[]", r"[\g<0>]", str(path)).replace("'", "''") for path in paths)
    listed = ", ".join(f"'{path}'" for path in plain)
    return f"[{listed}]"


def read_snapshot(folder: Path) -> Snapshot:
    """The snapshot in a folder.

    Raises:
        NoSnapshot: there is none, or it is damaged or of a later version.
    """
    try:
        content = json.loads((folder / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise NoSnapshot(f"{folder} holds no readable snapshot ({error}); build it again") from error
    if content.pop("format", None) != _FORMAT:
        raise NoSnapshot(f"{folder} was written by another version of Newsgauge; build it again")
    sources = tuple(SourceInfo(**source) for source in content.pop("sources"))
    problems = tuple(tuple(problem) for problem in content.pop("problems"))
    return Snapshot(folder=folder, sources=sources, problems=problems, **content)


def current_snapshot(store: Path) -> Snapshot:
    """The current snapshot of a store.

    Raises:
        NoSnapshot: there is no store, or nothing has been built in it.

    >>> import tempfile
    >>> from analysis import build_corpus
    >>> from data import RECORDS
    >>> store = Path(tempfile.mkdtemp()).resolve()
    >>> _ = build_corpus(RECORDS, store)
    >>> current_snapshot(store).counts
    {'files': 1, 'secured': 1}
    """
    try:
        name = (store / _CURRENT).read_text("utf-8").strip()
    except OSError:
        raise NoSnapshot(
            f"nothing has been built in {store}; run: newsgauge build SOURCE --store {store}"
        ) from None
    return read_snapshot(store / "snapshots" / name)


def find_snapshot(store: Path, name: str) -> Snapshot:
    """A snapshot that a store still has, current or not.

    Args:
        store: folder of the store.
        name: its id, or its label as screens and reports give it, such as ``2021-08-27 3f9a``.

    Raises:
        NoSnapshot: there is none of that name; says which there are.

    >>> import tempfile
    >>> from analysis import build_corpus
    >>> from data import RECORDS
    >>> store = Path(tempfile.mkdtemp()).resolve()
    >>> built = build_corpus(RECORDS, store).snapshot
    >>> find_snapshot(store, built.label).id == built.id
    True
    """
    names = snapshot_names(store)
    if name in names:
        return read_snapshot(store / "snapshots" / name)
    kept = [read_snapshot(store / "snapshots" / each) for each in reversed(names)]
    for snapshot in kept:  # of builds of one day with the same tables, the newest
        if snapshot.label == name:
            return snapshot
    there = ", ".join(f"{snapshot.id} ({snapshot.label})" for snapshot in kept) or "none"
    raise NoSnapshot(f"snapshot must be one that {store} keeps: {there}; got {name!r:.80}")


def make_current(store: Path, name: str) -> None:
    """Let readers see a finished snapshot, in one step."""
    waiting = store / f".{_CURRENT}.{os.getpid()}"
    with waiting.open("w", encoding="utf-8") as stream:
        stream.write(f"{name}\n")
        stream.flush()
        os.fsync(stream.fileno())
    waiting.replace(store / _CURRENT)


def snapshot_names(store: Path) -> list[str]:
    """The finished snapshots of a store, oldest first."""
    folder = store / "snapshots"
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def prune(store: Path, current: str) -> None:
    """Keep the newest snapshots, the current one and those being read; remove the rest, and what killed builds left."""
    names = [name for name in snapshot_names(store) if name != current]
    for name in names[: -(_KEPT - 1)]:
        remove_unless_held(store / "snapshots" / name)
    for unfinished in (store / "snapshots").glob(".*"):
        remove_folder(unfinished)
