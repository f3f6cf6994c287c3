"""What a chart shows, in words, for those who do not see it."""

from __future__ import annotations

from analysis.charts.figure import Figure

__all__ = ["describe", "described"]


def describe(figure: Figure) -> str:
    """The summary of a chart of this package: its finding, what is counted, and what the marks say.

    >>> from analysis.charts.theme import LIGHT, figure_of
    >>> figure = figure_of(LIGHT, title="Coverage doubled", subtitle="articles per day", height=100)
    >>> describe(described(figure, "Bars per day."))
    'Coverage doubled. Counted: articles per day. Bars per day.'
    """
    return str((figure.laid("meta") or {}).get("description", ""))


def described(figure: Figure, marks: str) -> Figure:
    """The same figure, with its summary kept in `layout.meta`; `marks` says what is drawn."""
    meta = dict(figure.laid("meta") or {})
    parts = [f"{meta.get('title', '')}.", f"Counted: {meta.get('subtitle', '')}.", marks]
    description = " ".join(part for part in parts if part.strip(" ."))
    return figure.update_layout(meta=meta | {"description": description})
