from datetime import date, timedelta

import pandas as pd
import pytest

from analysis.tables.collection import collection_days

A, B = "https://a.example/1", "https://b.example/1"


def rows(frame, *columns):
    return frame[list(columns)].to_numpy().tolist()


def test_the_seed_record_alone(seed):
    assert (len(seed.articles), len(seed.providers), len(seed.related_links)) == (6, 6, 5)
    assert (len(seed.topics), len(seed.images), len(seed.problems)) == (2, 6, 0)
    assert seed.images[["width", "height"]].notna().all().all()
    assert sorted(seed.topics["topic"]) == ["AI", "Computer Vision"]
    articles = seed.articles.set_index("provider_id")
    assert sorted(articles.index[articles["amp_url"].notna()]) == ["diginomica.com", "sky.com"]
    assert sorted(articles.index[articles["amp_cache_url"].notna()]) == ["diginomica.com", "sky.com"]
    own = articles.loc["expressandstar.com"]
    assert own["quality"] == 39
    assert pd.isna(own["heat"])  # -1 is "not measured"
    assert own["seen_as"] == "record"
    assert (own["n_related"], own["n_listed"]) == (5, 0)
    assert not own["is_published"]
    assert articles["seen_as"].value_counts().to_dict() == {"related": 5, "record": 1}
    links = seed.related_links.merge(seed.articles, left_on="related_article_id", right_on="article_id")
    assert links.sort_values("position")["provider_id"].tolist() == [
        "diginomica.com",
        "sky.com",
        "privacyinternational.org",
        "biometricupdate.com",
        "medianama.com",
    ]
    assert seed.providers.set_index("provider_id").loc["sky.com", "name"] == "Sky"


def test_one_article_from_several_places_is_one_row(corpus_of, make_record):
    corpus = corpus_of(
        make_record(
            A, related=[{"url": B + "?utm_source=x", "title": "As listed", "quality": 7, "excerpt": "Listed"}]
        ),
        make_record(B, title="As recorded", quality=9, provider="b.example"),
    )
    articles = corpus.articles.set_index("canonical_url")
    assert len(articles) == 2
    both = articles.loc[B]
    assert (both["seen_as"], both["title"], both["quality"], both["excerpt"]) == (
        "both",
        "As recorded",
        9,
        "Listed",
    )
    assert both["n_listed"] == 1
    conflicts = corpus.conflicts
    assert rows(conflicts, "field", "n_values", "kept") == [
        ["quality", 2, "9.0"],
        ["title", 2, "As recorded"],
    ]
    assert conflicts["others"].tolist() == [["7.0"], ["As listed"]]


def test_among_related_items_the_one_listed_most_often_counts(corpus_of, make_record):
    often, once = {"url": B, "title": "Often"}, {"url": B, "title": "Once"}
    corpus = corpus_of(
        make_record("https://a.example/1", related=[once]),
        make_record("https://a.example/2", related=[often]),
        make_record("https://a.example/3", related=[often]),
    )
    article = corpus.articles.set_index("canonical_url").loc[B]
    assert (article["title"], article["n_listed"], article["seen_as"]) == ("Often", 3, "related")


def test_among_records_of_one_article_the_earliest_published_counts(corpus_of, make_record):
    late = make_record(
        A, title="Updated", time="2021-08-25T00:00:00Z", related=[{"url": B}, {"url": "https://c.example/1"}]
    )
    early = make_record(A, title="First", time="2021-08-20T00:00:00Z", related=[{"url": B}])
    corpus = corpus_of(late, early)
    article = corpus.articles.set_index("canonical_url").loc[A]
    assert (article["title"], article["record_path"], article["n_related"]) == (
        "First",
        "2021-08-23-record-001.md",
        2,
    )
    assert article["published_at"] == pd.Timestamp("2021-08-20", tz="UTC")
    assert rows(corpus.related_links, "position") == [[0], [1]]
    conflicts = corpus.conflicts.merge(corpus.articles[["article_id", "canonical_url"]])
    kept = conflicts[conflicts["canonical_url"] == A].set_index("field")["kept"]
    assert kept.to_dict() == {"published_at": "2021-08-20T00:00:00Z", "title": "First"}


@pytest.mark.slow
def test_providers_keep_every_name_and_show_the_most_used(corpus_of, make_record):
    texts = [
        make_record(f"https://a.example/{n}").replace("name: A", f"name: {name}")
        for n, name in enumerate(["Ay", "Bee", "Bee"])
    ]
    provider = corpus_of(*texts).providers.iloc[0]
    assert (provider["name"], provider["names"], provider["n_articles"]) == ("Bee", ["Bee", "Ay"], 3)


@pytest.mark.slow
def test_a_provider_called_no_and_a_title_2021_survive(corpus_of, make_record):
    corpus = corpus_of(
        "---\ntitle: 2021\nwebUrl: https://no.example/1\npublishedDateTime: 2021-01-01T00:00:00Z\nprovider:\n  name: No\n  domain: no.example\n---\n"
    )
    assert corpus.articles["title"].tolist() == ["2021"]
    assert corpus.providers["name"].tolist() == ["No"]


def test_the_tables_have_the_documented_dtypes_and_order(seed):
    from analysis.tables.schema import TABLES

    for table in TABLES:
        frame = seed.frame(table.name)
        assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
            c.name: c.dtype for c in table.columns
        }
        for column in table.columns:
            assert column.nullable or frame[column.name].notna().all(), f"{table.name}.{column.name}"
        assert frame.equals(
            frame.sort_values(list(table.order), na_position="last", kind="stable", ignore_index=True)
        )
        assert not frame.duplicated(list(table.key)).any() or table.name == "problems"


def test_a_frame_is_the_callers_own(seed):
    mine = seed.articles
    mine["title"] = "changed"
    assert (seed.articles["title"] != "changed").all()


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 0, 9, 9, 9, 9, 9, 9, 9], ["not collected"]),
        ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1], []),
        ([4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 0, 0, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4], ["not collected"] * 2),
    ],
    ids=[
        "nine a day and a hole: exp(-9)",
        "one a day and a hole: exp(-1)",
        "four a day and two days: exp(-8)",
    ],
)
def test_a_hole_is_the_collectors_when_chance_would_not_make_it(counts, expected):
    first = date(2021, 8, 1)
    seen = {first + timedelta(day): count for day, count in enumerate(counts) if count}
    rows = collection_days(seen)
    assert [row[-1] for row in rows if row[-1] != "observed"] == expected
    assert [row[1] for row in rows] == counts
