"""Staged files -> a new snapshot: settle the tables, look for groups, write them, let readers see them."""

from __future__ import annotations

import hashlib
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import NewsgaugeError
from analysis.records import Source
from analysis.store.digest import table_digest
from analysis.store.engine import VERSION, IOException
from analysis.store.removal import remove_folder
from analysis.store.snapshot import (
    DamagedStore,
    NoSnapshot,
    Snapshot,
    SourceInfo,
    current_snapshot,
    make_current,
    pointed_snapshot,
    prune,
    snapshot_names,
    written_files,
)
from analysis.store.stages import StagedFile
from analysis.tables.abreast import Job, abreast
from analysis.tables.merge import SETTLING_VERSION, ordered, settling
from analysis.tables.schema import TABLES, Table

if TYPE_CHECKING:
    import duckdb  # a build of unchanged files does without

__all__ = ["StoreUnwritable", "earlier_groups", "find_same", "publish", "publish_settled", "source_info"]

GROUPING_VERSION = 2  # raised when the rules change: articles are then grouped anew, though none has changed

_PARQUET = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 50000"


class StoreUnwritable(NewsgaugeError):
    """The disk of a store is full, or something else keeps DuckDB from writing there."""


def source_info(source: Source, files: Sequence[StagedFile]) -> SourceInfo:
    """What a snapshot says of a source, which does not depend on the order of its files."""
    whole = hashlib.blake2b(digest_size=16)
    for staged in sorted(files, key=lambda staged: staged.file.path):
        whole.update(f"{staged.file.path}\0{staged.digest}\n".encode("utf-8", "surrogatepass"))
    return SourceInfo(
        path=str(source.root),
        kind=source.kind,
        n_files=len(files),
        n_bytes=sum(staged.file.size for staged in files),
        mtime_ns=max(staged.file.mtime_ns for staged in files),
        digest=whole.hexdigest(),
    )


def find_same(store: Path, sources: tuple[SourceInfo, ...], *, grouped: bool) -> Snapshot | None:
    """The current snapshot, if a build of these sources would give it again."""
    try:
        old = pointed_snapshot(store)
    except NoSnapshot:
        return None
    same = (old.sources, old.grouped, old.versions) == (sources, grouped, _versions())
    return None if not same or old.damage(thorough=True) else old


def publish(
    con: duckdb.DuckDBPyConnection,
    opening: Sequence[Job],
    store: Path,
    sources: tuple[SourceInfo, ...],
    counts: dict[str, int],
    tell: Callable[[str, int, int], None],
    *,
    grouped: bool,
) -> tuple[Snapshot, bool]:
    """Settle what is staged and make it the current snapshot, unless the tables come out as they were.

    Args:
        con: a connection.
        opening: what makes the staged tables in it; see `analysis.store.stages`.
        store: the store's folder.
        sources: what is built from.
        counts: of files and encrypted payloads.
        tell: told of each step.
        grouped: whether copies and events are looked for.

    Returns:
        The current snapshot, and whether it is new.
    """
    with _writing(store):
        tell("settling", 0, 1)
        jobs = [*opening, *settling()]
        if grouped:
            abreast(con, jobs)
            tell("grouping", 0, 1)
            _group(con, earlier_groups(store))
            jobs = []
        return publish_settled(con, store, sources, counts, tell, grouped=grouped, settled_by=jobs)


def publish_settled(
    con: duckdb.DuckDBPyConnection,
    store: Path,
    sources: tuple[SourceInfo, ...],
    counts: dict[str, int],
    tell: Callable[[str, int, int], None],
    *,
    grouped: bool,
    settled_by: Sequence[Job] = (),
) -> tuple[Snapshot, bool]:
    """Make settled tables the current snapshot, as `publish` does with what is staged; some may still be to settle."""
    tell("settling" if settled_by else "writing", 0, 1)
    with _writing(store):
        snapshot, is_new = _write(con, store, sources, counts, settled_by, grouped=grouped)
    prune(store, snapshot.id)
    return snapshot, is_new


@contextmanager
def _writing(store: Path) -> Iterator[None]:
    """Leave nothing of what DuckDB puts aside, and say so where it cannot write."""
    try:
        yield
    except IOException as error:
        raise StoreUnwritable(f"{store} cannot be written: {error}") from error
    finally:
        remove_folder(store / ".spill")


def earlier_groups(store: Path) -> Snapshot | None:
    """The current snapshot, if it is whole and has groups, which are carried on."""
    old = _current(store)
    return old if old and old.grouped else None


def _group(con: duckdb.DuckDBPyConnection, old: Snapshot | None) -> None:
    from analysis.store.grouped import add_groups  # noqa: PLC0415 - scikit-learn and scipy take a second to load

    rules = old.versions.get("grouping") if old else None
    add_groups(con, old, carry_on=rules == _versions()["grouping"])


def _write(
    con: duckdb.DuckDBPyConnection,
    store: Path,
    sources: tuple[SourceInfo, ...],
    counts: dict[str, int],
    settled_by: Sequence[Job],
    *,
    grouped: bool,
) -> tuple[Snapshot, bool]:
    """Write the tables as a new snapshot and make it current, unless they are as they were."""
    moment = datetime.now(UTC)
    named = max(f"{moment:%Y%m%dT%H%M%S%f}", _next_name(store))
    unfinished = store / "snapshots" / f".{named}"
    unfinished.mkdir(parents=True)
    try:
        return _written(con, store, unfinished, moment, sources, counts, settled_by, grouped=grouped)
    finally:
        remove_folder(unfinished)


def _written(
    con: duckdb.DuckDBPyConnection,
    store: Path,
    unfinished: Path,
    moment: datetime,
    sources: tuple[SourceInfo, ...],
    counts: dict[str, int],
    settled_by: Sequence[Job],
    *,
    grouped: bool,
) -> tuple[Snapshot, bool]:
    """The tables written into a folder that becomes the current snapshot, unless they are as they were.

    The database is closed when they are.
    """
    tables = _write_tables(con, unfinished, settled_by)
    problems = con.execute(
        "SELECT severity, code, count(*) FROM problems GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    with _closed_beside(con):
        return _shown(store, unfinished, moment, sources, counts, tables, problems, grouped=grouped)


@contextmanager
def _closed_beside(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Close a database, which is slow to give its memory back, beside what is done without it."""
    closing = threading.Thread(target=con.close)
    closing.start()
    try:
        yield
    finally:
        closing.join()


def _shown(
    store: Path,
    unfinished: Path,
    moment: datetime,
    sources: tuple[SourceInfo, ...],
    counts: dict[str, int],
    tables: dict[str, dict[str, Any]],
    problems: list[tuple[Any, ...]],
    *,
    grouped: bool,
) -> tuple[Snapshot, bool]:
    """Let readers see a folder of tables as the current snapshot, unless they are as they were."""
    digest = hashlib.blake2b(repr(sorted(tables.items())).encode(), digest_size=16).hexdigest()
    old = find_same(store, sources, grouped=grouped)
    if old and old.digest == digest:
        return old, False
    snapshot = Snapshot(
        folder=unfinished,
        id=f"{unfinished.name[1:]}-{digest[:8]}",
        built_at=moment.isoformat(timespec="seconds"),
        digest=digest,
        sources=sources,
        tables=tables,
        sizes={table.name: (unfinished / f"{table.name}.parquet").stat().st_size for table in TABLES},
        problems=tuple(problems),
        counts=counts,
        versions=_versions(),
        grouped=grouped,
        files=written_files(unfinished),
    )
    snapshot.write_manifest()
    final = store / "snapshots" / snapshot.id
    unfinished.rename(final)
    make_current(store, snapshot.id)
    return current_snapshot(store), True


def _write_tables(
    con: duckdb.DuckDBPyConnection, folder: Path, settled_by: Sequence[Job]
) -> dict[str, dict[str, Any]]:
    """Write every table as soon as it is settled; returns rows and digest of each, in the order of the schema."""
    tables: dict[str, dict[str, Any]] = {table.name: {} for table in TABLES}

    def write(table: Table, con: duckdb.DuckDBPyConnection) -> None:
        path = str(folder / f"{table.name}.parquet").replace("'", "''")
        con.execute(f"COPY ({ordered(table.name)}) TO '{path}' ({_PARQUET})")

    def sum_up(table: Table, con: duckdb.DuckDBPyConnection) -> None:
        n_rows, digest = table_digest(con, table)
        tables[table.name] = {"rows": n_rows, "digest": digest}

    writing = [
        Job(partial(do, table), f"{table.name}: {do.__name__}", (table.name,))
        for table in TABLES
        for do in (write, sum_up)
    ]
    abreast(con, [*settled_by, *writing])
    return tables


def _current(store: Path) -> Snapshot | None:
    with warnings.catch_warnings(action="ignore", category=DamagedStore):  # it is being mended
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


def _versions() -> dict[str, str]:
    from analysis import __version__  # noqa: PLC0415 - the package imports this module

    return {
        "newsgauge": __version__,
        "python": sys.version.split()[0],
        "duckdb": VERSION,
        "settling": str(SETTLING_VERSION),
        "grouping": str(GROUPING_VERSION),
    }
