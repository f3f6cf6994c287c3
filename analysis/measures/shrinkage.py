"""Empirical-Bayes means: what to believe of an outlet with two articles.

Each group's mean is drawn towards the mean of all groups, the more so the less it rests on. With k groups of n_i
values, means y_i, and one variance s2 within groups, a normal model has y_i ~ N(m_i, s2 / n_i) and m_i ~ N(mu, tau2):

    B_i = (s2 / n_i) / (s2 / n_i + tau2)      m_i ~ N(B_i mu + (1 - B_i) y_i, (1 - B_i) s2 / n_i + ...)

tau2 by moments (DerSimonian & Laird 1986); the variance has the terms for not knowing mu and tau2 of Morris,
"Parametric Empirical Bayes Inference", JASA 78 (1983).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.measures.chance import student_t95
from analysis.measures.intervals import Z95

__all__ = ["Shrunk", "shrunk_means"]

Floats = npt.NDArray[np.float64]
LEAST = 5  # with fewer groups the spread between them cannot be known, and nothing is drawn anywhere


class Shrunk(NamedTuple):
    """Means and the ends of their 95 % intervals, one a group; NaN where nothing can be said."""

    mean: Floats
    low: Floats
    high: Floats


def shrunk_means(count: npt.ArrayLike, total: npt.ArrayLike, squares: npt.ArrayLike) -> Shrunk:
    """The shrunk mean of each group with its 95 % interval.

    Args:
        count: values of each group.
        total: their sum.
        squares: the sum of the squares of their distances from the group's mean.

    Returns:
        NaN for groups without values; NaN intervals where no group has two values, so that the variance within is
        unknown. With fewer than five groups plain means, with intervals by Student's t and the common variance.

    >>> shrunk = shrunk_means([2, 30, 30, 30, 30, 30], [200, 1500, 1500, 1600, 1400, 1500], [200, *[2900] * 5])
    >>> shrunk.mean.round(1)[0] < 100, bool(shrunk.low[0] < 100 < shrunk.high[0] + 60)
    (np.True_, True)
    """
    n, sums, spread = (np.asarray(values, dtype=np.float64) for values in (count, total, squares))
    used = n > 0
    mean, low, high = (np.full(n.shape, np.nan) for _ in range(3))
    freedom = float((n[used] - 1).sum())
    y = np.divide(sums, n, out=mean.copy(), where=used)
    if not freedom:
        return Shrunk(y, low, high)
    error = float(spread[used].sum()) / freedom / n[used]
    if used.sum() < LEAST or not error.any():
        half = student_t95(freedom) * np.sqrt(error)
        centre = y[used]
    else:
        centre, half = _drawn(y[used], error)
    mean[used], low[used], high[used] = centre, centre - half, centre + half
    return Shrunk(mean, low, high)


def _drawn(y: Floats, error: Floats) -> tuple[Floats, Floats]:
    """Shrunk means and half-widths of their intervals, of groups that all have values."""
    k, weight = len(y), 1 / error
    centre = (weight * y).sum() / weight.sum()
    excess = (weight * (y - centre) ** 2).sum() - (k - 1)
    between = max(0.0, excess / (weight.sum() - (weight**2).sum() / weight.sum()))
    weight = 1 / (error + between)
    centre = (weight * y).sum() / weight.sum()
    pull = error / (error + between)
    variance = (1 - pull) * error + pull**2 / weight.sum() + 2 / (k - 3) * pull**2 * (y - centre) ** 2
    return centre + (1 - pull) * (y - centre), Z95 * np.sqrt(variance)
