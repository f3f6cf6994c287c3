"""Copies and events found together are those that are found apart."""

import pandas as pd

from analysis.grouping import find_copies, find_events, find_groups

TITLES = (
    "Council votes to ban face recognition",
    "Council votes to ban face recognition",
    "Cameras in schools: parents and council meet over a ban on face recognition",
    "Rain expected over Spain tonight",
)


def test_together_they_are_what_they_are_apart():
    times = pd.date_range("2021-01-04T08:00Z", periods=len(TITLES), freq="3h")
    frame = pd.DataFrame({"article_id": list("dbca"), "title": TITLES, "published_at": times})
    apart = find_copies(frame), find_events(frame)
    for one, other in zip(find_groups(frame), apart, strict=True):
        assert one.kind == other.kind
        for name in ("members", "groups", "merges"):
            pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert [len(each.groups) for each in apart] == [3, 2]
