"""What the marks of charts stand for: a mark in, the filters of exactly the articles that it counts out."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pandas as pd

from analysis.corpus import Filters
from analysis.measures.periods import Periods
from dashboard.compared import behind_compared
from dashboard.link_frames import ids_behind as links_behind
from dashboard.outlet_marks import outlet_articles
from dashboard.term_frames import stretches, texts_behind
from dashboard.topic_frames import clustered
from dashboard.topic_frames import ids_behind as clusters_behind
from dashboard.url_state import Mark, Page, View

if TYPE_CHECKING:  # answers are asked what a mark counts, and marks ask them what is drawn
    from dashboard.answers import Answers

__all__ = ["behind", "has_query"]

_BY_LISTS = frozenset({"listing", "between"})
_COMPARED = frozenset({"compared", "shared", "term"})
_OF_OUTLETS = frozenset({"first", "followed", "copied", "near"})
_OF_TERMS = frozenset({"rising", "falling"})
_BY_ID = _BY_LISTS | _OF_OUTLETS | _OF_TERMS | {"cluster", "spot", "strand"}


def behind(answers: Answers, view: View, mark: Mark, filters: Filters) -> Filters:
    """What a mark counted, as filters: its panel has exactly that.

    Args:
        answers: of the view's snapshot and zone.
        view: what is shown.
        mark: a mark of it.
        filters: those of the filter bar.
    """
    view, filters = _of_outlet(view, mark, filters)
    match mark.kind:
        case "outlet":
            found = replace(filters, providers=(mark.value,))
        case "event":  # an id has nothing that the query language reads as more than a name
            found = _and(filters, f"event:{re.sub('[^A-Za-z0-9_-]', '', mark.value) or 'none'}")
        case "topic":
            found = _with_topic(filters, mark.value)
        case "both" | "listed":
            found = _of_labels(mark, filters)
        case kind if kind in _COMPARED:
            found = _beside(answers, view, mark, filters)
        case "day":  # of the page of data, which is about the whole corpus
            found = Filters(since=date.fromisoformat(mark.value), until=date.fromisoformat(mark.value))
        case "change":
            found = _changed(answers, view, filters, mark.value)
        case kind if kind in _BY_ID:
            found = _chosen(answers, view, mark, filters)
        case _:
            found = _in_time(answers, view, filters, mark)
    return found


def _of_outlet(view: View, mark: Mark, filters: Filters) -> tuple[View, Filters]:
    """On the page of one outlet marks are about all that it has, or beside all that the others have."""
    if view.page is not Page.PROVIDERS or not view.outlet:
        return view, filters
    providers = () if mark.kind in _OF_OUTLETS | _BY_LISTS else (view.outlet,)
    return replace(view, providers=providers), replace(filters, providers=providers)


def _beside(answers: Answers, view: View, mark: Mark, filters: Filters) -> Filters:
    """The articles of a mark of the comparison."""
    if mark.kind == "term":  # as it is searched: folded words, in which no quote is left
        return _and(filters, f'"{mark.value.replace(chr(34), " ")}"')
    return behind_compared(answers, view, mark, filters, behind) or _nothing(filters)


def _of_labels(mark: Mark, filters: Filters) -> Filters:
    """Articles of two topics, or of an outlet those that only lists name."""
    if mark.kind == "listed":
        return _and(replace(filters, providers=(mark.value,)), "NOT seen:record")
    one, _, other = mark.value.partition("/")
    return _with_topic(_with_topic(filters, unquote(one)), unquote(other))


def _with_term(answers: Answers, view: View, mark: Mark, filters: Filters) -> Filters:
    """The texts that a term was counted in: of now where it rises, of the days before where it falls."""
    found = stretches(answers, view)
    if found is None:
        return _nothing(filters)
    days = found.now if mark.kind == "rising" else found.before
    ids = texts_behind(answers, view, mark.value, days)
    return replace(filters, since=days[0], until=days[1], ids=ids)


def has_query(mark: Mark) -> bool:
    """Whether the filter bar can select what the mark counts: a computation's choice has no query."""
    return mark.kind not in _BY_ID


def _chosen(answers: Answers, view: View, mark: Mark, filters: Filters) -> Filters:
    """The articles that a computation chose, by their ids."""
    if mark.kind in _OF_TERMS:
        return _with_term(answers, view, mark, filters)
    # What lies around a story is not of the story.
    return replace(Filters() if mark.kind == "near" else filters, ids=_ids(answers, view, mark))


def _ids(answers: Answers, view: View, mark: Mark) -> tuple[str, ...]:
    """The ids of the articles behind a mark of computed clusters, of outlets or of related lists."""
    if mark.kind in _OF_OUTLETS:
        return answers.measured(outlet_articles, view, kind=mark.kind, value=mark.value)
    if mark.kind in _BY_LISTS:
        return answers.measured(links_behind, view, kind=mark.kind, value=mark.value)
    found = answers.measured(clustered, view, k=view.clusters)
    zone = answers.corpus.zone
    return clusters_behind(
        found, mark.kind, mark.value, every=answers.every(view), zone=zone, drawn=answers.drawn(view)
    )


def _in_time(answers: Answers, view: View, filters: Filters, mark: Mark) -> Filters:
    """The articles of a burst or of a period that is drawn."""
    if mark.kind == "burst":
        first, last = map(date.fromisoformat, mark.value.split("/"))
        return _within(filters, view, first, last)
    first, last = _period(mark.value, answers.every(view), answers.corpus.zone)
    drawn_first, drawn_last = answers.drawn(view)
    first, last = max(first, drawn_first or first), min(last, drawn_last or last)
    filters = replace(filters, since=first, until=max(first, last))
    return _and(filters, "NOT is:copy") if answers.basis(view) == "originals" else filters


def _within(filters: Filters, view: View, first: date, last: date) -> Filters:
    """Some days of those chosen; none where they are others."""
    first, last = max(first, view.since or first), min(last, view.until or last)
    return replace(filters, since=first, until=last) if first <= last else _nothing(filters)


def _changed(answers: Answers, view: View, filters: Filters, part: str) -> Filters:
    """The articles of one part of a change: copies, or originals of the outlets that it concerns."""
    pair = answers.compared(view)
    if pair is None:
        return _nothing(filters)
    filters = replace(filters, since=pair[0].since, until=pair[0].until)
    if part == "copies":
        return _and(filters, "is:copy")
    now, before = (list(answers.ranking(one)["provider_id"]) for one in pair)
    chosen = tuple(domain for domain in now if (domain in before) == (part == "more per provider"))
    if not chosen or part not in {"new providers", "more per provider"}:
        return _nothing(filters)
    return _and(replace(filters, providers=chosen), "NOT is:copy")


def _with_topic(filters: Filters, topic: str) -> Filters:
    """Articles with any of the chosen topics, and with this one.

    A label with a double quote cannot stand in a query, so it is the filter that has it.
    """
    if not filters.topics or topic in filters.topics:
        return replace(filters, topics=(topic,))
    if '"' in topic:
        named = [f'topic:"{one}"' for one in filters.topics if '"' not in one]
        filters = replace(filters, topics=(topic,))
        return _and(filters, f"({' OR '.join(named)})") if named else filters
    return _and(filters, f'topic:"{topic}"')


def _nothing(filters: Filters) -> Filters:
    """Filters that nothing passes."""
    return _and(filters, "is:copy AND NOT is:copy")


def _and(filters: Filters, query: str) -> Filters:
    return replace(filters, query=f"({filters.query}) AND {query}" if filters.query else query)


def _period(start: str, every: str, zone: str) -> tuple[date, date]:
    """The first and last day of the period that a day lies in."""
    periods = Periods(every, zone)
    low = periods.floor(pd.Timestamp(start, tz=zone) + pd.Timedelta(12, "h"))
    end = periods.ends(pd.DatetimeIndex([low]))[0]
    return low.date(), (end - pd.Timedelta(1, "us")).date()
