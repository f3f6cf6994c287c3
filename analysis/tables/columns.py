r"""Texts of the usual shape -> staged lines, many texts at a time and column by column.

The functions of `analysis.records.values` check what is said, each value that many texts share once. Nothing is
reported from here: a text that has something to report is given back, for the plain path, which knows places.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

from analysis.records.border import known_domain
from analysis.records.canonical import identity
from analysis.records.fast import Lines, Unusual, filled
from analysis.records.record import Path
from analysis.records.shape import SAID, Shape, shape
from analysis.records.values import as_boolean, as_labels, as_number, as_text, as_time, as_url
from analysis.tables.staging import BETWEEN, BETWEEN_ITEMS
from analysis.text import fold_all

__all__ = ["Statement", "forget", "statements"]

_ODD = "\0"  # stands for a value that has to be reported; no staged line holds it
_MOST = 10_000  # values remembered of each kind
_Values = list[tuple[str | None, ...]]


class Statement(NamedTuple):
    """What a text says of its article, as lines; its labels count where the text is a record's own.

    `folded` is title and excerpt for search; `is_whole` says whether it has what a record is to have, title and time.
    """

    line: str
    pictures: tuple[str, ...]
    folded: str
    is_whole: bool
    topics: str
    tags: str
    n_secured: int


def statements(texts: Sequence[Lines | None]) -> list[Statement | None]:
    """What each text says; None for one that the plain path has to read.

    Args:
        texts: the lines of each, as `analysis.records.fast.many_lines` has them; None where they are unusual.
    """
    found: list[Statement | None] = [None] * len(texts)
    places, shapes, values = _shaped(texts)
    if not places:
        return found
    said = dict(
        zip(
            SAID,
            zip(*[each.said(row) for each, row in zip(shapes, values, strict=True)], strict=True),
            strict=True,
        )
    )
    titles, excerpts, times = _plain(said["title"]), _plain(said["excerpt"]), _TIMES.all(said["published"])
    lines = list(_lines(said, (titles, excerpts, times), shapes, values))
    pictures = _pictures(shapes, values)
    shown = [tuple(islice(pictures, len(each.pictures))) for each in shapes]
    topics = [_LABELS[each.topics(row)] for each, row in zip(shapes, values, strict=True)]
    tags = [_LABELS[each.tags(row)] for each, row in zip(shapes, values, strict=True)]
    folded = map(BETWEEN.join, zip(fold_all(titles), fold_all(excerpts), strict=True))
    is_whole = [bool(title) and time[0] != BETWEEN for title, time in zip(titles, times, strict=True)]
    secured = [each.n_secured for each in shapes]
    some_odd = _ODD in "".join(chain(lines, topics, tags, *shown))
    told = zip(lines, shown, folded, is_whole, topics, tags, secured, strict=True)
    for place, statement in zip(places, map(Statement._make, told), strict=True):
        if not (some_odd and _is_odd(statement)):
            found[place] = statement
    return found


def _is_odd(said: Statement) -> bool:
    return _ODD in "".join((said.line, said.topics, said.tags, *said.pictures))


def _lines(
    said: Mapping[str, Sequence[str | None]], texts: Iterable[list[str]], shapes: list[Shape], values: _Values
) -> Iterator[str]:
    """Statements as `analysis.tables.staging` has them, from columns of what is said; some are checked already."""
    addresses = [
        _ADDRESSES.all(said[name]) for name in ("web_url", "original_url", "amp_url", "amp_cache_url")
    ]
    first = [web or original or amp or cache for web, original, amp, cache in zip(*addresses, strict=True)]
    names, domains = zip(*[each.provider(row) for each, row in zip(shapes, values, strict=True)], strict=True)
    columns = (
        _IDENTITIES.all(first),
        *addresses[1:],
        *texts,
        _DOMAINS.all(domains),
        _TEXTS.all(names),
        _TEXTS.all(said["type"]),
        _TEXTS.all(said["category"]),
        _NUMBERS.all(said["quality"]),
        _HEATS.all(said["heat"]),
        _FLAGS.all(said["is_published"]),
        _TEXTS.all(said["locale"]),
        [
            _extra(filled(each.extra, row)) if each.extra else ""
            for each, row in zip(shapes, values, strict=True)
        ],
    )
    return map(BETWEEN.join, zip(*columns, strict=True))


def forget() -> None:
    """Give back the room of the values that are remembered."""
    for known in (_TEXTS, _NUMBERS, _HEATS, _FLAGS, _LABELS, _ADDRESSES, _IDENTITIES, _DOMAINS, _TIMES):
        known.clear()


def _shaped(texts: Sequence[Lines | None]) -> tuple[list[int], list[Shape], _Values]:
    """Which texts have a known shape, the shapes, and the values of their lines with one None after them."""
    places, shapes, values = [], [], []
    for place, text in enumerate(texts):
        if text:
            try:
                found = shape(text[0])
            except Unusual:
                continue
            if found:
                places.append(place)
                shapes.append(found)
                values.append((*text[1], None))
    return places, shapes, values


def _pictures(shapes: list[Shape], values: _Values) -> Iterator[str]:
    """The pictures of all texts, one after the other."""
    said = [get(given) for each, given in zip(shapes, values, strict=True) for get in each.pictures]
    if not said:
        return iter(())
    urls, widths, heights, titles, cached = zip(*said, strict=True)
    columns = (
        [url or _ODD for url in _ADDRESSES.all(urls)],
        _NUMBERS.all(widths),
        _NUMBERS.all(heights),
        _plain(titles),
        _FLAGS.all(cached),
    )
    return map(BETWEEN.join, zip(*columns, strict=True))


class _ReportedError(Exception):
    """Something has to be reported."""


def _report(_code: str, _message: str, _path: Path) -> None:
    raise _ReportedError


class _Once(dict[Any, str]):
    """Values as they are staged, by what they were; one that has not been checked is when it is asked for."""

    def __init__(self, check: Callable[[Any], str]) -> None:
        super().__init__()
        self._check = check

    def __missing__(self, value: Any) -> str:
        try:
            found = self._check(value)
        except _ReportedError:
            found = _ODD
        if len(self) >= _MOST:
            self.clear()
        self[value] = found
        return found

    def all(self, values: Iterable[Any]) -> list[str]:
        """A column."""
        return list(map(self.__getitem__, values))


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def _domain(value: str | None) -> str:
    text = as_text(value, (), _report)
    return (known_domain(text) if text else None) or _ODD


def _time(value: str | None) -> str:
    moment, precision = as_time(value, (), _report)
    return f"{moment.isoformat() if moment else ''}{BETWEEN}{precision or ''}"


_TEXTS = _Once(lambda value: as_text(value, (), _report) or "")
_NUMBERS = _Once(lambda value: _shown(as_number(value, (), _report)))
_HEATS = _Once(lambda value: _shown(as_number(value, (), _report, unmeasured=-1.0)))
_FLAGS = _Once(lambda value: _shown(as_boolean(value, (), _report)))
_LABELS = _Once(lambda values: BETWEEN_ITEMS.join(as_labels(list(values), (), _report)))
_ADDRESSES = _Once(lambda value: as_url(value, (), _report) or "")
_IDENTITIES = _Once(lambda url: BETWEEN.join((*identity(url), url)) if url not in ("", _ODD) else _ODD)
_DOMAINS, _TIMES = _Once(_domain), _Once(_time)
_extra = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def _plain(values: Sequence[str | None]) -> list[str]:
    """A column of texts of which hardly any comes again."""
    found = [value or "" for value in values]
    if not "".join(found).isprintable():
        found = [value if value.isprintable() else _TEXTS[value] for value in found]
    return ["" if value in ("~", "null") else value for value in map(str.strip, found)]
