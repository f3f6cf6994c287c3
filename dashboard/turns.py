"""Work in the background gives way to what viewers ask: between its steps it waits until the server is idle."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Condition
from time import monotonic
from typing import Any

__all__ = ["Turns"]

_PAUSE = 0.05  # seconds between two requests of a page
_PATIENCE = 0.25  # seconds that a step waits at most: a server that is never idle gets warm too


class Turns:
    """Who answers now; shared by the threads of a server.

    >>> turns = Turns(lambda environ, start: [b"page"])
    >>> list(turns({}, None))
    [b'page']
    >>> turns.give_way()  # a moment later
    """

    def __init__(self, application: Callable[[Any, Any], Iterable[bytes]]) -> None:
        """A WSGI application around another."""
        self._application, self._change = application, Condition()
        self._running, self._last = 0, -_PAUSE

    def __call__(self, environ: Any, start: Any) -> Iterable[bytes]:
        """Answer, and note when."""
        self._note(1)
        try:
            return self._application(environ, start)
        finally:
            self._note(-1)

    def give_way(self) -> None:
        """Return once no answer is being worked on, and none was a moment ago; if that takes long, all the same."""
        end = monotonic() + _PATIENCE
        with self._change:
            while monotonic() < end and (self._running or monotonic() - self._last < _PAUSE):
                self._change.wait(_PAUSE)

    def _note(self, change: int) -> None:
        with self._change:
            self._running += change
            self._last = monotonic()
            self._change.notify_all()
