"""What the marks of charts stand for: a mark in, the filters of exactly the articles that it counts out."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from analysis.corpus import Filters
from analysis.measures.periods import Periods
from dashboard.url_state import Mark, View

if TYPE_CHECKING:  # answers are asked what a mark counts, and marks ask them what is drawn
    from dashboard.answers import Answers

__all__ = ["behind"]


def behind(answers: Answers, view: View, mark: Mark, filters: Filters) -> Filters:
    """What a mark counted, as filters: its panel has exactly that.

    Args:
        answers: of the view's snapshot and zone.
        view: what is shown.
        mark: a mark of it.
        filters: those of the filter bar.
    """
    if mark.kind == "outlet":
        return replace(filters, providers=(mark.value,))
    if mark.kind == "event":  # an id has nothing that the query language reads as more than a name
        return _and(filters, f"event:{re.sub('[^A-Za-z0-9_-]', '', mark.value) or 'none'}")
    if mark.kind == "topic":
        return _with_topic(filters, mark.value)
    if mark.kind == "day":  # of the page of data, which is about the whole corpus
        return Filters(since=date.fromisoformat(mark.value), until=date.fromisoformat(mark.value))
    if mark.kind == "change":
        return _changed(answers, view, filters, mark.value)
    return _in_time(answers, view, filters, mark)


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
    if part == "copies":
        return _and(filters, "is:copy")
    earlier = answers.before(view)
    before = set(answers.outlets(earlier[0])["provider_id"]) if earlier else set()
    now = list(answers.outlets(view)["provider_id"])
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
