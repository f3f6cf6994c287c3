"""Sources -> a new snapshot of a store: read what changed, settle the tables, write them, let readers see them."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from analysis.errors import NewsgaugeError
from analysis.records import NoSource, Source, SourceFile, open_source
from analysis.store.digest import table_digest
from analysis.store.reading import start_reading, unread
from analysis.store.snapshot import (
    NoSnapshot,
    Snapshot,
    SourceInfo,
    current_snapshot,
    make_current,
    prune,
    snapshot_names,
)
from analysis.store.stages import StagedFile, Stages
from analysis.tables.merge import SETTLING_VERSION, ordered, settle
from analysis.tables.schema import TABLES, Table

if TYPE_CHECKING:
    import duckdb  # the processes that read do without, and so does a build of unchanged files

__all__ = ["BuildReport", "NoRecords", "StoreLocked", "build_corpus"]

_FEW_FILES = 10_000  # below this, more threads cost more memory than they save time
_PARQUET = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 50000"

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many files are done, and of how many."""


class NoRecords(NewsgaugeError):
    """There are files, but none of them is a record."""


class StoreLocked(NewsgaugeError):
    """Another process is building in the store."""


@dataclass(frozen=True)
class BuildReport:
    """What a build did. `n_entries` = `n_records` + the problems of severity error, always."""

    snapshot: Snapshot
    is_new: bool
    n_files: int
    n_parsed: int
    n_entries: int
    n_records: int
    n_secured: int
    problems: dict[tuple[str, str], int]

    @property
    def n_errors(self) -> int:
        """Entries that could not be read."""
        return sum(count for (severity, _), count in self.problems.items() if severity == "error")


@dataclass(frozen=True)
class _Input:
    """A source, its files, and what their paths begin with in the tables."""

    source: Source
    files: list[SourceFile]
    prefix: str

    @property
    def root(self) -> str:
        return str(self.source.root)


def build_corpus(
    sources: str | Path | Sequence[str | Path],
    store: str | Path,
    *,
    groups: bool = True,
    progress: Progress | None = None,
    workers: int | None = None,
) -> BuildReport:
    """Build a snapshot of sources in a store; the sources replace those of the snapshot before.

    Files that have not changed since they were last read are not parsed again. When the tables come out as they are in
    the current snapshot, that one stays. A failed build leaves the current snapshot in use.

    Args:
        sources: a folder, file or archive, or several; see `analysis.records.open_source`.
        store: folder of the store; made where there is none.
        groups: whether copies and events are looked for.
        progress: called with a step, files done, and files to do.
        workers: processes that read; one for each core unless given.

    Raises:
        NoSource: a source does not exist or holds nothing that could be a record.
        NoRecords: there are files, but none of them is a record.
        StoreLocked: another build is going on in the store.

    >>> import tempfile
    >>> from data import RECORDS
    >>> report = build_corpus(RECORDS, tempfile.mkdtemp())
    >>> report.n_records, report.snapshot.tables["articles"]["rows"]
    (1, 6)
    """
    folder = Path(store).expanduser().resolve()
    inputs = _inputs([sources] if isinstance(sources, str | Path) else list(sources), folder)
    folder.mkdir(parents=True, exist_ok=True)
    tell = progress or (lambda _step, _done, _total: None)
    try:
        with FileLock(folder / ".lock", timeout=0):
            return _build(inputs, folder, tell, workers or os.cpu_count() or 1, groups=groups)
    except Timeout:
        raise StoreLocked(f"another build is going on in {folder}; wait for it to end") from None


def _inputs(paths: Sequence[str | Path], store: Path) -> list[_Input]:
    if not paths:
        raise NoSource("expected at least one folder, file or archive, got none")
    opened = {source.root: source for source in (open_source(path, store) for path in paths)}
    names = _told_apart(opened.values())
    found = []
    for source in sorted(opened.values(), key=lambda source: source.root):
        files = source.files()
        if not files:
            raise NoSource(f"no records in {source.root}: expected files that end in .md, .json or .jsonl")
        found.append(_Input(source, files, f"{names[source.root]}/" if len(opened) > 1 else ""))
    return found


def _told_apart(sources: Collection[Source]) -> dict[Path, str]:
    """A name for each source: its own, with as many folders before it as it takes to tell it from the others."""
    names = {source.root: source.name for source in sources}
    above = 1
    while len(set(names.values())) < len(names):
        counted = Counter(names.values())
        for source in sources:
            if counted[names[source.root]] > 1:
                names[source.root] = "/".join((*source.root.parent.parts[-above:], source.name))
        above += 1
    return names


def _build(inputs: list[_Input], store: Path, tell: Progress, workers: int, *, groups: bool) -> BuildReport:
    stages = Stages(store)
    stages.prepare()
    known = stages.files()
    todo = [(given.source, unread(given.source, given.files, known)) for given in inputs]
    n_parsed = sum(len(files) for _, files in todo)
    reading = start_reading(todo, stages, workers)
    few = sum(len(given.files) for given in inputs) < _FEW_FILES
    con = _connect(store, few=few) if n_parsed else None  # while other processes have begun to read
    _follow(reading, n_parsed, tell)
    staged = stages.files()
    live = [(given, staged[given.root, file.path]) for given in inputs for file in given.files]
    if not any(file.n_records for _, file in live):
        where = " ".join(given.root for given in inputs)
        raise NoRecords(f"none of the {len(live):,} files is a record; to see why: newsgauge check {where}")
    sources = tuple(_source_info(given, [file for owner, file in live if owner is given]) for given in inputs)
    old = _current(store)
    if old and _is_of(old, sources, grouped=groups):
        tell("done", 1, 1)
        return _report(old, live, n_parsed, is_new=False)
    tell("settling", 0, 1)
    with con or _connect(store, few=few) as con:
        con.execute("SET TimeZone = 'UTC'")
        stages.open(con, [(file, f"{given.prefix}{file.file.path}") for given, file in live])
        settle(con)
        if groups:
            tell("grouping", 0, 1)
            _group(con, old)
        tell("writing", 0, 1)
        snapshot, is_new = _write(con, store, live, sources, grouped=groups)
    shutil.rmtree(store / ".spill", ignore_errors=True)
    prune(store, snapshot.id)
    stages.tidy(file for _, file in live)
    tell("done", 1, 1)
    return _report(snapshot, live, n_parsed, is_new=is_new)


def _report(
    snapshot: Snapshot, live: list[tuple[_Input, StagedFile]], n_parsed: int, *, is_new: bool
) -> BuildReport:
    return BuildReport(
        snapshot=snapshot,
        is_new=is_new,
        n_files=len(live),
        n_parsed=n_parsed,
        n_entries=sum(file.n_entries for _, file in live),
        n_records=sum(file.n_records for _, file in live),
        n_secured=sum(file.n_secured for _, file in live),
        problems={(severity, code): count for severity, code, count in snapshot.problems},
    )


def _group(con: duckdb.DuckDBPyConnection, old: Snapshot | None) -> None:
    from analysis.store.grouped import add_groups  # noqa: PLC0415 - scikit-learn and scipy take a second to load

    add_groups(con, old if old and old.grouped and _is_whole(old) else None)


def _connect(store: Path, *, few: bool) -> duckdb.DuckDBPyConnection:
    import duckdb  # noqa: PLC0415 - see above

    config: dict[str, str | bool | int | float | list[str]] = {"temp_directory": str(store / ".spill")}
    if few:
        config["threads"] = 1
    return duckdb.connect(config=config)


def _follow(reading: Iterator[int], total: int, tell: Progress) -> None:
    """Read to the end, and tell how far it has come."""
    done = 0
    tell("reading", 0, total)
    for count in reading:
        done = min(done + count, total)
        tell("reading", done, total)


def _write(
    con: duckdb.DuckDBPyConnection,
    store: Path,
    live: list[tuple[_Input, StagedFile]],
    sources: tuple[SourceInfo, ...],
    *,
    grouped: bool,
) -> tuple[Snapshot, bool]:
    """Write the tables as a new snapshot and make it current, unless they are as they were."""
    moment = datetime.now(UTC)
    named = max(f"{moment:%Y%m%dT%H%M%S%f}", _next_name(store))
    unfinished = store / "snapshots" / f".{named}"
    unfinished.mkdir(parents=True)
    tables = {table.name: _write_table(con, table, unfinished) for table in TABLES}
    problems = con.execute(
        "SELECT severity, code, count(*) FROM problems GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    digest = hashlib.blake2b(repr(sorted(tables.items())).encode(), digest_size=16).hexdigest()
    old = _current(store)
    if old and old.digest == digest and _is_of(old, sources, grouped=grouped):
        shutil.rmtree(unfinished)
        return old, False
    snapshot = Snapshot(
        folder=unfinished,
        id=f"{named}-{digest[:8]}",
        built_at=moment.isoformat(timespec="seconds"),
        digest=digest,
        sources=sources,
        tables=tables,
        sizes={table.name: (unfinished / f"{table.name}.parquet").stat().st_size for table in TABLES},
        problems=tuple(problems),
        counts={"files": len(live), "secured": sum(file.n_secured for _, file in live)},
        versions=_versions(),
        grouped=grouped,
    )
    snapshot.write_manifest()
    final = store / "snapshots" / snapshot.id
    unfinished.rename(final)
    make_current(store, snapshot.id)
    return current_snapshot(store), True


def _write_table(con: duckdb.DuckDBPyConnection, table: Table, folder: Path) -> dict[str, object]:
    path = str(folder / f"{table.name}.parquet").replace("'", "''")
    con.execute(f"COPY ({ordered(table.name)}) TO '{path}' ({_PARQUET})")
    n_rows, digest = table_digest(con, table)
    return {"rows": n_rows, "digest": digest}


def _source_info(given: _Input, files: list[StagedFile]) -> SourceInfo:
    whole = hashlib.blake2b(digest_size=16)
    for staged in sorted(files, key=lambda staged: staged.file.path):
        whole.update(f"{staged.file.path}\0{staged.digest}\n".encode("utf-8", "surrogatepass"))
    return SourceInfo(
        path=given.root,
        kind=given.source.kind,
        n_files=len(files),
        n_bytes=sum(staged.file.size for staged in files),
        mtime_ns=max(staged.file.mtime_ns for staged in files),
        digest=whole.hexdigest(),
    )


def _current(store: Path) -> Snapshot | None:
    try:
        return current_snapshot(store)
    except NoSnapshot:
        return None


def _next_name(store: Path) -> str:
    """What sorts just after the newest snapshot: a clock that was set back must not make a new one look old."""
    names = snapshot_names(store)
    if not names:
        return ""
    newest = datetime.strptime(names[-1].split("-")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    return f"{newest + timedelta(microseconds=1):%Y%m%dT%H%M%S%f}"


def _is_of(snapshot: Snapshot, sources: tuple[SourceInfo, ...], *, grouped: bool) -> bool:
    """Whether a build of these sources would give this snapshot again."""
    same = (snapshot.sources, snapshot.grouped, snapshot.versions) == (sources, grouped, _versions())
    return same and _is_whole(snapshot)


def _is_whole(snapshot: Snapshot) -> bool:
    """Whether every table is there, and as long as it was when it was written."""
    try:
        return all(snapshot.path(t.name).stat().st_size == snapshot.sizes[t.name] for t in TABLES)
    except (OSError, KeyError):
        return False


def _versions() -> dict[str, str]:
    from analysis import __version__  # noqa: PLC0415 - the package imports this module

    return {
        "newsgauge": __version__,
        "python": platform.python_version(),
        "duckdb": version("duckdb"),
        "settling": str(SETTLING_VERSION),
    }
