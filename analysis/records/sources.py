"""Where records come from: a folder, files, a zip or tar archive -> the files in it, without unpacking anything.

A source lists its files with size and time, so that unchanged ones need not be read again, and reads those asked for.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from analysis.errors import NewsgaugeError
from analysis.records.limits import MAX_ARCHIVE_BYTES, MAX_JSON_BYTES, MAX_RECORD_BYTES
from analysis.records.problem import Problem

if TYPE_CHECKING:
    import tarfile
    import zipfile  # both are imported where they are needed: a folder needs neither

__all__ = ["ARCHIVES", "ENDINGS", "NoSource", "Source", "SourceFile", "open_source"]

ENDINGS = (".md", ".markdown", ".json", ".jsonl", ".ndjson")
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
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
        found: dict[str, os.stat_result] = {}
        stack: list[tuple[str, str, tuple[str, ...]]] = [(str(self.root), "", (os.path.realpath(self.root),))]
        while stack:
            folder, prefix, above = stack.pop()
            for entry in _entries(folder):
                try:
                    if entry.is_dir():
                        real = os.path.realpath(entry.path)
                        if real not in above and real != str(self.store):  # a link may lead back up
                            stack.append((entry.path, f"{prefix}{entry.name}/", (*above, real)))
                    elif entry.name.lower().endswith(ENDINGS) and entry.is_file():
                        found[f"{prefix}{entry.name}"] = entry.stat()
                except FileNotFoundError:  # deleted since it was listed
                    continue
        depth = _common_depth(list(found))
        self.top = self.root.joinpath(*(next(iter(found)).split("/")[:depth] if found else ()))
        rows = [
            SourceFile("/".join(p.split("/")[depth:]), i.st_size, i.st_mtime_ns) for p, i in found.items()
        ]
        return sorted(rows, key=lambda file: file.path)

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
    """An archive; nothing is unpacked to disk."""

    def locate(self, path: str) -> str:
        return f"{self.root}!{path}"


class _Zip(_Archive):
    """A zip archive; members are read in place."""

    kind = "zip"

    def files(self) -> list[SourceFile]:
        import zipfile  # noqa: PLC0415 - see above

        with zipfile.ZipFile(self.root) as archive:
            members = [info for info in archive.infolist() if not info.is_dir() and not _is_link(info)]
        named = _relative([info.filename for info in members])
        rows = [
            SourceFile(named[info.filename], info.file_size, _stamp(info.CRC, str(info.date_time)))
            for info in members
            if info.filename in named
        ]
        return sorted(rows, key=lambda file: file.path)

    def read(self, paths: Collection[str]) -> Iterator[tuple[str, bytes | Problem]]:
        import zipfile  # noqa: PLC0415 - see above

        wanted, budget = set(paths), MAX_ARCHIVE_BYTES
        with zipfile.ZipFile(self.root) as archive:
            named = _relative(
                [info.filename for info in archive.infolist() if not info.is_dir() and not _is_link(info)]
            )
            for member, path in named.items():
                if path not in wanted:
                    continue
                try:
                    with archive.open(member) as stream:
                        content = _checked(stream, member, path, budget)
                except (
                    OSError,
                    zipfile.BadZipFile,
                    RuntimeError,
                    NotImplementedError,
                    EOFError,
                    ValueError,
                ) as error:
                    content = Problem(path, "unreadable", str(error))
                budget -= len(content) if isinstance(content, bytes) else 0
                yield path, content


class _Tar(_Archive):
    """A tar archive, compressed or not; read from front to back."""

    kind = "tar"

    def files(self) -> list[SourceFile]:
        import tarfile  # noqa: PLC0415 - see above

        try:
            with tarfile.open(self.root) as archive:
                members = [info for info in archive if info.isfile()]
        except (tarfile.TarError, EOFError, OSError) as error:
            raise NoSource(f"{self.root} is damaged: {error}") from error
        named = _relative([info.name for info in members])
        rows = {
            named[m.name]: SourceFile(named[m.name], m.size, int(m.mtime * 1e9))
            for m in members
            if m.name in named
        }
        return [rows[path] for path in sorted(rows)]

    def read(self, paths: Collection[str]) -> Iterator[tuple[str, bytes | Problem]]:
        import tarfile  # noqa: PLC0415 - see above

        wanted, budget = set(paths), MAX_ARCHIVE_BYTES
        named = _relative([info.name for info in self._members()])
        with tarfile.open(self.root) as archive:
            for info in archive:
                path = named.get(info.name) if info.isfile() else None
                if path not in wanted or path is None:
                    continue
                try:
                    stream = archive.extractfile(info)
                    content = _checked(stream, info.name, path, budget) if stream else b""
                except (OSError, tarfile.TarError, EOFError) as error:
                    content = Problem(path, "unreadable", str(error))
                budget -= len(content) if isinstance(content, bytes) else 0
                yield path, content

    def _members(self) -> list[tarfile.TarInfo]:
        import tarfile  # noqa: PLC0415 - see above

        with tarfile.open(self.root) as archive:
            return [info for info in archive if info.isfile()]


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

        if not zipfile.is_zipfile(root):
            raise NoSource(f"{path} is not a zip archive")
        return _Zip(root.resolve())
    if name.endswith(ARCHIVES):
        import tarfile  # noqa: PLC0415 - see above

        if not tarfile.is_tarfile(root):
            raise NoSource(f"{path} is not a tar archive")
        return _Tar(root.resolve())
    if name.endswith(ENDINGS):
        return _File(root.resolve())
    allowed = ", ".join((*ENDINGS, *ARCHIVES))
    raise NoSource(f"expected a folder or a file that ends in one of {allowed}, got {path}")


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
