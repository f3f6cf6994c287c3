"""How many voices: the effective number of outlets over time, with its 95 % band.

The measure has rows for periods with articles only, so a period without a row is a gap: nothing to take a share of.
"""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.charts.caption import caption, click_for, counted, empty_figure, faint, headed_figure, when
from analysis.charts.describe import described
from analysis.charts.theme import LIGHT, Theme
from analysis.charts.time_axis import add_hatching, set_time, wall, widths
from analysis.charts.wording import percent, period_name
from analysis.measures.coverage import PARTIAL
from analysis.measures.diversity import LEAST

__all__ = ["diversity_chart", "diversity_finding"]


def diversity_chart(
    frame: pd.DataFrame,
    *,
    every: str,
    basis: str = "articles",
    subject: str = "Coverage",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """The effective number of outlets as a line in its band.

    Args:
        frame: from `analysis.measures.diversity.diversity`.
        every: as the measure was asked.
        basis: as the measure was asked.
        subject: what the title is about.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each point's `customdata` is the first day of its period, ISO. Points of fewer than 10 articles are
        hollow.

    >>> from analysis.measures.diversity import diversity
    >>> times = pd.to_datetime(["2021-08-23T05:30Z"] * 12)
    >>> frame = pd.DataFrame({"published_at": times, "provider_id": ["a.com"] * 6 + ["b.com"] * 6})
    >>> diversity_chart(diversity(frame), every="month").layout.meta["title"]
    'Coverage in August 2021 was as spread as 2.0 equally active outlets'
    """
    title = diversity_finding(frame, every, subject)
    starts = wall(frame["period"])
    width = widths(starts, every)
    zone = str(frame["period"].dtype.tz) if isinstance(frame["period"].dtype, pd.DatetimeTZDtype) else "UTC"
    subtitle = caption(
        f"effective outlets per {every} (1 / Herfindahl-Hirschman), by {basis}",
        "ribbon: 95 %, cut off at the top",
        f"hollow: fewer than {LEAST}" if (frame["count"] < LEAST).any() else "",
        "hatched: collected in part" if (frame["status"] == PARTIAL).any() else "",
        span=(starts[0], starts[-1] + width[-1]) if starts else None,
        zone=zone,
        snapshot=snapshot,
    )
    if frame.empty:
        why = "No article with a time, so no share of an outlet."
        return empty_figure(theme, title=title, subtitle=subtitle, why=why)
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=276)
    sure = frame[frame["count"] >= LEAST]
    bounded = sure.loc[np.isfinite(sure["effective_high"]), "effective_high"]
    top = max(float(frame["effective"].max()), float(bounded.max()) if len(bounded) else 0.0) * 1.08
    top = min(
        top, 3 * float(frame["effective"].max())
    )  # a band without an end in sight must not flatten the line
    add_hatching(figure, frame, starts, width, top=top, theme=theme)
    runs = _runs(starts, width)
    middles = [start + wide / 2 for start, wide in zip(starts, width, strict=True)]
    _ribbon(figure, frame, middles, runs, top, theme)
    _line(figure, frame, starts, middles, runs, every, theme)
    set_time(figure, starts, width, every)
    figure.update_yaxes(range=[0, top], nticks=5, showline=False)
    last = frame.iloc[-1]
    few = int((frame["count"] < LEAST).sum())
    marks = f"Line of {counted(len(frame), every)}; the last {last['effective']:.1f} of "
    marks += f"{counted(int(last['n_providers']), 'outlet')}."
    return described(figure, marks + (f" {few:,} of fewer than {LEAST} articles." if few else ""))


def diversity_finding(frame: pd.DataFrame, every: str, subject: str) -> str:
    """How spread coverage was last, and whether that differs from first: the bands must lie apart.

    >>> days = pd.to_datetime(["2021-07-01", "2021-08-01"], utc=True)
    >>> ends = {"effective_low": [8.0, 2.0], "effective": [9.0, 3.0], "effective_high": [10.0, 4.0]}
    >>> diversity_finding(pd.DataFrame({"period": days, "count": 40, **ends}), "month", "Coverage")
    'Coverage narrowed from 9.0 to 3.0 equally active outlets, July 2021 to August 2021'
    """
    known = frame[frame["count"] >= LEAST]
    if frame.empty:
        return f"{subject}: no article in this time"
    if known.empty:
        return f"{subject}: never {LEAST} articles in a {every}, too few to say how spread"
    first, last = known.iloc[0], known.iloc[-1]
    begin, end = (period_name(pd.Timestamp(row["period"]).tz_localize(None), every) for row in (first, last))
    if len(known) > 1 and first["effective_low"] > last["effective_high"]:
        verb = "narrowed"
    elif len(known) > 1 and first["effective_high"] < last["effective_low"]:
        verb = "widened"
    else:
        again = ", no clear change" if len(known) > 1 else ""
        spread = f"was as spread as {last['effective']:.1f} equally active outlets"
        return f"{subject} {when(last['period'], every)} {spread}{again}"
    numbers = f"{first['effective']:.1f} to {last['effective']:.1f}"
    return f"{subject} {verb} from {numbers} equally active outlets, {begin} to {end}"


def _runs(starts: list[pd.Timestamp], width: list[pd.Timedelta]) -> list[list[int]]:
    """The places of periods that follow one another without a gap."""
    runs = [[0]]
    for place, ((start, wide), (after, _)) in enumerate(pairwise(zip(starts, width, strict=True)), start=1):
        if start + wide == after:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _ribbon(
    figure: go.Figure,
    frame: pd.DataFrame,
    middles: list[pd.Timestamp],
    runs: list[list[int]],
    top: float,
    theme: Theme,
) -> None:
    """The bands of neighbours as one ribbon, a band that stands alone or has no upper end as a stroke."""
    low, high = frame["effective_low"].tolist(), frame["effective_high"].tolist()
    enough = (frame["count"] >= LEAST).tolist()
    x: list[Any] = []
    y: list[Any] = []
    alone: list[int] = []
    for run in runs:
        for has_end, group in groupby(
            run, key=lambda place: enough[place] and bool(np.isfinite(high[place]))
        ):
            places = list(group)
            if not has_end or len(places) == 1:
                alone += [place for place in places if enough[place]]
                continue
            x += [
                *(middles[place] for place in places),
                *(middles[place] for place in reversed(places)),
                None,
            ]
            y += [*(low[place] for place in places), *(high[place] for place in reversed(places)), None]
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        fill="toself",
        fillcolor=faint(theme.bar, 0.18),
        line={"width": 0},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[x for place in alone for x in (middles[place], middles[place], None)],
        y=[y for place in alone for y in (low[place], min(high[place], top), None)],
        mode="lines", line={"color": faint(theme.bar, 0.3), "width": 8}, hoverinfo="skip",
    )  # fmt: skip


def _line(
    figure: go.Figure,
    frame: pd.DataFrame,
    starts: list[pd.Timestamp],
    middles: list[pd.Timestamp],
    runs: list[list[int]],
    every: str,
    theme: Theme,
) -> None:
    rows = frame.to_dict("records")
    x: list[Any] = []
    for key in (middles, [row["effective"] for row in rows]):
        x.append([value for run in runs for value in (*(key[place] for place in run), None)])
    figure.add_scatter(
        x=x[0],
        y=x[1],
        mode="lines",
        connectgaps=False,
        hoverinfo="skip",
        line={"color": theme.bar, "width": 1.75},
    )
    few = [row["count"] < LEAST for row in rows]
    figure.add_scatter(
        x=middles, y=[row["effective"] for row in rows], mode="markers",
        customdata=[start.date().isoformat() for start in starts],
        hovertext=[_hover(row, start, every) for row, start in zip(rows, starts, strict=True)],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"size": 7, "color": [theme.paper if one else theme.bar for one in few],
                "line": {"color": theme.bar, "width": 1.5}},
    )  # fmt: skip


def _hover(row: dict[Any, Any], start: pd.Timestamp, every: str) -> str:
    high = row["effective_high"]
    band = (
        f"{row['effective_low']:.1f} to {high:.1f}"
        if np.isfinite(high)
        else f"{row['effective_low']:.1f} or more"
    )
    lines = [
        f"<b>{period_name(start, every)}</b>",
        f"as spread as {row['effective']:.1f} equal outlets ({band})",
        f"{counted(int(row['n_providers']), 'outlet')}; the three most active have {percent(row['top3'])}",
    ]
    if pd.notna(row["rarefied"]):
        lines.append(f"{row['rarefied']:.1f} outlets expected among {counted(int(row['size']), 'article')}")
    if row["count"] < LEAST:
        lines.append(f"{counted(int(row['count']), 'article')}: too few to say")
    if row["status"] == PARTIAL:
        lines.append("partial: not every day was collected")
    return "<br>".join([*lines, click_for(int(row["count"]))])
