"""The related lists of a snapshot as arrays of numbers: what is looked for in them is found in one pass at most.

The links of one list stand together in the table as a build writes it. So a list's article is kept once, not for each
of its links.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

__all__ = ["Lists", "n_distinct", "read_lists"]

Ints = npt.NDArray[np.integer[Any]]
Mask = npt.NDArray[np.bool_]
_LINKS = """
SELECT article_id, related_article_id FROM coded_related_links
WHERE article_id IS NOT NULL AND related_article_id IS NOT NULL
"""
_PART = 2**16  # links that are looked at in one go: numpy makes wide numbers of them


@dataclass(frozen=True)
class Lists:
    """Links in lists.

    Attributes:
        owner: numbers of the articles whose lists they are; one may have several.
        ends: where in `listed` each list ends.
        listed: numbers of the articles that are listed.
    """

    owner: Ints
    ends: Ints
    listed: Ints

    @classmethod
    def of(cls, source: Ints, target: Ints) -> Lists:
        """Links by the numbers at their ends.

        >>> lists = Lists.of(np.array([4, 4, 7]), np.array([7, 9, 9]))
        >>> lists.owner.tolist(), lists.ends.tolist(), lists.listed.tolist()
        ([4, 7], [2, 3], [7, 9, 9])
        """
        starts = np.flatnonzero(_begins(source))
        return cls(source[starts], np.append(starts[1:], len(source))[: len(starts)], target)

    def owned_by(self, chosen: Mask) -> tuple[Ints, Ints]:
        """Both ends of the links in the lists of some articles, by whether a number is chosen.

        >>> lists = Lists.of(np.array([0, 0, 2]), np.array([2, 1, 1]))
        >>> [end.tolist() for end in lists.owned_by(np.array([True, False, False]))]
        [[0, 0], [2, 1]]
        """
        some = np.flatnonzero(chosen[self.owner])
        ends = self.ends[some]
        n = ends - np.where(some > 0, self.ends[some - 1], 0)
        # Counted from 0 over all of them, then moved to where each list begins.
        places = np.arange(n.sum()) + np.repeat(ends - np.cumsum(n), n)
        return np.repeat(self.owner[some], n), self.listed[places]

    def naming(self, chosen: Mask) -> tuple[Ints, Ints]:
        """Both ends of the links to some articles, by whether a number is chosen.

        >>> lists = Lists.of(np.array([0, 0, 2]), np.array([2, 1, 1]))
        >>> [end.tolist() for end in lists.naming(np.array([False, True, False]))]
        [[0, 2], [1, 1]]
        """
        found = np.empty(len(self.listed), dtype=np.bool_)
        for start in range(0, len(found), _PART):
            part = slice(start, start + _PART)
            chosen.take(self.listed[part], out=found[part], mode="clip")
        places = np.flatnonzero(found)
        return self.owner[np.searchsorted(self.ends, places, side="right")], self.listed[places]


def n_distinct(groups: Ints, values: Ints) -> tuple[Ints, Ints]:
    """The groups in ascending order, and how many different values each has.

    Args:
        groups: whole numbers of 32 bits.
        values: others, none below 0.

    >>> [part.tolist() for part in n_distinct(np.array([3, 1, 3, 3]), np.array([5, 5, 7, 5]))]
    [[1, 3], [1, 2]]
    """
    keys = groups.astype(np.int64) << 32 | values
    keys.sort()
    different = keys[_begins(keys)]
    return np.unique(different >> 32, return_counts=True)


def read_lists(cursor: duckdb.DuckDBPyConnection) -> Lists:
    """The lists of a cursor that shows the coded links."""
    table = cursor.sql(_LINKS).to_arrow_table()
    return Lists.of(*(table.column(name).to_numpy() for name in table.column_names))


def _begins(values: Ints) -> Mask:
    """Which values are not those before them."""
    found = np.ones(len(values), dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found
