from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage

from analysis.grouping.linkage import Items, average_link
from analysis.grouping.similarity import Pairs


def clustered(points: np.ndarray, need: float) -> np.ndarray:
    n = len(points)
    items = Items(sparse.csr_array(points.astype(np.float32)), None, np.zeros(n), np.full(n, need), 7.0)
    late, early = np.tril_indices(n, -1)
    similarity = np.round((points @ points.T)[late, early], 6)
    return average_link(items, Pairs(late, early, similarity))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 25), st.sampled_from([0.5, 0.7, 0.9]))
def test_equals_average_linkage_of_scipy(seed, n, need):
    points = np.abs(np.random.default_rng(seed).normal(size=(n, 3)))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    mine = clustered(points, need)
    distance = 1 - points @ points.T
    tree = linkage(distance[np.triu_indices(n, 1)], "average")
    theirs = fcluster(tree, 1 - need, "distance")
    if np.abs(tree[:, 2] - (1 - need)).min() > 1e-4:
        assert len(set(zip(mine, theirs, strict=True))) == len(set(mine)) == len(set(theirs))


def test_a_chain_of_alike_neighbours_does_not_become_one_group():
    angle = np.arange(12) * 0.4
    points = np.stack([np.cos(angle / 4), np.sin(angle / 4)], axis=1)
    assert len(set(clustered(points, 0.95))) > 1


def test_a_group_is_named_by_its_first_item():
    points = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    assert clustered(points, 0.5).tolist() == [0, 1, 0, 1]
