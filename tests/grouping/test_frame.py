from __future__ import annotations

import pandas as pd
import pytest

from analysis.grouping.frame import UNDATED, DuplicateArticleError, MissingColumnError, in_order


def test_a_missing_column_is_named():
    with pytest.raises(MissingColumnError, match="title"):
        in_order(pd.DataFrame({"article_id": ["a"]}))


def test_an_id_given_twice_is_refused():
    with pytest.raises(DuplicateArticleError, match="'a' occurs twice"):
        in_order(pd.DataFrame({"article_id": ["a", "a"], "title": ["x", "y"]}))


def test_times_of_any_kind_sort_and_undated_come_first():
    frame = pd.DataFrame(
        {
            "article_id": ["b", "a", "c"],
            "title": ["x"] * 3,
            "published_at": ["2020-01-02", "2020-01-01T23:00+01:00", "soon"],
        }
    )
    out = in_order(frame)
    assert out["article_id"].tolist() == ["c", "a", "b"]
    assert out["day"].tolist() == [UNDATED, 18262 + 22 / 24, 18263]


def test_the_callers_frame_stays_as_it_was():
    frame = pd.DataFrame({"article_id": ["b", "a"], "title": [None, "x"]})
    before = frame.copy()
    in_order(frame)
    pd.testing.assert_frame_equal(frame, before)
