from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.grouping import find_copies, find_events, incremental, regroup

BOTH = pytest.mark.parametrize("find", [find_copies, find_events], ids=["copies", "events"])


def assert_same(one, two):
    pd.testing.assert_frame_equal(one.members, two.members)
    pd.testing.assert_frame_equal(one.groups, two.groups)
    pd.testing.assert_frame_equal(one.merges, two.merges)


@pytest.fixture(scope="module")
def finds():
    return {"copies": find_copies, "events": find_events}


@pytest.mark.slow
@BOTH
@settings(max_examples=3 * settings.default.max_examples // 25, deadline=None)
@given(data=st.data())
def test_any_change_gives_what_a_full_run_gives(find, data, request):
    stream = request.getfixturevalue("stream")
    ids = stream["article_id"].tolist()
    week = data.draw(st.integers(0, 44))
    near = [i for i in ids if abs(int(i[1:3]) - week) <= 1]
    added = data.draw(st.sets(st.sampled_from(near), max_size=4))
    removed = data.draw(st.sets(st.sampled_from(near), max_size=2)) - added
    edited = data.draw(st.sets(st.sampled_from(near), max_size=2)) - added - removed
    moved = data.draw(st.booleans())
    before = stream[~stream["article_id"].isin(added)]
    after = stream[~stream["article_id"].isin(removed)].copy()
    touched = after["article_id"].isin(edited)
    after.loc[touched, "title"] = "Comet with two tails over Town99"
    if moved:
        after.loc[touched, "published_at"] += pd.Timedelta(weeks=3)
    assert_same(regroup(find(before), after, edited), find(after))


@pytest.mark.slow
@BOTH
def test_a_late_article_is_read_with_its_weeks_only(find, stream, monkeypatch):
    seen = []
    name = f"link_{find.__name__.removeprefix('find_')}"
    link = getattr(incremental, name)
    monkeypatch.setattr(incremental, name, lambda part, *rest: (seen.append(len(part)), link(part, *rest))[1])
    before = find(stream[stream["article_id"] != "w20-1"])
    again = regroup(before, stream, ["w20-1"])
    assert seen
    assert max(seen) < len(stream) / 2
    assert_same(again, find(stream))


@BOTH
def test_no_change_gives_the_same(find, stream):
    found = find(stream)
    assert_same(regroup(found, stream, []), found)


def test_links_are_shown_as_they_are_now(stream):
    found = find_events(stream)
    pair = found.merges.iloc[0]
    links = pd.DataFrame({"article_id": [pair["other_id"]], "related_article_id": [pair["article_id"]]})
    assert_same(regroup(found, stream, [], links), find_events(stream, links))


def crowded(dice):
    """Thirty weeks of texts that share most of their words, so that a new text changes how rare the words of all are."""
    rows = []
    for week in range(30):
        themes = [dice.integers(50, 400, 12) for _ in range(6)]
        for number in range(30):
            theme = themes[dice.integers(len(themes))]
            words = [f"w{n}" for n in np.r_[dice.choice(theme, 8), np.minimum(dice.zipf(1.4, 14), 400)]]
            texts = " ".join(words[:3] + words[8:10]), " ".join(words[3:] + words)
            if rows and dice.random() < 0.1:
                texts = rows[-1][1:3]
            time = pd.Timestamp("2021-01-04T00:00Z") + pd.Timedelta(minutes=int(dice.integers(7 * 1440)))
            rows.append(
                (f"a{week:02}-{number:02}", *texts, time + pd.Timedelta(weeks=week), f"o{dice.integers(6)}")
            )
    return pd.DataFrame(rows, columns=["article_id", "title", "excerpt", "published_at", "provider_id"])


@pytest.mark.slow
@BOTH
@pytest.mark.parametrize("seed", [3, 8])
def test_weeks_that_share_their_words_are_read_far_enough(find, seed):
    dice = np.random.default_rng(seed)
    frame = crowded(dice)
    found = find(frame)
    for change in ("gone", "text", "time"):
        now, (one, other) = frame.copy(), dice.choice(len(frame), 2, replace=False)
        if change == "gone":
            now = now.drop(index=one).reset_index(drop=True)
        elif change == "text":
            now.loc[one, ["title", "excerpt"]] = now.loc[other, ["title", "excerpt"]].to_numpy()
        else:
            now.loc[one, "published_at"] += pd.Timedelta(days=int(dice.integers(1, 60)))
        assert_same(regroup(found, now, [frame["article_id"][one]]), find(now))
