"""The labels of articles as arrays, of tables that a corpus gives as numbers (`frames.coded_of`).

An engine joins all labels with all articles; held as arrays, an article is looked up at the place that is its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analysis.measures.codes import codes
from analysis.measures.frames import Frame

__all__ = ["Labels", "columns_of"]

Ints = npt.NDArray[np.integer[Any]]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Labels:
    """Labels, each once.

    Attributes:
        article: number of the article.
        topic: number of the label.
        names: of the numbers, those of one kind in a row.
    """

    article: Ints
    topic: Ints
    names: pa.Array

    def counted(self, articles: Ints) -> tuple[Ints, Ints]:
        """The topics that some articles carry, in ascending order, and how many of these carry each.

        >>> labels = Labels(np.array([3, 4, 4]), np.array([1, 1, 2]), pa.array(["pa", "AI", "Law", "a", "b"]))
        >>> [part.tolist() for part in labels.counted(np.array([4]))]
        [[1, 2], [1, 1]]
        """
        has = np.zeros(len(self.names), dtype=np.bool_)
        has[articles] = True
        n = np.bincount(self.topic[has[self.article]])
        topics = np.flatnonzero(n)
        return topics, n[topics]

    def carrying(self, topics: Sequence[str]) -> Mask:
        """Whether an article carries one of some topics, at the place that is its number.

        >>> labels = Labels(np.array([2, 3, 3]), np.array([0, 0, 1]), pa.array(["AI", "Law", "a", "b"]))
        >>> labels.carrying(["Law"]).tolist()
        [False, False, False, True]
        """
        wanted, has = np.zeros((2, len(self.names)), dtype=np.bool_)
        if len(
            self.topic
        ):  # their names lie between the first and the last: the others are not looked through
            first, last = int(self.topic.min()), int(self.topic.max())
            wanted[first : last + 1][codes(topics, self.names[first : last + 1])] = True
        has[self.article[wanted[self.topic]]] = True
        return has


def columns_of(frame: Frame, *names: str) -> tuple[npt.NDArray[Any], ...]:
    """Columns of a frame, none of them with a missing value, as arrays.

    >>> import narwhals as nw
    >>> import pandas as pd
    >>> columns_of(nw.from_native(pd.DataFrame({"a": [1, 2], "b": [3, 4]})).lazy(), "b")
    (array([3, 4]),)
    """
    rows: Any = frame.select(*names).collect("pyarrow").to_native()
    return tuple(rows.column(name).to_numpy() for name in names)
