r"""Where values stand in JSON: looked for only when there is something to report, as `json` does not tell."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from analysis.records.record import Path

__all__ = ["Places", "find_places"]

_TOKEN = re.compile(r'[{}\[\],:]|"(?:[^"\\]|\\.)*+"|[^\s{}\[\],:"]++')


class Places(NamedTuple):
    """The line and column, from 0, of values; and the paths of fields that are given again in one object."""

    found: dict[Path, tuple[int, int]]
    repeated: list[Path]

    def of(self, path: Path) -> tuple[int, int]:
        """The place of a value, or of the nearest thing around it that is there."""
        while path and path not in self.found:
            path = path[:-1]
        return self.found.get(path, (0, 0))


def find_places(text: str, paths: Collection[Path]) -> Places:
    r"""Find the places of values, and the fields that are given twice, of which the last one counts.

    Args:
        text: JSON that `json` has read.
        paths: of the values to be found.

    >>> places = find_places('[{"a": 1,\n "b": [2, 3], "a": 4}]', [(0, "b", 1)])
    >>> places.of((0, "b", 1)), places.of((0, "c")), places.repeated
    ((1, 10), (0, 1), [(0, 'a')])
    """
    wanted = {path[:length] for path in paths for length in range(len(path) + 1)}
    places = Places({}, [])
    line = start = 0
    for path, at, is_repeated in _values(text):
        if is_repeated:
            places.repeated.append(path)
        if is_repeated or path in wanted:
            line += text.count("\n", start, at)
            start = at
            places.found[path] = (line, at - text.rfind("\n", 0, at) - 1)
    return places


def _values(text: str) -> Iterator[tuple[Path, int, bool]]:
    """Every value's path, where it begins, and whether its field was given before; an object before what it holds."""
    path: list[str | int] = []
    names: list[set[str] | None] = []  # of the fields of the objects that are open, None for a list
    is_name = is_repeated = False
    for token in _TOKEN.finditer(text):
        said = token[0]
        if said in "}]":
            path.pop()
            names.pop()
            is_name = False
        elif said == ",":
            is_name = names[-1] is not None
            if not is_name:
                path[-1] = int(path[-1]) + 1
        elif is_name and said != ":":
            path[-1] = name = json.loads(said)
            known = names[-1] or set()
            is_repeated = name in known
            known.add(name)
            names[-1] = known
            is_name = False
        elif said != ":":
            yield tuple(path), token.start(), is_repeated
            is_repeated = False
            if said in "{[":
                is_name = said == "{"
                path.append("" if is_name else 0)
                names.append(set() if is_name else None)
