import numpy as np
import pandas as pd
import pytest

from analysis.measures.frames import BadOption, MissingColumns
from analysis.measures.scores import CREATES, CREATES_PERIODS, scores, scores_over_time


def scored(*qualities, time="2021-08-23T05:30Z"):
    return [{"published_at": time, "quality": quality} for quality in qualities]


def test_a_mean_with_its_interval_by_hand(both, articles):
    # Mean 50, standard deviation 10, t(.975, 2) = 4.3027: the reach is 4.3027 * 10 / sqrt(3) = 24.84.
    row = both(scores, articles(scored(40.0, 50.0, 60.0, None))).iloc[0]
    assert row[["n_articles", "n_scored", "mean", "median"]].tolist() == [4, 3, 50, 50]
    assert row[["mean_low", "mean_high"]].tolist() == pytest.approx([25.16, 74.84], abs=0.01)
    assert row[["q1", "q3"]].tolist() == [45, 55]


@pytest.mark.parametrize("qualities", [(), (None,), (40.0,)])
def test_too_few_scores_have_no_interval(both, articles, qualities):
    row = both(scores, articles(scored(*qualities))).iloc[0]
    assert row["n_articles"] == len(qualities)
    assert np.isnan(row["mean_low"])
    assert np.isnan(row["mean"]) == (40.0 not in qualities)


@pytest.mark.slow
def test_the_interval_covers_the_mean_of_noise():
    dice = np.random.default_rng(0)
    held = [
        row["mean_low"] <= 50 <= row["mean_high"]
        for row in (
            scores(pd.DataFrame({"quality": dice.normal(50, 10, 20)})).iloc[0].to_dict() for _ in range(400)
        )
    ]
    assert 0.92 < np.mean(held) < 0.98


def test_periods_are_cut_in_the_zone(both, articles):
    rows = scored(40.0, 60.0, time="2021-08-31T23:30Z") + scored(None, time="2021-08-01T12:00Z")
    table = both(scores_over_time, articles(rows), zone="Europe/London")
    assert table["period"].dt.strftime("%Y-%m").tolist() == ["2021-08", "2021-09"]
    assert table["n_articles"].tolist() == [1, 2]
    assert table["n_scored"].tolist() == [0, 2]
    assert table["mean"].iloc[1] == 50


def test_a_span_leaves_out_what_is_beyond(both, articles):
    rows = scored(40.0) + scored(90.0, time="2021-09-23T05:30Z")
    table = both(scores_over_time, articles(rows), span=("2021-08-01T00:00Z", "2021-09-01T00:00Z"))
    assert table["mean"].tolist() == [40.0]


def test_nothing_has_all_columns(both, articles):
    for measure, creates in ((scores, CREATES), (scores_over_time, CREATES_PERIODS)):
        assert dict(both(measure, articles([])).dtypes.astype(str)) == creates


def test_wrong_use_says_what_is_allowed(articles):
    with pytest.raises(MissingColumns, match="quality"):
        scores(articles(scored(1.0)).drop(columns="quality"))
    with pytest.raises(BadOption, match="every must be one of"):
        scores_over_time(articles(scored(1.0)), every="fortnight")
