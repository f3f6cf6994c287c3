"""Windows grouped apart hold together the groups of a run over all."""

import pandas as pd
import pytest

from analysis.grouping import find_copies, find_events
from analysis.grouping.windows import Window, group_window, windows_of

SUBJECTS = [
    "ban on face recognition",
    "ferry to Marlow Vale",
    "petition for the old library",
    "strike at the port",
]
VERBS = ["weighs", "votes on", "delays", "debates", "drops"]


def story(day, number, subject=0):
    """Three outlets' articles of one day on one subject, and a copy of the first two days on."""
    words = f"Council {VERBS[number % 5]} {SUBJECTS[subject]}"
    told = f"{words} after {number} hours of talks with residents of quarter {day % 9}, who had asked for it in spring"
    base = pd.Timestamp("2021-01-04T08:00Z") + pd.Timedelta(days=day)
    return [
        {
            "article_id": f"{day:03}{place}",
            "title": words if place < 3 else f"{words} again",
            "excerpt": told if place in (0, 3) else f"{told[:70]}, says report {place}",
            "published_at": base + pd.Timedelta(hours=3 * place + 45 * (place == 3)),
            "provider_id": f"o{place}.example",
        }
        for place in range(4)
    ]


@pytest.fixture(scope="module")
def articles():
    rows = [row for day in range(0, 280, 7) for row in story(day, day % 11, day % 4)]
    return pd.DataFrame(rows).assign(locale=None)


def week_of(frame):
    return (frame["published_at"].astype("int64") // 10**6 // 86_400 // 7).to_numpy()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["copies", "events"])
def test_windows_together_are_a_run_over_all(kind, articles):
    whole = find_copies(articles) if kind == "copies" else find_events(articles)
    week = week_of(articles)
    windows = windows_of(sorted(pd.Series(week).value_counts().items()), 40)
    assert len(windows) > 3
    found = []
    for window in windows:
        first, end = window.reads
        found.append(group_window(kind, articles[(week >= first) & (week < end)], window))
    keys = {
        "members": ["article_id"],
        "groups": ["group_id"],
        "merges": ["group_id", "article_id", "other_id"],
    }
    for name, key in keys.items():
        together = pd.concat([getattr(each, name) for each in found]).sort_values(key, ignore_index=True)
        pd.testing.assert_frame_equal(together, getattr(whole, name), check_exact=True)


def test_a_group_that_may_go_on_is_asked_for_again_with_more_weeks(articles):
    daily = pd.DataFrame([row for day in range(0, 120, 1) for row in story(day, 3)[:1]]).assign(
        title="Council weighs ban on face recognition",
        excerpt="It will vote after the summer, the mayor says",
    )
    week = int(week_of(daily)[0])
    assert group_window("events", daily, Window(week, week + 1, 4)) is None
    found = group_window("events", daily, Window(week, week + 1, 32))
    pd.testing.assert_frame_equal(found.members, find_events(daily).members)


def test_articles_without_a_time_are_a_window_of_their_own():
    frame = pd.DataFrame(
        {"article_id": ["a"], "title": ["Ban"], "published_at": pd.to_datetime([None], utc=True)}
    )
    assert group_window("events", frame, Window(-1428572, -1428571)).members["article_id"].tolist() == ["a"]
    assert group_window("events", frame, Window(2600, 2700)).members.empty
