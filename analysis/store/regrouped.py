"""Copies and events around what changed, found anew in the weeks that a change can affect (see `Surroundings`).

A group that still exists keeps its id, as in any build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.grouping import Grouping, Surroundings, keep_ids
from analysis.grouping.frame import UNDATED, days_of
from analysis.grouping.nearby import weeks_of
from analysis.grouping.rarity import WEEK
from analysis.grouping.result import Kind, group_id
from analysis.store.carried import BY_GROUP, TEXT, Whole
from analysis.store.grouped import insert_grouping, read_frame
from analysis.store.snapshot import read_parquet

if TYPE_CHECKING:
    import duckdb

__all__ = ["regroup"]

_KINDS: tuple[Kind, ...] = ("copies", "events")
_OWN = len(group_id("copies", ""))  # characters of an id that was not taken when the group came
_MICROSECONDS = 86_400_000_000  # of a day
_FURTHEST = 5_000  # weeks; what reaches further is looked for among all articles
_TIMES = """
SELECT published_at FROM before_articles SEMI JOIN changed USING (article_id)
UNION ALL SELECT published_at FROM now_articles SEMI JOIN changed USING (article_id)
"""
_AGAIN = """
CREATE OR REPLACE TABLE again AS
SELECT article_id FROM found UNION SELECT article_id FROM before_articles ANTI JOIN now_articles USING (article_id)
"""
_SIZES = """
SELECT (SELECT coalesce(sum(size), 0) FROM before_groups WHERE kind = $1)
    = (SELECT count(*) FROM before_group_members WHERE kind = $1)
"""
_MOVED = """
CREATE TABLE moved AS
SELECT DISTINCT article_id
FROM now_group_members AS now LEFT JOIN before_group_members AS was USING (kind, article_id)
ANTI JOIN touched USING (article_id)
WHERE now.group_id IS DISTINCT FROM was.group_id
    OR (kind = 'copies' AND now.is_original IS DISTINCT FROM was.is_original)
"""


def regroup(con: duckdb.DuckDBPyConnection, whole: Whole, n_articles: int) -> None:
    """Find anew the groups around the articles that changed.

    Args:
        con: as `analysis.store.carried.carry_groups` has it, with the table `changed`.
        whole: of the snapshot before.
        n_articles: how many there are now.

    Raises:
        LookupError: a group of the snapshot before has members other than those that were grouped with them.
    """
    dirty = weeks_of(days_of(read_frame(con, _TIMES)["published_at"]))
    written = read_parquet([whole("articles")])
    columns = ", ".join(("article_id", *TEXT))
    articles = f"""
        SELECT {columns} FROM {written} ANTI JOIN touched USING (article_id)
        UNION ALL SELECT {columns} FROM now_articles
    """

    def read(reach: int) -> pd.DataFrame:
        return read_frame(con, f"FROM ({articles}) WHERE {_within(dirty, reach)}")

    around = Surroundings(read, dirty, n_articles)
    found = {kind: around.regroup(kind) for kind in _KINDS}
    for grouping in found.values():
        _replace(con, whole, grouping)
    con.execute(_MOVED)
    for when in ("before", "now"):
        con.execute(
            f"INSERT INTO {when}_articles BY NAME SELECT * FROM {written} SEMI JOIN moved USING (article_id)"
        )


def _within(dirty: np.ndarray, reach: int) -> str:
    """SQL of a condition that holds at least of the articles so many weeks from a changed one."""
    if reach > _FURTHEST:
        return "true"
    dated = dirty[dirty > np.floor(UNDATED / WEEK)]
    told = ["published_at IS NULL"] if len(dated) < len(dirty) else []
    days = int(WEEK)
    for first, last in _spans(dated.astype(int).tolist(), reach):
        # A day more on either side: which week a moment is in is for `Surroundings` to say.
        begin, end = (
            f"make_timestamp({(week * days + more) * _MICROSECONDS})::TIMESTAMPTZ"
            for week, more in ((first, -1), (last + 1, 1))
        )
        told.append(f"(published_at >= {begin} AND published_at < {end})")
    return " OR ".join(told)


def _spans(weeks: list[int], reach: int) -> list[tuple[int, int]]:
    """The first and last of weeks side by side that are at most so far from one of those given, which ascend.

    >>> _spans([1, 4, 20], 2)
    [(-1, 6), (18, 22)]
    """
    spans: list[tuple[int, int]] = []
    for week in weeks:
        if spans and week - reach <= spans[-1][1] + 1:
            spans[-1] = spans[-1][0], week + reach
        else:
            spans.append((week - reach, week + reach))
    return spans


def _replace(con: duckdb.DuckDBPyConnection, whole: Whole, found: Grouping) -> None:
    """Add groups that were found anew to the tables of what is now, and what was instead of them to those before."""
    kind, old = found.kind, {name: read_parquet([whole(name)]) for name in BY_GROUP}
    con.register("found", found.members[["article_id"]])
    con.execute(_AGAIN)
    con.unregister("found")
    con.execute(f"""
        INSERT INTO before_group_members BY NAME
        SELECT * FROM {old["group_members"]} SEMI JOIN again USING (article_id) WHERE kind = '{kind}'
    """)
    for name in ("groups", "merges"):
        con.execute(f"""
            INSERT INTO before_{name} BY NAME
            SELECT * FROM {old[name]} SEMI JOIN before_group_members USING (kind, group_id) WHERE kind = '{kind}'
        """)
    if con.execute(_SIZES, [kind]).fetchall() != [(True,)]:
        raise LookupError("a group had members that are not near to what changed")
    before = read_frame(
        con, f"SELECT article_id, group_id FROM before_group_members WHERE kind = '{kind}' ORDER BY ALL"
    )
    con.register("own", found.groups[["group_id"]])
    taken = con.execute(f"""
        SELECT group_id FROM {old["groups"]} ANTI JOIN before_groups USING (kind, group_id)
        WHERE kind = '{kind}' AND left(group_id, {_OWN}) IN (SELECT group_id FROM own)
    """).fetchall()
    con.unregister("own")
    insert_grouping(con, keep_ids(found, before, {name for (name,) in taken}), "now_")
