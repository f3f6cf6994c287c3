"""Whether a rise or fall survives when poorly scored articles are left out: the ratio by threshold, in its ribbon."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.charts.caption import caption, click_for, counted, empty_figure, faint, headed_figure, times
from analysis.charts.describe import described
from analysis.charts.theme import LIGHT, Theme
from analysis.charts.time_axis import span_name

__all__ = ["threshold_chart", "threshold_finding"]

_ALL = -12.0  # where the point of all articles stands, apart from the thresholds


def threshold_chart(
    frame: pd.DataFrame,
    *,
    span: tuple[Any, Any],
    baseline: tuple[Any, Any],
    basis: str = "articles",
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """Coverage an hour in a period over that in a baseline, at each threshold of quality, on a scale of doublings.

    Args:
        frame: from `analysis.measures.quality.quality_thresholds`.
        span: the period, as the measure was asked.
        baseline: what it was held against.
        basis: as the measure was asked.
        zone: IANA zone in which the days of both are named.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each point's `customdata` is its threshold, None for all articles. Ratios without a bound, and those
        of no article, are gaps.

    >>> from analysis.measures.quality import quality_thresholds
    >>> times = pd.to_datetime(["2021-08-22T05:30Z"] * 10 + ["2021-08-23T05:30Z"] * 40)
    >>> frame = pd.DataFrame({"published_at": times, "quality": [60.0] * 50})
    >>> span, baseline = ("2021-08-23T00:00Z", "2021-08-24T00:00Z"), ("2021-08-22T00:00Z", "2021-08-23T00:00Z")
    >>> found = quality_thresholds(frame, span, baseline, thresholds=[30, 50])
    >>> threshold_chart(found, span=span, baseline=baseline).layout.meta["title"]
    'The rise to 4.0x holds at every threshold up to 50'
    """
    title = threshold_finding(frame)
    then = span_name(*baseline, zone=zone)
    subtitle = caption(
        f"{'texts, copies counted once' if basis == 'originals' else basis} an hour, over those of {then}",
        "ribbon: 95 %", span=span, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    known = frame[np.isfinite(frame["ratio"]) & (frame["ratio"] > 0)]
    if known.empty:
        why = "No ratio can be given: one of the two stretches has no article."
        return empty_figure(theme, title=title, subtitle=subtitle, why=why)
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=276)
    bounds = _limits(known)
    curve = frame[frame["threshold"].notna()]
    _ribbon(figure, curve, bounds, theme)
    _add_points(figure, frame, curve, theme)
    _add_whole(figure, frame.iloc[0], bounds, theme)
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=1, y1=1, line={"color": theme.ink, "width": 1})
    _set_axes(figure, curve["threshold"].tolist(), bounds)
    said = "; ".join(f"{_level(row)} {times(row['ratio'])}" for row in known.to_dict("records"))
    return described(figure, f"Ratio by least quality: {said}.")


def _add_points(figure: go.Figure, frame: pd.DataFrame, curve: pd.DataFrame, theme: Theme) -> None:
    """The curve, and a point for each threshold and for all articles: full where the change holds."""
    rows = frame.to_dict("records")
    figure.add_scatter(
        x=curve["threshold"].tolist(), y=[_value(row) for row in rows if pd.notna(row["threshold"])], mode="lines",
        connectgaps=False, hoverinfo="skip", line={"color": theme.bar, "width": 1.75},
    )  # fmt: skip
    holds = [row["holds"] is not pd.NA and bool(row["holds"]) for row in rows]
    figure.add_scatter(
        x=[_ALL if pd.isna(row["threshold"]) else row["threshold"] for row in rows], y=[_value(row) for row in rows],
        mode="markers", customdata=[None if pd.isna(row["threshold"]) else row["threshold"] for row in rows],
        hovertext=[_hover(row) for row in rows], hovertemplate="%{hovertext}<extra></extra>",
        marker={"size": 8, "color": [theme.bar if held else theme.paper for held in holds],
                "line": {"color": theme.bar, "width": 1.5}},
    )  # fmt: skip


def _add_whole(figure: go.Figure, whole: pd.Series[Any], bounds: tuple[float, float], theme: Theme) -> None:
    """The interval of all articles."""
    if _value(whole.to_dict()) is not None:
        ends = [float(np.clip(whole[f"ratio_{end}"], *bounds)) for end in ("low", "high")]
        figure.add_scatter(
            x=[_ALL, _ALL],
            y=ends,
            mode="lines",
            hoverinfo="skip",
            line={"color": faint(theme.bar, 0.3), "width": 8},
        )


def _set_axes(figure: go.Figure, levels: list[float], bounds: tuple[float, float]) -> None:
    ticks = [value for power in range(-10, 11) if bounds[0] <= (value := 2.0**power) <= bounds[1]]
    figure.update_yaxes(type="log", range=[float(np.log10(end)) for end in bounds], tickvals=ticks,
                        ticktext=[f"{tick:g}x" for tick in ticks], showline=False)  # fmt: skip
    figure.update_xaxes(
        range=[_ALL - 4, max([*levels, 10.0]) + 4], tickvals=[_ALL, *levels],
        ticktext=["all", *(f"≥ {level:g}" for level in levels)], showgrid=False, zeroline=False,
    )  # fmt: skip


def threshold_finding(frame: pd.DataFrame) -> str:
    """Whether the change survives, as a sentence; it survives up to the last threshold of an unbroken row.

    >>> rows = {"threshold": [None, 10.0, 20.0], "ratio": [2.0, 2.0, 1.1], "holds": [True, True, False]}
    >>> threshold_finding(pd.DataFrame(rows))
    'The rise to 2.0x holds up to a quality of 10, not from 20'
    """
    if frame.empty or pd.isna(frame["ratio"].iloc[0]):
        return "No article in either stretch of time"
    ratio, curve = float(frame["ratio"].iloc[0]), frame[frame["threshold"].notna()]
    if np.isinf(ratio):
        return "Coverage rose from none: there is no ratio to test"
    if frame["holds"].isna().all():
        return "No clear rise or fall that a quality threshold could test"
    what = f"The {'rise' if ratio > 1 else 'fall'} to {times(ratio)}"
    broken = curve[~curve["holds"].fillna(value=False).astype(bool)]
    if broken.empty:
        return f"{what} holds at every threshold up to {curve['threshold'].max():g}"
    first = float(broken["threshold"].iloc[0])
    before = curve.loc[curve["threshold"] < first, "threshold"]
    if before.empty:
        return f"{what} does not hold among scored articles"
    return f"{what} holds up to a quality of {before.max():g}, not from {first:g}"


def _limits(known: pd.DataFrame) -> tuple[float, float]:
    """Ends of the axis: all ratios, and of the ribbon what is within 4 times of them."""
    low, high = float(known["ratio"].min()), float(known["ratio"].max())
    ends = known["ratio_low"].clip(lower=low / 4).min(), known["ratio_high"].clip(upper=high * 4).max()
    return float(min(ends[0], low, 0.9)) / 1.15, float(max(ends[1], high, 1.1)) * 1.15


def _value(row: dict[Any, Any]) -> float | None:
    return float(row["ratio"]) if np.isfinite(row["ratio"]) and row["ratio"] > 0 else None


def _ribbon(figure: go.Figure, curve: pd.DataFrame, bounds: tuple[float, float], theme: Theme) -> None:
    some = curve[np.isfinite(curve["ratio"]) & (curve["ratio"] > 0)]
    low, high = (
        some[f"ratio_{end}"].fillna(bounds[at]).clip(*bounds).tolist()
        for at, end in enumerate(("low", "high"))
    )
    levels = some["threshold"].tolist()
    figure.add_scatter(
        x=[*levels, *reversed(levels)], y=[*low, *reversed(high)], mode="lines", fill="toself",
        fillcolor=faint(theme.bar, 0.18), line={"width": 0}, hoverinfo="skip",
    )  # fmt: skip


def _level(row: dict[Any, Any]) -> str:
    return "all articles" if pd.isna(row["threshold"]) else f"quality from {row['threshold']:g}"


def _hover(row: dict[Any, Any]) -> str:
    lines = [
        f"<b>{_level(row)}</b>",
        f"{int(row['n_period']):,} against {counted(int(row['n_baseline']), 'article')}",
    ]
    if _value(row) is not None:
        high = f"{row['ratio_high']:.2f}" if np.isfinite(row["ratio_high"]) else "any"
        lines.append(f"{row['ratio']:.2f}x an hour ({row['ratio_low']:.2f} to {high})")
    else:
        lines.append("no ratio: one of the two has none")
    if row["holds"] is not pd.NA and not pd.isna(row["holds"]):
        lines.append("the finding holds" if row["holds"] else "the finding does not hold")
    return "<br>".join([*lines, click_for(int(row["n_period"]))])
