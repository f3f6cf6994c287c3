"""Outlets that cover the topics around a story but not the story: what they have of it, beside what chance gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import shortened
from analysis.charts.caption import caption, click_for, counted, empty_figure, headed_figure
from analysis.charts.describe import described
from analysis.charts.rows import HALF, add_labels, set_rows
from analysis.charts.theme import LIGHT, Theme, plain

__all__ = ["blindspots_chart", "blindspots_finding"]


def blindspots_chart(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    top: int = 8,
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """Observed against expected articles of a story, the least likely outlets first.

    Args:
        frame: from `analysis.measures.blindspots.blindspots`.
        names: domain -> name, where known.
        top: how many outlets at most.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each mark's `customdata` is the outlet's domain. A dot is what was observed, a ring what chance gives.

    >>> row = {"provider_id": "sky.com", "n_neighbouring": 40, "n_story": 0, "n_story_elsewhere": 0, "expected": 8.0}
    >>> frame = pd.DataFrame([{**row, "p_value": 1e-4, "p_adjusted": 1e-3, "is_blindspot": True}])
    >>> blindspots_chart(frame).layout.meta["title"]
    'sky.com covers the topics around the story, but not the story'
    """
    called = dict(names or {})
    best = frame.head(top)
    rows = best.to_dict("records")
    title = blindspots_finding(frame, called)
    subtitle = caption(
        f"articles of the story, of {int(frame['n_neighbouring'].sum()):,} with a neighbouring topic",
        "dot: observed; ring: expected by chance", span=span, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    if not rows:
        return empty_figure(
            theme,
            title=title,
            subtitle=subtitle,
            why="No record of the same days carries a topic of the story.",
        )
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=240)
    _add_dots(figure, rows, called, theme)
    said = [_said(row) for row in rows]
    labels = [_name(row, called) for row in rows]
    add_labels(figure, theme, labels, said)
    set_rows(figure, len(rows))
    most = max(float(best["expected"].max()), float(best["n_story"].max()), 1.0)
    figure.update_xaxes(
        range=[-most * 0.03, most * 1.04],
        dtick=max(1, round(most / 5)),
        tickformat=",d",
        showline=False,
        rangemode="tozero",
    )
    each = "; ".join(f"{shortened(label)} {one}" for label, one in zip(labels, said, strict=True))
    return described(figure, f"Dots: {each}.")


def _add_dots(figure: go.Figure, rows: list[dict[Any, Any]], called: dict[str, str], theme: Theme) -> None:
    """A ring where chance would have each outlet, a dot where it is, and a line between."""
    y = [place + HALF for place in range(len(rows))]
    figure.add_scatter(
        x=[end for row in rows for end in (row["n_story"], row["expected"], None)],
        y=[end for at in y for end in (at, at, None)],
        mode="lines", hoverinfo="skip", line={"color": theme.muted, "width": 1.5},
    )  # fmt: skip
    common = {"mode": "markers", "y": y, "customdata": [row["provider_id"] for row in rows],
              "hovertext": [_hover(row, called) for row in rows],
              "hovertemplate": "%{hovertext}<extra></extra>"}  # fmt: skip
    ring = {"size": 10, "color": theme.paper, "line": {"color": theme.muted, "width": 1.5}}
    figure.add_scatter(x=[row["expected"] for row in rows], marker=ring, **common)
    dot = {
        "size": 9,
        "color": [theme.bar if row["is_blindspot"] else theme.muted for row in rows],
        "line": {"color": theme.paper, "width": 1},
    }
    figure.add_scatter(x=[row["n_story"] for row in rows], marker=dot, **common)


def blindspots_finding(frame: pd.DataFrame, names: Mapping[str, str] | None = None) -> str:
    """Who does not cover the story, as a sentence.

    >>> blindspots_finding(pd.DataFrame({"provider_id": [], "is_blindspot": []}))
    'No outlet covers the topics around the story'
    """
    found = frame.loc[frame["is_blindspot"].astype(bool), "provider_id"].tolist()
    if frame.empty:
        return "No outlet covers the topics around the story"
    if not found:
        return "No blind spot: no outlet misses the story more than chance explains"
    first = shortened((names or {}).get(found[0], found[0]), 32)
    if len(found) == 1:
        return f"{first} covers the topics around the story, but not the story"
    others = f"{first} and {counted(len(found) - 1, 'other outlet')}"
    return f"{others} cover the topics around the story, but not the story"


def _name(row: dict[Any, Any], names: dict[str, str]) -> str:
    return names.get(str(row["provider_id"]), str(row["provider_id"]))


def _chance(probability: float) -> str:
    return "under 0.001" if probability < 0.001 else f"{probability:.2g}"


def _said(row: dict[Any, Any]) -> str:
    numbers = f"{int(row['n_story']):,} where {row['expected']:.1f} expected"
    if pd.isna(row["p_adjusted"]):
        return f"{numbers}: too few to tell"
    return f"{numbers}, p {_chance(row['p_adjusted'])}"


def _hover(row: dict[Any, Any], names: dict[str, str]) -> str:
    n, p = int(row["n_neighbouring"]), row["p_adjusted"]
    adjusted = "" if pd.isna(p) else f"; {_chance(p)} for all outlets looked at"
    lines = [
        f"<b>{plain(shortened(_name(row, names)))}</b>",
        f"{counted(n, 'article')} with a neighbouring topic",
        f"{int(row['n_story']):,} of the story; {row['expected']:.2f} expected by chance",
        f"probability of so few {_chance(row['p_value'])}{adjusted}",
    ]
    elsewhere = int(row["n_story_elsewhere"])
    lines += [f"{counted(elsewhere, 'article')} of the story under other topics"] if elsewhere else []
    return "<br>".join([*lines, click_for(n)])
