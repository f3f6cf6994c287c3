"""Chunks of work, shared out among forked processes: each is taken once, from the front or from the back."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["Claims"]


class Claims:
    """The numbers of the chunks that nobody has taken: those from a first to before a last one, kept in a file.

    The lock on the file goes with the process that holds it: one that is killed stops nobody.

    >>> import tempfile
    >>> claims = Claims(Path(tempfile.mkdtemp(), "claims"), 3)
    >>> next(claims.from_front()), next(claims.from_back()), list(claims.from_front()), list(claims.from_back())
    (0, 2, [1], [])
    """

    def __init__(self, path: Path, count: int) -> None:
        """Make the file, which is gone with the last process that has it open."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        path.unlink()
        self._write(0, count)

    def from_front(self) -> Iterator[int]:
        """Take what is left, the first one first."""
        return iter(lambda: self._take(1, 0), -1)

    def from_back(self) -> Iterator[int]:
        """Take what is left, the last one first."""
        return iter(lambda: self._take(0, 1), -1)

    def close(self) -> None:
        """Close the file for this process."""
        os.close(self._file)

    def _take(self, front: int, back: int) -> int:
        """A number, or -1 if there is none left."""
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            content = os.pread(self._file, 16, 0)
            first, last = int.from_bytes(content[:8], "little"), int.from_bytes(content[8:], "little")
            if first == last:
                return -1
            self._write(first + front, last - back)
            return first if front else last - 1
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _write(self, first: int, last: int) -> None:
        os.pwrite(self._file, first.to_bytes(8, "little") + last.to_bytes(8, "little"), 0)
