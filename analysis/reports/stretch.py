"""The times that a report is about: what it draws, and the two stretches that it compares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from analysis.corpus import Selection

__all__ = ["Stretches", "stretches_of"]

_EVERY = (("day", 100), ("week", 540), ("month", 3000))
_RECENT = (("day", 7), ("week", 28), ("month", 91))  # days of the latest stretch, by the length of a period


@dataclass(frozen=True)
class Stretches:
    """The times of a report, each (first instant, end) in UTC, cut at midnights of the zone.

    Attributes:
        drawn: what charts show and bursts are looked for in; None where nothing is known of any time.
        recent: what is held against `before`: the period chosen, else the latest days of the corpus.
        before: as many days right before; None where nothing was collected then.
        every: length of a period of the charts.
        chosen: whether the reader chose the period.
        undrawn: articles of the selection from before `drawn`.
    """

    drawn: tuple[pd.Timestamp, pd.Timestamp] | None
    recent: tuple[pd.Timestamp, pd.Timestamp] | None
    before: tuple[pd.Timestamp, pd.Timestamp] | None
    every: str
    chosen: bool
    undrawn: int


def stretches_of(selection: Selection, every: str = "") -> Stretches:
    """The times of a report about a selection.

    Where no first day is chosen, charts begin with the corpus; where the oldest 1 % of the corpus would take more than
    half of the width, after them.

    Args:
        selection: a selection or corpus.
        every: length of a period; unless given such that a chart has some 10 to 100 of them.
    """
    zone = ZoneInfo(selection.zone)
    first, core, last = selection.corpus.extent
    start, end = selection.period
    if first is None or last is None:
        return Stretches(None, None, None, every or "day", start is not None, 0)
    low = start or _midnight(first, zone)
    high = end or _midnight(last, zone) + timedelta(days=1)
    if start is None and core is not None and (core - first) * 2 > high - first:
        low = _midnight(core, zone)
    if high <= low:
        return Stretches(None, None, None, every or "day", start is not None, 0)
    days = (high - low) / timedelta(days=1)
    every = every or next((name for name, most in _EVERY if days <= most), "year")
    recent = (low, high) if start is not None else (max(low, high - _recent(every)), high)
    length = recent[1] - recent[0]
    before = (recent[0] - length, recent[0])
    undrawn = 0 if start is not None or low <= first else _before(selection, low)
    known = before[0] >= _midnight(core or first, zone)
    return Stretches(
        _stamps(low, high),
        _stamps(*recent),
        _stamps(*before) if known else None,
        every,
        start is not None,
        undrawn,
    )


def _before(selection: Selection, low: datetime) -> int:
    """Articles from before a moment."""
    earlier = selection.table("articles").filter(f"epoch(published_at) < {low.timestamp()!r}")
    return int(earlier.aggregate("count(*)").fetchall()[0][0])


def _midnight(instant: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(instant.astimezone(zone).date(), time(), zone)


def _recent(every: str) -> timedelta:
    return timedelta(days=dict(_RECENT).get(every, 365))


def _stamps(low: datetime, high: datetime) -> tuple[pd.Timestamp, pd.Timestamp]:
    return pd.Timestamp(low).tz_convert("UTC"), pd.Timestamp(high).tz_convert("UTC")
