"""What a snapshot has that the one before it had not, and the other way round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.corpus import Corpus
from analysis.store.lease import hold
from analysis.store.snapshot import NoSnapshot, Snapshot, find_snapshot, read_parquet, snapshot_names

__all__ = ["Changes", "Counted", "changes_of"]

_KEYS = {
    "articles": ("article_id",),
    "providers": ("provider_id",),
    "related_links": ("article_id", "related_article_id"),
    "article_topics": ("article_id", "topic"),
    "images": ("article_id", "url"),
    "problems": ("source", "line", "field", "code", "message"),
}
_SAID = ("title", "excerpt", "published_at", "provider_id", "url", "quality", "heat", "record_path")
"""The columns of articles whose change is a change of the article; groups are found anew by every build."""


@dataclass(frozen=True)
class Counted:
    """Rows of one table: those new, those no longer there, and those of the same key that say something else."""

    table: str
    added: int
    gone: int
    changed: int | None = None


@dataclass(frozen=True)
class Changes:
    """The difference to the snapshot before.

    Attributes:
        before: label of that snapshot; empty where there is none to compare with.
        why: why there is none.
        tables: what changed in each table.
    """

    before: str = ""
    why: str = ""
    tables: tuple[Counted, ...] = ()


def changes_of(corpus: Corpus) -> Changes:
    """The difference of an open snapshot to the one before it in its store.

    Args:
        corpus: the open snapshot.
    """
    snapshot = corpus.snapshot
    store = snapshot.folder.parent.parent
    earlier = [name for name in snapshot_names(store) if name < snapshot.id]
    if not earlier:
        return Changes(
            why="This is the store's first snapshot, or later builds have removed those before it."
        )
    try:
        before = find_snapshot(store, earlier[-1])
    except NoSnapshot:
        return Changes(why="The snapshot before was written by another version of Newsgauge.")
    holder = _Holder()
    if not hold(before.folder, holder):
        return Changes(why="A later build has just removed the snapshot before.")
    tables = tuple(_counted(corpus, before, table, keys) for table, keys in _KEYS.items())
    return Changes(before.label, tables=tables)


class _Holder:
    """Keeps a snapshot in place while it is compared."""


def _counted(corpus: Corpus, before: Snapshot, table: str, keys: Sequence[str]) -> Counted:
    has_changes = table == "articles"
    if before.tables[table]["digest"] == corpus.snapshot.tables[table]["digest"]:
        return Counted(table, 0, 0, 0 if has_changes else None)
    columns = ", ".join(keys)
    said = ", ".join(("", *_SAID)) if has_changes else ""
    old = f"SELECT DISTINCT {columns}{said} FROM {read_parquet([before.path(table)])}"
    new = f"SELECT DISTINCT {columns}{said} FROM {read_parquet([corpus.snapshot.path(table)])}"
    same = " AND ".join(f"old.{key} IS NOT DISTINCT FROM new.{key}" for key in keys)
    differs = " OR ".join(f"old.{name} IS DISTINCT FROM new.{name}" for name in _SAID)
    first = keys[0]  # never missing
    row = (
        corpus.cursor()
        .execute(f"""
        SELECT count(*) FILTER (old.{first} IS NULL), count(*) FILTER (new.{first} IS NULL),
            count(*) FILTER (old.{first} IS NOT NULL AND new.{first} IS NOT NULL AND ({differs if said else "false"}))
        FROM ({old}) AS old FULL JOIN ({new}) AS new ON {same}
    """)
        .fetchall()[0]
    )
    return Counted(table, int(row[0]), int(row[1]), int(row[2]) if has_changes else None)
