"""The outlets with most articles, and how good they are: a count as a bar, quality as a point with its interval."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import add_bars, shortened
from analysis.charts.describe import described
from analysis.charts.theme import LIGHT, Theme, figure_of, plain

__all__ = ["providers_chart"]

_SCALE = 100.0  # quality is drawn from 0 to here, or to the highest end of an interval


def providers_chart(
    frame: pd.DataFrame, *, top: int = 8, snapshot: str = "", theme: Theme = LIGHT
) -> go.Figure:
    """The outlets with most articles.

    Args:
        frame: one row an outlet: `provider_id`, `name`, `count`; and where quality was measured `quality`,
            `quality_low`, `quality_high`, missing where nobody scored its articles.
        top: how many at most.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each bar's and point's `customdata` is the outlet's domain.

    >>> rows = {"provider_id": ["sky.com", "a.uk"], "name": ["Sky", "A"], "count": [9, 1], "quality": [58.0, None]}
    >>> providers_chart(pd.DataFrame(rows)).layout.meta["title"]
    'Sky published most, 9 of 10 articles'
    """
    best = (
        frame.sort_values(["count", "provider_id"], ascending=[False, True]).head(top).reset_index(drop=True)
    )
    labels = [str(name) for name in best["name"]]
    counts = [int(n) for n in best["count"]]
    total = int(frame["count"].sum())
    figure = figure_of(theme, title=_title(labels, counts, total), subtitle="", height=200)
    rows = best.to_dict("records")
    add_bars(
        figure, theme, keys=best["provider_id"].tolist(), labels=labels, counts=counts,
        hover=[_hover(row, total) for row in rows],
    )  # fmt: skip
    basis = f"articles of {len(frame):,} outlets"
    if "quality" in best:
        basis += " · quality: point with 95 % interval" if _has_interval(best) else " · quality: mean"
        figure.update_layout(xaxis={"domain": [0, 0.64]})
        _quality(figure, theme, rows)
    subtitle = basis + (f" · snapshot {snapshot}" if snapshot else "")
    figure.update_layout(
        title={"subtitle": {"text": plain(subtitle)}}, meta=figure.laid("meta") | {"subtitle": subtitle}
    )
    marks = "; ".join(
        f"{shortened(label)} {n:,}{_said(row)}" for label, n, row in zip(labels, counts, rows, strict=True)
    )
    return described(figure, f"Bars: {marks}." if marks else "")


def _title(labels: list[str], counts: list[int], total: int) -> str:
    if not labels:
        return "No outlet published here"
    if total < 10:
        return f"{total:,} article{'' if total == 1 else 's'}: too few to rank outlets"
    if len(counts) > 1 and counts[0] == counts[1]:
        return (
            f"{shortened(labels[0])} and {shortened(labels[1])} published most, {counts[0]:,} articles each"
        )
    return f"{shortened(labels[0])} published most, {counts[0]:,} of {total:,} articles"


def _has_interval(best: pd.DataFrame) -> bool:
    """Whether every outlet that is scored has an interval."""
    scored = best[best["quality"].notna()]
    return "quality_low" in best and bool(len(scored) and scored["quality_low"].notna().all())


def _quality(figure: go.Figure, theme: Theme, rows: list[dict[Any, Any]]) -> None:
    """Points with intervals on a second pair of axes, row for row beside the bars."""
    known = [(place, row) for place, row in enumerate(rows) if pd.notna(row["quality"])]
    ends = [float(row.get("quality_high", row["quality"])) for _, row in known]
    scale = max([_SCALE, *(end for end in ends if pd.notna(end))])
    bars = [row for _, row in known if pd.notna(row.get("quality_low"))]
    figure.add_scatter(
        x=[row["quality"] for _, row in known], y=[place + 0.14 for place, _ in known], mode="markers",
        customdata=[row["provider_id"] for _, row in known], xaxis="x2", yaxis="y2",
        marker={"size": 8, "color": [_shade(theme, row["quality"]) for _, row in known],
                "line": {"color": theme.ink, "width": 1}},
        error_x={
            "type": "data", "symmetric": False, "thickness": 1.5, "width": 0, "color": theme.muted,
            "array": [row["quality_high"] - row["quality"] for row in bars],
            "arrayminus": [row["quality"] - row["quality_low"] for row in bars],
        } if len(bars) == len(known) and bars else None,
        hovertext=[f"<b>{plain(shortened(str(row['name'])))}</b><br>quality{_said(row)}" for _, row in known],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip
    for place, row in enumerate(rows):
        if pd.isna(row["quality"]):
            figure.add_annotation(
                x=0, xref="x2", y=place + 0.14, yref="y2", xanchor="left", showarrow=False,
                text="no score", font={"size": 12, "color": theme.muted},
            )  # fmt: skip
    figure.update_layout(
        xaxis2={
            "domain": [0.7, 1], "range": [-scale * 0.03, scale * 1.03], "anchor": "y2", "fixedrange": True,
            "tickvals": [0, 50, 100], "gridcolor": theme.hairline, "zeroline": False,
            "tickfont": {"size": 11, "color": theme.muted}, "showline": False, "ticks": "",
        },
        yaxis2={"range": figure.laid("yaxis", "range"), "anchor": "x2", "fixedrange": True, "showgrid": False,
                "showticklabels": False, "zeroline": False, "showline": False, "ticks": ""},
    )  # fmt: skip
    figure.add_annotation(
        x=0, xref="x2 domain", xanchor="left", y=1, yref="paper", yanchor="bottom", text="quality",
        showarrow=False, font={"size": 11, "color": theme.muted},
    )  # fmt: skip


def _shade(theme: Theme, quality: float) -> str:
    step = int(quality / _SCALE * len(theme.ramp))
    return theme.ramp[min(max(step, 0), len(theme.ramp) - 1)]


def _said(row: dict[Any, Any]) -> str:
    quality = row.get("quality")
    if quality is None or pd.isna(quality):
        return "" if quality is None else ", no quality score"
    low, high = row.get("quality_low"), row.get("quality_high")
    interval = f" ({low:.0f} to {high:.0f})" if low is not None and pd.notna(low) and pd.notna(high) else ""
    return f" {quality:.0f}{interval}"


def _hover(row: dict[Any, Any], total: int) -> str:
    n = int(row["count"])
    parts = [
        f"<b>{plain(shortened(str(row['name'])))}</b>",
        plain(shortened(str(row["provider_id"]))),
        f"{n:,} of {total:,} articles",
    ]
    if pd.notna(row.get("quality")):
        parts.append(f"quality{_said(row)}")
    return "<br>".join([*parts, f"click for {n:,} article{'' if n == 1 else 's'}"])
