"""What a change can affect: the texts around it, and all that pairs connect with them.

Document frequencies count the texts of the weeks around, so the rows of all texts of these weeks may change. What takes
from such rows, or is paired with one, lies within days of them.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from analysis.grouping.rarity import WEEK, WEEKS_AROUND
from analysis.grouping.similarity import Pairs

__all__ = ["BeyondEdge", "Nearby", "weeks_of"]

_A_MOMENT = 0.01  # days: which side of an edge a text is on is not left to the last digit


class BeyondEdge(Exception):
    """What a change can affect reaches texts of which not all that decides on them is known."""


def weeks_of(days: np.ndarray) -> np.ndarray:
    """The weeks in which days lie: float64, each once, ascending.

    >>> weeks_of(np.array([8.0, 1.5, 9.5])).tolist()
    [0.0, 1.0]
    """
    return np.unique(np.floor(days / WEEK))


class Nearby:
    """The texts around changes.

    Args:
        weeks: of the changed texts, ascending.
        reach: how many days beyond the weeks whose rows change a pair may still change, for which further days decide.
        spare: how many days further what is connected may reach; None where all texts there are are known.

    >>> near = Nearby(np.array([2.0]), 10.0, 14.0)
    >>> near.holds(np.array([-11.0, -9.0, 44.0, 46.0]), 10.0).tolist()
    [False, True, True, False]
    """

    def __init__(self, weeks: np.ndarray, reach: float, spare: float | None) -> None:
        self._weeks, self._reach, self._spare = weeks, reach, spare

    @property
    def n_weeks(self) -> int:
        """How many weeks from a change a text may be that matters, if there is an end to them."""
        days = 2 * self._reach + (self._spare or 0) + 2 * _A_MOMENT
        return int(np.ceil(days / WEEK)) + 2 * WEEKS_AROUND

    def holds(self, day: np.ndarray, before: float, after: float | None = None) -> np.ndarray:
        """Which days are at most so many days before or after the weeks whose rows change: bool."""
        after = before if after is None else after
        least = (day - after - _A_MOMENT) / WEEK - (WEEKS_AROUND + 1)
        most = (day + before + _A_MOMENT) / WEEK + WEEKS_AROUND
        first, end = np.searchsorted(self._weeks, least), np.searchsorted(self._weeks, most, side="right")
        return np.asarray(first < end)

    def later(self, day: np.ndarray, apart: float) -> np.ndarray | None:
        """The later texts of the pairs that matter, of texts so many days apart at most: bool; None for all."""
        if self._spare is None:
            return None
        furthest = self._reach + self._spare
        return self.holds(day, furthest, furthest + apart)

    def paired(self, day: np.ndarray, apart: float) -> np.ndarray | None:
        """All texts of these pairs: bool; None for all."""
        return None if self._spare is None else self.holds(day, self._reach + self._spare + apart)

    def affected(self, day: np.ndarray, pairs: Pairs) -> np.ndarray:
        """Texts whose groups may be others than before: bool.

        Raises:
            BeyondEdge: some lie too far away.
        """
        shape = (len(day), len(day))
        graph = sparse.coo_array((np.ones(len(pairs)), (pairs.late, pairs.early)), shape=shape)
        component = connected_components(graph, directed=False)[1]
        affected = np.isin(component, np.unique(component[self.holds(day, self._reach)]))
        if self._spare is not None and not self.holds(day[affected], self._reach + self._spare).all():
            raise BeyondEdge
        return affected
