"""Staged files -> a new snapshot: settle the tables, look for groups, write them, let readers see them."""

from __future__ import annotations

import hashlib
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.errors import NewsgaugeError
from analysis.records import Source
from analysis.store.digest import Sums, row_sums
from analysis.store.engine import VERSION, IOException
from analysis.store.ledger import Ledger
from analysis.store.listing import Listed, Listing
from analysis.store.removal import remove_folder
from analysis.store.row_groups import rows_together, write_rows
from analysis.store.snapshot import (
    DamagedStore,
    NoSnapshot,
    Snapshot,
    SourceInfo,
    current_snapshot,
    make_current,
    pointed_snapshot,
    prune,
    read_snapshot,
    snapshot_names,
    written_files,
)
from analysis.store.stages import StagedFile
from analysis.tables.abreast import Job, abreast
from analysis.tables.merge import SETTLING_VERSION, ordered, settling
from analysis.tables.schema import TABLES, Table

if TYPE_CHECKING:
    import duckdb  # a build of unchanged files does without

__all__ = [
    "COUNTED_PROBLEMS",
    "Keeping",
    "Origin",
    "StoreUnwritable",
    "digest_of_files",
    "earlier_groups",
    "find_same",
    "prune",
    "publish",
    "publish_settled",
    "show",
    "source_info",
    "told",
    "unfinished",
    "versions",
]

COUNTED_PROBLEMS = "SELECT severity, code, count(*) FROM problems GROUP BY ALL ORDER BY ALL"
"""SQL that counts problems by severity and kind."""

GROUPING_VERSION = 3  # raised when the rules change: articles are then grouped anew, though none has changed


class Origin(NamedTuple):
    """What a snapshot is built from, what was counted there, and whether copies and events are looked for."""

    sources: tuple[SourceInfo, ...]
    counts: dict[str, int]
    grouped: bool


class Keeping(NamedTuple):
    """What a build writes for the next one: a ledger, and of which files it is; see `analysis.store.ledger`."""

    ledger: Ledger
    counts: dict[str, int]
    sources: tuple[Listed, ...]

    def belong(self, snapshot: Snapshot, state: str) -> None:
        """Let the next build go on from here."""
        self.ledger.belong(Listing(snapshot.id, state, self.counts, self.sources))


class StoreUnwritable(NewsgaugeError):
    """The disk of a store is full, or something else keeps DuckDB from writing there."""


def source_info(source: Source, files: Sequence[StagedFile]) -> SourceInfo:
    """What a snapshot says of a source, which does not depend on the order of its files."""
    return SourceInfo(
        path=str(source.root),
        kind=source.kind,
        n_files=len(files),
        n_bytes=sum(staged.file.size for staged in files),
        mtime_ns=max(staged.file.mtime_ns for staged in files),
        digest=digest_of_files((), ((staged.file.path, staged.digest) for staged in files)),
    )


def digest_of_files(
    gone: Iterable[tuple[str, str]], come: Iterable[tuple[str, str]], before: str = "0"
) -> str:
    """The digest of a source's files: what the hashes of all paths with their contents' digests add up to.

    Args:
        gone: paths and digests of files that are no longer there.
        come: those of files that were not there.
        before: the digest before that.

    >>> both = digest_of_files([], [("a.md", "1"), ("b.md", "2")])
    >>> digest_of_files([("a.md", "1")], [("a.md", "3")], both) == digest_of_files([], [("b.md", "2"), ("a.md", "3")])
    True
    """
    whole = int(before, 16)
    for sign, files in ((-1, gone), (1, come)):
        for path, digest in files:
            said = f"{path}\0{digest}".encode("utf-8", "surrogatepass")
            whole += sign * int.from_bytes(hashlib.blake2b(said, digest_size=16).digest(), "little")
    return f"{whole % 2**128:032x}"


def find_same(store: Path, sources: tuple[SourceInfo, ...], *, grouped: bool) -> Snapshot | None:
    """The current snapshot, if a build of these sources would give it again."""
    try:
        old = pointed_snapshot(store)
    except NoSnapshot:
        return None
    same = (old.sources, old.grouped, old.versions) == (sources, grouped, versions())
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
    keeping: Keeping | None = None,
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
        keeping: what is written for the next build.

    Returns:
        The current snapshot, and whether it is new.
    """
    with _writing(store):
        tell("settling", 0, 1)
        jobs = [*opening, *settling(keeping.ledger.begin(con) if keeping else ())]
        if grouped:
            abreast(con, jobs)
            tell("grouping", 0, 1)
            _group(con, earlier_groups(store))
            jobs = []
        return publish_settled(
            con, store, sources, counts, tell, grouped=grouped, settled_by=jobs, keeping=keeping
        )


def publish_settled(
    con: duckdb.DuckDBPyConnection,
    store: Path,
    sources: tuple[SourceInfo, ...],
    counts: dict[str, int],
    tell: Callable[[str, int, int], None],
    *,
    grouped: bool,
    settled_by: Sequence[Job] = (),
    keeping: Keeping | None = None,
) -> tuple[Snapshot, bool]:
    """Make settled tables the current snapshot, as `publish` does with what is staged; some may still be to settle."""
    tell("settling" if settled_by else "writing", 0, 1)
    with _writing(store):
        snapshot, is_new = _write(con, store, Origin(sources, counts, grouped), settled_by, keeping)
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
    """The current snapshot, if it has groups, which are carried on; the last one that holds what was written."""
    old = _current(store)
    if old and old.grouped and old.damage(thorough=True):
        before = (name for name in reversed(snapshot_names(store)) if name < old.id)
        return next(filter(None, (_whole_groups(store / "snapshots" / name) for name in before)), None)
    return old if old and old.grouped else None


def _whole_groups(folder: Path) -> Snapshot | None:
    """The snapshot in a folder, if it has groups and holds what was written."""
    try:
        found = read_snapshot(folder)
    except NoSnapshot:
        return None
    return found if found.grouped and not found.damage(thorough=True) else None


def _group(con: duckdb.DuckDBPyConnection, old: Snapshot | None) -> None:
    from analysis.store.grouped import add_groups  # noqa: PLC0415 - scikit-learn and scipy take a second to load

    rules = old.versions.get("grouping") if old else None
    add_groups(con, old, carry_on=rules == versions()["grouping"])


def _write(
    con: duckdb.DuckDBPyConnection,
    store: Path,
    origin: Origin,
    settled_by: Sequence[Job],
    keeping: Keeping | None,
) -> tuple[Snapshot, bool]:
    """Write the tables as a new snapshot and make it current, unless they are as they were."""
    with unfinished(store) as (folder, moment):
        return _written(con, store, folder, moment, origin, settled_by, keeping)


@contextmanager
def unfinished(store: Path) -> Iterator[tuple[Path, datetime]]:
    """A folder for a new snapshot, and the moment that names it; removed if it does not become one."""
    moment = datetime.now(UTC)
    named = max(f"{moment:%Y%m%dT%H%M%S%f}", _next_name(store))
    folder = store / "snapshots" / f".{named}"
    folder.mkdir(parents=True)
    try:
        yield folder, moment
    finally:
        remove_folder(folder)


def _written(
    con: duckdb.DuckDBPyConnection,
    store: Path,
    unfinished: Path,
    moment: datetime,
    origin: Origin,
    settled_by: Sequence[Job],
    keeping: Keeping | None,
) -> tuple[Snapshot, bool]:
    """The tables written into a folder that becomes the current snapshot, unless they are as they were.

    The database is closed when they are.
    """
    sums = _write_tables(con, unfinished, settled_by)
    problems = con.execute(COUNTED_PROBLEMS).fetchall()
    state = keeping.ledger.finish(con, unfinished.name[1:], sums) if keeping else ""
    tables = told(sums)
    with _closed_beside(con):
        found = show(store, unfinished, moment, origin, tables, problems)
    if keeping:
        keeping.belong(found[0], state)
    return found


def told(sums: Mapping[str, Sums]) -> dict[str, dict[str, Any]]:
    """Rows and digest of each table, as a snapshot tells them, in the order of the schema."""
    return {
        table.name: {"rows": sums[table.name].n_rows, "digest": sums[table.name].digest(table)}
        for table in TABLES
    }


@contextmanager
def _closed_beside(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Close a database, which is slow to give its memory back, beside what is done without it."""
    closing = threading.Thread(target=con.close)
    closing.start()
    try:
        yield
    finally:
        closing.join()


def show(
    store: Path,
    unfinished: Path,
    moment: datetime,
    origin: Origin,
    tables: dict[str, dict[str, Any]],
    problems: Sequence[tuple[Any, ...]],
    files: dict[str, list[Any]] | None = None,
) -> tuple[Snapshot, bool]:
    """Let readers see a folder of tables as the current snapshot, unless they are as they were.

    Args:
        store: the store's folder.
        unfinished: the folder of tables.
        moment: when they were made.
        origin: what they were made of.
        tables: what `told` gives.
        problems: how many there are of each severity and kind.
        files: size and digest of each file, where they are known.
    """
    digest = hashlib.blake2b(repr(sorted(tables.items())).encode(), digest_size=16).hexdigest()
    old = find_same(store, origin.sources, grouped=origin.grouped)
    if old and old.digest == digest:
        return old, False
    snapshot = Snapshot(
        folder=unfinished,
        id=f"{unfinished.name[1:]}-{digest[:8]}",
        built_at=moment.isoformat(timespec="seconds"),
        digest=digest,
        sources=origin.sources,
        tables=tables,
        sizes={table.name: (unfinished / f"{table.name}.parquet").stat().st_size for table in TABLES},
        problems=tuple(problems),
        counts=origin.counts,
        versions=versions(),
        grouped=origin.grouped,
        files=files or written_files(unfinished),
    )
    snapshot.write_manifest()
    final = store / "snapshots" / snapshot.id
    unfinished.rename(final)
    make_current(store, snapshot.id)
    return current_snapshot(store), True


def _write_tables(con: duckdb.DuckDBPyConnection, folder: Path, settled_by: Sequence[Job]) -> dict[str, Sums]:
    """Write every table as soon as it is settled; returns the sums of each."""
    sums: dict[str, Sums] = {}

    def write(table: Table, con: duckdb.DuckDBPyConnection) -> None:
        n_rows = con.execute(f"SELECT count(*) FROM {table.name}").fetchall()[0][0]
        write_rows(con, ordered(table.name), folder / f"{table.name}.parquet", rows_together(n_rows))

    def sum_up(table: Table, con: duckdb.DuckDBPyConnection) -> None:
        sums[table.name] = row_sums(con, table)[()]

    writing = [
        Job(partial(do, table), f"{table.name}: {do.__name__}", (table.name,))
        for do in (write, sum_up)  # in this order: writing takes longer
        for table in TABLES
    ]
    abreast(con, [*settled_by, *writing])
    return sums


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


def versions() -> dict[str, str]:
    """The versions that a snapshot names; another one of the rules, and everything is settled or grouped anew."""
    from analysis import __version__  # noqa: PLC0415 - the package imports this module

    return {
        "newsgauge": __version__,
        "python": sys.version.split()[0],
        "duckdb": VERSION,
        "settling": str(SETTLING_VERSION),
        "grouping": str(GROUPING_VERSION),
    }
