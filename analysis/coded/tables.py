"""The narrow columns of a snapshot's tables in memory, with names as numbers.

Most questions are asked of ids, outlets, times and scores, not of texts. These columns are read from Parquet once, on
first need, and stay in DuckDB's own tables, sorted by time. Names (of articles, events, groups of copies, outlets and
topics) are coded: a name's code is its place among all names of its kind in ascending order, so codes compare, sort
and group as the names do, at the price of whole numbers; a column of two or three words is an ENUM. Times are moments
in UTC without zone, which DuckDB cuts and takes apart several times as fast. Labels and links are distinct, as a build
writes them. Of a large snapshot a build has prepared all this, with an index of words (`analysis.store.prepared`):
then nothing is read before it is asked for.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from functools import partial
from pathlib import Path
from threading import Lock, RLock
from typing import Any, TypeAlias, TypeVar

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analysis.coded.lists import Lists, read_lists
from analysis.store.prepared import CODED, LOOSE, NARROW, attach, numbered

__all__ = ["BELONGING", "COLUMNS", "KEPT", "TEXTS", "Chosen", "CodedTables"]

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
    "images": ("article_id", "width", "height"),
}
"""The tables and columns that are held."""

TEXTS = ("search_title", "search_excerpt", "title", "excerpt")
"""Columns of articles that are held beside them."""
_FOLDED = TEXTS[:2]
T = TypeVar("T")
Ints: TypeAlias = npt.NDArray[np.integer[Any]]

_NEEDED = {name: ("names", "articles", name) for name in (*COLUMNS, "texts")}

BELONGING = {
    "related_links": "coded_related_links",
    "images": "coded_images",
    "sized_images": "(SELECT article_id FROM coded_images WHERE width > 0 AND height > 0)",
}
"""What belongs to articles and is counted by their places: rows with an `article_id`."""
_KEYS = ("article_id",)
_PER_PLACE = "SELECT place, count(*) AS n FROM {rows} JOIN coded_articles USING (article_id) GROUP BY place"
_HEADLINES = """
CREATE TABLE headlines AS
SELECT group_id, size, headline, label FROM groups WHERE kind = 'events' ORDER BY group_id
"""
_PROBLEMS = """
SELECT problem, file_row_number AS place FROM {files}
JOIN (SELECT row_number() OVER () AS problem, source FROM problems) ON record_path = source
"""

KEPT = 16
"""Selections that are remembered."""

KEPT_BYTES = 128 * 2**20
"""Memory for the rows of these."""


class CodedTables:
    """The coded tables of one snapshot, each read when it is first asked for. May be shared by threads.

    An article's place is the number of its row in the file of articles.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, articles: Path) -> None:
        """Tables in the database of a connection that shows those of the snapshot as views."""
        self._connection, self._lock = connection, Lock()
        self._files = numbered(articles)
        self.prepared = attach(connection, articles.parent)
        """Whether a build has prepared them."""
        self._held = dict.fromkeys(CODED, True) if self.prepared else {}
        self._names: pa.Array | None = None
        self._beside = Once()
        self._chosen: OrderedDict[Hashable, Chosen] = OrderedDict()

    def hold(self, needs: Mapping[str, Collection[str]]) -> bool:
        """Whether the columns of the tables are, or can be, held; what is not yet is read."""
        plain = {
            name: set(columns) - ({"place", *TEXTS} if name == "articles" else set())
            for name, columns in needs.items()
        }
        if any(columns - set(COLUMNS.get(name, ())) for name, columns in plain.items()):
            return False
        return all(self._load(name) for name in ("articles", *needs))

    def names(self) -> pa.Array:
        """Every name, at the place that is its code."""
        self._load("names")
        with self._lock:
            if self._names is None:
                table = self._connection.cursor().sql("SELECT name FROM coded_names ORDER BY code")
                self._names = table.to_arrow_table().column("name").combine_chunks()
        return self._names

    def table(
        self,
        cursor: duckdb.DuckDBPyConnection,
        name: str,
        columns: Collection[str],
        chosen: Chosen | None = None,
    ) -> duckdb.DuckDBPyRelation:
        """The columns of one of the tables that are held, of the articles that were chosen, or of all."""
        texts = [text for text in TEXTS if text in columns and name == "articles"]
        held = [column for column in (*COLUMNS[name], "place") if column in {*columns, *_KEYS[: bool(texts)]}]
        rows = cursor.table(f"coded_{name}") if chosen is None else self._rows(cursor, name, held, chosen)
        if texts:
            self._load("texts")
            beside = cursor.table("texts").project(f"article_id, {', '.join(texts)}")
            rows = rows.set_alias("articles").join(beside.set_alias("texts"), "article_id")
        return rows.project(", ".join((*held, *texts)))

    def _rows(
        self, cursor: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], chosen: Chosen
    ) -> duckdb.DuckDBPyRelation:
        """The rows of a table that belong to the articles that were chosen, looked for once."""

        def find() -> pa.Table:
            ids = self._rows(cursor, "articles", _KEYS, chosen).set_alias("c")
            # Ids are distinct: an inner join has the rows of a semi join, which takes twice as long.
            return cursor.table(f"coded_{name}").join(ids, "article_id").to_arrow_table()

        found = self._at(chosen, columns) if name == "articles" else chosen.rows(name, find)
        relation = cursor.from_arrow(found)
        self._limit()
        return relation

    def _at(self, chosen: Chosen, columns: Sequence[str]) -> pa.Table:
        """Columns of the articles that were chosen: taken by place, which is several times as fast as a join."""

        def placed() -> pa.Table:
            rows = self._connection.cursor().table("coded_articles").order("place")
            return rows.to_arrow_table().combine_chunks()

        def taken(column: str) -> pa.Table:
            whole = self._beside.setdefault("placed", placed)
            return whole.select([column]).take(chosen.places.column("place"))

        found = {column: chosen.rows(f"articles.{column}", partial(taken, column)) for column in columns}
        return pa.table({column: table.column(column) for column, table in found.items()})

    def columns(self, columns: Sequence[str], chosen: Chosen | None) -> pa.Table:
        """Columns of the articles that were chosen, or of all: what `table` has, without asking an engine again."""
        if chosen is None:
            rows = self._connection.cursor().table("coded_articles")
            return rows.project(", ".join(columns)).to_arrow_table()
        found = self._at(chosen, columns)
        self._limit()
        return found

    def written(self, cursor: duckdb.DuckDBPyConnection, places: pa.Table) -> duckdb.DuckDBPyRelation:
        """The rows of the file of articles at some places, with all columns."""
        chosen = cursor.from_arrow(places).set_alias("chosen")
        rows = cursor.sql(f"SELECT * FROM {self._files}").set_alias("rows")
        found = rows.join(chosen, "rows.file_row_number = chosen.place", how="semi")
        return found.project("* EXCLUDE file_row_number")

    def narrow(self, cursor: duckdb.DuckDBPyConnection, columns: Collection[str]) -> duckdb.DuckDBPyRelation:
        """The articles with columns that are searched, by name; in place of `article_id` stands the place."""
        wanted = set(columns) - {"article_id"}
        if not wanted <= {*NARROW, *_FOLDED}:
            return cursor.sql(
                f"SELECT * REPLACE (file_row_number::INTEGER AS article_id) FROM {self._files}"
            ).project("* EXCLUDE file_row_number")
        self._load("narrow")
        rows = cursor.table("narrow_articles")
        if wanted.isdisjoint(_FOLDED):
            return rows
        self._load("texts")
        beside = cursor.table("texts").project(f"place AS article_id, {', '.join(_FOLDED)}")
        return rows.set_alias("rows").join(beside.set_alias("texts"), "article_id")

    def headlines(self, cursor: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        """`group_id`, `size`, `headline` and `label` of all events: few of them are looked for, at many places."""

        def read() -> bool:
            self._connection.cursor().execute(_HEADLINES)
            return True

        self._beside.setdefault("headlines", read)
        return cursor.table("headlines")

    def lists(self, cursor: duckdb.DuckDBPyConnection) -> Lists:
        """The related lists of all articles, without links to an article that there is not."""
        self._load("names")
        self._load("related_links")
        return self._beside.setdefault("lists", lambda: read_lists(cursor))

    def labels(self, cursor: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        """The topics by name, of articles by place: what belongs to `narrow`."""
        for name in ("articles", "article_topics"):
            self._load(name)
        return cursor.sql("""
            SELECT place AS article_id, name AS topic FROM coded_article_topics
            JOIN coded_articles USING (article_id) JOIN coded_names ON code = topic
        """)

    def places(
        self, cursor: duckdb.DuckDBPyConnection, ids: duckdb.DuckDBPyRelation
    ) -> duckdb.DuckDBPyRelation:
        """The places of articles, as the `article_id` of `narrow`, by a table of their ids."""
        self._load("articles")
        cursor.register("asked_ids", ids.to_arrow_table())
        return cursor.sql("""
            SELECT place AS article_id FROM coded_articles WHERE article_id IN (
                SELECT code FROM coded_names SEMI JOIN asked_ids ON name = asked_ids.article_id WHERE kind = 2
            )
        """)

    def n_belonging(self, cursor: duckdb.DuckDBPyConnection, name: str, places: Ints) -> int:
        """How many rows of `BELONGING` belong to the articles at some places."""
        for table in ("articles", "related_links", "images"):
            self._load(table)

        def count() -> Ints:
            found = cursor.sql(_PER_PLACE.format(rows=BELONGING[name])).fetchnumpy()
            made = np.zeros(int(found["place"].max(initial=-1)) + 1, dtype=np.int64)
            made[found["place"]] = found["n"]
            return made

        counts = self._beside.setdefault(name, count)
        return int(counts[places[places < len(counts)]].sum())

    def n_problems(self, cursor: duckdb.DuckDBPyConnection, places: Ints) -> int:
        """How many problems lie in the files of the records at some places; a file may have several records."""

        def find() -> tuple[Ints, Ints]:
            found = cursor.sql(_PROBLEMS.format(files=self._files)).fetchnumpy()
            return found["problem"], found["place"]

        problems, place = self._beside.setdefault("problems", find)
        counted = np.zeros(int(problems.max(initial=0)) + 1, dtype=np.bool_)
        counted[problems[np.isin(place, places)]] = True
        return int(np.count_nonzero(counted))

    def chosen(self, key: Hashable, find: Callable[[], pa.Table]) -> Chosen:
        """The articles whose places `find` gives for a key.

        It is called once for a key, also by several threads at once; the last `KEPT` keys that were asked for are
        remembered, as far as their rows fit into `KEPT_BYTES`.
        """
        with self._lock:
            chosen = self._chosen.setdefault(key, Chosen(find))
            self._chosen.move_to_end(key)
        try:
            _ = chosen.places
        except BaseException:
            with self._lock:
                self._chosen.pop(key, None)
            raise
        self._limit()
        return chosen

    def _limit(self) -> None:
        with self._lock:
            while len(self._chosen) > 1 and (
                len(self._chosen) > KEPT or sum(c.nbytes for c in self._chosen.values()) > KEPT_BYTES
            ):
                self._chosen.popitem(last=False)

    def forget(self) -> None:
        """Look again for what was found."""
        with self._lock:
            self._chosen.clear()

    def _load(self, name: str) -> bool:
        if name in self._held:
            return self._held[name]
        with self._lock:
            for needed in _NEEDED.get(name, (name,)):
                if needed not in self._held:
                    self._read(needed)
        return self._held[name]

    def _read(self, name: str) -> None:
        cursor = self._connection.cursor()
        cursor.execute("SET TimeZone = 'UTC'")
        cursor.execute(CODED[name].format(files=self._files))
        loose = cursor.execute(LOOSE[name]).fetchall()[0][0] if name in LOOSE else 0
        self._held[name] = not loose


class Once:
    """What has been computed once, by name; threads that ask meanwhile wait for it."""

    def __init__(self) -> None:
        self._lock, self._made = RLock(), dict[str, Any]()

    def setdefault(self, name: str, make: Callable[[], T]) -> T:
        """What is kept under a name, which `make` gives when it is first asked for."""
        with self._lock:
            if name not in self._made:
                self._made[name] = make()
            made: T = self._made[name]
            return made


class Chosen:
    """The articles of one selection: their places, and the rows of coded tables that belong to them, found once."""

    def __init__(self, find: Callable[[], pa.Table]) -> None:
        """Articles at the places that a function gives: a table with the column `place`."""
        self._find, self._lock = find, RLock()
        self._rows: dict[str, pa.Table] = {}
        self.nbytes = 0
        """Bytes of memory that the rows take."""

    @property
    def places(self) -> pa.Table:
        """The places."""
        return self.rows("places", self._find)

    def rows(self, name: str, find: Callable[[], pa.Table]) -> pa.Table:
        """What `find` gives for the name of a table, or of one of its columns, called by one thread for all."""
        with self._lock:
            if name not in self._rows:
                self._rows[name] = find()
                self.nbytes += self._rows[name].nbytes
            return self._rows[name]
