"""A matrix of counts with its numbers in the cells: what copying and overlaps share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from analysis.charts.bars import shortened
from analysis.charts.theme import Theme, plain

__all__ = ["CELLS", "add_matrix"]

CELLS = "cells"
"""The name of the trace, by which the data of the figure is told from that of other bars."""

_ROW = 26
_LETTERS = 24
_HALF = 0.48  # of a cell's width; what is left is the gap
_STRONG = 0.45  # of the most: darker cells have light numbers
_LINE = 16  # letters of a line of a broken name


def add_matrix(  # noqa: PLR0913 - each is one thing that a cell or its names say
    figure: go.Figure,
    theme: Theme,
    rows: Sequence[str],
    columns: Sequence[str],
    values: Mapping[tuple[str, str], float],
    hover: Mapping[tuple[str, str], str],
    *,
    names: Mapping[str, str] | None = None,
    text: Mapping[tuple[str, str], str] | None = None,
    keys: Mapping[tuple[str, str], list[Any]] | None = None,
    slanted: bool = True,
) -> None:
    """Add a cell for each known pair, darker for more, and make the figure as high as its rows need.

    Args:
        figure: from `figure_of`.
        theme: its theme.
        rows: keys, from the top.
        columns: keys, from the left.
        values: (row, column) -> number that is drawn; a pair without one is an empty cell.
        hover: (row, column) -> text, as Plotly markup.
        names: key -> plain text, where it is not the key itself.
        text: (row, column) -> what stands in the cell; the number unless given.
        keys: (row, column) -> `customdata`; the pair unless given.
        slanted: whether the names of columns are slanted, because they are long.
    """
    called = names or {}
    cells = [[(row, column) for column in columns] for row in rows]
    most = max(values.values(), default=1.0) or 1.0
    written = text or {pair: f"{value:,.0f}" for pair, value in values.items()}
    _add_cells(figure, theme, cells, values, hover, keys or {}, most)
    inks = {
        pair: _ink(theme, strong=values[pair] / most > _STRONG) if pair in values else theme.ink
        for pair in written
    }
    for down, line in enumerate(cells):
        for across, pair in enumerate(line):
            if pair in written:
                figure.add_annotation(
                    x=across, y=down, text=plain(written[pair]), showarrow=False,
                    font={"size": 12, "color": inks[pair]},
                )  # fmt: skip
    ticks = {"showgrid": False, "showline": False, "tickfont": {"size": 12, "color": theme.ink}}
    heads = [_tick(key, called) if slanted else _broken(key, called, len(columns)) for key in columns]
    figure.update_xaxes(
        tickvals=list(range(len(columns))), ticktext=heads, side="top",
        tickangle=-50 if slanted else 0, range=[-0.5, len(columns) - 0.5], **ticks,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[_tick(key, called) if slanted else _broken(key, called, 1) for key in rows],
        range=[len(rows) - 0.5, -0.5],
        **ticks,
    )
    most_letters = _LETTERS if slanted else _LINE
    widest = max((len(shortened(called.get(key, key), most_letters)) for key in rows), default=0)
    longest = max((len(shortened(called.get(key, key), _LETTERS)) for key in columns), default=0)
    lines = max((head.count("<br>") + 1 for head in heads), default=1)
    above = (longest * 5.2 if slanted else 15 * lines) + 12
    body = (_ROW if slanted else _ROW + 8) * max(len(rows), 1)
    height = figure.laid("margin", "t") + above + body + 8
    share = body / (above + body)
    figure.update_yaxes(domain=[0, share], automargin=False)
    figure.update_xaxes(anchor="y", automargin=False)
    right = max(longest * 4.4 - 8, 8) if slanted else 8
    figure.update_layout(height=height, margin={"l": widest * 6.7 + 12, "r": right, "b": 8})


def _add_cells(
    figure: go.Figure,
    theme: Theme,
    cells: list[list[tuple[str, str]]],
    values: Mapping[tuple[str, str], float],
    hover: Mapping[tuple[str, str], str],
    keys: Mapping[tuple[str, str], list[Any]],
    most: float,
) -> None:
    """One bar a cell, their values in `meta`: heatmaps would need a larger script than all other charts do."""
    known = [
        (across, down, pair)
        for down, line in enumerate(cells)
        for across, pair in enumerate(line)
        if math.isfinite(values.get(pair, math.nan))
    ]
    figure.add_bar(
        name=CELLS,
        x=[across for across, _, _ in known], base=[down - _HALF for _, down, _ in known],
        y=[2 * _HALF] * len(known), width=2 * _HALF,
        customdata=[keys.get(pair, list(pair)) for _, _, pair in known],
        hovertext=[hover.get(pair, "") for _, _, pair in known], hovertemplate="%{hovertext}<extra></extra>",
        meta=[values[pair] for _, _, pair in known],
        marker={"color": _colours([values[pair] / most for _, _, pair in known], theme), "line": {"width": 0}},
    )  # fmt: skip
    figure.update_layout(barmode="overlay", bargap=0)


def _colours(shares: list[float], theme: Theme) -> list[str]:
    """The colour of each cell: none is a band of its own, the most is the strongest of the ramp."""
    scale = [[0, theme.band], [1e-9, theme.ramp[0]], [0.5, theme.ramp[2]], [1, theme.ramp[-1]]]
    return [str(colour) for colour in sample_colorscale(scale, shares)] if shares else []


def _broken(key: str, names: Mapping[str, str], n_columns: int) -> str:
    """A name in lines so short that those of neighbours do not touch on a telephone."""
    whole = shortened(names.get(key, key), 3 * _LINE)
    width = {1: _LINE, 2: _LINE, 3: 11, 4: 9}.get(n_columns, 7)
    lines = wrap(whole, width) or [""]
    most = 2 if n_columns == 1 else 3
    kept = [*lines[: most - 1], shortened(" ".join(lines[most - 1 :]), width)] if len(lines) > most else lines
    return "<br>".join(map(plain, kept))


def _tick(key: str, names: Mapping[str, str]) -> str:
    return plain(shortened(names.get(key, key), _LETTERS))


def _ink(theme: Theme, *, strong: bool) -> str:
    """The ink that is read on a cell: the ramp runs away from the paper in either theme."""
    return theme.paper if strong else theme.ink
