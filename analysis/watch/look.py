"""One look at a snapshot: what is followed, over which days, and what was noted on the look before."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.corpus import Corpus, Selection
from analysis.measures.health import freshness
from analysis.reports.words import quoted
from analysis.watch.rules import Followed

__all__ = ["Look", "days_of", "plain"]


@dataclass(frozen=True, eq=False)
class Look:
    """One look for one thing followed.

    Attributes:
        corpus: the snapshot looked at.
        followed: what is followed.
        now: the time, with zone; articles from after it do not count as newest.
        noted: what was noted on the look before, by name.
    """

    corpus: Corpus
    followed: Followed
    now: datetime
    noted: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def selection(self) -> Selection:
        """The articles followed."""
        return self.corpus.select(self.followed.query) if self.followed.query else self.corpus

    @cached_property
    def end(self) -> pd.Timestamp | None:
        """The midnight after the newest article of the corpus, in its zone; None where no article has a time."""
        newest = freshness(self.corpus, self.now)["last_published"].iloc[0]
        if pd.isna(newest):
            return None
        local = pd.Timestamp(newest).tz_convert(self.corpus.zone)
        return _midnight(local.date() + timedelta(days=1), self.corpus.zone)

    def stretch(self, days: int, before: int = 0) -> tuple[pd.Timestamp, pd.Timestamp]:
        """So many days up to the end, less so many days before it."""
        if self.end is None:
            raise ValueError("no article has a time")
        last = self.end.date() - timedelta(days=before)
        zone = self.corpus.zone
        return _midnight(last - timedelta(days=days), zone), _midnight(last, zone)

    def within(self, span: tuple[pd.Timestamp, pd.Timestamp], query: str = "") -> Selection:
        """The articles followed of a stretch."""
        first, last = days_of(span)
        return self.selection.select(query, since=first.isoformat(), until=last.isoformat())

    @property
    def named(self) -> str:
        """What is followed, as a sentence has it after a noun."""
        return f"on {quoted(self.followed.name)}" if self.followed.query else "in everything collected"


def days_of(span: tuple[pd.Timestamp, pd.Timestamp]) -> tuple[date, date]:
    """The first and last day of a stretch that ends at a midnight."""
    return span[0].date(), (span[1] - pd.Timedelta(1, "us")).date()


def plain(value: Any) -> Any:
    """A number as JSON has it: missing and endless ones as None.

    >>> plain(float("nan")), plain(2.0)
    (None, 2.0)
    """
    number = value.item() if hasattr(value, "item") else value
    return None if isinstance(number, float) and not math.isfinite(number) else number


def _midnight(day: date, zone: str) -> pd.Timestamp:
    return pd.Timestamp(day).tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
