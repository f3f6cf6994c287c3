from __future__ import annotations

import numpy as np
import pytest

from analysis.grouping.rarity import rarity


def idf_of(column, weeks, providers=None):
    """Texts of one feature each."""
    n = len(column)
    provider = np.full(n, -1) if providers is None else np.array(providers)
    return rarity(np.array(column), np.arange(n + 1), np.array(weeks) * 7.0, provider)


def test_what_lies_three_weeks_away_does_not_count():
    _, df = idf_of([0, 0, 0], [0, 2, 3])
    assert df.tolist() == [2, 3, 2]


def test_what_is_always_there_counts_as_more_frequent():
    # Feature 0 in week 0 and 2, feature 1 twice in week 2: of the text of week 0 seen from week 2, all have feature 0.
    idf, df = idf_of([0, 0, 1, 1], [0, 2, 2, 2])
    assert df.tolist() == [2, 2, 2, 2]
    lasting = (200 + 4) * 1 / (1 + 10)
    assert idf[1] == pytest.approx(1 + np.log(205 / (1 + lasting)), rel=1e-6)
    assert idf[2] == pytest.approx(1 + np.log(205 / 3), rel=1e-6)


def test_what_ends_at_the_weekend_and_goes_on_after_is_not_always_there():
    idf, _ = idf_of([0, 0, 1, 1], [0, 1, 1, 1])
    assert idf[1] == idf[2]


def test_what_only_one_outlet_repeats_counts_as_more_frequent():
    # Eight texts: feature 0 six times by outlet 7, feature 1 six times by as many outlets.
    column = [0] * 6 + [1] * 6
    idf, df = idf_of(column, [0] * 12, [7] * 6 + [1, 2, 3, 4, 5, 6])
    assert df.tolist() == [6] * 12
    assert idf[0] <= idf[6]
    few, _ = idf_of([0] * 60 + [1] * 60, [0] * 120, [7] * 60 + list(range(10, 70)))
    assert few[0] == pytest.approx(1 + np.log(321 / (1 + 120 * 57 / 70)), rel=1e-6)
    assert few[60] == pytest.approx(1 + np.log(321 / 61), rel=1e-6)
