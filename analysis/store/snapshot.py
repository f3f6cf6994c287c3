"""A snapshot: one immutable build of the tables, as a folder of Parquet files with a manifest.

The store names its current snapshot in one small file that is replaced in one step: a reader sees the old snapshot or
the new one, never half of one. Where files of the current snapshot are damaged, the last whole one is opened in its
stead, with a warning, until the next build mends it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import warnings
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from analysis.errors import NewsgaugeError
from analysis.store.lease import remove_unless_held
from analysis.store.removal import remove_folder

__all__ = [
    "CURRENT",
    "KEPT",
    "MANIFEST",
    "NAME",
    "DamagedStore",
    "NoSnapshot",
    "Snapshot",
    "SourceInfo",
    "current_snapshot",
    "find_snapshot",
    "make_current",
    "pointed_snapshot",
    "prune",
    "read_parquet",
    "snapshot_names",
]

KEPT = 5
"""How many snapshots a store keeps, the current one included."""
MANIFEST = "manifest.json"
CURRENT = "CURRENT"
_FORMAT = 3
NAME = re.compile(r"\d{8}T\d{12}-[\w-]+", re.ASCII)


class NoSnapshot(NewsgaugeError):
    """There is no store at the path, or nothing has been built in it."""


class DamagedStore(UserWarning):
    """The current snapshot of a store is damaged, and an earlier one is opened in its stead."""


class SourceInfo(NamedTuple):
    """What a snapshot was built from: path, kind, files, bytes, latest change (ns since 1970), hash of all content."""

    path: str
    kind: str
    n_files: int
    n_bytes: int
    mtime_ns: int
    digest: str


class Snapshot(NamedTuple):
    """The manifest of a snapshot and where it lies; `tables` with rows and digests, `sizes` in bytes.

    `files` has size and BLAKE2b of each file but the manifest, by its path in the snapshot's folder.
    """

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
    files: dict[str, list[Any]] = {}  # noqa: RUF012 - never changed

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
        (self.folder / MANIFEST).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")

    def damage(self, *, thorough: bool = False) -> str | None:
        """What is wrong with the files, or None: whether they are there, as long as they were written, and Parquet.

        Args:
            thorough: also read them, and compare what they hold.
        """
        for name, (size, digest) in self.files.items():
            try:
                found = (self.folder / name).stat().st_size
                if found != size:
                    return f"{name} has {found:,} bytes where {size:,} were written"
                same = not thorough or file_digest(self.folder / name) == digest
                if not (same and (not name.endswith(".parquet") or _begins_and_ends(self.folder / name))):
                    return f"{name} does not hold what was written"
            except OSError as error:
                return f"{name} cannot be read ({error.strerror})"
        return None


def _begins_and_ends(path: Path) -> bool:
    """Whether a file begins and ends as Parquet does; one that lost power as it was written may hold zeros."""
    with path.open("rb") as stream:
        first = stream.read(4)
        stream.seek(-4, os.SEEK_END)
        return first == stream.read(4) == b"PAR1"


def file_digest(path: Path) -> str:
    """BLAKE2b of a file's bytes, 32 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def written_files(folder: Path) -> dict[str, list[Any]]:
    """Size and digest of every file in a folder, by its path there."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder).as_posix()): [path.stat().st_size, file_digest(path)] for path in paths
    }


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
        content = json.loads((folder / MANIFEST).read_text("utf-8"))
        if content.pop("format", None) != _FORMAT:
            raise NoSnapshot(f"{folder} was written by another version of Newsgauge; build it again")
        sources = tuple(SourceInfo(**source) for source in content.pop("sources"))
        problems = tuple(tuple(problem) for problem in content.pop("problems"))
        return Snapshot(folder=folder, sources=sources, problems=problems, **content)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise NoSnapshot(f"{folder} holds no readable snapshot ({error}); build it again") from error


def whole_snapshot(folder: Path) -> Snapshot:
    """The snapshot in a folder, if every file of it is there and as long as it was written.

    Raises:
        NoSnapshot: there is none, or it is damaged or of a later version.
    """
    snapshot = read_snapshot(folder)
    damage = snapshot.damage()
    if damage:
        raise NoSnapshot(f"snapshot {snapshot.id} is damaged: {damage}; build it again")
    return snapshot


def current_snapshot(store: Path) -> Snapshot:
    """The current snapshot of a store; the newest whole one, with the warning `DamagedStore`, where it is damaged.

    Raises:
        NoSnapshot: there is no store, nothing has been built in it, or no snapshot in it is whole.

    >>> import tempfile
    >>> from analysis import build_corpus
    >>> from data import RECORDS
    >>> store = Path(tempfile.mkdtemp()).resolve()
    >>> _ = build_corpus(RECORDS, store)
    >>> current_snapshot(store).counts
    {'files': 1, 'secured': 1}
    """
    try:
        return pointed_snapshot(store)
    except NoSnapshot as damage:
        for name in reversed(snapshot_names(store)):
            try:
                found = whole_snapshot(store / "snapshots" / name)
            except NoSnapshot:
                continue
            if found.id != name:
                continue
            warnings.warn(f"{damage}; until then {found.label} is shown", DamagedStore, stacklevel=2)
            return found
        raise


def pointed_snapshot(store: Path) -> Snapshot:
    """The snapshot that a store names as its current one.

    Raises:
        NoSnapshot: there is no store, nothing has been built in it, or the snapshot is damaged.
    """
    name = _pointer(store)
    while True:
        try:
            return whole_snapshot(store / "snapshots" / name)
        except NoSnapshot:
            before, name = name, _pointer(store)
            if name == before:  # else it was removed after later builds
                raise


def _pointer(store: Path) -> str:
    """The name of the current snapshot."""
    try:
        name = (store / CURRENT).read_text("utf-8", "replace").strip()
    except OSError:
        raise NoSnapshot(
            f"nothing has been built in {store}; run: newsgauge build SOURCE --store {store}"
        ) from None
    if not NAME.fullmatch(name):
        raise NoSnapshot(f"{store / CURRENT} names no snapshot, it says {name!r:.60}; build it again")
    return name


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
        return whole_snapshot(store / "snapshots" / name)
    kept = []
    for each in reversed(names):
        with suppress(NoSnapshot):
            kept.append(whole_snapshot(store / "snapshots" / each))
    for snapshot in kept:  # of builds of one day with the same tables, the newest
        if snapshot.label == name:
            return snapshot
    there = ", ".join(f"{snapshot.id} ({snapshot.label})" for snapshot in kept) or "none"
    raise NoSnapshot(f"snapshot must be one that {store} keeps: {there}; got {name!r:.80}")


def make_current(store: Path, name: str) -> None:
    """Let readers see a finished snapshot, in one step."""
    waiting = store / f".{CURRENT}.{os.getpid()}"
    with waiting.open("w", encoding="utf-8") as stream:
        stream.write(f"{name}\n")
        stream.flush()
        os.fsync(stream.fileno())
    waiting.replace(store / CURRENT)


def snapshot_names(store: Path) -> list[str]:
    """The finished snapshots of a store, oldest first."""
    folder = store / "snapshots"
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if NAME.fullmatch(path.name))


def prune(store: Path, current: str) -> None:
    """Keep the newest snapshots, the current one and those being read; remove others, damaged and unfinished ones."""
    names = []
    for name in snapshot_names(store):
        try:
            whole_snapshot(store / "snapshots" / name)
        except NoSnapshot:
            remove_unless_held(store / "snapshots" / name)
        else:
            names.append(name)
    names.remove(current)
    for name in names[: -(KEPT - 1)]:
        remove_unless_held(store / "snapshots" / name)
    for unfinished in (store / "snapshots").glob(".*"):
        remove_folder(unfinished)
