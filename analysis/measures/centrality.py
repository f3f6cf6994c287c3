"""PageRank and betweenness of a directed graph whose nodes are the numbers 0, 1, …: networkx's, digit by digit.

Most nodes of related lists are tied to few others. networkx lays out the whole graph for every source of the ways it
follows, and loading it takes longer than all that is computed here; this touches only the nodes that are reached.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from analysis.errors import NewsgaugeError

__all__ = ["DAMPING", "NoConvergence", "betweenness", "pagerank"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
DAMPING = 0.85
_ROUNDS, _TOLERANCE = 100, 1e-6


class NoConvergence(NewsgaugeError):
    """PageRank did not settle."""


def pagerank(n: int, source: Ints, target: Ints, weight: Ints) -> Floats:
    """PageRank (Brin & Page 1998) by power iteration, to 1e-6 a node.

    Args:
        n: how many nodes.
        source: where each link begins.
        target: where it ends; each pair once.
        weight: of each link, over 0.

    Raises:
        NoConvergence: after 100 rounds it still changes.

    >>> pagerank(2, np.array([0, 1]), np.array([1, 0]), np.array([1, 1])).round(6).tolist()
    [0.5, 0.5]
    """
    if not n:
        return np.empty(0)
    links = sparse.coo_array((weight.astype(np.float64), (source, target)), shape=(n, n)).tocsr()
    out = links.sum(axis=1)
    lists = out != 0
    out[lists] = 1.0 / out[lists]
    links = sparse.dia_array((out[None, :], 0), shape=links.shape).tocsr() @ links
    even: Floats = np.repeat(1.0 / n, n)
    rank: Floats = even
    for _ in range(_ROUNDS):
        before = rank
        # Added one after the other, as networkx does.
        lost = sum(before[~lists].tolist())
        rank = DAMPING * (before @ links + lost * even) + (1 - DAMPING) * even
        if np.absolute(rank - before).sum() < n * _TOLERANCE:
            return rank
    raise NoConvergence(f"PageRank of {n:,} nodes still changes after {_ROUNDS} rounds")


def betweenness(n: int, source: Ints, target: Ints, sampled: int | None = None, seed: int = 0) -> Floats:
    """The share of shortest ways between two others that lead through each node (Brandes 2001), 0 to 1.

    Args:
        n: how many nodes.
        source: where each link begins.
        target: where it ends; each pair once.
        sampled: estimated from the ways of so many nodes (Brandes & Pich 2007); of all unless fewer than `n`.
        seed: of the sample.

    Returns:
        An array of `n`; NaN for the only node whose ways were followed.

    >>> betweenness(3, np.array([0, 1]), np.array([1, 2])).tolist()
    [0.0, 0.5, 0.0]
    """
    following: list[list[int]] = [[] for _ in range(n)]
    for one, other in zip(source.tolist(), target.tolist(), strict=True):
        following[one].append(other)
    some = sampled is not None and sampled < n
    begun = random.Random(seed).sample(range(n), sampled or 0) if some else range(n)  # noqa: S311 - no secret
    found = [0.0] * n
    for start in begun:
        if following[start]:
            _follow(start, following, found)
    between: Floats = np.array(found)
    if n < 3:
        return between
    k = len(begun) if some else n - 1
    between *= 1 / (k * (n - 2))
    if some:  # no way from a node leads through it, so that it had one chance less
        begun = list(begun)
        between[begun] = np.array(found)[begun] * (1 / ((k - 1) * (n - 2)) if k > 1 else math.nan)
    return between


def _follow(start: int, following: Sequence[Sequence[int]], found: list[float]) -> None:
    """Add to each node what of the ways from one node leads through it."""
    order, away, ways, before = [start], {start: 0}, {start: 1.0}, {start: list[int]()}
    for node in order:  # grows on the way
        step, known = away[node] + 1, ways[node]
        for other in following[node]:
            if other not in away:
                order.append(other)
                away[other], ways[other], before[other] = step, 0.0, []
            if away[other] == step:
                ways[other] += known
                before[other].append(node)
    through = dict.fromkeys(order, 0.0)
    for node in reversed(order):
        part = (1 + through[node]) / ways[node]
        for one in before[node]:
            through[one] += ways[one] * part
        if node != start:
            found[node] += through[node]
