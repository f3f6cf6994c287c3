"""What stands around the marks: the line of the counting basis, counted nouns, and a figure that has nothing to draw."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from analysis.charts.describe import described
from analysis.charts.theme import Theme, figure_of
from analysis.charts.time_axis import span_name

__all__ = ["caption", "click_for", "counted", "empty_figure", "faint", "signed", "times"]


def caption(*parts: str, span: tuple[Any, Any] | None = None, zone: str = "UTC", snapshot: str = "") -> str:
    """The subtitle of a chart.

    Args:
        parts: counting basis, denominator, and what else must be known; empty ones are left out.
        span: first instant and end of the period.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.

    >>> caption("articles", "", span=("2021-08-23T00:00Z", "2021-08-24T00:00Z"), snapshot="2021-08-27 3f9a")
    'articles · 23 August 2021 · UTC · snapshot 2021-08-27 3f9a'
    """
    period = span_name(*span, zone=zone) if span else ""
    said = [*parts, period, zone, f"snapshot {snapshot}" if snapshot else ""]
    return " · ".join(part for part in said if part)


def counted(n: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "article"), counted(1312, "article")
    ('1 article', '1,312 articles')
    """
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def click_for(n: int) -> str:
    """What a click opens; nothing where there is nothing to open.

    >>> click_for(14), click_for(0)
    ('click for 14 articles', '')
    """
    return f"click for {counted(n, 'article')}" if n else ""


def times(ratio: float) -> str:
    """A ratio.

    >>> times(3.41), times(12.4)
    ('3.4x', '12x')
    """
    return f"{ratio:.1f}x" if ratio < 9.95 else f"{ratio:,.0f}x"


def signed(change: float) -> str:
    """A change in articles, with its sign; one decimal unless it is whole.

    >>> signed(21.0), signed(-4.75), signed(0.0)
    ('+21', '−4.8', '0')
    """
    if not round(change, 1):
        return "0"
    sign = "+" if change > 0 else "−"
    return sign + (f"{abs(change):,.0f}" if round(change, 1) == round(change) else f"{abs(change):,.1f}")


def faint(colour: str, opacity: float) -> str:
    """A colour that lets what is under it through.

    >>> faint("#0072B2", 0.2)
    'rgba(0, 114, 178, 0.2)'
    """
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


def empty_figure(theme: Theme, *, title: str, subtitle: str, why: str, height: int = 200) -> go.Figure:
    """A figure without marks that says why: in a hairline frame, so that it is not taken for one that failed.

    Args:
        theme: the colours.
        title: what was found.
        subtitle: from `caption`.
        why: a sentence of our own.
        height: pixels.

    >>> from analysis.charts.theme import LIGHT
    >>> figure = empty_figure(LIGHT, title="No burst", subtitle="articles", why="Nothing was collected.")
    >>> figure.layout.annotations[0].text
    'Nothing was collected.'
    """
    figure = figure_of(theme, title=title, subtitle=subtitle, height=height)
    figure.add_annotation(
        x=0.5, y=0.5, xref="paper", yref="paper", text=why, showarrow=False,
        font={"size": 13, "color": theme.muted},
    )  # fmt: skip
    figure.add_shape(
        type="rect", xref="paper", yref="paper", x0=0, x1=1, y0=0, y1=1, layer="below",
        line={"color": theme.hairline, "width": 1},
    )  # fmt: skip
    figure.update_xaxes(visible=False, range=[0, 1])
    figure.update_yaxes(visible=False, range=[0, 1])
    figure.update_layout(margin={"l": 4, "r": 4, "b": 8})
    return described(figure, why)
