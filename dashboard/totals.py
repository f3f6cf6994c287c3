"""How much a selection holds, which days it is about, and what belongs to its articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from analysis.coded import BELONGING
from analysis.corpus import Selection
from analysis.measures.numbers import numbers_of
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
    articles = numbers_of(selection, _COUNTED)
    assert articles is not None  # noqa: S101 - a corpus holds these columns
    at = articles.moments("published_at")[articles.known("published_at")]
    ends = (at.min(), at.max()) if len(at) else (None, None)
    first, last = (None if end is None else datetime.fromtimestamp(end / 1e6, zone).date() for end in ends)
    return Totals(
        articles=articles.columns.num_rows,
        outlets=int(np.count_nonzero(np.bincount(articles.ints("provider_id")))),
        recorded=int((articles.known("seen_as") & ~articles.equal("seen_as", "related")).sum()),
        first=first,
        last=last,
    )


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
