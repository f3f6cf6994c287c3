import numpy as np
import pandas as pd
import pytest

from analysis.measures.frames import BadOption, MissingColumns
from analysis.measures.syndication import (
    CREATES,
    CREATES_COPIERS,
    CREATES_ROLES,
    copiers,
    copying_roles,
    syndication,
)


def ran(provider, time, text=None, original=None, **more):
    return {
        "provider_id": provider,
        "published_at": time,
        "copy_group_id": text,
        "is_original": original,
        **more,
    }


# Text g is PA's: Sky ran it 1 hour later, the Star 3 hours and (another page) 2 days later, PA itself again.
# Text h is Sky's, on a day without a time; the Star copied it. Of text i only the Star's copy is here.
STORY = [
    ran("pa", "2021-08-23T06:00Z", "g", original=True),
    ran("sky", "2021-08-23T07:00Z", "g", original=False),
    ran("star", "2021-08-23T09:00Z", "g", original=False),
    ran("star", "2021-08-25T06:00Z", "g", original=False),
    ran("pa", "2021-08-23T12:00Z", "g", original=False),
    ran("sky", "2021-08-23T00:00Z", "h", original=True, time_precision="date"),
    ran("star", "2021-08-23T09:00Z", "h", original=False),
    ran("star", "2021-08-23T10:00Z", "i", original=False),
    ran("sky", "2021-08-25T10:00Z"),
]


def test_articles_per_text_by_hand(both, articles, collection):
    days = collection({"2021-08-23": 7, "2021-08-24": 0, "2021-08-25": 2})
    table = both(syndication, articles(STORY), collection=days)
    assert table["n_articles"].tolist() == [7, pd.NA, 2]
    # On the 23rd the texts g, h and i; on the 25th g again and an article of no group.
    assert table["n_texts"].tolist() == [3, pd.NA, 2]
    assert table["multiplier"].tolist() == pytest.approx([7 / 3, np.nan, 1], nan_ok=True)
    assert table["status"].tolist() == ["observed", "not collected", "observed"]


def test_a_period_without_articles_has_no_multiplier(both, articles):
    table = both(syndication, articles(STORY))
    assert table["n_texts"].tolist() == [3, 0, 2]
    assert np.isnan(table["multiplier"].iloc[1])


def test_who_copies_whom_by_hand(both, articles):
    assert both(copiers, articles(STORY)).to_numpy().tolist() == [
        ["pa", "star", 2, (3 + 48) / 2],
        ["pa", "pa", 1, 6.0],
        ["pa", "sky", 1, 1.0],
        ["sky", "star", 1, pytest.approx(np.nan, nan_ok=True)],
    ]


def test_roles_by_hand(both, articles):
    table = both(copying_roles, articles(STORY)).set_index("provider_id")
    columns = ["n_articles", "n_originals", "n_copied", "n_copies", "n_unattributed"]
    assert table[columns].to_dict("index") == {
        "pa": dict(zip(columns, [2, 1, 3, 0, 0], strict=True)),
        "sky": dict(zip(columns, [3, 2, 1, 1, 0], strict=True)),
        "star": dict(zip(columns, [4, 0, 0, 3, 1], strict=True)),
    }
    # Wilson for 1 of 2: centre 1/2, half of 1.96 * sqrt(1/8 + 1.96^2 / 16) / (1 + 1.96^2 / 2).
    half = 1.959964 * np.sqrt(1 / 8 + 1.959964**2 / 16) / (1 + 1.959964**2 / 2)
    assert table.loc["pa", ["original_share", "original_low", "original_high"]].tolist() == pytest.approx(
        [0.5, 0.5 - half, 0.5 + half]
    )


def test_days_follow_the_zone_through_a_clock_change(both, articles):
    # London's 31 October 2021 has 25 hours: from 23:00 UTC the day before to midnight UTC.
    times = ["2021-10-30T22:59Z", "2021-10-30T23:00Z", "2021-10-31T23:59Z", "2021-11-01T00:00Z"]
    frame = articles([ran("pa", time, "g") for time in times])
    table = both(syndication, frame, zone="Europe/London")
    assert table["n_articles"].tolist() == [1, 2, 1]
    assert table["n_texts"].tolist() == [1, 1, 1]


def test_nothing_gives_no_rows_but_all_columns(both, articles):
    frame = articles([])
    assert both(syndication, frame).columns.tolist() == list(CREATES)
    assert dict(both(copiers, frame).dtypes.astype(str)) == CREATES_COPIERS
    assert dict(both(copying_roles, frame).dtypes.astype(str)) == CREATES_ROLES


def test_one_article_is_one_text(both, articles):
    frame = articles(STORY[-1:])
    assert both(syndication, frame)["multiplier"].tolist() == [1.0]
    assert both(copiers, frame).empty
    assert both(copying_roles, frame)["n_originals"].tolist() == [1]


def test_missing_times_are_in_no_period_but_copies_all_the_same(both, articles):
    frame = articles(
        [ran("pa", None, "g", original=True), ran("sky", "2021-08-23T07:00Z", "g", original=False)]
    )
    assert both(syndication, frame)["n_articles"].tolist() == [1]
    table = both(copiers, frame)
    assert table["n"].tolist() == [1]
    assert table["median_lag_hours"].isna().all()


def test_the_seed_record_has_no_copies(seed):
    assert syndication(seed, every="month")["multiplier"].tolist() == [1.0]
    assert copying_roles(seed)["n_articles"].sum() == 6


def test_bad_options_and_missing_columns_raise(articles):
    with pytest.raises(BadOption, match="every"):
        syndication(articles(STORY), every="fortnight")
    with pytest.raises(MissingColumns, match="copy_group_id"):
        copiers(articles(STORY).drop(columns="copy_group_id"))
