"""The script that draws the charts, served in the place of the whole of plotly.js that Dash would load."""

from __future__ import annotations

import hashlib

from flask import Flask, Response, abort

from analysis.charts.script import plotly_script

__all__ = ["serve_charts_script"]


def serve_charts_script(server: Flask) -> str:
    """Serve the script, and say where: an address that changes with it, so that browsers keep it for a year.

    A page that loads it before Dash's own scripts has `window.Plotly`, and Dash then loads no other.

    >>> server = Flask("example")
    >>> address = serve_charts_script(server)
    >>> answer = server.test_client().get(address)
    >>> answer.mimetype, answer.headers["Cache-Control"]
    ('text/javascript', 'public, max-age=31536000, immutable')
    >>> server.test_client().get("/_charts/0000.js").status_code
    404
    """
    script = plotly_script()
    digest = hashlib.sha256(script.encode()).hexdigest()[:16]

    @server.get("/_charts/<name>.js")
    def charts_script(name: str) -> Response:
        if name != digest:
            abort(404)
        lasting = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(script, mimetype="text/javascript", headers=lasting)

    return f"/_charts/{digest}.js"
