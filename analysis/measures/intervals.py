"""Intervals of shares and of ratios of counts, and probabilities corrected for having looked often."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["Z95", "adjusted", "rate_ratio", "wilson"]

Floats = npt.NDArray[np.float64]

Z95 = 1.959963984540054  # a 95 % interval reaches so many standard deviations to either side


def wilson(count: npt.ArrayLike, total: npt.ArrayLike) -> tuple[Floats, Floats]:
    """The 95 % score interval of a share (Wilson 1927; recommended by Brown, Cai & DasGupta 2001).

    Args:
        count: how many of `total`, 0 to `total`.
        total: how many there are; 0 gives NaN.

    Returns:
        Low and high ends, between 0 and 1.

    >>> low, high = wilson([0, 5], [10, 10])
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 0.237], [0.278, 0.763])
    """
    k, n = np.asarray(count, dtype=np.float64), np.asarray(total, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = k / n
        centre = (k + Z95**2 / 2) / (n + Z95**2)
        half = Z95 * np.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2)) / (1 + Z95**2 / n)
    # Rounding would leave 1e-17 where the formula has exactly 0, and so at 1.
    low = np.where((k == 0) & (n > 0), 0.0, centre - half)
    return low, np.where((k == n) & (n > 0), 1.0, centre + half)


def rate_ratio(
    count: npt.ArrayLike, base: npt.ArrayLike, exposure: float = 1.0
) -> tuple[Floats, Floats, Floats]:
    """The ratio of two Poisson rates with its 95 % interval.

    Given the sum of both counts, one of them is binomial (Przyborowski & Wilenski 1940); the score interval
    of its share is turned into an interval of the ratio.

    Args:
        count: events of the one period.
        base: events of the other.
        exposure: length of the one period in lengths of the other.

    Returns:
        Ratio, low and high; NaN where both counts are 0, inf where only `base` is.

    >>> ratio, low, high = rate_ratio([20], [10], exposure=1.0)
    >>> float(ratio[0]), low.round(2).tolist(), high.round(2).tolist()
    (2.0, [0.95], [4.2])
    """
    one, other = np.asarray(count, dtype=np.float64), np.asarray(base, dtype=np.float64)
    low, high = wilson(one, one + other)
    with np.errstate(divide="ignore", invalid="ignore"):
        return one / other / exposure, low / (1 - low) / exposure, high / (1 - high) / exposure


def adjusted(p_values: npt.ArrayLike, attainable: npt.ArrayLike = 0.0) -> Floats:
    """Probabilities corrected for many looks: under .05, 5 % are expected false (Benjamini & Hochberg 1995).

    Args:
        p_values: between 0 and 1; NaN stays NaN and does not count as a look.
        attainable: the smallest probability that each could have had, whatever came. Where counts are so small
            that it is 5 % or more, looking could find nothing: no look, and NaN (Tarone 1990, Gilbert 2005).

    >>> adjusted([0.01, 0.04, float("nan")]).tolist()
    [0.02, 0.04, nan]
    """
    given = np.asarray(p_values, dtype=np.float64)
    result = np.full(given.shape, np.nan)
    known = ~np.isnan(given) & (np.asarray(attainable) < 0.05)
    if known.any():
        p, rank = np.sort(given[known]), np.arange(1, known.sum() + 1)
        least = np.minimum.accumulate((p * len(p) / rank)[::-1])[::-1]  # of it and all greater ones
        result[known] = np.minimum(least, 1)[given[known].argsort(kind="stable").argsort()]
    return result
