"""The way to an outlet's own page, wherever it is named."""

from __future__ import annotations

from dataclasses import replace

from dash import dcc, html

from dashboard.url_state import Page, View, create_url

__all__ = ["outlet_link"]

_LETTERS = 120


def outlet_link(view: View, domain: str, name: str) -> dcc.Link:
    """The outlet's name as a link to its page, under the same filters."""
    here = replace(
        view.closed(), page=Page.PROVIDERS, outlet=domain, event=None, beside=(), sort=(), columns=()
    )
    return dcc.Link(html.Bdi(name[:_LETTERS]), href=create_url(here))
