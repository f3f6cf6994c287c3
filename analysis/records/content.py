"""The digest of a file: a related item counts by its own hash, so that one that many files repeat is hashed once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from analysis.records.items import NEXT, find_list

__all__ = ["BEGIN", "content_digest", "digest_of_parts", "item_hash"]

BEGIN = len(b"---\n")
"""Where what may hold a related list begins."""


def content_digest(data: bytes) -> str:
    r"""The digest of a file, 64 hexadecimal digits: equal for equal bytes, and for no others.

    >>> one, other = (content_digest(b"title: a\nrelated:\n  - title: " + item) for item in (b"b", b"c"))
    >>> len(one), one == other
    (64, False)
    """
    first = find_list(data, BEGIN)
    return digest_of_parts(data, (), b"") if first < 0 else digest_of_parts(data[:first], (), data[first:])


def digest_of_parts(head: bytes, hashes: Sequence[bytes], rest: bytes) -> str:
    """The digest of a file, some of whose items are hashed already.

    Args:
        head: what stands before its first related item, all of it where there is none.
        hashes: of the items behind it, in their order, but for those in the rest.
        rest: what stands behind these, from an item's beginning on; where there is no item, nothing.
    """
    *items, last = rest.split(NEXT)
    said = (*hashes, *map(item_hash, items))
    # The lengths tell where a part ends: files that differ in any byte give other bytes here, unless hashes are equal.
    lengths = len(head).to_bytes(8, "big") + len(said).to_bytes(8, "big")
    return hashlib.sha256(b"".join((head, *said, last, lengths))).hexdigest()


def item_hash(item: bytes) -> bytes:
    """What stands for an item."""
    return hashlib.sha256(item).digest()
