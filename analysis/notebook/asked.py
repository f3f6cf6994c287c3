"""What the charts of a selection have in common: the times they show, the names they say, and its events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.coded import among
from analysis.corpus import Filters, Selection
from analysis.measures.events import event_leads, events
from analysis.measures.frames import BadOption, one_of
from analysis.measures.links import links
from analysis.measures.periods import Periods
from analysis.measures.spans import Span, as_span
from analysis.measures.volume import volume
from analysis.reports.stretch import Stretches, stretches_of

if TYPE_CHECKING:
    from analysis.grouping.clusters import TopicClusters

__all__ = ["Asked"]

_CLUSTERED = 5_000  # articles: more take many seconds, and would be no clearer
_DRAWN = 40  # articles of a graph that can be read
Stretch = tuple[pd.Timestamp, pd.Timestamp]
_RANKS = {
    "size": ["n_articles", "n_providers", "last"],
    "recency": ["last", "n_articles"],
    "spread": ["n_providers", "n_articles", "last"],
}


@dataclass(frozen=True)
class Asked:
    """A selection of which a chart is asked, in periods of `length`, or of a length that suits it where that is empty.

    Times are those of reports: without a long thin beginning, and compared with as many days right before.
    """

    selection: Selection
    length: str = ""

    @cached_property
    def stretches(self) -> Stretches:
        """The times that charts show and compare."""
        return stretches_of(self.selection, self.length)

    @property
    def every(self) -> str:
        """Length of a period."""
        return self.stretches.every

    @property
    def drawn(self) -> Stretch | None:
        """The first instant that charts show, and the end."""
        return self.stretches.drawn

    def volume(self, basis: str) -> pd.DataFrame:
        """The volume that charts show, as a share too unless everything is selected."""
        share = None if self.selection.filters == Filters() else "corpus"
        return volume(self.selection, every=self.every, basis=basis, share=share, span=self.drawn)

    def drawn_of(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of a frame of periods that charts show."""
        if self.drawn is None or frame.empty:
            return frame
        first = Periods(self.every, self.selection.zone).floor(self.drawn[0])
        return frame[frame["period"] >= first].reset_index(drop=True)

    @cached_property
    def span(self) -> Stretch | None:
        """The selection's own bounds of time, and where it has none its first and last article; None without any."""
        ends = "epoch_us(min(published_at)), epoch_us(max(published_at))"
        row: Any = self.selection.table("articles").aggregate(ends).fetchall()[0]
        if row[0] is None:
            return None
        first, last = (pd.Timestamp(instant, unit="us", tz="UTC") for instant in row)
        start, end = self.selection.period
        low = first if start is None else pd.Timestamp(start)
        return low, (last + pd.Timedelta(1, "us") if end is None else pd.Timestamp(end))

    def compared(self, period: Span | None, baseline: Span | None) -> tuple[Stretch, Stretch, Selection]:
        """Two stretches to compare, and the selection with the articles of both."""
        after = as_span("period", period) if period is not None else self.stretches.recent
        if baseline is not None:
            before: Stretch | None = as_span("baseline", baseline)
        elif period is not None and after is not None:
            before = (after[0] - (after[1] - after[0]), after[0])
        else:
            before = self.stretches.before
        if after is None or before is None:
            raise BadOption(
                "period and baseline must be given: the corpus has nothing from right before the selection"
            )
        given = self.selection.filters
        if given.since is None and given.until is None:
            return after, before, self.selection
        since, until = min(after[0], before[0]).to_pydatetime(), max(after[1], before[1]).to_pydatetime()
        return after, before, Selection(self.selection.corpus, replace(given, since=since, until=until))

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of each outlet of the corpus, by its domain."""
        rows = self.selection.corpus.table("providers").project("provider_id, name").fetchall()
        return dict(rows)

    def headlines(self, ids: Sequence[str]) -> dict[str, str]:
        """The headline of each of some articles that has one."""
        found = among(self.selection.corpus.table("articles"), "article_id", ids)
        return {key: title for key, title in found.project("article_id, title").fetchall() if title}

    def events(self, rank: str) -> pd.DataFrame:
        """The events of two or more articles of the corpus, counted in the selection, with `headline` and `size`."""
        one_of("rank", rank, tuple(_RANKS))
        groups = self.selection.corpus.table("groups").filter("kind = 'events' AND size > 1")
        named = groups.project("group_id AS event_id, headline, size").df()
        ways = [*[False] * len(_RANKS[rank]), True]
        frame = events(self.selection).merge(named, on="event_id")
        order = [*_RANKS[rank], "event_id"]
        return frame.sort_values(order, ascending=ways, na_position="last", ignore_index=True)

    def event(self, event_id: str) -> tuple[pd.DataFrame, dict[str, Any] | None]:
        """The articles of one event, all of the corpus, as `event_chart` takes them, and who opened it."""
        corpus = self.selection.corpus
        frame = among(corpus.table("articles"), "event_id", [event_id]).df()
        if frame.empty:
            raise BadOption(f"event_id must be an event of the snapshot; got {event_id!r:.80}")
        own = among(self.selection.table("articles"), "event_id", [event_id]).project("article_id").fetchall()
        frame["published_at"] = pd.to_datetime(frame["published_at"], utc=True)
        frame["is_original"] = frame["is_original"].astype("boolean")
        frame["is_selected"] = frame["article_id"].isin([row[0] for row in own])
        name = frame["provider_id"].map(self.names).fillna(frame["provider_id"])
        shared = frame.groupby(name)["provider_id"].transform("nunique") > 1
        frame["outlet"] = name.where(~shared, name + " (" + frame["provider_id"] + ")")
        leads = event_leads(frame).to_dict("records")
        if not leads:
            return frame, None
        opener = frame.loc[frame["provider_id"] == leads[0]["provider_id"], "outlet"].iloc[0]
        return frame, {**{str(key): value for key, value in leads[0].items()}, "outlet": str(opener)}

    def clusters(self, k: int | None) -> TopicClusters:
        """The topic clusters; of many articles those of a fixed sample, the first by their ids, which are hashes."""
        from analysis.grouping.clusters import cluster_topics  # noqa: PLC0415 - slow to load, for this only

        some = self.selection.table("articles").order("article_id").limit(_CLUSTERED)
        columns = "article_id, title, excerpt, published_at"
        articles = some.project(columns).to_arrow_table().to_pandas()
        topics = (
            self.selection.table("article_topics").project("article_id, topic").to_arrow_table().to_pandas()
        )
        return cluster_topics(articles, k, topics[topics["article_id"].isin(articles["article_id"])])

    def strands(self, clusters: TopicClusters) -> pd.DataFrame:
        """Articles of each cluster per period: `period`, `cluster_id`, `count`, `status`."""
        members = clusters.members.dropna(subset=["cluster_id"])
        times = (
            self.selection.table("articles").project("article_id, published_at").to_arrow_table().to_pandas()
        )
        times["published_at"] = pd.to_datetime(times["published_at"], utc=True)
        dated = members[["article_id", "cluster_id"]].merge(times.dropna(), on="article_id")
        counted = volume(
            dated.rename(columns={"cluster_id": "provider_id"}), every=self.every, by="provider", span=self.drawn,
            zone=self.selection.zone, collection=self.selection.corpus.collection,
        )  # fmt: skip
        return counted.rename(columns={"provider": "cluster_id"})

    def link_graph(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The articles listed most and the links between them, as `link_graph_chart` takes them."""
        nodes = links(self.selection).head(_DRAWN).rename(columns={"id": "article_id"})
        ids = nodes["article_id"].tolist()
        words = among(self.selection.table("articles"), "article_id", ids).project(
            "article_id, title, provider_id"
        )
        nodes = nodes.merge(words.to_arrow_table().to_pandas(), on="article_id")
        nodes["outlet"] = nodes["provider_id"].map(self.names).fillna(nodes["provider_id"])
        pairs = among(
            among(self.selection.table("related_links"), "article_id", ids), "related_article_id", ids
        )
        named = pairs.project("article_id AS source, related_article_id AS target").filter("source <> target")
        return nodes, named.distinct().order("source, target").to_arrow_table().to_pandas()
