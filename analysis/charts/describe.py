"""What a chart shows, in words, for those who do not see it."""

from __future__ import annotations

import plotly.graph_objects as go

__all__ = ["describe", "described"]


def describe(figure: go.Figure) -> str:
    """The summary of a chart of this package: its finding, what is counted, and what the marks say.

    >>> from analysis.charts.theme import LIGHT, figure_of
    >>> figure = figure_of(LIGHT, title="Coverage doubled", subtitle="articles per day", height=100)
    >>> describe(described(figure, "Bars per day."))
    'Coverage doubled. Counted: articles per day. Bars per day.'
    """
    return str((figure.layout.meta or {}).get("description", ""))


def described(figure: go.Figure, marks: str) -> go.Figure:
    """The same figure, with its summary kept in `layout.meta`; `marks` says what is drawn."""
    meta = dict(figure.layout.meta or {})
    parts = [f"{meta.get('title', '')}.", f"Counted: {meta.get('subtitle', '')}.", marks]
    figure.layout.meta = meta | {"description": " ".join(part for part in parts if part.strip(" ."))}
    return figure
