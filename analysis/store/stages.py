"""Staged records on disk, kept from build to build, so that unchanged files are not parsed again.

A stage is a folder: `files.json` says what was read, the other files hold the lines of `analysis.tables.staging`. It is
written under a temporary name and then renamed: it is there whole or not at all. A build that was killed leaves its
finished stages, and the next one goes on from them. The files of a stage that has been damaged since count as unread.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import count, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.records import SourceFile
from analysis.records.garbage import without_collection
from analysis.store.removal import remove_folder
from analysis.tables.abreast import Job, abreast
from analysis.tables.staging import BETWEEN, COLUMNS, FILE_COLUMNS, STAGING_VERSION, Staging

if TYPE_CHECKING:
    import duckdb  # the processes that read do without

__all__ = ["StagedFile", "Stages", "opening"]

_MOST_STAGES = 64  # when more stages than this are small, and never during a build, they are written together
_SMALL = 200  # live files
_JOINED_FILES = 2_000
_LIVE_FILES = 50_000  # made known to DuckDB at a time
_LINE_BYTES = 2**20  # what DuckDB is told to expect at least


class StagedFile(NamedTuple):
    """A file that has been read: where it is staged, and what it gave. The digest is empty if it could not be read."""

    stage: int
    number: int
    file: SourceFile
    digest: str
    n_entries: int
    n_records: int
    n_secured: int


class Stages:
    """The stages of a store, each by its number."""

    def __init__(self, store: Path) -> None:
        self.folder = store / "stages" / f"v{STAGING_VERSION}"
        self._longest: dict[int, int] = {}  # bytes of the longest line of stages that were looked into

    def prepare(self) -> None:
        """Make the folder; remove what killed builds and older versions left behind."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for other in self.folder.parent.iterdir():
            if other != self.folder:
                remove_folder(other)
        for unfinished in self.folder.glob(".*"):
            remove_folder(unfinished)

    def next_number(self) -> int:
        """A number for a new stage: later ones count before earlier ones, whatever the clock says."""
        return max(self.numbers(), default=0) + 1

    def write(self, staging: Staging) -> None:
        """Write a stage, and leave nothing of its lines; it appears whole."""
        unfinished = self.folder / f".{staging.stage}"
        unfinished.mkdir()
        longest, sizes = 0, {}
        for name, lines in staging.lines.items():
            longest = max(longest, *map(len, lines), 0)
            text = "\n".join([*lines, ""])
            lines.clear()
            sizes[name] = (unfinished / f"{name}.txt").write_bytes(text.encode("utf-8", "replace"))
        files = dict(zip(FILE_COLUMNS, zip(*staging.files, strict=True), strict=True))
        read = json.dumps(
            {"sizes": sizes, "longest": 4 * longest, **files}
        )  # a character takes four bytes at most
        (unfinished / "files.json").write_text(read, "ascii")
        unfinished.rename(self.folder / str(staging.stage))

    def numbers(self) -> list[int]:
        """The finished stages."""
        if not self.folder.is_dir():
            return []
        return sorted(int(path.name) for path in self.folder.iterdir() if path.name.isdigit())

    def lines(self, stage: int) -> dict[str, list[str]]:
        """The lines of a stage, by the table that they belong to."""
        folder = self.folder / str(stage)
        return {name: (folder / f"{name}.txt").read_text("utf-8").split("\n")[:-1] for name in COLUMNS}

    def files(self, since: int = 0) -> dict[tuple[str, str], StagedFile]:
        """Every file read so far, by root and path; where one was read twice, as it was last.

        Args:
            since: the first stage that counts.
        """
        found: dict[tuple[str, str], StagedFile] = {}
        roots: dict[str, str] = {}  # one text for each, of the many that are equal
        for stage in self.numbers():
            if stage < since:
                continue
            content = self._whole(stage)
            if content is None:
                continue
            told, paths, sizes, times, *rest = (content[name] for name in FILE_COLUMNS)
            files = map(SourceFile, paths, sizes, times)
            staged = map(StagedFile, repeat(stage), count(), files, *rest)
            found.update(zip(zip(map(roots.setdefault, told, told), paths, strict=True), staged, strict=True))
        return found

    def open(self, con: duckdb.DuckDBPyConnection, live: Sequence[tuple[StagedFile, str]]) -> None:
        """Show what is staged of the live files as the tables `staged_records`, `staged_facts` and so on.

        Args:
            con: the connection that gets the tables.
            live: the files that count, and their paths as the tables are to show them.
        """
        abreast(con, self.opening(live))

    def opening(self, live: Sequence[tuple[StagedFile, str]]) -> list[Job]:
        """What `open` does, each table by its name."""
        used = sorted({file.stage for file, _ in live})
        unknown = (stage for stage in used if stage not in self._longest)
        self._longest.update((stage, self._files(stage)["longest"]) for stage in unknown)
        longest = max((self._longest[stage] for stage in used), default=0)
        return opening([self.folder / str(stage) for stage in used], longest, live)

    def whole(self, stage: int) -> dict[str, Any]:
        """What was read in a stage, as `files.json` says it.

        Raises:
            LookupError: the stage is not there as it was written.
        """
        content = self._whole(stage)
        if content is None:
            raise LookupError(f"stage {stage} is damaged")
        return content

    def staged(self, stage: int, number: int, content: Mapping[str, Any]) -> StagedFile:
        """A file of a stage, by its number there and what `whole` gives."""
        _, path, size, time, *rest = (content[name][number] for name in FILE_COLUMNS)
        return StagedFile(stage, number, SourceFile(path, size, time), *rest)

    def tidy(self, live: Iterable[StagedFile]) -> None:
        """Drop stages that hold no live file; write many small ones together."""
        kept: dict[int, list[int]] = {}
        for staged in live:
            kept.setdefault(staged.stage, []).append(staged.number)
        self.drop_all_but(kept)
        for together in self.scattered({stage: len(files) for stage, files in kept.items()}):
            self.join({stage: kept[stage] for stage in together})

    def drop_all_but(self, kept: Container[int]) -> None:
        """Drop the other stages."""
        for stage in self.numbers():
            if stage not in kept:
                remove_folder(self.folder / str(stage))

    def scattered(self, n_live: Mapping[int, int]) -> list[list[int]]:
        """Stages to be written together, where there are too many small ones; by the live files of each."""
        small = {stage: count for stage, count in n_live.items() if count < _SMALL}
        return list(_groups(small)) if len(small) > _MOST_STAGES else []

    def join(self, kept: Mapping[int, Sequence[int]]) -> int:
        """Write the live files of several stages, given by their numbers, as a new one; returns its number."""
        joined = Staging(self.next_number(), "")
        for stage, files in kept.items():
            content = self._files(stage)
            rows = list(zip(*(content[name] for name in FILE_COLUMNS), strict=True))
            joined.take(self.lines(stage), {number: rows[number] for number in files})
        self.write(joined)
        for stage in kept:
            remove_folder(self.folder / str(stage))
        return joined.stage

    def _whole(self, stage: int) -> dict[str, Any] | None:
        """What was read in a stage; None if it is not there as it was written."""
        try:
            content = self._files(stage)
            folder = self.folder / str(stage)
            sizes = {name: _size(folder / f"{name}.txt") for name in COLUMNS}
            self._longest[stage] = content["longest"]
            return content if content["sizes"] == sizes else None
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def _files(self, stage: int) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / str(stage) / "files.json").read_bytes())
        return content


def opening(folders: Sequence[Path], longest: int, live: Sequence[tuple[StagedFile, str]]) -> list[Job]:
    """What shows the lines in folders as tables.

    Args:
        folders: with the files of lines.
        longest: bytes of the longest line.
        live: the files that count, and their paths as the tables are to show them.
    """

    def load(name: str) -> Job:
        lines = _read(name, [folder / f"{name}.txt" for folder in folders], longest)
        is_named = "file" in COLUMNS[name]
        narrowed = f"{lines} JOIN live USING (stage, file)" if is_named else lines
        statement = f"CREATE TABLE staged_{name} AS SELECT * FROM {narrowed}"
        return Job(lambda con: con.execute(statement), f"staged_{name}", ("live",) if is_named else ())

    name_files = Job(lambda con: _name_files(con, live), "live")
    return [load("facts"), name_files, *map(load, ("records", "pictures", "problems"))]


def _groups(n_live: Mapping[int, int]) -> Iterator[list[int]]:
    """Stages to be written together, in their order: so many files that one group fits into memory with ease."""
    group: list[int] = []
    n_files = 0
    for stage, n_its in n_live.items():
        group.append(stage)
        n_files += n_its
        if n_files >= _JOINED_FILES:
            yield group
            group, n_files = [], 0
    if group:
        yield group


@without_collection()
def _name_files(con: duckdb.DuckDBPyConnection, live: Sequence[tuple[StagedFile, str]]) -> None:
    """Make the table of live files."""
    con.execute("CREATE TABLE live (stage BIGINT, file INTEGER, path VARCHAR)")
    for start in range(0, len(live), _LIVE_FILES):
        part = live[start : start + _LIVE_FILES]
        stages, numbers = ([str(file[place]) for file, _ in part] for place in (0, 1))
        paths = [path.replace("\0", " ") for _, path in part]
        texts = ("\0".join(each).encode("utf-8", "replace").decode() for each in (stages, numbers, paths))
        con.execute(_LIVE, list(texts))


# One text is given over in a fraction of the time that a list of many texts takes.
_LIVE = "INSERT INTO live SELECT " + ", ".join(
    f"unnest(string_split(${place}, chr(0)))" for place in (1, 2, 3)
)


def _size(path: Path) -> int:
    """The size of a file of lines; -1 for one that does not end as lines do, such as one of zeros after a crash."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - 1))
        return size if stream.read() in {b"", b"\n"} else -1


def _read(name: str, paths: list[Path], longest: int) -> str:
    """SQL that reads lines of a table."""
    from analysis.store.snapshot import quoted  # noqa: PLC0415 - the processes that read do without

    columns = ", ".join(f"'{column}': '{kind}'" for column, kind in COLUMNS[name].items())
    longest = max(longest, _LINE_BYTES)
    return (
        f"read_csv({quoted(paths)}, auto_detect = false, header = false, columns = {{{columns}}}, "
        f"delim = '{BETWEEN}', quote = '', escape = '', nullstr = '', new_line = '\\n', "
        f"max_line_size = {longest}, buffer_size = {4 * longest})"
    )
