from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.grouping import evaluate, find_copies, find_events

BOTH = pytest.mark.parametrize("find", [find_copies, find_events], ids=["copies", "events"])


def titled(*titles, **columns):
    return pd.DataFrame(
        {"article_id": [f"a{i}" for i in range(len(titles))], "title": list(titles), **columns}
    )


def test_reports_of_one_week_are_one_event_each(stream):
    found = find_events(stream)
    truth = stream.set_index("article_id").index.to_series().str.replace(r"-[0-3]$", "", regex=True)
    scores = evaluate(found.members.set_index("article_id")["group_id"], truth)
    assert scores["f1"].iloc[0] == 1


def test_the_same_headline_months_later_is_another_event():
    found = find_events(
        titled("Strike halts ferries", "Strike halts ferries", published_at=["2021-01-01", "2021-06-01"])
    )
    assert found.groups["size"].tolist() == [1, 1]


def test_a_daily_column_does_not_chain_into_one_event():
    days = pd.date_range("2021-01-01", periods=120, tz="UTC")
    found = find_events(titled(*["Morning briefing"] * 120, published_at=days))
    assert (found.groups["last"] - found.groups["first"]).max() < pd.Timedelta(days=30)


def test_related_links_are_shown_and_join_nothing():
    frame = titled(
        "Harbour bridge closed", "Harbour bridge closed today", "Comet seen", published_at=["2021-01-01"] * 3
    )
    links = pd.DataFrame({"article_id": ["a0", "a0"], "related_article_id": ["a1", "a2"]})
    plain, linked = find_events(frame), find_events(frame, links)
    pd.testing.assert_frame_equal(plain.members, linked.members)
    assert plain.merges["curated_link"].tolist() == [False]
    assert linked.merges["curated_link"].tolist() == [True]


@pytest.mark.parametrize(
    "titles",
    [
        ("Les caméras interdites dans la ville de Lyon", "La ville de Lyon interdit une caméra"),
        (
            "Gesichtserkennung in den Bahnhöfen verboten",
            "Verbot der Gesichtserkennung am Bahnhof und in den Bahnhöfen",
        ),
        ("東京で顔認識カメラを禁止", "顔認識カメラ禁止、東京都が発表"),
        ("В Москве запретили камеры на вокзалах", "Камеры на вокзале запрещены в Москве"),
    ],
)
def test_other_languages_meet(titles):
    found = find_events(titled(*titles, "Rain expected", published_at=["2021-01-01"] * 3))
    assert found.groups["size"].sort_values().tolist() == [1, 2]


@BOTH
@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_articles_without_words_stand_alone(find, n):
    found = find(pd.DataFrame({"article_id": [f"a{i}" for i in range(n)], "title": [""] * n}))
    assert found.groups["size"].tolist() == [1] * n
    assert len(found.members) == n
    assert found.merges.empty
    assert list(found.merges.columns) == [
        "group_id",
        "article_id",
        "other_id",
        "similarity",
        "shared_terms",
        "hours_apart",
        "curated_link",
    ]


def test_five_thousand_identical_articles_are_one_event():
    found = find_events(
        pd.DataFrame({"article_id": np.arange(5000).astype(str), "title": "Strike halts ferries"})
    )
    assert found.groups["size"].tolist() == [5000]
    assert len(found.merges) == 4999


@BOTH
def test_undated_articles_meet_only_one_another(find):
    title = "Strike halts ferry traffic to northern islands"
    found = find(titled(title, title, title, published_at=[None, None, "2021-01-01"]))
    assert sorted(found.groups["size"]) == [1, 2]
    assert found.merges["hours_apart"].isna().all()


HOSTILE = st.text(max_size=40) | st.sampled_from(
    [
        "\ud800 lone",
        "\x00",
        "<script>alert(1)</script>",
        "=1+1",
        "a" * 5000,
        "🙂🙃",
        "\u202eabc",
        "ﷺ",
        "İ" * 30,
        "  ",
        "e\u0301",
    ]
)


@BOTH
@settings(max_examples=3 * settings.default.max_examples // 10, deadline=None)
@given(st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=6))
def test_no_text_breaks_it(find, texts):
    frame = pd.DataFrame(
        {
            "article_id": [f"a{i}" for i in range(len(texts))],
            "title": pd.Series([t for t, _ in texts], dtype=object),
            "excerpt": pd.Series([e for _, e in texts], dtype=object),
        }
    )
    found = find(frame)
    assert found.members["article_id"].tolist() == frame["article_id"].tolist()
    assert found.groups["size"].sum() == len(frame)


@BOTH
def test_the_order_of_the_rows_changes_nothing_and_the_frame_stays(find, stream):
    before = stream.copy()
    one, two = find(stream), find(stream.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(one.members, two.members)
    pd.testing.assert_frame_equal(one.groups, two.groups)
    pd.testing.assert_frame_equal(one.merges, two.merges)
    pd.testing.assert_frame_equal(stream, before)


@BOTH
def test_each_group_has_one_original_one_medoid_and_one_merge_less_than_members(find, stream):
    found = find(stream)
    by = found.members.groupby("group_id")
    assert (by["is_original"].sum() == 1).all()
    assert (by["is_medoid"].sum() == 1).all()
    merges = found.merges.groupby("group_id").size().reindex(found.groups["group_id"], fill_value=0)
    assert merges.tolist() == (found.groups["size"] - 1).tolist()
    assert found.members["confidence"].between(0, 1).all()


def test_a_label_is_written_as_the_titles_write_it(stream):
    found = find_events(stream)
    group = found.members.set_index("article_id").loc["w02-0", "group_id"]
    label = found.groups.set_index("group_id").loc[group, "label"]
    assert "Town02" in label
    assert "comet" in label.lower()


@pytest.mark.parametrize(
    ("titles", "label"),
    [
        (
            [
                "Robots highlight the county fair",
                "Robots highlight the county fair",
                "County fair: robots at work",
            ],
            "Robots highlight the county fair",
        ),
        (["Robots highlight the county fair", "At the county fair, robots dance"], "county fair, Robots"),
        (
            ["Council votes to ban face recognition in every station, school and stadium"],
            "Council votes to ban face recognition in every station,…",
        ),
        (["顔認識" * 30], "顔認識" * 20 + "…"),
        ([" "], ""),
    ],
)
def test_a_label_is_the_title_of_most_texts_or_what_the_titles_share(titles, label):
    excerpts = [
        f"The fair opened with robots number {i}" if len(titles) > 1 else "" for i in range(len(titles))
    ]
    found = find_events(titled(*titles, excerpt=excerpts))
    assert found.groups["label"].tolist() == [label]


SHIP = [
    "Container ship Ever Given stuck in Suez Canal",
    "Ever Given still stuck as tugs fail in Suez Canal",
    "Suez Canal: diggers work to free stuck ship Ever Given",
    "Ships queue as Ever Given blocks Suez Canal",
    "Suez Canal blocked: attempt to free Ever Given fails again",
    "Ever Given moves a little in Suez Canal, tugs say",
    "High tide may free Ever Given stuck in Suez Canal",
]
COURT = [
    "Egypt court holds Ever Given over Suez compensation",
    "Owners of Ever Given reject Suez compensation claim",
    "Court in Egypt: Ever Given stays until compensation is paid",
]


def test_an_event_goes_on_for_weeks_while_it_is_told_and_its_aftermath_is_another():
    days = pd.date_range("2021-03-23", periods=14, tz="UTC").append(
        pd.date_range("2021-05-04", periods=3, tz="UTC")
    )
    outlets = [f"p{i % 5}.example" for i in range(17)]
    found = find_events(titled(*SHIP, *SHIP, *COURT, published_at=days, provider_id=outlets))
    assert sorted(found.groups["size"]) == [3, 14]
