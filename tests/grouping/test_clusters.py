from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.grouping import cluster_topics
from analysis.grouping.clusters import ClusterCountError

WORDS = {
    "sea": ["harbour", "ferry", "fishing", "quota", "trawler", "port", "island", "tide"],
    "sky": ["comet", "telescope", "orbit", "planet", "astronomer", "galaxy", "moon", "eclipse"],
    "law": ["court", "judge", "verdict", "appeal", "lawyer", "ruling", "trial", "jury"],
}


@pytest.fixture(scope="module")
def strands() -> pd.DataFrame:
    dice = np.random.default_rng(1)
    rows = [
        (
            f"{name}{i}",
            " ".join(dice.permutation(words)[:4]).capitalize(),
            " ".join(dice.permutation(words)[:5]),
            f"2021-03-{1 + i % 20:02d}",
        )
        for name, words in WORDS.items()
        for i in range(20)
    ]
    return pd.DataFrame(rows, columns=["article_id", "title", "excerpt", "published_at"])


def test_the_planted_strands_are_found_and_the_choice_is_shown(strands):
    found = cluster_topics(strands)
    truth = found.members["article_id"].str[:3]
    assert pd.crosstab(truth, found.members["cluster_id"]).gt(0).sum(axis=1).tolist() == [1, 1, 1]
    assert found.choice.loc[found.choice["chosen"], "k"].tolist() == [3]
    assert found.choice["score"].idxmax() == found.choice["chosen"].idxmax()
    for name, words in WORDS.items():
        cluster = found.members.loc[truth == name, "cluster_id"].iloc[0]
        terms = " ".join(found.terms.loc[found.terms["cluster_id"] == cluster, "term"]).lower().split()
        assert set(terms) <= set(words)


def test_every_frame_adds_up(strands):
    topics = pd.DataFrame({"article_id": strands["article_id"], "topic": ["News", "Sea"] * 30})
    found = cluster_topics(strands, k=3, article_topics=topics)
    assert found.clusters["size"].sum() == 60
    assert found.clusters["share"].sum() == pytest.approx(1)
    assert found.strength["n_articles"].sum() == 60
    assert len(found.strength) == 20 * 3
    assert found.topics["n_articles"].sum() == 60
    assert found.members[["x", "y"]].abs().max().max() == 1
    assert len(found.tree) == 2
    assert found.tree["size"].iloc[-1] == 60
    assert set(found.tree["left"]) | set(found.tree["right"]) == {*found.clusters["cluster_id"], "step 1"}
    assert found.members.groupby("cluster_id")["representative"].max().tolist() == [5, 5, 5]


def test_labels_of_other_articles_are_no_topics(strands):
    nowhere = pd.DataFrame({"article_id": ["elsewhere"], "topic": ["News"]})
    for topics in (nowhere, nowhere[:0]):
        found = cluster_topics(strands, k=3, article_topics=topics).topics
        assert found.empty
        assert list(found) == ["cluster_id", "topic", "n_articles", "share", "lift"]


def test_the_order_of_the_rows_changes_nothing(strands):
    one, two = cluster_topics(strands), cluster_topics(strands.sample(frac=1, random_state=5))
    for name in ("members", "clusters", "terms", "choice", "strength", "topics", "tree"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))


@pytest.mark.parametrize(
    "titles",
    [[], [""], ["Comet"], ["Same words here"] * 5, ["", "Ferry strike", ""], ["Ferry strike", "Comet seen"]],
)
@pytest.mark.parametrize("k", [None, 1, 3])
def test_small_selections_are_defined(titles, k):
    found = cluster_topics(
        pd.DataFrame(
            {"article_id": [f"a{i}" for i in range(len(titles))], "title": pd.Series(titles, dtype="str")}
        ),
        k=k,
    )
    assert len(found.members) == len(titles)
    assert found.clusters["size"].sum() == sum(bool(title) for title in titles)
    assert found.members["cluster_id"].notna().tolist() == [bool(title) for title in titles]


@pytest.mark.parametrize("k", [0, -1, 2.5, "3", True])
def test_a_bad_number_of_clusters_is_refused(strands, k):
    with pytest.raises(ClusterCountError, match="whole number"):
        cluster_topics(strands, k=k)


def test_of_nearly_equal_silhouettes_the_fewest_clusters_are_chosen():
    subjects = [
        "ferry strike islands",
        "comet tails telescope",
        "bronze masks museum",
        "fishing quota senate",
    ]
    frame = pd.DataFrame(
        {
            "article_id": [f"a{i:03d}" for i in range(80)],
            "title": [f"{subjects[i % 4]} {['report', 'update'][i // 40]} word{i // 8}" for i in range(80)],
        }
    )
    choice = cluster_topics(frame).choice
    near = choice[choice["score"] >= 0.95 * choice["score"].max()]
    assert choice.loc[choice["chosen"], "k"].tolist() == [near["k"].min()] == [4]


def test_the_most_typical_article_says_what_most_of_its_cluster_say():
    ferry = [
        "Ferry strike halts islands",
        "Ferry strike halts islands again",
        "Strike of ferry crews",
        "Ferry islands",
    ]
    comet = [
        "Comet with tails seen",
        "Comet tails seen by telescope",
        "Telescope sees comet tails",
        "Comet chaser",
    ]
    frame = pd.DataFrame({"article_id": list("abcdefgh"), "title": ferry + comet})
    found = cluster_topics(frame, k=2)
    first = found.members[found.members["representative"] == 1]
    assert set(first["article_id"]) & set("ab")
    assert set(first["article_id"]) & set("fg")
