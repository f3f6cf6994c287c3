import numpy as np
import pytest

from analysis.measures.numbers import times_of


@pytest.mark.parametrize("most", [1 << 20, 1 << 62])
def test_rows_are_counted_however_wide_their_numbers_are(most):
    rows = [(most, 3), (1, most), (most, 3), (1, 0)]
    columns = dict(zip(("m", "k"), np.array(rows, dtype=np.int64).T, strict=True))
    assert times_of(**columns).to_numpy().tolist() == [[1, 0, 1], [1, most, 1], [most, 3, 2]]
