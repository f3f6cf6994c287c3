import pandas as pd
import pytest

from analysis.charts.link_graph import link_graph_chart, outlet_links_chart


def nodes(*rows):
    """Rows of (article, headline, lists that name it)."""
    return pd.DataFrame(rows, columns=["article_id", "title", "n_listed"]).assign(outlet="Sky", n_lists=1)


def edges(*rows):
    return pd.DataFrame(rows, columns=["source", "target"], dtype="str")


NODES = nodes(("a", "Ban it", 2), ("b", "Bans", 1), ("c", None, 0), ("d", "Robots", 1))
EDGES = edges(("a", "b"))


def test_the_graph_has_a_dot_an_article_and_a_line_a_link(drawn, keys):
    figure = drawn(link_graph_chart, NODES, edges(("a", "b"), ("b", "a"), ("c", "a")))
    assert figure.layout.meta["title"] == "4 articles, linked in 2 groups apart"
    assert figure.layout.meta["subtitle"].startswith("3 links of related lists, 67 % mutual · ")
    assert keys(figure) == [["a", "b", "d", "c"]]
    one_way, both_ways, dots = figure.data
    assert [len([x for x in trace.x if x is None]) for trace in (one_way, both_ways)] == [1, 1]
    assert max(dots.marker.size) == dots.marker.size[0]
    assert "in 2 lists; lists 1 itself" in dots.hovertext[0]


def test_the_places_are_the_same_in_any_order(drawn):
    links = edges(("a", "b"), ("c", "a"), ("a", "d"))
    one, other = (
        {key: (x, y) for key, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)}
        for trace in (
            link_graph_chart(NODES, links).data[-1],
            link_graph_chart(NODES[::-1], links[::-1]).data[-1],
        )
    )
    assert one == other


def outlets(*rows):
    """Rows of (source, target, entries, articles)."""
    return pd.DataFrame(rows, columns=["source", "target", "n_links", "n_articles"])


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([("a.uk", "b.uk", 30, 12), ("a.uk", "a.uk", 90, 40)], "Sky lists b.uk most: 12 of its articles"),
        ([("a.uk", "a.uk", 90, 40)], "Lists here name only articles of their own outlet"),
        ([("a.uk", "b.uk", 3, 2)], "3 links between outlets: too few to rank"),
    ],
)
def test_the_title_says_who_lists_whom(drawn, rows, title):
    assert drawn(outlet_links_chart, outlets(*rows), names={"a.uk": "Sky"}).layout.meta["title"] == title


def test_cells_count_articles_by_outlet(drawn):
    figure = drawn(
        outlet_links_chart, outlets(("a.uk", "b.uk", 30, 12), ("b.uk", "b.uk", 5, 4)), names={"a.uk": "Sky"}
    )
    found = {key[0]: value for key, value in zip(figure.data[0].customdata, figure.data[0].meta, strict=True)}
    assert found == {"a.uk/b.uk": 12, "b.uk/b.uk": 4}
    assert figure.layout.yaxis.ticktext == ("1 b.uk", "2 Sky")
    assert figure.layout.xaxis.ticktext == ("1", "2")


def test_nothing_is_an_empty_figure(drawn, is_empty):
    assert is_empty(drawn(link_graph_chart, NODES[:0], EDGES[:0]))
    assert is_empty(drawn(outlet_links_chart, outlets()))


def test_hostile_names_stay_text(drawn, drawn_text, hostile):
    figure = drawn(link_graph_chart, NODES.assign(title=hostile, outlet=hostile), edges(("a", "b")))
    assert "<script" not in drawn_text(figure)
    matrix = drawn(outlet_links_chart, outlets(("a.uk", "b.uk", 30, 12)), names={"a.uk": hostile})
    assert "<script" not in drawn_text(matrix)
