"""The usual shape of a record read line by line, at many times the speed of a YAML parser.

Only block mappings and lists of one-line scalars are understood; anything else raises `Unusual` and is read by
`analysis.records.plain`, whose result this one must equal (a property test and every sample hold it to that).
"""

from __future__ import annotations

import re
from typing import Any

__all__ = ["Unusual", "parse", "parse_item", "split_related"]

# indentation, dash of a list item, key, and a value in double quotes, in single quotes or plain
_LINE = re.compile(
    r"( *)(- )?(?:([A-Za-z]\w{0,63}):(?: +(?=\S)|$))?"
    r'(?:"((?:[^"\\]|\\["\\/nt])*)"'
    r"|'((?:[^']|'')*)'"
    r"|((?:[^\s\-?:,\[\]{}#&*!|>'\"%@`~=<.]|-(?=[0-9A-Za-z]))[^:#]*(?:(?::(?! |$)|(?<! )#)[^:#]*)*(?<! )))?",
    re.ASCII,
)
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {'"': '"', "\\": "\\", "/": "/", "n": "\n", "t": "\t"}
_ODD_SPACE = ("\t", "\x85", "\u2028", "\u2029", "\ufeff")  # YAML and Python differ on these
_DEDENT = re.compile(r"\n(?!  )")
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
    for odd in _ODD_SPACE:
        if odd in text:
            raise Unusual
    return _Block(text.split("\n")).parse()


class _Block:
    """A cursor over the lines of a text."""

    def __init__(self, lines: list[str]) -> None:
        self.rows: list[tuple[int, str | None, str | None, str | None]] = []
        match = _LINE.fullmatch
        for line in lines:
            if not line:
                continue
            found = match(line)
            if not found:
                raise Unusual
            indent, dash, key, double, single, plain = found.groups()
            if double is not None:
                value = double if "\\" not in double else _ESCAPE.sub(_unescaped, double)
            elif single is not None:
                value = single.replace("''", "'")
            else:
                value = plain
            self.rows.append((len(indent), dash, key, value))
        self.at = 0

    def parse(self) -> Any:
        if not self.rows or self.rows[0][0] != 0:
            raise Unusual
        tree = self.block(0, 0)
        if self.at != len(self.rows):
            raise Unusual
        return tree

    def block(self, indent: int, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            raise Unusual
        if self.rows[self.at][1]:
            return self.sequence(indent, depth)
        return self.mapping(indent, depth)

    def mapping(self, indent: int, depth: int) -> dict[str, Any]:
        rows = self.rows
        fields: dict[str, Any] = {}
        first = True
        while self.at < len(rows):
            at, dash, key, value = rows[self.at]
            if first:
                first = False  # the first line of a list item's mapping stands behind its dash
            elif at < indent or (dash and at == indent):
                break
            elif at > indent or dash:
                raise Unusual
            if key is None or key in fields:
                raise Unusual
            self.at += 1
            fields[key] = value if value is not None else self.below(indent, depth)
        return fields

    def below(self, indent: int, depth: int) -> Any:
        """What an empty `key:` holds: the block that follows it, or nothing, which is empty text."""
        if self.at < len(self.rows):
            at, dash, _, _ = self.rows[self.at]
            if at > indent or (at == indent and dash):
                return self.block(at, depth + 1)
        return ""

    def sequence(self, indent: int, depth: int) -> list[Any]:
        rows = self.rows
        items: list[Any] = []
        while self.at < len(rows):
            at, dash, key, value = rows[self.at]
            if at < indent or (at == indent and not dash):
                break
            if at > indent or not dash:
                raise Unusual
            if key is not None:
                items.append(self.mapping(indent + 2, depth + 1))
            elif value is not None:
                items.append(value)
                self.at += 1
            else:
                raise Unusual
        return items


def _unescaped(match: re.Match[str]) -> str:
    return _ESCAPED[match[1]]


def split_related(text: str) -> tuple[str, list[str]] | None:
    r"""Front matter as its head (all but the related list) and the text of each related item; None if it has no list.

    A head that the split tore apart, inside quotes say, does not parse by `parse`: the split knows nothing of quoting.

    >>> split_related("title: a\nrelated:\n  - title: b\n    type: c\n  - title: d\n\nquality: 1\n")
    ('title: a\n\nquality: 1\n', ['title: b\n    type: c', 'title: d'])
    """
    start = text.find("\nrelated:\n  - ")
    if start < 0:
        return None
    body = start + len("\nrelated:\n")
    found = _DEDENT.search(text, body)
    end = found.start() + 1 if found else len(text)
    rest = text[end:]
    if rest.lstrip("\n")[:1] in (" ", "-"):
        return None
    return text[: start + 1] + rest, text[body + 4 : end].rstrip("\n").split("\n  - ")


def parse_item(text: str) -> Any:
    r"""One related item, as `split_related` gives it.

    Raises:
        Unusual: the text needs the plain path.

    >>> parse_item('title: b\n    provider:\n      name: c')
    {'title': 'b', 'provider': {'name': 'c'}}
    """
    if text.count("\n") != text.count("\n    "):
        raise Unusual
    return parse(text.replace("\n    ", "\n"))
