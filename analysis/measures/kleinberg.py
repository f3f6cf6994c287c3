"""Kleinberg's automaton: stretches in which events come faster, or make up more of a stream, than usual.

J. Kleinberg, "Bursty and Hierarchical Structure in Streams", KDD 2002. An automaton has a base state and states in
which the rate is `s`, `s^2`, … times as high. To go up one state costs `gamma ln n`, to go down nothing, and each state
pays for what it explains badly; the cheapest sequence of states (Viterbi) says where the bursts are.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import gammaln, xlogy

from analysis.measures.frames import BadOption

__all__ = ["batched_bursts", "offset_bursts"]

Floats = npt.NDArray[np.float64]
_SURE = 0.9999  # no state expects more than this share, so that one exception is not impossible


def offset_bursts(offsets: npt.ArrayLike, *, s: float = 2.0, gamma: float = 1.0) -> pd.DataFrame:
    """Bursts among single events, by the gaps between them (section 2 of the paper, the enumerating automaton).

    Args:
        offsets: times of events as numbers, any order, at least two of them different.
        s: how many times as fast each state is as the one below; above 1.
        gamma: how hard it is to enter a higher state; above 0.

    Returns:
        One row a burst, nested: `level` (`int64`, 1 is the base state and holds all), `start`, `end` (`float64`, the
        offsets of its first and last event), by level and start. Empty with fewer than two different offsets.

    Raises:
        BadOption: `s` or `gamma` out of range.

    >>> offset_bursts([0, 100, 200, 210, 215, 220, 225, 230, 235, 240, 340, 440])
       level  start    end
    0      1    0.0  440.0
    1      2  200.0  240.0
    2      3  200.0  240.0
    """
    _check(s, gamma)
    times = np.sort(np.asarray(offsets, dtype=np.float64))
    gaps = np.diff(times)
    if not gaps.any():
        return pd.DataFrame({"level": [], "start": [], "end": []}).astype(
            {"level": "int64", "start": "float64", "end": "float64"}
        )
    total, shortest = float(gaps.sum()), float(gaps[gaps > 0].min())
    n_states = max(1, int(np.ceil(1 + np.log(total) / np.log(s) + np.log(1 / shortest) / np.log(s))))
    rates = s ** np.arange(n_states) * len(gaps) / total
    costs = gaps[:, None] * rates - np.log(rates)
    states = _cheapest(costs, gamma * np.log(len(gaps)))
    rows = [(level, times[first], times[last + 1]) for level, first, last in _stretches(states + 1)]
    return pd.DataFrame(rows, columns=["level", "start", "end"]).astype(
        {"start": "float64", "end": "float64"}
    )


def batched_bursts(
    relevant: npt.ArrayLike,
    total: npt.ArrayLike | None = None,
    *,
    s: float = 2.0,
    gamma: float = 1.0,
    levels: int = 1,
) -> pd.DataFrame:
    """Bursts among counts per period (section 4 of the paper), as a share of a total, or plain.

    With a total, relevant events are binomial of it; plain, they are Poisson. The base state has the rate of the whole
    series. The weight of a burst is what its state saves over the state below.

    Args:
        relevant: events of each period.
        total: all events of each period, at least `relevant`; None for plain counts.
        s: how many times as high each state's rate is as that of the one below; above 1.
        gamma: how hard it is to enter a higher state; above 0.
        levels: how many states above the base state; 1 is the paper's automaton of two states.

    Returns:
        One row a burst, nested: `level` (`int64`, from 1), `first` and `last` (`int64`, the periods' places, both
        inclusive), `weight` (`float64`, in nats), by level and first.

    Raises:
        BadOption: an option out of range, or a total below its relevant events.

    >>> batched_bursts([0, 2, 1, 6, 7, 2, 8, 7, 2, 1], [9, 11, 12, 10, 10, 8, 12, 10, 13, 11], gamma=0.5).round(3)
       level  first  last  weight
    0      1      3     4   3.956
    1      1      6     7   5.342
    """
    _check(s, gamma)
    if levels < 1:
        raise BadOption(f"levels must be at least 1; got {levels}")
    r = np.asarray(relevant, dtype=np.float64)
    costs = (
        _poisson(r, s, levels) if total is None else _binomial(r, np.asarray(total, np.float64), s, levels)
    )
    columns = {"level": "int64", "first": "int64", "last": "int64", "weight": "float64"}
    if costs is None:
        return pd.DataFrame(columns=list(columns)).astype(columns)
    states = _cheapest(costs, gamma * np.log(len(r)))
    rows = [
        (
            level,
            first,
            last,
            float((costs[first : last + 1, level - 1] - costs[first : last + 1, level]).sum()),
        )
        for level, first, last in _stretches(states)
    ]
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def _check(s: float, gamma: float) -> None:
    if not s > 1:
        raise BadOption(f"s must be above 1; got {s}")
    if not gamma > 0:
        raise BadOption(f"gamma must be above 0; got {gamma}")


def _poisson(r: Floats, s: float, levels: int) -> Floats | None:
    """What each state (column) pays in each period (row); None where nothing happened at all."""
    if not r.sum():
        return None
    rates = r.mean() * s ** np.arange(levels + 1)
    costs: Floats = rates - xlogy(r[:, None], rates) + gammaln(r + 1)[:, None]
    return costs


def _binomial(r: Floats, d: Floats, s: float, levels: int) -> Floats | None:
    if len(r) != len(d) or (r > d).any():
        raise BadOption("total must be at least relevant in every period")
    if not r.sum():
        return None
    shares = np.minimum(r.sum() / d.sum() * s ** np.arange(levels + 1), _SURE)
    ways = gammaln(d + 1) - gammaln(r + 1) - gammaln(d - r + 1)
    costs: Floats = -(ways[:, None] + xlogy(r[:, None], shares) + xlogy((d - r)[:, None], 1 - shares))
    return costs


def _cheapest(costs: Floats, climb: float) -> npt.NDArray[np.int64]:
    """The cheapest sequence of states from the base state on; of equal ones, that of lower states."""
    n, k = costs.shape
    step = np.maximum(np.arange(k)[None, :] - np.arange(k)[:, None], 0) * climb
    paid = np.full(k, np.inf)
    paid[0] = 0.0
    origin = np.zeros((n, k), dtype=np.int64)
    for place in range(n):
        ways = paid[:, None] + step
        origin[place] = ways.argmin(axis=0)
        paid = ways[origin[place], np.arange(k)] + costs[place]
    states = np.zeros(n, dtype=np.int64)
    state = int(paid.argmin())
    for place in range(n - 1, -1, -1):
        states[place] = state
        state = int(origin[place, state])
    return states


def _stretches(states: npt.NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """(level, first, last) of every longest run of states at a level or above, from level 1, by level and first."""
    found = []
    for level in range(1, int(states.max(initial=0)) + 1):
        inside = np.concatenate([[0], (states >= level).astype(np.int8), [0]])
        change = np.diff(inside)
        ends = zip(np.flatnonzero(change == 1), np.flatnonzero(change == -1) - 1, strict=True)
        found += [(level, int(first), int(last)) for first, last in ends]
    return found
