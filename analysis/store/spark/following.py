"""How far a Spark job has come, told while it runs."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

__all__ = ["followed"]

_SECONDS = 0.1
Result = TypeVar("Result")


def followed(job: Callable[[], Result], done: Callable[[], int]) -> Generator[int, None, Result]:
    """Run a job to its end in a thread; yields how much more of it is done, now and then, and returns its result.

    Args:
        job: blocks until it is done.
        done: how much of it is done so far.

    Raises:
        Exception: what the job raised.

    >>> list(followed(lambda: None, lambda: 3))
    [3]
    """
    from concurrent.futures import ThreadPoolExecutor, wait  # noqa: PLC0415 - for this engine only

    told = 0
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(job)
        while True:
            ended = bool(wait([running], _SECONDS).done)
            now = done()
            if now > told:
                yield now - told
                told = now
            if ended:
                return running.result()
