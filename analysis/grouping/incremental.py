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

from analysis.grouping.copies import link_copies
from analysis.grouping.embeddings import Embedder
from analysis.grouping.events import link_events
from analysis.grouping.features import Texts, Worded
from analysis.grouping.frame import days_of, in_order
from analysis.grouping.rarity import WEEK
from analysis.grouping.result import Grouping, Kind, assemble, curated
from analysis.grouping.similarity import Pairs

__all__ = ["Surroundings", "regroup", "weeks_of"]

_REACH = 4  # weeks within which a change can alter a pair, and within which pairs need their surroundings
_SPARE = 2  # weeks within which most of what is connected to a change ends


def weeks_of(days: np.ndarray) -> np.ndarray:
    """The weeks in which days lie: float64, each once, ascending.

    >>> weeks_of(np.array([8.0, 1.5, 9.5])).tolist()
    [0.0, 1.0]
    """
    return np.unique(np.floor(days / WEEK))


class _BeyondEdge(Exception):
    """What is connected to a change reaches articles of which not all that decides on them was read."""


class Surroundings:
    """The weeks around a change, read as far as it takes to group anew what it can affect.

    Args:
        read: given so many weeks, the articles at most so far from a changed one, as they are now, in the columns that
            ``find_copies`` takes; more do no harm.
        dirty: the weeks of the changed articles, as they were and as they are (see ``weeks_of``).
        n_articles: how many articles there are.
        embedder: of events.
    """

    def __init__(
        self,
        read: Callable[[int], pd.DataFrame],
        dirty: np.ndarray,
        n_articles: int,
        embedder: Embedder | None = None,
    ) -> None:
        self._read, self._dirty, self._n_articles, self._embedder = read, dirty, n_articles, embedder
        self._parts: dict[int, tuple[pd.DataFrame, Worded]] = {}

    def regroup(self, kind: Kind) -> Grouping:
        """The groups that the change can affect, under their own ids, without what related lists tell of them.

        No group has other articles than these: all that was grouped with them before is among them, or gone.
        """
        spare = _SPARE
        while True:
            frame, worded = self._part(2 * _REACH + spare)
            try:
                return self._grouped(kind, frame, worded, spare)
            except _BeyondEdge:
                spare *= 2

    def _part(self, reach: int) -> tuple[pd.DataFrame, Worded]:
        if reach not in self._parts:
            frame = in_order(self._read(reach))
            inside = _within(np.floor(frame["day"].to_numpy() / WEEK), self._dirty, reach)
            frame = frame[inside].reset_index(drop=True)
            self._parts[reach] = frame, Worded.of(frame)
        return self._parts[reach]

    def _grouped(self, kind: Kind, frame: pd.DataFrame, worded: Worded, spare: int) -> Grouping:
        chosen = np.empty(0, dtype=bool)

        def affected(texts: Texts, pairs: Pairs) -> np.ndarray:
            nonlocal chosen
            chosen = self._affected(texts, pairs, None if len(frame) == self._n_articles else spare)
            return chosen

        if kind == "copies":
            linked = link_copies(frame, worded, affected)
        else:
            linked = link_events(frame, self._embedder, worded, affected)
        keep = chosen[linked.texts.of_article]
        return assemble(kind, frame[keep].reset_index(drop=True), linked.of(keep), None)

    def _affected(self, texts: Texts, pairs: Pairs, spare: int | None) -> np.ndarray:
        """Texts that must be grouped again: bool. Connected to the change, they end before what was read does."""
        shape = (len(texts), len(texts))
        graph = sparse.coo_array((np.ones(len(pairs)), (pairs.late, pairs.early)), shape=shape)
        component = connected_components(graph, directed=False)[1]
        week = np.floor(texts.day / WEEK)
        near = np.unique(component[_within(week, self._dirty, _REACH)])
        affected = np.isin(component, near)
        if spare is not None and not _within(week[affected], self._dirty, _REACH + spare).all():
            raise _BeyondEdge
        return affected


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
    dirty = weeks_of(np.r_[old_days, frame.loc[now.isin(changed), "day"].to_numpy()])
    week = np.floor(frame["day"].to_numpy() / WEEK)
    around = Surroundings(lambda reach: frame[_within(week, dirty, reach)], dirty, len(frame), embedder)
    return _spliced(previous, frame, around.regroup(previous.kind), links)


def _within(week: np.ndarray, dirty: np.ndarray, reach: int) -> np.ndarray:
    """Which weeks lie at most ``reach`` from a dirty one."""
    if not len(dirty):
        return np.zeros(len(week), dtype=bool)
    after = np.clip(np.searchsorted(dirty, week), 0, len(dirty) - 1)
    before = np.clip(after - 1, 0, None)
    return np.asarray(np.minimum(np.abs(week - dirty[after]), np.abs(week - dirty[before])) <= reach)


def _spliced(
    previous: Grouping, frame: pd.DataFrame, fresh: Grouping, links: pd.DataFrame | None
) -> Grouping:
    """The new groups of what was grouped again, the old ones of the rest."""
    gone = ~previous.members["article_id"].isin(frame["article_id"])
    stays = ~gone & ~previous.members["article_id"].isin(fresh.members["article_id"])
    old_ids = previous.members.loc[stays, "group_id"]

    def join(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([old, new], ignore_index=True)

    members = join(previous.members[stays], fresh.members).sort_values("article_id", ignore_index=True)
    groups = join(previous.groups[previous.groups["group_id"].isin(old_ids)], fresh.groups).sort_values(
        "group_id", ignore_index=True
    )
    merges = join(previous.merges[previous.merges["group_id"].isin(old_ids)], fresh.merges).sort_values(
        ["group_id", "article_id", "other_id"], ignore_index=True
    )
    return Grouping(previous.kind, members, groups, curated(merges, links))
