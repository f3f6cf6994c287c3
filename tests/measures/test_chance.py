import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.measures.chance import at_most, student_t95
from analysis.measures.intervals import adjusted


def test_probabilities_by_hand():
    # 3 of 10 are marked, 2 are drawn: C(7, 2) = 21 of 45 ways have none, 7 * 3 = 21 have one.
    assert at_most([0, 1, 2], total=10, marked=3, drawn=2) == pytest.approx([21 / 45, 42 / 45, 1])
    # 5 of the 6 drawn must be marked where only one of the 10 is not.
    assert at_most([4, 5], total=10, marked=9, drawn=6) == pytest.approx([0, 6 / 10])
    assert at_most([-1, 0], total=0, marked=0, drawn=0).tolist() == [0, 1]


@given(st.data())
def test_probabilities_are_those_of_scipy(data):
    total = data.draw(st.integers(1, 100_000))
    marked, drawn = (data.draw(st.integers(0, total)) for _ in range(2))
    count = data.draw(st.integers(-1, drawn))
    expected = stats.hypergeom.cdf(count, total, marked, drawn)
    assert at_most([count], total, marked, [drawn])[0] == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("freedom", [1, 4, 30, 10_000])
def test_students_t_is_that_of_scipy(freedom):
    assert student_t95(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_corrected_probabilities_are_those_of_scipy(values):
    assert adjusted(values) == pytest.approx(stats.false_discovery_control(np.array(values)), abs=1e-15)
