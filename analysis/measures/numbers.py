"""Columns of articles as arrays, of a corpus that holds them as numbers (`frames.coded_of`).

What is only counted by number needs no engine, which would have to be asked in words and to answer in rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.measures.frames import is_selection

__all__ = ["MISSING", "Numbers", "in_order", "numbers_of", "quantiles_of", "times_of"]

Codes = npt.NDArray[np.integer[Any]]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
_TOO_WIDE = 1 << 63
MISSING = np.iinfo(np.int64).min
"""A time that is none, for numpy too."""


@dataclass(frozen=True)
class Numbers:
    """Columns of articles, one value an article.

    Attributes:
        columns: names by their numbers, times in UTC without zone.
        names: at the places that their numbers say.

    >>> columns = {"heat": [4.5, None], "seen_as": ["both", None], "is_original": [None, True]}
    >>> articles = Numbers(pa.table(columns), pa.array([]))
    >>> articles.known("seen_as").tolist(), [part.tolist() for part in articles.distinct("heat")]
    ([True, False], [[4.5], [0, 0]])
    >>> articles.equal("seen_as", "both").tolist(), articles.equal("is_original", value=True).tolist()
    ([True, False], [False, True])
    """

    columns: pa.Table
    names: pa.Array

    def ints(self, column: str) -> Codes:
        """Numbers of names; -1 where there is none."""
        values = self.columns.column(column)
        return np.asarray((pc.fill_null(values, -1) if values.null_count else values).to_numpy())

    def moments(self, column: str) -> Ints:
        """Times in microseconds from 1970; `MISSING` where there is none."""
        values = self.columns.column(column).cast(pa.timestamp("us")).cast(pa.int64())
        return np.asarray((pc.fill_null(values, MISSING) if values.null_count else values).to_numpy())

    def within(self, span: tuple[pd.Timestamp | None, pd.Timestamp | None]) -> Mask:
        """Whether `published_at` is there, and not before the first instant nor after the end; None is no bound."""
        at, chosen = self.moments("published_at"), self.known("published_at")
        start, end = (None if when is None else when.as_unit("us").asm8.astype(np.int64) for when in span)
        if start is not None:
            chosen = chosen & (at >= start)
        return chosen if end is None else chosen & (at < end)

    def distinct(self, column: str) -> tuple[Floats, Codes]:
        """The different scores in their order, and at which place of these each stands; any place for none."""
        coded = self.columns.column(column).combine_chunks().dictionary_encode()
        value, places = np.unique(coded.dictionary.to_numpy(), return_inverse=True)
        if not len(value):
            return value, np.zeros(len(coded), dtype=np.int64)
        return value, places[pc.fill_null(coded.indices, 0).to_numpy()]

    def known(self, column: str) -> Mask:
        """Whether there is a value."""
        return np.asarray(pc.is_valid(self.columns.column(column)).to_numpy())

    def equal(self, column: str, value: object) -> Mask:
        """Whether there is this value."""
        values = self.columns.column(column)
        if pa.types.is_dictionary(values.type):  # few values, which are looked for once
            values = values.combine_chunks()
            place = values.dictionary.index(value).as_py()
            values, value = values.indices, None if place < 0 else place
        found = pc.fill_null(pc.equal(values, pa.scalar(value, values.type)), fill_value=False)
        return np.asarray(found.to_numpy(zero_copy_only=False))


def numbers_of(data: Any, columns: Sequence[str]) -> Numbers | None:
    """Columns of the articles of a selection; None where its corpus does not hold them so, and of any other data.

    >>> numbers_of(pd.DataFrame({"article_id": ["a"]}), ["article_id"]) is None
    True
    """
    found = data.numbers(columns) if is_selection(data) and hasattr(data, "numbers") else None
    return None if found is None else Numbers(*found)


def in_order(*columns: Codes) -> tuple[Ints, ...]:
    """The rows of some columns, none below 0, in their order.

    A row is sorted as one number where it can be one, which is several times as fast.

    >>> [column.tolist() for column in in_order(np.array([2, 1, 2]), np.array([3, 0, 0]))]
    [[1, 2, 2], [0, 0, 3]]
    """
    widths = _widths(columns)
    if prod(widths) >= _TOO_WIDE:
        order = np.lexsort(columns[::-1])
        return tuple(column[order].astype(np.int64) for column in columns)
    key = _joined(columns, widths)
    key.sort()
    return _parts(key, widths)


def times_of(**columns: Codes) -> pd.DataFrame:
    """The different rows of some columns, none below 0, in their order, and how often each is there, with `times`.

    >>> times_of(m=np.array([2, 1, 2]), k=np.array([0, 3, 0])).to_numpy().tolist()
    [[1, 3, 1], [2, 0, 2]]
    """
    given = tuple(columns.values())
    widths = _widths(given)
    if prod(widths) >= _TOO_WIDE:
        return pd.DataFrame(columns).groupby(list(columns)).size().rename("times").reset_index()
    key = _joined(given, widths)
    if prod(widths) <= len(key):
        every = np.bincount(key)
        key = np.flatnonzero(every)
        times = every[key]
    else:
        key, times = np.unique(key, return_counts=True)
    return pd.DataFrame(dict(zip(columns, _parts(key, widths), strict=True))).assign(times=times)


def quantiles_of(group: Ints, value: Ints, /, **of: float) -> pd.DataFrame:
    """Quantiles of the values of each group, by linear interpolation; these stand in order, by group.

    Returns:
        `group`, `n`, and the quantiles by their names.

    >>> quantiles_of(np.array([4, 4, 7]), np.array([1, 2, 5]), median=0.5).to_numpy().tolist()
    [[4.0, 2.0, 1.5], [7.0, 1.0, 5.0]]
    """
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    n = np.diff(starts, append=len(group))
    table = pd.DataFrame({"group": group[starts], "n": n})
    for name, q in of.items():
        place = q * (n - 1)
        below = np.floor(place).astype(np.int64)
        low, high = value[starts + below], value[starts + np.minimum(below + 1, n - 1)]
        table[name] = low + (high - low) * (place - below)
    return table


def _widths(columns: Sequence[Codes]) -> list[int]:
    return [int(column.max(initial=0)) + 1 for column in columns]


def _joined(columns: Sequence[Codes], widths: list[int]) -> Ints:
    """Rows as single numbers, which are in the order of the rows."""
    key = columns[0].astype(np.int64)
    for column, width in zip(columns[1:], widths[1:], strict=True):
        key *= width
        key += column
    return key


def _parts(key: Ints, widths: list[int]) -> tuple[Ints, ...]:
    """The columns of rows that are single numbers."""
    parts = []
    for width in reversed(widths[1:]):
        key, part = np.divmod(key, width)
        parts.append(part)
    return key, *reversed(parts)
