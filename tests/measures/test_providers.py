import numpy as np
import pandas as pd
import pytest

from analysis.measures.frames import MissingColumns
from analysis.measures.providers import CREATES, providers
from analysis.measures.timeliness import lags


def article(provider, time="2021-08-23T05:30Z", **more):
    return {"provider_id": provider, "published_at": time, **more}


def row(table, provider):
    return table.set_index("provider_id").loc[provider]


def test_an_outlet_worked_by_hand(both, articles):
    rows = [
        article("a.com", "2021-08-23T02:00Z", quality=40.0, heat=10.0, is_original=True, event_id="e"),
        article("a.com", "2021-08-25T00:00Z", quality=50.0, is_original=False),
        article("a.com", None, quality=90.0),
        article("b.com", "2021-08-23T00:00Z", is_original=True, event_id="e"),
    ]
    topics = pd.DataFrame({"article_id": ["a0", "a0", "a1", "a3"], "topic": ["AI", "CV", "AI", "AI"]})
    table = both(providers, articles(rows), topics=topics)
    assert table["provider_id"].tolist() == ["a.com", "b.com"]
    found = row(table, "a.com").to_dict()
    # 3 of 4 at 95 %: (3 + 1.9208 -+ 1.96 sqrt(3/4 * 1/4 * 4 + .9604)) / 7.8415.
    assert {name: found[name] for name in ("count", "share", "n_scored", "quality_median", "quality_mean", "n_heat", "heat_median", "heat_mean")} == {
        "count": 3, "share": 0.75, "n_scored": 3, "quality_median": 50.0, "quality_mean": 60.0, "n_heat": 1, "heat_median": 10.0, "heat_mean": 10.0,
    }  # fmt: skip
    assert (round(found["share_low"], 3), round(found["share_high"], 3)) == (0.301, 0.954)
    assert (
        found["n_compared"],
        found["originality"],
        found["n_topics"],
        found["few"],
        found["quality_status"],
    ) == (2, 0.5, 2, True, "few")
    assert (found["first_seen"], found["last_seen"]) == (
        pd.Timestamp("2021-08-23T02:00Z"),
        pd.Timestamp("2021-08-25T00:00Z"),
    )
    # b.com had the event two hours before.
    assert (found["n_followed"], found["lag_median_hours"]) == (1, 2.0)
    assert row(table, "b.com")[["n_followed", "n_topics"]].tolist() == [0, 1]


def test_lags_are_those_of_the_measure_of_lags(both, articles):
    chance = np.random.default_rng(4)
    rows = [
        {"provider_id": f"p{chance.integers(6)}.com", "event_id": f"e{chance.integers(12)}", "is_original": bool(chance.random() < 0.8),
         "published_at": f"2021-08-23T{chance.integers(24):02d}:{chance.integers(60):02d}Z", "time_precision": "time" if chance.random() < 0.9 else "date"}
        for _ in range(120)
    ]  # fmt: skip
    frame = articles(rows)
    table, late = both(providers, frame).set_index("provider_id"), lags(frame)
    late = late[~late["is_first"]].groupby("provider_id")["lag_hours"]
    assert table["n_followed"].to_dict() == late.count().to_dict()
    assert table["lag_median_hours"].to_dict() == pytest.approx(late.median().to_dict())


def test_nothing_is_said_of_an_outlet_without_scores(both, articles):
    table = both(
        providers,
        articles([article("a.com", quality=50.0), article("a.com", quality=52.0), article("b.com")]),
    )
    unknown = row(table, "b.com")
    assert (unknown["quality_status"], unknown["n_scored"]) == ("unknown", 0)
    assert (
        unknown[
            [
                "quality",
                "quality_low",
                "quality_high",
                "quality_mean",
                "quality_median",
                "originality",
                "lag_median_hours",
                "n_topics",
            ]
        ]
        .isna()
        .all()
    )


def test_two_brilliant_articles_do_not_top_the_list(both, articles):
    steady = [article(f"p{p}.com", quality=60.0 + p + 10 * (i % 3 - 1)) for p in range(8) for i in range(30)]
    table = both(
        providers, articles([*steady, article("lucky.com", quality=95.0), article("lucky.com", quality=97.0)])
    )
    assert row(table, "lucky.com")["quality_mean"] == table["quality_mean"].max()
    assert row(table, "lucky.com")["quality_low"] < row(table, "p7.com")["quality_low"]
    assert (row(table, "lucky.com")["few"], row(table, "p7.com")["few"]) == (True, False)


def test_uneven_scores_are_the_same_on_every_engine(both, articles):
    scores = [0.1, 0.2, 0.3, 1e9, 1 / 3, 2 / 3, 0.7, 33.3]
    both(
        providers,
        articles([article(f"p{i % 2}.com", quality=score, heat=score) for i, score in enumerate(scores)]),
    )


@pytest.mark.parametrize(
    "rows", [[], [article("a.com")], [article("a.com", None)], [article("a.com", quality=5.0)] * 3]
)
def test_small_selections_have_the_stated_types(both, articles, rows):
    table = both(providers, articles(rows))
    assert table.dtypes.astype(str).to_dict() == CREATES
    assert len(table) == min(len(rows), 1)


def test_the_seed_record(seed):
    table = providers(seed)
    assert table["count"].tolist() == [1] * 6
    assert table["few"].all()
    assert row(table, "diginomica.com")["quality_mean"] == 74
    assert row(table, "expressandstar.com")["n_topics"] == 2
    # Every outlet has one score, so nothing is known of how scores vary within an outlet.
    assert table["quality_low"].isna().all()


def test_missing_columns_are_named(articles):
    with pytest.raises(MissingColumns, match="heat"):
        providers(articles([]).drop(columns="heat"))
