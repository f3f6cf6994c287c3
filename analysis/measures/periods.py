"""Hours, days, weeks, months, quarters and years as they begin in the user's time zone.

Engines cut times into periods only in their session's zone (UTC here), so an instant is first moved to the
zone's wall clock by adding the offset in force then, and the wall time is cut. The offsets come from the zone
database, one for each stretch between two clock changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.measures.frames import BadOption, Frame, one_of

__all__ = ["EVERY", "WEEKDAYS", "Periods"]

Ints = npt.NDArray[np.int64]

EVERY = ("hour", "day", "week", "month", "quarter", "year")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CUT = {"hour": "1h", "day": "1d", "week": "1d", "month": "1mo", "quarter": "1q", "year": "1y"}
_UNITS = {"day": ("D", 1), "month": ("M", 1), "quarter": ("M", 3), "year": ("Y", 1)}  # as numpy calls them
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_MONDAY = 4  # the first of 1970


@dataclass(frozen=True)
class Periods:
    """One way to cut time: the length of a period, the zone whose clock counts, the first day of the week.

    Raises:
        BadOption: an unknown period, zone or weekday.

    >>> Periods("week", "Europe/London", "sunday").floor(pd.Timestamp("2021-08-23T05:30Z"))
    Timestamp('2021-08-22 00:00:00+0100', tz='Europe/London')
    """

    every: str = "day"
    zone: str = "UTC"
    week_start: str = "monday"

    def __post_init__(self) -> None:
        one_of("every", self.every, EVERY)
        one_of("week_start", self.week_start, WEEKDAYS)
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            example = "such as Europe/London or UTC"
            raise BadOption(f"zone must be an IANA time zone {example}; got {self.zone!r}") from None

    def cut(
        self,
        frame: Frame,
        *,
        column: str = "published_at",
        into: str = "period",
        span: tuple[pd.Timestamp, pd.Timestamp] | None = None,
    ) -> Frame:
        """Add the period of each row, in the engine; rows without a time have none.

        Args:
            frame: has `column`, times in UTC.
            column: the times.
            into: name of the column to add. Its values are marks for `starts_of`, not yet times in the zone.
            span: times between which all of the column are, where that is known; else they are looked up in a zone
                that has an offset.

        Returns:
            The frame with one column more.
        """
        if span is None and self.zone != "UTC":
            span = self.span(frame, column=column)
        first, last = span or (pd.Timestamp(0, tz="UTC"), pd.Timestamp(0, tz="UTC"))
        offsets = _offsets(self.zone, first, last)
        # Without its zone, which is UTC: DuckDB is several times slower with times that have one.
        moment = nw.col(column).dt.replace_time_zone(None)
        if self.every == "hour":
            # An hour begins at the same minute all over a zone's offset; whole hours of it need no move.
            offsets = [(since, offset % _HOUR) for since, offset in offsets]
        moved = _shift(moment, offsets).dt.truncate(_CUT[self.every])
        if self.every == "week":
            moved = self._week(moved)
        if self.every == "hour":
            # Moved back by the offset of the row itself, so that a repeated hour stays two hours.
            return frame.with_columns(_shift(moment, offsets, by=moved).alias(into))
        return frame.with_columns(moved.alias(into))

    def marks(self, moments: Ints) -> Ints:
        """What `cut` adds, of times in microseconds from 1970: marks in the same.

        >>> Periods("hour").marks(np.array([3_600_000_001])).tolist()
        [3600000000]
        """
        if not len(moments):
            return moments
        offset = self._offset_of(moments)
        wall = moments + offset
        if self.every == "hour":
            return wall - wall % _in_microseconds(_HOUR) - offset
        days = wall // _in_microseconds(_DAY)
        first = days.min()
        marks = self._first_of(np.arange(first, days.max() + 1)) * _in_microseconds(_DAY)
        found: Ints = marks[days - first]
        return found

    def starts_of(self, marks: pd.Series[Any]) -> pd.Series[Any]:
        """The beginnings of periods, as times in the zone, from the marks that `cut` made.

        Args:
            marks: collected marks, `datetime64[us, UTC]`.

        Returns:
            `datetime64[us, zone]`, same index. A day whose midnight is skipped begins at its first instant.
        """
        if self.every == "hour":
            return pd.Series(
                pd.DatetimeIndex(marks.array).tz_convert(self.zone), index=marks.index, name=marks.name
            )
        wall = pd.DatetimeIndex(marks.array).tz_localize(None)
        return pd.Series(self._at(wall), index=marks.index, name=marks.name)

    def floor(self, instant: pd.Timestamp) -> pd.Timestamp:
        """The beginning of the period of one instant, in the zone."""
        local = instant.tz_convert(self.zone).as_unit("us")
        if self.every == "hour":
            return local - _past_the_hour(pd.DatetimeIndex([local]))[0]
        wall = local.tz_localize(None).normalize()
        if self.every == "week":
            wall -= pd.Timedelta(days=(wall.day_of_week - WEEKDAYS.index(self.week_start)) % 7)
        elif self.every != "day":
            month = {"month": wall.month, "quarter": 3 * (wall.quarter - 1) + 1, "year": 1}[self.every]
            wall = wall.replace(month=month, day=1)
        return self._at(pd.DatetimeIndex([wall]))[0]

    def range(self, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
        """The beginning of every period from that of `first` to that of `last`, both inclusive, in the zone.

        >>> len(Periods("hour", "Europe/London").range(
        ...     pd.Timestamp("2021-10-31T00:00+01:00"), pd.Timestamp("2021-10-31T23:00Z")))
        25
        """
        low, high = self.floor(first), self.floor(last)
        if self.every == "hour":
            # Every half hour, because some zones change their clocks by half an hour.
            steps = pd.date_range(low, high, freq="30min", unit="us")
            return pd.DatetimeIndex(steps - _past_the_hour(steps)).unique()
        wall = pd.date_range(
            low.tz_localize(None).normalize(),
            high.tz_localize(None).normalize(),
            freq=self._frequency(),
            unit="us",
        )
        starts = self._at(wall)
        # Samoa had no 30 December 2011: a day that the clocks skip is no period.
        exists = starts.tz_localize(None).normalize() == wall
        return pd.DatetimeIndex(starts[exists])

    def ends(self, starts: pd.DatetimeIndex) -> pd.DatetimeIndex:
        """The end (exclusive) of each of the consecutive periods of `range`."""
        if starts.empty:
            return starts
        step = {"hour": pd.Timedelta(hours=2), "day": pd.Timedelta(days=2), "week": pd.Timedelta(days=9)}
        jump = step.get(self.every, pd.Timedelta(days=400))
        following = self.range(starts[-1], starts[-1] + jump)
        return pd.DatetimeIndex(starts[1:].append(following[1:2]))

    def ends_of(self, starts: pd.DatetimeIndex) -> pd.DatetimeIndex:
        """The end (exclusive) of each of some periods, in ascending order, that need not follow one another."""
        if starts.empty:
            return starts
        every = self.range(starts[0], starts[-1])
        return self.ends(every)[every.get_indexer(starts)]

    def span(self, frame: Frame, *, column: str = "published_at") -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """The first and last time of a frame, in UTC; None where no row has one."""
        ends = frame.select(nw.col(column).min().alias("first"), nw.col(column).max().alias("last"))
        row = ends.collect("pandas").to_native().iloc[0]
        if pd.isna(row["first"]):
            return None
        first, last = pd.to_datetime(row, utc=True)
        return first, last

    def _first_of(self, days: Ints) -> Ints:
        """The first day of the period of each day, as days from 1970."""
        if self.every == "week":
            return days - (days - _MONDAY - WEEKDAYS.index(self.week_start)) % 7
        unit, size = _UNITS[self.every]
        whole = days.view("datetime64[D]").astype(f"datetime64[{unit}]").view(np.int64)
        found: Ints = (
            (whole - whole % size).view(f"datetime64[{unit}]").astype("datetime64[D]").view(np.int64)
        )
        return found

    def _offset_of(self, moments: Ints) -> Ints:
        """By how many microseconds to move each time before it is cut."""
        if self.zone == "UTC":
            return np.zeros(1, dtype=np.int64)
        ends = pd.to_datetime([moments.min(), moments.max()], unit="us", utc=True)
        since, offsets = zip(*_offsets(self.zone, ends[0], ends[1]), strict=True)
        place = np.searchsorted(np.array(since, "datetime64[us]").view(np.int64), moments, side="right") - 1
        size: Ints = np.array(offsets, "timedelta64[us]").view(np.int64)
        return (size % (_HOUR // timedelta(microseconds=1)) if self.every == "hour" else size)[
            np.maximum(place, 0)
        ]

    def _at(self, wall: pd.DatetimeIndex) -> pd.DatetimeIndex:
        first_of_two = np.ones(len(wall), dtype=bool)
        return wall.tz_localize(self.zone, ambiguous=first_of_two, nonexistent="shift_forward").as_unit("us")

    def _week(self, day: nw.Expr) -> nw.Expr:
        """The first day of the week of a day."""
        first = WEEKDAYS.index(self.week_start) + 1
        result = day
        for back in range(1, 7):
            weekday = (first + back) % 7  # of Sunday 0, as Spark says, where others say 7
            result = (
                nw.when(day.dt.weekday() % 7 == weekday)
                .then(day - nw.lit(timedelta(days=back)))
                .otherwise(result)
            )
        return result

    def _frequency(self) -> str:
        anchored = f"W-{self.week_start[:3].upper()}"
        return {"day": "D", "week": anchored, "month": "MS", "quarter": "QS", "year": "YS"}[self.every]


def _in_microseconds(length: timedelta) -> int:
    return length // timedelta(microseconds=1)


def _offsets(zone: str, first: pd.Timestamp, last: pd.Timestamp) -> list[tuple[datetime, timedelta]]:
    """The zone's offset from UTC between clock changes: (since, in UTC without zone; offset), earliest first."""
    first, last = first.tz_convert("UTC"), last.tz_convert("UTC")
    days = pd.date_range(
        first.floor("D"), last.ceil("D") + pd.Timedelta(days=1), freq="D", tz="UTC", unit="us"
    )
    by_day = _offset_at(days, zone)
    changed = np.flatnonzero(by_day[1:] != by_day[:-1])
    quarters = pd.Timedelta(minutes=15) * np.arange(97)
    days = days.tz_localize(None)
    result = [(days[0].to_pydatetime(), timedelta(seconds=int(by_day[0])))]
    for place in changed.tolist():
        inside = days[place] + pd.TimedeltaIndex(quarters)
        by_quarter = _offset_at(inside.tz_localize("UTC"), zone)
        steps = np.flatnonzero(by_quarter[1:] != by_quarter[:-1]) + 1
        result += [(inside[i].to_pydatetime(), timedelta(seconds=int(by_quarter[i]))) for i in steps.tolist()]
    return result


def _past_the_hour(local: pd.DatetimeIndex) -> pd.TimedeltaIndex:
    """How long after the last full hour of the clock each local time is."""
    seconds = local.minute.to_numpy(dtype=np.int64) * 60 + local.second.to_numpy()
    past = (seconds * 1_000_000 + local.microsecond.to_numpy()).astype("timedelta64[us]")
    return pd.TimedeltaIndex(past)


def _offset_at(instants: pd.DatetimeIndex, zone: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Seconds east of UTC at each instant."""
    wall = instants.tz_convert(zone).tz_localize(None)
    return ((wall - instants.tz_localize(None)) // pd.Timedelta(seconds=1)).to_numpy(dtype=np.int64)


def _shift(
    column: nw.Expr, offsets: list[tuple[datetime, timedelta]], *, by: nw.Expr | None = None
) -> nw.Expr:
    """The column moved by the offset in force at it; or `by`, moved back by that offset."""
    base, sign = (column, 1) if by is None else (by, -1)
    if not any(offset for _, offset in offsets):
        return base

    def later(before: nw.Expr, stretch: tuple[datetime, timedelta]) -> nw.Expr:
        since, offset = stretch
        return nw.when(column >= since).then(base + nw.lit(sign * offset)).otherwise(before)

    return reduce(later, offsets[1:], base + nw.lit(sign * offsets[0][1]))
