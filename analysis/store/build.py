"""Sources -> a new snapshot of a store: read what changed, settle the tables, write them, let readers see them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analysis.errors import NewsgaugeError
from analysis.records import NoSource, Source, SourceFile, open_source
from analysis.records.garbage import without_collection
from analysis.store.address import is_remote
from analysis.store.engines import check_engine
from analysis.store.ledger import FEWEST, Ledger
from analysis.store.listing import Listed
from analysis.store.lock import StoreLocked, locked
from analysis.store.onward import Given, NotOnward, build_onward, find_onward
from analysis.store.prepared import prepare
from analysis.store.reading import start_reading, unread
from analysis.store.stages import StagedFile, Stages

if TYPE_CHECKING:
    import duckdb

    from analysis.store.publish import Keeping
    from analysis.store.remote import RemoteStore
    from analysis.store.snapshot import Snapshot
    from analysis.store.spark import Cluster

__all__ = ["BuildReport", "NoRecords", "StoreLocked", "build_corpus"]

_FEW_FILES = 10_000  # below this, more threads cost more memory than they save time
_ROOM = 2**31  # bytes of memory to settle in, or as many as there are in the files: more lies on the disk
_LARGE_PART = (
    50  # a build of less than a fiftieth of the files leaves preparing to whoever serves the snapshot
)
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many files are done, and of how many."""


class NoRecords(NewsgaugeError):
    """There are files, but none of them is a record."""


class BuildReport(NamedTuple):
    """What a build did. `n_entries` = `n_records` + the problems of severity error, always."""

    snapshot: Snapshot
    is_new: bool
    n_files: int
    n_parsed: int
    n_entries: int
    n_records: int
    n_secured: int
    problems: dict[tuple[str, str], int]
    n_compared: int

    @property
    def n_errors(self) -> int:
        """Entries that could not be read."""
        return sum(count for (severity, _), count in self.problems.items() if severity == "error")


def build_corpus(
    sources: str | Path | Sequence[str | Path],
    store: str | Path,
    *,
    groups: bool = True,
    progress: Progress | None = None,
    workers: int | None = None,
    engine: str = "duckdb",
    master: str | None = None,
    verify: bool = False,
) -> BuildReport:
    """Build a snapshot of sources in a store; the sources replace those of the snapshot before.

    Files that have not changed since they were last read are not parsed again. When the tables come out as they are in
    the current snapshot, that one stays. A failed build leaves the current snapshot in use.

    Args:
        sources: a folder, file or archive, or several; see `analysis.records.open_source`.
        store: folder of the store, made where there is none; or an address such as ``s3://bucket/news``, which needs
            the extra ``s3``. Then the build works in a folder of this user, and publishes what it has built.
        groups: whether copies and events are looked for.
        progress: called with a step, files done, and files to do.
        workers: processes that read; one for each core unless given. Spark has its own.
        engine: ``duckdb``, which is embedded, or ``spark``, for a corpus that outgrows one machine; equal tables.
        master: for Spark, where the work is done, such as ``spark://host:7077``; ``local[*]`` unless given.
        verify: whether every file is also read by the plain path, which takes many times longer, and compared.

    Raises:
        BadEngine: the engine is not one of the two, or a master is given to one that has none.
        NoSpark: Spark is not installed or cannot be started.
        NoSource: a source does not exist or holds nothing that could be a record.
        NoRecords: there are files, but none of them is a record.
        ReadDifferently: `verify` finds a file in which the plain path reads something else.
        StoreLocked: another build is going on in the store, or has published at the address meanwhile.
        RemoteFault: the address cannot be reached.
        StoreUnwritable: the disk is full, for example; as OSError where Python itself writes.

    >>> import tempfile
    >>> from data import RECORDS
    >>> report = build_corpus(RECORDS, tempfile.mkdtemp())
    >>> report.n_records, report.snapshot.tables["articles"]["rows"]
    (1, 6)
    """
    check_engine(engine, master)
    remote = _remote(str(store)) if is_remote(store) else None
    folder = remote.folder if remote else Path(store).expanduser().resolve()
    inputs = _inputs([sources] if isinstance(sources, str | Path) else list(sources), folder)
    folder.mkdir(parents=True, exist_ok=True)
    tell = progress or (lambda _step, _done, _total: None)
    with locked(folder):
        base = remote.begin() if remote else None
        cluster = _cluster(master, folder) if engine == "spark" else None
        report = _build(
            inputs, folder, tell, workers or os.cpu_count() or 1, cluster, groups=groups, verified=verify
        )
        if remote:
            tell("publishing", 0, 1)
            remote.publish(report.snapshot, base)
        return report


def _remote(address: str) -> RemoteStore:
    from analysis.store.remote import RemoteStore  # noqa: PLC0415 - most stores are folders

    return RemoteStore(address)


def _cluster(master: str | None, store: Path) -> Cluster:
    from analysis.store.spark import Cluster  # noqa: PLC0415 - an extra

    return Cluster(master, store)


def _inputs(paths: Sequence[str | Path], store: Path) -> list[Given]:
    if not paths:
        raise NoSource("expected at least one folder, file or archive, got none")
    opened = {source.root: source for source in (open_source(path, store) for path in paths)}
    names = _told_apart(opened.values())
    found = []
    for source in sorted(opened.values(), key=lambda source: source.root):
        files = source.files()
        if not files:
            raise NoSource(f"no records in {source.root}: expected files that end in .md, .json or .jsonl")
        found.append(Given(source, files, f"{names[source.root]}/" if len(opened) > 1 else ""))
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


def _build(
    inputs: list[Given],
    store: Path,
    tell: Progress,
    workers: int,
    cluster: Cluster | None,
    *,
    groups: bool,
    verified: bool,
) -> BuildReport:
    stages, ledger = Stages(store), Ledger(store)
    stages.prepare()
    n_read = 0
    onward = None if cluster or verified else find_onward(ledger, inputs, store, grouped=groups)
    if onward:
        todo = [(given.source, files) for given, (_, files) in zip(inputs, onward.changes, strict=True)]
        n_read, first = sum(len(files) for _, files in todo), stages.next_number()
        _follow(start_reading(todo, stages, workers), n_read, tell)
        try:
            built = build_onward(ledger, onward, inputs, stages.files(since=first), stages, store, tell)
        except NotOnward:
            ledger.forget()
        else:
            if n_read * _LARGE_PART >= built.counts["files"]:
                tell("preparing", 0, 1)
                prepare(built.snapshot.folder, built.snapshot.tables["articles"]["rows"])
            tell("done", 1, 1)
            return _report(built.snapshot, n_read, built.counts, is_new=built.is_new)
    todo = _unread(inputs, stages)
    n_parsed = sum(len(files) for _, files in todo)
    reading = cluster.read(todo, stages) if cluster else start_reading(todo, stages, workers)
    from analysis.store import publish  # noqa: PLC0415 - loaded while other processes have begun to read

    con = _connect(inputs, store) if n_parsed and not cluster else None
    _follow(reading, n_parsed, tell)
    live = _live(inputs, stages)
    counts = _counts([file for _, file in live])
    if not counts["records"]:
        where = " ".join(given.root for given in inputs)
        raise NoRecords(f"none of the {len(live):,} files is a record; to see why: newsgauge check {where}")
    n_compared = _compare(stages, live, tell) if verified else 0
    sources = tuple(
        publish.source_info(given.source, [file for owner, file in live if owner is given])
        for given in inputs
    )
    snapshot, is_new = publish.find_same(store, sources, grouped=groups), False
    if not snapshot:
        shown = _shown(live)
        told = {name: counts[name] for name in ("files", "secured")}
        if cluster:
            snapshot, is_new = cluster.publish(stages, shown, sources, told, tell, grouped=groups)
        else:
            with con or _connect(inputs, store) as con:
                opening = stages.opening(shown)
                keeping = _keeping(ledger, inputs, live, counts)
                snapshot, is_new = publish.publish(
                    con, opening, store, sources, told, tell, grouped=groups, keeping=keeping
                )
        stages.tidy(file for _, file in live)
        if n_parsed * _LARGE_PART >= len(live):
            tell("preparing", 0, 1)
            prepare(snapshot.folder, snapshot.tables["articles"]["rows"])
    tell("done", 1, 1)
    return _report(snapshot, n_read + n_parsed, counts, is_new=is_new, n_compared=n_compared)


def _connect(inputs: list[Given], store: Path) -> duckdb.DuckDBPyConnection:
    """A database with the memory that it takes to settle all these files and not much more."""
    from analysis.store import engine  # noqa: PLC0415 - loaded while other processes have begun to read

    sizes = [file.size for given in inputs for file in given.files]
    con = engine.connect(store, few=len(sizes) < _FEW_FILES)
    engine.at_most(con, max(_ROOM, sum(sizes)))
    return con


@without_collection()
def _live(inputs: list[Given], stages: Stages) -> list[tuple[Given, StagedFile]]:
    """The files of all inputs, as they are staged."""
    staged = stages.files()
    roots = [(given, given.root) for given in inputs]
    return [(given, staged[root, file.path]) for given, root in roots for file in given.files]


@without_collection()
def _shown(live: list[tuple[Given, StagedFile]]) -> list[tuple[StagedFile, str]]:
    """The files, and their paths as the tables show them."""
    return [(staged, given.prefix + staged.file.path) for given, staged in live]


def _report(
    snapshot: Snapshot, n_parsed: int, counts: dict[str, int], *, is_new: bool, n_compared: int = 0
) -> BuildReport:
    return BuildReport(
        snapshot=snapshot,
        is_new=is_new,
        n_files=counts["files"],
        n_parsed=n_parsed,
        n_entries=counts["entries"],
        n_records=counts["records"],
        n_secured=counts["secured"],
        problems={(severity, code): count for severity, code, count in snapshot.problems},
        n_compared=n_compared,
    )


def _keeping(
    ledger: Ledger, inputs: list[Given], live: list[tuple[Given, StagedFile]], counts: dict[str, int]
) -> Keeping | None:
    """What is written for the next build, where there are enough files for that."""
    if len(live) < FEWEST:
        return None
    from analysis.store.publish import Keeping  # noqa: PLC0415 - loaded by now

    unread = {(given.root, file.file.path) for given, file in live if not file.digest}
    listed = (
        Listed.of(given.root, given.source.kind, given.prefix, given.files).without(
            {path for root, path in unread if root == given.root}
        )
        for given in inputs
    )
    return Keeping(ledger, counts, tuple(listed))


def _compare(stages: Stages, live: list[tuple[Given, StagedFile]], tell: Progress) -> int:
    from analysis.store.verify import verify  # noqa: PLC0415 - seldom wanted

    return verify(stages, [(given.source, file) for given, file in live], tell)


def _unread(inputs: list[Given], stages: Stages) -> list[tuple[Source, list[SourceFile]]]:
    """What has to be read; all that is known of the other files is let go before it is."""
    known = stages.files()
    return [(given.source, unread(given.source, given.files, known)) for given in inputs]


def _counts(files: list[StagedFile]) -> dict[str, int]:
    return {
        "files": len(files),
        "entries": sum(file.n_entries for file in files),
        "records": sum(file.n_records for file in files),
        "secured": sum(file.n_secured for file in files),
    }


def _follow(reading: Iterator[int], total: int, tell: Progress) -> None:
    """Read to the end, and tell how far it has come."""
    done = 0
    tell("reading", 0, total)
    for count in reading:
        done = min(done + count, total)
        tell("reading", done, total)
