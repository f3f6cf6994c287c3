"""Leases: who reads a snapshot keeps it from being removed, for as long as the reading process lives.

A lease is a shared lock of the operating system (``flock``) on the snapshot's manifest: a reader that is killed gives
it back, and a store that may only be read can be leased too. Where a system or file system has no such locks, only the
number of snapshots that a store keeps protects a reader.
"""

from __future__ import annotations

import os
import sys
import weakref
from pathlib import Path

from analysis.store.removal import remove_folder

__all__ = ["hold", "remove_unless_held"]

_LEASED = "manifest.json"


def hold(folder: Path, holder: object) -> bool:
    """Keep a snapshot as long as `holder` lives.

    Args:
        folder: of the snapshot.
        holder: the object that reads it; the lease ends with it, or with the process.

    Returns:
        Whether the snapshot is there: False where it has just been removed.
    """
    try:
        descriptor = os.open(folder / _LEASED, os.O_RDONLY)
    except FileNotFoundError:
        return False
    if not _lock(descriptor, shared=True) or not os.fstat(descriptor).st_nlink:
        os.close(descriptor)
        return False
    weakref.finalize(holder, os.close, descriptor)
    return True


def remove_unless_held(folder: Path) -> bool:
    """Remove a snapshot, unless somebody reads it; says whether it is gone."""
    try:
        descriptor = os.open(folder / _LEASED, os.O_RDWR)
    except FileNotFoundError:  # damaged: nobody can read it
        remove_folder(folder)
        return not folder.exists()
    except PermissionError:
        return False
    try:
        if _lock(descriptor, shared=False):
            remove_folder(folder)
        return not folder.exists()
    finally:
        os.close(descriptor)


if sys.platform == "win32":

    def _lock(_descriptor: int, *, shared: bool) -> bool:  # noqa: ARG001 - the same on every system
        return True

else:
    import fcntl

    def _lock(descriptor: int, *, shared: bool) -> bool:
        """Take a lock that ends with the descriptor; False where somebody else's is in the way."""
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks
            return True
        return True
