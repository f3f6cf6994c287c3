"""A build that goes on from the current snapshot: after a small change it costs what the change costs.

It needs the ledger of the current snapshot (see `analysis.store.ledger`), and that at most a fiftieth of the files has
changed. Whatever does not fit, such as a ledger that is damaged, leads to `NotOnward`: everything is settled anew then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analysis.records import Source, SourceFile
from analysis.records.garbage import without_collection
from analysis.store.ledger import Ledger
from analysis.store.listing import Listed, Listing
from analysis.store.removal import scratch_folder
from analysis.store.snapshot import NoSnapshot, Snapshot, SourceInfo, pointed_snapshot
from analysis.store.stages import StagedFile, Stages

if TYPE_CHECKING:
    import duckdb

__all__ = ["Built", "Given", "NotOnward", "Onward", "build_onward", "find_onward"]

_SMALL_PART = 50  # of the files of which at most one part changes, for a build to go on


class NotOnward(Exception):
    """A build cannot go on from the current snapshot."""


class Given(NamedTuple):
    """A source, its files, and what their paths begin with in the tables."""

    source: Source
    files: list[SourceFile]
    prefix: str

    @property
    def root(self) -> str:
        """The source's folder."""
        return str(self.source.root)


class Onward(NamedTuple):
    """What a build goes on from, the files as they are now, and of each source what has changed.

    That is which paths are no longer as they were, and which files are to be read.
    """

    listing: Listing
    old: Snapshot
    now: list[Listed]
    changes: list[tuple[list[str], list[SourceFile]]]


class Built(NamedTuple):
    """The current snapshot, whether it is new, and what was counted in all files."""

    snapshot: Snapshot
    is_new: bool
    counts: dict[str, int]


def find_onward(ledger: Ledger, inputs: Sequence[Given], store: Path, *, grouped: bool) -> Onward | None:
    """What a build of these files can go on from; None if it has to settle everything."""
    listing = ledger.listing()
    if listing is None:
        return None
    try:
        old = pointed_snapshot(store)
    except NoSnapshot:
        return None
    known = [(source.root, source.kind, source.prefix) for source in listing.sources]
    asked = [(given.root, given.source.kind, given.prefix) for given in inputs]
    if (old.id, old.grouped, known) != (listing.snapshot, grouped, asked):
        return None
    now = [Listed.of(given.root, given.source.kind, given.prefix, given.files) for given in inputs]
    changes = [before.changes(after) for before, after in zip(listing.sources, now, strict=True)]
    n_changed = sum(max(len(gone), len(come)) for gone, come in changes)
    n_files = sum(len(given.files) for given in inputs)
    return Onward(listing, old, now, changes) if n_changed * _SMALL_PART <= n_files else None


def build_onward(
    ledger: Ledger,
    onward: Onward,
    inputs: Sequence[Given],
    staged: dict[tuple[str, str], StagedFile],
    stages: Stages,
    store: Path,
    tell: Callable[[str, int, int], None],
) -> Built:
    """Build a snapshot from the current one.

    Args:
        ledger: of the store.
        onward: as `find_onward` gave it.
        inputs: the sources.
        staged: the files to be read, read since.
        stages: of the store.
        store: the store's folder.
        tell: told of each step.

    Raises:
        NotOnward: it cannot be done; everything is as it was.
    """
    from analysis.store import engine, publish  # noqa: PLC0415 - loaded while other processes have begun to read

    with without_collection(), _or_else(engine.Error):
        if onward.old.versions != publish.versions():
            raise NotOnward("other versions")
        if not any(gone or come for gone, come in onward.changes):
            same = publish.find_same(store, onward.old.sources, grouped=onward.old.grouped)
            if not same:
                raise NotOnward("the snapshot is damaged")
            return Built(same, is_new=False, counts=onward.listing.counts)
        con = engine.connect(store, few=True)
        try:
            return _build(con, ledger, onward, inputs, staged, stages, store, tell)
        finally:
            con.close()


@contextmanager
def _or_else(error: type[Exception]) -> Iterator[None]:
    """Take what cannot be done for a reason to settle everything."""
    try:
        yield
    except (LookupError, ValueError, OSError, error) as cause:
        raise NotOnward(f"{type(cause).__name__}: {cause}") from cause


def _build(
    con: duckdb.DuckDBPyConnection,
    ledger: Ledger,
    onward: Onward,
    inputs: Sequence[Given],
    staged: dict[tuple[str, str], StagedFile],
    stages: Stages,
    store: Path,
    tell: Callable[[str, int, int], None],
) -> Built:
    from analysis.store import publish  # noqa: PLC0415 - see above
    from analysis.store.carried import carry_groups  # noqa: PLC0415
    from analysis.store.renewal import Renewal  # noqa: PLC0415
    from analysis.store.touched import Change, settle_touched, tidy  # noqa: PLC0415

    tell("settling", 0, 1)
    sums = ledger.open(con, onward.listing)
    come = [
        [staged[given.root, file.path] for file in files]
        for given, (_, files) in zip(inputs, onward.changes, strict=True)
    ]
    change = Change(
        [
            _shown(given.prefix, path)
            for given, (paths, _) in zip(inputs, onward.changes, strict=True)
            for path in paths
        ],
        [
            (file, _shown(given.prefix, file.file.path))
            for given, files in zip(inputs, come, strict=True)
            for file in files
        ],
    )
    with (
        publish.unfinished(store) as (folder, moment),
        scratch_folder(stages.folder / ".renewal") as scratch,
    ):
        renewal = Renewal(con, onward.old, folder, scratch, sums)
        touch = settle_touched(con, stages, change, renewal.look_back)
        gone = [
            [touch.gone[_shown(given.prefix, path)] for path in paths]
            for given, (paths, _) in zip(inputs, onward.changes, strict=True)
        ]
        counts = _counts(
            onward.listing.counts, list(touch.gone.values()), [file for files in come for file in files]
        )
        if not counts["records"]:
            raise NotOnward("no file is a record")
        sources = tuple(
            _source_info(old, now, its_gone, its_come)
            for old, now, its_gone, its_come in zip(onward.old.sources, onward.now, gone, come, strict=True)
        )
        renewal.look_at_what_is()
        if onward.old.grouped:
            tell("grouping", 0, 1)
            carry_groups(con, renewal.whole, renewal.n_articles)
        tell("writing", 0, 1)
        problems = renewal.write(touch)
        state = ledger.update(con, folder.name[1:], renewal.sums, touch.update)
        told = {name: counts[name] for name in ("files", "secured")}
        tables = publish.told(renewal.sums)
        origin = publish.Origin(sources, told, onward.old.grouped)
        snapshot, is_new = publish.show(store, folder, moment, origin, tables, problems, renewal.files)
    listed = tuple(
        source.without({file.file.path for file in its_come if not file.digest})
        for source, its_come in zip(onward.now, come, strict=True)
    )
    ledger.belong(Listing(snapshot.id, state, counts, listed))
    publish.prune(store, snapshot.id)
    tidy(con, stages)
    return Built(snapshot, is_new, counts)


def _shown(prefix: str, path: str) -> str:
    """A path as tables show it.

    Raises:
        ValueError: it is not shown as it is, and others may be shown alike.
    """
    shown = f"{prefix}{path}"
    shown.encode()
    if "\0" in shown:
        raise ValueError("a path holds a character that is not shown")
    return shown


def _counts(before: dict[str, int], gone: Sequence[StagedFile], come: Sequence[StagedFile]) -> dict[str, int]:
    """What is counted in all files."""
    now = dict(before)
    for sign, files in ((-1, gone), (1, come)):
        now["files"] += sign * len(files)
        now["entries"] += sign * sum(file.n_entries for file in files)
        now["records"] += sign * sum(file.n_records for file in files)
        now["secured"] += sign * sum(file.n_secured for file in files)
    return now


def _source_info(
    old: SourceInfo, now: Listed, gone: Sequence[StagedFile], come: Sequence[StagedFile]
) -> SourceInfo:
    from analysis.store.publish import digest_of_files  # noqa: PLC0415 - see above

    before, after = ([(file.file.path, file.digest) for file in each] for each in (gone, come))
    return old._replace(
        n_files=len(now.paths),
        n_bytes=sum(now.sizes),
        mtime_ns=max(now.times),
        digest=digest_of_files(before, after, old.digest),
    )
