from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.measures.change import PARTS, change
from analysis.measures.frames import BadOption

DAY = ("2021-08-23T00:00Z", "2021-08-24T00:00Z")


def of(day, provider, original=True, n=1):
    return [{"published_at": f"2021-08-{day}T10:00Z", "provider_id": provider, "is_original": original}] * n


def changes(table):
    return dict(zip(table["part"], table["change"], strict=True))


def test_each_cause_has_its_part(both, articles):
    before = of(22, "stays.com", n=2) + of(22, "lost.com") + of(22, "stays.com", original=False)
    after = of(23, "stays.com", n=5) + of(23, "new.com", n=3) + of(23, "new.com", original=False, n=4)
    table = both(change, articles(before + after + of(25, "stays.com")), DAY)
    assert changes(table) == {
        "new providers": 3,
        "lost providers": -1,
        "more per provider": 3,
        "copies": 3,
        "corpus growth": 0,
        "total": 8,
    }
    assert table[["before", "after"]].to_numpy().tolist() == [[0, 3], [1, 0], [2, 5], [1, 4], [0, 0], [4, 12]]
    assert table["n_providers"].tolist() == [1, 1, 1, 2, 3, 3]
    assert table["status"].unique().tolist() == ["observed"]
    assert table.dtypes.astype(str).tolist() == ["str", "int64", "int64", "float64", "object", "int64", "str"]


def test_what_grew_with_the_corpus_is_no_news(both, articles):
    # The corpus grows from 3 to 4, the story from 1 to 2: 1/3 with the corpus, and 2 - 4/3 = 2/3 beyond it.
    corpus = articles(of(22, "a.com") + of(23, "a.com", n=2) + of(22, "b.com", n=2) + of(23, "b.com", n=2))
    table = both(change, corpus[:3], DAY, denominator=corpus)
    assert table.set_index("part")["exact"].to_dict() == {
        "new providers": 0, "lost providers": 0, "more per provider": Fraction(2, 3), "copies": 0, "corpus growth": Fraction(1, 3), "total": 1,
    }  # fmt: skip


def test_any_baseline_may_be_given(both, articles):
    frame = articles(of(20, "a.com") + of(22, "a.com", n=5) + of(23, "a.com", n=2))
    table = both(change, frame, DAY, ("2021-08-20T00:00Z", "2021-08-21T00:00Z"))
    assert changes(table)["total"] == 1


def test_missing_values_are_left_out_or_originals(both, articles):
    rows = [
        {"published_at": None, "provider_id": "a.com"},
        {"published_at": "2021-08-23T10:00Z", "provider_id": "a.com", "is_original": None},
    ]
    assert changes(both(change, articles(rows), DAY)) == {
        **dict.fromkeys(PARTS, 0),
        "new providers": 1,
        "total": 1,
    }


def test_no_articles_changed_nothing(both, articles):
    assert changes(both(change, articles([]), DAY)) == dict.fromkeys(PARTS, 0)


@pytest.mark.parametrize(
    ("days", "status"),
    [
        ({"2021-08-22": 1, "2021-08-23": 1}, "observed"),
        ({"2021-08-22": 0, "2021-08-23": 1}, "partial"),
        ({"2021-08-20": 1}, "partial"),
    ],
)
def test_a_stretch_that_was_not_collected_is_named(both, articles, collection, days, status):
    assert both(change, articles(of(23, "a.com")), DAY, collection=collection(days))[
        "status"
    ].unique().tolist() == [status]


def test_a_day_of_the_clock_change_is_a_stretch_like_any_other(both, articles):
    frame = articles(
        [
            {"published_at": t, "provider_id": "a.com"}
            for t in ("2021-10-30T22:59Z", "2021-10-30T23:00Z", "2021-10-31T23:59Z")
        ]
    )
    table = both(change, frame, ("2021-10-31T00:00+01:00", "2021-11-01T00:00Z"))
    assert table.set_index("part").loc["total", ["before", "after"]].tolist() == [1, 2]


def test_the_seed_record(seed):
    table = change(seed, DAY, ("2021-08-19T00:00Z", "2021-08-23T00:00Z"))
    # 3 articles of 3 outlets each time, in a corpus of 3 and 3: three came, three went.
    assert changes(table) == {
        "new providers": 3,
        "lost providers": -3,
        "more per provider": 0,
        "copies": 0,
        "corpus growth": 0,
        "total": 0,
    }
    assert table["status"].unique().tolist() == ["partial"]


_stories = st.lists(
    st.tuples(
        st.sampled_from([22, 23]),
        st.sampled_from(["a.com", "b.com", "c.com"]),
        st.sampled_from([True, False, None]),
        st.booleans(),
    ),
    max_size=30,
)


@given(_stories)
@settings(deadline=None)
def test_the_parts_add_up_exactly(articles, drawn):
    corpus = articles([row for day, provider, original, _ in drawn for row in of(day, provider, original)])
    story = corpus[pd.Series([chosen for *_, chosen in drawn], dtype="bool")]
    table = change(story, DAY, denominator=corpus)
    total = table.iloc[-1]
    assert sum(table["exact"].iloc[:-1]) == total["exact"] == total["after"] - total["before"]


@pytest.mark.parametrize("span", [("2021-08-23", "2021-08-24"), DAY[::-1], "soon"])
def test_a_bad_span_is_refused(articles, span):
    with pytest.raises(BadOption, match="period must"):
        change(articles([]), span)
