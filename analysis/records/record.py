"""What is read: a record, and the facts that it states of articles."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

__all__ = ["Facts", "Image", "Path", "Record"]

Path = tuple[str | int, ...]
"""Where a value stands in a record: names of fields, and places in lists from 0."""


class Image(NamedTuple):
    """A picture of an article; sizes in pixels."""

    url: str
    width: float | None = None
    height: float | None = None
    title: str | None = None
    is_cached: bool | None = None


class Facts(NamedTuple):
    """What one place, a record or an entry of a related list, says of one article. None is "not said"."""

    article_id: str
    canonical_url: str
    url: str
    original_url: str | None
    amp_url: str | None
    amp_cache_url: str | None
    title: str | None
    excerpt: str | None
    published_at: datetime | None
    time_precision: str | None
    provider_id: str
    provider_name: str | None
    article_type: str | None
    category: str | None
    quality: float | None
    heat: float | None
    is_published: bool | None
    locale: str | None
    images: tuple[Image, ...]
    extra: str | None


class Record(NamedTuple):
    """One record: its own article, its labels, and the articles that it lists as related, in order.

    `path` is relative to the source; `entry` numbers the articles of a JSON page from 0 and is 0 for a Markdown file.
    """

    path: str
    entry: int
    facts: Facts
    topics: tuple[str, ...]
    tags: tuple[str, ...]
    related: tuple[Facts, ...]
    n_secured: int
