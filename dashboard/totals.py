"""How much a selection holds, which days it is about, and what belongs to its articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from analysis.coded import BELONGING
from analysis.corpus import Selection
from dashboard.url_state import View

__all__ = ["Belongings", "Totals", "belongings", "count", "span_of"]

_COUNTED = ("provider_id", "published_at", "seen_as")
_LABELS = {"article_topics": ("topic",)}


@dataclass(frozen=True)
class Totals:
    """How many articles a selection holds, of how many outlets, and its first and last day with an article.

    `recorded` are the articles with a record of their own; two records of one address are one article.
    """

    articles: int
    outlets: int
    recorded: int
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Belongings:
    """Rows of the other tables that belong to the articles of a selection; `sized_images` have width and height."""

    links: int
    topics: int
    images: int
    sized_images: int
    problems: int


def count(selection: Selection) -> Totals:
    """Count a selection; its first and last day are those of its zone."""
    zone = ZoneInfo(selection.zone)
    coded = selection.coded({"articles": _COUNTED})
    (articles,) = coded[0] if coded else selection.tables("articles")
    found = articles.aggregate(
        "count(*), count(DISTINCT provider_id), count(*) FILTER (seen_as <> 'related'), "
        "epoch(min(published_at)), epoch(max(published_at))"
    ).fetchall()[0]
    n, outlets, recorded, *ends = found
    first, last = (None if at is None else datetime.fromtimestamp(at, zone).date() for at in ends)
    return Totals(articles=n, outlets=outlets, recorded=recorded, first=first, last=last)


def belongings(selection: Selection) -> Belongings:
    """Count what belongs to the articles of a selection."""
    coded, chosen = selection.coded(_LABELS), selection.chosen
    (topics,) = coded[0] if coded else selection.tables(*_LABELS)
    n_topics = _rows(topics.project("topic").distinct())
    if chosen is None:  # a problem may be of a file that gave no article
        tables = selection.tables("related_links", "images", "problems")
        n_links, n_images, n_problems = map(_rows, tables)
        n_sized = _rows(tables[1].filter("width > 0 AND height > 0"))
        return Belongings(n_links, n_topics, n_images, n_sized, n_problems)
    held, places = selection.corpus.held, chosen.places.column("place").to_numpy()
    cursor = selection.corpus.cursor()
    links, images, sized = (held.n_belonging(cursor, name, places) for name in BELONGING)
    return Belongings(links, n_topics, images, sized, held.n_problems(cursor, places))


def span_of(view: View, totals: Totals) -> tuple[date | None, date | None]:
    """The first and last day that a view is about: those chosen, else those of the articles."""
    return view.since or totals.first, view.until or totals.last


def _rows(relation: Any) -> int:
    return int(relation.aggregate("count(*)").fetchall()[0][0])
