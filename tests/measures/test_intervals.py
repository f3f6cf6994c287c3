import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.measures.intervals import adjusted, rate_ratio, wilson


def test_wilson_by_hand():
    # 1 of 4, z^2 = 3.8415: centre (1 + 1.92073) / 7.84146; half 1.96 * sqrt(0.25 * 0.75 / 4 + 3.84 / 64) / 1.96.
    low, high = wilson(1, 4)
    centre = (1 + 3.841459 / 2) / (4 + 3.841459)
    half = 1.959964 * np.sqrt(0.1875 / 4 + 3.841459 / 64) / (1 + 3.841459 / 4)
    assert (low, high) == pytest.approx((centre - half, centre + half), abs=1e-6)


def test_of_nothing_there_is_no_share():
    assert np.isnan(wilson(0, 0)).all()
    assert np.isnan(rate_ratio(0, 0)).all()


@given(st.integers(0, 500), st.integers(1, 500))
def test_a_share_lies_in_its_interval(count, more):
    low, high = wilson(count, count + more)
    assert 0 <= low <= count / (count + more) <= high <= 1


def test_a_ratio_without_a_base_has_no_upper_end():
    ratio, low, high = rate_ratio(5, 0)
    assert ratio == high == np.inf
    assert 0 < low < 5


@pytest.mark.parametrize(("total", "share"), [(40, 0.3), (100, 0.1), (400, 0.5)])
def test_the_interval_of_a_share_covers(total, share):
    count = np.random.default_rng(1).binomial(total, share, size=40_000)
    low, high = wilson(count, total)
    assert 0.93 <= np.mean((low <= share) & (share <= high)) <= 0.97


@pytest.mark.parametrize(("rate", "base", "exposure"), [(30, 20, 1.0), (12, 60, 0.25), (200, 100, 2.0)])
def test_the_interval_of_a_ratio_covers(rate, base, exposure):
    dice = np.random.default_rng(2)
    _, low, high = rate_ratio(dice.poisson(rate, 40_000), dice.poisson(base, 40_000), exposure)
    truth = rate / base / exposure
    assert 0.93 <= np.mean((low <= truth) & (truth <= high)) <= 0.97


def test_many_looks_by_hand():
    # Benjamini & Hochberg: p * 4 / rank, never above that of a larger p.
    assert adjusted([0.04, 0.01, np.nan, 0.03, 0.5]).tolist() == pytest.approx(
        [0.04 * 4 / 3, 0.04, np.nan, 0.04 * 4 / 3, 0.5], nan_ok=True
    )
    assert adjusted([]).tolist() == []
    assert adjusted([0.01, 0.3], [0.001, 0.3]).tolist() == pytest.approx([0.01, np.nan], nan_ok=True)


def test_the_ends_of_all_and_none_are_exact():
    low, high = wilson([0, 3], 3)
    assert low[0] == 0
    assert high[1] == 1
