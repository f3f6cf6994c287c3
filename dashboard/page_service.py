"""Pages and tables, each sent when it is first shown: a browser builds what is seen, and not thirty empty charts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dash import ClientsideFunction, Dash, Input, Output, State, html
from dash.development.base_component import Component
from flask import Response, abort
from plotly.io.json import to_json_plotly

__all__ = ["GRID_SCRIPT", "placed", "register_pages", "serve_pages", "without_grid_script"]

GRID_SCRIPT = "grid-script"
"""The id of what says where the script of tables lies, which is loaded when the first table is shown."""
_GRID_TAG = re.compile(r'<script src="([^"]*/dash_ag_grid/[^"]*)"></script>')


def placed(page: html.Div) -> html.Div:
    """A page as it stands until it is first shown: out of sight, saying that it comes.

    >>> placed(html.Div("much", id="page-events", className="page", hidden=True)).children.children
    'Loading…'
    """
    waits = html.P("Loading…", className="muted waits", role="status")
    return html.Div(waits, id=page.id, className=page.className, hidden=True)


def without_grid_script(scripts: str) -> str:
    """The scripts of the window without that of tables, which is large: it is fetched beside, and loaded when wanted.

    >>> without_grid_script('<script src="/a.js"></script><script src="/dash_ag_grid/g.js"></script>')
    '<script src="/a.js"></script><link id="grid-script" rel="prefetch" as="script" href="/dash_ag_grid/g.js">'
    """
    return _GRID_TAG.sub(rf'<link id="{GRID_SCRIPT}" rel="prefetch" as="script" href="\1">', scripts)


def register_pages(app: Dash, ids: Mapping[str, str]) -> None:
    """Let the browser fetch what stands in a place when it is first shown; its callbacks run when it is there.

    Args:
        app: the dashboard.
        ids: of the places, and of what each is out of sight with, mostly itself.
    """
    for place, shown_with in ids.items():
        app.clientside_callback(
            ClientsideFunction("newsgauge", "page"),
            Output(place, "children"),
            Input(shown_with, "hidden"),
            State(place, "id"),
            prevent_initial_call=True,
        )


def serve_pages(app: Dash, pages: Mapping[str, Component]) -> None:
    """Answer `/_pages/<id>` with what stands in a place, as Dash's renderer reads it; other ids are not found."""

    @app.server.get("/_pages/<page>")
    def page_of(page: str) -> Response:
        if page not in pages:
            abort(404)
        return Response(to_json_plotly(pages[page].children), mimetype="application/json")
