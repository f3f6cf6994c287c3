"""Terms that set a selection apart, and those that rise and fall: bars as long as their z."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import shortened
from analysis.charts.caption import caption, click_for, empty_figure, headed_figure
from analysis.charts.describe import described
from analysis.charts.rows import HALF, add_labels, set_rows
from analysis.charts.theme import LIGHT, Theme, plain
from analysis.charts.time_axis import span_name

__all__ = ["rising_terms_chart", "terms_chart"]

_FEW = 10  # texts of a side


def terms_chart(
    frame: pd.DataFrame,
    *,
    top: int = 10,
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """The terms that set a selection apart from the rest.

    Args:
        frame: from `analysis.measures.terms.terms`.
        top: how many at most.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each bar's `customdata` is its term, as it is searched.

    >>> row = {"term": "clearview", "shown": "Clearview", "n_texts": 8, "of": 20, "n_rest": 3, "of_rest": 90}
    >>> terms_chart(pd.DataFrame([{**row, "log_odds": 2.0, "z": 4.2}])).layout.meta["title"]
    'Clearview sets this coverage apart most'
    """
    best = frame.sort_values(["z", "term"], ascending=[False, True]).head(top)
    of, of_rest = _totals(frame)
    subtitle = caption(
        "texts, copies counted once" + (f": {of:,} here against {of_rest:,} others" if len(frame) else ""),
        "bar: z of the log-odds", span=span, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    if best.empty:
        why = "One of the two sides has no text, or no term is in two texts."
        return empty_figure(theme, title="No term sets this coverage apart", subtitle=subtitle, why=why)
    shown = [shortened(str(term), 32) for term in best["shown"]]
    title = f"{_listed(shown[:3])} set{'s' if len(shown) == 1 else ''} this coverage apart most"
    title = (
        f"{of:,} text{'' if of == 1 else 's'}: too few to say what sets them apart" if of < _FEW else title
    )
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=240)
    _add_side(figure, theme, best, "", ("here", "of the others"))
    return described(figure, f"Bars: {_said(best)}.")


def rising_terms_chart(
    frame: pd.DataFrame,
    *,
    span: tuple[Any, Any],
    baseline: tuple[Any, Any],
    top: int = 8,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """The terms that became less frequent, to the left, and those that became more frequent, to the right.

    Args:
        frame: from `analysis.measures.terms.rising_terms`.
        span: the period, as the measure was asked.
        baseline: what it was held against.
        top: how many at most in each direction.
        zone: IANA zone in which the days of both are named.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each bar's `customdata` is its term, as it is searched.

    >>> row = {"term": "clearview", "shown": "Clearview", "n_texts": 8, "of": 20, "n_rest": 3, "of_rest": 90}
    >>> frame = pd.DataFrame([{"direction": "rising", **row, "log_odds": 2.0, "z": 4.2}])
    >>> span, baseline = ("2021-08-23T00:00Z", "2021-08-24T00:00Z"), ("2021-08-22T00:00Z", "2021-08-23T00:00Z")
    >>> rising_terms_chart(frame, span=span, baseline=baseline).layout.meta["title"]
    'Rising: Clearview'
    """
    rising, falling = (frame[frame["direction"] == way] for way in ("rising", "falling"))
    rising = rising.sort_values(["z", "term"], ascending=[False, True]).head(top)
    falling = falling.sort_values(["z", "term"]).head(top)
    of, of_rest = _totals(frame)
    then = span_name(*baseline, zone=zone)
    subtitle = caption(
        f"texts, copies counted once: {of:,} against {of_rest:,} of {then}" if len(frame) else f"texts, against {then}",
        "numbers: then → now", "bar: z of the log-odds", span=span, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    if rising.empty and falling.empty:
        why = "One of the two stretches has no text, or no term is in two texts."
        return empty_figure(theme, title="No term rises or falls", subtitle=subtitle, why=why)
    said = [
        f"{name}: {_listed([shortened(str(term), 28) for term in side['shown'].head(2)])}"
        for name, side in (("rising", rising), ("falling", falling)) if len(side)
    ]  # fmt: skip
    title = "; ".join(said)
    title = (
        "Too few texts to say what rises or falls"
        if min(of, of_rest) < _FEW / 2
        else title[0].upper() + title[1:]
    )
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=240)
    _add_side(figure, theme, falling, "", ("now", "then"), falling=True)
    _add_side(figure, theme, rising, "2", ("now", "then"))
    _set_sides(figure, rising, falling)
    return described(
        figure,
        " ".join(
            f"{name}: {_said(side)}."
            for name, side in (("Rising", rising), ("Falling", falling))
            if len(side)
        ),
    )


def _set_sides(figure: go.Figure, rising: pd.DataFrame, falling: pd.DataFrame) -> None:
    """Put falling terms left and rising ones right of the middle, on one scale."""
    most = (
        max(falling["z"].abs().max() if len(falling) else 1.0, rising["z"].max() if len(rising) else 1.0)
        * 1.02
    )
    n_rows = max(len(rising), len(falling))
    set_rows(figure, n_rows, below=8)
    set_rows(figure, n_rows, axis="2", below=8)
    hidden = {
        "showgrid": False,
        "showticklabels": False,
        "showline": False,
        "zeroline": False,
        "fixedrange": True,
    }
    figure.update_layout(
        xaxis={"domain": [0, 0.485], "range": [-most, 0], **hidden},
        xaxis2={"domain": [0.515, 1], "range": [0, most], "anchor": "y2", **hidden},
        yaxis2={"anchor": "x2", **hidden, "range": figure.laid("yaxis", "range")},
    )


def _totals(frame: pd.DataFrame) -> tuple[int, int]:
    return (int(frame["of"].iloc[0]), int(frame["of_rest"].iloc[0])) if len(frame) else (0, 0)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _said(side: pd.DataFrame) -> str:
    return "; ".join(f"{shortened(str(row['shown']))} {row['z']:+.1f}" for row in side.to_dict("records"))


def _add_side(
    figure: go.Figure,
    theme: Theme,
    side: pd.DataFrame,
    axis: str,
    sides: tuple[str, str],
    *,
    falling: bool = False,
) -> None:
    """Bars of z from zero; a falling term's z is negative, so its bar runs leftwards."""
    rows = side.to_dict("records")
    refs: dict[str, Any] = {"xaxis": f"x{axis}", "yaxis": f"y{axis}"}
    figure.add_bar(
        x=[row["z"] for row in rows], y=[place + HALF for place in range(len(rows))], orientation="h", width=0.24,
        customdata=[row["term"] for row in rows], hovertext=[_hover(row, sides, falling=falling) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"color": theme.muted if falling else theme.bar, "line": {"width": 0}}, **refs,
    )  # fmt: skip
    two_sided = bool(axis) or falling
    values = [
        f"{int(row['n_rest']):,} → {int(row['n_texts']):,}"
        if two_sided
        else f"{int(row['n_texts']):,} {sides[0]}, {int(row['n_rest']):,} {sides[1]}"
        for row in rows
    ]
    length = 22 if two_sided else 44
    add_labels(
        figure, theme, [str(row["shown"]) for row in rows], values, axis=axis, length=length, flip=falling
    )
    if not axis and not falling:
        set_rows(figure, len(rows), below=8)
        most = max((row["z"] for row in rows), default=1.0) * 1.02
        figure.update_xaxes(range=[0, most], showgrid=False, showticklabels=False, showline=False)


def _hover(row: dict[Any, Any], sides: tuple[str, str], *, falling: bool) -> str:
    n, rest = int(row["n_texts"]), int(row["n_rest"])
    lines = [
        f"<b>{plain(shortened(str(row['shown'])))}</b>",
        f"{n:,} of {int(row['of']):,} texts {sides[0]}, {rest:,} of {int(row['of_rest']):,} {sides[1]}",
        f"z {row['z']:+.2f}, log-odds {row['log_odds']:+.2f}",
        click_for(rest if falling else n).replace("article", "text"),
    ]
    return "<br>".join(lines)
