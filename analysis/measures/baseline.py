"""The firsts that chance would give a provider: see `analysis.measures.timeliness`.

A transform may be longer than a distribution, which ends in zeros then: those of providers of about equally many events
are made together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array
from scipy.special import gammaln

__all__ = ["CREATES", "against_chance", "chance_of_first"]

CREATES = ("expected_rate", "expected_low", "expected_high", "p_value", "attainable")
_TINY = 1e-12

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]


def chance_of_first(m: Floats, n: Floats, t: Floats) -> Floats:
    """The probability that one of m among n articles is among the t first, when all orders are alike.

    >>> chance_of_first(np.array([1.0, 3.0]), np.array([4.0, 3.0]), np.array([1.0, 1.0])).round(12).tolist()
    [0.25, 1.0]
    """
    with np.errstate(invalid="ignore"):
        missed = np.exp(gammaln(n - m + 1) - gammaln(n - m - t + 1) - gammaln(n + 1) + gammaln(n - t + 1))
    return np.where(n - m < t, 1.0, 1 - missed)


def against_chance(trials: pd.Series[int], firsts: pd.Series[int]) -> pd.DataFrame:
    """What chance gives each provider, beside its own count of firsts.

    Args:
        trials: how many events, by `provider_id` and chance `p`, in that order.
        firsts: its firsts, by `provider_id`; of the same providers.

    Returns:
        Columns `CREATES`, floats, by provider: mean rate and middle 95 % of the chance rate, the two-sided probability
        of its own count, and the least that any count would have.

    >>> keys = pd.MultiIndex.from_tuples([("pa", 0.5)], names=["provider_id", "p"])
    >>> against_chance(pd.Series([2], keys), pd.Series([2], ["pa"]))[["expected_rate", "p_value"]].round(12)
        expected_rate  p_value
    pa            0.5      0.5
    """
    chances: Floats = trials.index.get_level_values("p").to_numpy(dtype=np.float64)
    known, places = np.unique(chances, return_inverse=True)
    ends = np.cumsum([0, *trials.groupby(level="provider_id").size()])
    times = csr_array((trials.to_numpy(dtype=np.float64), places, ends), shape=(len(firsts), len(known)))
    n_events, n_first = times.sum(axis=1).astype(np.int64), firsts.to_numpy(dtype=np.int64)
    sizes = _at_least(n_events + 1)
    found = np.empty((len(firsts), len(CREATES)))
    for size in np.unique(sizes):
        alike = np.flatnonzero(sizes == size)
        part = times[alike]
        used = np.unique(part.indices)
        up_to = np.cumsum(_poisson_binomial(known[used], part[:, used], int(size)), axis=1)
        found[alike, 1:] = _measured(up_to, n_events[alike], n_first[alike])
    weighed = np.split(chances * trials.to_numpy(), ends[1:-1])
    found[:, 0] = np.array([part.sum() for part in weighed])[: len(firsts)] / n_events
    return pd.DataFrame(found, index=firsts.index, columns=list(CREATES), dtype="float64")


def _at_least(sizes: Ints) -> Ints:
    """The next sizes, of which there are four from one power of 2 to the next: lengths that many may share.

    >>> _at_least(np.array([2, 15, 17, 1000])).tolist()
    [2, 16, 20, 1024]
    """
    step = 2 ** np.maximum(np.floor(np.log2(sizes)).astype(np.int64) - 2, 0)
    found: Ints = -(-sizes // step) * step
    return found


def _measured(up_to: Floats, n_events: Ints, n_first: Ints) -> Floats:
    """The columns `CREATES` but the mean, of cumulated probabilities of 0, 1, … firsts, a row a provider."""
    rows = np.arange(len(up_to))
    below = np.where(n_first > 0, up_to[rows, n_first - 1], 0.0)
    # A little below, because a sum that is an end by design may be rounded to either side of it.
    ends = [np.minimum((up_to < end - _TINY).sum(axis=1), n_events) / n_events for end in (0.025, 0.975)]
    tails = (
        np.minimum(up_to[rows, n_first], 1 - below),
        np.minimum(up_to[:, 0], 1 - up_to[rows, n_events - 1]),
    )
    return np.column_stack([*ends, *(np.clip(2 * tail, 0, 1) for tail in tails)])


def _poisson_binomial(chances: Floats, times: csr_array, size: int) -> Floats:
    """Probabilities of 0, 1, … successes in independent trials, a row for each row of these (Hong's DFT-CF).

    Args:
        chances: of success.
        times: how many trials have each.
        size: numbers of successes to look at: more than there are trials in a row.
    """
    # The second half of the characteristic function mirrors the first.
    turn = 2 * np.pi * np.arange(size // 2 + 1) / size
    real, imaginary = 1 - chances[:, None] * (1 - np.cos(turn)), -chances[:, None] * np.sin(turn)
    # Sums of logarithms and angles, in place of products of complex powers.
    with np.errstate(divide="ignore"):
        logarithms, angles = np.log(real**2 + imaginary**2), np.arctan2(imaginary, real)
    transformed = np.exp(times @ logarithms / 2 + 1j * (times @ angles))
    return np.clip(np.fft.irfft(transformed, size), 0, 1)
