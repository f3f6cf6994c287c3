"""Whether sources have changed, found out by looking at names, sizes and times; no file is opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from analysis.records import open_source

__all__ = ["Changes", "signature"]

_LONGEST = timedelta(seconds=60)  # changes that never pause are built after so long all the same


def signature(sources: Sequence[str | Path], store: Path) -> int:
    """A number that changes when a file of the sources does: its name, its size or its time.

    Args:
        sources: folders, files or archives; of an archive only the file itself is looked at.
        store: folder of the store, passed over where it lies in a source.

    Raises:
        NoSource: a source does not exist.
        OSError: it cannot be read.
    """
    found = []
    for given in sources:
        source = open_source(given, store)
        if source.kind == "folder":
            found.append((str(source.root), tuple((f.path, f.size, f.mtime_ns) for f in source.files())))
        else:
            info = source.root.stat()
            found.append((str(source.root), (("", info.st_size, info.st_mtime_ns),)))
    return hash(tuple(found))


class Changes:
    """Waits for changes to come to rest: half-copied folders are not built."""

    def __init__(self) -> None:
        self._built: int | None = None
        self._seen: int | None = None
        self._since: datetime | None = None

    def ready(self, found: int, now: datetime) -> bool:
        """Whether to build: something changed, and not since the look before; or it has not paused for a minute."""
        rested, self._seen = found == self._seen, found
        if found == self._built:
            self._since = None
            return False
        self._since = min(self._since or now, now)  # also where the clock was set back
        return rested or now - self._since >= _LONGEST

    def built(self, found: int) -> None:
        """Take note of what was there before a build that succeeded; what came during it is still to be built."""
        self._built, self._since = found, None
