"""Records of the usual shape, checked by the border's own functions, but each value that many records share only once.

Nothing is reported from here: what has to be is raised, and the record read by the plain path, which knows places.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from analysis.records.border import known_domain
from analysis.records.canonical import identity, is_web_url
from analysis.records.fast import filled
from analysis.records.record import Facts, Image, Path, Record
from analysis.records.shape import Shape
from analysis.records.values import Complain, as_boolean, as_labels, as_number, as_text, as_time, as_url

__all__ = ["Reported", "report", "shaped_facts", "shaped_record"]

_MOST = 20_000  # values remembered of each kind
_LONG = 200  # characters of a text that is not likely to come again
_Value = TypeVar("_Value")


class Reported(Exception):
    """Something has to be reported."""


def report(_code: str, _message: str, _path: Path) -> None:
    """Stand for the plain path wherever a problem is complained of."""
    raise Reported


class _Once(dict[Any, _Value]):
    """What has been checked, by what it was; what has not is checked when it is asked for."""

    def __init__(self, check: Callable[[Any, Path, Complain], _Value]) -> None:
        super().__init__()
        self._check = check

    def __missing__(self, value: Any) -> _Value:
        found = self._check(value, (), report)
        if len(self) >= _MOST:
            self.clear()
        self[value] = found
        return found


def _labels(values: tuple[str | None, ...], path: Path, complain: Complain) -> tuple[str, ...]:
    return as_labels(list(values), path, complain)


def _heat(value: Any, path: Path, complain: Complain) -> float | None:
    return as_number(value, path, complain, unmeasured=-1.0)


def _domain(value: Any, path: Path, complain: Complain) -> str:
    text = as_text(value, path, complain)
    found = known_domain(text) if text else None
    if found is None:
        raise Reported
    return found


_TEXTS, _NUMBERS, _HEATS, _FLAGS = _Once(as_text), _Once(as_number), _Once(_heat), _Once(as_boolean)
_DOMAINS, _LABELS = _Once(_domain), _Once(_labels)
_extra = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def shaped_record(shape: Shape, values: Sequence[str | None], path: str, related: list[Facts]) -> Record:
    """Check one record whose values are known by their lines.

    Args:
        shape: where the values stand.
        values: of the lines, and one None after them.
        path: file, relative to the source.
        related: the related list, read apart.

    Raises:
        Reported: there is something to report.
    """
    own = shaped_facts(shape, values)
    if own.title is None or own.published_at is None:
        raise Reported
    topics = _LABELS[tuple([values[line] for line in shape.topics])]
    tags = _LABELS[tuple([values[line] for line in shape.tags])]
    return Record(path, 0, own, topics, tags, tuple(related), shape.n_secured)


def shaped_facts(shape: Shape, values: Sequence[str | None]) -> Facts:
    """Check what a record or a related item says of its article; see `shaped_record`."""
    title, excerpt, published, web, original, amp, cache, kind, category, quality, heat, flag, locale = (
        shape.said(values)
    )
    name, domain = shape.provider(values)
    web_url = _address(web)
    original_url = web_url if original is web else _address(original)
    amp_url, cache_url = _address(amp), _address(cache)
    url = web_url or original_url or amp_url or cache_url
    if url is None:
        raise Reported
    article, canonical = identity(url)
    published_at, precision = as_time(published, (), report)
    return Facts(
        article,
        canonical,
        url,
        original_url,
        amp_url,
        cache_url,
        _text(title),
        _text(excerpt),
        published_at,
        precision,
        _DOMAINS[domain],
        _TEXTS[name],
        _TEXTS[kind],
        _TEXTS[category],
        _NUMBERS[quality],
        _HEATS[heat],
        _FLAGS[flag],
        _TEXTS[locale],
        tuple([_image(*get(values)) for get in shape.pictures]),
        _extra(filled(shape.extra, values)) if shape.extra else None,
    )


def _address(value: str | None) -> str | None:
    if value is None or is_web_url(value):
        return value
    return as_url(value, (), report)


def _text(value: str | None) -> str | None:
    """A title or an excerpt: as `as_text` has it, without asking it about what is plain."""
    if value is not None and value.isprintable():
        value = value.strip()
        return None if value in ("", "~", "null") else value
    return as_text(value, (), report)


def _image(
    address: str | None, width: str | None, height: str | None, title: str | None, is_cached: str | None
) -> Image:
    url = _address(address)
    if url is None:
        raise Reported
    return Image(
        url,
        _NUMBERS[width],
        _NUMBERS[height],
        _text(title) if title and len(title) > _LONG else _TEXTS[title],
        _FLAGS[is_cached],
    )
