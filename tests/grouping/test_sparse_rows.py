from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from analysis.grouping import sparse_rows
from analysis.grouping.features import strongest
from analysis.grouping.similarity import Window, nearest, pair_dots
from analysis.grouping.sparse_rows import MixedRows, Rows, rows_at


def table(seed: int, n: int, width: int, density: float = 0.3) -> sparse.csr_array:
    dice = np.random.default_rng(seed)
    values = np.where(dice.random((n, width)) < density, dice.integers(1, 9, (n, width)), 0)
    return sparse.csr_array(values.astype(np.float32))


@given(st.integers(0, 1000), st.integers(2, 12), st.sampled_from([1, 4, 1000]))
def test_sums_and_products_are_those_of_the_dense_table(seed, n, wide):
    dice = np.random.default_rng(seed)
    dense = table(seed, n, 9).toarray()
    rows = Rows(sparse.csr_array(dense))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sparse_rows, "_WIDE", wide)
        patch.setattr(sparse_rows, "_PART", 2)
        while len(dense) > 1:
            one, two = dice.permutation(len(dense))[:2]
            rows.add(np.array([one]), np.array([two]))
            dense[one] += dense[two]
            kept = np.arange(len(dense)) != two
            rows.keep(kept)
            dense = dense[kept]
            left, right = (side.ravel() for side in np.indices((len(dense), len(dense))))
            assert rows.dots(left, right).tolist() == (dense @ dense.T).ravel().tolist()


def test_rows_by_position_may_repeat():
    matrix = table(1, 5, 6)
    assert rows_at(matrix, np.array([3, 0, 3])).toarray().tolist() == matrix.toarray()[[3, 0, 3]].tolist()


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 30), st.integers(0, 3)), max_size=60),
    st.integers(1, 5),
)
def test_the_strongest_are_the_greatest_and_of_equals_the_first(entries, most):
    entries = sorted(
        {(row, col): value for row, col, value in entries}.items(), key=lambda entry: entry[0][0]
    )
    row = np.array([key[0] for key, _ in entries], dtype=np.int64)
    col = np.array([key[1] for key, _ in entries], dtype=np.int64)
    value = np.array([value for _, value in entries], dtype=np.float64)
    expected = []
    for number in sorted(set(row.tolist())):
        own = sorted((-v, c) for (r, c), v in entries if r == number)[:most]
        expected += [(number, c) for c in sorted(c for _, c in own)]
    kept = strongest(row, col, value, most)
    assert list(zip(row[kept].tolist(), col[kept].tolist(), strict=True)) == expected


def test_beyond_the_reach_a_text_meets_those_it_shares_a_rare_term_with():
    # Rows 0 and 9 share column 0 (rare), rows 0 and 8 share column 1 (common); 9 ranks and a reach of 3.
    rows = np.zeros((10, 12))
    rows[np.arange(10), np.arange(2, 12)] = 1
    rows[[0, 9], 0] = rows[[0, 8], 1] = 1
    matrix = sparse.csr_array((rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32))
    rare = matrix.indices != 1
    around = nearest(matrix, rare, np.linspace(0, 1, 10), Window(days=5, reach=3), 4)
    assert around[[0]].indices.tolist() == [9]
    assert around[[9]].data == pytest.approx(pair_dots(matrix, None, np.array([9]), np.array([0])))
    assert nearest(matrix, rare, np.linspace(0, 99, 10), Window(days=5, reach=3), 4).nnz == 0


@given(st.integers(0, 1000), st.integers(1, 30), st.sampled_from([1, 3, 100]))
def test_mixed_rows_are_the_same_however_they_are_asked_for(seed, n, block):
    dice = np.random.default_rng(seed)
    rows, pull = table(seed, n, 12), table(seed + 1, n, n, 0.2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sparse_rows, "_BLOCK", block)
        patch.setattr(sparse_rows, "_SPARE_BLOCKS", 1)
        patch.setattr(sparse_rows, "_PART", 2 * block)
        mixed = MixedRows(rows, pull, 4)
        whole = mixed.at(np.arange(n)).toarray()
        for _ in range(5):
            start, stop = np.sort(dice.integers(0, n + 1, 2))
            assert mixed[int(start) : int(stop)].toarray().tolist() == whole[start:stop].tolist()
            some = dice.integers(0, n, 3)
            assert rows_at(mixed, some).toarray().tolist() == whole[some].tolist()
    dense = rows.toarray() + pull.toarray() @ rows.toarray()
    kept = np.where(whole > 0, dense, 0)
    assert ((whole > 0).sum(axis=1) == np.minimum((dense > 0).sum(axis=1), 4)).all()
    length = np.linalg.norm(kept, axis=1, keepdims=True)
    assert whole == pytest.approx(kept / np.where(length > 0, length, 1), rel=1e-5)
