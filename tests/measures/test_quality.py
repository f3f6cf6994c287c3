import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.measures.bursts import bursts
from analysis.measures.frames import BadOption, MissingColumns
from analysis.measures.quality import (
    CREATES,
    CREATES_BURSTS,
    CREATES_HEAT,
    CREATES_THRESHOLDS,
    low_quality_bursts,
    quality,
    quality_against_heat,
    quality_thresholds,
)

WEEK, BEFORE = ("2021-08-08T00:00Z", "2021-08-15T00:00Z"), ("2021-08-01T00:00Z", "2021-08-08T00:00Z")


def scored(*qualities, time="2021-08-23T05:30Z", **more):
    return [{"published_at": time, "quality": quality, **more} for quality in qualities]


def test_shares_by_hand(both, articles, collection):
    rows = scored(80, 75, 74, 45, 44, None) + scored(10, time="2021-08-25T05:30Z")
    days = collection({"2021-08-23": 6, "2021-08-24": 0, "2021-08-25": 1})
    table = both(quality, articles(rows), collection=days)
    first = table[table["period"] == "2021-08-23"].set_index("tier")
    assert first["count"].to_dict() == {"high": 2, "medium": 2, "low": 1, "unknown": 1}
    assert first["share"].to_dict() == pytest.approx(
        {"high": 2 / 6, "medium": 2 / 6, "low": 1 / 6, "unknown": 1 / 6}
    )
    missing = table[table["period"] == "2021-08-24"]
    assert missing[["count", "of", "share", "share_low"]].isna().all(axis=None)
    assert set(missing["status"]) == {"not collected"}
    last = table[table["period"] == "2021-08-25"].set_index("tier")
    assert last["of"].tolist() == [1] * 4
    # Wilson for 1 of 1: from 1 / (1 + 1.96^2) to 1.
    assert last.loc["low", ["share_low", "share_high"]].tolist() == pytest.approx([1 / (1 + 1.959964**2), 1])


def test_days_follow_the_zone_through_a_clock_change(both, articles):
    rows = scored(80, time="2021-10-30T23:00Z") + scored(10, 10, time="2021-10-31T23:59Z")
    table = both(quality, articles(rows), zone="Europe/London")
    assert table["of"].tolist() == [3] * 4


def test_thresholds_by_hand(both, articles):
    rows = scored(*[20] * 30, *[60] * 10, time="2021-08-09T00:00Z")
    rows += scored(*[20] * 5, *[60] * 10, None, time="2021-08-02T00:00Z") + scored(90, time=None)
    table = both(quality_thresholds, articles(rows), WEEK, BEFORE, thresholds=(50, 10, 95))
    assert table["threshold"].tolist() == pytest.approx([np.nan, 10, 50, 95], nan_ok=True)
    assert table[["n_articles", "n_period", "n_baseline"]].to_numpy().tolist() == [
        [57, 40, 16],
        [56, 40, 15],
        [21, 10, 10],
        [0, 0, 0],
    ]
    assert table["share"].tolist() == pytest.approx([1, 56 / 57, 21 / 57, 0])
    assert table["ratio"].tolist() == pytest.approx([40 / 16, 40 / 15, 1, np.nan], nan_ok=True)
    # The rise is real over all articles and over 10, but not among those of 50 and better.
    assert table["holds"].tolist() == [True, True, False, False]


def test_a_rise_that_is_a_fall_among_the_good_does_not_hold(both, articles):
    rows = scored(*[20] * 90, *[60] * 5, time="2021-08-09T00:00Z")
    rows += scored(*[20] * 5, *[60] * 30, time="2021-08-02T00:00Z")
    table = both(quality_thresholds, articles(rows), WEEK, BEFORE, thresholds=(50,))
    assert table["ratio_low"].iloc[0] > 1
    assert table["ratio_high"].iloc[1] < 1
    assert table["holds"].tolist() == [True, False]


def test_stretches_of_unlike_length_compare_rates(both, articles):
    rows = scored(*[20] * 20, time="2021-08-09T00:00Z") + scored(*[20] * 20, time="2021-08-02T00:00Z")
    day = ("2021-08-09T00:00Z", "2021-08-10T00:00Z")
    assert both(quality_thresholds, articles(rows), day, BEFORE)["ratio"].iloc[0] == pytest.approx(7)


def test_where_nothing_changed_there_is_nothing_to_hold(both, articles):
    rows = scored(20, 60, time="2021-08-09T00:00Z") + scored(20, 60, time="2021-08-02T00:00Z")
    assert both(quality_thresholds, articles(rows), WEEK, BEFORE)["holds"].isna().all()


def test_thresholds_of_originals_leave_copies_out(both, articles):
    rows = scored(20, 20, time="2021-08-09T00:00Z", is_original=False) + scored(20, time="2021-08-09T00:00Z")
    table = both(quality_thresholds, articles(rows), WEEK, BEFORE, thresholds=(0,), basis="originals")
    assert table["n_period"].tolist() == [1, 1]


def test_bursts_by_hand(both, articles):
    rows = scored(*[10] * 9, 80, None, time="2021-08-10T00:00Z") + scored(
        *[80] * 9, 10, time="2021-08-20T00:00Z"
    )
    found = pd.DataFrame(
        {
            "start": pd.to_datetime(["2021-08-10", "2021-08-20", "2021-08-25"], utc=True),
            "end": pd.to_datetime(["2021-08-11", "2021-08-21", "2021-08-26"], utc=True),
        }
    )
    table = both(lambda data: low_quality_bursts(found, data), articles(rows))
    assert table[["n_articles", "n_scored", "n_low"]].to_numpy().tolist() == [
        [11, 10, 9],
        [10, 10, 1],
        [0, 0, 0],
    ]
    assert table["usual_share"].tolist() == pytest.approx([0.1, 0.9, 0.5])
    # 9 or more of 10 drawn from 20 of which 10 are low: (C(10,9) * C(10,1) + 1) / C(20,10) = 101 / 184756.
    assert table["p_value"].tolist() == pytest.approx([101 / 184756, 1 - 1 / 184756, np.nan], nan_ok=True)
    assert table["low_quality"].tolist() == [True, False, False]


def test_bursts_as_they_are_found(articles):
    rows = [row for day in range(1, 29) for row in scored(80, 80, time=f"2021-08-{day:02}T00:00Z")]
    rows += scored(*[5] * 40, time="2021-08-14T00:00Z")
    frame = articles(rows)
    table = low_quality_bursts(bursts(frame), frame)
    assert table["low_quality"].all()
    assert len(table) >= 1


def test_rank_correlation_is_that_of_scipy(both, articles):
    dice = np.random.default_rng(5)
    pairs = dice.integers(0, 8, size=(60, 2))
    frame = articles([{"quality": float(q), "heat": float(q + h)} for q, h in pairs] + [{"quality": 3.0}])
    row = both(quality_against_heat, frame).iloc[0]
    assert row["rho"] == pytest.approx(stats.spearmanr(pairs[:, 0], pairs.sum(axis=1)).statistic)
    assert row[["n", "n_left_out"]].tolist() == [60, 1]
    reach = 1.959964 * np.sqrt((1 + row["rho"] ** 2 / 2) / 57)
    assert row["rho_low"] == pytest.approx(np.tanh(np.arctanh(row["rho"]) - reach))


@pytest.mark.slow
@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_the_interval_of_the_rank_correlation_covers(rho):
    dice = np.random.default_rng(11)
    truth = 6 / np.pi * np.arcsin(rho / 2)  # Spearman's of a bivariate normal
    covered = []
    for _ in range(600):
        x, y = dice.multivariate_normal([0, 0], [[1, rho], [rho, 1]], size=60).T
        row = quality_against_heat(pd.DataFrame({"quality": x, "heat": y})).iloc[0]
        covered.append(row["rho_low"] <= truth <= row["rho_high"])
    assert 0.93 <= np.mean(covered) <= 0.97


def test_nothing_gives_all_columns(both, articles):
    frame = articles([])
    assert both(quality, frame).columns.tolist() == list(CREATES)
    thresholds = both(quality_thresholds, frame, WEEK, BEFORE, thresholds=(0,))
    assert dict(thresholds.dtypes.astype(str)) == CREATES_THRESHOLDS
    assert thresholds["n_articles"].tolist() == [0, 0]
    heat = both(quality_against_heat, frame)
    assert dict(heat.dtypes.astype(str)) == CREATES_HEAT
    assert heat[["n", "n_left_out"]].to_numpy().tolist() == [[0, 0]]
    none = both(lambda data: low_quality_bursts(bursts(frame), data), frame)
    assert dict(none[list(CREATES_BURSTS)].dtypes.astype(str)) == CREATES_BURSTS


def test_one_article(both, articles):
    frame = articles([{"published_at": "2021-08-23T05:30Z", "quality": 80, "heat": 3}])
    assert both(quality, frame)["share"].tolist() == [1, 0, 0, 0]
    row = both(quality_against_heat, frame).iloc[0]
    assert row["n"] == 1
    assert row[["rho", "rho_low", "rho_high"]].isna().all()


def test_the_seed_record(seed):
    table = quality(seed, every="month").set_index("tier")
    # 39, 74, 58, 54, 37 and 12.
    assert table["count"].to_dict() == {"high": 0, "medium": 3, "low": 3, "unknown": 0}
    assert quality_against_heat(seed)["n_left_out"].tolist() == [6]


@pytest.mark.parametrize("options", [{"thresholds": ()}, {"thresholds": (np.nan,)}, {"basis": "events"}])
def test_bad_options_raise(articles, options):
    with pytest.raises(BadOption, match=next(iter(options))):
        quality_thresholds(articles([]), WEEK, BEFORE, **options)


def test_missing_columns_are_named(articles):
    with pytest.raises(MissingColumns, match="end"):
        low_quality_bursts(pd.DataFrame({"start": []}), articles([]))
    with pytest.raises(MissingColumns, match="heat"):
        quality_against_heat(articles([]).drop(columns="heat"))
