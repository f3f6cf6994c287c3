"""Groups in a build that goes on: those that a change can affect are found anew, all others are as they were.

A change of what grouping reads affects the weeks around it (see `analysis.store.regrouped`). Of any other change groups
do not depend, but that the evidence for a merge says whether related lists connect the two.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.store.snapshot import read_parquet
from analysis.tables.merge import empty
from analysis.tables.schema import TABLES_BY_NAME

if TYPE_CHECKING:
    import duckdb

__all__ = ["BY_GROUP", "TEXT", "Whole", "carry_groups", "curated"]

BY_GROUP = {
    "groups": ("kind", "group_id"),
    "group_members": ("kind", "article_id"),
    "merges": ("kind", "group_id"),
}
"""The tables of groups, and by which columns their rows are looked for."""

TEXT = ("title", "excerpt", "published_at", "provider_id", "locale")  # what decides on groups

Whole = Callable[[str], Path]
"""Where a table of the snapshot before lies, once its file is known to hold what was written."""

_CHANGED = f"""
CREATE TABLE changed AS
SELECT coalesce(was.article_id, now.article_id) AS article_id
FROM before_articles AS was FULL JOIN now_articles AS now ON was.article_id = now.article_id
WHERE was.article_id IS NULL OR now.article_id IS NULL
    OR {" OR ".join(f"was.{name} IS DISTINCT FROM now.{name}" for name in TEXT)}
"""
_RELINKED = """
CREATE TABLE relinked AS
SELECT unnest([article_id, related_article_id]) AS article_id, unnest([related_article_id, article_id]) AS other_id
FROM (
    ({before} EXCEPT {now}) UNION ALL ({now} EXCEPT {before})
)
""".format(
    **{when: f"SELECT article_id, related_article_id FROM {when}_related_links" for when in ("before", "now")}
)
_LINKS = """(
    SELECT article_id, related_article_id FROM {written} ANTI JOIN touched USING (article_id)
    UNION ALL SELECT article_id, related_article_id FROM now_related_links
)"""
_NAMED = """
CREATE OR REPLACE TABLE now_articles AS
SELECT articles.* REPLACE (
    coalesce(copies.group_id, was.copy_group_id) AS copy_group_id,
    coalesce(copies.is_original, was.is_original) AS is_original,
    coalesce(events.group_id, was.event_id) AS event_id
)
FROM now_articles AS articles
LEFT JOIN before_articles AS was USING (article_id)
LEFT JOIN (FROM now_group_members WHERE kind = 'copies') AS copies USING (article_id)
LEFT JOIN (FROM now_group_members WHERE kind = 'events') AS events USING (article_id)
"""
_NAMELESS = "SELECT 1 FROM now_articles WHERE copy_group_id IS NULL OR event_id IS NULL LIMIT 1"


def carry_groups(con: duckdb.DuckDBPyConnection, whole: Whole, n_articles: int) -> None:
    """Find anew the groups that a change can affect.

    Args:
        con: a connection with `touched`, and `before_…` and `now_…` of the tables that are about articles, of the
            touched ones. It gets the same of the tables of groups, with the rows of all groups that may differ;
            `now_articles` gets the columns that name groups, and with `before_articles` the articles that were not
            touched and are in another group than before.
        whole: of the snapshot before.
        n_articles: how many there are now.

    Raises:
        LookupError: the snapshot before does not have the groups of all its articles.
    """
    for name in BY_GROUP:
        for when in ("before", "now"):
            con.execute(empty(TABLES_BY_NAME[name]._replace(name=f"{when}_{name}")))
    con.execute(_CHANGED)
    if con.execute("SELECT 1 FROM changed LIMIT 1").fetchall():
        from analysis.store.regrouped import regroup  # noqa: PLC0415 - scikit-learn and scipy take a second to load

        regroup(con, whole, n_articles)
    con.execute(_NAMED)
    if con.execute(_NAMELESS).fetchall():
        raise LookupError("an article of the snapshot before is in no group")
    _relink(con, whole)


def curated(merges: str, links: str) -> str:
    """SQL that lets the evidence for events say which merges related lists connect, in either direction.

    Args:
        merges: name of the table.
        links: SQL of the related links.
    """
    return f"""
UPDATE {merges} SET curated_link = (article_id, other_id) IN (
    SELECT unnest([(article_id, related_article_id), (related_article_id, article_id)]) FROM {links}
) WHERE kind = 'events'
"""


def _relink(con: duckdb.DuckDBPyConnection, whole: Whole) -> None:
    """Let the evidence for merges say which of them related lists connect now."""
    con.execute(_RELINKED)
    if con.execute("SELECT 1 FROM relinked LIMIT 1").fetchall():
        merges = read_parquet([whole("merges")])
        con.execute(f"""
            CREATE TABLE shown_otherwise AS
            SELECT DISTINCT kind, group_id FROM {merges} SEMI JOIN relinked USING (article_id, other_id)
            ANTI JOIN before_groups USING (kind, group_id) WHERE kind = 'events'
        """)
        for when in ("before", "now"):
            con.execute(f"""
                INSERT INTO {when}_merges BY NAME
                SELECT * FROM {merges} SEMI JOIN shown_otherwise USING (kind, group_id)
            """)
    if con.execute("SELECT 1 FROM now_merges LIMIT 1").fetchall():
        con.execute(curated("now_merges", _LINKS.format(written=read_parquet([whole("related_links")]))))
