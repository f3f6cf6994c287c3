"""Bursts over the volume they were found in: a line, its bursts as bands that carry their top headline.

A burst in a burst is a darker band. The line breaks where nothing was collected.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import shortened
from analysis.charts.caption import caption, click_for, counted, empty_figure, faint, headed_figure, times
from analysis.charts.describe import described
from analysis.charts.theme import LIGHT, Theme, plain
from analysis.charts.time_axis import add_bands, add_hatching, count_ticks, set_time, span_name, wall, widths
from analysis.charts.wording import percent, period_name
from analysis.measures.coverage import NOT_COLLECTED, PARTIAL

__all__ = ["burst_days", "bursts_chart", "bursts_finding", "mark_bursts"]

_NOUN = {"articles": "article", "originals": "text", "events": "event", "providers": "outlet"}
_HEIGHT = 300
_LANE = 17  # pixels of a line of labels
_LABELS = 4  # more than the heaviest few cannot be read
_BAR = 8  # pixels of the bar over a burst
_LINES = 2  # lines of headlines over a volume
_LETTERS = 56
_ROOM = 110  # letters that fit over the narrowest chart that shows labels


def bursts_chart(
    series: pd.DataFrame,
    found: pd.DataFrame,
    *,
    every: str,
    basis: str = "articles",
    subject: str = "Coverage",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """The volume as a line, with the bursts found in it.

    Args:
        series: from `analysis.measures.volume.volume` without `by`; one row a period. With `share` where the bursts
            were looked for in the share.
        found: from `analysis.measures.bursts.bursts`, asked alike.
        every: as both measures were asked.
        basis: as both measures were asked.
        subject: what the title is about.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; the `customdata` of a point is the first day of its period, ISO; that of a band is the burst's start
        and end (exclusive), ISO with zone.

    >>> from analysis.measures.bursts import bursts
    >>> from analysis.measures.volume import volume
    >>> days = pd.date_range("2021-08-01", periods=20, freq="D", tz="UTC")
    >>> times = days.append(days[[9] * 30])
    >>> frame = pd.DataFrame({"article_id": [str(n) for n in range(50)], "published_at": times, "title": "Ban it"})
    >>> frame = frame.assign(provider_id="sky.com", excerpt=None, search_title=" ban it ", search_excerpt="")
    >>> frame = frame.assign(copy_group_id=None, event_id=None, is_original=True)
    >>> found = bursts(frame)
    >>> bursts_chart(volume(frame), found, every="day").layout.meta["title"]
    'Coverage had one burst, on 10 August 2021, at 12x its usual level'
    """
    title = bursts_finding(found, subject)
    subtitle = _subtitle(series, every, basis, snapshot)
    if series.empty:
        return empty_figure(theme, title=title, subtitle=subtitle, why="No period of time to look at.")
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=_HEIGHT)
    starts = wall(series["period"])
    width = widths(starts, every)
    top = max(float(series["count"].max(skipna=True)) if series["count"].notna().any() else 0.0, 1.0) * 1.05
    ends = starts[0], starts[-1] + width[-1]
    labelled = _from_below(found[found["level"] == 1].head(_LABELS), *ends)
    places = _lanes(labelled, *ends)
    n_lanes = max((lane for lane, _ in places), default=-1) + 1
    add_hatching(figure, series, starts, width, top=top, theme=theme)
    _add_bursts(figure, found, _NOUN[basis], top, theme)
    _add_line(figure, series, starts, every, _NOUN[basis], theme)
    add_bands(figure, series, starts, width, theme)
    _add_headlines(figure, labelled, places, theme)
    set_time(figure, starts, width, every)
    ceiling = 1 - (n_lanes * _LANE + 4) / (_HEIGHT - 92) if n_lanes else 1
    figure.update_yaxes(
        range=[0, top], domain=[0, ceiling], tickformat=",d", showline=False, **count_ticks(top)
    )
    return described(figure, _summary(found, series))


def bursts_finding(found: pd.DataFrame, subject: str) -> str:
    """What the bursts show, as a sentence.

    >>> bursts_finding(pd.DataFrame({"level": []}), "Coverage")
    'Coverage: no burst in this time'
    """
    first = found[found["level"] == 1]
    if first.empty:
        return f"{subject}: no burst in this time"
    top = first.iloc[0]
    when = span_name(top["start"], top["end"], zone=str(top["start"].tz))
    when = f"on {when}" if " to " not in when else f"from {when}"
    level = f", at {times(top['count'] / top['usual'])} its usual level" if top["usual"] > 0 else ""
    if len(first) == 1:
        return f"{subject} had one burst, {when}{level}"
    return f"{subject} had {len(first)} bursts; the strongest {when}{level}"


def mark_bursts(
    figure: go.Figure,
    found: pd.DataFrame,
    *,
    span: tuple[Any, Any],
    basis: str = "articles",
    theme: Theme = LIGHT,
) -> go.Figure:
    """The same figure with its bursts as bands under a thin bar each, and their top headlines in lines above those.

    Args:
        figure: of one pair of axes, the first of time, such as from `volume_chart`; it is changed.
        found: from `analysis.measures.bursts.bursts`; bursts of level 1 are marked.
        span: first instant and end of the axis of time, without zone.
        basis: as the measure was asked.
        theme: the colours.

    Returns:
        The figure; the `customdata` of a mark is the burst's first and last day, ISO, with a slash between.
    """
    first = found[found["level"] == 1].head(_LABELS)
    if first.empty:
        return figure
    places = [place if place[0] < _LINES else (0, "") for place in _lanes(first, *span)]
    n_lines = max((lane + 1 for lane, side in places if side), default=0)
    room = n_lines * _LANE + _BAR + 5
    tall = figure.laid("height") - figure.laid("margin", "t") - figure.laid("margin", "b")
    ceiling, line = 1 - room / tall, _LANE / tall
    figure.update_yaxes(domain=[0, ceiling])
    rows = first.to_dict("records")
    ends = [tuple(pd.Timestamp(row[end]).tz_localize(None) for end in ("start", "end")) for row in rows]
    figure.add_bar(
        x=[start + (end - start) / 2 for start, end in ends], y=[1] * len(rows),
        width=[(end - start) / pd.Timedelta(1, "ms") for start, end in ends], yaxis="y2",
        customdata=[burst_days(row) for row in rows], hovertext=[_burst(row, _NOUN[basis]) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"color": faint(theme.bar, 0.5), "line": {"width": 0}},
    )  # fmt: skip
    figure.update_layout(
        barmode="overlay",
        yaxis2={"domain": [ceiling + 4 / tall, ceiling + (4 + _BAR) / tall], "range": [0, 1], "visible": False,
                "fixedrange": True, "anchor": "x"},
    )  # fmt: skip
    for row, (lane, side), (start, end) in zip(rows, places, ends, strict=True):
        figure.add_shape(
            type="rect", xref="x", yref="paper", x0=start, x1=end, y0=0, y1=ceiling, layer="below",
            fillcolor=faint(theme.bar, 0.1), line={"width": 0},
        )  # fmt: skip
        if side:
            figure.add_annotation(
                x=start if side == "left" else end, xref="x", xanchor=side, y=ceiling + (5 + _BAR) / tall + lane * line,
                yref="paper", yanchor="bottom", text=plain(_label(row)), showarrow=False, borderpad=0,
                font={"size": 12, "color": theme.ink, "family": _SERIF},
            )  # fmt: skip
    return figure


def burst_days(row: Any) -> str:
    """The first and last day of a burst, ISO, with a slash between.

    >>> burst_days({"start": pd.Timestamp("2021-08-23", tz="UTC"), "end": pd.Timestamp("2021-08-25", tz="UTC")})
    '2021-08-23/2021-08-24'
    """
    last = pd.Timestamp(row["end"]) - pd.Timedelta(1, "us")
    return f"{pd.Timestamp(row['start']).date()}/{last.date()}"


def _subtitle(series: pd.DataFrame, every: str, basis: str, snapshot: str) -> str:
    counts = {"originals": "texts, copies counted once", "providers": "outlets"}.get(basis, basis)
    zone = str(series["period"].dtype.tz) if isinstance(series["period"].dtype, pd.DatetimeTZDtype) else ""
    starts = wall(series["period"])
    span = (starts[0], starts[-1] + widths(starts[-1:], every)[0]) if starts else None
    return caption(
        f"{counts} per {every}",
        "bursts of the share of everything collected" if "of" in series else "bursts of the count",
        "hatched: collected in part" if (series["status"] == PARTIAL).any() else "",
        span=span,
        zone=zone,
        snapshot=snapshot,
    )


def _add_line(
    figure: go.Figure, series: pd.DataFrame, starts: list[pd.Timestamp], every: str, noun: str, theme: Theme
) -> None:
    counts = [None if pd.isna(n) else int(n) for n in series["count"]]
    alone = [
        n is not None
        and (not place or counts[place - 1] is None)
        and (place + 1 == len(counts) or counts[place + 1] is None)
        for place, n in enumerate(counts)
    ]  # fmt: skip
    figure.add_scatter(
        x=[start + wide / 2 for start, wide in zip(starts, widths(starts, every), strict=True)],
        y=counts, mode="lines+markers", connectgaps=False, line={"color": theme.bar, "width": 1.75},
        marker={"color": theme.bar, "size": [6 if lone or len(counts) <= 45 else 0 for lone in alone]},
        customdata=[start.date().isoformat() for start in starts],
        hovertext=[
            _point(row, start, every, noun)
            for row, start in zip(series.to_dict("records"), starts, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _point(row: dict[Any, Any], start: pd.Timestamp, every: str, noun: str) -> str:
    name = f"<b>{period_name(start, every)}</b>"
    if row["status"] == NOT_COLLECTED:
        return f"{name}<br>not collected"
    lines = [name, counted(int(row["count"]), noun)]
    if pd.notna(row.get("share")):
        lines.append(f"{percent(row['share'])} of {int(row['of']):,} collected")
    if row["status"] == PARTIAL:
        lines.append("partial: not every day was collected")
    lines.append(
        (click_for(int(row["count"])) if noun == "article" else "click for the articles")
        if row["count"]
        else ""
    )
    return "<br>".join(line for line in lines if line)


def _add_bursts(figure: go.Figure, found: pd.DataFrame, noun: str, top: float, theme: Theme) -> None:
    rows = found.to_dict("records")
    if not rows:
        return
    ends = [tuple(pd.Timestamp(row[end]).tz_localize(None) for end in ("start", "end")) for row in rows]
    figure.add_bar(
        x=[start + (end - start) / 2 for start, end in ends], y=[top] * len(rows),
        width=[(end - start) / pd.Timedelta(1, "ms") for start, end in ends],
        customdata=[[row["start"].isoformat(), row["end"].isoformat()] for row in rows],
        hovertext=[_burst(row, noun) for row in rows], hovertemplate="%{hovertext}<extra></extra>",
        marker={"color": faint(theme.bar, 0.16), "line": {"width": 0}},
    )  # fmt: skip
    figure.update_layout(barmode="overlay")


def _burst(row: dict[Any, Any], noun: str) -> str:
    count = int(row["count"])
    lines = [
        f"<b>{span_name(row['start'], row['end'], zone=str(row['start'].tz))}</b>",
        f"{counted(count, noun)} where {row['usual']:,.1f} are usual",
        *(plain(shortened(str(title), 70)) for title in row["headlines"]),
    ]
    lines += (
        [plain("terms: " + ", ".join(shortened(str(t), 24) for t in row["terms"]))]
        if len(row["terms"])
        else []
    )
    lines += [f"weight {row['weight']:.1f}, level {int(row['level'])}", click_for(int(row["n_articles"]))]
    return "<br>".join(line for line in lines if line)


def _from_below(labelled: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """The same bursts in an order in which a line from a label down to its burst meets no label under it."""
    sides = [side for _, side in _lanes(labelled, first, last)]
    seconds = {
        end: (labelled[end].dt.tz_localize(None) - first).dt.total_seconds() for end in ("start", "end")
    }
    height = [
        -seconds["start"].iloc[n] if side == "left" else seconds["end"].iloc[n]
        for n, side in enumerate(sides)
    ]
    keys = pd.DataFrame({"side": sides, "height": height}, index=labelled.index)
    return labelled.loc[keys.sort_values(["side", "height"], kind="stable").index]


def _lanes(labelled: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> list[tuple[int, str]]:
    """For each burst the line of its label, from the bottom, and the side that it is anchored at; none overlap."""
    whole = max((last - first) / pd.Timedelta(1, "s"), 1.0)
    taken: list[list[tuple[float, float]]] = []
    places = []
    for row in labelled.to_dict("records"):
        start, end = (
            (pd.Timestamp(row[e]).tz_localize(None) - first) / pd.Timedelta(1, "s") / whole
            for e in ("start", "end")
        )
        need = (len(_label(row)) + 2) / _ROOM
        left = start + need <= 1 or start <= 1 - end
        low, high = (start, start + need) if left else (end - need, end)
        lane = 0
        while lane < len(taken) and any(low < other[1] and other[0] < high for other in taken[lane]):
            lane += 1
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        places.append((lane, "left" if left else "right"))
    return places


def _label(row: dict[Any, Any]) -> str:
    text = str(row["headlines"][0]) if len(row["headlines"]) else counted(int(row["n_articles"]), "article")
    return shortened(text, _LETTERS)


def _add_headlines(
    figure: go.Figure, labelled: pd.DataFrame, places: list[tuple[int, str]], theme: Theme
) -> None:
    n_lanes = max((lane for lane, _ in places), default=-1) + 1
    for row, (lane, side) in zip(labelled.to_dict("records"), places, strict=True):
        at = pd.Timestamp(row["start"] if side == "left" else row["end"]).tz_localize(None)
        height = 1 - (n_lanes - lane) * _LANE / (_HEIGHT - 92)
        figure.add_annotation(
            x=at, xref="x", xanchor=side, y=height, yref="paper", yanchor="bottom", text=plain(_label(row)),
            showarrow=False, borderpad=0, font={"size": 12, "color": theme.ink, "family": _SERIF},
        )  # fmt: skip
        figure.add_shape(
            type="line", xref="x", yref="paper", x0=at, x1=at,
            y0=1 - n_lanes * _LANE / (_HEIGHT - 92), y1=height + 0.02,
            line={"color": theme.muted, "width": 1},
        )  # fmt: skip


_SERIF = "Georgia, 'Source Serif', 'Liberation Serif', serif"  # headlines are content, not interface


def _summary(found: pd.DataFrame, series: pd.DataFrame) -> str:
    first = found[found["level"] == 1]
    said = [
        f"{span_name(row['start'], row['end'], zone=str(row['start'].tz))}: "
        f"{counted(int(row['n_articles']), 'article')}, "
        f"{_label(row)}"
        for row in first.head(_LABELS).to_dict("records")
    ]
    gone = int((series["status"] == NOT_COLLECTED).sum())
    parts = [f"Line of {len(series):,} periods.", *(f"Burst {one}." for one in said)]
    return " ".join([*parts, *([f"{gone:,} not collected."] if gone else [])])
