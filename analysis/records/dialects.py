"""The dialects of the record format: one meaning, several spellings.

The first spelling that carries a value counts; where two carry different values, the second is kept in `extra`.
"""

from __future__ import annotations

__all__ = ["ARTICLE", "IGNORED", "IMAGE", "PROVIDER"]

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
