"""Grouping in windows of time, apart from one another, with the groups of a run over all.

What decides on a pair of texts lies within four weeks of it, and a pair within two weeks (see `incremental`). So the
pairs of a window are known from the articles of it and of the weeks around it. Groups form along pairs only: what is
connected by pairs belongs to the window in which its first text lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from analysis.grouping.copies import link_copies
from analysis.grouping.events import link_events
from analysis.grouping.frame import in_order
from analysis.grouping.rarity import WEEK
from analysis.grouping.result import Grouping, Kind, assemble

__all__ = ["Window", "group_window", "windows_of"]

_REACH = 4  # weeks that decide on a pair
_APART = 2  # weeks between the texts of a pair, at most
_SPARE = 4  # weeks within which most of what begins in a window ends


class Window(NamedTuple):
    """Weeks since 1970, from `first` to before `end`, whose groups may last for some weeks more."""

    first: int
    end: int
    spare: int = _SPARE

    @property
    def reads(self) -> tuple[int, int]:
        """The weeks whose articles are read: the first one, and the one after the last."""
        return self.first - _APART - _REACH, self.end + self.spare + _REACH


def windows_of(weeks: Sequence[tuple[int, int]], n_articles: int) -> list[Window]:
    """Windows of at most so many articles, where a week has no more; together they hold every week.

    Args:
        weeks: every week that has articles, ascending, and how many.
        n_articles: of a window.

    >>> windows_of([(0, 5), (1, 5), (9, 5), (10, 50)], 10)
    [Window(first=0, end=2, spare=4), Window(first=9, end=10, spare=4), Window(first=10, end=11, spare=4)]
    """
    windows: list[Window] = []
    size = 0
    for week, count in weeks:
        if windows and size + count <= n_articles:
            windows[-1] = windows[-1]._replace(end=week + 1)
            size += count
        else:
            windows.append(Window(week, week + 1))
            size = count
    return windows


def group_window(kind: Kind, articles: pd.DataFrame, window: Window) -> Grouping | None:
    """The groups that begin in a window, row for row those of `find_copies` or `find_events` over all articles.

    Args:
        kind: what is looked for.
        articles: all articles of the weeks that the window reads, in the columns that those two functions take.
        window: the weeks.

    Returns:
        Members, groups and merges, by their keys, without what related lists tell of the merges (``curated_link`` is
        False); None where a group may go on beyond what was read: ask again with more weeks to spare.

    >>> times = pd.to_datetime(["2020-01-22T20:00Z", "2020-01-23T04:00Z"])  # a Wednesday, on which weeks end
    >>> titles = ["EU weighs ban on face recognition"] * 2
    >>> frame = pd.DataFrame({"article_id": ["a", "b"], "title": titles, "published_at": times})
    >>> [group_window("copies", frame, Window(week, week + 1)).members["article_id"].tolist() for week in (2611, 2612)]
    [['a', 'b'], []]
    """
    frame = in_order(articles)
    linked = link_copies(frame) if kind == "copies" else link_events(frame)
    texts, pairs = linked.texts, linked.pairs
    graph = sparse.coo_array((np.ones(len(pairs)), (pairs.late, pairs.early)), shape=(len(texts), len(texts)))
    component = connected_components(graph, directed=False)[1]
    week = np.floor(texts.day / WEEK)
    first, last = np.full(len(texts), np.inf), np.full(len(texts), -np.inf)
    known = week >= window.first - _APART  # before, pairs may be others
    np.minimum.at(first, component[known], week[known])
    np.maximum.at(last, component, week)
    own = (first[component] >= window.first) & (first[component] < window.end)
    if (last[component[own]] >= window.end + window.spare).any():
        return None
    fresh = assemble(kind, frame, linked, None)
    mine = frame.loc[own[texts.of_article], "article_id"]
    members = fresh.members[fresh.members["article_id"].isin(mine)]
    groups, merges = (
        each[each["group_id"].isin(members["group_id"])].reset_index(drop=True)
        for each in (fresh.groups, fresh.merges)
    )
    return Grouping(kind, members.reset_index(drop=True), groups, merges)
