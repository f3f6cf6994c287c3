import pandas as pd
import pytest

from analysis.measures.events import CREATES, CREATES_LEADS, event_leads, events
from analysis.measures.frames import MissingColumns

# Event e: a wire text at two outlets and one more article, a score missing; f: one article; none: no event.
STORY = [
    {"event_id": "e", "provider_id": "pa.org", "published_at": "2021-08-23T05:30Z", "copy_group_id": "c", "quality": 40.0},
    {"event_id": "e", "provider_id": "sky.com", "published_at": "2021-08-23T08:00Z", "copy_group_id": "c", "quality": 70.0},
    {"event_id": "e", "provider_id": "sky.com", "published_at": "2021-08-24T08:00Z", "quality": 45.0},
    {"event_id": "e", "provider_id": "bbc.co.uk", "published_at": "2021-08-22T00:00Z", "time_precision": "date"},
    {"event_id": "f", "provider_id": "bbc.co.uk", "published_at": None},
    {"event_id": None, "published_at": "2021-08-23T05:30Z", "quality": 99.0},
]  # fmt: skip


def test_counts_of_each_event(both, articles):
    table = both(events, articles(STORY))
    assert table.dtypes.astype(str).to_dict() == CREATES
    row, lone = table.to_dict("records")
    assert [row[name] for name in CREATES] == [
        "e", 4, 3, 3, pd.Timestamp("2021-08-22T00:00Z"), pd.Timestamp("2021-08-24T08:00Z"), 3, 45.0,
    ]  # fmt: skip
    assert (lone["n_articles"], lone["n_scored"]) == (1, 0)
    assert pd.isna(lone["first"])
    assert pd.isna(lone["median_quality"])


def test_the_largest_first_then_the_latest(both, articles):
    rows = [
        {"event_id": name, "published_at": f"2021-08-{day}T05:30Z"}
        for name, day in (("a", 20), ("b", 22), ("c", 22), ("d", 21), ("d", 21))
    ]
    assert both(events, articles(rows))["event_id"].tolist() == ["d", "b", "c", "a"]


def test_an_even_number_of_scores_has_the_middle_of_two(both, articles):
    rows = [{"event_id": "e", "quality": score} for score in (0.1, 0.2, 10.7, 99.0)]
    assert both(events, articles(rows))["median_quality"].tolist() == [5.45]


def test_nothing_has_no_event(both, articles):
    assert both(events, articles([])).empty
    assert both(event_leads, articles([])).empty


def test_the_lead_leaves_out_times_of_which_only_the_day_is_known(both, articles):
    table = both(event_leads, articles(STORY))
    assert table.dtypes.astype(str).to_dict() == CREATES_LEADS
    assert table.to_dict("records") == [
        {"event_id": "e", "provider_id": "pa.org", "n_openers": 1, "first_at": pd.Timestamp("2021-08-23T05:30Z"), "lead_hours": 2.5}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("outlets", "opener", "n_openers", "lead"),
    [
        ([("b.uk", 5), ("a.uk", 5), ("c.uk", 7)], "a.uk", 2, 0.0),
        ([("b.uk", 5), ("b.uk", 6), ("c.uk", 9)], "b.uk", 1, 4.0),
        ([("b.uk", 5), ("b.uk", 6)], "b.uk", 1, None),
    ],
)
def test_who_opens_an_event_and_by_how_much(both, articles, outlets, opener, n_openers, lead):
    rows = [
        {"event_id": "e", "provider_id": outlet, "published_at": f"2021-08-23T{hour:02}:00Z"}
        for outlet, hour in outlets
    ]
    row = both(event_leads, articles(rows)).iloc[0]
    assert (row["provider_id"], row["n_openers"]) == (opener, n_openers)
    assert row["lead_hours"] == lead if lead is not None else pd.isna(row["lead_hours"])


@pytest.mark.parametrize("measure", [events, event_leads])
def test_a_missing_column_is_named(measure, articles):
    with pytest.raises(MissingColumns, match="event_id"):
        measure(articles(STORY).drop(columns="event_id"))


def test_only_some_events_are_counted(both, articles, seed):
    assert both(events, articles(STORY), ["f", "unknown"])["event_id"].tolist() == ["f"]
    every = events(seed)
    chosen = every["event_id"].tolist()[1:2]
    pd.testing.assert_frame_equal(events(seed, chosen), every[1:2].reset_index(drop=True))
