"""Which days were collected: a day without records is a fact about the news, or about the collector."""

from __future__ import annotations

from datetime import UTC

import numpy as np
import pyarrow as pa

from analysis.tables.columns import table
from analysis.tables.schema import COLLECTION

__all__ = ["collection_days"]

_WEEKS = 4  # how far the same weekdays around a day tell what to expect of it
_CHANCE = 0.001  # a run of empty days less likely than this is put down to the collector


def collection_days(days: np.ndarray, counts: np.ndarray) -> pa.Table:
    """The `collection` table: every day from the first record to the last, with what was expected of it.

    What is expected of a day is the median count of the same weekday, four weeks before and after, without the run of
    empty days that it belongs to; in the middle of a longer run, the median of all days with records. A run of empty
    days is `not collected` when a Poisson process of that rate would leave it empty with a probability under 0.001;
    otherwise its zeros are observed: nothing was published.

    Args:
        days: distinct days that have records, as `datetime64[D]`.
        counts: records of each of them.

    >>> days = np.array(["2021-08-01", "2021-08-02", "2021-08-04"], "datetime64[D]")
    >>> collection_days(days, np.array([9, 9, 9])).column("status").to_pylist()
    ['observed', 'observed', 'not collected', 'observed']
    >>> collection_days(days, np.array([2, 2, 2])).column("status").to_pylist()
    ['observed', 'observed', 'observed', 'observed']
    """
    if not len(days):
        return table([], COLLECTION.arrow)
    first = days.min()
    counted = np.zeros(int((days.max() - first).astype(int)) + 1)
    counted[(days - first).astype(int)] = counts
    empty = counted == 0
    run = np.cumsum(np.diff(empty, prepend=False))  # days of one run of empty days share a number
    usual = float(np.median(counts))
    numbers, runs = counted.tolist(), run.tolist()
    expected = np.array([_expected(numbers, runs, at, usual) for at in range(len(numbers))])
    status = np.full(len(counted), "observed", dtype=object)
    for number in np.unique(run[empty]):
        inside = empty & (run == number)
        if np.exp(-expected[inside].sum()) < _CHANCE:
            status[inside] = "not collected"
    every = (first + np.arange(len(counted))).astype("datetime64[us]").tolist()
    rows = zip(every, counted.astype(int).tolist(), expected.tolist(), status.tolist(), strict=True)
    return table([(day.replace(tzinfo=UTC), *rest) for day, *rest in rows], COLLECTION.arrow)


def _expected(counted: list[float], run: list[int], at: int, usual: float) -> float:
    near = (at + 7 * week for week in range(-_WEEKS, _WEEKS + 1) if week)
    values = sorted(
        counted[day] for day in near if 0 <= day < len(counted) and (counted[day] > 0 or run[day] != run[at])
    )
    if not values:
        return usual
    middle = len(values) // 2  # np.median is slow for so few values
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
