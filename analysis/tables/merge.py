"""Staged records -> the tables: which articles there are, and what holds of them where sources disagree.

Written in SQL and run by DuckDB, which spills to disk: memory does not grow with the corpus. The rules:

- An article is everything said of one canonical URL.
- A record's word counts before a related list's. Among records the earliest published counts, then the first path;
  among related items the one listed most often, then the earliest. What the first does not say, the next one does.
- What was not kept stands in `conflicts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from analysis.tables.abreast import Job, abreast
from analysis.tables.collection import collection_days
from analysis.tables.schema import ARTICLES, COLLECTION, GROUP_MEMBERS, GROUPS, MERGES, TABLES_BY_NAME, Table
from analysis.tables.staging import BETWEEN_ITEMS

if TYPE_CHECKING:
    import duckdb  # the processes that read do without

__all__ = ["PROVIDERS", "SETTLING_VERSION", "empty", "fill_collection", "ordered", "settle", "settling"]

SETTLING_VERSION = 2  # raised when the rules change: tables are then settled anew, though no file has changed

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
_NEVER_NULL = ("search_title", "search_excerpt")  # staged lines do not tell empty text from none
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
        con: a connection with the tables `staged_records`, `staged_facts`, `staged_pictures` and `staged_problems`, as
            `analysis.tables.staging` has them, the first and last with a column `path`. The tables are made in it, and
            those are dropped.
    """
    abreast(con, settling())


def settling(beside: Sequence[Job] = ()) -> list[Job]:
    """What `settle` does, each table by its name, in the order in which it is best begun.

    Args:
        beside: what else is made of what is staged, and of tables on the way, before these are dropped.
    """
    made = [
        _making("statements", _STATEMENTS, "staged_facts"),
        _making("records", _RECORDS, "statements", "staged_records", "staged_facts"),
        _making("lists", _LISTS, "records", "statements"),
        _making("listed", _LISTED, "lists"),
        _making("ranked", _RANKED, "records", "listed", "staged_facts"),
        _making("pairs", _PAIRS, "ranked", "records", "lists"),
        _making("incoming", _INCOMING, "pairs", "ranked"),
        _making("seen", _SEEN, "incoming", "pairs", "ranked", "records"),
        _making("articles", _articles(), "seen", "ranked", "staged_facts"),
        _making("related_links", _LINKS, "pairs", "ranked"),
        _making("conflicts", _conflicts(), "ranked", "staged_facts"),
        _making("providers", PROVIDERS, "articles", "ranked"),
        Job(_collection, "collection", ("records",)),
        _making("images", _IMAGES, "ranked", "staged_pictures"),
        _making("article_topics", _TOPICS, "ranked", "records"),
        _making("article_tags", _TAGS, "ranked", "records"),
        _making("problems", _PROBLEMS, "staged_problems"),
        *(
            _making(each.name, empty(each)) for each in (GROUPS, GROUP_MEMBERS, MERGES)
        ),  # filled when looked for
    ]
    drop = Job(_drop_passing, "room", tuple(job.makes for job in (*made, *beside)))
    return [*made, *beside, drop]


def _making(name: str, statement: str, *needs: str) -> Job:
    return Job(lambda con: con.execute(statement), name, needs)


def _drop_passing(con: duckdb.DuckDBPyConnection) -> None:
    """Drop what is not a table of the schema: its room is wanted for what comes."""
    for made in _PASSING:
        con.execute(f"DROP TABLE {made}")


def ordered(name: str, rows: str = "") -> str:
    """SQL of a settled table in the order of its schema.

    Args:
        name: of the table.
        rows: SQL of what has its rows, if not all of the table are wanted.
    """
    wanted = TABLES_BY_NAME[name]
    columns = ", ".join(f'"{column.name}"::{column.sql} AS "{column.name}"' for column in wanted.columns)
    given = ", ".join(f'"{column.name}"' for column in wanted.columns)
    order = ", ".join(f'"{column}" NULLS LAST' for column in wanted.order)
    # DuckDB writes another type for columns of which it knows that nothing is missing: it must not know.
    missing = f"SELECT {', '.join(['NULL'] * len(wanted.columns))} WHERE random() > 2"
    return f"SELECT {columns} FROM (SELECT {given} FROM {rows or name} UNION ALL {missing}) ORDER BY {order}"


_PASSING = (
    "staged_records",
    "staged_facts",
    "staged_pictures",
    "staged_problems",
    "statements",
    "records",
    "lists",
    "listed",
    "ranked",
    "pairs",
    "incoming",
    "seen",
)
# What several stages say in the same words is one statement, known by the first number that it has.
_STATEMENTS = """
CREATE TABLE statements AS
SELECT (stage << 32) + fact AS id, min((stage << 32) + fact) OVER (PARTITION BY fact_key) AS fact FROM staged_facts
"""
# In the order in which they count: the earliest first, then by path.
_RECORDS = """
CREATE TABLE records AS
SELECT row_number() OVER (ORDER BY published_at NULLS LAST, path, entry) AS record,
    statements.fact AS fact, path, published_at, topics, tags, records.stage AS stage, related
FROM staged_records AS records
JOIN statements ON id = (records.stage << 32) + said
JOIN staged_facts AS facts ON facts.stage = records.stage AND facts.fact = said
"""
_LISTS = f"""
CREATE TABLE lists AS
SELECT record, statements.fact AS fact, place, id
FROM (
    SELECT record, stage, unnest(said) AS said, generate_subscripts(said, 1) AS place
    FROM (SELECT record, stage, string_split(related, '{BETWEEN_ITEMS}')::INTEGER[] AS said FROM records)
) AS listed
JOIN statements ON id = (stage << 32) + listed.said
"""
# Of each statement how often it is listed. This and `incoming` are all that is asked of records of other articles.
_LISTED = """
CREATE TABLE listed AS SELECT fact, count(*) AS n FROM lists GROUP BY fact
"""
# Narrow: what ranking and counting need. Texts are fetched where they are wanted.
_RANKED = """
CREATE TABLE ranked AS
SELECT facts.*, first_record, coalesce(own.n, 0) AS n_own, coalesce(listed.n, 0) AS n_items,
    row_number() OVER by_rank AS place, first_value(fact) OVER by_rank AS article,
    count(*) OVER (PARTITION BY article_id) AS n_said
FROM (
    SELECT (stage << 32) + fact AS fact, fact_key, article_id, published_at, provider_id, provider_name
    FROM staged_facts
) AS facts
LEFT JOIN (SELECT fact, min(record) AS first_record, count(*) AS n FROM records GROUP BY fact) AS own USING (fact)
LEFT JOIN listed USING (fact)
WHERE own.n IS NOT NULL OR listed.n IS NOT NULL
WINDOW by_rank AS (
    PARTITION BY article_id
    ORDER BY first_record NULLS LAST, listed.n DESC NULLS LAST, published_at NULLS LAST, fact_key
)
"""
# Which article lists which, both by the numbers of their first statements, and where it does first.
_PAIRS = """
CREATE TABLE pairs AS
SELECT own.article AS source, target.article AS target, min((record << 24) + lists.place) AS first_place
FROM lists JOIN records USING (record)
JOIN ranked AS own ON own.fact = records.fact
JOIN ranked AS target ON target.fact = lists.fact
GROUP BY ALL
"""
# Most articles have one record, which lists no article twice: places without gaps are positions, and nothing is sorted.
_LINKS = """
CREATE TABLE related_links AS
WITH sources AS (
    SELECT source, any_value(article_id) AS article_id, min(first_place) AS first,
        max(first_place) - min(first_place) + 1 = count(*) AS is_whole
    FROM pairs JOIN ranked ON fact = source GROUP BY source
), counted AS (
    SELECT source, target, row_number() OVER (PARTITION BY source ORDER BY first_place) - 1 AS nth
    FROM pairs SEMI JOIN (FROM sources WHERE NOT is_whole) AS torn USING (source)
)
SELECT sources.article_id AS article_id, other.article_id AS related_article_id,
    CASE WHEN is_whole THEN first_place - first ELSE nth END AS position
FROM pairs JOIN sources USING (source) LEFT JOIN counted USING (source, target)
JOIN ranked AS other ON other.fact = target
"""
_INCOMING = """
CREATE TABLE incoming AS
SELECT article_id, n FROM (SELECT target, count(*) AS n FROM pairs GROUP BY target) JOIN ranked ON fact = target
"""
# Of each article, by the number of its first statement, what does not stand in statements.
_SEEN = """
CREATE TABLE seen AS
SELECT article, path AS record_path,
    CASE WHEN is_record AND is_item THEN 'both' WHEN is_record THEN 'record' ELSE 'related' END AS seen_as,
    coalesce(outgoing.n, 0) AS n_related, coalesce(incoming.n, 0) AS n_listed
FROM (
    SELECT article, any_value(article_id) AS article_id, max(n_own) > 0 AS is_record, max(n_items) > 0 AS is_item,
        min(first_record) AS record
    FROM ranked GROUP BY article
) AS first
LEFT JOIN records USING (record)
LEFT JOIN (SELECT source, count(*) AS n FROM pairs GROUP BY source) AS outgoing ON source = article
LEFT JOIN incoming ON incoming.article_id = first.article_id
"""
# Of the articles, and of how often which name is used.
PROVIDERS = """
CREATE TABLE providers AS
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
_TOPICS = f"""
CREATE TABLE article_topics AS
SELECT DISTINCT article_id, topic
FROM (SELECT fact, unnest(string_split(topics, '{BETWEEN_ITEMS}')) AS topic FROM records) JOIN ranked USING (fact)
"""
_TAGS = _TOPICS.replace("topic", "tag")
_IMAGES = """
CREATE TABLE images AS
WITH pictures AS (
    SELECT (stage << 32) + fact AS fact, position, url, width, height, title, is_cached FROM staged_pictures
), chosen AS (
    SELECT article_id, arg_min(fact, place) AS fact FROM ranked SEMI JOIN pictures USING (fact) GROUP BY article_id
)
SELECT article_id, pictures.* EXCLUDE (fact) FROM pictures JOIN chosen USING (fact)
"""
_PROBLEMS = """
CREATE TABLE problems AS
SELECT path AS source, line, "column", field, code, message, severity FROM staged_problems
"""


def _articles() -> str:
    rest = ", ".join(f"arg_min(facts.{name}, place) AS {name}" for name in _SAID)
    whole = ", ".join(
        f"coalesce(facts.{name}, rest.{name}{', ' + repr('') if name in _NEVER_NULL else ''}) AS {name}"
        for name in _SAID
    )
    return f"""
CREATE TABLE articles AS
WITH rest AS (
    SELECT article, {rest}
    FROM staged_facts AS facts JOIN ranked ON ranked.fact = (stage << 32) + facts.fact
    WHERE place > 1 GROUP BY article
)
SELECT facts.article_id AS article_id, {whole}, record_path, seen_as, n_related, n_listed,
    NULL::VARCHAR AS copy_group_id, NULL::BOOLEAN AS is_original, NULL::VARCHAR AS event_id
FROM staged_facts AS facts JOIN seen ON seen.article = (stage << 32) + facts.fact
LEFT JOIN rest ON rest.article = seen.article
"""


def _conflicts() -> str:
    differs = " OR ".join(f"min({name}) <> max({name})" for name in _CONTESTED)
    facts = ", ".join(
        f"{{'field': '{name}', 'value': {name}::VARCHAR, 'shown': {_text(name)}}}" for name in _CONTESTED
    )
    return f"""
CREATE TABLE conflicts AS
WITH several AS (
    SELECT article, place, {", ".join(f"facts.{name} AS {name}" for name in _CONTESTED)}
    FROM staged_facts AS facts JOIN ranked ON ranked.fact = (stage << 32) + facts.fact
    WHERE n_said > 1
), contested AS (
    SELECT article, place, unnest([{facts}], recursive := true)
    FROM several SEMI JOIN (SELECT article FROM several GROUP BY article HAVING {differs}) USING (article)
), settled AS (
    SELECT article, field, count(DISTINCT value) AS n_values, arg_min(shown, place) AS kept,
        arg_min(value, place) AS kept_value, list(DISTINCT {{'value': value, 'shown': shown}}) AS every
    FROM contested WHERE value IS NOT NULL GROUP BY ALL HAVING n_values > 1
)
SELECT article_id, field, n_values, kept,
    list_sort(list_distinct([one.shown FOR one IN every IF one.value <> kept_value])) AS others
FROM settled JOIN ranked ON ranked.fact = settled.article"""


def _text(name: str) -> str:
    """A column as text that does not depend on the session's time zone."""
    if name == "published_at":
        return f"strftime({name} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ')"
    return f"{name}::VARCHAR"


def _collection(con: duckdb.DuckDBPyConnection) -> None:
    counted = con.execute("""
        SELECT (published_at AT TIME ZONE 'UTC')::DATE AS day, count(*) AS n
        FROM records WHERE published_at IS NOT NULL GROUP BY ALL ORDER BY ALL
    """).fetchall()
    fill_collection(con, dict(counted))


def fill_collection(con: duckdb.DuckDBPyConnection, counts: Mapping[date, int]) -> None:
    """Make the table `collection` from the number of records of each day that has any."""
    con.execute(empty(COLLECTION))
    rows = collection_days(counts)
    if rows:
        texts = ["\n".join(map(str, column)) for column in zip(*rows, strict=True)]
        values = ", ".join(f"unnest(string_split(${place}, chr(10)))" for place in range(1, len(texts) + 1))
        con.execute(f"INSERT INTO collection SELECT {values}", texts)


def empty(wanted: Table) -> str:
    """SQL that makes a table without rows."""
    columns = ", ".join(f'"{column.name}" {column.sql}' for column in wanted.columns)
    return f"CREATE TABLE {wanted.name} ({columns})"
