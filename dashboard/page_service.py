"""The pages, each sent when it is first shown: a browser builds what is seen, and not thirty empty charts beside it."""

from __future__ import annotations

from collections.abc import Mapping

from dash import ClientsideFunction, Dash, Input, Output, State, html
from flask import Response, abort
from plotly.io.json import to_json_plotly

__all__ = ["placed", "register_pages", "serve_pages"]


def placed(page: html.Div) -> html.Div:
    """A page as it stands until it is first shown: out of sight, saying that it comes.

    >>> placed(html.Div("much", id="page-events", className="page", hidden=True)).children.children
    'Loading…'
    """
    waits = html.P("Loading…", className="muted waits", role="status")
    return html.Div(waits, id=page.id, className=page.className, hidden=True)


def register_pages(app: Dash, ids: list[str]) -> None:
    """Let the browser fetch a page when it is first shown; its callbacks run when it is there."""
    for page in ids:
        app.clientside_callback(
            ClientsideFunction("newsgauge", "page"),
            Output(page, "children"),
            Input(page, "hidden"),
            State(page, "id"),
            prevent_initial_call=True,
        )


def serve_pages(app: Dash, pages: Mapping[str, html.Div]) -> None:
    """Answer `/_pages/<id>` with what stands on a page, as Dash's renderer reads it; other ids are not found."""

    @app.server.get("/_pages/<page>")
    def page_of(page: str) -> Response:
        if page not in pages:
            abort(404)
        return Response(to_json_plotly(pages[page].children), mimetype="application/json")
