from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.grouping.evaluate import LabelError, evaluate


def test_scores_worked_by_hand():
    # pred {a b c} {d e}; gold {a b} {c d e}.
    # B-cubed precision: a 2/3, b 2/3, c 1/3, d 1, e 1 = 3.6667/5; recall: a 1, b 1, c 1/3, d 2/3, e 2/3 = the same.
    # Pairs: 4 made, 4 true, ab and de hit: 1/2. ARI: (2 - 4*4/10) / (4 - 1.6) = 0.4/2.4.
    out = evaluate(dict(zip("abcde", [1, 1, 1, 2, 2], strict=True)), dict(zip("abcde", "xxyyy", strict=True)))
    assert out["precision"].tolist()[:2] == pytest.approx([11 / 15, 0.5])
    assert out["recall"].tolist()[:2] == pytest.approx([11 / 15, 0.5])
    assert out["f1"].tolist() == pytest.approx([11 / 15, 0.5, 1 / 6])
    assert (out["n_pred"].iloc[0], out["n_gold"].iloc[0]) == (2, 2)


def test_articles_without_a_label_are_left_out():
    assert evaluate({"a": 1, "b": 1, "c": 1}, {"a": "x", "b": "x"})["f1"].tolist() == [1, 1, 1]


def test_a_labelled_article_that_was_not_grouped_is_an_error():
    with pytest.raises(LabelError, match="such as 'b'"):
        evaluate({"a": 1}, {"a": 1, "b": 1})


def test_two_labels_for_one_article_are_an_error():
    with pytest.raises(LabelError, match="'a' has more"):
        evaluate(pd.Series([1, 2], index=["a", "a"]), {"a": 1})


def test_a_missing_label_is_an_error():
    with pytest.raises(LabelError, match="'a' has none"):
        evaluate({"a": None}, {"a": 1})


def test_nothing_labelled_gives_missing_values():
    assert evaluate({}, {})["f1"].map(math.isnan).all()


@given(st.lists(st.integers(0, 4), min_size=1, max_size=12))
def test_every_grouping_agrees_with_itself_under_other_names(labels):
    names = [f"a{i}" for i in range(len(labels))]
    out = evaluate(dict(zip(names, labels, strict=True)), dict(zip(names, [-x for x in labels], strict=True)))
    assert out["f1"].tolist() == pytest.approx([1, 1, 1])
