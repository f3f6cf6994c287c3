"""How rare a feature is in the weeks around a text, the subject of a quiet time and boilerplate of one outlet included.

Rarity over the weeks around, not over all, so that a new article changes nothing far away in time.
"""

from __future__ import annotations

import numpy as np

__all__ = ["WEEK", "WEEKS_AROUND", "rarity"]

WEEK = 7.0  # days
WEEKS_AROUND = 2
_PRIOR = 200  # texts: keep a quiet month from taking every word for a common one
_OWN_USES = 3  # an outlet may report this often on what nobody else reports
_FEW = 10  # texts: how many of the weeks before and after must be seen to judge what is always there


def rarity(
    column: np.ndarray, indptr: np.ndarray, day: np.ndarray, provider: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Inverse document frequency of each entry of a sparse matrix of texts.

    idf = 1 + ln((1 + 200 + n) / (1 + df)), n and df over the texts of the week and the two weeks on either side. Two
    kinds of features count as more frequent than they are: what one outlet uses again and again and others do not (a
    standing line, the form of its headlines), as if all used it as often as that outlet; and what was there before the
    week around the text and is there after (the subject that all texts share, where few are published), as if 200
    more texts used it as often as those.

    Args:
        column: int (entries), 0 to the number of features - 1, each once a row.
        indptr: where each row begins.
        day: float64 (rows), ascending.
        provider: int64 (rows), -1 where unknown.

    Returns:
        float32 idf and int32 df (entries), df as counted.

    >>> idf, df = rarity(np.array([0, 0, 1]), np.array([0, 1, 3]), np.zeros(2), np.array([-1, -1]))
    >>> df.tolist(), [round(float(value), 2) for value in idf]
    ([2, 2, 1], [5.21, 5.21, 5.62])
    """
    idf = np.empty(len(column), dtype=np.float32)
    count = np.empty(len(column), dtype=np.int32)
    width = int(column.max(initial=0)) + 1
    week = np.floor(day / WEEK)
    for value in np.unique(week):
        first, last = np.searchsorted(week, [value, value + 1])
        low, high = np.searchsorted(week, [value - WEEKS_AROUND, value + WEEKS_AROUND + 1])
        around = column[indptr[low] : indptr[high]]
        df = np.bincount(around, minlength=width)
        own = slice(indptr[first], indptr[last])
        count[own] = df[column[own]]
        n = int(high - low)
        seen_by = np.repeat(provider[low:high], np.diff(indptr[low : high + 1]))
        asked = np.repeat(provider[first:last], np.diff(indptr[first : last + 1]))
        uses = _uses(around, seen_by, df, width, column[own], asked)
        texts_of = np.bincount(provider[low:high] + 1)[asked + 1]
        alone = (uses / np.maximum(count[own], 1)) ** 2
        standing = n * alone * np.maximum(uses - _OWN_USES, 0) / (texts_of + 10)
        before, after = np.searchsorted(week, [value - WEEKS_AROUND + 1, value + WEEKS_AROUND])
        apart = np.bincount(column[indptr[low] : indptr[before]], minlength=width)
        apart += np.bincount(column[indptr[after] : indptr[high]], minlength=width)
        lasting = (_PRIOR + n) * apart[column[own]] / (before - low + high - after + _FEW)
        most = np.maximum(count[own], np.maximum(standing, lasting))
        idf[own] = 1 + np.log((1 + _PRIOR + n) / (1 + most))
    return idf, count


def _uses(
    around: np.ndarray, seen_by: np.ndarray, df: np.ndarray, width: int, column: np.ndarray, asked: np.ndarray
) -> np.ndarray:
    """How many of its outlet's texts have the feature of each entry asked for; 0 where too few to matter."""
    often = (df[around] > _OWN_USES) & (seen_by >= 0)
    key, number = np.unique(seen_by[often] * width + around[often], return_counts=True)
    out = np.zeros(len(column), dtype=np.int64)
    ask = np.flatnonzero((df[column] > _OWN_USES) & (asked >= 0))
    if len(key) and len(ask):
        wanted = asked[ask] * width + column[ask]
        place = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        out[ask] = np.where(key[place] == wanted, number[place], 0)
    return out
