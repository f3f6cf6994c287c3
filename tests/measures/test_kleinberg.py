from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.measures.frames import BadOption
from analysis.measures.kleinberg import batched_bursts, offset_bursts

# The example of the manual of the R package `bursts` 1.0-2, and what its kleinberg() gives for gamma = 1.
MANUAL = [
    *range(0, 401, 100),
    *range(410, 451, 5),
    *range(451, 470, 2),
    *range(480, 601, 5),
    700,
    *range(710, 801, 5),
    900,
    1000,
]
R = {
    2: [(1, 0, 1000), (2, 410, 600), (3, 450, 469), (2, 710, 800)],
    3: [(1, 0, 1000), (2, 410, 600), (2, 710, 800)],
}
RELEVANT = [0, 2, 1, 6, 7, 2, 8, 7, 2, 1]
TOTAL = [9, 11, 12, 10, 10, 8, 12, 10, 13, 11]


@pytest.mark.parametrize("s", [2, 3])
def test_single_events_burst_as_in_r(s):
    assert sorted(offset_bursts(MANUAL, s=s).itertuples(index=False, name=None)) == sorted(R[s])


def test_batches_burst_as_in_burst_detection():
    # States 0 0 0 1 1 0 1 1 0 0 and these weights are what the Python package burst_detection gives.
    found = batched_bursts(RELEVANT, TOTAL, gamma=0.5).round(3)
    assert list(found.itertuples(index=False, name=None)) == [(1, 3, 4, 3.956), (1, 6, 7, 5.342)]


def paid(states, counts, total, gamma):
    """What a sequence of two states costs, by the formulas of the paper, without the constant of the binomial."""
    p = sum(counts) / sum(total)
    fit = sum(
        -r * np.log(p * 2**q) - (d - r) * np.log(1 - p * 2**q)
        for q, r, d in zip(states, counts, total, strict=True)
    )
    climbs = sum(later > earlier for earlier, later in pairwise([0, *states]))
    return fit + gamma * np.log(len(states)) * climbs


@pytest.mark.parametrize("gamma", [0.5, 1.0, 1.5, 3.0])
def test_no_sequence_of_states_is_cheaper(gamma):
    states = np.zeros(len(RELEVANT), dtype=int)
    for burst in batched_bursts(RELEVANT, TOTAL, gamma=gamma).itertuples():
        states[burst.first : burst.last + 1] = 1
    cheapest = min(product([0, 1], repeat=len(RELEVANT)), key=lambda q: paid(q, RELEVANT, TOTAL, gamma))
    assert tuple(states) == cheapest


def test_for_gamma_1_burst_detection_misses_the_cheapest_sequence():
    # It decides period by period and gives 0 0 0 0 1 0 1 1 0 0, with 2.686 for the first burst; to climb one period
    # earlier costs the same and saves 1.270 more.
    theirs, ours = (0, 0, 0, 0, 1, 0, 1, 1, 0, 0), (0, 0, 0, 1, 1, 0, 1, 1, 0, 0)
    difference = paid(theirs, RELEVANT, TOTAL, 1.0) - paid(ours, RELEVANT, TOTAL, 1.0)
    assert difference == pytest.approx(3.956 - 2.686, abs=0.001)
    assert batched_bursts(RELEVANT, TOTAL)[["first", "last"]].to_numpy().tolist() == [[3, 4], [6, 7]]


def test_plain_counts_worked_by_hand():
    # Mean 1; twice that in the burst. Ten days of 0, one of 10: saves 10 ln 2 - 1 = 5.931, to climb costs ln 11 = 2.398.
    (burst,) = batched_bursts([0] * 5 + [11] + [0] * 5).itertuples(index=False)
    assert (burst.level, burst.first, burst.last) == (1, 5, 5)
    assert burst.weight == pytest.approx(11 * np.log(2) - 1)


def test_a_burst_in_a_burst_is_a_row_of_the_next_level():
    found = batched_bursts([1] * 20 + [5] * 3 + [30] + [5] * 3 + [1] * 20, levels=3)
    assert found[["level", "first", "last"]].to_numpy().tolist() == [[1, 20, 26], [2, 23, 23], [3, 23, 23]]


@pytest.mark.parametrize("offsets", [[], [5], [5, 5, 5]])
def test_nothing_bursts_without_two_different_times(offsets):
    assert offset_bursts(offsets).empty


def test_events_at_the_same_moment_are_allowed():
    assert offset_bursts([0, 100, 200, 200, 200, 200, 200, 300, 400])["level"].max() > 1


@pytest.mark.parametrize("counts", [[], [0, 0, 0], [7], [3, 3, 3]])
def test_nothing_bursts_in_an_even_series(counts):
    assert batched_bursts(counts).empty
    assert batched_bursts(counts, counts).empty


@pytest.mark.parametrize("options", [{"s": 1}, {"gamma": 0}, {"levels": 0}, {"total": [0, 0]}])
def test_bad_options_are_refused(options):
    with pytest.raises(BadOption):
        batched_bursts([1, 2], **options)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_bursts_of_a_level_lie_apart_and_inside_the_level_below(counts):
    found = batched_bursts(counts, levels=3)
    for level, rows in found.groupby("level"):
        assert (rows["first"].to_numpy()[1:] > rows["last"].to_numpy()[:-1] + 1).all()
        below = found[found["level"] == level - 1]
        assert level == 1 or all(
            ((below["first"] <= r.first) & (below["last"] >= r.last)).any() for r in rows.itertuples()
        )


# `bursts` states that with gamma = 1.5 fewer than 5 % of series of pure noise show a burst.
@pytest.mark.slow
@pytest.mark.parametrize("periods", [14, 90, 365])
@pytest.mark.parametrize("rate", [0.3, 1.0, 3.0, 10.0, 30.0])
def test_false_alarms_on_poisson_noise_stay_under_the_stated_rate(rate, periods):
    noise = np.random.default_rng(7).poisson(rate, size=(400, periods))
    alarms = sum(not batched_bursts(series, gamma=1.5).empty for series in noise)
    assert alarms < 0.05 * len(noise)


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.01, 0.05, 0.2])
def test_false_alarms_as_a_share_of_noise_stay_under_the_stated_rate(share):
    chance = np.random.default_rng(8)
    total = chance.poisson(60, size=(400, 90))
    alarms = sum(
        not batched_bursts(r, d, gamma=1.5).empty
        for r, d in zip(chance.binomial(total, share), total, strict=True)
    )
    assert alarms < 0.05 * len(total)


def test_the_answer_is_a_frame_of_stated_types():
    assert batched_bursts([0, 9, 0, 0, 0, 0]).dtypes.astype(str).tolist() == [
        "int64",
        "int64",
        "int64",
        "float64",
    ]
    pd.testing.assert_index_equal(offset_bursts([1]).columns, pd.Index(["level", "start", "end"]))
