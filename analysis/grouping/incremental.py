"""Regrouping after a change: only the weeks around it are read again, with the result of a full run.

Everything that decides about a pair of texts lies within weeks of it. So a change reaches some weeks (see `Nearby`);
groups form along pairs only, so what is connected to those weeks is grouped again and the rest stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from analysis.grouping import copies, events
from analysis.grouping.copies import link_copies
from analysis.grouping.embeddings import Embedder
from analysis.grouping.events import link_events
from analysis.grouping.features import Worded
from analysis.grouping.frame import days_of, in_order
from analysis.grouping.nearby import BeyondEdge, Nearby, weeks_of
from analysis.grouping.rarity import WEEK
from analysis.grouping.result import Grouping, Kind, assemble, curated

__all__ = ["Surroundings", "regroup"]

_REACH: dict[Kind, float] = {"copies": copies.WINDOW.days, "events": 2 * events.WINDOW.days}
"""Days from rows that change to pairs that may: rows decide on pairs of copies, of events on neighbours first."""
_SPARE: dict[Kind, float] = {"copies": 6.0, "events": 13.0}
"""Days beyond, within which most of what is connected to these ends; some more, and another week is read."""


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
        spare = _SPARE[kind]
        while True:
            frame, worded = self._part(Nearby(self._dirty, _REACH[kind], spare).n_weeks)
            known = None if len(frame) == self._n_articles else spare
            try:
                return self._grouped(kind, frame, worded, Nearby(self._dirty, _REACH[kind], known))
            except BeyondEdge:
                spare *= 2

    def _part(self, n_weeks: int) -> tuple[pd.DataFrame, Worded]:
        """The articles at least so many weeks from a changed one, and their texts."""
        enough = min((each for each in self._parts if each >= n_weeks), default=None)
        if enough is not None:
            return self._parts[enough]
        frame = in_order(self._read(n_weeks))
        inside = _within(np.floor(frame["day"].to_numpy() / WEEK), self._dirty, n_weeks)
        frame = frame[inside].reset_index(drop=True)
        self._parts[n_weeks] = frame, Worded.of(frame)
        return self._parts[n_weeks]

    def _grouped(self, kind: Kind, frame: pd.DataFrame, worded: Worded, nearby: Nearby) -> Grouping:
        if kind == "copies":
            linked = link_copies(frame, worded, nearby)
        else:
            linked = link_events(frame, self._embedder, worded, nearby)
        keep = nearby.affected(linked.texts.day, linked.pairs)[linked.texts.of_article]
        return assemble(kind, frame[keep].reset_index(drop=True), linked.of(keep), None)


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

    >>> from analysis.grouping import find_events
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
