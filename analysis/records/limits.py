"""What the reader accepts at most, so that no input can exhaust the machine."""

from __future__ import annotations

__all__ = [
    "MAX_ALIASED_NODES",
    "MAX_ARCHIVE_BYTES",
    "MAX_DEPTH",
    "MAX_JSON_BYTES",
    "MAX_RECORD_BYTES",
    "MAX_URL_LENGTH",
]

MAX_RECORD_BYTES = 8 * 2**20  # the largest real record has 0.4 MB
MAX_JSON_BYTES = 256 * 2**20  # a JSON page or JSON Lines file holds many articles
MAX_ARCHIVE_BYTES = 64 * 2**30  # all members of one archive, unpacked
MAX_DEPTH = 16  # real records nest four deep
MAX_ALIASED_NODES = 10_000  # nodes repeated through YAML aliases in one record
MAX_URL_LENGTH = 4096
