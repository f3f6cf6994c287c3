"""Average-link clustering on sparse pairs: clusters merge while their members are alike enough on average.

The mean similarity of two clusters is the product of the sums of their rows, so no table of pairs is needed; clusters
that are each other's best partner merge together (reciprocal nearest neighbours, de Rham 1980), many at a time.
Unlike connected components this cannot chain: one similar pair does not join two groups that are otherwise apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from analysis.grouping.similarity import Pairs, pair_dots

__all__ = ["Items", "average_link"]

_BATCH = 20_000  # items


@dataclass
class Items:
    """What is clustered: rows of weights, their days, and the similarity each needs to merge.

    Attributes:
        weights: sparse rows of length 1.
        dense: rows of length 1 to average with, or None.
        day: float64, days.
        need: float64, the mean similarity at which the item merges.
        fade: days after which the similarity counts 1/e.
        doubt: two single items need 1 + doubt times as much, clusters of n and m items 1 + doubt / (n m): one pair,
            the best of many, may be alike by chance.
    """

    weights: sparse.csr_array
    dense: np.ndarray | None
    day: np.ndarray
    need: np.ndarray
    fade: float
    doubt: float = 0.0

    def score(self, left: np.ndarray, right: np.ndarray, similarity: np.ndarray) -> np.ndarray:
        """How many times the similarity needed two items have, less with the time between them; 1 or more merges."""
        fading = np.exp(-np.abs(self.day[left] - self.day[right]) / self.fade)
        return np.asarray(np.round(similarity * fading / ((self.need[left] + self.need[right]) / 2), 5))


@dataclass
class _State:
    """Clusters with an edge left: sums over their members, and edges left < right with their scores."""

    label: np.ndarray  # the first item of each cluster
    size: np.ndarray
    sums: Items
    left: np.ndarray
    right: np.ndarray
    score: np.ndarray

    def means(self) -> Items:
        sums = self.sums
        return Items(sums.weights, sums.dense, sums.day / self.size, sums.need / self.size, sums.fade)


def average_link(items: Items, pairs: Pairs) -> np.ndarray:
    """Cluster the items along the pairs.

    Args:
        items: what is clustered, in a fixed order.
        pairs: the pairs that may merge; clusters meet only where some pair of their members is listed.

    Returns:
        int64: for each item the first item of its cluster.
    """
    n = len(items.day)
    result = np.arange(n)
    score = items.score(pairs.late, pairs.early, pairs.similarity)
    graph = sparse.coo_array((np.ones(len(pairs), np.int8), (pairs.late, pairs.early)), shape=(n, n))
    component = connected_components(graph, directed=False)[1]
    # Components cannot meet, so some thousands of items at a time are enough: memory stays small.
    batch = (np.cumsum(np.bincount(component, minlength=1)) // _BATCH)[component]
    order = np.argsort(batch, kind="stable")
    of_pair = batch[pairs.late]
    pair_order = np.argsort(of_pair, kind="stable")
    for number in np.unique(of_pair):
        members = order[slice(*np.searchsorted(batch[order], [number, number + 1]))]
        own = pair_order[slice(*np.searchsorted(of_pair[pair_order], [number, number + 1]))]
        left, right = np.searchsorted(members, pairs.early[own]), np.searchsorted(members, pairs.late[own])
        _run(_State(members, np.ones(len(members)), _part(items, members), left, right, score[own]), result)
    return _roots(result)


def _part(items: Items, rows: np.ndarray) -> Items:
    dense = None if items.dense is None else items.dense[rows]
    return Items(items.weights[rows], dense, items.day[rows], items.need[rows], items.fade, items.doubt)


def _run(state: _State, result: np.ndarray) -> None:
    """Merge until nothing is alike enough, recording in ``result`` what each cluster merged into."""
    while True:
        state = _compact(state)
        into = _reciprocal(state)
        if np.array_equal(into, np.arange(len(into))):
            return
        _point(result, state.label, into)
        state = _merge(state, into)


def _point(result: np.ndarray, label: np.ndarray, into: np.ndarray) -> None:
    """Record that the cluster at each position merged into the cluster at ``into``."""
    result[label] = label[into]


def _roots(parent: np.ndarray) -> np.ndarray:
    while True:
        further = parent[parent]
        if np.array_equal(further, parent):
            return parent
        parent = further


def _compact(state: _State) -> _State:
    """Drop edges that cannot merge and clusters without edges."""
    keep = state.score >= 1
    left, right = state.left[keep], state.right[keep]
    active = np.zeros(len(state.label), dtype=bool)
    active[left] = active[right] = True
    if active.all() and keep.all():
        return state
    position = np.cumsum(active) - 1
    rest = _part(state.sums, np.flatnonzero(active))
    return _State(
        state.label[active], state.size[active], rest, position[left], position[right], state.score[keep]
    )


def _reciprocal(state: _State) -> np.ndarray:
    """For each cluster the one it merges into: itself, or an earlier one whose best partner it is."""
    n = len(state.label)
    here, there = np.r_[state.left, state.right], np.r_[state.right, state.left]
    doubt = 1 + state.sums.doubt / (state.size[state.left] * state.size[state.right])
    score = np.tile(np.round(state.score / doubt, 5), 2)
    best = np.zeros(n)
    np.maximum.at(best, here, score)
    top = score == best[here]
    partner = np.full(n, n)
    np.minimum.at(partner, here[top], there[top])
    enough = best >= 1
    mutual = enough & (partner[np.minimum(partner, n - 1)] == np.arange(n))
    return np.where(mutual & (partner < np.arange(n)), partner, np.arange(n))


def _merge(state: _State, into: np.ndarray) -> _State:
    """The clusters and edges after the merges, scores renewed where a cluster changed."""
    n = len(into)
    kept = into == np.arange(n)
    position = (np.cumsum(kept) - 1)[into]
    changed = np.zeros(int(kept.sum()), dtype=bool)
    changed[position[~kept]] = True
    gather = sparse.csr_array((np.ones(n, np.float32), (position, np.arange(n))), shape=(len(changed), n))
    sums = state.sums
    weights = gather @ sums.weights
    weights.sort_indices()
    merged = Items(
        weights,
        None if sums.dense is None else gather @ sums.dense,
        np.bincount(position, weights=sums.day),
        np.bincount(position, weights=sums.need),
        sums.fade,
        sums.doubt,
    )
    size = np.bincount(position, weights=state.size)
    one, two = position[state.left], position[state.right]
    apart = one != two
    low, high = np.minimum(one, two)[apart], np.maximum(one, two)[apart]
    key, first = np.unique(low * len(changed) + high, return_index=True)
    left, right, score = key // len(changed), key % len(changed), state.score[apart][first]
    after = _State(state.label[kept], size, merged, left, right, score)
    again = np.flatnonzero(changed[left] | changed[right])
    _rescore(after, again)
    return after


def _rescore(state: _State, edges: np.ndarray) -> None:
    left, right = state.left[edges], state.right[edges]
    means = state.means()
    total = _sum_dots(state, left, right)
    state.score[edges] = means.score(left, right, total / (state.size[left] * state.size[right]))


def _sum_dots(state: _State, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    # The shift of the embedding's cosine is per pair of members, hence the sizes.
    words = pair_dots(state.sums.weights, None, left, right)
    if state.sums.dense is None:
        return words
    meaning = np.einsum("ij,ij->i", state.sums.dense[left], state.sums.dense[right])
    pairs = state.size[left] * state.size[right]
    return np.asarray(np.round(0.5 * words + 0.5 * (meaning - 0.2 * pairs) / 0.8, 6))
