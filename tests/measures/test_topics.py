import pandas as pd
import pytest

from analysis.measures.frames import MissingTable
from analysis.measures.topics import CREATES, topics

LABELS = pd.DataFrame(
    [("a0", "AI"), ("a1", "AI"), ("a1", "Law"), ("a2", "Law"), ("a3", "Art"), ("elsewhere", "AI")],
    columns=["article_id", "topic"],
)


def test_topics_worked_by_hand_with_an_article_without_a_date(both, articles):
    rows = [{"published_at": "2021-08-23T05:30Z"}] * 2 + [{"published_at": None}] * 2 + [{}]
    table = both(topics, articles(rows), topics=LABELS)
    assert table[["topic", "count", "share"]].to_numpy().tolist() == [
        ["AI", 2, 0.4],
        ["Law", 2, 0.4],
        ["Art", 1, 0.2],
    ]
    # 2 of 5 at 95 %: (2 + 1.9208 -+ 1.96 sqrt(2/5 * 3/5 * 5 + .9604)) / 8.8415.
    assert (round(table["share_low"][0], 3), round(table["share_high"][0], 3)) == (0.118, 0.769)


def test_a_label_written_twice_counts_once(both, articles):
    table = both(topics, articles([{}]), topics=pd.concat([LABELS, LABELS]))
    assert table[["topic", "count"]].to_numpy().tolist() == [["AI", 1]]


def test_nothing_gives_an_empty_table(both, articles):
    table = both(topics, articles([]), topics=LABELS)
    assert table.empty
    assert dict(table.dtypes.astype("str")) == CREATES


def test_a_plain_frame_needs_its_labels(articles):
    with pytest.raises(MissingTable):
        topics(articles([{}]))
