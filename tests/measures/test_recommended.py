import pandas as pd
import pytest

from analysis.measures.frames import BadOption
from analysis.measures.recommended import CREATES, CREATES_OUTLETS, outlet_links, recommended

ROWS = [{"provider_id": outlet} for outlet in ("pa", "pa", "sky", "sky")]
# a0 and a1 are of pa, a2 and a3 of sky; a3 is named by three lists of two outlets, one of them its own.
LISTS = pd.DataFrame(
    [
        ("a0", "a3"),
        ("a1", "a3"),
        ("a2", "a3"),
        ("a0", "a2"),
        ("a3", "a3"),
        ("a0", "z"),
        ("z", "a1"),
        ("a2", "a0"),
    ],
    columns=["article_id", "related_article_id"],
)


def test_recommendations_worked_by_hand(both, articles):
    table = both(recommended, articles(ROWS), related_links=LISTS)
    assert table.to_numpy().tolist() == [
        ["a3", "sky", 3, 2, 1],
        ["a0", "pa", 1, 1, 0],
        ["a2", "sky", 1, 1, 0],
    ]


def test_outlet_links_worked_by_hand(both, articles):
    table = both(outlet_links, articles(ROWS), related_links=LISTS)
    # pa names a3 twice and a2 once: three entries, two articles.
    assert table.to_numpy().tolist() == [["pa", "sky", 3, 2], ["sky", "pa", 1, 1], ["sky", "sky", 1, 1]]


def test_an_article_listed_twice_in_one_list_counts_once(both, articles):
    twice = pd.concat([LISTS, LISTS])
    assert both(recommended, articles(ROWS), related_links=twice)["n_lists"].tolist() == [3, 1, 1]
    assert both(outlet_links, articles(ROWS), related_links=twice)["n_links"].tolist() == [3, 1, 1]


def test_only_the_first_are_kept(both, articles):
    assert both(recommended, articles(ROWS), top=1, related_links=LISTS)["article_id"].tolist() == ["a3"]
    assert both(outlet_links, articles(ROWS), top=1, related_links=LISTS)[
        ["source", "target"]
    ].to_numpy().tolist() == [["sky", "sky"]]


def test_nothing_gives_empty_tables(both, articles):
    for measure, creates in ((recommended, CREATES), (outlet_links, CREATES_OUTLETS)):
        table = both(measure, articles([]), related_links=LISTS)
        assert table.empty
        assert dict(table.dtypes.astype("str")) == creates


@pytest.mark.parametrize("measure", [recommended, outlet_links])
def test_none_at_all_cannot_be_asked_for(articles, measure):
    with pytest.raises(BadOption):
        measure(articles(ROWS), top=0, related_links=LISTS)
