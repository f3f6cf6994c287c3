"""Serve a dashboard to browsers, with waitress; on this machine only unless told otherwise."""

from __future__ import annotations

import ctypes
import gc
import logging
import sys
import threading
from collections.abc import Sequence
from typing import Any

import waitress

from dashboard.answers import Answers
from dashboard.turns import Turns
from dashboard.warming import warming

__all__ = ["serve"]

_THREADS = 6  # more answers under way at once take memory, and are no sooner done
_M_ARENA_MAX, _ARENAS = -8, 2  # of glibc's mallopt


def serve(app: Any, host: str = "127.0.0.1", port: int = 8050, names: Sequence[str] = ()) -> None:
    """Serve until interrupted.

    Args:
        app: from `dashboard.app.create_app`, whose `access` says who may read it.
        host: address to listen on.
        port: port to listen on.
        names: further names that it is reached by, such as that of a reverse proxy.

    Raises:
        OSError: the port is taken, or the address is not this machine's.
    """
    # A page sends some ten requests at once: that they wait for each other is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    app.server.config.update(NEWSGAUGE_HOST=host, NEWSGAUGE_NAMES=tuple(names))
    turns = app.server.wsgi_app = Turns(app.server.wsgi_app)
    _share_arenas()
    gc.freeze()
    threading.Thread(target=_warm, args=(app.server.extensions["newsgauge"], turns)).start()
    waitress.serve(
        app.server, host=host, port=port, threads=_THREADS, ident=None, _quiet=True,
        clear_untrusted_proxy_headers=False,  # `dashboard.access` knows whom to believe
    )  # fmt: skip


def _share_arenas() -> None:
    """Let threads share the C library's memory, of which each would keep what its largest answer took."""
    if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)):  # musl has none
        mallopt(_M_ARENA_MAX, _ARENAS)


def _warm(answers: Answers, turns: Turns) -> None:
    """Warm up; what is held from then on is not looked through for garbage, which would hold callbacks up."""
    for step in warming(answers):
        turns.give_way()
        step()
    gc.freeze()
