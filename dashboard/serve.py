"""Serve a dashboard to browsers, with waitress; on this machine only unless told otherwise."""

from __future__ import annotations

from typing import Any

import waitress

__all__ = ["serve"]

_THREADS = 8


def serve(app: Any, host: str = "127.0.0.1", port: int = 8050) -> None:
    """Serve until interrupted.

    Args:
        app: from `dashboard.app.create_app`.
        host: address to listen on. On any but a loopback address everybody who reaches it can read the corpus.
        port: port to listen on.

    Raises:
        OSError: the port is taken, or the address is not this machine's.
    """
    app.server.config["NEWSGAUGE_HOST"] = host
    waitress.serve(app.server, host=host, port=port, threads=_THREADS, ident=None, _quiet=True)
