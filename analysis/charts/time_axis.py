"""The axis of time that charts share: periods on the clock of their zone, what was not collected, what only in part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from textwrap import wrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.theme import Theme, plain
from analysis.measures.coverage import NOT_COLLECTED, PARTIAL

__all__ = [
    "add_bands",
    "add_dates",
    "add_hatching",
    "count_ticks",
    "date_name",
    "set_time",
    "span_name",
    "time_ticks",
    "wall",
    "widths",
]

_BAND_LABEL = 0.09  # a band of at least this share of the width is wide enough for its label
_LOW = 5  # an axis up to this would be divided at halves
_LABELS = 7  # at most so many labels on the axis of time
_STEP = {
    "hour": pd.DateOffset(hours=1),
    "day": pd.DateOffset(days=1),
    "week": pd.DateOffset(days=7),
    "month": pd.DateOffset(months=1),
    "quarter": pd.DateOffset(months=3),
    "year": pd.DateOffset(years=1),
}


def count_ticks(most: float) -> dict[str, int]:
    """How an axis of counts is divided: at whole numbers, of which a low axis has few.

    >>> count_ticks(1), count_ticks(40)
    ({'dtick': 1}, {'nticks': 5})
    """
    return {"dtick": 1} if most <= _LOW else {"nticks": 5}


def wall(periods: pd.Series[Any]) -> list[pd.Timestamp]:
    """The beginnings of periods on the clock of their zone, without it, as Plotly draws times.

    >>> wall(pd.Series(pd.to_datetime(["2021-08-23T00:00+01:00"])))
    [Timestamp('2021-08-23 00:00:00')]
    """
    return [pd.Timestamp(start).tz_localize(None) for start in periods]


def widths(starts: list[pd.Timestamp], every: str) -> list[pd.Timedelta]:
    """How long each period is.

    >>> widths([pd.Timestamp("2021-02-01")], "month")
    [Timedelta('28 days 00:00:00')]
    """
    return [(start + _STEP[every]) - start for start in starts]


def add_bands(
    figure: go.Figure,
    frame: pd.DataFrame,
    starts: list[pd.Timestamp],
    width: list[pd.Timedelta],
    theme: Theme,
    *,
    label: bool = True,
    at: float = 0.5,
) -> None:
    """Add one grey band for each stretch of periods that were not collected.

    Args:
        figure: its first axes are of time and of values.
        frame: one row a period, with `status`.
        starts: from `wall`.
        width: from `widths`.
        theme: the colours.
        label: whether wide bands say what they are.
        at: height of that label, as a part of the figure's.
    """
    gone = (frame["status"] == NOT_COLLECTED).tolist()
    whole = (starts[-1] + width[-1] - starts[0]) if starts else pd.Timedelta(0)
    place = 0
    while place < len(gone):
        end = place
        while end < len(gone) and gone[end]:
            end += 1
        if end > place:
            low, high = starts[place], starts[end - 1] + width[end - 1]
            wide = label and (high - low) / whole >= _BAND_LABEL
            figure.add_shape(
                type="rect", xref="x", yref="paper", x0=low, x1=high, y0=0, y1=1,
                fillcolor=theme.band, line={"width": 0}, layer="below",
            )  # fmt: skip
            if wide:
                figure.add_annotation(
                    x=low + (high - low) / 2, xref="x", y=at, yref="paper", text="not collected",
                    showarrow=False, font={"size": 12, "color": theme.muted},
                )  # fmt: skip
        place = max(end, place + 1)


def add_hatching(
    figure: go.Figure,
    frame: pd.DataFrame,
    starts: list[pd.Timestamp],
    width: list[pd.Timedelta],
    *,
    top: float,
    theme: Theme,
) -> None:
    """Hatch the ground behind a line where a period was collected in part only.

    Args:
        figure: its first axes are of time and of values.
        frame: one row a period, with `status`.
        starts: from `wall`.
        width: from `widths`.
        top: the upper end of the axis of values.
        theme: the colours.
    """
    some = [place for place, status in enumerate(frame["status"]) if status == PARTIAL]
    if not some:
        return
    figure.add_bar(
        x=[starts[place] + width[place] / 2 for place in some], y=[top] * len(some),
        width=[width[place] / pd.Timedelta(1, "ms") for place in some], hoverinfo="skip", name=PARTIAL,
        marker={"color": theme.paper, "line": {"width": 0},
                "pattern": {"shape": "/", "fgcolor": theme.hairline, "bgcolor": theme.paper, "size": 6}},
    )  # fmt: skip
    figure.update_layout(barmode="overlay")


def add_dates(
    figure: go.Figure, dates: Sequence[tuple[date, str]], span: tuple[Any, Any], theme: Theme
) -> None:
    """Name days with a dotted line and a mark whose text is shown on hover; those out of range are left out.

    Args:
        figure: its first axes are of time and of values.
        dates: day and what happened.
        span: first instant and end of the axis of time, without zone.
        theme: the colours.
    """
    top = (figure.laid("yaxis", "domain") or (0, 1))[1]
    for day, text in dates:
        noon = pd.Timestamp(day) + pd.Timedelta(12, "h")
        if not span[0] <= noon < span[1]:
            continue
        figure.add_shape(
            type="line", xref="x", yref="paper", x0=noon, x1=noon, y0=0, y1=top,
            line={"color": theme.ink, "width": 1, "dash": "dot"},
        )  # fmt: skip
        said = "<br>".join(map(plain, wrap(text, 60)))
        figure.add_annotation(
            x=noon, xref="x", y=top, yref="paper", yanchor="top", text="◆", showarrow=False, borderpad=0,
            font={"size": 12, "color": theme.ink}, hovertext=f"<b>{date_name(pd.Timestamp(day))}</b><br>{said}",
            captureevents=True,
        )  # fmt: skip


def set_time(figure: go.Figure, starts: list[pd.Timestamp], width: list[pd.Timedelta], every: str) -> None:
    """Let the first axis run from the first period's beginning to the last one's end, with few labels."""
    if starts:
        figure.update_xaxes(range=[starts[0], starts[-1] + width[-1]])
    figure.update_xaxes(showgrid=False, ticks="outside", ticklen=4, **time_ticks(starts, width, every))
    figure.update_layout(margin={"b": 38})  # two lines: day and month, and the year where it changes


def time_ticks(starts: list[pd.Timestamp], width: list[pd.Timedelta], every: str) -> dict[str, Any]:
    """Labels under the middle of their periods, so few that they fit a telephone; the year where it changes.

    >>> time_ticks([pd.Timestamp("2021-08-01")], [pd.Timedelta(31, "D")], "month")["ticktext"]
    ['Aug<br>2021']
    """
    step = -(-len(starts) // _LABELS) if starts else 1
    values: list[pd.Timestamp] = []
    labels: list[str] = []
    year = None
    for start, wide in list(zip(starts, width, strict=True))[::step]:
        name = {"year": f"{start:%Y}", "month": f"{start:%b}", "quarter": f"{start:%b}"}.get(
            every, f"{start.day} {start:%b}"
        )
        values.append(start + wide / 2)
        labels.append(name if start.year == year or every == "year" else f"{name}<br>{start:%Y}")
        year = start.year
    return {"tickmode": "array", "tickvals": values, "ticktext": labels, "tickangle": 0}


def date_name(moment: pd.Timestamp) -> str:
    """A day as charts name it.

    >>> date_name(pd.Timestamp("2021-08-23"))
    '23 August 2021'
    """
    return f"{moment.day} {moment:%B %Y}"


def span_name(start: Any, end: Any, zone: str = "UTC") -> str:
    """The days of a stretch of time, named without repeating a month or year; empty where an end is missing.

    Args:
        start: first instant, or a time without zone.
        end: the instant that ends it: a midnight belongs to the day before.
        zone: IANA zone in which days are named.

    >>> span_name("2021-08-17T00:00Z", "2021-08-28T00:00Z")
    '17 to 27 August 2021'
    >>> span_name("2019-12-30T00:00Z", "2020-01-05T12:00Z"), span_name("2021-08-23T00:00Z", "2021-08-24T00:00Z")
    ('30 December 2019 to 5 January 2020', '23 August 2021')
    """
    ends = [pd.Timestamp(start), pd.Timestamp(end)]
    if any(pd.isna(moment) for moment in ends):
        return ""
    first, after = (moment.tz_convert(zone).tz_localize(None) if moment.tz else moment for moment in ends)
    last = max(after - pd.Timedelta(1, "us"), first)
    if first.date() == last.date():
        return date_name(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {date_name(last)}"
    begin = f"{first.day} {first:%B}" if first.year == last.year else date_name(first)
    return f"{begin} to {date_name(last)}"
