"""Which days were collected: a day without records is a fact about the news, or about the collector."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta

__all__ = ["collection_days"]

_WEEKS = 4  # how far the same weekdays around a day tell what to expect of it
_CHANCE = 0.001  # a run of empty days less likely than this is put down to the collector


def collection_days(counts: Mapping[date, int]) -> list[tuple[datetime, int, float, str]]:
    """The rows of `collection`: every day from the first record to the last, with what was expected of it.

    What is expected of a day is the median count of the same weekday, four weeks before and after, without the run of
    empty days that it belongs to; in the middle of a longer run, the median of all days with records. A run of empty
    days is `not collected` when a Poisson process of that rate would leave it empty with a probability under 0.001;
    otherwise its zeros are observed: nothing was published.

    Args:
        counts: records of each day that has any.

    >>> days = [date(2021, 8, 1), date(2021, 8, 2), date(2021, 8, 4)]
    >>> [status for *_, status in collection_days(dict.fromkeys(days, 9))]
    ['observed', 'observed', 'not collected', 'observed']
    >>> [status for *_, status in collection_days(dict.fromkeys(days, 2))]
    ['observed', 'observed', 'observed', 'observed']
    """
    if not counts:
        return []
    first = datetime.combine(min(counts), datetime.min.time())
    days = [first + timedelta(n) for n in range((max(counts) - min(counts)).days + 1)]
    counted = [counts.get(day.date(), 0) for day in days]
    runs = _runs(counted)
    usual = _median(sorted(counts.values()))
    expected = [_expected(counted, runs, at, usual) for at in range(len(days))]
    missed: dict[int, float] = {}  # records expected of each run of empty days
    for count, run, wanted in zip(counted, runs, expected, strict=True):
        if not count:
            missed[run] = missed.get(run, 0.0) + wanted
    lost = {run for run, wanted in missed.items() if math.exp(-wanted) < _CHANCE}
    status = [
        "observed" if count or run not in lost else "not collected"
        for count, run in zip(counted, runs, strict=True)
    ]
    return list(zip(days, counted, expected, status, strict=True))


def _runs(counted: list[int]) -> list[int]:
    """A number for each day; days of one run of empty days share it, and days of one run of days with records."""
    runs: list[int] = []
    was_empty = False
    for count in counted:
        change = (count == 0) != was_empty
        was_empty = count == 0
        runs.append((runs[-1] if runs else 0) + change)
    return runs


def _expected(counted: list[int], runs: list[int], at: int, usual: float) -> float:
    first = at - 7 * _WEEKS if at >= 7 * _WEEKS else at % 7
    values = [
        counted[day]
        for day in range(first, min(at + 7 * _WEEKS + 1, len(counted)), 7)
        if day != at and (counted[day] or runs[day] != runs[at])
    ]
    values.sort()
    return _median(values) if values else usual


def _median(ordered: list[int]) -> float:
    middle = len(ordered) // 2
    return float(ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2)
