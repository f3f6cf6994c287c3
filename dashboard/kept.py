"""Answers kept for a while: who asks what is just being computed waits for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from threading import Lock
from typing import TypeVar

__all__ = ["kept"]

T = TypeVar("T")
_KEPT = 128


def kept(compute: Callable[..., T]) -> Callable[..., T]:
    """The function, its answers kept; it is called once for a key, also by several threads at the same time.

    >>> double = kept(lambda n: print("computing") or 2 * n)
    >>> double(2), double(2)
    computing
    (4, 4)
    """
    cached = lru_cache(maxsize=_KEPT)(compute)
    locks = lru_cache(maxsize=_KEPT)(lambda *_key: Lock())
    guard = Lock()

    def answer(*key: Hashable) -> T:
        with guard:
            lock = locks(*key)
        with lock:
            return cached(*key)

    return answer
