"""One builder at a time in a store: a lock of the operating system, which goes with the process that holds it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from analysis.errors import NewsgaugeError

__all__ = ["StoreLocked", "locked"]


class StoreLocked(NewsgaugeError):
    """Another process is building in the store."""


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """Keep other builders out of a store.

    Raises:
        StoreLocked: one is there already.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with locked(folder), locked(folder):
    ...     pass
    Traceback (most recent call last):
    ...
    analysis.store.lock.StoreLocked: another build is going on in ...
    """
    taken = _take(store / ".lock")
    if taken is None:
        raise StoreLocked(f"another build is going on in {store}; wait for it to end")
    try:
        yield
    finally:
        taken()


def _take(path: Path) -> Callable[[], object] | None:
    """Take the lock of a file; returns what gives it back, or None where somebody else has it."""
    if sys.platform != "win32":
        import fcntl  # noqa: PLC0415 - not there on every system

        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except OSError:  # a file system without such locks
            os.close(descriptor)
        else:
            return partial(_give_back, descriptor)
    from filelock import FileLock, Timeout  # noqa: PLC0415 - slow to import, and the same where `flock` is

    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock.release


def _give_back(descriptor: int) -> None:
    import fcntl  # noqa: PLC0415 - not there on every system

    fcntl.flock(descriptor, fcntl.LOCK_UN)  # forked processes may have it open still
    os.close(descriptor)
