"""How much a selection holds, and which days it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from analysis.corpus import Selection
from dashboard.url_state import View

__all__ = ["Totals", "count", "span_of"]

_HELD = {
    "articles": ("provider_id", "published_at", "seen_as"),
    "article_topics": ("topic",),
    "related_links": ("article_id",),
    "images": ("width", "height"),
}


@dataclass(frozen=True)
class Totals:
    """How much a selection holds: rows of its tables, and its first and last day with an article.

    `recorded` are the articles with a record of their own; two records of one address are one article.
    """

    articles: int
    outlets: int
    recorded: int
    first: date | None
    last: date | None
    links: int = 0
    topics: int = 0
    images: int = 0
    sized_images: int = 0
    problems: int = 0


def count(selection: Selection) -> Totals:
    """Count a selection; its first and last day are those of its zone."""
    zone = ZoneInfo(selection.zone)
    coded = selection.coded(_HELD)
    articles, topics, links, images = coded[0] if coded else selection.tables(*_HELD)
    problems = selection.table("problems")
    found = articles.aggregate(
        "count(*), count(DISTINCT provider_id), count(*) FILTER (seen_as <> 'related'), "
        "epoch(min(published_at)), epoch(max(published_at))"
    ).fetchall()[0]
    n, outlets, recorded, *ends = found
    first, last = (None if at is None else datetime.fromtimestamp(at, zone).date() for at in ends)
    return Totals(
        articles=n, outlets=outlets, recorded=recorded, first=first, last=last, links=_rows(links),
        topics=_rows(topics.project("topic").distinct()), images=_rows(images),
        sized_images=_rows(images.filter("width > 0 AND height > 0")), problems=_rows(problems),
    )  # fmt: skip


def span_of(view: View, totals: Totals) -> tuple[date | None, date | None]:
    """The first and last day that a view is about: those chosen, else those of the articles."""
    return view.since or totals.first, view.until or totals.last


def _rows(relation: Any) -> int:
    return int(relation.aggregate("count(*)").fetchall()[0][0])
