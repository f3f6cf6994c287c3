"""The one border where values are checked and typed: a tree of text -> `Record`, and a problem for all that is amiss.

Everything behind this module trusts its input. Text comes in as text, so that a provider called `No` and a title `2021`
survive; what a field may be, the field decides. Null in YAML's spellings, and an empty value, is "not said".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from analysis.records.canonical import identity, registered_domain
from analysis.records.dialects import ARTICLES, IGNORED, IMAGES, PROVIDERS
from analysis.records.record import Facts, Image, Path, Record
from analysis.records.shape import PICTURE, SAID
from analysis.records.values import (
    Complain,
    as_boolean,
    as_labels,
    as_list,
    as_name,
    as_number,
    as_text,
    as_time,
    as_url,
    kind_of,
    shown,
)

__all__ = ["Complain", "NoArticle", "facts", "known_domain", "record"]

_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")


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
        raise NoArticle("not-a-record", f"expected a mapping of fields, got {kind_of(tree)}")
    fields, extra, spelled = ARTICLES.named(tree)
    if not fields:
        raise NoArticle(
            "not-a-record",
            f"none of a record's fields is here, got {', '.join(map(as_name, list(tree)[:5])) or 'none'}",
        )
    own = _facts(fields, extra, spelled, (), complain)
    if related is None:
        related = _related(fields.get("related"), complain)
    if own.title is None:
        complain("missing-title", "the article is kept without title", ())
    if "published" not in fields:
        complain("missing-time", "the article is kept without time", ())
    topics = as_labels(fields.get("topics"), ("topics",), complain)
    tags = as_labels(fields.get("tags"), ("tags",), complain)
    n_secured = sum(1 for name in tree if name in IGNORED)
    return Record(path, entry, own, topics, tags, tuple(related), n_secured)


def facts(tree: Any, path: Path, complain: Complain) -> Facts:
    """Check what a related item says of its article.

    Raises:
        NoArticle: it has no usable address, or is no mapping.
    """
    if not isinstance(tree, Mapping):
        raise NoArticle("bad-type", f"expected a mapping of fields, got {kind_of(tree)}")
    fields, extra, spelled = ARTICLES.named(tree)
    return _facts(fields, extra, spelled, path, complain)


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
        return None if value is None else as_url(value, (*path, spelled.get(name, name)), complain)

    web_url = address(web, "web_url")
    original_url = web_url if original is web else address(original, "original_url")
    amp_url, cache_url = address(amp, "amp_url"), address(cache, "amp_cache_url")
    url = web_url or original_url or amp_url or cache_url
    if url is None:
        raise NoArticle(
            "no-url", "expected webUrl, originalUrl or sourceUrl with an http or https address, got none"
        )
    article, canonical = identity(url)
    name = as_text(provider[0], (*path, "provider", "name"), complain)
    domain = _domain(provider[1], url, (*path, "provider", "domain"), complain)
    published_at, precision = as_time(published, (*path, "publishedDateTime"), complain)
    return Facts(
        article,
        canonical,
        url,
        original_url,
        amp_url,
        cache_url,
        as_text(title, (*path, "title"), complain),
        as_text(excerpt, (*path, "excerpt"), complain),
        published_at,
        precision,
        domain,
        name,
        as_text(kind, (*path, "type"), complain),
        as_text(category, (*path, "category"), complain),
        as_number(quality, (*path, "quality"), complain),
        as_number(heat, (*path, spelled.get("heat", "heat")), complain, unmeasured=-1.0),
        as_boolean(flag, (*path, "published"), complain),
        as_text(locale, (*path, "locale"), complain),
        _images(pictures, (*path, "images"), complain) if pictures else (),
        json.dumps(extra, ensure_ascii=False, sort_keys=True) if extra else None,
    )


def _related(value: Any, complain: Complain) -> list[Facts]:
    """The related list of a record; items without an article are reported and left out."""
    found = []
    for place, item in enumerate(as_list(value, ("related",), complain)):
        path: Path = ("related", place)
        try:
            found.append(facts(item, path, complain))
        except NoArticle as fault:
            complain("related-without-url" if fault.code == "no-url" else fault.code, str(fault), path)
    return found


def _provider(value: Any, extra: dict[str, Any], path: Path, complain: Complain) -> tuple[Any, Any]:
    """What stands for the provider's name and domain."""
    if isinstance(value, Mapping):
        fields, unknown, _ = PROVIDERS.named(value)
        if unknown:
            extra["provider"] = unknown
        return fields.get("name"), fields.get("domain")
    if isinstance(value, str):
        return as_text(value, path, complain), None
    if value is not None:
        complain("bad-type", f"expected a mapping with name and domain, got {kind_of(value)}", path)
    return None, None


def _domain(value: Any, url: str, path: Path, complain: Complain) -> str:
    """The provider's domain, taken from the address where the record gives none."""
    text = as_text(value, path, complain)
    found = known_domain(text) if text else None
    if found is None:
        found = registered_domain(url)
        message = f"expected a domain such as sky.com, got {shown(text)}; {as_name(found)} used"
        complain("bad-domain", message, path)
    return found


@lru_cache(maxsize=4_096)
def known_domain(text: str) -> str | None:
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
    for item in as_list(value, path, complain):
        fields = IMAGES.named(item)[0] if isinstance(item, Mapping) else {"url": item}
        found.append(tuple(map(fields.get, PICTURE)))
    return found


def _images(pictures: Sequence[tuple[Any, ...]], path: Path, complain: Complain) -> tuple[Image, ...]:
    found = []
    for place, (address, width, height, title, is_cached) in enumerate(pictures):
        here = (*path, place)
        url = as_url(address, (*here, "url"), complain)
        if url is None:
            if address is None:
                complain("bad-url", "expected a picture's address, got none", here)
            continue
        found.append(
            Image(
                url,
                as_number(width, (*here, "width"), complain),
                as_number(height, (*here, "height"), complain),
                as_text(title, (*here, "title"), complain),
                as_boolean(is_cached, (*here, "isCached"), complain),
            )
        )
    return tuple(found)
