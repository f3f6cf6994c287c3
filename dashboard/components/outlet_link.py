"""The way to an outlet's own page, wherever it is named."""

from __future__ import annotations

from dataclasses import replace

from dash import dcc, html

from dashboard.url_state import Page, View, create_url

__all__ = ["outlet_link", "outlet_part"]

_LETTERS = 120


def outlet_link(view: View, domain: str, name: str) -> dcc.Link:
    """The outlet's name as a link to its page, under the same filters."""
    text, href = outlet_part(view, domain, name)
    return dcc.Link(html.Bdi(text), href=href)


def outlet_part(view: View, domain: str, name: str) -> tuple[str, str]:
    """The same as a part of a line of `components.rows_table`."""
    here = replace(
        view.closed(), page=Page.PROVIDERS, outlet=domain, event=None, beside=(), sort=(), columns=()
    )
    return name[:_LETTERS], create_url(here)
