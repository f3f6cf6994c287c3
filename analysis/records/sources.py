"""Where records come from: a folder, files, a zip or tar archive -> the files in it, without unpacking anything.

A source lists its files with size and time, so that unchanged ones need not be read again, and reads those asked for.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from analysis.errors import NewsgaugeError
from analysis.records.garbage import without_collection
from analysis.records.limits import MAX_ARCHIVE_BYTES, MAX_JSON_BYTES, MAX_RECORD_BYTES
from analysis.records.problem import Problem

if TYPE_CHECKING:
    import tarfile
    import zipfile  # both are imported where they are needed: a folder needs neither

__all__ = ["ARCHIVES", "ENDINGS", "NoSource", "Source", "SourceFile", "open_source"]

ENDINGS = (".md", ".markdown", ".json", ".jsonl", ".ndjson")
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_LAST_SECOND = 2**63 / 1e9  # of a time in nanoseconds
_AT_ONCE = 2**20  # bytes of a file that are read in one call


class NoSource(NewsgaugeError):
    """The path given as a source does not exist, or is nothing that holds records."""


class SourceFile(NamedTuple):
    """A file of a source: its path within it, with forward slashes; size in bytes; time of change in nanoseconds."""

    path: str
    size: int
    mtime_ns: int


class Source:
    """A folder with records in it. Hidden files and folders, and files of other endings, do not count; links do."""

    kind = "folder"

    def __init__(self, root: Path, store: Path | None = None) -> None:
        self.root = root
        self.store = store  # lies in the folder, perhaps, and is no part of it
        self.top = root  # what paths are relative to; `files` finds it

    @property
    def name(self) -> str:
        """What the source is called when there are several."""
        name = self.root.name
        for ending in ARCHIVES:
            name = name.removesuffix(ending)
        return name or "records"

    def files(self) -> list[SourceFile]:
        """The files, sorted by path; folders that hold nothing but one folder are no part of it."""
        with without_collection():
            found = self._found()
        found.sort(key=itemgetter(0))  # a path is there once; comparing whole files takes three times as long
        depth = _common_depth([found[0].path, found[-1].path]) if found else 0
        shared = found[0].path.split("/")[:depth] if found else []
        self.top = self.root.joinpath(*shared)
        cut = sum(len(folder) + 1 for folder in shared)
        return [file._replace(path=file.path[cut:]) for file in found] if cut else found

    def _found(self) -> list[SourceFile]:
        """The files, by their paths below the folder, in no order."""
        found: list[SourceFile] = []
        stack: list[tuple[str, str, tuple[str, ...]]] = [(str(self.root), "", (os.path.realpath(self.root),))]
        while stack:
            folder, prefix, above = stack.pop()
            for entry in _entries(folder):
                name = entry.name
                try:
                    if entry.is_dir():
                        real = os.path.realpath(entry.path)
                        if real not in above and real != str(self.store):  # a link may lead back up
                            stack.append((entry.path, f"{prefix}{name}/", (*above, real)))
                    elif name.lower().endswith(ENDINGS) and entry.is_file():
                        told = entry.stat()
                        found.append(SourceFile(prefix + name, told.st_size, told.st_mtime_ns))
                except FileNotFoundError:  # deleted since it was listed
                    continue
        return found

    def locate(self, path: str) -> str:
        """Where a user finds a file of the source."""
        return str(self.top / path)

    def read(self, paths: Collection[str]) -> Iterator[tuple[str, bytes | Problem]]:
        """The content of the files asked for, or the problem that it cannot be had."""
        for path in paths:
            try:
                descriptor = os.open(f"{self.top}/{path}", _FLAGS)
                try:
                    content = _whole(descriptor, path)
                finally:
                    os.close(descriptor)
            except OSError as error:
                yield path, Problem(path, "unreadable", error.strerror or str(error))
            else:
                yield path, content


class _File(Source):
    """One file."""

    kind = "file"

    def files(self) -> list[SourceFile]:
        info = self.root.stat()
        self.top = self.root.parent
        return [SourceFile(self.root.name, info.st_size, info.st_mtime_ns)]


class _Archive(Source):
    """An archive; nothing is unpacked to disk. Of members of one path the last one counts, as it does when unpacked."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._chosen: dict[
            int, str
        ] = {}  # the numbers of members that count, and their paths; `files` finds them

    def locate(self, path: str) -> str:
        return f"{self.root}!{path}"

    def _choose(self, members: list[str]) -> None:
        named = _relative(members)
        last = {named[member]: number for number, member in enumerate(members) if member in named}
        self._chosen = {number: path for path, number in sorted(last.items(), key=itemgetter(1))}


class _Zip(_Archive):
    """A zip archive; members are read in place."""

    kind = "zip"

    def files(self) -> list[SourceFile]:
        with _whole_archive(self.root):
            members = self._members()
        self._choose([info.filename for info in members])
        rows = [
            SourceFile(path, info.file_size, _stamp(info.CRC, str(info.date_time)))
            for number, path in self._chosen.items()
            for info in (members[number],)
        ]
        return sorted(rows, key=lambda file: file.path)

    def read(self, paths: Collection[str]) -> Iterator[tuple[str, bytes | Problem]]:
        import zipfile  # noqa: PLC0415 - see above

        wanted, budget = set(paths), MAX_ARCHIVE_BYTES
        members = self._members()
        with zipfile.ZipFile(self.root) as archive:
            for number, path in self._chosen.items():
                if path not in wanted:
                    continue
                try:
                    with archive.open(members[number]) as stream:
                        content = _checked(stream, members[number].filename, path, budget)
                except _damages() as error:
                    content = _unreadable(path, error)
                budget -= len(content) if isinstance(content, bytes) else 0
                yield path, content

    def _members(self) -> list[zipfile.ZipInfo]:
        import zipfile  # noqa: PLC0415 - see above

        with zipfile.ZipFile(self.root) as archive:
            members = (info for info in archive.infolist() if not info.filename.endswith("/"))
            return [info for info in members if info.filename and not _is_link(info)]


class _Tar(_Archive):
    """A tar archive, compressed or not; read from front to back."""

    kind = "tar"

    def files(self) -> list[SourceFile]:
        import tarfile  # noqa: PLC0415 - see above

        with _whole_archive(self.root), tarfile.open(self.root) as archive:
            members = [(info.name, info.size, info.mtime) for info in _regular(archive)]
        self._choose([name for name, _, _ in members])
        rows = [SourceFile(path, *_told(*members[number][1:])) for number, path in self._chosen.items()]
        return sorted(rows, key=lambda file: file.path)

    def read(self, paths: Collection[str]) -> Iterator[tuple[str, bytes | Problem]]:
        left, damage = set(paths), Exception("the archive ends before it")
        try:
            for path, content in self._read(left):
                left.discard(path)
                yield path, content
        except _damages() as error:
            damage = error
        for path in sorted(left):
            yield path, _unreadable(path, damage)

    def _read(self, wanted: Collection[str]) -> Iterator[tuple[str, bytes | Problem]]:
        """As far as the archive can be read."""
        import tarfile  # noqa: PLC0415 - see above

        budget = MAX_ARCHIVE_BYTES
        with tarfile.open(self.root) as archive:
            for number, info in enumerate(_regular(archive)):
                path = self._chosen.get(number)
                if path is None or path not in wanted:
                    continue
                try:
                    stream = archive.extractfile(info)
                    content = _checked(stream, info.name, path, budget) if stream else b""
                except _damages() as error:
                    content = _unreadable(path, error)
                budget -= len(content) if isinstance(content, bytes) else 0
                yield path, content


def open_source(path: str | Path, store: Path | None = None) -> Source:
    """The source at a path, by what is there.

    Args:
        path: a folder, a file or an archive.
        store: the folder of a store, resolved; passed over where it lies in the source.

    Raises:
        NoSource: nothing is there, or nothing that can hold records.

    >>> from data import RECORDS
    >>> [file.path[:17] for file in open_source(RECORDS).files()]
    ['2021-08-23-civil-']
    """
    root = Path(path).expanduser()
    if root.is_dir():
        return Source(root.resolve(), store)
    if not root.exists():
        raise NoSource(f"no such file or folder: {path}")
    name = root.name.lower()
    if name.endswith(".zip"):
        import zipfile  # noqa: PLC0415 - see above

        _require(root, "zip", zipfile.is_zipfile)
        return _Zip(root.resolve())
    if name.endswith(ARCHIVES):
        import tarfile  # noqa: PLC0415 - see above

        _require(root, "tar", tarfile.is_tarfile)
        return _Tar(root.resolve())
    if name.endswith(ENDINGS):
        return _File(root.resolve())
    allowed = ", ".join((*ENDINGS, *ARCHIVES))
    raise NoSource(f"expected a folder or a file that ends in one of {allowed}, got {path}")


def _require(root: Path, kind: str, is_one: Callable[[Path], bool]) -> None:
    """Raise NoSource where no archive of a kind is, whatever the file holds."""
    try:
        good = is_one(root)
    except _damages():
        good = False
    if not good:
        raise NoSource(f"{root} is not a {kind} archive")


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """What lies in a folder, but for hidden entries; nothing if the folder is gone."""
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise NoSource(f"{folder} cannot be listed: {error.strerror}") from error


def _relative(members: list[str]) -> dict[str, str]:
    """Archive members that may hold records -> their path below the folders that hold nothing but one folder."""
    shown = {m: m.replace("\\", "/").removeprefix("./") for m in members}
    shown = {m: path for m, path in shown.items() if not _hidden(path) and path.lower().endswith(ENDINGS)}
    depth = _common_depth([path for path in shown.values() if not _unsafe(path)])
    return {m: path if _unsafe(path) else "/".join(path.split("/")[depth:]) for m, path in shown.items()}


def _common_depth(paths: list[str]) -> int:
    """How many folders all paths have in common.

    >>> _common_depth(["2021/news/a.md", "2021/news/b/c.md"])
    2
    """
    if not paths:
        return 0
    first, last = (path.split("/")[:-1] for path in (min(paths), max(paths)))
    depth = 0
    while depth < min(len(first), len(last)) and first[depth] == last[depth]:
        depth += 1
    return depth


def _hidden(path: str) -> bool:
    return any(
        part.startswith(".") and part not in (".", "..") for part in path.split("/")
    ) or path.startswith("__MACOSX")


def _unsafe(path: str) -> bool:
    return path.startswith("/") or ".." in path.split("/") or ":" in path.split("/", maxsplit=1)[0]


def _is_link(info: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)


def _regular(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """The regular files of a tar archive, front to back.

    Raises:
        ValueError: a header leads back to where the archive has been read, so that it would never end.
    """
    before = -1
    for info in archive:
        if info.offset <= before or info.size < 0:
            raise ValueError(f"a member at {info.offset:,} leads back")
        before = info.offset
        if info.isfile():
            yield info


def _told(size: int, mtime: float) -> tuple[int, int]:
    """Size and time of change in nanoseconds, as a tar archive tells them: any time at all, also none."""
    return size, int(mtime * 1e9) if 0 <= mtime < _LAST_SECOND else 0


def _damages() -> tuple[type[Exception], ...]:
    """What reading a damaged archive, or one made to do harm, raises."""
    import struct  # noqa: PLC0415 - see above
    import tarfile  # noqa: PLC0415
    import zipfile  # noqa: PLC0415
    import zlib  # noqa: PLC0415

    packers = [module.LZMAError for module in (getattr(zipfile, "lzma", None),) if module]
    common = (OSError, EOFError, ValueError, RuntimeError, OverflowError, struct.error)
    return (*common, tarfile.TarError, zipfile.BadZipFile, zlib.error, *packers)


@contextmanager
def _whole_archive(root: Path) -> Iterator[None]:
    """Raise NoSource where an archive cannot be listed."""
    try:
        yield
    except _damages() as error:
        raise NoSource(f"{root} is damaged: {str(error)[:200] or type(error).__name__}") from error


def _unreadable(path: str, error: Exception) -> Problem:
    """The problem that a member cannot be had."""
    return Problem(path, "unreadable", str(error)[:200] or type(error).__name__)


def _stamp(crc: int, date: str) -> int:
    """A number that changes when a zip member does: zip keeps times to two seconds, but also a checksum."""
    return int.from_bytes(hashlib.blake2b(f"{crc}{date}".encode(), digest_size=7).digest())


def _checked(stream: IO[bytes], member: str, path: str, budget: int) -> bytes | Problem:
    """The content of an archive member, if its path and size are fit."""
    if _unsafe(member.replace("\\", "/")):
        return Problem(path, "unsafe-path", f"members must lie inside the archive, got {member[:80]!r}")
    if budget <= 0:
        return Problem(path, "file-too-large", f"an archive may hold {MAX_ARCHIVE_BYTES:,} bytes at most")
    return _limited(stream, path)


def _whole(descriptor: int, path: str) -> bytes | Problem:
    """The content of a file, if its size is fit, by the system's own calls: a stream costs more than most records."""
    size = os.fstat(descriptor).st_size
    if size <= min(_AT_ONCE, MAX_RECORD_BYTES):
        data = os.read(descriptor, size + 1)
        if len(data) == size:
            return data
        os.lseek(descriptor, 0, os.SEEK_SET)
    with open(descriptor, "rb", closefd=False) as stream:
        return _limited(stream, path)


def _limited(stream: IO[bytes], path: str) -> bytes | Problem:
    limit = MAX_JSON_BYTES if path.lower().endswith((".json", ".jsonl", ".ndjson")) else MAX_RECORD_BYTES
    data = stream.read(1 + limit)
    if len(data) > limit:
        return Problem(path, "file-too-large", f"at most {limit:,} bytes are read, the file has more")
    return data
