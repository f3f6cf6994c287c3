"""Forms: texts of which thousands are laid out alike have a pattern of their own, and one match gives all their values.

A pattern is slow to make, and several times as fast as looking for lines one by one. It is made of the rows that
`analysis.records.fast` found in a text, from the same parts, and matches nothing that would not be found so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

__all__ = ["PLAIN", "Forms"]

# A value without quotes, which nothing but its line's end may follow.
PLAIN = (
    r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`~=<.]|-(?=[0-9A-Za-z]))[^:#\n]*+"
    r"(?:(?::(?! |$)|(?<! )#)[^:#\n]*+)*+(?<! )"
)
_VALUES = {'"': r'"([^"\\\n]*+)"', "'": r"'([^'\n]*+)'"}  # quoted ones in which nothing is escaped
_WORTH = 1_000  # texts of a layout that no form fits, after which a pattern pays
_MOST_FORMS = 4  # of texts with as many lines
_MOST_LAYOUTS = 1_024


class _Form(NamedTuple):
    prefixes: tuple[str, ...]
    match: Callable[[str], re.Match[str] | None]


class Forms:
    r"""Remembers the forms of texts that come again and again.

    >>> forms, rows = Forms(), [("title: ", '"Ban"'), ("topics:", ""), ("  - ", "AI")]
    >>> for _ in range(1_000):
    ...     forms.learn(("title: ", "topics:", "  - "), rows)
    >>> forms.values('title: "Go"\ntopics:\n  - EU', 3)
    (('title: ', 'topics:', '  - '), ('Go', '', 'EU'))
    >>> forms.values('title: Go\ntopics:\n  - EU', 3)
    """

    def __init__(self) -> None:
        self._known: dict[int, list[_Form]] = {}  # by the number of lines, the newest first
        self._counts: dict[tuple[str, ...], int] = {}

    def values(self, text: str, n_lines: int) -> tuple[tuple[str, ...], Sequence[str]] | None:
        """What stands before the value on each line of a text, and the values, where its form is known."""
        for form in self._known.get(n_lines, ()):
            match = form.match(text)
            if match:
                return form.prefixes, match.groups()
        return None

    def learn(self, prefixes: tuple[str, ...], rows: Sequence[tuple[str, str]]) -> None:
        """Take note of a text whose form is not known: what its lines begin with, and each line with its value."""
        count = self._counts[prefixes] = self._counts.get(prefixes, 0) + 1
        if count == _WORTH:
            known = self._known.get(len(rows), [])
            self._known[len(rows)] = [_Form(prefixes, _pattern(rows).fullmatch), *known][:_MOST_FORMS]
        if count == _WORTH or len(self._counts) > _MOST_LAYOUTS:
            del self._counts[prefixes]


def _pattern(rows: Sequence[tuple[str, str]]) -> re.Pattern[str]:
    lines = (
        re.escape(prefix) + (_VALUES.get(value[0], f"({PLAIN})") if value else "()") for prefix, value in rows
    )
    return re.compile(r"\n".join(lines), re.ASCII | re.MULTILINE)
