"""Events on the axis of time: those of a selection, a dot each; one event, a row an outlet and a dot an article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import shortened
from analysis.charts.caption import caption, click_for, counted, empty_figure, faint, headed_figure
from analysis.charts.describe import described
from analysis.charts.notes import LABEL
from analysis.charts.rows import HALF, set_rows
from analysis.charts.theme import LIGHT, Theme, plain
from analysis.charts.time_axis import span_name
from analysis.charts.timeliness import lag_name
from analysis.measures.frames import one_of

__all__ = ["event_chart", "events_chart"]

_SERIF = "Georgia, 'Source Serif 4', 'Source Serif', 'Noto Serif', 'Liberation Serif', serif"
_LARGEST = 15.0  # pixels across
_LINE = 24  # pixels of an outlet's row
_ORDERS = {
    "size": ("The largest event", "largest first"),
    "recency": ("The latest event", "latest first"),
    "spread": ("The event of most outlets", "most outlets first"),
}
_STOPS = [
    {"dtickrange": [None, 86_399_999], "value": "%H:%M\n%-d %b %Y"},
    {"dtickrange": [86_400_000, 604_800_000], "value": "%-d %b\n%Y"},
    {"dtickrange": ["M1", "M11"], "value": "%b\n%Y"},
    {"dtickrange": ["M12", None], "value": "%Y"},
]


def events_chart(
    frame: pd.DataFrame,
    *,
    n_events: int | None = None,
    rank: str = "size",
    missed: Sequence[date] = (),
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """Events, a row each: a dot at its first article whose area is its articles, a line to its last.

    Args:
        frame: rows of `analysis.measures.events.events` with `headline` and `size` (articles of all the corpus), in
            the order wanted; events without any time are left out.
        n_events: how many there are in all.
        rank: by what the rows are in order: `size`, `recency` or `spread`.
        missed: days on which nothing was collected.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each dot's `customdata` is the event's id.

    Raises:
        BadOption: an unknown rank.

    >>> times = pd.to_datetime(["2021-08-23T05:30Z"])
    >>> frame = pd.DataFrame({"event_id": ["e"], "n_articles": [14], "n_providers": [9], "n_texts": [5],
    ...     "first": times, "last": times, "headline": ["Ban it"], "size": [20], "median_quality": [55.0]})
    >>> events_chart(frame).layout.meta["title"]
    'The largest event: Ban it, with 14 articles from 9 outlets'
    """
    rows = frame[frame["first"].notna()].to_dict("records")
    first_is, order = _ORDERS[one_of("rank", rank, tuple(_ORDERS))]
    total = len(rows) if n_events is None else n_events
    subtitle = caption(
        f"{len(rows):,} of {counted(total, 'event')} shown, {order}",
        "dot: first article, its area the articles here",
        span=span,
        zone=zone,
        snapshot=snapshot,
    )
    title = _foremost(rows, first_is)
    if not rows:
        return empty_figure(
            theme, title=title, subtitle=subtitle, why="No event of two or more articles with a time."
        )
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=240)
    first, last = (_wall(frame[name].dropna(), zone) for name in ("first", "last"))
    places = [place + HALF for place in range(len(rows))]
    _add_gaps(figure, missed, min(first), max(last), theme)
    figure.add_scatter(
        x=[end for ends in zip(first, last, [None] * len(rows), strict=True) for end in ends],
        y=[end for place in places for end in (place, place, None)],
        mode="lines", line={"color": faint(theme.bar, 0.5), "width": 3}, hoverinfo="skip",
    )  # fmt: skip
    sizes = np.array([row["n_articles"] for row in rows], dtype=float)
    figure.add_scatter(
        x=first, y=places, mode="markers", cliponaxis=False, customdata=[row["event_id"] for row in rows],
        hovertext=[_event_hover(row, zone) for row in rows], hovertemplate="%{hovertext}<extra></extra>",
        marker={"size": (_LARGEST * np.sqrt(sizes / sizes.max())).clip(min=5).tolist(), "color": theme.bar,
                "opacity": 1, "line": {"width": 1, "color": theme.paper}},
    )  # fmt: skip
    for place, row in enumerate(rows):
        _label(figure, theme, place, row)
    set_rows(figure, len(rows), below=40)
    _set_time(figure, min(first), max(last))
    said = "; ".join(f"{_headline(row)} {row['n_articles']:,}" for row in rows[:10])
    return described(figure, f"Dots: {said}.")


def event_chart(
    frame: pd.DataFrame,
    *,
    lead: Mapping[str, Any] | None = None,
    top: int = 30,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """One event: a row an outlet, in the order in which they had it; a dot an article; copies tied to their original.

    Args:
        frame: one row an article of the event: `article_id`, `title`, `outlet`, `published_at`, `time_precision`,
            `copy_group_id`, `is_original`, `is_selected`.
        lead: a row of `analysis.measures.events.event_leads`, where there is one.
        top: how many outlets at most, the earliest.
        zone: IANA zone of the times.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each dot's `customdata` is the article's id.

    >>> frame = pd.DataFrame({"article_id": ["a"], "title": ["Ban it"], "outlet": ["Sky"], "time_precision": ["time"],
    ...     "published_at": pd.to_datetime(["2021-08-23T05:30Z"]), "copy_group_id": ["c"], "is_original": [True],
    ...     "is_selected": [True]})
    >>> event_chart(frame).layout.meta["title"]
    'Sky is the only outlet in this corpus that had it'
    """
    timed = frame[frame["published_at"].notna()].sort_values(["published_at", "article_id"])
    outlets = list(dict.fromkeys(timed["outlet"]))
    lines = {outlet: line for line, outlet in enumerate(outlets[:top])}
    title = _opening(frame, lead)
    subtitle = caption(
        "dot: article",
        "pale: a copy, tied to its original" if _copies(frame).any() else "",
        "ring: not in the selection" if not frame["is_selected"].all() else "",
        f"the {top:,} earliest of {len(outlets):,} outlets" if len(outlets) > top else "",
        f"{len(frame) - len(timed):,} without a date not drawn" if len(timed) < len(frame) else "",
        zone, f"snapshot {snapshot}" if snapshot else "",
    )  # fmt: skip
    if timed.empty:
        return empty_figure(theme, title=title, subtitle=subtitle, why="No article of this event has a date.")
    drawn = timed[timed["outlet"].isin(list(lines))].assign(at=lambda part: _wall(part["published_at"], zone))
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=240)
    rows = drawn.to_dict("records")
    _add_ties(figure, rows, lines, theme)
    _add_dots(figure, rows, lines, theme)
    start, end = drawn["at"].min(), drawn["at"].max()
    _set_time(figure, start, end)
    figure.update_yaxes(
        range=[len(lines) - 0.4, -1.1], tickvals=list(lines.values()), showline=False, showgrid=True,
        ticktext=[plain(shortened(outlet, 20)) for outlet in lines], tickfont={"color": theme.ink, "size": 12},
    )  # fmt: skip
    figure.update_layout(
        height=figure.laid("margin", "t") + _LINE * (len(lines) + 1) + 48, margin={"l": 136, "b": 44, "r": 16}
    )
    if lead is not None:
        _add_first(figure, rows, lead, lines, theme)
    said = "; ".join(f"{shortened(outlet)} {_clock(drawn, outlet)}" for outlet in list(lines)[:10])
    return described(figure, f"First articles: {said}.")


def _wall(times: Any, zone: str) -> list[pd.Timestamp]:
    return [pd.Timestamp(moment).tz_convert(zone).tz_localize(None) for moment in times]


def _headline(row: dict[Any, Any], length: int = 60) -> str:
    title = row["headline"]
    return shortened(title, length) if isinstance(title, str) and title else "(no headline)"


def _foremost(rows: list[dict[Any, Any]], first_is: str) -> str:
    if not rows:
        return "No event of two or more articles here"
    top = rows[0]
    size = f"{counted(int(top['n_articles']), 'article')} from {counted(int(top['n_providers']), 'outlet')}"
    return f"{first_is}: {_headline(top)}, with {size}"


def _event_hover(row: dict[Any, Any], zone: str) -> str:
    n, size = int(row["n_articles"]), int(row["size"])
    part = counted(n, "article") if n == size else f"{n:,} of {counted(size, 'article')}"
    quality = row["median_quality"]
    lines = [
        f"<b>{plain(_headline(row, 90))}</b>",
        f"{part}, {counted(int(row['n_providers']), 'outlet')}, {counted(int(row['n_texts']), 'text')}",
        span_name(row["first"], row["last"] + pd.Timedelta(1, "us"), zone),
        "no quality score" if pd.isna(quality) else f"median quality {quality:g}",
        click_for(n),
    ]
    return "<br>".join(lines)


def _label(figure: go.Figure, theme: Theme, place: int, row: dict[Any, Any]) -> None:
    """The headline in the type of what outlets wrote, after its number of articles."""
    n = int(row["n_articles"])
    figure.add_annotation(
        name=LABEL, x=0, xref="x domain", xanchor="left", y=place, yref="y", yanchor="bottom", yshift=-4,
        showarrow=False, align="left", text=f"<b>{n:,}</b>&nbsp; {plain(_headline(row, 100))}",
        font={"size": 14, "color": theme.ink, "family": _SERIF},
    )  # fmt: skip


def _add_gaps(
    figure: go.Figure, missed: Sequence[date], start: pd.Timestamp, end: pd.Timestamp, theme: Theme
) -> None:
    """One grey band for each stretch of days on which nothing was collected."""
    inside = [day for day in sorted(missed) if start.date() <= day <= end.date()]
    stretches: list[list[date]] = []
    for day in inside:
        if stretches and day - stretches[-1][1] == timedelta(days=1):
            stretches[-1][1] = day
        else:
            stretches.append([day, day])
    for low, high in stretches:
        figure.add_shape(
            type="rect", xref="x", yref="paper", x0=low, x1=high + timedelta(days=1), y0=0, y1=1, layer="below",
            fillcolor=theme.band, line={"width": 0},
        )  # fmt: skip


def _set_time(figure: go.Figure, start: pd.Timestamp, end: pd.Timestamp) -> None:
    room = max((end - start) * 0.03, pd.Timedelta(30, "min"))
    figure.update_xaxes(
        range=[start - room, end + room], type="date", showgrid=True, ticks="outside", ticklen=4, nticks=6,
        tickformatstops=_STOPS, tickangle=0,
    )  # fmt: skip


def _copies(frame: pd.DataFrame) -> pd.Series[bool]:
    return ~frame["is_original"].astype("boolean").fillna(value=True).astype(bool)


def _opening(frame: pd.DataFrame, lead: Mapping[str, Any] | None) -> str:
    """Who had it first, and by how much."""
    names = frame["outlet"].unique()
    if len(names) == 1:
        return f"{shortened(names[0], 40)} is the only outlet in this corpus that had it"
    if lead is None or pd.isna(lead["lead_hours"]):
        return "Too few times are known to say who was first in this corpus"
    if lead["n_openers"] > 1:
        return f"{int(lead['n_openers']):,} outlets had it first in this corpus, at the same minute"
    opener = shortened(str(lead["outlet"]), 40)
    return f"{opener} was first in this corpus, {lag_name(lead['lead_hours'])} before the next outlet"


def _add_ties(figure: go.Figure, rows: list[dict[Any, Any]], lines: dict[str, int], theme: Theme) -> None:
    """A hairline from each copy to the original of its text, where that is drawn."""
    originals = {row["copy_group_id"]: row for row in rows if row["is_original"] is True}
    pairs = [
        (originals[row["copy_group_id"]], row)
        for row in rows
        if row["is_original"] is False and row["copy_group_id"] in originals
    ]
    figure.add_scatter(
        x=[end for one, two in pairs for end in (one["at"], two["at"], None)],
        y=[end for one, two in pairs for end in (lines[one["outlet"]], lines[two["outlet"]], None)],
        mode="lines", line={"color": theme.muted, "width": 0.7}, opacity=0.7, hoverinfo="skip",
    )  # fmt: skip


def _add_dots(figure: go.Figure, rows: list[dict[Any, Any]], lines: dict[str, int], theme: Theme) -> None:
    pale = theme.ramp[0]
    colours = [pale if row["is_original"] is False else theme.bar for row in rows]
    inside = [
        colour if row["is_selected"] else theme.paper for colour, row in zip(colours, rows, strict=True)
    ]
    figure.add_scatter(
        x=[row["at"] for row in rows], y=[lines[row["outlet"]] for row in rows], mode="markers", cliponaxis=False,
        customdata=[row["article_id"] for row in rows], hovertext=[_article_hover(row) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"size": 11, "color": inside,
                "opacity": 1, "line": {"width": 2, "color": colours}},
    )  # fmt: skip


def _article_hover(row: dict[Any, Any]) -> str:
    time = f"{row['at'].day} {row['at']:%b %Y}" + (
        f", {row['at']:%H:%M}" if row["time_precision"] == "time" else ", time of day not known"
    )
    title = row["title"] if isinstance(row["title"], str) and row["title"] else "(no headline)"
    parts = [
        f"<b>{plain(shortened(title, 90))}</b>",
        f"{plain(shortened(row['outlet']))} · {time}",
        "a copy of an earlier article" if row["is_original"] is False else "",
        "" if row["is_selected"] else "not in the selection",
        "click for the article",
    ]
    return "<br>".join(part for part in parts if part)


def _add_first(
    figure: go.Figure,
    rows: list[dict[Any, Any]],
    lead: Mapping[str, Any],
    lines: dict[str, int],
    theme: Theme,
) -> None:
    """Say at the first dot that it is the first, and by how much."""
    timed = [row for row in rows if row["time_precision"] == "time"]
    if not timed:
        return
    first = timed[0]
    alone = lead["n_openers"] == 1 and not pd.isna(lead["lead_hours"])
    figure.add_annotation(
        x=first["at"], y=lines[first["outlet"]], text="First in this corpus"
        + (f", by {lag_name(lead['lead_hours'])}" if alone else ""),
        xanchor="left", yanchor="bottom", yshift=5, xshift=-6, showarrow=False,
        font={"size": 12, "color": theme.ink},
    )  # fmt: skip


def _clock(drawn: pd.DataFrame, outlet: str) -> str:
    at = drawn.loc[drawn["outlet"] == outlet, "at"].min()
    return f"{at.day} {at:%b %H:%M}"
