"""The frames are plain pandas: other people's tools take them as they are."""

import pandas as pd
import plotly.express as px
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer


@pytest.fixture
def ban(seed):
    return seed.select("facial OR robot")


def test_plotly_express_draws_a_volume(ban):
    frame = ban.volume(every="day", share="corpus")
    figure = px.line(frame, x="period", y="count", hover_data=["share"])
    drawn, counts = figure.data[0].y, frame["count"].tolist()
    assert [None if pd.isna(y) else int(y) for y in drawn] == [None if pd.isna(n) else n for n in counts]
    bars = px.bar(ban.volume(every="day", by="provider"), x="period", y="count", color="provider")
    assert {trace.name for trace in bars.data} == set(ban.providers["provider_id"])


def test_plotly_express_draws_articles_without_score_too(ban):
    px.scatter(ban.articles, x="published_at", y="quality", color="provider_id", hover_name="title").to_json()


def test_scikit_learn_takes_titles(ban):
    articles = ban.articles
    matrix = TfidfVectorizer().fit_transform(articles["title"])
    assert matrix.shape[0] == len(articles)
    TfidfVectorizer().fit_transform(articles["search_title"] + articles["search_excerpt"])


def test_pandas_groups_joins_resamples_and_round_trips(seed, tmp_path):
    articles = seed.articles
    by_outlet = articles.groupby("provider_id")["quality"].agg(["size", "mean"])
    assert by_outlet["size"].sum() == 6
    weekly = articles.set_index("published_at").resample("W")["article_id"].count()
    assert weekly.sum() == 6
    joined = articles.merge(seed.providers, on="provider_id").merge(seed.topics, on="article_id", how="left")
    assert len(joined) >= 6
    articles.to_parquet(tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "a.parquet"), articles)


@pytest.mark.parametrize(
    "table", ["articles", "providers", "topics", "problems", "collection", "groups", "merges"]
)
def test_columns_have_the_dtypes_of_the_schema_and_text_is_no_object(seed, table):
    frame = getattr(seed, table)
    assert set(frame.select_dtypes("object", exclude="str")) <= {"names", "others"}  # lists
    assert frame.index.equals(pd.RangeIndex(len(frame)))


@pytest.mark.slow
def test_measures_have_no_object_columns_but_lists_and_fractions(seed):
    for frame in (
        seed.volume(every="week", share="corpus"),
        seed.provider_profiles(),
        seed.topic_shares(),
        seed.quality(every="week"),
        seed.timeliness(),
        seed.links(),
        seed.terms(seed.select("zzz")),
        seed.events(),
        seed.health(),
    ):
        assert not [*frame.select_dtypes("object", exclude="str")]


def test_a_frame_may_be_changed_without_changing_the_next(seed):
    first = seed.articles
    first["quality"] = 0
    assert seed.articles["quality"].max() > 0
