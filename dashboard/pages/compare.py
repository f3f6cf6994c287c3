"""The comparison: stories and queries side by side, each in one colour."""

from __future__ import annotations

from dash import Dash, html

from dashboard.answers import Answers
from dashboard.ids import Ids

__all__ = ["layout", "register"]


def layout() -> html.Div:
    """The page, empty."""
    return html.Div(id=Ids.PAGE_COMPARE, className="page", hidden=True)


def register(app: Dash, answers: Answers) -> None:
    """Fill the page from the address."""
