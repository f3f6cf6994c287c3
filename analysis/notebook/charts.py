"""The charts of a selection: each measure asked as the dashboard and reports ask it, and drawn by its chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis import charts, measures
from analysis.charts import DARK, LIGHT, Theme
from analysis.corpus import Selection
from analysis.measures.spans import Span
from analysis.notebook.asked import Asked

__all__ = ["Charts"]


@dataclass(frozen=True)
class Charts:
    """Every chart of one selection: a method for each of `analysis.charts`, under its name without ``_chart``.

    What the methods take, where they take it:

    - `every`: `hour`, `day`, `week`, `month`, `quarter` or `year`; unless given such that the chart has some 10 to 100.
    - `basis`: `articles`, `originals`, `events` or `providers`.
    - `top`: how many rows at most.
    - `by`: `article` or `provider`.
    - `period`, `baseline`: stretches to compare, each (first instant, end) with zone. Unless given the selection's own
      days, or the latest ones of the corpus, beside as many days right before. A selection's bounds of time give way.

    All return a Plotly figure whose title is the finding, and raise what their measure raises. `dark` has the same
    charts for a dark page.

    >>> import tempfile
    >>> from analysis import build_corpus, open_corpus
    >>> from data import RECORDS
    >>> store = tempfile.mkdtemp()
    >>> _ = build_corpus(RECORDS, store)
    >>> open_corpus(store).charts.topics(top=3).layout.meta["title"]
    '6 articles: too few to rank topics'
    """

    selection: Selection
    theme: Theme = LIGHT

    @property
    def dark(self) -> Charts:
        """The same charts for a dark page."""
        return replace(self, theme=DARK)

    def volume(self, every: str = "", *, basis: str = "articles") -> go.Figure:
        """How much coverage there is in each period."""
        asked = self._asked(every)
        return charts.volume_chart(asked.volume(basis), every=asked.every, basis=basis, **self._look)

    def share(self, every: str = "", *, basis: str = "articles") -> go.Figure:
        """What share of the corpus it is in each period."""
        asked = self._asked(every)
        frame = measures.volume(
            self.selection, every=asked.every, basis=basis, share="corpus", span=asked.drawn
        )
        return charts.share_chart(frame, every=asked.every, basis=basis, **self._look)

    def strip(self, every: str = "") -> go.Figure:
        """How much was collected at all, over the same periods as `volume`."""
        asked = self._asked(every)
        frame = measures.volume(self.selection.corpus, every=asked.every, span=asked.drawn)
        return charts.strip_chart(frame, every=asked.every, theme=self.theme)

    def bursts(self, every: str = "", *, basis: str = "articles") -> go.Figure:
        """When there was markedly more than usual."""
        asked = self._asked(every)
        found = measures.bursts(self.selection, every=asked.every, basis=basis, span=asked.drawn)
        return charts.bursts_chart(asked.volume(basis), found, every=asked.every, basis=basis, **self._look)

    def change(self, period: Span | None = None, baseline: Span | None = None) -> go.Figure:
        """What a rise or fall is made of."""
        after, before, wider = self._asked().compared(period, baseline)
        frame = measures.change(wider, after, before)
        return charts.change_chart(frame, span=after, baseline=before, **self._placed)

    def compare(
        self,
        others: Mapping[str, Selection],
        *,
        name: str = "This selection",
        every: str = "",
        basis: str = "articles",
    ) -> go.Figure:
        """This selection beside others, as shares of the corpus; `others` are selections by name, at most five."""
        asked = self._asked(every)
        frame = measures.compare(
            {name: self.selection, **others}, every=asked.every, basis=basis, share="corpus", span=asked.drawn
        )
        return charts.compare_chart(frame, every=asked.every, basis=basis, **self._look)

    def overlap(
        self, others: Mapping[str, Selection], *, name: str = "This selection", unit: str = "articles"
    ) -> go.Figure:
        """What this selection shares with others, and they with each other; `unit` is `articles` or `providers`."""
        frame = measures.overlap({name: self.selection, **others})
        return charts.overlap_chart(frame, unit=unit, **self._placed)

    def covers(
        self, others: Mapping[str, Selection] | None = None, *, name: str = "This selection", top: int = 12
    ) -> go.Figure:
        """Which outlet has how much of this selection, and of others."""
        frame = pd.concat([
            measures.providers(some)[["provider_id", "count"]].assign(selection=called)
            for called, some in {name: self.selection, **(others or {})}.items()
        ])  # fmt: skip
        return charts.covers_chart(frame, top=top, **self._named)

    def spells(
        self,
        others: Mapping[str, Selection] | None = None,
        *,
        name: str = "This selection",
        every: str = "",
        basis: str = "articles",
    ) -> go.Figure:
        """When this selection, and others, had bursts."""
        asked = self._asked(every)
        options: dict[str, Any] = {"every": asked.every, "basis": basis, "span": asked.drawn}
        found = {
            called: measures.bursts(some, **options)
            for called, some in {name: self.selection, **(others or {})}.items()
        }
        periods = asked.volume(basis)["period"]
        return charts.spells_chart(found, periods, every=asked.every, **self._look)

    def scores(
        self, others: Mapping[str, Selection] | None = None, *, name: str = "This selection"
    ) -> go.Figure:
        """How good this selection is on average, and others."""
        frame = pd.concat([
            measures.scores(some).assign(selection=called)
            for called, some in {name: self.selection, **(others or {})}.items()
        ])  # fmt: skip
        return charts.scores_chart(frame, span=self._asked().span, **self._placed)

    def scores_over_time(self, every: str = "") -> go.Figure:
        """How good it is on average in each period."""
        asked = self._asked(every)
        frame = measures.scores_over_time(self.selection, every=asked.every, span=asked.drawn)
        return charts.scores_over_time_chart(frame, every=asked.every, **self._look)

    def providers(self, *, top: int = 8) -> go.Figure:
        """Who covers it, how much, and how good."""
        frame = measures.providers(self.selection)
        frame["name"] = frame["provider_id"].map(self._asked().names).fillna(frame["provider_id"])
        return charts.providers_chart(frame, top=top, **self._look)

    def topics(self, *, top: int = 8) -> go.Figure:
        """Which topics its records carry."""
        frame = measures.topics(self.selection)
        return charts.topics_chart(frame, n_articles=len(self.selection), top=top, **self._look)

    def topic_pairs(self, *, top: int = 10) -> go.Figure:
        """Which topics stand together more often than chance would have it."""
        frame = measures.topic_pairs(self.selection, top=top)
        return charts.topic_pairs_chart(frame, span=self._asked().span, **self._placed)

    def cluster_map(self, *, k: int | None = None) -> go.Figure:
        """The articles near to each other where their words are alike, in `k` clusters; their number is chosen else."""
        found = self._asked().clusters(k)
        return charts.cluster_map_chart(
            found.members, found.clusters, n_articles=len(self.selection), **self._look
        )

    def cluster_tree(self, *, k: int | None = None) -> go.Figure:
        """Which clusters are alike."""
        found = self._asked().clusters(k)
        return charts.cluster_tree_chart(found.tree, found.clusters, **self._look)

    def cluster_choice(self) -> go.Figure:
        """How many clusters there are."""
        return charts.cluster_choice_chart(self._asked().clusters(None).choice, **self._look)

    def strands(self, every: str = "", *, k: int | None = None) -> go.Figure:
        """How strong each cluster is in each period."""
        asked = self._asked(every)
        found = asked.clusters(k)
        return charts.strands_chart(asked.strands(found), found.clusters, every=asked.every, **self._look)

    def diversity(self, every: str = "", *, basis: str = "articles") -> go.Figure:
        """As how many equally active outlets it is spread."""
        asked = self._asked(every)
        frame = measures.diversity(self.selection, every=asked.every, basis=basis, span=asked.drawn)
        return charts.diversity_chart(frame, every=asked.every, basis=basis, **self._look)

    def timeliness(self, *, top: int = 8) -> go.Figure:
        """Who was first in this corpus, beside what chance would give."""
        return charts.timeliness_chart(measures.timeliness(self.selection), top=top, **self._named)

    def lag(self, *, top: int = 8) -> go.Figure:
        """How late each outlet follows."""
        return charts.lag_chart(measures.lag_quartiles(self.selection), top=top, **self._named)

    def lags(self, provider: str = "") -> go.Figure:
        """How late one outlet is; the one with most articles unless given."""
        ranked = measures.providers(self.selection)["provider_id"]
        domain = provider or str(ranked.iloc[0] if len(ranked) else "")
        frame = measures.lags(self.selection, provider=domain)
        asked = self._asked()
        subject = asked.names.get(domain, domain or "The outlet")
        return charts.lags_chart(frame, subject=subject, span=asked.span, **self._placed)

    def standing(self) -> go.Figure:
        """How good each outlet is, and how much it has."""
        return charts.standing_chart(measures.providers(self.selection), **self._named)

    def originality(self, *, top: int = 8) -> go.Figure:
        """How much of what each outlet ran was its own."""
        return charts.originality_chart(measures.providers(self.selection), top=top, **self._named)

    def quality(self, every: str = "") -> go.Figure:
        """How much of it is of high, medium, low and unknown quality in each period."""
        asked = self._asked(every)
        frame = asked.drawn_of(measures.quality(self.selection, every=asked.every))
        return charts.quality_chart(frame, every=asked.every, **self._look)

    def threshold(
        self, period: Span | None = None, baseline: Span | None = None, *, basis: str = "articles"
    ) -> go.Figure:
        """Whether a rise or fall holds when poorly scored articles are left out."""
        after, before, wider = self._asked().compared(period, baseline)
        frame = measures.quality_thresholds(wider, after, before, basis=basis)
        return charts.threshold_chart(frame, span=after, baseline=before, basis=basis, **self._placed)

    def quality_heat(self) -> go.Figure:
        """Whether better articles get more attention."""
        scored = self.selection.table("articles").project("quality, heat").df()
        summary = measures.quality_against_heat(self.selection)
        return charts.quality_heat_chart(scored, summary, span=self._asked().span, **self._placed)

    def syndication(self, every: str = "") -> go.Figure:
        """How often each text ran."""
        asked = self._asked(every)
        frame = asked.drawn_of(measures.syndication(self.selection, every=asked.every))
        return charts.syndication_chart(frame, every=asked.every, **self._look)

    def who_copies_whom(self, *, top: int = 10) -> go.Figure:
        """Which outlet copies which."""
        return charts.who_copies_whom_chart(measures.copiers(self.selection), top=top, **self._named)

    def links(self, *, by: str = "article", top: int = 8) -> go.Figure:
        """What stands in most related lists."""
        frame = measures.links(self.selection, by=by)
        asked = self._asked()
        names = asked.names if by == "provider" else asked.headlines(frame["id"].head(top).tolist())
        return charts.links_chart(frame, by=by, top=top, **self._named | {"names": names})

    def link_graph(self) -> go.Figure:
        """The articles that stand in most related lists, and the links between them."""
        nodes, edges = self._asked().link_graph()
        return charts.link_graph_chart(nodes, edges, span=self._asked().span, **self._placed)

    def outlet_links(self, *, top: int = 12) -> go.Figure:
        """Which outlets' records list which outlets' articles."""
        return charts.outlet_links_chart(measures.outlet_links(self.selection, top=top), **self._named)

    def discovery(self, *, top: int = 8) -> go.Figure:
        """Which outlets are known mostly through the lists of others."""
        return charts.discovery_chart(measures.discovery(self.selection), top=top, **self._named)

    def blindspots(self, *, top: int = 8) -> go.Figure:
        """Who covers the topics around it, but not it."""
        return charts.blindspots_chart(measures.blindspots(self.selection), top=top, **self._named)

    def terms(self, *, top: int = 10) -> go.Figure:
        """Which words set it apart."""
        return charts.terms_chart(
            measures.terms(self.selection), top=top, span=self._asked().span, **self._placed
        )

    def rising_terms(
        self, period: Span | None = None, baseline: Span | None = None, *, top: int = 8
    ) -> go.Figure:
        """Which words rise and fall from one stretch to the next."""
        after, before, wider = self._asked().compared(period, baseline)
        frame = measures.rising_terms(wider, after, before)
        return charts.rising_terms_chart(frame, span=after, baseline=before, top=top, **self._placed)

    def events(self, *, rank: str = "size", top: int = 20) -> go.Figure:
        """Its events of two or more articles, by `size`, `recency` or `spread`."""
        frame = self._asked().events(rank)
        options: dict[str, Any] = {"n_events": len(frame), "rank": rank, "span": self._asked().span}
        return charts.events_chart(frame[frame["first"].notna()][:top], **options, **self._placed)

    def event(self, event_id: str, *, top: int = 30) -> go.Figure:
        """One event: who had it when, and whose text is whose."""
        frame, lead = self._asked().event(event_id)
        return charts.event_chart(frame, lead=lead, top=top, **self._placed)

    def health(self) -> go.Figure:
        """What was collected each day, beside what was to be expected."""
        return charts.health_chart(measures.health(self.selection), **self._look)

    def fields(self) -> go.Figure:
        """How often each field is missing."""
        return charts.fields_chart(measures.field_health(self.selection), **self._look)

    def problems(self, *, top: int = 10) -> go.Figure:
        """What could not be read, or was repaired."""
        return charts.problems_chart(measures.problem_codes(self.selection), top=top, **self._look)

    def _asked(self, every: str = "") -> Asked:
        return Asked(self.selection, every)

    @property
    def _look(self) -> dict[str, Any]:
        return {"snapshot": self.selection.corpus.snapshot.label, "theme": self.theme}

    @property
    def _placed(self) -> dict[str, Any]:
        return {"zone": self.selection.zone, **self._look}

    @property
    def _named(self) -> dict[str, Any]:
        asked = self._asked()
        return {"names": asked.names, "span": asked.span, **self._placed}
