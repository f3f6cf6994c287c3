"""The narrow columns of a snapshot's tables in memory, with names as numbers.

Most questions are asked of ids, outlets, times and scores, not of texts. These columns are read from Parquet once, on
first need, and stay in DuckDB's own tables, sorted by time. Names (of articles, events, groups of copies, outlets and
topics) are coded: a name's code is its place among all names of its kind in ascending order, so codes compare, sort
and group as the names do, at the price of whole numbers; a column of two or three words is an ENUM. Times are moments
in UTC without zone, which DuckDB cuts and takes apart several times as fast. The folded texts are held likewise, in a
table of their own that is read when the first query is asked. Labels and links are distinct, as a build writes them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from pathlib import Path
from threading import Lock

import duckdb
import pyarrow as pa

from analysis.store.snapshot import read_parquet

__all__ = ["COLUMNS", "KEPT", "SEARCHED", "TEXTS", "CodedTables"]

COLUMNS = {
    "articles": (
        "article_id",
        "published_at",
        "time_precision",
        "provider_id",
        "quality",
        "heat",
        "seen_as",
        "copy_group_id",
        "is_original",
        "event_id",
    ),
    "article_topics": ("article_id", "topic"),
    "related_links": ("article_id", "related_article_id"),
}
"""The tables and columns that are held."""

TEXTS = ("search_title", "search_excerpt")
"""Columns of articles that are held beside them."""

KEPT = 16
"""Selections whose articles are remembered, at 4 bytes an article."""

SEARCHED = (
    "published_at",
    "provider_id",
    "article_type",
    "quality",
    "heat",
    "seen_as",
    "is_original",
    "event_id",
    "search_title",
    "search_excerpt",
)
"""The columns of articles that filters and queries are asked of, as they stand in the files."""

# Outlets and topics come first, so that their codes are small.
_NAMES = """
CREATE TABLE coded_names AS
SELECT kind, name FROM (
    SELECT DISTINCT 0::TINYINT AS kind, provider_id AS name FROM articles
    UNION ALL SELECT DISTINCT 1::TINYINT, topic FROM article_topics
    UNION ALL SELECT 2::TINYINT, name FROM (
        SELECT article_id AS name FROM articles
        UNION SELECT event_id FROM articles WHERE event_id IS NOT NULL
        UNION SELECT copy_group_id FROM articles WHERE copy_group_id IS NOT NULL
    )
) ORDER BY kind, name;
CREATE VIEW coded_outlets AS SELECT name, rowid::INTEGER AS code FROM coded_names WHERE kind = 0;
CREATE VIEW coded_labels AS SELECT name, rowid::INTEGER AS code FROM coded_names WHERE kind = 1;
CREATE VIEW coded_ids AS SELECT name, rowid::INTEGER AS code FROM coded_names WHERE kind = 2;
"""
_ARTICLES = """
CREATE TABLE coded_articles AS
SELECT file_row_number::INTEGER AS place, ids.code AS article_id, published_at::TIMESTAMP AS published_at,
    time_precision::ENUM ('time', 'date') AS time_precision, outlets.code AS provider_id,
    CASE WHEN NOT isnan(quality) THEN quality END AS quality, CASE WHEN NOT isnan(heat) THEN heat END AS heat,
    seen_as::ENUM ('record', 'related', 'both') AS seen_as, copies.code AS copy_group_id, is_original,
    events.code AS event_id
FROM {files} AS articles
LEFT JOIN coded_ids AS ids ON ids.name = article_id
LEFT JOIN coded_outlets AS outlets ON outlets.name = provider_id
LEFT JOIN coded_ids AS copies ON copies.name = copy_group_id
LEFT JOIN coded_ids AS events ON events.name = event_id
ORDER BY place
"""
_TOPICS = """
CREATE TABLE coded_article_topics AS
SELECT ids.code AS article_id, labels.code AS topic
FROM article_topics
LEFT JOIN coded_ids AS ids ON ids.name = article_id
LEFT JOIN coded_labels AS labels ON labels.name = topic
"""
_LINKS = """
CREATE TABLE coded_related_links AS
SELECT ids.code AS article_id, listed.code AS related_article_id
FROM related_links
LEFT JOIN coded_ids AS ids ON ids.name = article_id
LEFT JOIN coded_ids AS listed ON listed.name = related_article_id
"""
_SEARCHED = f"""
CREATE TABLE searched_articles AS
SELECT file_row_number::INTEGER AS article_id, {", ".join(SEARCHED)} FROM {{files}}
"""
_LOAD = {
    "names": _NAMES,
    "articles": _ARTICLES,
    "article_topics": _TOPICS,
    "related_links": _LINKS,
    "searched": _SEARCHED,
}
# A snapshot's tables fit each other; one that was put together by other means is asked in its files.
_LOOSE = {
    "article_topics": "SELECT count(*) FROM coded_article_topics WHERE article_id IS NULL",
    "related_links": """
        SELECT count(*) FROM coded_related_links WHERE article_id IS NULL OR related_article_id IS NULL
    """,
}


class CodedTables:
    """The coded tables of one snapshot, each read when it is first asked for. May be shared by threads.

    An article's place is the number of its row in the file of articles.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, articles: Path) -> None:
        """Tables in the database of a connection that shows those of the snapshot as views."""
        self._connection, self._lock, self._held = connection, Lock(), dict[str, bool]()
        self._files = read_parquet([articles])[:-1] + ", file_row_number = true)"
        self._names: pa.Array | None = None
        self._found: OrderedDict[Hashable, pa.Table] = OrderedDict()

    def hold(self, needs: Mapping[str, Collection[str]]) -> bool:
        """Whether the columns of the tables are, or can be, held; what is not yet is read."""
        plain = {
            name: set(columns) - set(TEXTS if name == "articles" else ()) for name, columns in needs.items()
        }
        if any(columns - set(COLUMNS.get(name, ())) for name, columns in plain.items()):
            return False
        return all(self._load(name) for name in ("articles", *needs))

    def names(self) -> pa.Array:
        """Every name, at the place that is its code."""
        self._load("names")
        return self._names

    def table(
        self,
        cursor: duckdb.DuckDBPyConnection,
        name: str,
        columns: Collection[str],
        places: pa.Table | None = None,
    ) -> duckdb.DuckDBPyRelation:
        """One of the tables that are held, of the articles at some places, or of all."""
        articles = cursor.table("coded_articles")
        if places is not None:
            # Places are distinct: an inner join has the rows of a semi join, which takes twice as long.
            articles = articles.join(cursor.from_arrow(places).set_alias("places"), "place")
        if name == "articles":
            texts = [text for text in TEXTS if text in columns]
            if texts:
                self._load("searched")
                beside = cursor.table("searched_articles").project(f"article_id AS place, {', '.join(texts)}")
                articles = articles.set_alias("articles").join(beside.set_alias("texts"), "place")
            return articles.project(", ".join((*COLUMNS[name], *texts)))
        rows = cursor.table(f"coded_{name}")
        if places is None:
            return rows
        return rows.join(articles.project("article_id").set_alias("chosen"), "article_id")

    def searched(
        self, cursor: duckdb.DuckDBPyConnection, columns: Collection[str]
    ) -> duckdb.DuckDBPyRelation:
        """The articles with columns that can be searched, by name; in place of `article_id` stands the place."""
        if set(columns) <= {"article_id", *SEARCHED}:
            self._load("searched")
            return cursor.table("searched_articles")
        return cursor.sql(
            f"SELECT * REPLACE (file_row_number::INTEGER AS article_id) FROM {self._files}"
        ).project("* EXCLUDE file_row_number")

    def labels(self, cursor: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        """The topics by name, of articles by place: what belongs to `searched`."""
        for name in ("articles", "article_topics"):
            self._load(name)
        return cursor.sql("""
            SELECT place AS article_id, name AS topic FROM coded_article_topics
            JOIN coded_articles USING (article_id) JOIN coded_labels ON code = topic
        """)

    def places(
        self, cursor: duckdb.DuckDBPyConnection, ids: duckdb.DuckDBPyRelation
    ) -> duckdb.DuckDBPyRelation:
        """The places of articles, as the `article_id` of `searched`, by a table of their ids."""
        self._load("articles")
        cursor.register("asked_ids", ids.to_arrow_table())
        return cursor.sql("""
            SELECT place AS article_id FROM coded_articles
            WHERE article_id IN (SELECT code FROM coded_ids SEMI JOIN asked_ids ON name = asked_ids.article_id)
        """)

    def kept(self, key: Hashable, find: Callable[[], pa.Table]) -> pa.Table:
        """What `find` gives for a key; that of the last `KEPT` keys asked for is not looked for again."""
        with self._lock:
            found = self._found.get(key)
        found = find() if found is None else found
        with self._lock:
            self._found[key] = found
            self._found.move_to_end(key)
            if len(self._found) > KEPT:
                self._found.popitem(last=False)
        return found

    def forget(self) -> None:
        """Look again for what was found."""
        with self._lock:
            self._found.clear()

    def _load(self, name: str) -> bool:
        if name in self._held:
            return self._held[name]
        with self._lock:
            if "names" not in self._held and name != "searched":
                self._read("names")
                table = self._connection.cursor().sql("SELECT name FROM coded_names").to_arrow_table()
                self._names = table.column("name").combine_chunks()
            if name not in self._held:
                self._read(name)
        return self._held[name]

    def _read(self, name: str) -> None:
        cursor = self._connection.cursor()
        cursor.execute("SET TimeZone = 'UTC'")
        cursor.execute(_LOAD[name].format(files=self._files))
        loose = cursor.execute(_LOOSE[name]).fetchall()[0][0] if name in _LOOSE else 0
        self._held[name] = not loose
