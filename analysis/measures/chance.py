"""What chance gives: exact probabilities without `scipy.stats`, which takes a second to load."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, stdtrit

__all__ = ["at_most", "student_t95"]

Floats = npt.NDArray[np.float64]


def at_most(count: npt.ArrayLike, total: int, marked: int, drawn: npt.ArrayLike) -> Floats:
    """How likely at most so many marked ones are among those drawn without putting back (hypergeometric).

    Args:
        count: marked ones drawn; below 0 gives 0.
        total: how many there are.
        marked: how many of them are marked.
        drawn: how many are drawn; as many values as `count`, or one.

    Returns:
        Probabilities between 0 and 1, right to some 8 digits for totals up to a million.

    >>> at_most([0, 1, 2], total=4, marked=2, drawn=2).round(4).tolist()
    [0.1667, 0.8333, 1.0]
    """
    asked, sizes = np.broadcast_arrays(np.asarray(count, dtype=np.int64), np.asarray(drawn, dtype=np.int64))
    pairs = zip(asked.ravel().tolist(), sizes.ravel().tolist(), strict=True)
    known: dict[tuple[int, int], float] = {}
    for pair in pairs:
        if pair not in known:
            known[pair] = _at_most(pair[0], total, marked, pair[1])
    each = [known[pair] for pair in zip(asked.ravel().tolist(), sizes.ravel().tolist(), strict=True)]
    return np.array(each, dtype=np.float64).reshape(asked.shape)


def _at_most(count: int, total: int, marked: int, drawn: int) -> float:
    least, most = max(0, drawn - (total - marked)), min(drawn, marked)
    if count < least:
        return 0.0
    if count >= most:
        return 1.0
    # The shorter tail is summed; the other is what is left of 1.
    upper = count - least > most - count
    terms = np.arange(count + 1, most + 1) if upper else np.arange(least, count + 1)
    log = _ways(marked, terms) + _ways(total - marked, drawn - terms) - _ways(total, drawn)
    tail = float(np.exp(log).sum())
    return min(max(1 - tail if upper else tail, 0.0), 1.0)


def _ways(n: int, k: npt.ArrayLike) -> Floats:
    """The logarithm of how many ways there are to choose k of n."""
    chosen = np.asarray(k, dtype=np.float64)
    ways: Floats = gammaln(n + 1) - gammaln(chosen + 1) - gammaln(n - chosen + 1)
    return ways


def student_t95(freedom: float) -> float:
    """How many standard errors a 95 % interval reaches to either side (Student 1908).

    >>> round(student_t95(4), 3), round(student_t95(1e9), 3)
    (2.776, 1.96)
    """
    return float(stdtrit(freedom, 0.975))
