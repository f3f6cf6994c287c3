import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.measures.counting import basis_needs
from analysis.measures.coverage import statuses
from analysis.measures.frames import (
    BadOption,
    MissingColumns,
    MissingTable,
    NotAFrame,
    WrongZone,
    collect,
    frame_of,
    frames_of,
    is_selection,
    mean_of,
    present,
    quantile_of,
)
from analysis.measures.tiers import tier

TIME = pd.Timestamp("2021-08-23T05:30Z")
FRAME = pd.DataFrame(
    {
        "article_id": ["b", "a"],
        "quality": [1.5, np.nan],
        "published_at": [TIME, pd.NaT],
        "is_original": pd.array([True, None], dtype="boolean"),
    }
)
DTYPES = {
    "article_id": "str",
    "quality": "float64",
    "published_at": "datetime64[us, UTC]",
    "is_original": "boolean",
}


def test_both_engines_give_the_same_frame_of_the_stated_types(tables):
    by_pandas = collect(frame_of(FRAME, needs=DTYPES), DTYPES)
    by_duckdb = collect(frame_of(tables(articles=FRAME), needs=DTYPES), DTYPES)
    pd.testing.assert_frame_equal(by_pandas, by_duckdb, check_exact=True)
    assert by_pandas["article_id"].tolist() == ["a", "b"]
    assert by_pandas.dtypes.astype(str).to_dict() == DTYPES


def test_an_empty_frame_keeps_its_types(tables):
    found = collect(frame_of(tables(articles=FRAME)).filter(nw.col("quality") > 9), DTYPES)
    assert found.empty
    assert found.dtypes.astype(str).to_dict() == DTYPES


def test_nan_in_duckdb_is_missing():
    relation = duckdb.sql("SELECT 'nan'::DOUBLE AS quality UNION ALL SELECT 1.0")
    frame = frame_of(relation, needs={"quality"})
    assert collect(frame.filter(~nw.col("quality").is_null()), {"quality": "float64"})[
        "quality"
    ].tolist() == [1.0]


@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
def test_an_unknown_answer_is_no_and_its_negation_yes(engine, tables):
    frame = frame_of(FRAME if engine == "pandas" else tables(articles=FRAME), needs={"quality"})
    for condition, found in (
        (present(nw.col("quality") > 1), ["b"]),
        (~present(nw.col("quality") > 1), ["a"]),
    ):
        assert collect(frame.filter(condition), {"article_id": "str"})["article_id"].tolist() == found


@pytest.mark.parametrize("native", [[1, 2], None, "articles.parquet"])
def test_what_is_no_frame_is_refused(native):
    with pytest.raises(NotAFrame, match="articles must be a selection, a pandas DataFrame"):
        frame_of(native)


def test_missing_columns_are_named_with_those_present():
    with pytest.raises(
        MissingColumns, match="articles needs the columns heat, url; it has article_id, quality"
    ):
        frame_of(FRAME, needs={"url", "heat", "quality"})


def test_times_in_another_zone_are_refused():
    connection = duckdb.connect()
    connection.execute("SET TimeZone='Asia/Kolkata'")
    relation = connection.sql("SELECT now() AS published_at")
    with pytest.raises(WrongZone, match=r"articles\.published_at must be in UTC, got Asia/Kolkata"):
        frame_of(relation, needs={"published_at"})
    with pytest.raises(WrongZone):
        frame_of(
            FRAME.assign(published_at=FRAME["published_at"].dt.tz_convert("Europe/London")),
            needs={"published_at"},
        )


def test_a_second_table_comes_from_the_selection_or_is_given(tables):
    topics = pd.DataFrame({"article_id": ["a"], "topic": ["AI"]})
    needs = {"articles": {"article_id"}, "article_topics": {"topic"}}
    duck = tables(articles=FRAME, article_topics=topics)
    for frames in (frames_of(duck, needs), frames_of(FRAME, needs, {"article_topics": topics})):
        joined = frames["articles"].join(frames["article_topics"], on="article_id")
        assert collect(joined, {"topic": "str"})["topic"].tolist() == ["AI"]
    with pytest.raises(MissingTable, match="pass article_topics=<frame>"):
        frames_of(FRAME, needs)
    assert [is_selection(data) for data in (duck, FRAME, duck.table("articles"))] == [True, False, False]


_values = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


@given(_values, st.floats(0, 1))
def test_quantiles_of_counted_values_are_those_of_the_values(values, q):
    distinct, counts = np.unique(values, return_counts=True)
    assert quantile_of(distinct, counts, q) == pytest.approx(np.quantile(values, q), abs=1e-6)
    assert mean_of(distinct, counts) == pytest.approx(np.mean(values), abs=1e-6)


def test_nothing_has_no_mean():
    assert np.isnan(mean_of([], []))
    assert np.isnan(quantile_of([], []))


def test_tiers_are_the_same_on_both_engines(tables):
    frame = pd.DataFrame({"quality": [75.0, 74.9, 45.0, 44.9, 0.0, np.nan]})
    for data in (frame, tables(articles=frame)):
        table = collect(
            frame_of(data, needs={"quality"}).with_columns(tier().alias("tier")),
            {"quality": "float64", "tier": "str"},
        )
        assert table["tier"].tolist() == ["low", "low", "medium", "medium", "high", "unknown"]


def test_a_basis_is_one_of_four():
    with pytest.raises(
        BadOption, match="basis must be one of articles, originals, events, providers; got 'words'"
    ):
        basis_needs("words")


def test_statuses_without_a_table_are_observed():
    day = pd.date_range("2021-08-23", periods=2, tz="UTC", unit="us")
    assert statuses(day[:1], day[1:], None, [0]).tolist() == ["observed"]
    assert statuses(day[:1], day[1:], day[:0], [0]).tolist() == ["not collected"]
    assert statuses(day[:1], day[1:], day[:0], [1]).tolist() == ["partial"]
