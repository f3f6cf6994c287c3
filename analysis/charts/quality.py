"""Quality of coverage: shares of tiers over time, whether a finding survives a threshold, and quality against heat.

Tiers are one sequential ramp; articles without a score stand apart in dotted grey, and are never taken for low.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.caption import caption, click_for, counted, empty_figure, headed_figure
from analysis.charts.describe import described
from analysis.charts.theme import LIGHT, Theme
from analysis.charts.time_axis import add_bands, set_time, wall, widths
from analysis.charts.wording import percent, period_name
from analysis.measures.coverage import NOT_COLLECTED, PARTIAL
from analysis.measures.tiers import BOUNDS

__all__ = ["quality_chart", "quality_finding"]

_FEW = 10
_NAMES = {
    "high": f"high, from {BOUNDS['high']:.0f}",
    "medium": f"medium, from {BOUNDS['medium']:.0f}",
    "low": f"low, under {BOUNDS['medium']:.0f}",
    "unknown": "no score",
}
_STACK = ("high", "medium", "low", "unknown")  # from the bottom


def quality_chart(
    frame: pd.DataFrame, *, every: str, subject: str = "Coverage", snapshot: str = "", theme: Theme = LIGHT
) -> go.Figure:
    """The share of each quality tier over time, as stacked bars.

    Args:
        frame: from `analysis.measures.quality.quality`.
        every: as the measure was asked.
        subject: what the title is about.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each bar's `customdata` is the first day of its period, ISO, and its tier.

    >>> from analysis.measures.quality import quality
    >>> times = pd.to_datetime(["2021-08-23T05:30Z"] * 12)
    >>> frame = pd.DataFrame({"published_at": times, "quality": [80.0] * 9 + [None] * 3})
    >>> quality_chart(quality(frame), every="day").layout.meta["title"]
    'Coverage: 100 % of the scored articles are of high quality; 25 % have no score'
    """
    title = quality_finding(frame, subject)
    periods = frame.drop_duplicates("period")
    starts = wall(periods["period"])
    width = widths(starts, every)
    zone = str(frame["period"].dtype.tz) if isinstance(frame["period"].dtype, pd.DatetimeTZDtype) else "UTC"
    subtitle = caption(
        f"articles, share of each {every}'s by quality tier",
        "hatched: collected in part" if (periods["status"] == PARTIAL).any() else "",
        span=(starts[0], starts[-1] + width[-1]) if starts else None,
        zone=zone,
        snapshot=snapshot,
    )
    if not frame["count"].fillna(0).any():
        return empty_figure(
            theme, title=title, subtitle=subtitle, why="No article with a time in this selection."
        )
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=276)
    for tier in _STACK:
        _add_tier(figure, frame[frame["tier"] == tier], tier, starts, width, every, theme)
    _add_key(figure, frame, theme)
    add_bands(figure, periods, starts, width, theme)
    set_time(figure, starts, width, every)
    figure.update_yaxes(range=[0, 1], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%", showline=False)
    figure.update_layout(barmode="stack", margin={"r": 124})
    sums = frame.groupby("tier")["count"].sum()
    said = "; ".join(f"{_NAMES[tier]}: {int(sums.get(tier, 0)):,}" for tier in _STACK)
    gone = int((periods["status"] == NOT_COLLECTED).sum())
    marks = f"Stacked bars per {every}. Articles in all: {said}."
    return described(figure, marks + (f" {gone:,} not collected." if gone else ""))


def quality_finding(frame: pd.DataFrame, subject: str) -> str:
    """How good coverage was over the whole time, as a sentence.

    >>> rows = {"tier": ["high", "medium", "low", "unknown"], "count": [1, 1, 0, 0]}
    >>> quality_finding(pd.DataFrame(rows), "Coverage")
    'Coverage: 2 articles, too few to say how good'
    """
    sums = frame.groupby("tier")["count"].sum()
    n, unknown = int(sums.sum()), int(sums.get("unknown", 0))
    if not n:
        return f"{subject}: no article in this time"
    if n == unknown:
        none = "the article has no" if n == 1 else f"none of {n:,} articles has a"
        return f"{subject}: {none} quality score"
    if n < _FEW:
        return f"{subject}: {counted(n, 'article')}, too few to say how good"
    high = int(sums.get("high", 0)) / (n - unknown)
    rest = f"; {percent(unknown / n)} have no score" if unknown else ""
    return f"{subject}: {percent(high)} of the scored articles are of high quality{rest}"


def _colour(tier: str, theme: Theme) -> str:
    return {"high": theme.ramp[-1], "medium": theme.ramp[3], "low": theme.ramp[0], "unknown": theme.band}[
        tier
    ]


def _add_tier(
    figure: go.Figure,
    rows: pd.DataFrame,
    tier: str,
    starts: list[pd.Timestamp],
    width: list[pd.Timedelta],
    every: str,
    theme: Theme,
) -> None:
    partial = "." if tier == "unknown" else ""
    figure.add_bar(
        x=[start + wide / 2 for start, wide in zip(starts, width, strict=True)],
        y=[None if pd.isna(share) else share for share in rows["share"]],
        width=[wide / pd.Timedelta(1, "ms") * 0.9 for wide in width],
        customdata=[[start.date().isoformat(), tier] for start in starts],
        hovertext=[_hover(row, start, every) for row, start in zip(rows.to_dict("records"), starts, strict=True)],
        hovertemplate="%{hovertext}<extra></extra>",
        name=_NAMES[tier],
        marker={
            "color": _colour(tier, theme), "line": {"width": 0},
            "pattern": {"shape": ["/" if status == PARTIAL else partial for status in rows["status"]],
                        "fgcolor": theme.muted if tier == "unknown" else theme.paper,
                        "bgcolor": _colour(tier, theme), "size": 5, "solidity": 0.3},
        },
    )  # fmt: skip


def _hover(row: dict[Any, Any], start: pd.Timestamp, every: str) -> str:
    name = f"<b>{period_name(start, every)}</b>"
    if row["status"] == NOT_COLLECTED or pd.isna(row["count"]):
        return f"{name}<br>not collected"
    n, of = int(row["count"]), int(row["of"])
    lines = [name, f"{_NAMES[str(row['tier'])]}: {n:,} of {counted(of, 'article')}"]
    if pd.notna(row["share"]):
        lines.append(f"{percent(row['share'])} ({percent(row['share_low'])} to {percent(row['share_high'])})")
    if row["status"] == PARTIAL:
        lines.append("partial: not every day was collected")
    return "<br>".join([*lines, *([click_for(n)] if n else [])])


def _add_key(figure: go.Figure, frame: pd.DataFrame, theme: Theme) -> None:
    """Name the tiers beside the last bar, each at the height of its share of the whole time, none over another."""
    sums = [float(frame.loc[frame["tier"] == tier, "count"].sum()) for tier in _STACK]
    whole, base, least = sum(sums), 0.0, 0.04
    for tier, share in zip(_STACK, sums, strict=True):
        if not share:
            continue
        middle = max(base + share / whole / 2, least)
        base, least = base + share / whole, middle + 0.12
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=8, yref="y",
            y=min(middle, 1 - 0.12 * (3 - _STACK.index(tier)) - 0.03), text=_NAMES[tier], showarrow=False,
            font={"size": 12, "color": theme.muted if tier == "unknown" else theme.ink},
        )  # fmt: skip
