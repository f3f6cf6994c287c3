from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from analysis.measures.frames import BadOption, MissingColumns, MissingTable
from analysis.measures.links import (
    CREATES,
    CREATES_DISCOVERY,
    CREATES_SUMMARY,
    discovery,
    link_summary,
    links,
)

# The package gives the function of this name; the module is needed for its limits.
module = import_module("analysis.measures.links")


def lists(*pairs):
    table = pd.DataFrame(map(tuple, pairs), columns=["article_id", "related_article_id"]).astype("str")
    return table.assign(position=range(len(pairs)))


# a and b list each other; both list c; c lists d, which alone leads to e. f is not in the data; a lists itself.
LINKS = lists(*("ab", "ba", "ac", "bc", "cd", "de", "af", "aa"))


@pytest.fixture
def five(articles):
    providers = {"a": "pa", "b": "sky", "c": "sky", "d": "star", "e": "star"}
    return articles([{"article_id": name, "provider_id": provider} for name, provider in providers.items()])


def test_degrees_and_betweenness_by_hand(both, five):
    table = both(links, five, related_links=LINKS).set_index("id")
    assert table["n_listed"].to_dict() == {"c": 2, "a": 1, "b": 1, "d": 1, "e": 1}
    assert table["n_lists"].to_dict() == {"c": 1, "a": 2, "b": 2, "d": 1, "e": 0}
    # Ways through c: a-d, a-e, b-d, b-e; through d: a-e, b-e, c-e; of 4 * 3 ordered pairs of the others.
    assert table["betweenness"].to_dict() == pytest.approx({"c": 4 / 12, "d": 3 / 12, "a": 0, "b": 0, "e": 0})


def test_pagerank_by_hand(both, articles):
    # Two articles that list each other share alike.
    frame = articles([{"article_id": "a"}, {"article_id": "b"}])
    table = both(links, frame, related_links=lists("ab", "ba"))
    assert table["pagerank"].tolist() == pytest.approx([0.5, 0.5])
    # In a -> b, with d = 0.85: a = 0.075 + 0.85 b / 2, b = a + 0.85 a, and both sum to 1: a = 1 / 2.85.
    table = both(links, frame, related_links=lists("ab")).set_index("id")
    assert table["pagerank"].to_dict() == pytest.approx({"a": 1 / 2.85, "b": 1.85 / 2.85}, abs=1e-5)


def test_providers_by_hand(both, five):
    table = both(links, five, by="provider", related_links=LINKS).set_index("id")
    # pa -> sky twice (ab, ac), sky -> pa (ba), sky -> star (cd); bc and de stay within one provider.
    assert table["n_listed"].to_dict() == {"sky": 2, "star": 1, "pa": 1}
    assert table["n_lists"].to_dict() == {"sky": 2, "star": 0, "pa": 2}


def test_summary_by_hand(both, five):
    row = both(link_summary, five, related_links=LINKS).iloc[0]
    assert row.to_dict() == {
        "n_articles": 5,
        "n_links": 6,
        "n_outside": 1,
        "n_mutual": 2,
        "reciprocity": 2 / 6,
    }


def test_a_repeated_link_is_one_of_the_summary(both, five):
    row = both(link_summary, five, related_links=lists("ab", "ab")).iloc[0]
    assert row["n_links"] == 1


def test_discovery_by_hand(both, articles):
    seen = [("pa", "record"), ("pa", "both"), ("sky", "related"), ("sky", "related"), ("sky", "record")]
    table = both(discovery, articles([{"provider_id": p, "seen_as": s} for p, s in seen])).set_index(
        "provider_id"
    )
    assert table["n_only_listed"].to_dict() == {"sky": 2, "pa": 0}
    assert table["share"].to_dict() == pytest.approx({"sky": 2 / 3, "pa": 0})
    assert table["of_all"].tolist() == [0.4, 0.4]
    # Wilson for 0 of 2: up to 1.96^2 / (2 + 1.96^2).
    assert table.loc["pa", "share_high"] == pytest.approx(1.959964**2 / (2 + 1.959964**2))


def test_beyond_the_limit_the_most_listed_are_ranked(both, five, monkeypatch):
    monkeypatch.setattr(module, "MAX_NODES", 2)
    table = both(links, five, related_links=LINKS)
    # c is listed twice; of those listed once a and b list most, and a comes first. Between c and a: a -> c.
    assert table[["id", "n_listed", "n_lists"]].to_numpy().tolist() == [["c", 2, 1], ["a", 1, 2]]
    assert table["pagerank"].tolist() == pytest.approx([1.85 / 2.85, 1 / 2.85], abs=1e-5)
    monkeypatch.setattr(module, "MAX_LINKS", 0)
    assert both(links, five, related_links=LINKS)["pagerank"].tolist() == pytest.approx([0.5, 0.5])


@pytest.mark.slow
def test_sampled_betweenness_is_the_same_each_time_and_near(both, articles, monkeypatch):
    dice = np.random.default_rng(9)
    frame = articles([{"article_id": f"n{n:02}"} for n in range(60)])
    pairs = dice.integers(0, 60, size=(240, 2))
    given = lists(*[(f"n{a:02}", f"n{b:02}") for a, b in pairs])
    exact = both(links, frame, related_links=given).set_index("id")["betweenness"]
    monkeypatch.setattr(module, "EXACT_WORK", 240 * 40)
    sampled = both(links, frame, related_links=given).set_index("id")["betweenness"]
    assert not sampled.equals(exact)
    assert sampled.corr(exact) > 0.9


def test_nothing_gives_all_columns(both, articles):
    for by in ("article", "provider"):
        table = both(links, articles([]), by=by, related_links=lists())
        assert table.empty
        assert dict(table.dtypes.astype(str)) == CREATES
    row = both(link_summary, articles([]), related_links=lists())
    assert dict(row.dtypes.astype(str)) == CREATES_SUMMARY
    assert np.isnan(row["reciprocity"].iloc[0])
    assert dict(both(discovery, articles([])).dtypes.astype(str)) == CREATES_DISCOVERY


def test_one_article_has_no_links(both, five):
    assert both(links, five[:1], related_links=LINKS).empty
    assert both(link_summary, five[:1], related_links=LINKS)["n_outside"].tolist() == [7]


def test_the_seed_record_lists_five(seed):
    table = links(seed)
    assert len(table) == 6
    assert table["n_lists"].max() == 5
    assert link_summary(seed)["n_links"].tolist() == [5]
    assert discovery(seed)["n_only_listed"].sum() == 5


def test_what_is_wrong_is_named(five):
    with pytest.raises(BadOption, match="by must be"):
        links(five, by="topic", related_links=LINKS)
    with pytest.raises(MissingTable, match="related_links"):
        links(five)
    with pytest.raises(MissingColumns, match="seen_as"):
        discovery(five.drop(columns="seen_as"))
