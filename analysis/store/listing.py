"""The files that the current snapshot was built from, as a source lists them: what has changed since is soon found.

One small file beside the ledger (see `analysis.store.ledger`), written last in a build: it names the snapshot and the
state of the ledger that belong together. Texts and numbers lie in it column by column, because reading a hundred
thousand rows one by one would take longer than all else that a build of one changed record does.
"""

from __future__ import annotations

import hashlib
import json
import os
from array import array
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from analysis.records import SourceFile

__all__ = ["Listed", "Listing", "read_listing", "write_listing"]

_UNREAD = -1  # in place of the size of a file that could not be read, so that it is tried again


class Listed(NamedTuple):
    """A source and its files: what their paths begin with in the tables; paths in order, sizes, times of change."""

    root: str
    kind: str
    prefix: str
    paths: list[str]
    sizes: array[int]
    times: array[int]

    @classmethod
    def of(cls, root: str, kind: str, prefix: str, files: Sequence[SourceFile]) -> Listed:
        """The files of a source, in the order of their paths.

        >>> Listed.of("/news", "folder", "", [SourceFile("a.md", 5, 9)]).paths
        ['a.md']
        """
        sizes = array("q", [file.size for file in files])
        times = array("q", [file.mtime_ns for file in files])
        return cls(root, kind, prefix, [file.path for file in files], sizes, times)

    def without(self, unread: Collection[str]) -> Listed:
        """The same, but that some paths could not be read, and are to be tried again."""
        if not unread:
            return self
        sizes = (
            _UNREAD if path in unread else size for path, size in zip(self.paths, self.sizes, strict=True)
        )
        return self._replace(sizes=array("q", sizes))

    def changes(self, now: Listed) -> tuple[list[str], list[SourceFile]]:
        """What differs in another listing: paths that are no longer as they were, or gone, and the files to be read.

        >>> one, other = (Listed.of("/news", "folder", "", [SourceFile("a.md", size, 9)]) for size in (5, 6))
        >>> one.changes(other)
        (['a.md'], [SourceFile(path='a.md', size=6, mtime_ns=9)])
        """
        if self.paths == now.paths:
            if (self.sizes, self.times) == (now.sizes, now.times):
                return [], []
            pairs = zip(
                zip(self.sizes, self.times, strict=True), zip(now.sizes, now.times, strict=True), strict=True
            )
            found = [number for number, (old, new) in enumerate(pairs) if old != new]
            return [now.paths[number] for number in found], [now.file(number) for number in found]
        was = dict(zip(self.paths, zip(self.sizes, self.times, strict=True), strict=True))
        kept = dict(zip(now.paths, zip(now.sizes, now.times, strict=True), strict=True))
        gone = [path for path, told in was.items() if kept.get(path) != told]
        return gone, [SourceFile(path, *told) for path, told in kept.items() if was.get(path) != told]

    def file(self, number: int) -> SourceFile:
        """The file of a number, from 0."""
        return SourceFile(self.paths[number], self.sizes[number], self.times[number])


class Listing(NamedTuple):
    """Which snapshot was built from which files, the state of the ledger, and what was counted in all files."""

    snapshot: str
    state: str
    counts: dict[str, int]
    sources: tuple[Listed, ...]


def write_listing(path: Path, listing: Listing) -> None:
    """Write a listing; it appears whole.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "listing"
    >>> source = Listed("/news", "folder", "", ["a.md"], array("q", [5]), array("q", [9]))
    >>> write_listing(path, Listing("20210827", "20210827", {"files": 1}, (source,)))
    >>> read_listing(path).sources[0].paths
    ['a.md']
    """
    columns = list(_columns(listing.sources))
    told = listing._asdict() | {
        "sources": [(source.root, source.kind, source.prefix) for source in listing.sources],
        "sizes": [len(column) for column in columns],
        "digest": _digest(columns),
    }
    unfinished = path.with_name(f".{path.name}")
    with unfinished.open("wb") as stream:
        stream.write(json.dumps(told).encode() + b"\n")
        stream.writelines(columns)
    unfinished.replace(path)


def read_listing(path: Path) -> Listing | None:
    """The listing at a path; None if there is none, or it is damaged."""
    try:
        with path.open("rb") as stream:
            told = json.loads(stream.readline())
            columns = [stream.read(size) for size in told["sizes"]]
        if _digest(columns) != told["digest"]:
            return None
        sources = []
        for source, (paths, sizes, times) in zip(
            told["sources"], zip(*[iter(columns)] * 3, strict=True), strict=True
        ):
            root, kind, prefix = source
            names = paths.decode("utf-8", "surrogatepass").split("\0") if sizes else []
            sources.append(Listed(root, kind, prefix, names, array("q", sizes), array("q", times)))
        return Listing(told["snapshot"], told["state"], told["counts"], tuple(sources))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _columns(sources: Sequence[Listed]) -> Iterator[bytes]:
    for source in sources:
        yield "\0".join(source.paths).encode("utf-8", "surrogatepass")
        yield source.sizes.tobytes()
        yield source.times.tobytes()


def _digest(columns: Sequence[bytes]) -> str:
    whole = hashlib.blake2b(os.fsencode(str(array("q").itemsize)), digest_size=16)
    for column in columns:
        whole.update(column)
    return whole.hexdigest()
