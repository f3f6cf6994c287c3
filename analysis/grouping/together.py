"""Copies and events of the same articles, whose texts are read once for both."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.grouping.copies import link_copies
from analysis.grouping.events import link_events
from analysis.grouping.features import Worded
from analysis.grouping.frame import in_order
from analysis.grouping.result import Grouping, assemble

__all__ = ["find_groups"]


def find_groups(articles: pd.DataFrame) -> Iterator[Grouping]:
    """What ``find_copies`` and ``find_events`` give, one after the other, without what related lists tell of merges.

    Neither is kept once the next is asked for: of a million articles each takes half a gigabyte.

    Args:
        articles: in the columns that those two functions take.

    Raises:
        MissingColumnError: ``article_id`` or ``title`` is absent.
        DuplicateArticleError: an ``article_id`` occurs twice.

    >>> frame = pd.DataFrame({"article_id": ["a", "b"], "title": ["EU weighs ban on face recognition"] * 2})
    >>> [(found.kind, len(found.groups)) for found in find_groups(frame)]
    [('copies', 1), ('events', 1)]
    """
    frame = in_order(articles)
    del articles
    worded = Worded.of(frame)
    yield assemble("copies", frame, link_copies(frame, worded), None)
    yield assemble("events", frame, link_events(frame, worded=worded), None)
