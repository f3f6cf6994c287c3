"""Texts on a figure, added together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import plotly.graph_objects as go

__all__ = ["LABEL", "VALUE", "add_notes"]

LABEL, VALUE = "label", "value"
"""Names of annotations: a label that the page shortens where it reaches the edge, or the value of its row."""


def add_notes(figure: go.Figure, notes: Iterable[Mapping[str, Any]]) -> None:
    """Add annotations as `figure.add_annotation` does, all at once: with each of its calls Plotly copies all before.

    Args:
        figure: any.
        notes: the arguments of each call.

    >>> figure = go.Figure()
    >>> add_notes(figure, [{"x": 1, "text": "one"}, {"x": 2, "text": "two"}])
    >>> [note.text for note in figure.layout.annotations]
    ['one', 'two']
    """
    added = tuple(go.layout.Annotation(**note) for note in notes)
    figure.layout.annotations = (*figure.layout.annotations, *added)
