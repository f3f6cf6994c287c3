"""The one border where values are checked and typed: a tree of text -> `Record`, and a problem for all that is amiss.

Everything behind this module trusts its input. Text comes in as text, so that a provider called `No` and a title `2021`
survive; what a field may be, the field decides. Null in YAML's spellings, and an empty value, is "not said".
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from analysis.records.canonical import article_id, canonical_url, is_web_url, registered_domain
from analysis.records.dialects import ARTICLES, IGNORED, IMAGES, PROVIDERS
from analysis.records.fast import filled
from analysis.records.frontmatter import clean_controls
from analysis.records.record import Facts, Image, Path, Record
from analysis.records.shape import PICTURE, SAID, Shape

__all__ = ["Complain", "NoArticle", "facts", "record", "shaped_facts", "shaped_record"]

Complain = Callable[[str, str, Path], None]
"""Called with a problem's code, message and field path."""

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?")
_TIME = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:[Tt]|[ \t]+)(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?"
    r"(?:\s*(Z|z|UTC|GMT|[-+]\d\d?(?::?\d\d)?))?"
)
_BOOLEANS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}
_FIRST_YEAR, _LAST_YEAR = 1900, 2100  # a clock gone wrong must not stretch a chart over millennia


class NoArticle(Exception):
    """The tree states no article: it has no usable address, or is no mapping of a record's fields."""

    def __init__(self, code: str, message: str) -> None:
        """Store a problem's code and message."""
        super().__init__(message)
        self.code = code


def record(tree: Any, path: str, entry: int, related: list[Facts] | None, complain: Complain) -> Record:
    """Check one record.

    Args:
        tree: dict, list and str, as the parsers give them.
        path: file, relative to the source.
        entry: number of the article in its file.
        related: the related list where it was read apart; None where it stands in the tree.
        complain: told of everything that is repaired or left out.

    Raises:
        NoArticle: the record cannot be used at all.
    """
    if not isinstance(tree, Mapping):
        raise NoArticle("not-a-record", f"expected a mapping of fields, got {_kind(tree)}")
    fields, extra, spelled = ARTICLES.named(tree)
    if not fields:
        raise NoArticle(
            "not-a-record", f"none of a record's fields is here, got {', '.join(list(tree)[:5]) or 'none'}"
        )
    own = _facts(fields, extra, spelled, (), complain)
    if related is None:
        related = _related(fields.get("related"), complain)
    labels = (
        _list(fields.get("topics"), ("topics",), complain),
        _list(fields.get("tags"), ("tags",), complain),
    )
    n_secured = sum(1 for name in tree if name in IGNORED)
    return _record(path, entry, own, labels, related, n_secured, complain, has_time="published" in fields)


def shaped_record(
    shape: Shape, values: Sequence[str | None], path: str, related: list[Facts], complain: Complain
) -> Record:
    """Check one record whose values are known by their lines.

    Args:
        shape: where the values stand.
        values: of the lines, and one None after them.
        path: file, relative to the source.
        related: the related list, read apart.
        complain: told that something is amiss, but not where.

    Raises:
        NoArticle: the record cannot be used at all.
    """
    own = shaped_facts(shape, values, complain)
    labels = ([values[line] for line in shape.topics], [values[line] for line in shape.tags])
    return _record(path, 0, own, labels, related, shape.n_secured, complain, has_time=False)


def _record(
    path: str,
    entry: int,
    own: Facts,
    labels: tuple[list[Any], list[Any]],
    related: list[Facts],
    n_secured: int,
    complain: Complain,
    *,
    has_time: bool,
) -> Record:
    if own.title is None:
        complain("missing-title", "the article is kept without title", ())
    if own.published_at is None and not has_time:
        complain("missing-time", "the article is kept without time", ())
    topics = _labels(labels[0], ("topics",), complain)
    tags = _labels(labels[1], ("tags",), complain)
    return Record(path, entry, own, topics, tags, tuple(related), n_secured)


def facts(tree: Any, path: Path, complain: Complain) -> Facts:
    """Check what a related item says of its article.

    Raises:
        NoArticle: it has no usable address, or is no mapping.
    """
    if not isinstance(tree, Mapping):
        raise NoArticle("bad-type", f"expected a mapping of fields, got {_kind(tree)}")
    fields, extra, spelled = ARTICLES.named(tree)
    return _facts(fields, extra, spelled, path, complain)


def shaped_facts(shape: Shape, values: Sequence[str | None], complain: Complain) -> Facts:
    """Check what a related item says, known by its lines; see `shaped_record`."""
    pictures = [get(values) for get in shape.pictures]
    if not all(picture[0] for picture in pictures):
        complain("bad-url", "expected a picture's address, got none", ("images",))
    extra = filled(shape.extra, values) if shape.extra else {}
    return _stated(shape.said(values), shape.provider(values), pictures, extra, {}, (), complain)


def _facts(
    fields: dict[str, Any], extra: dict[str, Any], spelled: dict[str, str], path: Path, complain: Complain
) -> Facts:
    categories = fields.get("category")
    if isinstance(categories, list):
        if len(categories) > 1:
            extra["categories"] = categories
        fields = {**fields, "category": categories[0] if categories else None}
    if spelled.get("original_url") == spelled.get("web_url"):
        fields = {**fields, "original_url": fields.get("web_url")}
    provider = _provider(fields.get("provider"), extra, (*path, "provider"), complain)
    pictures = _pictures(fields.get("images"), (*path, "images"), complain)
    said = tuple(map(fields.get, SAID))
    return _stated(said, provider, pictures, extra, spelled, path, complain)


def _stated(
    said: tuple[Any, ...],
    provider: tuple[Any, ...],
    pictures: Sequence[tuple[Any, ...]],
    extra: dict[str, Any],
    spelled: dict[str, str],
    path: Path,
    complain: Complain,
) -> Facts:
    """Check every value of a statement, given in the order of `SAID`, `PICTURE`, and name and domain."""
    title, excerpt, published, web, original, amp, cache, kind, category, quality, heat, flag, locale = said

    def address(value: Any, name: str) -> str | None:
        return None if value is None else _url(value, (*path, spelled.get(name, name)), complain)

    web_url = address(web, "web_url")
    original_url = web_url if original is web else address(original, "original_url")
    amp_url, cache_url = address(amp, "amp_url"), address(cache, "amp_cache_url")
    url = web_url or original_url or amp_url or cache_url
    if url is None:
        raise NoArticle(
            "no-url", "expected webUrl, originalUrl or sourceUrl with an http or https address, got none"
        )
    canonical = canonical_url(url)
    name = _text(provider[0], (*path, "provider", "name"), complain)
    domain = _domain(provider[1], url, (*path, "provider", "domain"), complain)
    published_at, precision = _time(published, (*path, "publishedDateTime"), complain)
    return Facts(
        article_id(canonical),
        canonical,
        url,
        original_url,
        amp_url,
        cache_url,
        _text(title, (*path, "title"), complain),
        _text(excerpt, (*path, "excerpt"), complain),
        published_at,
        precision,
        domain,
        name,
        _text(kind, (*path, "type"), complain),
        _text(category, (*path, "category"), complain),
        _number(quality, (*path, "quality"), complain),
        _number(heat, (*path, spelled.get("heat", "heat")), complain, unmeasured=-1.0),
        _boolean(flag, (*path, "published"), complain),
        _text(locale, (*path, "locale"), complain),
        _images(pictures, (*path, "images"), complain) if pictures else (),
        json.dumps(extra, ensure_ascii=False, sort_keys=True) if extra else None,
    )


def _related(value: Any, complain: Complain) -> list[Facts]:
    """The related list of a record; items without an article are reported and left out."""
    found = []
    for place, item in enumerate(_list(value, ("related",), complain)):
        path: Path = ("related", place)
        try:
            found.append(facts(item, path, complain))
        except NoArticle as fault:
            complain("related-without-url" if fault.code == "no-url" else fault.code, str(fault), path)
    return found


def _list(value: Any, path: Path, complain: Complain) -> list[Any]:
    """A list as it is, one value as a list of it, nothing as the empty list."""
    if value is None or (isinstance(value, str) and value in _NULL):
        return []
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        return [value]
    complain("bad-type", f"expected a list, got {_kind(value)}", path)
    return []


def _labels(value: Any, path: Path, complain: Complain) -> tuple[str, ...]:
    """Topics or tags: each once, in their order, without empty ones."""
    found: dict[str, None] = {}
    for place, item in enumerate(_list(value, path, complain)):
        if item is None or (isinstance(item, str) and item.strip() in _NULL):
            complain("null-topic", "an empty label was left out", (*path, place))
            continue
        label = _text(item, (*path, place), complain)
        if label:
            found[label] = None
    return tuple(found)


def _text(value: Any, path: Path, complain: Complain) -> str | None:
    """Text on one line, without control characters."""
    if value is None:
        return None
    if not isinstance(value, str):
        if isinstance(value, bool):
            return str(value).lower()
        complain("bad-type", f"expected text, got {_kind(value)}", path)
        return None
    if not value.isprintable():
        clean = clean_controls(value)
        if clean != value:
            complain("control-character", "control characters were replaced or removed", path)
        value = " ".join(clean.split())
    value = value.strip()
    return None if value in ("", "~", "null") else value


def _number(value: Any, path: Path, complain: Complain, unmeasured: float | None = None) -> float | None:
    """A finite number from 0 up; `unmeasured` stands for a missing one."""
    if value is None or (isinstance(value, str) and value.strip() in _NULL):
        return None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        number = float(value)
        if number == unmeasured:
            return None
        if math.isfinite(number) and number >= 0:
            return number
    complain("bad-number", f"expected a number from 0 up, got {_shown(value)}", path)
    return None


def _boolean(value: Any, path: Path, complain: Complain) -> bool | None:
    if value is None or isinstance(value, bool) or (isinstance(value, str) and value.strip() in _NULL):
        return value if isinstance(value, bool) else None
    found = _BOOLEANS.get(value.strip().lower()) if isinstance(value, str) else None
    if found is None:
        complain("bad-boolean", f"expected true or false, got {_shown(value)}", path)
    return found


def _time(value: Any, path: Path, complain: Complain) -> tuple[datetime | None, str | None]:
    """A moment in UTC and how exactly it is known: `time`, or `date` for a day without time of day."""
    if value is None or (isinstance(value, str) and value.strip() in _NULL):
        return None, None
    try:
        found = _parsed_time(value.strip(), path, complain) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        found = None
    if found and _FIRST_YEAR <= found[0].year <= _LAST_YEAR:
        return found
    allowed = f"a time such as 2021-08-23T05:30:00Z, {_FIRST_YEAR} to {_LAST_YEAR}"
    complain("bad-time", f"expected {allowed}, got {_shown(value)}", path)
    return None, None


def _parsed_time(text: str, path: Path, complain: Complain) -> tuple[datetime, str] | None:
    if len(text) == 20 and text[19] == "Z" and text[10] == "T":
        return datetime.fromisoformat(text), "time"
    if _DATE.fullmatch(text):
        year, month, day = map(int, text.split("-"))
        return datetime(year, month, day, tzinfo=UTC), "date"
    match = _TIME.fullmatch(text)
    if not match:
        return None
    *parts, fraction, zone = match.groups()
    moment = datetime(*(int(part or 0) for part in parts), tzinfo=UTC)  # type: ignore[misc, arg-type]
    moment += timedelta(microseconds=int((fraction or "0").ljust(6, "0")[:6]))
    if zone is None:
        complain("naive-time", f"no time zone in {_shown(text)}; read as UTC", path)
    elif zone[0] in "+-":
        hours, minutes = int(zone[1:3].rstrip(":")), int(zone[-2:]) if len(zone) > 3 else 0
        offset = timedelta(hours=hours, minutes=minutes)
        moment += -offset if zone[0] == "+" else offset
    return moment, "time"


def _url(value: Any, path: Path, complain: Complain) -> str | None:
    """An http or https address, or nothing."""
    if value is None:
        return None
    text = value.strip() if isinstance(value, str) else ""
    if text in _NULL and isinstance(value, str):
        return None
    if is_web_url(text):
        return text
    if is_web_url(text.replace(" ", "%20")):
        complain("repaired-url", f"blanks were encoded in {_shown(value)}", path)
        return text.replace(" ", "%20")
    complain("bad-url", f"expected an http or https address, got {_shown(value)}", path)
    return None


def _provider(value: Any, extra: dict[str, Any], path: Path, complain: Complain) -> tuple[Any, Any]:
    """What stands for the provider's name and domain."""
    if isinstance(value, Mapping):
        fields, unknown, _ = PROVIDERS.named(value)
        if unknown:
            extra["provider"] = unknown
        return fields.get("name"), fields.get("domain")
    if isinstance(value, str):
        return _text(value, path, complain), None
    if value is not None:
        complain("bad-type", f"expected a mapping with name and domain, got {_kind(value)}", path)
    return None, None


def _domain(value: Any, url: str, path: Path, complain: Complain) -> str:
    """The provider's domain, taken from the address where the record gives none."""
    text = _text(value, path, complain)
    found = _known_domain(text) if text else None
    if found is None:
        found = registered_domain(url)
        message = f"expected a domain such as sky.com, got {_shown(text)}; {found} used"
        complain("bad-domain", message, path)
    return found


@lru_cache(maxsize=4_096)
def _known_domain(text: str) -> str | None:
    """A domain in its one spelling, or None for what is no domain."""
    plain = text.lower().removeprefix("www.").rstrip(".")
    if not plain.isascii():
        try:
            plain = plain.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return plain if _DOMAIN.fullmatch(plain) and len(plain) <= 253 else None


def _pictures(value: Any, path: Path, complain: Complain) -> list[tuple[Any, ...]]:
    found = []
    for item in _list(value, path, complain):
        fields = IMAGES.named(item)[0] if isinstance(item, Mapping) else {"url": item}
        found.append(tuple(map(fields.get, PICTURE)))
    return found


def _images(pictures: Sequence[tuple[Any, ...]], path: Path, complain: Complain) -> tuple[Image, ...]:
    found = []
    for place, (address, width, height, title, is_cached) in enumerate(pictures):
        here = (*path, place)
        url = _url(address, (*here, "url"), complain)
        if url is None:
            if address is None:
                complain("bad-url", "expected a picture's address, got none", here)
            continue
        found.append(
            Image(
                url,
                _number(width, (*here, "width"), complain),
                _number(height, (*here, "height"), complain),
                _text(title, (*here, "title"), complain),
                _boolean(is_cached, (*here, "isCached"), complain),
            )
        )
    return tuple(found)


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else _shown(value)


def _shown(value: Any) -> str:
    """A value as an error message shows it."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
