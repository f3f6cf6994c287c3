"""Regrouping after a change: only the weeks around it are read again, with the result of a full run.

Everything that decides about a pair of texts lies within weeks of it: document frequencies two weeks, neighbours one,
partners one. So a change reaches four weeks; groups form along pairs only, so what is connected to those weeks is
grouped again and the rest stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from analysis.grouping.copies import find_copies, link_copies
from analysis.grouping.embeddings import Embedder
from analysis.grouping.events import find_events, link_events
from analysis.grouping.frame import days_of, in_order
from analysis.grouping.rarity import WEEK
from analysis.grouping.result import Grouping, Linked, assemble, curated

__all__ = ["regroup"]

_REACH = 4  # weeks within which a change can alter a pair, and within which pairs need their surroundings


def regroup(
    previous: Grouping,
    articles: pd.DataFrame,
    changed_ids: Iterable[str],
    links: pd.DataFrame | None = None,
    embedder: Embedder | None = None,
) -> Grouping:
    """The grouping of ``articles``, given that of an earlier state: equal to a full run, row for row.

    Articles that are new or gone are found by comparing ids; an article whose title, excerpt, time, provider or locale
    changed must be named in ``changed_ids``.

    Args:
        previous: what ``find_copies`` or ``find_events`` gave for the earlier state. Ids as these functions give them:
            apply ``keep_ids`` afterwards, not before.
        articles: all articles as they are now, in the columns that the two functions take.
        changed_ids: articles changed since; ids of new or removed articles do no harm.
        links: related links as they are now (events only).
        embedder: the embedder that ``previous`` was made with.

    >>> frame = pd.DataFrame({"article_id": ["a", "b"], "title": ["EU weighs ban on cameras", "Rain in Spain"]})
    >>> grown = pd.concat([frame, pd.DataFrame({"article_id": ["c"], "title": ["EU weighs ban on cameras"]})])
    >>> again = regroup(find_events(frame), grown, ["c"])
    >>> again.members.equals(find_events(grown).members)
    True
    """
    frame = in_order(articles)
    old = previous.members
    now, before = frame["article_id"], old["article_id"]
    changed = set(changed_ids) | set(now[~now.isin(before)]) | set(before[~before.isin(now)])
    old_days = days_of(old.loc[before.isin(changed), "published_at"])
    days = np.r_[old_days, frame.loc[now.isin(changed), "day"].to_numpy()]
    week = np.floor(frame["day"].to_numpy() / WEEK)
    dirty = np.unique(np.floor(days / WEEK))

    def link(part: pd.DataFrame) -> Linked:
        return link_copies(part) if previous.kind == "copies" else link_events(part, embedder)

    spare = 2
    while True:
        inside = _within(week, dirty, 2 * _REACH + spare)
        if inside.all():
            return (
                find_copies(articles) if previous.kind == "copies" else find_events(articles, links, embedder)
            )
        again = _touched(frame[inside].reset_index(drop=True), dirty, spare, link)
        if again is not None:
            part, linked = again
            return _spliced(previous, frame, part, linked, links)
        spare *= 2


def _within(week: np.ndarray, dirty: np.ndarray, reach: int) -> np.ndarray:
    """Which weeks lie at most ``reach`` from a dirty one."""
    if not len(dirty):
        return np.zeros(len(week), dtype=bool)
    after = np.clip(np.searchsorted(dirty, week), 0, len(dirty) - 1)
    before = np.clip(after - 1, 0, None)
    return np.asarray(np.minimum(np.abs(week - dirty[after]), np.abs(week - dirty[before])) <= reach)


def _touched(
    part: pd.DataFrame, dirty: np.ndarray, spare: int, link: Callable[[pd.DataFrame], Linked]
) -> tuple[pd.DataFrame, Linked] | None:
    """The articles that must be grouped again, with their linkage; None where they reach the edge of what was read."""
    linked = link(part)
    texts, pairs = linked.texts, linked.pairs
    graph = sparse.coo_array((np.ones(len(pairs)), (pairs.late, pairs.early)), shape=(len(texts), len(texts)))
    component = connected_components(graph, directed=False)[1]
    week = np.floor(texts.day / WEEK)
    near = np.unique(component[_within(week, dirty, _REACH)])
    touched = np.isin(component, near)
    if not _within(week[touched], dirty, _REACH + spare).all():
        return None
    keep = touched[texts.of_article]
    return part.assign(touched=keep), linked


def _spliced(
    previous: Grouping, frame: pd.DataFrame, part: pd.DataFrame, linked: Linked, links: pd.DataFrame | None
) -> Grouping:
    """The new groups of what was touched, the old ones of the rest."""
    fresh = assemble(previous.kind, part, linked, links)
    touched = part.loc[part["touched"], "article_id"]
    renewed = fresh.members["article_id"].isin(touched)
    new_ids = fresh.members.loc[renewed, "group_id"]
    gone = ~previous.members["article_id"].isin(frame["article_id"])
    stays = ~gone & ~previous.members["article_id"].isin(touched)
    old_ids = previous.members.loc[stays, "group_id"]

    def join(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([old, new], ignore_index=True)

    members = join(previous.members[stays], fresh.members[renewed]).sort_values(
        "article_id", ignore_index=True
    )
    groups = join(
        previous.groups[previous.groups["group_id"].isin(old_ids)],
        fresh.groups[fresh.groups["group_id"].isin(new_ids)],
    ).sort_values("group_id", ignore_index=True)
    merges = join(
        previous.merges[previous.merges["group_id"].isin(old_ids)],
        fresh.merges[fresh.merges["group_id"].isin(new_ids)],
    ).sort_values(["group_id", "article_id", "other_id"], ignore_index=True)
    return Grouping(previous.kind, members, groups, curated(merges, links))
