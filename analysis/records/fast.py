"""The usual shape of a record read line by line, at many times the speed of a YAML parser.

Only block mappings and lists of one-line scalars are understood; anything else raises `Unusual` and is read by
`analysis.records.plain`, whose result this one must equal (a property test and every sample hold it to that).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

from analysis.records.forms import PLAIN, Forms

__all__ = [
    "Lines",
    "Unusual",
    "dedented",
    "filled",
    "layout",
    "lines",
    "many_lines",
    "parse",
]

Lines = tuple[tuple[str, ...], Sequence[str]]
"""What stands before the value on each line of a text, and the values."""

# A line: what stands before the value (indentation, dash of a list item, key and the blanks after it), and a value in
# double quotes, in single quotes or plain. The value keeps its quotes, so that `key: ""`, which is empty text, is told
# from `key:`, which a block may follow. What can match in one way only is not tried in others (`*+`).
_LINE = re.compile(
    r"^( *+(?:- (?=\S))?+[A-Za-z]\w{0,63}+:(?: ++(?=\S)|$)| *+- (?=\S)|$)"
    r'("[^"\\\n]*+(?:\\["\\/nt][^"\\\n]*+)*+"'
    rf"|'[^'\n]*+(?:''[^'\n]*+)*+'|{PLAIN})?+$",
    re.ASCII | re.MULTILINE,
)
_QUOTES = frozenset("\"'")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {'"': '"', "\\": "\\", "/": "/", "n": "\n", "t": "\t"}
_APART = "\n?\n"  # stands between texts: a line that is never understood
_ODD_SPACE = ("\x85", "\u2028", "\u2029", "\ufeff")  # YAML and Python differ on these
_FORMS = Forms()
_MAX_DEPTH = 6


class Unusual(Exception):
    """The text is not of the usual shape; says nothing about whether it is right."""


def parse(text: str) -> Any:
    r"""The tree of dict, list and str that PyYAML's base loader would build.

    Raises:
        Unusual: the text needs the plain path.

    >>> parse('title: "Ban"\ntopics:\n  - AI\n')
    {'title': 'Ban', 'topics': ['AI']}
    """
    prefixes, values = lines(text)
    return filled(layout(prefixes), values)


def lines(text: str) -> Lines:
    r"""What stands before the value on each line, and the values.

    Raises:
        Unusual: a line needs the plain path.

    >>> lines('title: "Ban"\ntopics:\n  - AI')
    (('title: ', 'topics:', '  - '), ['Ban', '', 'AI'])
    """
    if _has_odd_space(text):
        raise Unusual
    rows = _LINE.findall(text)
    if len(rows) != text.count("\n") + 1:  # a line that is not understood is not found
        raise Unusual
    return _apart(rows)


def many_lines(texts: Sequence[str]) -> list[Lines | None]:
    r"""The lines of many texts, looked for at once; None for a text that needs the plain path.

    >>> many_lines(["title: Ban", "title: [Ban]"])
    [(('title: ',), ['Ban']), None]
    """
    if _has_odd_space(_APART.join(texts)):
        return [_lines_if_usual(text) for text in texts]
    counts = [text.count("\n") + 1 for text in texts]
    found = list(map(_FORMS.values, texts, counts))
    places = [place for place, known in enumerate(found) if known is None]
    looked_for = _looked_for([texts[place] for place in places], [counts[place] for place in places])
    for place, lines_of_it in zip(places, looked_for, strict=True):
        found[place] = lines_of_it
    return found


def _looked_for(texts: Sequence[str], counts: Sequence[int]) -> list[Lines | None]:
    rows = _LINE.findall(_APART.join(texts)) if texts else []
    if len(rows) != sum(counts):
        return [_lines_if_usual(text) for text in texts]
    if not rows:
        return []
    prefixes, values = _apart(rows)
    found: list[Lines | None] = []
    for end, count in zip(accumulate(counts), counts, strict=True):
        begun = prefixes[end - count : end]
        _FORMS.learn(begun, rows[end - count : end])
        found.append((begun, values[end - count : end]))
    return found


def _lines_if_usual(text: str) -> Lines | None:
    try:
        return lines(text)
    except Unusual:
        return None


def _has_odd_space(text: str) -> bool:
    return "\t" in text or (not text.isascii() and any(odd in text for odd in _ODD_SPACE))


def _apart(rows: list[tuple[str, str]]) -> Lines:
    prefixes, values = zip(*rows, strict=True)
    return prefixes, [
        value
        if value[:1] not in _QUOTES
        else value[1:-1]
        if value[0] == '"' and "\\" not in value
        else _scalar(value)
        for value in values
    ]


@lru_cache(maxsize=1_024)
def layout(prefixes: tuple[str, ...]) -> Any:
    """The tree of lines that begin like this, with the number of a line in place of its value.

    Records differ in what they say, and hardly in how: thousands of them have a few dozen layouts.

    Raises:
        Unusual: lines that begin like this need the plain path.

    >>> layout(("title: ", "topics:", "  - "))
    {'title': 0, 'topics': [2]}
    """
    rows = []
    for number, prefix in enumerate(prefixes):
        if prefix:
            bare = prefix.lstrip(" ")
            dash = bare.startswith("- ")
            key = bare.removeprefix("- ").rstrip(" ").removesuffix(":")
            rows.append((" " * (len(prefix) - len(bare)), dash, key, number if prefix[-1] == " " else None))
    return _Block(rows).parse()


def filled(tree: Any, values: Sequence[str | None]) -> Any:
    """A layout with the values of its lines."""
    if isinstance(tree, int):
        return values[tree]
    if isinstance(tree, dict):
        return {key: filled(below, values) for key, below in tree.items()}
    return [filled(below, values) for below in tree] if isinstance(tree, list) else tree


class _Block:
    """A cursor over lines: indentation, dash, key and, where there is a value, the number of each."""

    def __init__(self, rows: list[tuple[str, bool, str, int | None]]) -> None:
        self.rows = rows
        self.at = 0

    def parse(self) -> Any:
        if not self.rows or self.rows[0][0]:
            raise Unusual
        tree = self.block("", 0)
        if self.at != len(self.rows):
            raise Unusual
        return tree

    def block(self, indent: str, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            raise Unusual
        if self.rows[self.at][1]:
            return self.sequence(indent, depth)
        return self.mapping(indent, depth)

    def mapping(self, indent: str, depth: int) -> dict[str, Any]:
        rows = self.rows
        fields: dict[str, Any] = {}
        while self.at < len(rows):
            at, dash, key, value = rows[self.at]
            # the first line of a list item's mapping stands behind its dash
            if fields and (at != indent or dash):
                if at < indent or (dash and at == indent):
                    break
                raise Unusual
            if not key or key in fields:
                raise Unusual
            self.at += 1
            fields[key] = self.below(indent, depth) if value is None else value
        return fields

    def below(self, indent: str, depth: int) -> Any:
        """What an empty `key:` holds: the block that follows it, or nothing, which is empty text."""
        if self.at < len(self.rows):
            at, dash, _, _ = self.rows[self.at]
            if at > indent or (at == indent and dash):
                return self.block(at, depth + 1)
        return ""

    def sequence(self, indent: str, depth: int) -> list[Any]:
        rows = self.rows
        items: list[Any] = []
        while self.at < len(rows):
            at, dash, key, value = rows[self.at]
            if at < indent or (at == indent and not dash):
                break
            if at > indent or not dash:
                raise Unusual
            if key:
                items.append(self.mapping(f"{indent}  ", depth + 1))
            else:
                items.append(value)
                self.at += 1
        return items


def _scalar(value: str) -> str:
    """A value without its quotes."""
    if value[0] == '"':
        return value[1:-1] if "\\" not in value else _ESCAPE.sub(_unescaped, value[1:-1])
    return value[1:-1].replace("''", "'") if value[0] == "'" else value


def _unescaped(match: re.Match[str]) -> str:
    return _ESCAPED[match[1]]


def dedented(text: str) -> str:
    r"""One related item, as `Items` gives it, as a text of its own.

    Raises:
        Unusual: the text needs the plain path.

    >>> parse(dedented('title: b\n    provider:\n      name: c'))
    {'title': 'b', 'provider': {'name': 'c'}}
    """
    found = text.replace("\n    ", "\n")
    if len(text) - len(found) != 4 * text.count("\n"):
        raise Unusual
    return found
