"""Quality against heat: articles counted in cells, as dots whose area is the count, so that many stay readable."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.charts.caption import caption, click_for, counted, empty_figure, faint, headed_figure
from analysis.charts.describe import described
from analysis.charts.theme import LIGHT, Theme

__all__ = ["heat_finding", "quality_heat_chart"]

_STEP = 10  # points of quality a column
_HEAT = (0, 1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000)  # lower ends of the rows; the last is open
_FEW = 10
_LARGEST = 22.0  # pixels across


def quality_heat_chart(
    articles: pd.DataFrame,
    summary: pd.DataFrame,
    *,
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """Articles by quality and heat.

    Args:
        articles: columns `quality` and `heat`, one row an article; rows without either are left out.
        summary: from `analysis.measures.quality.quality_against_heat` of the same articles.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each dot's `customdata` is quality from and below, heat from and below (None: no end).

    >>> from analysis.measures.quality import quality_against_heat
    >>> frame = pd.DataFrame({"quality": [10, 20, 30, 40.0, None], "heat": [1, 3, 2, 4, 5]})
    >>> quality_heat_chart(frame, quality_against_heat(frame)).layout.meta["title"]
    '4 articles with quality and heat: too few to relate them'
    """
    title = heat_finding(summary)
    row = summary.iloc[0]
    n, left_out = int(row["n"]), int(row["n_left_out"])
    subtitle = caption(
        f"articles with both values, {n:,} of {n + left_out:,}",
        "area: articles",
        span=span,
        zone=zone,
        snapshot=snapshot,
    )
    known = articles[["quality", "heat"]].dropna()
    known = known[known["heat"] >= 0]
    if known.empty:
        return empty_figure(
            theme, title=title, subtitle=subtitle, why="No article has both a quality score and a heat."
        )
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=320)
    cells = _cells(known)
    most = int(cells["n"].max())
    figure.add_scatter(
        x=(cells["column"] * _STEP + _STEP / 2).tolist(), y=cells["line"].tolist(), mode="markers",
        customdata=[_ends(cell) for cell in cells.to_dict("records")],
        hovertext=[_hover(cell) for cell in cells.to_dict("records")], hovertemplate="%{hovertext}<extra></extra>",
        marker={"size": (_LARGEST * np.sqrt(cells["n"] / most)).clip(lower=4).tolist(), "color": faint(theme.bar, 0.75),
                "line": {"width": 0}},
    )  # fmt: skip
    lines = list(range(int(cells["line"].max()) + 1))
    figure.update_yaxes(
        range=[-0.7, len(lines) - 0.3],
        tickvals=lines,
        ticktext=[*map(_line, lines[:-1]), f"heat {_line(lines[-1])}"],
        showline=False,
    )
    figure.update_xaxes(
        range=[0, max(float((cells["column"].max() + 1) * _STEP), 100.0)], dtick=25, showgrid=False, zeroline=False,
        title={"text": "quality", "font": {"size": 12, "color": theme.muted}, "standoff": 4},
    )  # fmt: skip
    figure.update_layout(margin={"l": 104, "b": 44})
    top: dict[Any, Any] = cells.loc[int(cells["n"].argmax())].to_dict()
    said = f"Dots in {counted(len(cells), 'cell')}; the fullest, quality {_ends(top)[0]} to {_ends(top)[1]}"
    return described(figure, f"{said} and heat {_line(int(top['line']))}, has {counted(most, 'article')}.")


def heat_finding(summary: pd.DataFrame) -> str:
    """Whether better articles get more attention, as a sentence; only where the interval leaves out 0.

    >>> heat_finding(pd.DataFrame([{"n": 90, "rho": 0.31, "rho_low": 0.2, "rho_high": 0.42}]))
    'Better articles have more heat: rank correlation 0.31 (0.20 to 0.42)'
    """
    row = summary.iloc[0]
    n, rho, low, high = int(row["n"]), row["rho"], row["rho_low"], row["rho_high"]
    if n < _FEW:
        return f"{counted(n, 'article')} with quality and heat: too few to relate them"
    if pd.isna(rho):
        return "Quality or heat never varies, so they cannot be related"
    number = f"rank correlation {rho:.2f}" + (f" ({low:.2f} to {high:.2f})" if pd.notna(low) else "")
    number = number.replace("-", "−")
    if pd.isna(low) or low > 0 or high < 0:
        return f"Better articles have {'more' if rho > 0 else 'less'} heat: {number}"
    return f"No clear tie between quality and heat: {number}"


def _cells(known: pd.DataFrame) -> pd.DataFrame:
    """How many articles each cell has: `column` of quality, `line` of heat, `n`."""
    column = (known["quality"] // _STEP).astype("int64")
    line = pd.Series(np.searchsorted(_HEAT, known["heat"], side="right") - 1, index=known.index)
    return (
        pd.DataFrame({"column": column, "line": line})
        .groupby(["column", "line"])
        .size()
        .rename("n")
        .reset_index()
    )


def _line(line: int) -> str:
    low = _HEAT[line]
    if line + 1 == len(_HEAT):
        return f"{low:,}+"
    high = _HEAT[line + 1] - 1
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"


def _ends(cell: dict[Any, Any]) -> list[int | None]:
    column, line = int(cell["column"]) * _STEP, int(cell["line"])
    return [column, column + _STEP, _HEAT[line], _HEAT[line + 1] if line + 1 < len(_HEAT) else None]


def _hover(cell: dict[Any, Any]) -> str:
    low, high, *_ = _ends(cell)
    n = int(cell["n"])
    name = f"<b>quality {low} to under {high}, heat {_line(int(cell['line']))}</b>"
    return f"{name}<br>{counted(n, 'article')}<br>{click_for(n)}"
