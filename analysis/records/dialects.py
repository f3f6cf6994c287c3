"""The dialects of the record format: one meaning, several spellings.

The first spelling that carries a value counts; where two carry different values, the second is kept in `extra`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

__all__ = ["ARTICLE", "ARTICLES", "IGNORED", "IMAGE", "IMAGES", "PROVIDER", "PROVIDERS", "Dialects"]

# meaning -> spellings, newest dialect first
ARTICLE: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "excerpt": ("excerpt", "abstract"),
    "published": ("publishedDateTime",),
    "web_url": ("webUrl", "sourceUrl", "url"),
    "original_url": ("originalUrl", "sourceUrl"),
    "amp_url": ("ampWebUrl", "ampUrl"),
    "amp_cache_url": ("cdnAmpWebUrl", "cdnAmpUrl"),
    "type": ("type",),
    "category": ("category", "categories"),
    "quality": ("quality",),
    "heat": ("heat", "score"),
    "is_published": ("published",),
    "locale": ("locale",),
    "provider": ("provider",),
    "topics": ("topics",),
    "tags": ("tags",),
    "images": ("images",),
    "related": ("related",),
}
PROVIDER: dict[str, tuple[str, ...]] = {"name": ("name",), "domain": ("domain", "id")}
IMAGE: dict[str, tuple[str, ...]] = {
    "url": ("url",),
    "width": ("width",),
    "height": ("height",),
    "title": ("title",),
    "is_cached": ("isCached",),
}
IGNORED = frozenset({"secured"})  # an encrypted payload of no analytic use: dropped, and counted


class Dialects:
    """Finds the fields of a tree by their meaning, in whichever spelling; remembers the sets of names it has seen."""

    def __init__(self, spellings: dict[str, tuple[str, ...]]) -> None:
        self._spellings = spellings
        self.meant = lru_cache(maxsize=1_024)(self._meant)

    def named(self, tree: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
        """Fields by their meaning; fields that have none here; and how each meaning was spelled."""
        fields: dict[str, Any] = {}
        spelled: dict[str, str] = {}
        meant, unknown = self.meant(tuple(tree))
        contested: set[str] = set()
        taken: set[str] = set()
        for meaning, name in meant:
            value = tree[name]
            if value is None or value == "":
                taken.add(name)
            elif meaning not in fields:
                fields[meaning], spelled[meaning] = value, name
                taken.add(name)
            elif value == fields[meaning]:
                taken.add(name)
            else:
                contested.add(name)
        return fields, {name: tree[name] for name in (*unknown, *(contested - taken))}, spelled

    def _meant(self, names: tuple[str, ...]) -> tuple[list[tuple[str, str]], list[str]]:
        """The meanings that these names have, the spelling that counts first; and names without meaning."""
        meant = [
            (meaning, name) for meaning, known in self._spellings.items() for name in known if name in names
        ]
        known = {name for _, name in meant} | IGNORED
        return meant, [name for name in names if name not in known]


ARTICLES, PROVIDERS, IMAGES = Dialects(ARTICLE), Dialects(PROVIDER), Dialects(IMAGE)
