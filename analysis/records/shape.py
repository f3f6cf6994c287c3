"""Where on the lines of a layout the values of an article stand, so that no tree has to be built to find them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from analysis.records import fast
from analysis.records.dialects import ARTICLES, IGNORED, IMAGES, PROVIDERS, Dialects

__all__ = ["PICTURE", "SAID", "Shape", "shape"]

SAID = (
    "title",
    "excerpt",
    "published",
    "web_url",
    "original_url",
    "amp_url",
    "amp_cache_url",
    "type",
    "category",
    "quality",
    "heat",
    "is_published",
    "locale",
)
PICTURE = ("url", "width", "height", "title", "is_cached")

_Values = Callable[[Sequence[str | None]], tuple[str | None, ...]]


class Shape(NamedTuple):
    """Takes from the values of lines, and one None after them, what is said, as `SAID` has it, and all the rest."""

    said: _Values
    provider: _Values
    pictures: tuple[_Values, ...]
    topics: _Values
    tags: _Values
    extra: dict[str, Any]  # fields without meaning here, with the numbers of their lines
    n_secured: int


@lru_cache(maxsize=1_024)
def shape(prefixes: tuple[str, ...]) -> Shape | None:
    """The shape of lines that begin like this; None where fields do not hold what they usually do.

    Raises:
        Unusual: they need the plain path.

    >>> shape(("title: ", "webUrl: ")).said(["Ban", "https://sky.com/1", None])[:4]
    ('Ban', None, None, 'https://sky.com/1')
    >>> shape(("title: ", "colour: ")).extra, shape(("title:", "- "))
    ({'colour': 1}, None)
    """
    tree = fast.layout(prefixes)
    fields = _fields(tree, ARTICLES)
    if not fields or "related" in fields:
        return None
    extra = _unknown(tree, ARTICLES)
    if isinstance(fields.get("provider"), dict) and _unknown(fields["provider"], PROVIDERS):
        extra["provider"] = _unknown(fields["provider"], PROVIDERS)
    lists = [_listed(fields.pop(name, "")) for name in ("topics", "tags", "images")]
    provider = _fields(fields.pop("provider", {}), PROVIDERS)
    pictures = [_fields(picture, IMAGES) for picture in lists[2] or ()]
    known = [fields, provider, *pictures]
    if None in known or None in lists or not all(_is_plain(each) for each in known):
        return None
    topics, tags = lists[0] or [], lists[1] or []
    if not all(isinstance(line, int) for line in (*topics, *tags)):
        return None
    return Shape(
        _getter(SAID, fields),
        _getter(("name", "domain"), provider),
        tuple(_getter(PICTURE, picture) for picture in pictures),
        _taker(topics),
        _taker(tags),
        extra,
        len(tree.keys() & IGNORED),
    )


def _fields(tree: Any, dialects: Dialects) -> dict[str, Any] | None:
    """The fields of a mapping by their meaning; None where two have the same."""
    if not isinstance(tree, dict):
        return None
    meant, _ = dialects.meant(tuple(tree))
    fields = {meaning: tree[name] for meaning, name in meant}
    return fields if len(fields) == len(meant) else None


def _unknown(tree: dict[str, Any], dialects: Dialects) -> dict[str, Any]:
    return {name: tree[name] for name in dialects.meant(tuple(tree))[1]}


def _listed(tree: Any) -> list[Any] | None:
    """A list as it is, and empty for a field that holds nothing."""
    return tree if isinstance(tree, list) else [] if tree == "" else None


def _is_plain(fields: dict[str, Any] | None) -> bool:
    return fields is not None and all(isinstance(line, int) or line == "" for line in fields.values())


def _getter(names: Sequence[str], fields: dict[str, Any] | None) -> _Values:
    """Takes the values of these fields; the last of all values, None, for one that is not there or holds nothing."""
    lines = [(fields or {}).get(name, "") for name in names]
    return _taker([-1 if line == "" else line for line in lines])


def _taker(lines: Sequence[int]) -> _Values:
    """Takes the values of these lines, by their numbers."""
    if len(lines) > 1:
        return itemgetter(*lines)
    return (lambda values: (values[lines[0]],)) if lines else lambda _: ()
