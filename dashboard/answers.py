"""What the pages ask of the corpus, each answer kept for a while: `View` in, what the measures gave out.

The key of an answer is what it depends on and leaves out how it is displayed, so that a change of colours or an
opened panel computes nothing. Answers are shared by all viewers: whoever gets one must not change it.

What an app is given is `dashboard.editions.Editions`: asked with a view, it answers over the snapshot and in the time
zone of that view. What is asked without a view (`corpus`, `zone`, `bases`) is asked of `at(view)`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property, wraps
from typing import Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import pandas as pd

from analysis.charts.theme import Theme, theme_of
from analysis.corpus import BadFilter, Corpus, Filters, Selection
from analysis.errors import NewsgaugeError
from analysis.measures.bursts import bursts_in
from analysis.measures.change import change
from analysis.measures.coverage import collected_days
from analysis.measures.providers import ranked_providers, with_details
from analysis.measures.topics import topics
from analysis.measures.volume import volume, with_share
from analysis.reports.stretch import stretches_of
from analysis.story import Story
from dashboard.data_health import DataHealth
from dashboard.event_frames import Event, EventList, Ints, event_list, event_sizes, headline_of, one_event
from dashboard.kept import kept
from dashboard.marks import behind
from dashboard.saved import Saved
from dashboard.totals import Belongings, Totals, belongings, count, span_of
from dashboard.url_state import View

__all__ = ["Answers", "Totals", "span_of"]

T = TypeVar("T")
P = ParamSpec("P")
Stretch = tuple[datetime, datetime]


def _there(
    method: Callable[Concatenate[Answers, View, P], T],
) -> Callable[Concatenate[Answers, View, P], T]:
    """A method that answers over the snapshot and in the zone of its view."""

    @wraps(method)
    def answer(self: Answers, view: View, /, *args: P.args, **options: P.kwargs) -> T:
        return method(self.at(view), view, *args, **options)

    return answer


class Answers:
    """Answers over one corpus; safe to share between threads."""

    def __init__(self, corpus: Corpus, served: str | None = None, saved: Saved | None = None) -> None:
        self.corpus = corpus
        self.zone = ZoneInfo(corpus.zone)
        self.served = served or corpus.zone  # the zone of an address that names none
        self.bases = _bases(corpus)
        self.saved = saved or Saved()
        self._totals = kept(self._count)
        self._belongings = kept(lambda filters: belongings(self._select(filters)))
        self._volume = kept(self._measure)
        self._bursts = kept(self._find_bursts)
        self._change = kept(self._split_change)
        self._ranking = kept(lambda filters: self._named(ranked_providers(self._select(filters))))
        self._outlets = kept(
            lambda filters: self._named(with_details(self._select(filters), self._ranking(filters)))
        )
        self._topics = kept(self._rank_topics)
        self._choices = kept(self._list_choices)
        self._events = kept(lambda filters, rank: event_list(self._select(filters), rank, self._sizes))
        self._event = kept(lambda filters, key: one_event(self._select(filters), key))
        self._measured = kept(
            lambda measure, filters, options: measure(self._select(filters), **dict(options))
        )

    @property
    def stories(self) -> dict[str, Story]:
        """The saved stories, as they are now."""
        return self.saved.stories()

    def at(self, _view: View) -> Answers:
        """The answers over the snapshot and in the zone of a view."""
        return self

    @_there
    def story(self, view: View) -> Story | None:
        """The saved story that is shown."""
        return self.stories.get(view.story) if view.story else None

    @_there
    def query(self, view: View) -> str:
        """The query that is asked: the story's, or the one typed."""
        story = self.story(view)
        return story.query if story else view.query

    @_there
    def theme(self, view: View, scheme: str) -> Theme:
        """The colours of charts: marks have the story's colour, on whichever page."""
        story, theme = self.story(view), theme_of(scheme)
        return replace(theme, bar=story.colour) if story else theme

    @_there
    def selection(self, view: View) -> Selection:
        """The selection of the filter bar; a query that cannot be read selects by the other filters only."""
        return self._select(self._filters(view))

    @_there
    def opened(self, view: View) -> Selection:
        """The selection behind the mark that is opened, or of the filter bar where none is."""
        return self._select(self._filters(view) if view.mark is None else self._behind(view))

    @_there
    def narrowed(self, view: View) -> View:
        """The view whose filter bar selects what the opened mark holds."""
        if view.mark is None:
            return view
        filters = self._behind(view)
        if view.mark.kind == "day":
            zone = None if self.corpus.zone == self.served else self.corpus.zone
            view = replace(view.unfiltered(), zone=zone)
        since, until = (day if isinstance(day, date) else None for day in (filters.since, filters.until))
        same = filters.query == self.query(view)
        return replace(
            view.closed(), query=view.query if same else filters.query, story=view.story if same else None,
            topics=filters.topics, providers=filters.providers,
            since=since, until=until,
        )  # fmt: skip

    def measured(self, measure: Callable[..., T], view: View, **options: Hashable) -> T:
        """What a measure, or any function of a selection, gives for the selection of the filter bar.

        Args:
            measure: a function that stays (its identity is part of the answer's key), called with the selection.
            view: what is shown.
            options: passed on.
        """
        return self._measured_of(view, measure, options)

    @_there
    def totals(self, view: View) -> Totals:
        """How much the selection holds."""
        return self._totals(self._filters(view))

    @_there
    def belongings(self, view: View) -> Belongings:
        """How much belongs to the articles of the selection."""
        return self._belongings(self._filters(view))

    @_there
    def before(self, view: View) -> tuple[View, int] | None:
        """The same view over as many days just before its own, and how many; None where nothing was collected then."""
        first, last = span_of(view, self._totals(Filters()))
        if view.since is None or first is None or last is None or last < first:
            return None
        days = (last - first).days + 1
        earlier = replace(view, since=first - timedelta(days=days), until=first - timedelta(days=1))
        everything = self._totals(Filters())
        if everything.first is None or earlier.since is None or earlier.since < everything.first:
            return None
        return earlier, days

    @_there
    def everything(self, view: View) -> Totals:
        """How much was collected in the same days: the denominator of shares."""
        return self._totals(Filters(since=view.since, until=view.until))

    @_there
    def drawn(self, view: View) -> tuple[date | None, date | None]:
        """The first and last day that charts show: those chosen, else the corpus's, without a long thin beginning.

        Where the oldest 1 % of the articles would take more than half of the width, charts begin after them; the page
        says how many are not drawn.
        """
        first, last = span_of(view, self._totals(Filters()))
        if view.since is None and first and last and self._core and (self._core - first) * 2 > last - first:
            return self._core, last
        return first, last

    @_there
    def undrawn(self, view: View) -> int:
        """Articles of the selection from before the first day that is drawn."""
        first, _ = self.drawn(view)
        if view.since is not None or first is None or first == self._totals(Filters()).first:
            return 0
        return self.totals(replace(view, until=first - timedelta(days=1))).articles

    @cached_property
    def health(self) -> DataHealth:
        """How sound the data is."""
        return DataHealth(self.corpus)

    @cached_property
    def _sizes(self) -> Ints:
        """How large every event is."""
        return event_sizes(self.corpus)

    @property
    def _core(self) -> date | None:
        """The day before which the oldest 1 % of the articles lie."""
        core = self.corpus.extent[1]
        return None if core is None else core.astimezone(self.zone).date()

    @_there
    def every(self, view: View) -> str:
        """The length of a period: as chosen, else by the span, so that a chart has some 10 to 100 of them."""
        if view.every:
            return view.every
        first, last = self.drawn(view)
        days = (last - first).days + 1 if first and last else 1
        return next(
            (name for name, most in (("day", 130), ("week", 540), ("month", 3000)) if days <= most), "year"
        )

    @_there
    def volume(self, view: View) -> pd.DataFrame:
        """Volume per period with its share of the corpus, on the chosen basis."""
        filters, drawn, every, basis = (
            self._filters(view),
            self.drawn(view),
            self.every(view),
            self.basis(view),
        )
        counted = self._volume(filters, drawn, every, basis)
        if replace(filters, since=None, until=None) == Filters():
            return counted
        return with_share(counted, self._volume(Filters(), drawn, every, basis))

    @_there
    def course(self, view: View, basis: str) -> pd.DataFrame:
        """Volume per period on a basis, without a share."""
        return self._volume(self._filters(view), self.drawn(view), self.every(view), basis)

    @_there
    def shared(self, view: View) -> bool:
        """Whether the volume is drawn as a share; of a selection of everything there is none."""
        return view.share and "share" in self.volume(view)

    @_there
    def bursts(self, view: View) -> pd.DataFrame:
        """The bursts of the volume that is drawn, the heaviest first."""
        return self._bursts(self._filters(view), self.drawn(view), self.every(view), self.basis(view))

    @_there
    def compared(self, view: View) -> tuple[View, View] | None:
        """The view over the days whose change is explained, and over as many just before; None where there are none.

        Where no first day is chosen, those are the latest days of the corpus, as reports have them.
        """
        if view.since is not None:
            earlier = self.before(view)
            return (view, earlier[0]) if earlier else None
        found = self.measured(stretches_of, view, every=view.every or "")
        if found.recent is None or found.before is None:
            return None
        (since, until), (begin, end) = map(self._days, (found.recent, found.before))
        return replace(view, since=since, until=until), replace(view, since=begin, until=end)

    @_there
    def change(self, view: View) -> tuple[pd.DataFrame, Stretch, Stretch] | None:
        """What the change between the days `compared` was made of, with both stretches; None where there is none."""
        pair = self.compared(view)
        now, before = (
            (self._span(*span_of(one, self._totals(Filters()))) for one in pair) if pair else (None, None)
        )
        if before is None or now is None:
            return None
        filters = replace(self._filters(view), since=None, until=None)
        return self._change(filters, now, before), now, before

    @_there
    def collected(self, view: View) -> pd.DataFrame:
        """Volume of the whole corpus over the same periods."""
        same_days = Filters(since=view.since, until=view.until)
        return self._volume(same_days, self.drawn(view), self.every(view), "articles")

    @_there
    def daily(self, view: View) -> pd.DataFrame:
        """Articles per day."""
        return self._volume(self._filters(view), self.drawn(view), "day", "articles")

    @_there
    def basis(self, view: View) -> str:
        """The counting basis: as chosen, where the corpus has its columns."""
        return view.basis if view.basis in self.bases else "articles"

    @_there
    def ranking(self, view: View) -> pd.DataFrame:
        """The outlets of the selection with their counts, quality and originality."""
        return self._ranking(self._filters(view))

    @_there
    def outlets(self, view: View) -> pd.DataFrame:
        """The outlets of the selection with all that is measured of them."""
        return self._outlets(self._filters(view))

    @_there
    def choices(self, _view: View, most: int) -> tuple[tuple[str, ...], dict[str, str]]:
        """Topics, and outlets' domains with their names, those of most articles first: what filters offer."""
        return self._choices(most)

    @_there
    def n_copies(self, view: View) -> int | None:
        """Articles that repeat the text of an earlier one; None where copies were not looked for."""
        outlets = self.ranking(view)
        if not outlets["n_compared"].sum():
            return None
        copies = outlets["n_compared"] * (1 - outlets["originality"])
        return round(float(copies.fillna(0).sum()))

    @_there
    def missed(self, view: View) -> tuple[date, ...]:
        """The days that the view is about on which nothing was collected."""
        first, last = self.drawn(view)
        days = collected_days(self.corpus)
        if first is None or last is None or days is None:
            return ()
        known = {day.date() for day in days}
        span = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return tuple(day for day in span if day not in known)

    @_there
    def events(self, view: View) -> EventList:
        """The events of the selection that the page lists."""
        return self._events(self._filters(view), view.rank)

    @_there
    def event(self, view: View) -> Event | None:
        """The event that is shown, all of it; None where the snapshot has none of that id."""
        return None if view.event is None else self._event(self._filters(view), view.event)

    @_there
    def headline(self, _view: View, event_id: str) -> str:
        """The headline of an event, or its id where it has none."""
        return headline_of(self.corpus, event_id) or event_id

    @_there
    def topics(self, view: View) -> pd.DataFrame:
        """The topics of the selection with their counts, those of most articles first."""
        return self._topics(self._filters(view))

    def _select(self, filters: Filters) -> Selection:
        if filters == Filters():
            return self.corpus
        given = {name: getattr(filters, name) for name in Filters.__dataclass_fields__ if name != "query"}
        try:
            return self.corpus.select(filters.query, **given)
        except BadFilter:
            raise
        except NewsgaugeError:
            return self.corpus.select("", **given)

    @_there
    def _measured_of(self, view: View, measure: Callable[..., T], options: dict[str, Hashable]) -> T:
        answer: T = self._measured(measure, self._filters(view), tuple(sorted(options.items())))
        return answer

    def _behind(self, view: View) -> Filters:
        filters = self._filters(view)
        return filters if view.mark is None else behind(self, view, view.mark, filters)

    def _find_bursts(
        self, filters: Filters, drawn: tuple[date | None, date | None], every: str, basis: str
    ) -> pd.DataFrame:
        series = self._volume(filters, drawn, every, basis)
        if filters != Filters():
            series = with_share(series, self._volume(Filters(), drawn, every, basis))
        return bursts_in(self._select(filters), series, every=every)

    def _split_change(self, filters: Filters, now: Stretch, before: Stretch) -> pd.DataFrame:
        return change(self._select(filters), now, before)

    def _filters(self, view: View) -> Filters:
        return Filters(
            query=self.query(view), topics=view.topics, providers=view.providers, since=view.since,
            until=view.until, min_quality=view.min_quality, max_quality=view.max_quality,
        )  # fmt: skip

    def _count(self, filters: Filters) -> Totals:
        return count(self._select(filters))

    def _measure(
        self, filters: Filters, drawn: tuple[date | None, date | None], every: str, basis: str
    ) -> pd.DataFrame:
        return volume(self._select(filters), every=every, basis=basis, span=self._span(*drawn))

    def _span(self, first: date | None, last: date | None) -> tuple[datetime, datetime] | None:
        """Two days as the instants between which they lie."""
        if first is None or last is None or last < first:
            return None
        start, end = (datetime.combine(day, time.min, self.zone) for day in (first, last + timedelta(days=1)))
        return start, end

    def _days(self, span: tuple[pd.Timestamp, pd.Timestamp]) -> tuple[date, date]:
        """The first and last day between two midnights of the zone."""
        first, end = span
        return first.tz_convert(self.zone).date(), (end - pd.Timedelta(1, "us")).tz_convert(self.zone).date()

    def _named(self, outlets: pd.DataFrame) -> pd.DataFrame:
        return outlets.assign(name=self._names.reindex(outlets["provider_id"]).to_numpy())

    @cached_property
    def _names(self) -> pd.Series[str]:
        """Names of outlets by their domains."""
        table: pd.DataFrame = self.corpus.table("providers").project("provider_id, name").df()
        return table.set_index("provider_id")["name"]

    def _rank_topics(self, filters: Filters) -> pd.DataFrame:
        return topics(self._select(filters))

    def _list_choices(self, most: int) -> tuple[tuple[str, ...], dict[str, str]]:
        outlets = self.corpus.providers.sort_values(["n_articles", "provider_id"], ascending=[False, True])[
            :most
        ]
        return tuple(self.topics(View())["topic"][:most]), dict(
            zip(outlets["provider_id"], outlets["name"], strict=True)
        )


def _bases(corpus: Corpus) -> tuple[str, ...]:
    """The counting bases whose columns this corpus has filled."""
    known = corpus.table("articles").aggregate("count(is_original), count(event_id)").fetchall()[0]
    return ("articles", *(["originals"] if known[0] else []), *(["events"] if known[1] else []), "providers")
