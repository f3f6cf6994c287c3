"""Related lists cut into items, each distinct one known by a number: records of one story repeat them word for word.

Such records also repeat what follows what. So after an item, the one is tried that followed it before: comparing bytes
in their place takes a fraction of the time that cutting them out and looking them up takes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["NEXT", "Cut", "Items", "find_list"]

_LIST = b"\nrelated:\n  - "
NEXT = b"\n  - "
"""What stands before an item."""

_DEDENT = re.compile(rb"\n(?!  )")


class Cut(NamedTuple):
    """Front matter with a related list: all else that it holds, the items' numbers, and where first and last begin."""

    head: bytes
    items: list[int]
    first: int
    last: int


def find_list(text: bytes, start: int = 0) -> int:
    r"""Where the first related item begins; -1 if there is none.

    >>> find_list(b"title: a\nrelated:\n  - title: b")
    22
    """
    found = text.find(_LIST, start)
    return found if found < 0 else found + len(_LIST)


class Items:
    r"""Cuts related lists, and remembers the items.

    >>> items = Items()
    >>> items.cut(b"title: a\nrelated:\n  - title: b\n    type: c\n  - title: d\n\nquality: 1\n")
    Cut(head=b'title: a\n\nquality: 1\n', items=[0, 1], first=22, last=47)
    >>> items.cut(b"title: e\nrelated:\n  - title: d").items, items[1]
    ([1], b'title: d')
    """

    def __init__(self) -> None:
        # by their bytes, and by their numbers: each with what stands before the next one
        self._numbers: dict[bytes, int] = {}
        self._items: list[bytes] = []
        self._followed_by: list[int] = []  # the item that came after it last; at first, itself

    def __len__(self) -> int:
        """How many distinct items there are."""
        return len(self._items)

    def __getitem__(self, number: int) -> bytes:
        """An item."""
        return self._items[number][: -len(NEXT)]

    def since(self, number: int) -> list[bytes]:
        """The items from a number on."""
        return [item[: -len(NEXT)] for item in self._items[number:]]

    def cut(self, text: bytes) -> Cut | None:
        """Front matter whose related list is cut; None if it has none, or one of another form.

        The head is all but the list. One that is torn apart, inside quotes say, does not parse by `fast.parse`: this
        knows nothing of quoting. The list ends at the first line that is not indented; items that are known have none,
        and are not searched for it.
        """
        first = at = find_list(text)
        if first < 0:
            return None
        items, followed_by = self._items, self._followed_by
        found: list[int] = []
        rest: bytes | None = None
        while rest is None:
            end = text.find(NEXT, at)
            item = text[at : end + len(NEXT)] if end >= 0 else text[at:] + NEXT
            number = self._numbers.get(item)
            if number is None:
                dedent = _DEDENT.search(item, 0, len(item) - len(NEXT))
                if dedent:
                    rest = text[at + dedent.end() :]
                    item = item[: dedent.start()] + NEXT
                number = self._number(item)
            if found:
                followed_by[found[-1]] = number
            found.append(number)
            if end < 0:
                rest = rest or b""
            elif rest is None:
                at = end + len(NEXT)
                while text.startswith(item := items[number := followed_by[number]], at):
                    at += len(item)
                    found.append(number)
        if rest.lstrip(b"\n")[:1] in (b" ", b"-"):
            return None
        return Cut(text[: first - len(_LIST) + 1] + rest, found, first, at)

    def _number(self, item: bytes) -> int:
        number = self._numbers.setdefault(item, len(self._items))
        if number == len(self._items):
            self._items.append(item)
            self._followed_by.append(number)
        return number
