"""Grouping within a build: copies and events of all articles, carried on from the snapshot before.

Only the weeks around what changed are grouped again, with the result of a full run; a group that still exists keeps its
id.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pandas as pd

from analysis.grouping import Grouping, find_groups, keep_ids, regroup
from analysis.grouping.result import Kind, group_id
from analysis.store.carried import TEXT, curated
from analysis.store.engine import put_aside
from analysis.store.snapshot import Snapshot, read_parquet

__all__ = ["add_groups", "earlier_grouping", "insert_grouping", "named", "read_frame"]

_KINDS: tuple[Kind, ...] = ("copies", "events")


def add_groups(con: duckdb.DuckDBPyConnection, previous: Snapshot | None, *, carry_on: bool = True) -> None:
    """Fill `groups`, `group_members` and `merges`, and the columns of `articles` that name groups.

    Args:
        con: a connection with the settled tables.
        previous: the snapshot before, if it was grouped; groups that still exist keep the ids that they have there.
        carry_on: leave the groups far from what changed as they are there: it was grouped by the same rules.
    """
    with put_aside(con):
        found = _carried_on(con, previous) if previous and carry_on else find_groups(_articles(con))
        for grouping in found:
            before = earlier_grouping(con, previous, grouping.kind) if previous else None
            insert_grouping(con, keep_ids(grouping, before) if before else grouping)
            del grouping, before  # room for what comes
    con.execute(curated("merges", "related_links"))
    con.execute(f"CREATE OR REPLACE TABLE articles AS {named('articles')}")


def _articles(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    return read_frame(con, f"SELECT article_id, {', '.join(TEXT)} FROM articles")


def _carried_on(con: duckdb.DuckDBPyConnection, previous: Snapshot) -> Iterator[Grouping]:
    """The groups around what changed found anew, and the others as they were."""
    articles, changed = _articles(con), _changed(con, previous)
    for kind in _KINDS:
        yield regroup(_with_own_ids(earlier_grouping(con, previous, kind)), articles, changed)


def named(articles: str) -> str:
    """SQL of the articles with the columns that name their groups."""
    return f"""
SELECT articles.* REPLACE (
    copies.group_id AS copy_group_id, copies.is_original AS is_original, events.group_id AS event_id
)
FROM {articles} AS articles
LEFT JOIN (SELECT * FROM group_members WHERE kind = 'copies') AS copies USING (article_id)
LEFT JOIN (SELECT * FROM group_members WHERE kind = 'events') AS events USING (article_id)
"""


def read_frame(con: duckdb.DuckDBPyConnection, query: str) -> pd.DataFrame:
    """The rows of a query."""
    frame: pd.DataFrame = con.sql(query).to_arrow_table().to_pandas()
    return frame


def _parquet(snapshot: Snapshot, table: str) -> str:
    return read_parquet([snapshot.path(table)])


def _changed(con: duckdb.DuckDBPyConnection, previous: Snapshot) -> list[str]:
    """Articles that are new, gone, or say something else than in the snapshot before."""
    differs = " OR ".join(f"old.{name} IS DISTINCT FROM new.{name}" for name in TEXT)
    rows = con.execute(f"""
        SELECT article_id FROM {_parquet(previous, "articles")} AS old FULL JOIN articles AS new USING (article_id)
        WHERE {differs} ORDER BY article_id
    """).fetchall()
    return [row[0] for row in rows]


def earlier_grouping(con: duckdb.DuckDBPyConnection, previous: Snapshot, kind: Kind) -> Grouping:
    """The grouping of the snapshot before, under the ids that it has there."""
    members = read_frame(
        con,
        f"""
        SELECT article_id, group_id, published_at, confidence, members.is_original AS is_original, is_medoid
        FROM {_parquet(previous, "group_members")} AS members
        JOIN {_parquet(previous, "articles")} USING (article_id)
        WHERE kind = '{kind}' ORDER BY article_id""",
    )
    groups = (
        f"SELECT * EXCLUDE (kind) FROM {_parquet(previous, 'groups')} WHERE kind = '{kind}' ORDER BY group_id"
    )
    merges = f"""
        SELECT * EXCLUDE (kind) FROM {_parquet(previous, "merges")} WHERE kind = '{kind}'
        ORDER BY group_id, article_id, other_id"""
    return Grouping(kind, members, read_frame(con, groups), read_frame(con, merges))


def _with_own_ids(grouping: Grouping) -> Grouping:
    """The grouping under the ids that follow from its earliest articles, as `regroup` takes it."""
    earliest = grouping.members[grouping.members["is_original"]]
    own = {
        kept: group_id(grouping.kind, article)
        for kept, article in zip(earliest["group_id"], earliest["article_id"], strict=True)
    }

    def renamed(frame: pd.DataFrame, *order: str) -> pd.DataFrame:
        return frame.assign(group_id=frame["group_id"].map(own)).sort_values(list(order), ignore_index=True)

    return Grouping(
        grouping.kind,
        renamed(grouping.members, "article_id"),
        renamed(grouping.groups, "group_id"),
        renamed(grouping.merges, "group_id", "article_id", "other_id"),
    )


def insert_grouping(con: duckdb.DuckDBPyConnection, grouping: Grouping, prefix: str = "") -> None:
    """Add a grouping to `groups`, `group_members` and `merges`, or to tables with a prefix to these names."""
    members = grouping.members.drop(columns="published_at")
    for table, frame in (
        ("groups", grouping.groups),
        ("group_members", members),
        ("merges", grouping.merges),
    ):
        con.register("found", frame.assign(kind=grouping.kind))
        con.execute(f"INSERT INTO {prefix}{table} BY NAME SELECT * FROM found")
        con.unregister("found")
