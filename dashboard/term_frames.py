"""Which terms rise and fall: between which stretches of days, and the texts behind each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd

from analysis.corpus import Selection
from analysis.measures.terms import rising_terms, texts_with
from dashboard.url_state import View

if TYPE_CHECKING:  # answers are asked what a mark counts, and marks ask this
    from dashboard.answers import Answers

__all__ = ["Stretches", "stretches", "terms_of", "texts_behind"]

Span = tuple[datetime, datetime]
_TOP = 12


@dataclass(frozen=True)
class Stretches:
    """The days whose terms are compared: `now`, and `before`; first and last day each."""

    now: tuple[date, date]
    before: tuple[date, date]


def stretches(answers: Answers, view: View) -> Stretches | None:
    """The days of a view and as many before; where there are none before, the later and the earlier half of its own.

    Halves are of the days from its first article to its last: a story that began late would else have an empty one.

    Args:
        answers: of the view.
        view: what is shown.

    Returns:
        None where it is about one day only, or none.
    """
    earlier = answers.before(view)
    if earlier and view.since and earlier[0].since and earlier[0].until:
        days = timedelta(days=earlier[1] - 1)
        return Stretches((view.since, view.since + days), (earlier[0].since, earlier[0].until))
    (first, last), own = answers.drawn(view), answers.totals(view)
    if first is None or last is None or own.first is None or own.last is None:
        return None
    first, last = max(first, own.first), min(last, own.last)
    if first >= last:
        return None
    middle = first + timedelta(days=((last - first).days + 1) // 2)
    return Stretches((middle, last), (first, middle - timedelta(days=1)))


def terms_of(answers: Answers, view: View) -> pd.DataFrame | None:
    """What rises and falls between the stretches of a view, as `analysis.measures.terms.rising_terms` has it.

    Args:
        answers: of the view.
        view: what is shown.
    """
    days = stretches(answers, view)
    if days is None:
        return None
    zone = answers.at(view).zone
    dated = view.since is not None or view.until is not None
    whole = replace(view, since=days.before[0], until=days.now[1]) if dated else view
    return answers.measured(
        _rising, whole, period=_instants(days.now, zone), baseline=_instants(days.before, zone)
    )


def texts_behind(answers: Answers, view: View, term: str, days: tuple[date, date]) -> tuple[str, ...]:
    """The texts of some days that have a term: what its bar counted.

    Args:
        answers: of the view.
        view: what is shown.
        term: as it is searched.
        days: first and last.
    """
    span = _instants(days, answers.at(view).zone)
    return answers.measured(_with, replace(view, since=None, until=None), term=term, span=span)


def _rising(selection: Selection, *, period: Span, baseline: Span) -> pd.DataFrame:
    return rising_terms(selection, period, baseline, top=_TOP)


def _with(selection: Selection, *, term: str, span: Span) -> tuple[str, ...]:
    return tuple(texts_with(selection, term, span=span))


def _instants(days: tuple[date, date], zone: ZoneInfo) -> Span:
    first, last = days
    return datetime.combine(first, time.min, zone), datetime.combine(last + timedelta(days=1), time.min, zone)
