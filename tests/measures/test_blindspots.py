import numpy as np
import pandas as pd
import pytest

from analysis.measures.blindspots import CREATES, CREATES_TOPICS, blindspots, neighbouring_topics
from analysis.measures.frames import BadOption, MissingColumns, MissingTable


def labels(rows):
    return pd.DataFrame(rows, columns=["article_id", "topic"]).astype("str")


@pytest.fixture
def corpus(articles):
    """PA 8 and Sky 12 records on policing, in one day; PA wrote 6 of the story's 6."""
    rows = [{"provider_id": "pa", "published_at": f"2021-08-23T{hour:02}:00Z"} for hour in range(8)]
    rows += [{"provider_id": "sky", "published_at": f"2021-08-23T0{hour % 6}:00Z"} for hour in range(12)]
    rows += [{"provider_id": "sky", "published_at": "2021-09-01T00:00Z"}]  # after the story
    rows += [{"provider_id": "bbc", "published_at": "2021-08-23T01:00Z"}] * 12  # of another topic
    rows += [{"provider_id": "star", "published_at": "2021-08-23T02:00Z", "seen_as": "related"}]
    return articles(rows)


@pytest.fixture
def topics():
    return labels(
        [(f"a{n}", "Policing") for n in range(21)]
        + [(f"a{n}", "Cars") for n in range(21, 33)]
        + [(f"a{n}", "AI") for n in range(33)]
    )


def test_probabilities_by_hand(both, corpus, topics):
    story = corpus[:6]
    table = both(blindspots, story, corpus=corpus, topics=topics).set_index("provider_id")
    # Up to 5:00, when the story's last article appeared: PA 6 and Sky 12 of 18, and 6 of the 18 are of the story.
    assert table["n_neighbouring"].to_dict() == {"sky": 12, "pa": 6}
    assert table["n_story"].to_dict() == {"sky": 0, "pa": 6}
    assert table["expected"].to_dict() == {"sky": 4.0, "pa": 2.0}
    # Sky has none: all 6 fall on PA's 6 of 18: 1 / C(18, 6) = 1 / 18564.
    assert table["p_value"].to_dict() == pytest.approx({"sky": 1 / 18564, "pa": 1})
    # PA could have had none with a probability of C(12, 6) / C(18, 6) = 924 / 18564 = 4.98 %: just a second look.
    assert table["p_adjusted"].to_dict() == pytest.approx({"sky": 2 / 18564, "pa": 1})
    assert table["is_blindspot"].to_dict() == {"sky": True, "pa": False}


def test_neighbouring_topics_by_hand(both, corpus, topics):
    table = both(neighbouring_topics, corpus[:6], corpus=corpus, topics=topics)
    # 30 records in the background: 18 on policing; AI says nothing because all of them carry it.
    assert table.to_numpy().tolist() == [
        ["AI", 6, 30, 1.0, 1.0, False],
        ["Policing", 6, 18, 1.0, 0.6, True],
    ]


def test_a_topic_of_too_few_of_the_story_is_no_neighbour(both, articles):
    frame = articles([{"published_at": "2021-08-23T01:00Z"}] * 22)
    marks = labels([("a0", "Rare"), ("a0", "Near"), ("a1", "Near")])  # 1 and 2 of the story's 11 records
    table = both(neighbouring_topics, frame[:11], corpus=frame, topics=marks).set_index("topic")
    assert table["is_neighbour"].to_dict() == {"Near": True, "Rare": False}


def test_a_story_known_from_a_list_is_no_blind_spot(both, corpus, topics):
    corpus.loc[33, "provider_id"] = "sky"
    story = corpus[corpus["article_id"].isin([*corpus["article_id"][:6], "a33"])]
    table = both(blindspots, story, corpus=corpus, topics=topics).set_index("provider_id")
    assert table.loc["sky", ["n_story", "n_story_elsewhere"]].tolist() == [0, 1]
    assert table.loc["sky", "p_adjusted"] < 0.05
    assert not table["is_blindspot"].any()


def test_topics_that_are_given_are_taken(both, corpus, topics):
    table = both(blindspots, corpus[:6], neighbours=["Cars"], corpus=corpus, topics=topics)
    assert table[["provider_id", "n_neighbouring", "expected"]].to_numpy().tolist() == [["bbc", 12, 0.0]]


def test_nothing_gives_all_columns(both, articles, corpus, topics):
    for story in (articles([]), corpus[:6].assign(published_at=pd.Series(dtype="datetime64[us, UTC]"))):
        table = both(blindspots, story, corpus=corpus, topics=topics)
        assert table.empty
        assert dict(table.dtypes.astype(str)) == CREATES
        known = both(neighbouring_topics, story, corpus=corpus, topics=topics)
        assert known.empty
        assert dict(known.dtypes.astype(str)) == CREATES_TOPICS


def test_one_article_makes_no_blind_spot(both, corpus, topics):
    table = both(blindspots, corpus[:1], neighbours=["AI"], corpus=corpus, topics=topics)
    assert not table["is_blindspot"].any()
    assert table["n_story"].sum() == 1


@pytest.mark.slow
def test_chance_alone_seldom_makes_a_blind_spot(articles):
    dice = np.random.default_rng(4)
    rows = [{"provider_id": f"p{n % 20}", "published_at": "2021-08-23T01:00Z"} for n in range(400)]
    frame = articles(rows)
    marks = labels([(name, "Policing") for name in frame["article_id"]])
    found = 0
    for _ in range(40):
        story = frame[dice.random(len(frame)) < 0.2]
        found += blindspots(story, neighbours=["Policing"], corpus=frame, topics=marks)["is_blindspot"].any()
    assert found <= 2  # 5 % of 40 series


def test_the_seed_record(seed):
    # All that carries topics is the one record, which is the story.
    table = blindspots(seed.select("ban"), neighbours=["Computer Vision"])
    assert table[["provider_id", "n_story"]].to_numpy().tolist() == [["expressandstar.com", 1]]
    assert not table["is_blindspot"].any()


def test_what_is_missing_is_named(corpus, topics):
    with pytest.raises(BadOption, match="corpus"):
        blindspots(corpus, topics=topics)
    with pytest.raises(MissingTable, match="article_topics"):
        blindspots(corpus, corpus=corpus)
    with pytest.raises(MissingColumns, match="seen_as"):
        blindspots(corpus.drop(columns="seen_as"), corpus=corpus, topics=topics)
