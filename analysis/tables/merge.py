"""Staged records -> the tables: which articles there are, and what holds of them where sources disagree.

Written in SQL and run by DuckDB, which spills to disk: memory does not grow with the corpus. The rules:

- An article is everything said of one canonical URL.
- A record's word counts before a related list's. Among records the earliest published counts, then the first path;
  among related items the one listed most often, then the earliest. What the first does not say, the next one does.
- What was not kept stands in `conflicts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from analysis.tables.collection import collection_days
from analysis.tables.columns import table
from analysis.tables.schema import ARTICLES, GROUP_MEMBERS, GROUPS, MERGES, TABLES_BY_NAME

if TYPE_CHECKING:
    import duckdb  # the processes that read do without

__all__ = ["SETTLING_VERSION", "ordered", "settle"]

SETTLING_VERSION = 1  # raised when the rules change: tables are then settled anew, though no file has changed

_CONTESTED = (
    "title",
    "excerpt",
    "published_at",
    "provider_id",
    "article_type",
    "category",
    "quality",
    "heat",
)
_SQL = {
    "str": "VARCHAR",
    "float64": "DOUBLE",
    "int64": "BIGINT",
    "bool": "BOOLEAN",
    "boolean": "BOOLEAN",
    "datetime64[us, UTC]": "TIMESTAMPTZ",
    "datetime64[us]": "TIMESTAMP",
    "object": "VARCHAR[]",
}
_SAID = tuple(
    name
    for name in ARTICLES.names
    if name
    not in (
        "article_id",
        "seen_as",
        "record_path",
        "n_related",
        "n_listed",
        "copy_group_id",
        "is_original",
        "event_id",
    )
)


def settle(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of the schema from what is staged.

    Args:
        con: a connection with tables or views `staged_records`, `staged_facts` and `staged_problems`, as
            `analysis.tables.staging` has them, the first and last with a column `path`. The tables are made in it.
    """
    for statement in (
        _OWN,
        _LISTED,
        _RANKED,
        _SAYINGS,
        _LINKS,
        _articles(),
        _PROVIDERS,
        _TOPICS,
        _TAGS,
        _IMAGES,
        _conflicts(),
    ):
        con.execute(statement)
    con.execute(_PROBLEMS)
    con.register("collection_days", _collection(con))
    con.execute("CREATE TEMP TABLE collection AS SELECT * FROM collection_days")
    con.unregister("collection_days")
    for empty in (GROUPS, GROUP_MEMBERS, MERGES):  # filled by the build, where groups are looked for
        con.register("none", table([], empty.arrow))
        con.execute(f"CREATE TEMP TABLE {empty.name} AS SELECT * FROM none")
        con.unregister("none")


def ordered(con: duckdb.DuckDBPyConnection, name: str, batch: int = 50_000) -> pa.RecordBatchReader:
    """A settled table in the order of its schema, in batches."""
    wanted = TABLES_BY_NAME[name]
    columns = ", ".join(
        f'"{column.name}"::{_SQL[column.dtype]} AS "{column.name}"' for column in wanted.columns
    )
    order = ", ".join(f'"{column}" NULLS LAST' for column in wanted.order)
    return con.sql(f"SELECT {columns} FROM {name} ORDER BY {order}").to_arrow_reader(batch)


_OWN = """
CREATE TEMP TABLE own AS
SELECT fact_key, min(path) AS path, count(*) AS n FROM staged_records GROUP BY fact_key
"""
_LISTED = """
CREATE TEMP TABLE listed AS
SELECT fact_key, count(*) AS n FROM (SELECT unnest(related) AS fact_key FROM staged_records) GROUP BY fact_key
"""
# Narrow: what ranking and counting need. Texts are fetched through `said` where they are wanted.
_RANKED = """
CREATE TEMP TABLE ranked AS
SELECT facts.*, own.path AS own_path, coalesce(own.n, 0) AS n_own, coalesce(listed.n, 0) AS n_items,
    row_number() OVER (
        PARTITION BY article_id
        ORDER BY own.n IS NULL, CASE WHEN own.n IS NOT NULL THEN published_at END NULLS LAST, own.path,
            listed.n DESC NULLS LAST, published_at NULLS LAST, facts.fact_key
    ) AS place
FROM (SELECT DISTINCT fact_key, article_id, published_at, provider_id, provider_name FROM staged_facts) AS facts
LEFT JOIN own USING (fact_key)
LEFT JOIN listed USING (fact_key)
WHERE own.n IS NOT NULL OR listed.n IS NOT NULL
"""
_SAYINGS = """
CREATE TEMP VIEW said AS
SELECT facts.*, own_path, n_own, n_items, place
FROM staged_facts AS facts JOIN (SELECT fact_key, own_path, n_own, n_items, place FROM ranked) USING (fact_key)
"""
_LINKS = """
CREATE TEMP TABLE related_links AS
WITH lists AS (
    SELECT own.article_id, own.published_at, records.path, records.entry,
        unnest(records.related) AS fact_key, generate_subscripts(records.related, 1) AS place
    FROM staged_records AS records JOIN ranked AS own USING (fact_key)
), first_places AS (
    SELECT lists.article_id, target.article_id AS related_article_id,
        min((lists.published_at IS NULL, lists.published_at, lists.path, lists.entry, lists.place)) AS place
    FROM lists JOIN ranked AS target USING (fact_key)
    GROUP BY ALL
)
SELECT article_id, related_article_id,
    row_number() OVER (PARTITION BY article_id ORDER BY place) - 1 AS position
FROM first_places
"""
_PROVIDERS = """
CREATE TEMP TABLE providers AS
WITH used AS (
    SELECT provider_id, provider_name AS name, sum(n_own + n_items) AS n
    FROM ranked WHERE provider_name IS NOT NULL GROUP BY ALL
), named AS (
    SELECT provider_id, list(name ORDER BY n DESC, name) AS names FROM used GROUP BY provider_id
)
SELECT provider_id, coalesce(any_value(names)[1], provider_id) AS name,
    coalesce(any_value(names), [provider_id]) AS names, count(*) AS n_articles,
    min(published_at) AS first_seen, max(published_at) AS last_seen
FROM articles LEFT JOIN named USING (provider_id)
GROUP BY provider_id
"""
_TOPICS = """
CREATE TEMP TABLE article_topics AS
SELECT DISTINCT article_id, topic
FROM (SELECT fact_key, unnest(topics) AS topic FROM staged_records) JOIN ranked USING (fact_key)
"""
_TAGS = _TOPICS.replace("topic", "tag")
_IMAGES = """
CREATE TEMP TABLE images AS
WITH chosen AS (
    SELECT article_id, arg_min(images, place) FILTER (len(images) > 0) AS images FROM said GROUP BY article_id
), single AS (
    SELECT article_id, unnest(images) AS image, generate_subscripts(images, 1) - 1 AS position FROM chosen
)
SELECT article_id, position, image.url AS url, image.width AS width, image.height AS height,
    image.title AS title, image.is_cached AS is_cached
FROM single
"""
_PROBLEMS = """
CREATE TEMP TABLE problems AS
SELECT path AS source, line, "column", field, code, message, severity FROM staged_problems
"""


def _articles() -> str:
    settled = ", ".join(f"arg_min({name}, place) AS {name}" for name in _SAID)
    return f"""
CREATE TEMP TABLE articles AS
WITH settled AS (
    SELECT article_id, {settled}, arg_min(own_path, place) AS record_path,
        max(n_own) > 0 AS is_record, max(n_items) > 0 AS is_item
    FROM said GROUP BY article_id
)
SELECT settled.*,
    CASE WHEN is_record AND is_item THEN 'both' WHEN is_record THEN 'record' ELSE 'related' END AS seen_as,
    coalesce(outgoing.n, 0) AS n_related, coalesce(incoming.n, 0) AS n_listed,
    NULL::VARCHAR AS copy_group_id, NULL::BOOLEAN AS is_original, NULL::VARCHAR AS event_id
FROM settled
LEFT JOIN (SELECT article_id, count(*) AS n FROM related_links GROUP BY ALL) AS outgoing USING (article_id)
LEFT JOIN (SELECT related_article_id AS article_id, count(*) AS n FROM related_links GROUP BY ALL) AS incoming
    USING (article_id)
"""


def _conflicts() -> str:
    facts = ", ".join(
        f"{{'field': '{name}', 'value': {name}::VARCHAR, 'shown': {_text(name)}}}" for name in _CONTESTED
    )
    return f"""
CREATE TEMP TABLE conflicts AS
WITH contested AS (
    SELECT article_id, place, unnest([{facts}], recursive := true) FROM said
    WHERE article_id IN (SELECT article_id FROM ranked GROUP BY ALL HAVING count(*) > 1)
), settled AS (
    SELECT article_id, field, count(DISTINCT value) AS n_values, arg_min(shown, place) AS kept,
        arg_min(value, place) AS kept_value, list(DISTINCT {{'value': value, 'shown': shown}}) AS every
    FROM contested WHERE value IS NOT NULL GROUP BY ALL HAVING n_values > 1
)
SELECT article_id, field, n_values, kept,
    list_sort(list_distinct([one.shown FOR one IN every IF one.value <> kept_value])) AS others
FROM settled"""


def _text(name: str) -> str:
    """A column as text that does not depend on the session's time zone."""
    if name == "published_at":
        return f"strftime({name} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ')"
    return f"{name}::VARCHAR"


def _collection(con: duckdb.DuckDBPyConnection) -> pa.Table:
    counted = con.execute("""
        SELECT (published_at AT TIME ZONE 'UTC')::DATE AS day, count(*) AS n
        FROM staged_records JOIN ranked USING (fact_key) WHERE published_at IS NOT NULL GROUP BY ALL ORDER BY ALL
    """).fetchall()
    days = np.array([day for day, _ in counted], "datetime64[D]")
    return collection_days(days, np.array([n for _, n in counted]))
