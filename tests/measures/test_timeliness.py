import numpy as np
import pandas as pd
import pytest

from analysis.measures.frames import MissingColumns
from analysis.measures.timeliness import (
    CREATES,
    CREATES_LAGS,
    CREATES_QUARTILES,
    lag_quartiles,
    lags,
    timeliness,
)


def told(provider, time, event="e1", **more):
    return {"provider_id": provider, "published_at": time, "event_id": event, **more}


# Event 1: PA at 5:30, Sky at 9:30 and again at 10:00, the Star at 11:30. Event 2: Sky, then PA 30 minutes later.
# Event 3: PA alone. A copy and a date-only time would change event 1 and are left out.
STORY = [
    told("pa", "2021-08-23T05:30Z"),
    told("sky", "2021-08-23T09:30Z"),
    told("sky", "2021-08-23T10:00Z"),
    told("star", "2021-08-23T11:30Z"),
    told("sky", "2021-08-24T08:00Z", "e2"),
    told("pa", "2021-08-24T08:30Z", "e2"),
    told("pa", "2021-08-25T08:30Z", "e3"),
    told("star", "2021-08-23T00:00Z", time_precision="date"),
    told("mirror", "2021-08-23T05:00Z", is_original=False),
    told("star", None),
    told("mirror", "2021-08-23T05:00Z", None),
]


@pytest.fixture
def table(both, articles):
    return both(timeliness, articles(STORY)).set_index("provider_id")


def test_lags_by_hand(both, articles):
    table = both(lags, articles(STORY))
    assert table.drop(columns="published_at").to_numpy().tolist() == [
        ["e1", "pa", "a0", 0.0, True, 3],
        ["e1", "sky", "a1", 4.0, False, 3],
        ["e1", "star", "a3", 6.0, False, 3],
        ["e2", "sky", "a4", 0.0, True, 2],
        ["e2", "pa", "a5", 0.5, False, 2],
    ]
    assert table["published_at"].iloc[3] == pd.Timestamp("2021-08-24T08:00Z")


def test_firsts_and_rates_by_hand(table):
    assert table["n_events"].to_dict() == {"pa": 2, "sky": 2, "star": 1, "mirror": 0}
    assert table["n_first"].to_dict() == {"pa": 1, "sky": 1, "star": 0, "mirror": 0}
    assert table["n_opened"].to_dict() == {"pa": 2, "sky": 1, "star": 0, "mirror": 0}
    assert table["followed_rate"].dropna().to_dict() == {"pa": 0.5, "sky": 1.0}
    # Of three events, others opened 1, 2, 3 and 3; taken up 1, 1, 1 and 0 of them.
    assert table["follow_rate"].round(3).to_dict() == {"pa": 1.0, "sky": 0.5, "star": 0.333, "mirror": 0.0}
    assert table["median_lag_hours"].dropna().to_dict() == {"pa": 0.5, "sky": 4.0, "star": 6.0}


def test_what_is_left_out_is_counted(table):
    assert table["n_left_out_date_only"].to_dict() == {"pa": 0, "sky": 0, "star": 2, "mirror": 0}
    assert table["n_left_out_copies"].to_dict() == {"pa": 0, "sky": 0, "star": 0, "mirror": 1}


def test_the_baseline_by_hand(table):
    # Sky has 2 of 4 articles of event 1 and 1 of 2 of event 2: two throws of a fair coin.
    sky = table.loc["sky"]
    assert sky[["expected_rate", "expected_low", "expected_high", "p_value"]].tolist() == pytest.approx(
        [0.5, 0, 1, 1]
    )
    # PA has 1 of 4 and 1 of 2: it expects (1/4 + 1/2) / 2 of its events; P(no first) = 3/4 * 1/2 = 3/8, so
    # P(at least one) = 5/8, P(at most one) = 7/8, and twice the smaller is over 1.
    assert table.loc["pa", ["expected_rate", "p_value"]].tolist() == pytest.approx([0.375, 1])
    # The Star has 1 of 4, and was not first: P = 3/4.
    assert table.loc["star", ["expected_rate", "p_value"]].tolist() == pytest.approx([0.25, 1])


def test_articles_of_the_same_first_time_are_all_first(both, articles):
    noon = "2021-08-23T12:00Z"
    frame = articles([told("pa", noon), told("sky", noon), told("star", "2021-08-23T13:00Z")])
    table = both(timeliness, frame).set_index("provider_id")
    assert table["n_first"].to_dict() == {"pa": 1, "sky": 1, "star": 0}
    # Of three articles two are first: 1 - C(2, 2) / C(3, 2) = 2/3 for each.
    assert table["expected_rate"].tolist() == pytest.approx([2 / 3] * 3)


@pytest.mark.slow
def test_the_exact_baseline_is_what_seeded_shuffles_give(articles):
    dice = np.random.default_rng(7)
    rows = [
        told("abcd"[dice.choice(4, p=[0.4, 0.3, 0.2, 0.1])], f"2021-08-{day:02}T{hour:02}:00Z", f"e{day}")
        for day in range(1, 29)
        for hour in dice.integers(0, 24, size=6)
    ]
    frame = articles(rows)
    exact = timeliness(frame).set_index("provider_id")
    shuffled = []
    event_min = frame.groupby("event_id")["published_at"].transform("min")
    is_first = (frame["published_at"] == event_min).to_numpy()
    at = [np.flatnonzero(frame["event_id"] == event) for event in frame["event_id"].unique()]
    names = frame["provider_id"].to_numpy(dtype=object)
    for _ in range(4000):
        mixed = np.concatenate([dice.permutation(names[rows]) for rows in at])
        firsts = pd.DataFrame({"event": frame["event_id"], "name": mixed})[is_first].drop_duplicates()
        shuffled.append(firsts["name"].value_counts())
    counts = pd.DataFrame(shuffled).fillna(0)
    rates = counts / exact["n_events"]
    assert rates.mean().to_dict() == pytest.approx(exact["expected_rate"].to_dict(), abs=0.01)
    assert rates.quantile(0.025).to_dict() == pytest.approx(exact["expected_low"].to_dict(), abs=0.04)
    assert rates.quantile(0.975).to_dict() == pytest.approx(exact["expected_high"].to_dict(), abs=0.04)


def test_a_planted_first_mover_is_found_and_chance_is_not(articles):
    dice = np.random.default_rng(3)
    rows = []
    for event in range(60):
        hours = sorted(dice.choice(23, size=4, replace=False) + 1)
        others = dice.permutation(["b", "c", "d"])
        order = ["a", *others] if event % 10 else [*others, "a"]
        rows += [told(p, f"2021-08-23T{h:02}:00Z", f"e{event}") for p, h in zip(order, hours, strict=True)]
    table = timeliness(articles(rows)).set_index("provider_id")
    assert table.loc["a", "p_adjusted"] < 0.001
    assert table.loc["a", "first_low"] > table.loc["a", "expected_high"]


def test_lags_are_real_hours_through_a_clock_change(both, articles):
    # 2:30 in London on 28 March 2021 does not exist; from 0:30 UTC to 1:30 UTC is one hour all the same.
    frame = articles([told("pa", "2021-03-28T00:30+00:00"), told("sky", "2021-03-28T02:30+01:00")])
    assert both(lags, frame)["lag_hours"].tolist() == [0.0, 1.0]


def test_all_on_one_day_and_to_the_microsecond(both, articles):
    frame = articles([told("pa", "2021-08-23T05:30:00.000001Z"), told("sky", "2021-08-23T05:30:00.000003Z")])
    assert both(lags, frame)["lag_hours"].tolist() == [0.0, 2 / 3.6e9]


@pytest.mark.parametrize("rows", [[], [told("pa", None, None)]])
def test_no_events_give_no_rows_but_all_columns(both, articles, rows):
    for measure, creates in (
        (timeliness, CREATES),
        (lags, CREATES_LAGS),
        (lag_quartiles, CREATES_QUARTILES),
    ):
        table = both(measure, articles(rows))
        assert table.empty
        assert dict(table.dtypes.astype(str)) == creates


def test_one_article_has_nobody_to_be_first_of(both, articles):
    row = both(timeliness, articles(STORY[:1])).iloc[0]
    assert row[["n_events", "n_opened", "n_others"]].tolist() == [0, 1, 0]
    assert row[["first_rate", "expected_rate", "p_value", "follow_rate"]].isna().all()
    assert both(lags, articles(STORY[:1])).empty


def test_quartiles_are_those_of_the_lags_that_are_not_firsts(both, articles):
    # Pa opens four events; Sky follows after 1, 2, 3 and 10 hours.
    hours = {"e1": 1, "e2": 2, "e3": 3, "e4": 10}
    rows = [told("pa", "2021-08-23T00:00Z", event) for event in hours]
    rows += [told("sky", f"2021-08-23T{late:02}:00Z", event) for event, late in hours.items()]
    frame = articles(rows)
    table = both(lag_quartiles, frame)
    assert table.to_numpy().tolist() == [["sky", 4, 1.75, 2.5, 4.75]]
    late = lags(frame).query("not is_first").groupby("provider_id")["lag_hours"]
    assert late.quantile(0.25).tolist() == table["lag_q1_hours"].tolist()


@pytest.mark.slow
def test_lags_of_one_provider_are_beside_all_others(both, articles):
    whole = lags(articles(STORY))
    for provider in sorted(set(whole["provider_id"])):
        own = both(lags, articles(STORY), provider=provider)
        expected = whole[whole["provider_id"] == provider].reset_index(drop=True)
        assert own.equals(expected)
        assert len(own)


def test_the_seed_record_as_one_event(seed):
    frame = seed.articles.assign(event_id="e", is_original=pd.array([None] * 6, dtype="boolean"))
    table = lags(frame)
    assert table["provider_id"].iloc[0] == "diginomica.com"
    # 19 August 11:58 to 23 August 9:27 is 4 days less 2:31.
    assert table.set_index("provider_id").loc["sky.com", "lag_hours"] == pytest.approx(96 - 2 - 31 / 60)


def test_missing_columns_are_named(articles):
    with pytest.raises(MissingColumns, match="event_id"):
        timeliness(articles(STORY).drop(columns="event_id"))
