"""Horizontal rows: a label over a mark, the value at the end of the label's line. Dots with intervals, signed bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from analysis.charts.bars import shortened
from analysis.charts.notes import LABEL, VALUE
from analysis.charts.theme import Theme, plain

__all__ = ["HALF", "add_intervals", "add_labels", "set_rows"]

ROW = 34  # pixels a row: a line of text over a mark
HALF = 0.17  # a mark stands so far under its label, nearer to it than to the next


def add_labels(
    figure: go.Figure,
    theme: Theme,
    labels: Sequence[str],
    values: Sequence[str],
    *,
    axis: str = "",
    length: int = 44,
    flip: bool = False,
) -> None:
    """Write each row's label at its beginning, and its value at the end of the line.

    Args:
        figure: from `figure_of`.
        theme: its theme.
        labels: plain text.
        values: plain text.
        axis: suffix of the axes, such as "2".
        length: letters of a label at most.
        flip: labels on the right and values on the left, for bars that run leftwards.
    """
    notes = []
    left: dict[str, Any] = {"x": 0, "xanchor": "left"}
    right: dict[str, Any] = {"x": 1, "xanchor": "right"}
    for row, (label, value) in enumerate(zip(labels, values, strict=True)):
        common: dict[str, Any] = {
            "xref": f"x{axis} domain", "y": row, "yref": f"y{axis}", "showarrow": False, "yanchor": "bottom",
            "yshift": -3,
        }  # fmt: skip
        ink = {"size": 13, "color": theme.ink}
        notes += [
            {
                "name": LABEL,
                "text": plain(shortened(label, length)),
                "font": ink,
                **(right if flip else left),
                **common,
            },
            {
                "name": VALUE,
                "text": plain(value),
                "font": {"size": 12, "color": theme.muted},
                **(left if flip else right),
                **common,
            },
        ]
    for note in notes:
        figure.add_annotation(**note)


def add_intervals(
    figure: go.Figure,
    theme: Theme,
    rows: Sequence[dict[str, Any]],
    *,
    colours: Sequence[str],
    axis: str = "",
) -> None:
    """Add a dot with its interval as a thin line to each row.

    Args:
        figure: from `figure_of`.
        theme: its theme.
        rows: one a row: `key` (its `customdata`), `value`, `low`, `high` (None for what is not known), `hover`.
        colours: of the dots.
        axis: suffix of the axes.
    """
    refs: dict[str, Any] = {"xaxis": f"x{axis}", "yaxis": f"y{axis}"}
    ends = [
        (place + HALF, row["low"], row["high"])
        for place, row in enumerate(rows)
        if row["low"] is not None and row["high"] is not None
    ]
    figure.add_scatter(
        x=[end for _, low, high in ends for end in (low, high, None)],
        y=[end for at, _, _ in ends for end in (at, at, None)],
        mode="lines", line={"color": theme.muted, "width": 1.5}, hoverinfo="skip", **refs,
    )  # fmt: skip
    figure.add_scatter(
        x=[row["value"] for row in rows], y=[place + HALF for place in range(len(rows))], mode="markers",
        customdata=[row["key"] for row in rows], hovertext=[row["hover"] for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"size": 9, "color": list(colours), "line": {"color": theme.paper, "width": 1}}, **refs,
    )  # fmt: skip


def set_rows(figure: go.Figure, n_rows: int, *, axis: str = "", below: int = 24) -> None:
    """Make the figure as high as its rows need, the first on top.

    Args:
        figure: from `figure_of`.
        n_rows: how many.
        axis: suffix of the axes.
        below: pixels under the rows, for an axis.
    """
    figure.update_layout({
        f"yaxis{axis}": {"range": [n_rows - 0.45, -0.75], "showgrid": False, "showticklabels": False,
                         "zeroline": False, "fixedrange": True, "showline": False},
        "height": figure.laid("margin", "t") + below + ROW * max(n_rows, 1) + 8,
    })  # fmt: skip
    figure.update_layout(margin={"l": 4, "r": 8, "b": below})
