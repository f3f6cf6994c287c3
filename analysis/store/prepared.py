"""What a build prepares beside the tables, so that a large snapshot answers as soon as it is opened.

One file of DuckDB's own in the snapshot's folder, which every process reads in place: nothing is loaded. It holds the
narrow columns with names as numbers (`analysis.coded` says which and how), what filters ask for, the folded texts, and
an index of their words. A text is the title (twice the article's place) or the excerpt (one more) of an article, whose
place is the number of its row in the file of articles. The index has every word in ascending order with its number, and
where each word stands: the text, and in the last bits, as many as `stand_bits` says, its place in the text from 1. All
of it follows from the Parquet files of the snapshot: a small one has no such file, an older one neither, and where the
file is missing or damaged, or was written by another version, the same is made in memory.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.store.removal import remove_folder
from analysis.store.snapshot import read_parquet
from analysis.tables.abreast import Job, abreast

if TYPE_CHECKING:
    import duckdb  # a build of few records does without

__all__ = ["CODED", "FEWEST", "INDEX", "LOOSE", "NARROW", "PREPARED", "attach", "numbered", "prepare"]

PREPARED = "prepared.duckdb"
"""The file in the folder of a snapshot."""

FEWEST = 20_000
"""Articles from which on it is written: fewer are read into memory in a moment."""

NARROW = (
    "published_at",
    "provider_id",
    "article_type",
    "quality",
    "heat",
    "seen_as",
    "is_original",
    "event_id",
)
"""The columns of articles that filters and queries are asked of, other than texts."""

_VERSION = 1
_ROOM, _ROOM_OF_A_BYTE = (
    2**30,
    4,
)  # bytes of memory, at least and for each byte of the files: more lies on the disk
# What a file of DuckDB has: three heads of 4 KiB and its blocks. One that was cut off opens all the same.
_SIZE = """
SELECT 3 * 4096 + block_size * total_blocks FROM pragma_database_size() WHERE database_name = 'prepared'
"""
_TABLES = ("articles", "article_topics", "related_links", "images")

# Outlets and topics come first, so that their codes are small.
_NAMES = """
CREATE TABLE coded_names AS
SELECT kind, name, (row_number() OVER (ORDER BY kind, name) - 1)::INTEGER AS code FROM (
    SELECT DISTINCT 0::TINYINT AS kind, provider_id AS name FROM articles
    UNION ALL SELECT DISTINCT 1::TINYINT, topic FROM article_topics
    UNION ALL SELECT 2::TINYINT, name FROM (
        SELECT article_id AS name FROM articles
        UNION SELECT event_id FROM articles WHERE event_id IS NOT NULL
        UNION SELECT copy_group_id FROM articles WHERE copy_group_id IS NOT NULL
    )
) ORDER BY kind, name;
"""
_ARTICLES = """
CREATE TABLE coded_articles AS
SELECT file_row_number::INTEGER AS place, ids.code AS article_id, published_at::TIMESTAMP AS published_at,
    time_precision::ENUM ('time', 'date') AS time_precision, outlets.code AS provider_id,
    CASE WHEN NOT isnan(quality) THEN quality END AS quality, CASE WHEN NOT isnan(heat) THEN heat END AS heat,
    seen_as::ENUM ('record', 'related', 'both') AS seen_as, copies.code AS copy_group_id, is_original,
    events.code AS event_id
FROM {files} AS articles
LEFT JOIN coded_names AS ids ON ids.kind = 2 AND ids.name = article_id
LEFT JOIN coded_names AS outlets ON outlets.kind = 0 AND outlets.name = provider_id
LEFT JOIN coded_names AS copies ON copies.kind = 2 AND copies.name = copy_group_id
LEFT JOIN coded_names AS events ON events.kind = 2 AND events.name = event_id
ORDER BY place
"""
_TOPICS = """
CREATE TABLE coded_article_topics AS
SELECT ids.code AS article_id, labels.code AS topic
FROM article_topics
LEFT JOIN coded_names AS ids ON ids.kind = 2 AND ids.name = article_id
LEFT JOIN coded_names AS labels ON labels.kind = 1 AND labels.name = topic
"""
_LINKS = """
CREATE TABLE coded_related_links AS
SELECT ids.code AS article_id, listed.code AS related_article_id
FROM related_links
LEFT JOIN coded_names AS ids ON ids.kind = 2 AND ids.name = article_id
LEFT JOIN coded_names AS listed ON listed.kind = 2 AND listed.name = related_article_id
"""
_NARROW = f"""
CREATE TABLE narrow_articles AS
SELECT file_row_number::INTEGER AS article_id, {", ".join(NARROW)} FROM {{files}}
"""
# In the order of ids, which are hashes: a sample of texts is read from few places.
_TEXTS = """
CREATE TABLE texts AS
SELECT coded.article_id AS article_id, place, search_title, search_excerpt, title, excerpt
FROM {files} AS articles JOIN coded_articles AS coded ON place = file_row_number
ORDER BY coded.article_id
"""
_IMAGES = """
CREATE TABLE coded_images AS
SELECT ids.code AS article_id, width, height
FROM images LEFT JOIN coded_names AS ids ON ids.kind = 2 AND ids.name = article_id
"""
CODED = {
    "names": _NAMES,
    "articles": _ARTICLES,
    "article_topics": _TOPICS,
    "related_links": _LINKS,
    "images": _IMAGES,
    "narrow": _NARROW,
    "texts": _TEXTS,
}
"""SQL that makes each table from those of a snapshot; `{files}` are the rows of the file of articles, numbered."""

LOOSE = {
    "article_topics": "SELECT count(*) FROM coded_article_topics WHERE article_id IS NULL",
    "images": "SELECT count(*) FROM coded_images WHERE article_id IS NULL",
    "related_links": """
        SELECT count(*) FROM coded_related_links WHERE article_id IS NULL OR related_article_id IS NULL
    """,
}
"""How many rows name an article that there is not: none where a build wrote the tables."""

INDEX = (
    """
    CREATE TEMP TABLE found AS
    SELECT text::INTEGER AS text, unnest(words) AS word, generate_subscripts(words, 1)::INTEGER AS nth FROM (
        SELECT file_row_number * 2 AS text, string_split(trim(search_title), ' ') AS words FROM {files}
        WHERE search_title <> ''
        UNION ALL
        SELECT file_row_number * 2 + 1, string_split(trim(search_excerpt), ' ') FROM {files}
        WHERE search_excerpt <> ''
    )
    """,
    """
    CREATE TABLE words AS
    SELECT word, (row_number() OVER (ORDER BY word) - 1)::INTEGER AS number
    FROM (SELECT DISTINCT word FROM found) ORDER BY word
    """,
    "CREATE TABLE stand_bits AS SELECT length(bin(coalesce(max(nth), 0))) AS bits FROM found",
    """
    CREATE TABLE occurrences AS
    SELECT number AS word, (text::BIGINT << (SELECT bits FROM stand_bits)) + nth AS stand
    FROM found JOIN words USING (word) ORDER BY number, stand
    """,
    "DROP TABLE found",
)
"""SQL that makes the index of words, on one connection; `{files}` as above."""


def prepare(folder: Path, n_articles: int) -> bool:
    """Write the file for the snapshot in a folder, unless its articles are few or it is there; whether it was written.

    Args:
        folder: of the snapshot, with the Parquet file of every table.
        n_articles: rows of the table of articles.
    """
    if n_articles < FEWEST or (folder / PREPARED).exists():
        return False
    from analysis.store import engine  # noqa: PLC0415 - see above

    unfinished = folder / f".{PREPARED}.{os.getpid()}"
    unfinished.unlink(missing_ok=True)
    try:
        files = {name: folder / f"{name}.parquet" for name in _TABLES}
        n_bytes = sum(path.stat().st_size for path in files.values())
        with engine.open_file(unfinished) as con:
            engine.at_most(con, max(_ROOM, _ROOM_OF_A_BYTE * n_bytes))
            for name, path in files.items():
                rows = read_parquet([path])
                con.execute(f"CREATE VIEW {name} AS SELECT * FROM {rows}")
            abreast(con, _making(numbered(folder / "articles.parquet")))
            loose = sum(con.execute(query).fetchall()[0][0] for query in LOOSE.values())
            for name in _TABLES:
                con.execute(f"DROP VIEW {name}")
            con.execute(f"CREATE TABLE prepared AS SELECT {_VERSION} AS version")
        if not loose:
            unfinished.replace(folder / PREPARED)
        return not loose
    finally:
        unfinished.unlink(missing_ok=True)
        remove_folder(folder / f"{unfinished.name}.tmp")  # what DuckDB puts aside, if it could not


def _making(files: str) -> list[Job]:
    """What makes the tables and the index of words, the longest work first."""

    def making(name: str, queries: Sequence[str], *needs: str) -> Job:
        def do(con: duckdb.DuckDBPyConnection) -> None:
            for query in queries:
                con.execute(query.format(files=files))

        return Job(do, name, needs)

    needs = {"names": (), "narrow": (), "texts": ("articles",)}
    return [
        making("index", INDEX),
        *(making(name, [query], *needs.get(name, ("names",))) for name, query in CODED.items()),
    ]


def numbered(articles: Path) -> str:
    """SQL that reads the file of articles with the number of each row, as `file_row_number`."""
    return read_parquet([articles])[:-1] + ", file_row_number = true)"


def attach(connection: duckdb.DuckDBPyConnection, folder: Path) -> bool:
    """Show the tables of the file in a folder as views of a connection's database; whether there are any."""
    from analysis.store import engine  # noqa: PLC0415 - see above

    path = folder / PREPARED
    if not path.exists():
        return False
    quoted = str(path).replace("'", "''")
    try:
        connection.execute(f"ATTACH '{quoted}' AS prepared (READ_ONLY)")
        found = connection.execute("SELECT version FROM prepared.prepared").fetchall()
        (size,) = connection.execute(_SIZE).fetchall()[0]
    except engine.Error:  # damaged, or of another version of DuckDB
        return False
    if found != [(_VERSION,)] or path.stat().st_size < size:
        return False
    query = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'prepared'"
    for (name,) in connection.execute(query).fetchall():
        connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM prepared."{name}"')
    return True
