"""What stands around the marks: the line of the counting basis, counted nouns, and figures with nothing to draw."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.describe import described
from analysis.charts.theme import Theme, figure_of, plain
from analysis.charts.time_axis import span_name
from analysis.charts.wording import period_name
from analysis.words import counted

__all__ = [
    "caption",
    "click_for",
    "counted",
    "empty_figure",
    "faint",
    "headed_figure",
    "signed",
    "times",
    "when",
]

_TITLE, _SUBTITLE, _WHY = 82, 112, 44  # letters a line


def caption(*parts: str, span: tuple[Any, Any] | None = None, zone: str = "UTC", snapshot: str = "") -> str:
    """The subtitle of a chart.

    Args:
        parts: counting basis, denominator, and what else must be known; empty ones are left out.
        span: first instant and end of the period.
        zone: IANA zone of its days; not said where there is no period.
        snapshot: label of the snapshot.

    >>> caption("articles", "", span=("2021-08-23T00:00Z", "2021-08-24T00:00Z"), snapshot="2021-08-27 3f9a")
    'articles · 23 August 2021 · UTC · snapshot 2021-08-27 3f9a'
    """
    period = span_name(*span, zone=zone) if span else ""
    said = [*parts, period, zone if period else "", f"snapshot {snapshot}" if snapshot else ""]
    return " · ".join(part for part in said if part)


def headed_figure(theme: Theme, *, title: str, subtitle: str, height: int) -> go.Figure:
    """A figure as `figure_of` makes it, whose title and subtitle are broken into lines that fit 640 pixels.

    Args:
        theme: the colours.
        title: what was found.
        subtitle: from `caption`.
        height: pixels, with one line of either; more lines make it higher.

    >>> from analysis.charts.theme import LIGHT
    >>> headed_figure(LIGHT, title="word " * 30, subtitle="articles", height=200).layout.height
    220
    """
    figure = figure_of(theme, title=title, subtitle=subtitle, height=height)
    heads, basis = wrap(title, _TITLE) or [""], wrap(subtitle, _SUBTITLE) or [""]
    above = figure.laid("margin", "t") + 20 * (len(heads) - 1) + 15 * (len(basis) - 1)
    figure.update_layout(
        title={
            "text": "<br>".join(map(plain, heads)),
            "subtitle": {"text": "<br>".join(map(plain, basis))},
            "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 12 + 11 * (len(heads) - 1)},
        },
        margin={"t": above}, height=height + above - 64,
    )  # fmt: skip
    return figure


def when(period: Any, every: str) -> str:
    """A period with its preposition.

    >>> when("2021-08-23T00:00Z", "day"), when("2021-08-23T00:00Z", "week"), when("2021-08-01T00:00Z", "month")
    ('on 23 August 2021', 'in the week of 23 August 2021', 'in August 2021')
    """
    name = period_name(pd.Timestamp(period).tz_localize(None), every)
    if every == "day":
        return f"on {name.split(' ', 1)[1]}"
    return f"in the {name}" if every == "week" else f"in {name}"


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
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=height)
    broken = "<br>".join(line for part in why.split("<br>") for line in wrap(part, _WHY))
    figure.add_annotation(
        x=0.5, y=0.5, xref="paper", yref="paper", text=broken, showarrow=False,
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
