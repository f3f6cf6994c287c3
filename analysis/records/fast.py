"""The usual shape of a record read line by line, at many times the speed of a YAML parser.

Only block mappings and lists of one-line scalars are understood; anything else raises `Unusual` and is read by
`analysis.records.plain`, whose result this one must equal (a property test and every sample hold it to that).
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Any

__all__ = ["Unusual", "parse", "parse_item", "split_related"]

# A line: indentation, dash of a list item, key, and a value in double quotes, in single quotes or plain. The value
# keeps its quotes, so that `key: ""`, which is empty text, is told from `key:`, which a block may follow. What can
# match in one way only is not tried in others (`*+`).
_LINE = re.compile(
    r"^( *+)(- )?+(?:([A-Za-z]\w{0,63}+):(?: ++(?=\S)|$))?+"
    r'("[^"\\\n]*+(?:\\["\\/nt][^"\\\n]*+)*+"'
    r"|'[^'\n]*+(?:''[^'\n]*+)*+'"
    r"|(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`~=<.]|-(?=[0-9A-Za-z]))[^:#\n]*+"
    r"(?:(?::(?! |$)|(?<! )#)[^:#\n]*+)*+(?<! ))?+$",
    re.ASCII | re.MULTILINE,
)
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {'"': '"', "\\": "\\", "/": "/", "n": "\n", "t": "\t"}
_ODD_SPACE = ("\x85", "\u2028", "\u2029", "\ufeff")  # YAML and Python differ on these
_RELATED = b"\nrelated:\n  - "
_DEDENT = re.compile(rb"\n(?!  )")
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
    if "\t" in text or (not text.isascii() and any(odd in text for odd in _ODD_SPACE)):
        raise Unusual
    rows = _LINE.findall(text)
    if len(rows) != text.count("\n") + 1:  # a line that is not understood is not found
        raise Unusual
    return _Block([row for row in rows if any(row)]).parse()


class _Block:
    """A cursor over the lines of a text: indentation, dash, key and value of each, empty where there is none."""

    def __init__(self, rows: list[tuple[str, str, str, str]]) -> None:
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
            fields[key] = _scalar(value) if value else self.below(indent, depth)
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
            elif value:
                items.append(_scalar(value))
                self.at += 1
            else:
                raise Unusual
        return items


def _scalar(value: str) -> str:
    """A value without its quotes."""
    if value[0] == '"':
        return value[1:-1] if "\\" not in value else _ESCAPE.sub(_unescaped, value[1:-1])
    return value[1:-1].replace("''", "'") if value[0] == "'" else value


def _unescaped(match: re.Match[str]) -> str:
    return _ESCAPED[match[1]]


def split_related(data: bytes, known: Container[bytes] = ()) -> tuple[bytes, list[bytes]] | None:
    r"""Front matter as its head (all but the related list) and the bytes of each related item; None if it has no list.

    A head that the split tore apart, inside quotes say, does not parse by `parse`: the split knows nothing of quoting.
    The list ends at the first line that is not indented; items that are known to have none are not searched for it.

    >>> split_related(b"title: a\nrelated:\n  - title: b\n    type: c\n  - title: d\n\nquality: 1\n")
    (b'title: a\n\nquality: 1\n', [b'title: b\n    type: c', b'title: d'])
    """
    start = data.find(_RELATED)
    if start < 0:
        return None
    items, rest = data[start + len(_RELATED) :].split(b"\n  - "), b""
    for place, item in enumerate(items):
        found = None if item in known else _DEDENT.search(item)
        if found:
            rest = b"\n  - ".join([item[found.end() :], *items[place + 1 :]])
            items[place:] = [item[: found.start()]]
            break
    if rest.lstrip(b"\n")[:1] in (b" ", b"-"):
        return None
    return data[: start + 1] + rest, items


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
