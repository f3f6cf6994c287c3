import pandas as pd
import pytest

from analysis import open_corpus
from analysis.corpus import BadFilter, Filters


def providers(selection):
    return sorted(selection.articles["provider_id"])


@pytest.mark.parametrize(
    ("query", "filters", "expected"),
    [
        (
            "",
            {},
            [
                "biometricupdate.com",
                "diginomica.com",
                "expressandstar.com",
                "medianama.com",
                "privacyinternational.org",
                "sky.com",
            ],
        ),
        ("delhi", {}, ["medianama.com"]),
        ("", {"topics": "AI"}, ["expressandstar.com"]),
        ("", {"topics": ("Robots",)}, []),
        ("", {"providers": ["sky.com", "medianama.com"]}, ["medianama.com", "sky.com"]),
        ("", {"min_quality": 54}, ["diginomica.com", "privacyinternational.org", "sky.com"]),
        ("", {"max_quality": 37}, ["biometricupdate.com", "medianama.com"]),
        ("", {"since": "2021-08-23"}, ["expressandstar.com", "medianama.com", "sky.com"]),
        ("", {"until": "2021-08-19"}, ["biometricupdate.com", "diginomica.com"]),
        ("", {"since": "2021-08-23T05:30:00Z"}, ["expressandstar.com", "sky.com"]),
        (
            "",
            {"until": "2021-08-23T05:30:00Z", "since": "2021-08-22"},
            ["medianama.com", "privacyinternational.org"],
        ),
        ("ban*", {"min_quality": 50, "since": "2021-08-20"}, ["privacyinternational.org", "sky.com"]),
    ],
)
def test_selections_of_the_seed_record(seed, query, filters, expected):
    assert providers(seed.select(query, **filters)) == expected


def test_days_are_those_of_the_corpuss_zone(seed_store):
    # 2021-08-22T21:02Z is 23 August in Helsinki
    corpus = open_corpus(seed_store, zone="Europe/Helsinki")
    assert "privacyinternational.org" in providers(corpus.select(since="2021-08-23"))
    assert "privacyinternational.org" not in providers(corpus.select(until="2021-08-22"))


def test_a_selection_gives_the_tables_that_go_with_it(seed):
    chosen = seed.select(providers="expressandstar.com")
    assert len(chosen) == 1
    assert len(chosen.related_links) == 5
    assert len(chosen.topics) == 2
    assert len(chosen.images) == 1
    assert chosen.providers["n_articles"].tolist() == [1]
    assert len(chosen.collection) == len(seed.collection)
    assert len(seed.select(providers="sky.com").related_links) == 0


def test_selecting_further_narrows(seed):
    once = seed.select("ban*", since="2021-08-20")
    twice = once.select("government")
    assert providers(once) == ["expressandstar.com", "privacyinternational.org", "sky.com"]
    assert providers(twice) == ["expressandstar.com", "sky.com"]
    assert twice.filters.query == "(ban*) AND (government)"


def test_an_empty_selection_has_the_same_columns(seed):
    none = seed.select("unheardof")
    assert len(none) == 0
    assert list(none.articles.columns) == list(seed.articles.columns)
    assert none.articles.dtypes.equals(seed.articles.dtypes)
    assert len(none.providers) == 0


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        (
            {"topic": "AI"},
            "filter must be one of topics, providers, since, until, min_quality, max_quality, ids; got 'topic'",
        ),
        ({"since": "yesterday"}, "since must be a day such as 2021-08-23 or a time, got 'yesterday'"),
        ({"min_quality": "high"}, "min_quality must be a number, got 'high'"),
    ],
)
def test_wrong_filters_say_what_is_allowed(seed, filters, message):
    with pytest.raises(BadFilter, match=message):
        seed.select(**filters)


def test_an_unknown_zone_says_so(seed_store):
    with pytest.raises(BadFilter, match="zone must be an IANA name such as Europe/London, got 'London time'"):
        open_corpus(seed_store, zone="London time")


def test_what_it_says_of_itself(seed):
    assert repr(seed).startswith("<Corpus: 6 articles, 6 providers, 2021-08-19 to 2021-08-23; snapshot ")
    assert repr(seed.select("unheardof")).startswith("<Selection: 0 articles, 0 providers; snapshot ")
    assert seed.filters == Filters()


@pytest.mark.slow
def test_threads_share_a_corpus(seed):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: len(seed.select("ban*" if n % 2 else "").articles), range(40)))
    assert found == [6, len(seed.select("ban*"))] * 20


def test_hostile_values_are_values(seed):
    assert len(seed.select(providers="x' OR '1'='1", topics="'; DROP VIEW articles; --")) == 0
    assert len(seed) == 6
    assert isinstance(seed.articles, pd.DataFrame)


def test_articles_are_chosen_by_their_ids(seed):
    two = tuple(seed.articles["article_id"][:2])
    assert sorted(seed.select(ids=two).articles["article_id"]) == sorted(two)
    assert len(seed.select(ids=two[0]).related_links) <= len(seed.related_links)
    assert [len(seed.select(ids=ids)) for ids in ((), ("x' OR '1'='1",), None)] == [0, 0, 6]


def test_a_saved_story_is_a_selection(seed):
    assert providers(seed.story("facial-recognition-ban")) == [
        "diginomica.com",
        "expressandstar.com",
        "privacyinternational.org",
        "sky.com",
    ]
    assert providers(seed.select(min_quality=55).story("facial-recognition-ban")) == [
        "diginomica.com",
        "sky.com",
    ]
