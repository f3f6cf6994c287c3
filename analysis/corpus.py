"""What a user asks with: a corpus, which is an open snapshot, and selections of its articles."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from duckdb import ColumnExpression, ConstantExpression, DuckDBPyRelation

from analysis.coded import Chosen, CodedTables, Mask, WordIndex, has_words
from analysis.filters import BadFilter, Filters, checked, moment_of
from analysis.query import Query, parse
from analysis.store import Snapshot
from analysis.store.engine import draw_no_bar
from analysis.store.lease import hold
from analysis.store.snapshot import NoSnapshot, read_parquet
from analysis.story import load_story
from analysis.tables.schema import TABLES, TABLES_BY_NAME, Table
from data import STORIES

__all__ = ["BadFilter", "Corpus", "Filters", "Selection", "as_pandas"]


@dataclass(frozen=True, eq=False)
class Selection:
    """Articles of a corpus, narrowed by filters, with the tables that go with them.

    The frames (`articles`, `providers`, `related_links`, `topics`, `tags`, `images`, `problems`, `collection`,
    `conflicts`, `groups`, `group_members`, `merges`) have the columns and dtypes of `analysis.tables.schema`. Each is a
    copy that the caller may change.
    """

    corpus: Corpus
    filters: Filters = field(default_factory=Filters)

    @property
    def zone(self) -> str:
        """IANA name of the time zone whose days are meant."""
        return self.corpus.zone

    @cached_property
    def query(self) -> Query:
        """The text query, read."""
        return parse(self.filters.query)

    def select(self, query: str = "", **filters: Any) -> Selection:
        """Narrow further: the query is added with AND, other filters replace those of the same name.

        Args:
            query: text in the query language.
            filters: fields of `Filters`.

        Raises:
            QueryError: the query cannot be read; points at the character.
            BadFilter: a filter is unknown or has a value that is not allowed.
        """
        joined = (
            f"({self.filters.query}) AND ({query})"
            if self.filters.query and query
            else query or self.filters.query
        )
        narrowed = replace(self.filters, query=joined, **checked(filters))
        selection = Selection(self.corpus, narrowed)
        _ = selection.query, selection.period
        return selection

    def story(self, key: str, folders: Sequence[str | Path] = (STORIES,)) -> Selection:
        """The articles of a saved story: the selection narrowed by its query.

        Args:
            key: the story's key, such as ``facial-recognition-ban``; see `analysis.story`.
            folders: where stories are kept; earlier ones hide a story of the same key in later ones.

        Raises:
            UnknownStory: there is none of this key.
            StoryError: its file does not hold a story.
        """
        return self.select(load_story(key, folders).query)

    @cached_property
    def period(self) -> tuple[datetime | None, datetime | None]:
        """The first moment included and the first one no longer included, in UTC."""
        zone, until = ZoneInfo(self.zone), self.filters.until
        start = None if self.filters.since is None else moment_of(self.filters.since, zone, "since")
        end = None if until is None else moment_of(until, zone, "until", last=True)
        return start, end

    def table(self, name: str) -> DuckDBPyRelation:
        """One table of the selection as a DuckDB relation, on a cursor of its own in UTC."""
        return self.tables(name)[0]

    def tables(self, *names: str) -> tuple[DuckDBPyRelation, ...]:
        """Several tables as relations of one cursor, so that they can be joined with each other."""
        cursor = self.corpus.cursor()
        return tuple(self._relation(cursor, name) for name in names)

    def coded(
        self, needs: Mapping[str, Collection[str]]
    ) -> tuple[tuple[DuckDBPyRelation, ...], pa.Array] | None:
        """Tables from memory, with ids and other names as whole numbers in the order of the names.

        Args:
            needs: table -> columns that must be there.

        Returns:
            Relations of one cursor, in the order of `needs`, with times in UTC without zone; and the names, each at the
            place that its number says. None where a column is not held in memory (see `analysis.coded`).
        """
        held = self.corpus.held
        if not held.hold(needs):
            return None
        cursor, chosen = self.corpus.cursor(), self.chosen
        return tuple(
            held.table(cursor, name, columns, chosen) for name, columns in needs.items()
        ), held.names()

    def numbers(self, columns: Sequence[str]) -> tuple[pa.Table, pa.Array] | None:
        """Columns of the articles from memory, as `coded` has them, as Arrow; and the names. None as there."""
        held = self.corpus.held
        if not held.hold({"articles": columns}):
            return None
        return held.columns(columns, self.chosen), held.names()

    @property
    def chosen(self) -> Chosen | None:
        """The articles by their places (see `analysis.coded`), found once; None means all."""
        if self.filters == Filters():
            return None
        return self.corpus.held.chosen(self.filters, self._find)

    def _find(self) -> pa.Table:
        """The places of the articles."""
        given, held, cursor = self.filters, self.corpus.held, self.corpus.cursor()
        if held.prepared and has_words(self.query.tree):
            return self._find_words()
        articles = held.narrow(cursor, self.query.columns)
        labels = held.labels(cursor) if given.topics or self.query.topics else None
        ids = None if given.ids is None else held.places(cursor, _ids(cursor, given.ids))
        return self._narrowed(articles, labels, ids).project("article_id AS place").to_arrow_table()

    def _find_words(self) -> pa.Table:
        """The same by the index of words; what else is asked is found apart, and so remembered for other words."""
        size = self.corpus.n_articles
        tree, others = self.query.tree, replace(self.filters, query="")

        def mask(filters: Filters) -> Mask:
            chosen, found = Selection(self.corpus, filters).chosen, np.ones(size, dtype=np.bool_)
            if chosen is not None:
                found[:] = False
                found[chosen.places.column("place").to_numpy()] = True
            return found

        assert tree is not None  # noqa: S101 - it has words
        found = WordIndex(self.corpus.cursor(), size).find(tree, lambda node: mask(Filters(query=str(node))))
        return pa.table({"place": np.flatnonzero(found & mask(others)).astype(np.int32)})

    def _relation(self, cursor: duckdb.DuckDBPyConnection, name: str) -> DuckDBPyRelation:
        if name not in TABLES_BY_NAME:
            raise BadFilter(f"table must be one of {', '.join(TABLES_BY_NAME)}; got {name!r}")
        whole = cursor.table(name)
        if (
            self.filters == Filters() or name == "collection"
        ):  # what was collected does not depend on what is selected
            return whole
        articles = self._articles(cursor)
        chosen = articles.project("article_id").set_alias("chosen")
        match name:
            case "articles":
                return articles
            case "providers":
                return _providers(cursor, articles)
            case "problems":
                paths = articles.filter("record_path IS NOT NULL").project("record_path AS source").distinct()
                return whole.join(paths.set_alias("paths"), "source", how="semi")
            case "groups":
                members = cursor.table("group_members").join(chosen, "article_id", how="semi")
                named = members.project("kind, group_id").distinct().set_alias("named")
                return whole.join(named, "kind, group_id", how="semi")
            case _:
                return whole.join(chosen, "article_id", how="semi")

    def _articles(self, cursor: duckdb.DuckDBPyConnection) -> DuckDBPyRelation:
        """The rows of `articles`, from the files: by their places where finding these reads no files."""
        held, chosen = self.corpus.held, self.chosen if self.corpus.held.prepared else None
        if chosen is not None:
            return held.written(cursor, chosen.places)
        ids = None if self.filters.ids is None else _ids(cursor, self.filters.ids)
        return self._narrowed(cursor.table("articles"), cursor.table("article_topics"), ids)

    def _narrowed(
        self, articles: DuckDBPyRelation, labels: DuckDBPyRelation | None, ids: DuckDBPyRelation | None
    ) -> DuckDBPyRelation:
        """The articles that the filters leave; the labels and ids are tables, where they are asked for."""
        given, (start, end) = self.filters, self.period
        if start is not None:
            articles = articles.filter(ColumnExpression("published_at") >= ConstantExpression(start))
        if end is not None:
            articles = articles.filter(ColumnExpression("published_at") < ConstantExpression(end))
        if given.min_quality is not None:
            articles = articles.filter(ColumnExpression("quality") >= ConstantExpression(given.min_quality))
        if given.max_quality is not None:
            articles = articles.filter(ColumnExpression("quality") <= ConstantExpression(given.max_quality))
        if given.providers:
            articles = articles.filter(
                ColumnExpression("provider_id").isin(*map(ConstantExpression, given.providers))
            )
        if ids is not None:
            articles = articles.join(ids.set_alias("ids"), "article_id", how="semi")
        if given.topics and labels is not None:
            labelled = labels.filter(ColumnExpression("topic").isin(*map(ConstantExpression, given.topics)))
            labelled = labelled.project("article_id").distinct().set_alias("labelled")
            articles = articles.join(labelled, "article_id", how="semi")
        found: DuckDBPyRelation = self.query.apply(articles, labels, zone=self.zone)
        return found

    def frame(self, name: str) -> pd.DataFrame:
        """One table as pandas, in the order and with the dtypes of its schema."""
        table = TABLES_BY_NAME.get(name)
        relation = self.table(name)
        assert table is not None  # noqa: S101 - `table` has just refused unknown names
        return _pandas(relation, table)

    @property
    def articles(self) -> pd.DataFrame:
        """One row an article, oldest first."""
        return self.frame("articles")

    @property
    def providers(self) -> pd.DataFrame:
        """One row a provider; its counts and dates are those of the selection."""
        return self.frame("providers")

    @property
    def related_links(self) -> pd.DataFrame:
        """One row an entry of a related list of the selection's records."""
        return self.frame("related_links")

    @property
    def topics(self) -> pd.DataFrame:
        """One row a topic label of an article (table `article_topics`)."""
        return self.frame("article_topics")

    @property
    def tags(self) -> pd.DataFrame:
        """One row a tag of an article (table `article_tags`)."""
        return self.frame("article_tags")

    @property
    def images(self) -> pd.DataFrame:
        """One row a picture of an article."""
        return self.frame("images")

    @property
    def problems(self) -> pd.DataFrame:
        """One row a problem in the selection's records."""
        return self.frame("problems")

    @property
    def collection(self) -> pd.DataFrame:
        """One row a day of the whole corpus: records read, and whether the day was collected."""
        return self.frame("collection")

    @property
    def conflicts(self) -> pd.DataFrame:
        """One row a fact of an article on which its sources disagree."""
        return self.frame("conflicts")

    @property
    def groups(self) -> pd.DataFrame:
        """One row a group, of copies or about an event, that the selection has articles of; counted over all."""
        return self.frame("groups")

    @property
    def group_members(self) -> pd.DataFrame:
        """One row an article and kind of group."""
        return self.frame("group_members")

    @property
    def merges(self) -> pd.DataFrame:
        """One row a merge, with its evidence, of which the later article is in the selection."""
        return self.frame("merges")

    def __len__(self) -> int:
        """The number of articles."""
        return int(self.table("articles").aggregate("count(*)").fetchall()[0][0])

    def __repr__(self) -> str:
        counted = self.table("articles").aggregate(
            "count(*), count(DISTINCT provider_id), min(published_at)::DATE, max(published_at)::DATE"
        )
        n_articles, n_providers, first, last = counted.fetchall()[0]
        period = f", {first} to {last}" if first else ""
        counts = f"{n_articles:,} articles, {n_providers:,} providers{period}"
        return f"<{type(self).__name__}: {counts}; snapshot {self.corpus.snapshot.label}>"


class Corpus(Selection):
    """An open snapshot: the selection of every article. Made by `open_corpus`; may be shared by threads."""

    def __init__(self, snapshot: Snapshot, *, zone: str = "UTC") -> None:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadFilter(f"zone must be an IANA name such as Europe/London, got {zone!r}") from None
        super().__init__(self, Filters())
        if not hold(snapshot.folder, self):
            raise NoSnapshot(f"snapshot {snapshot.label} is gone after later builds; open the current one")
        self.__dict__.update(snapshot=snapshot, _zone=zone, _con=duckdb.connect())
        draw_no_bar(self._con)
        for table in TABLES:
            rows = read_parquet([snapshot.path(table.name)])
            # Nearly every measure asks which days were collected, and there are few.
            kind = "TABLE" if table.name == "collection" else "VIEW"
            try:
                self._con.execute(f"CREATE {kind} {table.name} AS SELECT * FROM {rows}")
            except duckdb.Error as error:
                said = f"snapshot {snapshot.label} is damaged: {table.name} cannot be read ({error})"
                raise NoSnapshot(f"{said}; build it again") from error
        self.__dict__["held"] = CodedTables(self._con, snapshot.path("articles"))

    snapshot: Snapshot
    held: CodedTables
    _zone: str
    _con: duckdb.DuckDBPyConnection

    @property
    def zone(self) -> str:
        """IANA name of the time zone whose days are meant."""
        return self._zone

    @cached_property
    def n_articles(self) -> int:
        """How many articles there are."""
        return len(self)

    @cached_property
    def collected(self) -> pd.DataFrame:
        """The table `collection`, read once for all who ask which days were collected; not to be changed."""
        return self.collection

    @cached_property
    def extent(self) -> tuple[datetime | None, datetime | None, datetime | None]:
        """When the first article appeared, the one that 1 % of the articles precede, and the last, in UTC."""
        asked = "epoch(min(published_at)), quantile_disc(epoch(published_at), 0.01), epoch(max(published_at))"
        row = self.table("articles").aggregate(asked).fetchall()[0]
        first, core, last = (None if value is None else datetime.fromtimestamp(value, UTC) for value in row)
        return first, core, last

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection to the tables for one thread, with times in UTC."""
        cursor = self._con.cursor()
        cursor.execute("SET TimeZone = 'UTC'")
        return cursor


def _ids(cursor: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> DuckDBPyRelation:
    """The ids as a table, because an expression of thousands is slow."""
    return cursor.from_arrow(pa.table({"article_id": pa.array(ids, pa.string())}))


def _providers(cursor: duckdb.DuckDBPyConnection, articles: DuckDBPyRelation) -> DuckDBPyRelation:
    """The providers of some articles, counted over those articles."""
    counted = articles.aggregate(
        "provider_id, count(*) AS n_articles, min(published_at) AS first_seen, max(published_at) AS last_seen"
    ).set_alias("counted")
    named = cursor.table("providers").project("provider_id, name, names").set_alias("named")
    return named.join(counted, "provider_id")


def _pandas(relation: DuckDBPyRelation, table: Table) -> pd.DataFrame:
    order = ", ".join(f'"{name}" NULLS LAST' for name in table.order)
    columns = ", ".join(f'"{name}"' for name in table.names)
    return as_pandas(relation.order(order).project(columns).to_arrow_table(), table)


def as_pandas(rows: pa.Table, table: Table) -> pd.DataFrame:
    """Rows of a table, as Arrow, with the dtypes of its schema.

    >>> from analysis.tables.schema import ARTICLE_TOPICS
    >>> as_pandas(pa.table({"article_id": ["a"], "topic": ["AI"]}), ARTICLE_TOPICS).dtypes.astype(str).tolist()
    ['str', 'str']
    """
    frame: pd.DataFrame = rows.cast(table.arrow).to_pandas()
    for column in table.columns:
        if column.dtype == "object":
            frame[column.name] = frame[column.name].map(list)
    return frame.astype({column.name: column.dtype for column in table.columns})
