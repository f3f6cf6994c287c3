import numpy as np
import pytest

from analysis.measures.shrinkage import shrunk_means


def summed(groups):
    groups = [np.asarray(group, dtype=float) for group in groups]
    return (
        [len(g) for g in groups],
        [g.sum() for g in groups],
        [((g - g.mean()) ** 2).sum() if len(g) else 0.0 for g in groups],
    )


def test_worked_by_hand():
    # Five groups of two; means 10 20 30 40 50, variance within 2, so an error of 1 each. Moments:
    # Q = 100 + 400 + 0 + 400 + 100 ... = 1000 - 4 = 996, over (5 - 1) is 249. Pull = 1 / 250.
    shrunk = shrunk_means(*summed([(m - 1, m + 1) for m in (10, 20, 30, 40, 50)]))
    assert shrunk.mean == pytest.approx([10.08, 20.04, 30, 39.96, 49.92])
    half = 1.959964 * np.sqrt(249 / 250 + (1 / 250) ** 2 * 50 + (1 / 250) ** 2 * 400)
    assert shrunk.high[0] - shrunk.mean[0] == pytest.approx(half)


def test_two_articles_do_not_top_the_list():
    chance = np.random.default_rng(1)
    many = [chance.normal(mean, 15, 40) for mean in (50, 55, 60, 65, 70, 75)]
    shrunk = shrunk_means(*summed([*many, [90, 92]]))
    assert 60 < shrunk.mean[-1] < 90
    assert shrunk.high[-1] - shrunk.low[-1] > 2 * (shrunk.high[0] - shrunk.low[0])
    assert shrunk.low[-1] < shrunk.low[-2]


def test_few_groups_are_not_drawn_and_have_students_interval():
    # Two groups, 1 3 and 5 7: variance within 2 with 2 degrees of freedom, t = 4.303, error of a mean 1.
    shrunk = shrunk_means(*summed([[1, 3], [5, 7]]))
    assert shrunk.mean.tolist() == [2, 6]
    assert shrunk.high == pytest.approx([6.3027, 10.3027], abs=1e-4)


def test_nothing_is_said_where_nothing_is_known():
    shrunk = shrunk_means([0, 1], [0, 50], [0, 0])
    assert np.isnan(shrunk.mean[0])
    assert shrunk.mean[1] == 50
    assert np.isnan(shrunk.low).all()
    assert len(shrunk_means([], [], []).mean) == 0


def test_equal_values_everywhere_have_no_width():
    shrunk = shrunk_means(*summed([[50, 50]] * 6))
    assert shrunk.low.tolist() == shrunk.high.tolist() == [50.0] * 6


@pytest.mark.slow
@pytest.mark.parametrize(("k", "between"), [(20, 12.0), (100, 12.0), (100, 4.0), (40, 0.0)])
def test_intervals_cover_95_percent_of_the_true_means(k, between):
    chance = np.random.default_rng(5)
    covered = []
    for _ in range(400):
        sizes = chance.integers(1, 30, size=k)
        true = chance.normal(60, between, size=k)
        shrunk = shrunk_means(*summed([chance.normal(m, 15, n) for m, n in zip(true, sizes, strict=True)]))
        covered.append(((shrunk.low <= true) & (true <= shrunk.high)).mean())
    assert 0.93 <= np.mean(covered) <= (0.97 if between else 1.0)
