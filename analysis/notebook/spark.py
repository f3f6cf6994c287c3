"""A corpus on Spark: the same selections and measures, computed by a cluster over the snapshot's files.

Tables are Spark DataFrames, of which measures bring back only small aggregates. Frames such as `articles` come to this
machine whole, as pandas; charts and reports are of the embedded engine.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import corpus as plain
from analysis.corpus import BadFilter, Filters, as_pandas
from analysis.notebook.measured import Measured
from analysis.store import Snapshot
from analysis.store.spark import open_session
from analysis.tables.schema import TABLES_BY_NAME
from data import STORIES

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

__all__ = ["SparkCorpus", "SparkSelection"]


class SparkSelection(Measured, plain.Selection):
    """Articles of a corpus on Spark, narrowed by filters; see `analysis.Selection` for what it can be asked."""

    corpus: SparkCorpus

    def select(self, query: str = "", **filters: Any) -> SparkSelection:
        """Narrow further: the query is added with AND, other filters replace those of the same name.

        Args:
            query: text in the query language, see `analysis.query.parse`.
            filters: fields of `Filters`.

        Raises:
            QueryError: the query cannot be read; points at the character.
            BadFilter: a filter is unknown or has a value that is not allowed.
        """
        return SparkSelection(self.corpus, super().select(query, **filters).filters)

    def story(self, key: str, folders: Sequence[str | Path] = (STORIES,)) -> SparkSelection:
        """The articles of a saved story: the selection narrowed by its query.

        Args:
            key: the story's key, such as ``facial-recognition-ban``; see `analysis.story`.
            folders: where stories are kept; earlier ones hide a story of the same key in later ones.

        Raises:
            UnknownStory: there is none of this key.
            StoryError: its file does not hold a story.
        """
        return SparkSelection(self.corpus, super().story(key, folders).filters)

    def table(self, name: str) -> DataFrame:  # type: ignore[override]
        """One table of the selection as a Spark DataFrame, with times in UTC.

        Raises:
            BadFilter: there is no table of this name.
        """
        whole = self.corpus.whole(name)
        if self.filters == Filters() or name == "collection":
            return whole
        articles = self._chosen()
        match name:
            case "articles":
                return articles
            case "providers":
                return _providers(whole, articles)
            case "problems":
                paths = articles.selectExpr("record_path AS source")
                return whole.join(paths, "source", "left_semi")
            case "groups":
                members = self.corpus.whole("group_members").join(articles, "article_id", "left_semi")
                return whole.join(members, ["kind", "group_id"], "left_semi")
            case _:
                return whole.join(articles, "article_id", "left_semi")

    def tables(self, *names: str) -> tuple[DataFrame, ...]:  # type: ignore[override]
        """Several tables as Spark DataFrames."""
        return tuple(self.table(name) for name in names)

    def coded(self, needs: Mapping[str, Collection[str]]) -> None:  # noqa: ARG002
        """Nothing: Spark holds no tables with ids as whole numbers."""
        return

    def numbers(self, columns: Sequence[str]) -> None:  # noqa: ARG002
        """Nothing, as `coded`."""
        return

    def _chosen(self) -> DataFrame:
        given, corpus = self.filters, self.corpus
        found = corpus.whole("articles").filter(self._condition())
        topics = corpus.whole("article_topics")
        if given.topics:
            found = found.join(topics.filter(topics["topic"].isin(*given.topics)), "article_id", "left_semi")
        if given.ids is not None:
            ids = corpus.session.createDataFrame([(each,) for each in given.ids], "article_id string")
            found = found.join(ids, "article_id", "left_semi")
        narrowed: DataFrame = self.query.apply(found, topics if self.query.topics else None, zone=self.zone)
        return narrowed

    def _condition(self) -> Column:
        """What the filters on columns ask for; what is missing does not fulfil it."""
        from pyspark.sql import functions as f  # noqa: PLC0415 - an extra

        given, (start, end) = self.filters, self.period
        whole = f.lit(True)  # noqa: FBT003 - Spark has no name for it
        if start is not None:
            whole &= f.col("published_at") >= f.lit(start)
        if end is not None:
            whole &= f.col("published_at") < f.lit(end)
        if given.min_quality is not None:
            whole &= f.col("quality") >= given.min_quality
        if given.max_quality is not None:
            whole &= f.col("quality") <= given.max_quality
        if given.providers:
            whole &= f.col("provider_id").isin(*given.providers)
        return whole

    def frame(self, name: str) -> pd.DataFrame:
        """One table as pandas, in the order and with the dtypes of its schema."""
        rows = self.table(name)
        table = TABLES_BY_NAME[name]
        ordered = rows.orderBy(*(rows[column].asc_nulls_last() for column in table.order))
        return as_pandas(ordered.select(*table.names).toArrow(), table)

    def __len__(self) -> int:
        """The number of articles."""
        return self.table("articles").count()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self):,} articles; snapshot {self.corpus.snapshot.label}>"


def _providers(providers: DataFrame, articles: DataFrame) -> DataFrame:
    """The providers of some articles, counted over those articles."""
    from pyspark.sql import functions as f  # noqa: PLC0415 - an extra

    counted = articles.groupBy("provider_id").agg(
        f.count("*").alias("n_articles"),
        f.min("published_at").alias("first_seen"),
        f.max("published_at").alias("last_seen"),
    )
    return providers.select("provider_id", "name", "names").join(counted, "provider_id")


class SparkCorpus(SparkSelection, plain.Corpus):
    """An open snapshot on Spark: the selection of every article. Made by ``open_corpus(store, engine="spark")``."""

    session: SparkSession

    def __init__(self, snapshot: Snapshot, *, zone: str = "UTC", master: str | None = None) -> None:
        plain.Corpus.__init__(self, snapshot, zone=zone)
        store = snapshot.folder.parent.parent
        self.__dict__["session"] = open_session(master, store / ".spark")

    def whole(self, name: str) -> DataFrame:
        """One table of the snapshot.

        Raises:
            BadFilter: there is no table of this name.
        """
        if name not in TABLES_BY_NAME:
            raise BadFilter(f"table must be one of {', '.join(TABLES_BY_NAME)}; got {name!r}")
        return self.session.read.parquet(str(self.snapshot.path(name)))
