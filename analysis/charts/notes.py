"""Names of the texts on a figure, by which a page knows them."""

from __future__ import annotations

__all__ = ["LABEL", "VALUE"]

LABEL, VALUE = "label", "value"
"""A label that the page shortens where it reaches the edge, and the value of a row."""
