"""The related lists as a graph: who recommends whom."""

from __future__ import annotations

from dash import Dash, html

from dashboard.answers import Answers
from dashboard.ids import Ids

__all__ = ["layout", "register"]


def layout() -> html.Div:
    """The page, empty."""
    return html.Div(id=Ids.PAGE_LINKS, className="page", hidden=True)


def register(app: Dash, answers: Answers) -> None:
    """Fill the page from the address."""
