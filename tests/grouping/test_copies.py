from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.grouping import find_copies
from analysis.grouping.copies import _union
from analysis.grouping.similarity import Pairs

WIRE = (
    "Campaigners delivered a petition with forty thousand signatures to the city hall of Marburg on Monday, asking the "
    "mayor to take down cameras that recognise faces at the railway station before the autumn fair begins."
)
CUT = " ".join(WIRE.split()[:14])


def frame(*rows):
    return pd.DataFrame(rows, columns=["article_id", "title", "excerpt", "published_at", "provider_id"])


def groups(found):
    return (
        found.members.groupby("group_id")["article_id"]
        .apply(lambda ids: "".join(sorted(ids)))
        .sort_values()
        .tolist()
    )


def test_truncated_copies_under_another_headline_are_found_and_the_earliest_is_the_original():
    found = find_copies(
        frame(
            ("a", "Petition against station cameras", CUT, "2021-05-03T10:00Z", "one.example"),
            ("b", "Marburg: forty thousand sign", WIRE, "2021-05-03T09:00Z", "two.example"),
            (
                "c",
                "Mayor Opens Swimming Pool",
                "The pool in the east of town opened in sunshine.",
                "2021-05-03T11:00Z",
                "one.example",
            ),
        )
    )
    assert groups(found) == ["ab", "c"]
    assert found.members.set_index("article_id")["is_original"].to_dict() == {
        "a": False,
        "b": True,
        "c": True,
    }


def test_an_outlets_standing_text_is_not_a_copy_of_itself():
    standing = (
        "Sign up for our morning newsletter and read the ten stories that matter before breakfast every day."
    )
    found = find_copies(
        frame(
            ("a", "Petition against cameras", standing, "2021-05-03T10:00Z", "one.example"),
            ("b", "Swimming pool opens early", standing, "2021-05-03T09:00Z", "one.example"),
        )
    )
    assert groups(found) == ["a", "b"]


@pytest.mark.parametrize(
    ("title", "days", "copied"),
    [
        ("Council votes to take down station cameras", 0.5, True),
        ("Council votes to take down station cameras", 30, False),
        ("Morning briefing", 0, False),
        ("Morning briefing", 60, False),
    ],
)
def test_a_headline_alone_is_a_copy_only_if_it_tells_enough_and_is_near_in_time(title, days, copied):
    later = (pd.Timestamp("2021-05-03T10:00Z") + pd.Timedelta(days=days)).isoformat()
    found = find_copies(
        frame(("a", title, "", "2021-05-03T10:00Z", "x.example"), ("b", title, "", later, "y.example"))
    )
    assert groups(found) == (["ab"] if copied else ["a", "b"])


def test_the_merge_names_its_evidence():
    merge = find_copies(
        frame(
            ("a", "Short", WIRE, "2021-05-03T10:00Z", "x.example"),
            ("b", "Short", WIRE, "2021-05-03T13:30Z", "y.example"),
        )
    ).merges.iloc[0]
    assert (merge["article_id"], merge["other_id"], merge["hours_apart"], merge["similarity"]) == (
        "b",
        "a",
        3.5,
        1.0,
    )
    assert "petition" in find_copies(
        frame(("a", "Petition", WIRE, None, "x.example"), ("b", "Petition", WIRE, None, "y.example"))
    ).merges["shared_terms"].iloc[0].split(", ")


def test_five_thousand_identical_articles_are_one_group_with_one_original():
    found = find_copies(
        pd.DataFrame(
            {
                "article_id": [f"{i:04d}" for i in range(5000)],
                "title": "Station cameras come down today",
                "excerpt": WIRE,
            }
        )
    )
    assert found.groups["size"].tolist() == [5000]
    assert found.members.loc[found.members["is_original"], "article_id"].tolist() == ["0000"]


def test_pairs_of_many_texts_are_united():
    late, early = np.array([999_999], dtype=np.int32), np.array([999_998], dtype=np.int32)
    pairs = _union(Pairs(late, early, np.array([0.5])), Pairs(late, early, np.array([0.8])), 1_000_000)
    assert (pairs.late.tolist(), pairs.early.tolist(), pairs.similarity.tolist()) == (
        [999_999],
        [999_998],
        [0.8],
    )
