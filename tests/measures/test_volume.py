import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.measures.frames import BadOption, MissingColumns, MissingTable
from analysis.measures.tiers import BOUNDS
from analysis.measures.volume import volume, with_share


def rows(table, *columns):
    shown = table.assign(
        period=table["period"].dt.strftime("%m-%d %H:%M %z").str.removesuffix(" 00:00 +0000")
    )
    return [
        tuple(None if pd.isna(v) else v for v in row)
        for row in shown[["period", *columns]].itertuples(index=False)
    ]


def at(*times, **more):
    return [{"published_at": time, **more} for time in times]


def test_each_period_is_counted_and_the_empty_ones_are_there(both, articles):
    table = both(volume, articles(at("2021-08-23T05:30Z", "2021-08-23T23:59:59Z", "2021-08-25T00:00Z")))
    assert rows(table, "count", "status") == [
        ("08-23", 2, "observed"),
        ("08-24", 0, "observed"),
        ("08-25", 1, "observed"),
    ]
    assert [str(dtype) for dtype in table.dtypes] == ["datetime64[us, UTC]", "Int64", "str"]


def test_no_articles_give_no_periods_but_all_columns(both, articles):
    frame = articles([])
    table = both(volume, frame, share="corpus", denominator=frame, rolling=3, by="tier")
    assert table.columns.tolist() == [
        "period",
        "tier",
        "count",
        "of",
        "share",
        "share_low",
        "share_high",
        "rolling",
        "status",
    ]
    assert table.empty
    assert [str(table[name].dtype) for name in ("period", "tier", "count", "status")] == [
        "datetime64[us, UTC]",
        "str",
        "Int64",
        "str",
    ]


@pytest.mark.parametrize("basis", ["articles", "originals", "events", "providers"])
def test_no_articles_are_none_on_any_basis(both, articles, basis):
    table = both(volume, articles([]), basis=basis, span=("2021-08-23T00:00Z", "2021-08-24T00:00Z"))
    assert rows(table, "count") == [("08-23", 0)]


def test_one_article_is_one_period(both, articles):
    assert rows(both(volume, articles(at("2021-08-23T05:30Z")), every="year"), "count") == [("01-01", 1)]


def test_an_article_without_a_time_is_in_no_period(both, articles):
    assert rows(both(volume, articles(at("2021-08-23T05:30Z", None))), "count") == [("08-23", 1)]
    assert both(volume, articles(at(None))).empty


def test_days_have_23_and_25_hours_when_the_clocks_change(both, articles):
    frame = articles(at("2021-10-30T23:30Z", "2021-10-31T00:30Z", "2021-10-31T01:30Z", "2021-11-01T00:00Z"))
    table = both(volume, frame, zone="Europe/London")
    assert rows(table, "count") == [
        ("10-31 00:00 +0100", 3),
        ("11-01", 1),
    ]
    hours = both(
        volume,
        frame,
        zone="Europe/London",
        every="hour",
        span=("2021-10-31T00:00+01:00", "2021-11-01T00:00+00:00"),
    )
    assert len(hours) == 25
    assert rows(hours, "count")[:3] == [
        ("10-31 00:00 +0100", 1),
        ("10-31 01:00 +0100", 1),
        ("10-31 01:00 +0000", 1),
    ]


def test_each_basis_counts_its_own_unit(both, articles):
    frame = articles(
        [
            {
                "published_at": "2021-08-23T01:00Z",
                "provider_id": "a.com",
                "is_original": True,
                "event_id": "e",
            },
            {
                "published_at": "2021-08-23T02:00Z",
                "provider_id": "b.com",
                "is_original": False,
                "event_id": "e",
            },
            {
                "published_at": "2021-08-23T03:00Z",
                "provider_id": "b.com",
                "is_original": None,
                "event_id": None,
            },
            {
                "published_at": "2021-08-24T03:00Z",
                "provider_id": "b.com",
                "is_original": False,
                "event_id": "e",
            },
        ]
    )
    counts = {
        basis: both(volume, frame, basis=basis)["count"].tolist()
        for basis in ("articles", "originals", "events", "providers")
    }
    assert counts == {"articles": [3, 1], "originals": [2, 0], "events": [2, 1], "providers": [2, 1]}


def test_what_was_not_collected_has_no_count_and_a_real_zero_has(both, articles, collection):
    days = collection({"2021-08-22": 3, "2021-08-23": 4, "2021-08-24": 0, "2021-08-25": 0, "2021-08-26": 2})
    frame = articles(at("2021-08-23T05:30Z", "2021-08-25T05:00Z", "2021-08-27T09:00Z"))
    assert rows(both(volume, frame, collection=days), "count", "status") == [
        ("08-22", 0, "observed"),
        ("08-23", 1, "observed"),
        ("08-24", None, "not collected"),
        ("08-25", 1, "partial"),  # known from elsewhere, though nothing was collected
        ("08-26", 0, "observed"),
        ("08-27", 1, "partial"),  # after collection ended
    ]
    # Weeks from Monday: the 22nd is a Sunday, so both weeks hold days before or after collection.
    assert rows(both(volume, frame, collection=days, every="week"), "count", "status") == [
        ("08-16", 0, "partial"),
        ("08-23", 3, "partial"),
    ]


def test_a_day_of_the_zone_is_partial_where_half_of_it_was_collected(both, articles, collection):
    table = both(
        volume,
        articles(at("2021-08-23T01:00Z", "2021-08-23T12:00Z")),
        collection=collection({"2021-08-23": 4}),
        zone="America/New_York",
    )
    assert rows(table, "count", "status") == [
        ("08-22 00:00 -0400", 1, "partial"),
        ("08-23 00:00 -0400", 1, "partial"),
    ]


def test_a_period_that_reaches_beyond_the_span_is_partial(both, articles):
    frame = articles(at("2021-08-15T00:00Z", "2021-08-18T00:00Z", "2021-08-23T00:00Z", "2021-08-30T00:00Z"))
    table = both(volume, frame, every="week", span=("2021-08-17T00:00Z", "2021-08-30T00:00Z"))
    assert rows(table, "count", "status") == [("08-16", 1, "partial"), ("08-23", 1, "observed")]


def test_shares_are_of_the_corpus_with_wilsons_interval(both, articles):
    corpus = articles(at(*["2021-08-23T05:30Z"] * 10, "2021-08-24T05:30Z"))
    table = both(
        volume,
        corpus[:5],
        share="corpus",
        denominator=corpus,
        span=("2021-08-23T00:00Z", "2021-08-26T00:00Z"),
    )
    # 5 of 10 at 95 %: (5 + 1.9208) / (10 + 3.8415) = .5 -+ .2634; nothing of one; nothing of nothing.
    shown = table.round(dict.fromkeys(("share", "share_low", "share_high"), 4))
    assert rows(shown, "count", "of", "share", "share_low", "share_high") == [
        ("08-23", 5, 10, 0.5, 0.2366, 0.7634),
        ("08-24", 0, 1, 0.0, 0.0, 0.7935),
        ("08-25", 0, 0, None, None, None),
    ]


@pytest.mark.parametrize("basis", ["articles", "originals", "providers"])
def test_a_share_of_what_is_counted_already_is_the_same(basis, articles, collection):
    whole = articles(at("2021-08-22T05:30Z", "2021-08-22T05:30Z", "2021-08-24T05:30Z", is_original=True))
    span = ("2021-08-22T00:00Z", "2021-08-26T00:00Z")
    days = collection({"2021-08-22": 2, "2021-08-23": 0, "2021-08-24": 1, "2021-08-25": 1})
    asked = {"basis": basis, "span": span, "collection": days}
    expected = volume(whole[:2], share="corpus", denominator=whole, **asked)
    found = with_share(volume(whole[:2], **asked), volume(whole, **asked))
    pd.testing.assert_frame_equal(found, expected)
    with pytest.raises(BadOption, match="periods"):
        with_share(volume(whole[:2], **asked)[:1], volume(whole, **asked))


def test_shares_of_topic_and_of_the_providers_own_output(both, articles):
    corpus = articles(
        [
            {"published_at": "2021-08-23T05:30Z", "provider_id": p}
            for p in ("a.com", "a.com", "b.com", "c.com")
        ]
    )
    topics = pd.DataFrame(
        {"article_id": ["a0", "a0", "a1", "a2", "a3"], "topic": ["AI", "CV", "AI", "AI", "X"]}
    )
    table = both(volume, corpus.iloc[[0, 2]], by="topic", share="topic", denominator=corpus, topics=topics)
    assert rows(table, "topic", "count", "of") == [("08-23", "AI", 2, 3), ("08-23", "CV", 1, 1)]
    table = both(volume, corpus.iloc[[0, 2]], by="provider", share="provider", denominator=corpus)
    assert rows(table, "provider", "count", "of", "share") == [
        ("08-23", "a.com", 1, 2, 0.5),
        ("08-23", "b.com", 1, 1, 1.0),
    ]
    table = both(volume, corpus.iloc[[0, 2]], by="provider", share="corpus", denominator=corpus)
    assert table["of"].tolist() == [4, 4]


def test_every_tier_has_a_row_and_no_score_is_a_tier(both, articles):
    frame = articles(
        [
            {"published_at": "2021-08-23T05:30Z", "quality": q}
            for q in (BOUNDS["high"], BOUNDS["medium"], 0.0, None, None)
        ]
    )
    assert rows(both(volume, frame, by="tier"), "tier", "count") == [
        ("08-23", "high", 1),
        ("08-23", "medium", 1),
        ("08-23", "low", 1),
        ("08-23", "unknown", 2),
    ]


def test_stories_are_queries_in_the_order_given(both, articles):
    frame = articles(
        [
            {"published_at": "2021-08-23T05:30Z", "search_title": t}
            for t in (" ban it ", " bans all ", " so what ")
        ]
    )
    topics = pd.DataFrame({"article_id": ["a2"], "topic": ["AI"]})
    table = both(
        volume, frame, by="story", stories={"b": "ban*", "a": "topic:ai", "none": "zebra"}, topics=topics
    )
    assert rows(table, "story", "count") == [("08-23", "b", 2), ("08-23", "a", 1), ("08-23", "none", 0)]


def test_the_rolling_mean_is_of_observed_periods(both, articles, collection):
    days = collection(
        {
            "2021-08-20": 1,
            "2021-08-21": 1,
            "2021-08-22": 0,
            "2021-08-23": 1,
            "2021-08-24": 0,
            "2021-08-25": 0,
            "2021-08-26": 1,
        }
    )
    frame = articles(
        at(
            "2021-08-20T01:00Z",
            "2021-08-21T01:00Z",
            "2021-08-21T02:00Z",
            "2021-08-23T01:00Z",
            *["2021-08-26T00:00Z"] * 4,
        )
    )
    table = both(volume, frame, rolling=3, collection=days)
    # 1 2 - 1 - - 4: of (1 2 -) 1.5; of (2 - 1) 1.5; (- 1 -) and (1 - -) and (- - 4) have one day of three.
    assert [None if pd.isna(v) else v for v in table["rolling"]] == [None, None, 1.5, 1.5, None, None, None]


def test_a_selection_brings_its_tables_its_corpus_and_its_zone(tables, articles, collection):
    corpus = tables(
        articles=articles(at("2021-08-23T05:30Z", "2021-08-23T06:30Z")),
        collection=collection({"2021-08-23": 2, "2021-08-24": 1}),
    )
    selection = tables(
        articles=articles(at("2021-08-23T05:30Z")), collection=collection({"2021-08-23": 2, "2021-08-24": 1})
    )
    selection.corpus, selection.zone = corpus, "Asia/Tokyo"
    table = volume(selection, share="corpus")
    assert str(table["period"].dtype) == "datetime64[us, Asia/Tokyo]"
    assert rows(table, "count", "of", "status") == [
        ("08-23 00:00 +0900", 1, 2, "partial"),
        ("08-24 00:00 +0900", 0, 0, "observed"),
    ]


def test_the_seed_record_and_its_related_articles(seed):
    table = volume(seed, zone="Europe/London")
    # One record, of the 23rd; five more articles are known only from its related list.
    assert [(period[:5], *rest) for period, *rest in rows(table, "count", "status")] == [
        ("08-19", 2, "partial"),
        ("08-20", None, "not collected"),
        ("08-21", None, "not collected"),
        ("08-22", 1, "partial"),
        ("08-23", 3, "partial"),
    ]
    found = volume(seed.select("title:ban*"), share="corpus", every="year")
    assert rows(found, "count", "of") == [("01-01", 3, 6)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"every": "fortnight"}, "every must be one of hour, day"),
        ({"by": "author"}, "by must be one of topic, provider"),
        ({"basis": "words"}, "basis must be one of articles"),
        ({"share": "world"}, "share must be one of corpus"),
        ({"share": "topic"}, "share of the topic needs by='topic'"),
        ({"share": "corpus"}, "needs denominator="),
        ({"by": "story"}, "stories must be given"),
        ({"stories": {}}, "stories must be given"),
        ({"rolling": 0}, "rolling must be at least 1"),
        ({"zone": "Mars"}, "zone must be"),
        ({"span": ("2021-08-23", "2021-08-24")}, "span must be two times with a zone"),
    ],
)
def test_a_bad_option_is_refused(articles, options, message):
    with pytest.raises(BadOption, match=message):
        volume(articles(at("2021-08-23T05:30Z")), **options)


def test_a_denominator_without_the_articles_is_refused(articles):
    frame = articles(at("2021-08-23T05:30Z"))
    with pytest.raises(BadOption, match="denominator must hold every article"):
        volume(frame, share="corpus", denominator=frame[:0])


def test_missing_columns_and_tables_are_named(articles):
    with pytest.raises(MissingColumns, match="articles needs the column is_original"):
        volume(articles(at("2021-08-23T05:30Z")).drop(columns="is_original"), basis="originals")
    with pytest.raises(MissingTable, match="article_topics must be given"):
        volume(articles(at("2021-08-23T05:30Z")), by="topic")


_times = st.datetimes(pd.Timestamp("2021-03-20"), pd.Timestamp("2021-04-05")).map(
    lambda t: t.isoformat() + "Z"
)


@given(
    st.lists(_times, max_size=12),
    st.sampled_from(["hour", "day", "week", "month"]),
    st.sampled_from(["UTC", "Europe/London", "Asia/Kathmandu"]),
)
@settings(max_examples=settings.default.max_examples // 4, deadline=None)
def test_every_article_is_counted_once(both, articles, times, every, zone):
    assert both(volume, articles(at(*times)), every=every, zone=zone)["count"].sum() == len(times)
