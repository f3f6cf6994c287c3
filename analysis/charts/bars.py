"""Horizontal bars with their labels and numbers on them: what providers and topics share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from analysis.charts.notes import LABEL, VALUE
from analysis.charts.theme import Theme, plain

__all__ = ["add_bars", "shortened"]

ROW = 27  # pixels a row: a line of text over a thin bar
BELOW = 18  # pixels below the last row


def shortened(label: str, length: int = 44) -> str:
    """A label that fits its row.

    >>> shortened("x" * 10_000, 5)
    'xxxx…'
    """
    return label if len(label) <= length else label[: length - 1] + "…"


def add_bars(
    figure: go.Figure,
    theme: Theme,
    *,
    keys: Sequence[str],
    labels: Sequence[str],
    counts: Sequence[int],
    hover: Sequence[str],
    axis: str = "",
) -> None:
    """Add thin bars under their labels, the first on top, and make the figure as high as they need.

    Args:
        figure: from `figure_of`.
        theme: its theme.
        keys: what a click on a bar says (`customdata`).
        labels: plain text.
        counts: lengths.
        hover: text of each, as Plotly markup.
        axis: suffix of the axes, such as "2"; the first ones unless given.
    """
    rows = list(range(len(keys)))
    refs: dict[str, Any] = {"xaxis": f"x{axis}", "yaxis": f"y{axis}"}
    figure.add_bar(
        x=list(counts), y=rows, orientation="h", width=0.24, offset=0.02, customdata=list(keys),
        hovertext=list(hover), hovertemplate="%{hovertext}<extra></extra>",
        marker={"color": theme.bar, "line": {"width": 0}}, **refs,
    )  # fmt: skip
    notes = []
    for row, (label, count) in enumerate(zip(labels, counts, strict=True)):
        common: dict[str, Any] = {
            "y": row, "yref": f"y{axis}", "showarrow": False, "yanchor": "bottom", "yshift": 0,
        }  # fmt: skip
        ink = {"size": 13, "color": theme.ink}
        notes += [
            {
                "name": LABEL,
                "x": 0,
                "xref": f"x{axis}",
                "xanchor": "left",
                "text": plain(shortened(label)),
                "font": ink,
                **common,
            },
            {
                "name": VALUE,
                "x": 1,
                "xref": f"x{axis} domain",
                "xanchor": "right",
                "text": f"{count:,}",
                "font": ink,
                **common,
            },
        ]
    for note in notes:
        figure.add_annotation(**note)
    most = max(counts, default=1)
    bare = {"showgrid": False, "showticklabels": False, "showline": False}
    figure.update_layout({
        f"xaxis{axis}": {"range": [0, most * 1.02], **bare},
        f"yaxis{axis}": {"range": [len(keys) - 0.6, -0.6], **bare},
        "height": figure.laid("margin", "t") + BELOW + ROW * max(len(keys), 1),
        "margin": {"l": 2, "r": 4, "b": BELOW},
    })  # fmt: skip
