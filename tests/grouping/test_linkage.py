from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage

from analysis.grouping.linkage import Items, average_link
from analysis.grouping.similarity import Pairs


def clustered(
    points: np.ndarray, need: float, doubt: float = 0.0, source: list[int] | None = None
) -> np.ndarray:
    n = len(points)
    sources = np.full(n, -1) if source is None else np.array(source)
    rows = sparse.csr_array(points.astype(np.float32))
    items = Items(rows, None, np.zeros(n), np.full(n, need), np.full(n, doubt), sources, 7.0)
    late, early = np.tril_indices(n, -1)
    similarity = np.round((points @ points.T)[late, early], 6)
    return average_link(items, Pairs(late, early, similarity))[0]


@settings(max_examples=2 * settings.default.max_examples // 5, deadline=None)
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


def test_each_item_knows_how_near_it_is_to_the_rest_of_its_group():
    points = np.array([[1.0, 0.0], [0.6, 0.8], [1.0, 0.0], [0.0, 1.0]])
    items = Items(
        sparse.csr_array(points.astype(np.float32)),
        None,
        np.zeros(4),
        np.full(4, 0.5),
        np.zeros(4),
        np.full(4, -1),
        7.0,
    )
    pairs = Pairs(np.array([1, 2, 2]), np.array([0, 0, 1]), np.array([0.6, 1.0, 0.6]))
    label, own = average_link(items, pairs)
    assert label.tolist() == [0, 0, 0, 3]
    assert own[:3].round(5).tolist() == [0.8, 0.6, 0.8]  # (1 + .6) / 2, (.6 + .6) / 2
    assert np.isnan(own[3])


# Two unit vectors whose product is .6; a third like the first.
PAIR = np.array([[1.0, 0.0], [0.6, 0.8]])
THREE = np.array([[1.0, 0.0], [1.0, 0.0], [0.6, 0.8]])


@pytest.mark.parametrize(
    ("doubt", "source", "together"),
    [
        (0.0, [0, 1], True),
        (0.2, [0, 1], True),  # .5 * 1.2 = .6
        (0.25, [0, 1], False),  # .5 * 1.25 > .6
        (0.14, [0, 0], False),  # one source: .5 * (1 + 1.5 * .14) > .6
        (0.14, [-1, -1], True),  # unknown sources are not one
    ],
)
def test_a_lone_pair_needs_more_the_greater_the_doubt(doubt, source, together):
    assert (len(set(clustered(PAIR, 0.5, doubt, source))) == 1) is together


def test_the_doubt_fades_as_groups_grow():
    assert len(set(clustered(PAIR, 0.5, 0.3))) == 2
    assert len(set(clustered(THREE, 0.5, 0.3))) == 1  # .5 * (1 + .3 / 2) < .6


def test_the_doubt_of_one_source_ends_with_the_first_other_source():
    # 1.5 * .3 / 2 is too much for .6, .3 / 2 is not.
    assert len(set(clustered(THREE, 0.5, 0.3, [0, 0, 0]))) == 2
    assert len(set(clustered(THREE, 0.5, 0.3, [0, 1, 0]))) == 1
