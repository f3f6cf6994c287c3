import pandas as pd
import pytest

from analysis.charts.links import discovery_chart, links_chart


def listed(*rows):
    return pd.DataFrame(rows, columns=["id", "n_listed", "n_lists"]).assign(pagerank=0.25, betweenness=0.5)


@pytest.mark.parametrize(
    ("rows", "by", "title"),
    [
        ([], "article", "Nothing here is recommended by a related list"),
        ([("a", 0, 4)], "article", "Nothing here is recommended by a related list"),
        ([("a", 1, 0)], "article", "1 recommendation: too few to rank"),
        ([("a", 12, 0), ("b", 3, 0)], "article", "Recommended most: Ban it, in 12 lists"),
        ([("a", 12, 0), ("b", 12, 0)], "article", "Recommended most: Ban it and others, in 12 lists"),
        ([("a", 12, 0)], "provider", "Recommended most: Ban it, in 12 entries of lists"),
    ],
)
def test_the_title_says_what_is_recommended(drawn, rows, by, title):
    assert drawn(links_chart, listed(*rows), names={"a": "Ban it"}, by=by).layout.meta["title"] == title


def test_bars_count_lists_from_zero(drawn, keys, span, snapshot):
    figure = drawn(links_chart, listed(("a", 12, 3), ("b", 3, 0), ("c", 0, 9)), span=span, snapshot=snapshot)
    assert keys(figure) == [["a", "b"]]
    assert figure.data[0].x == (12, 3)
    assert figure.layout.xaxis.range[0] == 0
    assert figure.layout.meta["subtitle"] == (
        "entries of related lists, 15 to 2 articles · 23 to 24 August 2021 · UTC · snapshot 2021-08-27 3f9a"
    )
    assert "in 12 lists; lists 3 itself" in figure.data[0].hovertext[0]


def known(*rows):
    """Rows of (outlet, articles, of them known only from lists)."""
    table = pd.DataFrame(rows, columns=["provider_id", "n_articles", "n_only_listed"])
    share = table["n_only_listed"] / table["n_articles"]
    whole = table["n_only_listed"].sum() / max(table["n_articles"].sum(), 1)
    return table.assign(share=share, share_low=share - 0.05, share_high=share + 0.05, of_all=whole)


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([], "No article here is known only from related lists"),
        ([("a.uk", 9, 0)], "No article here is known only from related lists"),
        ([("a.uk", 9, 1)], "1 of 9 articles is known only from related lists"),
        ([("a.uk", 60, 20), ("b.uk", 40, 0)], "20 % of 100 articles are known only from related lists"),
    ],
)
def test_the_title_says_how_much_is_known_only_from_lists(drawn, rows, title):
    assert drawn(discovery_chart, known(*rows)).layout.meta["title"] == title


def test_outlets_are_dots_beside_the_line_of_all(drawn, keys, snapshot, span):
    figure = drawn(
        discovery_chart,
        known(("a.uk", 60, 30), ("b.uk", 4, 1), ("c.uk", 36, 0)),
        span=span,
        snapshot=snapshot,
    )
    assert figure.data[0].x == (0.31, 0.31)
    assert keys(figure) == [["a.uk", "b.uk"]]
    assert "1 of 4 articles: too few to rank" in [note.text for note in figure.layout.annotations]
    assert figure.data[2].hovertext[0].endswith("click for 30 articles")
    assert figure.layout.meta["subtitle"].endswith(
        "line: all outlets · 23 to 24 August 2021 · UTC · snapshot 2021-08-27 3f9a"
    )


def test_nothing_is_an_empty_figure(drawn, is_empty):
    for figure in (
        drawn(links_chart, listed()),
        drawn(discovery_chart, known()),
        drawn(discovery_chart, known(("a.uk", 9, 0))),
    ):
        assert is_empty(figure)


def test_hostile_names_stay_text(drawn, drawn_text, hostile):
    assert "<script" not in drawn_text(drawn(links_chart, listed(("a", 12, 3)), names={"a": hostile}))
    assert "<script" not in drawn_text(drawn(discovery_chart, known(("a", 60, 30)), names={"a": hostile}))
