import numpy as np
import pandas as pd
import pytest

from analysis.measures.frames import BadOption, MissingTable
from analysis.measures.topic_pairs import CREATES, _lift, topic_pairs

LABELS = pd.DataFrame(
    [
        ("a0", "AI"),
        ("a0", "Law"),
        ("a1", "AI"),
        ("a1", "Law"),
        ("a2", "AI"),
        ("a3", "Art"),
        ("z", "Law"),
        ("z", "Art"),
    ],
    columns=["article_id", "topic"],
)


def test_pairs_worked_by_hand(both, articles):
    table = both(topic_pairs, articles([{}] * 10), topics=LABELS)
    assert table[["topic", "other", "n_both", "n_topic", "n_other", "n_articles"]].to_numpy().tolist() == [
        ["AI", "Law", 2, 3, 2, 10],
        ["AI", "Art", 0, 3, 1, 10],
        ["Law", "Art", 0, 2, 1, 10],
    ]
    # 2 of 10 have both; chance has 3/10 * 2/10 = .06. s^2 = 1/2 - 1/3 - 1/2 + (2 * 3.333 - 1) / 10 = .2333, and
    # exp(1.96 * .4830) = 2.577. None of both: Wilson of 0 of 10 reaches to .2775, over 3/10 * 1/10.
    assert table["lift"].round(3).tolist() == [3.333, 0.0, 0.0]
    assert (round(table["lift_low"][0], 2), round(table["lift_high"][0], 2)) == (1.29, 8.59)
    assert (table["lift_low"][1], round(table["lift_high"][1], 2)) == (0, 9.25)


@pytest.mark.parametrize(
    ("n", "one", "other", "lift"), [(1000, 0.3, 0.3, 1.0), (200, 0.3, 0.2, 1.5), (1000, 0.1, 0.1, 0.5)]
)
def test_the_interval_of_the_lift_covers(n, one, other, lift):
    both = lift * one * other
    drawn = np.random.default_rng(5).multinomial(
        n, [both, one - both, other - both, 1 - one - other + both], 20_000
    )
    a, b, c, _ = drawn.T.astype(float)
    _, low, high = _lift(a, a + b, a + c, np.full(len(a), float(n)))
    assert 0.93 <= ((low <= lift) & (lift <= high)).mean() <= 0.97


def test_only_the_most_frequent_topics_are_paired(both, articles):
    table = both(topic_pairs, articles([{}] * 4), top=2, topics=LABELS)
    assert table[["topic", "other"]].to_numpy().tolist() == [["AI", "Law"]]


def test_a_label_written_twice_counts_once(both, articles):
    table = both(topic_pairs, articles([{}] * 4), topics=pd.concat([LABELS, LABELS]))
    assert table["n_both"].tolist() == [2, 0, 0]


@pytest.mark.parametrize("n", [0, 1])
def test_one_topic_or_none_makes_no_pair(both, articles, n):
    table = both(topic_pairs, articles([{}] * n), topics=LABELS[LABELS["topic"] == "AI"])
    assert table.empty
    assert dict(table.dtypes.astype("str")) == CREATES


def test_what_cannot_be_asked_is_refused(articles):
    with pytest.raises(BadOption):
        topic_pairs(articles([{}]), top=1, topics=LABELS)
    with pytest.raises(MissingTable):
        topic_pairs(articles([{}]))
