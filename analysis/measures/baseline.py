"""The firsts that chance would give a provider: see `analysis.measures.timeliness`.

Providers of equally many events have distributions of one length: their transforms are made together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
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
    times: Ints = trials.to_numpy(dtype=np.int64)
    found = np.empty((len(firsts), len(CREATES)))
    if len(firsts):
        sizes = trials.groupby(level="provider_id").size().to_numpy()
        ends = np.cumsum(sizes)
        n_events = np.add.reduceat(times, ends - sizes)
        for n in np.unique(n_events):
            alike = np.flatnonzero(n_events == n)
            parts = [slice(ends[place] - sizes[place], ends[place]) for place in alike]
            own = [(chances[part], times[part]) for part in parts]
            found[alike] = _measured(own, int(n), firsts.to_numpy(dtype=np.int64)[alike])
    return pd.DataFrame(found, index=firsts.index, columns=list(CREATES), dtype="float64")


def _measured(trials: list[tuple[Floats, Ints]], n_events: int, n_first: Ints) -> Floats:
    """The columns `CREATES` of providers that have equally many events."""
    up_to = np.cumsum(_poisson_binomial(trials, n_events), axis=1)
    rows = np.arange(len(trials))
    below = np.where(n_first > 0, up_to[rows, n_first - 1], 0.0)
    # A little below, because a sum that is an end by design may be rounded to either side of it.
    ends = [np.minimum((up_to < end - _TINY).sum(axis=1), n_events) / n_events for end in (0.025, 0.975)]
    mean = [float((p * times).sum()) / n_events for p, times in trials]
    tails = np.minimum(up_to[rows, n_first], 1 - below), np.minimum(up_to[:, 0], 1 - up_to[:, -2])
    return np.column_stack([mean, *ends, *(np.clip(2 * tail, 0, 1) for tail in tails)])


def _poisson_binomial(trials: list[tuple[Floats, Ints]], n_events: int) -> Floats:
    """Probabilities of 0, 1, … successes in independent trials, a row for each list of these (Hong's DFT-CF).

    Args:
        trials: probabilities, and how many trials have each.
        n_events: how many trials there are in each list.
    """
    size = n_events + 1
    # The second half of the characteristic function mirrors the first.
    turn = 2 * np.pi * np.arange(size // 2 + 1) / size
    known = np.unique(np.concatenate([p for p, _ in trials]))
    real, imaginary = 1 - known[:, None] * (1 - np.cos(turn)), -known[:, None] * np.sin(turn)
    # Sums of logarithms and angles, in place of products of complex powers.
    with np.errstate(divide="ignore"):
        logarithms, angles = np.log(real**2 + imaginary**2), np.arctan2(imaginary, real)
    places = [np.searchsorted(known, p) for p, _ in trials]
    parts = [(times, place) for (_, times), place in zip(trials, places, strict=True)]
    size_of = np.exp(np.array([times @ logarithms[place] for times, place in parts]) / 2)
    angle = np.array([times @ angles[place] for times, place in parts])
    return np.clip(np.fft.irfft(size_of * (np.cos(angle) + 1j * np.sin(angle)), size), 0, 1)
