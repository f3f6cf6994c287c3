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

_BATCH = 10_000  # items
_PART = 1000  # items
_EDGES = 2_000_000  # pairs
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
    total: np.ndarray  # similarity of all pairs of members
    score: np.ndarray


def average_link(items: Items, pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
    """Cluster the items along the pairs.

    Args:
        items: what is clustered, in a fixed order.
        pairs: the pairs that may merge; clusters meet only where some pair of their members is listed.

    Returns:
        int64: for each item the first item of its cluster; float64: its mean similarity by weights to the rest of
        its cluster, missing where it is alone.
    """
    n = len(items.day)
    result, own = np.arange(n), np.full(n, np.nan)
    component = _components(pairs, n)
    # Components cannot meet, so some thousands of items at a time are enough: memory stays small.
    size = np.bincount(component, minlength=1)
    batch = np.where(size > 1, np.cumsum(np.where(size > 1, size, 0)) // _BATCH, -1)[component].astype(
        np.int32
    )
    pair_order, ends = _by_number(batch[pairs.late])
    order, member_ends = _by_number(batch[batch >= 0])
    order = np.flatnonzero(batch >= 0)[order]
    for number in np.flatnonzero(np.diff(ends)):
        members = order[member_ends[number] : member_ends[number + 1]]
        inside = pair_order[ends[number] : ends[number + 1]]
        rows = rows_at(items.weights, members)
        _run(_begin(items, members, rows, pairs.where(inside)), result)
        result[members] = _roots(np.searchsorted(members, result[members]), members)
        own[members] = _closeness(rows, result[members])
    return result, own


def _components(pairs: Pairs, n: int) -> np.ndarray:
    """The number of each item's component: int32."""
    found = np.arange(n, dtype=np.int32)
    for start in range(0, len(pairs), _EDGES):  # what earlier pairs connect is one node to later ones
        part = slice(start, start + _EDGES)
        late, early = found[pairs.late[part]], found[pairs.early[part]]
        graph = sparse.coo_array((np.ones(len(late), np.int8), (late, early)), shape=(n, n))
        found = connected_components(graph, directed=False)[1][found]
    return found


def _by_number(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places of numbers from 0, sorted by number, and where those of each number begin and end among them."""
    order = np.argsort(numbers, kind="stable").astype(np.int32)
    return order, np.r_[0, np.cumsum(np.bincount(numbers))]


def _begin(items: Items, members: np.ndarray, rows: sparse.csr_array, pairs: Pairs) -> _State:
    return _State(
        members,
        np.ones(len(members)),
        Rows(rows),
        None if items.dense is None else items.dense[members],
        np.stack([items.day[members], items.need[members], items.doubt[members]]),
        items.source[members],
        items.fade,
        np.searchsorted(members, pairs.early).astype(np.int32),
        np.searchsorted(members, pairs.late).astype(np.int32),
        pairs.similarity,
        items.score(pairs.late, pairs.early, pairs.similarity),
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


def _roots(parent: np.ndarray, members: np.ndarray) -> np.ndarray:
    while True:
        further = parent[parent]
        if np.array_equal(further, parent):
            return np.asarray(members[parent])
        parent = further


def _closeness(rows: sparse.csr_array, label: np.ndarray) -> np.ndarray:
    """The mean similarity of each row to the others of its label, missing where there are none; of length-1 rows."""
    group, size = np.unique(label, return_inverse=True, return_counts=True)[1:]
    order = np.argsort(group, kind="stable")
    gather = sparse.csr_array((np.ones(len(label), np.float32), order, np.r_[0, np.cumsum(size)]))
    sums = gather @ rows
    sums.sort_indices()
    out = np.full(len(label), np.nan)
    grouped = np.flatnonzero(size[group] > 1)
    for start in range(0, len(grouped), _PART):
        part = grouped[start : start + _PART]
        total = rows_at(rows, part).multiply(rows_at(sums, group[part])).sum(axis=1)
        out[part] = (np.asarray(total).ravel() - 1.0) / (size[group[part]] - 1)
    return np.maximum(np.round(out, 6), 0)


def _compact(state: _State) -> None:
    """Drop edges that cannot merge and clusters without edges."""
    keep = state.score >= 1
    state.left, state.right = state.left[keep], state.right[keep]
    state.total, state.score = state.total[keep], state.score[keep]
    active = np.zeros(len(state.label), dtype=bool)
    active[state.left] = active[state.right] = True
    if not active.all():
        _keep(state, active)
        position = np.cumsum(active, dtype=np.int32) - 1
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
    position = (np.cumsum(kept, dtype=np.int32) - 1)[into]
    parts = np.bincount(position)  # clusters that became one
    _keep(state, kept)
    left, right = position[state.left], position[state.right]
    apart = left != right
    same = apart & (parts[left] * parts[right] == 1)
    _join_edges(state, parts, left, right, same, np.flatnonzero(apart & ~same))


def _join_edges(
    state: _State,
    parts: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    same: np.ndarray,
    changed: np.ndarray,
) -> None:
    """Renumber the edges that stay the same, and join and score anew those of clusters that changed."""
    n = len(parts)
    low, high = np.minimum(left, right)[changed], np.maximum(left, right)[changed]
    key, edge, joined = np.unique(low.astype(np.int64) * n + high, return_inverse=True, return_counts=True)
    low, high = (key // n).astype(np.int32), (key % n).astype(np.int32)
    total = np.round(np.bincount(edge, weights=state.total[changed], minlength=len(key)), 6)
    # The similarities of the parts add up, where all of them are known.
    unknown = np.flatnonzero(joined < parts[low] * parts[high])
    total[unknown] = _total(state, low[unknown], high[unknown])
    day, need, _ = state.sums / state.size
    score = _score(day, need, state.fade, low, high, total / (state.size[low] * state.size[high]))
    state.left, state.right = np.r_[left[same], low], np.r_[right[same], high]
    state.total, state.score = np.r_[state.total[same], total], np.r_[state.score[same], score]


def _total(state: _State, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The similarity of all pairs of members of two clusters, added up."""
    total = np.round(state.rows.dots(left, right), 6)
    if state.dense is None:
        return total
    meaning = np.einsum("ij,ij->i", state.dense[left], state.dense[right])
    # The shift of the embedding's cosine is per pair of members.
    pairs = state.size[left] * state.size[right]
    return np.asarray(np.round(0.5 * total + 0.5 * (meaning - 0.2 * pairs) / 0.8, 6))
