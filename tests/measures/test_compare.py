import pandas as pd
import pytest

from analysis.measures.compare import compare, overlap
from analysis.measures.frames import BadOption


def at(*times, **more):
    return [{"published_at": time, **more} for time in times]


def on_both(measure, tables, selections, **options):
    by_pandas = measure(selections, **options)
    duck = tables(**selections)
    pd.testing.assert_frame_equal(
        by_pandas, measure({name: duck.table(name) for name in selections}, **options), check_exact=True
    )
    return by_pandas


def counts(table):
    return [
        (p.strftime("%m-%d"), s, int(n))
        for p, s, n in zip(table["period"], table["selection"], table["count"], strict=True)
    ]


def test_all_selections_have_the_same_periods(articles, tables):
    one, other = (
        articles(at("2021-08-23T05:30Z", "2021-08-23T06:30Z")),
        articles(at("2021-08-24T05:30Z", "2021-08-25T05:30Z")),
    )
    assert counts(on_both(compare, tables, {"b": one, "a": other})) == [
        ("08-23", "b", 2), ("08-23", "a", 0), ("08-24", "b", 0), ("08-24", "a", 1), ("08-25", "b", 0), ("08-25", "a", 1),
    ]  # fmt: skip


def test_the_clock_change_and_missing_times(articles, tables):
    selections = {"a": articles(at("2021-10-30T23:00Z", "2021-10-31T23:59Z", None)), "b": articles([])}
    assert counts(on_both(compare, tables, selections, zone="Europe/London")) == [
        ("10-31", "a", 2),
        ("10-31", "b", 0),
    ]


def test_nothing_at_all_has_no_periods(articles, tables):
    table = on_both(compare, tables, {"a": articles([]), "b": articles([])})
    assert table.columns.tolist() == ["period", "selection", "count", "status"]
    assert table.empty


def test_shares_are_on_one_scale(articles):
    corpus = articles(at(*["2021-08-23T05:30Z"] * 10))
    table = compare({"half": corpus[:5], "all": corpus}, share="corpus", denominator=corpus)
    assert table["share"].tolist() == [0.5, 1.0]


def test_overlap_worked_by_hand(articles, tables):
    frame = articles([{"provider_id": p} for p in ("a.com", "a.com", "b.com", "c.com")])
    table = on_both(overlap, tables, {"x": frame[:3], "y": frame[1:], "none": frame[:0]})
    assert table[["one", "other", "unit", "n_one", "n_other", "n_both"]].to_numpy().tolist() == [
        ["x", "y", "articles", 3, 3, 2], ["x", "y", "providers", 2, 3, 2], ["x", "none", "articles", 3, 0, 0],
        ["x", "none", "providers", 2, 0, 0], ["y", "none", "articles", 3, 0, 0], ["y", "none", "providers", 3, 0, 0],
    ]  # fmt: skip
    assert table["jaccard"].tolist() == [0.5, 2 / 3, 0, 0, 0, 0]


def test_two_empty_selections_have_no_jaccard(articles, tables):
    assert on_both(overlap, tables, {"a": articles([]), "b": articles([])})["jaccard"].isna().all()
    assert on_both(overlap, tables, {"a": articles([])}).empty


def test_a_selection_bounded_in_time_says_nothing_beyond(seed):
    table = compare({"all": seed, "day": seed.select(since="2021-08-23", until="2021-08-23")})
    assert table.groupby("selection").size().to_dict() == {"all": 5, "day": 1}
    shared = overlap({"all": seed, "ban": seed.select("title:ban*")})
    assert shared["n_both"].tolist() == [3, 3]


@pytest.mark.parametrize("options", [{"every": "decade"}, {"share": "topic"}])
def test_bad_options_are_refused(articles, options):
    with pytest.raises(BadOption):
        compare({"a": articles([])}, **options)
    with pytest.raises(BadOption, match="at least one"):
        overlap({})
