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

from analysis.grouping.similarity import Pairs
from analysis.grouping.sparse_rows import MixedRows, Rows, rows_at

__all__ = ["Items", "average_link"]

_BATCH = 20_000  # items
_OWN_DOUBT = 1.5


@dataclass(frozen=True)
class Items:
    """What is clustered: rows of weights, their days, and the similarity each needs to merge.

    Attributes:
        weights: sparse rows of length 1.
        dense: rows of length 1 to average with, or None.
        day: float64, days.
        need: float64, the mean similarity at which the item merges.
        doubt: float64; two single items need 1 + doubt times as much, clusters of n and m items 1 + doubt / (n m):
            one pair, the best of many, may be alike by chance.
        source: int64, -1 where unknown; the doubt is half as much again between items of one source, which tend to
            have the form of their texts in common.
        fade: days after which the similarity counts 1/e.
    """

    weights: sparse.csr_array | MixedRows
    dense: np.ndarray | None
    day: np.ndarray
    need: np.ndarray
    doubt: np.ndarray
    source: np.ndarray
    fade: float

    def score(self, late: np.ndarray, early: np.ndarray, similarity: np.ndarray) -> np.ndarray:
        """How many times the similarity needed two items have, less with the time between them; 1 or more merges."""
        return _score(self.day, self.need, self.fade, late, early, similarity)


def _score(
    day: np.ndarray,
    need: np.ndarray,
    fade: float,
    left: np.ndarray,
    right: np.ndarray,
    similarity: np.ndarray,
) -> np.ndarray:
    fading = np.exp(-np.abs(day[left] - day[right]) / fade)
    return np.asarray(np.round(similarity * fading / ((need[left] + need[right]) / 2), 5))


@dataclass
class _State:
    """Clusters with an edge left: sums over their members, and edges left < right with their scores."""

    label: np.ndarray  # the first item of each cluster
    size: np.ndarray
    rows: Rows  # sums of weights
    dense: np.ndarray | None
    sums: np.ndarray  # of day, need and doubt: 3 x clusters
    source: np.ndarray  # -1 where the members have several
    fade: float
    left: np.ndarray
    right: np.ndarray
    score: np.ndarray


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
        _run(_begin(items, members, left, right, score[own]), result)
    return _roots(result)


def _begin(
    items: Items, members: np.ndarray, left: np.ndarray, right: np.ndarray, score: np.ndarray
) -> _State:
    return _State(
        members,
        np.ones(len(members)),
        Rows(rows_at(items.weights, members)),
        None if items.dense is None else items.dense[members],
        np.stack([items.day[members], items.need[members], items.doubt[members]]),
        items.source[members],
        items.fade,
        left,
        right,
        score,
    )


def _run(state: _State, result: np.ndarray) -> None:
    """Merge until nothing is alike enough, recording in ``result`` what each cluster merged into."""
    while True:
        _compact(state)
        into = _reciprocal(state)
        gone = np.flatnonzero(into != np.arange(len(into)))
        if not len(gone):
            return
        result[state.label[gone]] = state.label[into[gone]]
        _merge(state, into, gone)


def _roots(parent: np.ndarray) -> np.ndarray:
    while True:
        further = parent[parent]
        if np.array_equal(further, parent):
            return parent
        parent = further


def _compact(state: _State) -> None:
    """Drop edges that cannot merge and clusters without edges."""
    keep = state.score >= 1
    state.left, state.right, state.score = state.left[keep], state.right[keep], state.score[keep]
    active = np.zeros(len(state.label), dtype=bool)
    active[state.left] = active[state.right] = True
    if not active.all():
        _keep(state, active)
        position = np.cumsum(active) - 1
        state.left, state.right = position[state.left], position[state.right]


def _keep(state: _State, kept: np.ndarray) -> None:
    """Forget all clusters but some; the edges are the caller's to renumber."""
    state.label, state.size, state.source = state.label[kept], state.size[kept], state.source[kept]
    state.sums = state.sums[:, kept]
    state.rows.keep(kept)
    if state.dense is not None:
        state.dense = state.dense[kept]


def _reciprocal(state: _State) -> np.ndarray:
    """For each cluster the one it merges into: itself, or an earlier one whose best partner it is."""
    n = len(state.label)
    left, right = state.left, state.right
    mean = state.sums[2] / state.size
    doubt = (mean[left] + mean[right]) / 2
    own = (state.source[left] == state.source[right]) & (state.source[left] >= 0)
    doubt = np.where(own, _OWN_DOUBT * doubt, doubt) / (state.size[left] * state.size[right])
    here, there = np.r_[left, right], np.r_[right, left]
    score = np.tile(np.round(state.score / (1 + doubt), 5), 2)
    best = np.zeros(n)
    np.maximum.at(best, here, score)
    top = score == best[here]
    partner = np.full(n, n)
    np.minimum.at(partner, here[top], there[top])
    enough = best >= 1
    mutual = enough & (partner[np.minimum(partner, n - 1)] == np.arange(n))
    return np.where(mutual & (partner < np.arange(n)), partner, np.arange(n))


def _merge(state: _State, into: np.ndarray, gone: np.ndarray) -> None:
    """Merge pairs of clusters, join their edges, and score anew the edges of what changed."""
    target = into[gone]
    state.rows.add(target, gone)
    if state.dense is not None:
        state.dense[target] += state.dense[gone]
    state.size[target] += state.size[gone]
    state.sums[:, target] += state.sums[:, gone]
    state.source[target] = np.where(state.source[target] == state.source[gone], state.source[gone], -1)
    kept = into == np.arange(len(into))
    position = (np.cumsum(kept) - 1)[into]
    changed = np.zeros(int(kept.sum()), dtype=bool)
    changed[position[gone]] = True
    one, two = position[state.left], position[state.right]
    apart = one != two
    low, high = np.minimum(one, two)[apart], np.maximum(one, two)[apart]
    key, first = np.unique(low * len(changed) + high, return_index=True)
    state.left, state.right, state.score = (
        key // len(changed),
        key % len(changed),
        state.score[apart][first],
    )
    _keep(state, kept)
    _rescore(state, np.flatnonzero(changed[state.left] | changed[state.right]))


def _rescore(state: _State, edges: np.ndarray) -> None:
    left, right = state.left[edges], state.right[edges]
    pairs = state.size[left] * state.size[right]
    total = np.round(state.rows.dots(left, right), 6)
    if state.dense is not None:
        meaning = np.einsum("ij,ij->i", state.dense[left], state.dense[right])
        # The shift of the embedding's cosine is per pair of members.
        total = np.round(0.5 * total + 0.5 * (meaning - 0.2 * pairs) / 0.8, 6)
    day, need, _ = state.sums / state.size
    state.score[edges] = _score(day, need, state.fade, left, right, total / pairs)
