from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from analysis.grouping.pruned import candidates, common_terms, sample_of
from analysis.grouping.similarity import Wanted, Window, nearest, similar_pairs


def texts(seed: int, n: int, width: int = 12) -> sparse.csr_array:
    """Rows of length 1 over terms of which the first are common; some rows have nothing else."""
    dice = np.random.default_rng(seed)
    dense = dice.random((n, width)) * (dice.random((n, width)) < np.linspace(0.9, 0.1, width))
    dense[dice.random(n) < 0.2, 3:] = 0
    length = np.linalg.norm(dense, axis=1, keepdims=True)
    return sparse.csr_array((dense / np.where(length > 0, length, 1)).astype(np.float32))


@settings(max_examples=3 * settings.default.max_examples // 5, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 30), st.sampled_from([0.05, 0.3, 0.7]), st.integers(0, 4095))
def test_whatever_is_called_common_no_pair_is_lost_and_its_value_is_the_product(seed, n, floor, common):
    left, right = texts(seed, n), texts(seed + 1, n)
    mask = np.array([bool(common >> bit & 1) for bit in range(12)])
    found = candidates(left, right, mask, floor)
    assert np.all(np.diff(found.row) >= 0)
    values = dict(zip(zip(found.row.tolist(), found.col.tolist(), strict=True), found.values(), strict=True))
    assert len(values) == len(found.row)
    product = np.round(left.toarray().astype(float) @ right.toarray().astype(float).T, 6)
    for row, col in np.argwhere(product >= floor).tolist():
        assert abs(values[row, col] - product[row, col]) < 2e-6


def test_terms_of_most_rows_are_common_unless_they_make_up_too_many_rows():
    rows = np.eye(100, 99)
    rows[:, 98] = 0.2
    assert np.flatnonzero(common_terms(sparse.csr_array(rows), 0.1)).tolist() == [98]
    assert not common_terms(sparse.csr_array(rows), 0.03).any()  # .2 * .2 > .03: by this term alone


def test_a_sample_is_spread_over_all_rows():
    assert sample_of(0).tolist() == []
    assert sample_of(3).tolist() == [0, 1, 2]
    assert (len(sample_of(10_000)), sample_of(10_000)[-1]) == (2000, 9999)


@settings(max_examples=settings.default.max_examples // 5, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 40))
def test_neighbours_and_pairs_are_those_of_the_whole_table(seed, n):
    rows, day = texts(seed, n), np.sort(np.random.default_rng(seed).random(n) * 9)
    product = np.round(rows.toarray().astype(float) @ rows.toarray().astype(float).T, 6)
    near = np.abs(day[:, None] - day) <= 5
    around = nearest(rows, np.zeros(rows.nnz, bool), day, Window(5.0), 3).toarray()
    allowed = np.where(near & ~np.eye(n, dtype=bool) & (product >= 0.05), product, 0)
    expected = np.sort(allowed, axis=1)[:, ::-1][:, :3]
    kept = np.sort(around, axis=1)[:, ::-1][:, : expected.shape[1]]
    assert np.allclose(kept, expected[:, : kept.shape[1]], atol=2e-6)
    pairs = similar_pairs(rows, day, Window(5.0), lambda late, _, value: value >= 0.4, Wanted(0.4, n))
    table = {(i, j) for i, j in np.argwhere(near & (product >= 0.400002)).tolist() if j < i}
    found = set(zip(pairs.late.tolist(), pairs.early.tolist(), strict=True))
    assert table <= found
    assert all(product[pair] >= 0.399998 for pair in found)
