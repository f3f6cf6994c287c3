"""Pages that stay open while the program is renewed: they may ask for what there is no more, and are loaded anew."""

from __future__ import annotations

from dash import Dash
from flask import Response, request

__all__ = ["HEADER", "turn_away_outdated"]

HEADER = "X-Newsgauge-Outdated"
"""Of a response: the page is of another version of the program; `assets/server.js` loads it anew."""

_PATH = "/_dash-update-component"


def turn_away_outdated(app: Dash) -> None:
    """Answer what only a page of another version asks for with nothing, and with a header that says so.

    >>> app = Dash()
    >>> app.layout = []
    >>> turn_away_outdated(app)
    >>> answer = app.server.test_client().post(_PATH, json={"output": "of-before.children"})
    >>> answer.status_code, HEADER in answer.headers
    (204, True)
    """

    @app.server.before_request
    def turn_away() -> Response | None:
        asked = request.get_json(silent=True) if request.path == _PATH else None
        output = asked.get("output") if isinstance(asked, dict) else None
        if isinstance(output, str) and output not in app.callback_map:
            return Response(status=204, headers={HEADER: "1"})
        return None
