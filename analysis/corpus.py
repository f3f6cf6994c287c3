"""What a user asks with: a corpus, which is an open snapshot, and selections of its articles."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import duckdb
import pandas as pd
import pyarrow as pa
from duckdb import ColumnExpression, ConstantExpression, DuckDBPyRelation

from analysis.coded import CodedTables
from analysis.errors import NewsgaugeError
from analysis.query import Query, parse
from analysis.store import Snapshot
from analysis.store.lease import hold
from analysis.store.snapshot import NoSnapshot, read_parquet
from analysis.story import load_story
from analysis.tables.schema import TABLES, TABLES_BY_NAME, Table
from data import STORIES

__all__ = ["BadFilter", "Corpus", "Filters", "Selection"]

Moment = str | date | datetime
"""A day (`2021-08-23`), which means midnight in the corpus's zone, or a moment with or without a zone."""


class BadFilter(NewsgaugeError):
    """A filter has a value that is not allowed."""


@dataclass(frozen=True)
class Filters:
    """What narrows a selection; everything empty selects every article.

    Attributes:
        query: text in the query language, see `analysis.query.parse`.
        topics: articles that carry any of these labels.
        providers: articles of any of these domains.
        since: the first day, or moment, included.
        until: the last day, included; or the moment before which an article was published.
        min_quality: least quality; articles without a score are left out when it is given.
        max_quality: greatest quality; likewise.
        ids: only these articles, by `article_id`; None for no such filter.
    """

    query: str = ""
    topics: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    since: Moment | None = None
    until: Moment | None = None
    min_quality: float | None = None
    max_quality: float | None = None
    ids: tuple[str, ...] | None = None


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
        narrowed = replace(self.filters, query=joined, **_checked(filters))
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
        start = None if self.filters.since is None else _moment(self.filters.since, zone, "since")
        end = None if until is None else _moment(until, zone, "until", last=True)
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
        cursor, places = self.corpus.cursor(), self._places
        return tuple(
            held.table(cursor, name, columns, places) for name, columns in needs.items()
        ), held.names()

    @cached_property
    def _places(self) -> pa.Table | None:
        """The places of the articles (see `analysis.coded`), found once; None means all."""
        if self.filters == Filters():
            return None
        places: pa.Table = self.corpus.held.kept(self.filters, self._find)
        return places

    def _find(self) -> pa.Table:
        given = self.filters
        cursor, held = self.corpus.cursor(), self.corpus.held
        articles = held.searched(cursor, self.query.columns)
        labels = held.labels(cursor) if given.topics or self.query.topics else None
        ids = None if given.ids is None else held.places(cursor, _ids(cursor, given.ids))
        return self._narrowed(articles, labels, ids).project("article_id AS place").to_arrow_table()

    def _relation(self, cursor: duckdb.DuckDBPyConnection, name: str) -> DuckDBPyRelation:
        if name not in TABLES_BY_NAME:
            raise BadFilter(f"table must be one of {', '.join(TABLES_BY_NAME)}; got {name!r}")
        whole = cursor.table(name)
        if (
            self.filters == Filters() or name == "collection"
        ):  # what was collected does not depend on what is selected
            return whole
        ids = None if self.filters.ids is None else _ids(cursor, self.filters.ids)
        articles = self._narrowed(cursor.table("articles"), cursor.table("article_topics"), ids)
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
        for table in TABLES:
            rows = read_parquet([snapshot.path(table.name)])
            # Nearly every measure asks which days were collected, and there are few.
            kind = "TABLE" if table.name == "collection" else "VIEW"
            self._con.execute(f"CREATE {kind} {table.name} AS SELECT * FROM {rows}")
        self.__dict__["held"] = CodedTables(self._con, snapshot.path("articles"))

    snapshot: Snapshot
    held: CodedTables
    _zone: str
    _con: duckdb.DuckDBPyConnection

    @property
    def zone(self) -> str:
        """IANA name of the time zone whose days are meant."""
        return self._zone

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection to the tables for one thread, with times in UTC."""
        cursor = self._con.cursor()
        cursor.execute("SET TimeZone = 'UTC'")
        return cursor


def _checked(filters: dict[str, Any]) -> dict[str, Any]:
    """Filters as `Filters` holds them."""
    found = dict(filters)
    known = [name for name in Filters.__dataclass_fields__ if name != "query"]
    for name in found:
        if name not in known:
            raise BadFilter(f"filter must be one of {', '.join(known)}; got {name!r}")
    for name in ("topics", "providers", "ids"):
        if name in found and not (name == "ids" and found[name] is None):
            value = found[name]
            found[name] = (value,) if isinstance(value, str) else tuple(value or ())
    for name in ("min_quality", "max_quality"):
        value = found.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise BadFilter(f"{name} must be a number, got {value!r}")
    return found


def _moment(value: Moment, zone: ZoneInfo, name: str, *, last: bool = False) -> datetime:
    """A moment in UTC; a day means its first moment, or with `last` the first one after it."""
    try:
        parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise BadFilter(f"{name} must be a day such as 2021-08-23 or a time, got {value!r}") from None
    is_day = not isinstance(parsed, datetime) or (isinstance(value, str) and len(value) <= 10)
    if not isinstance(parsed, datetime):
        parsed = datetime.combine(parsed, time())
    if is_day and last:
        parsed += timedelta(days=1)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)).astimezone(UTC)


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
    frame: pd.DataFrame = (
        relation.order(order).project(columns).to_arrow_table().cast(table.arrow).to_pandas()
    )
    for column in table.columns:
        if column.dtype == "object":
            frame[column.name] = frame[column.name].map(list)
    return frame.astype({column.name: column.dtype for column in table.columns})
