import numpy as np
import pandas as pd
import pytest

from analysis.charts.clusters import cluster_choice_chart, cluster_map_chart, short_label, spots


def members(*rows):
    """Rows of (article, cluster, x, y)."""
    return pd.DataFrame(rows, columns=["article_id", "cluster_id", "x", "y"])


def clusters(*rows):
    """Rows of (cluster, label, size)."""
    table = pd.DataFrame(rows, columns=["cluster_id", "label", "size"])
    share = table["size"] / max(int(table["size"].sum()), 1)
    return table.assign(share=share, x=[-0.5 + n for n in range(len(table))], y=0.9, headline="Ban it")


def two(n):
    """Two clusters of n articles each, side by side; those of `t` all on one spot."""
    rows = [(f"a{place}", "t", -0.9, 0.1) for place in range(n)]
    rows += [(f"b{place}", "u", 0.1 * (place % 9), 0.1 * (place % 7) - 0.5) for place in range(n)]
    return members(*rows)


@pytest.mark.parametrize(
    ("n", "rows", "title"),
    [
        (0, [], "There is nothing to cluster here"),
        (2, [("t", "ban", 2), ("u", "robots", 2)], "4 articles: too few for clusters to mean much"),
        (
            20,
            [("t", "ban, police", 20), ("u", "robots", 20)],
            "The largest of 2 clusters: ban, police, with 20 articles",
        ),
        (20, [("t", "ban", 40)], "One cluster: ban, with 40 articles"),
    ],
)
def test_the_title_names_the_largest(drawn, n, rows, title):
    placed = two(n) if len(rows) != 1 else two(n).assign(cluster_id="t")
    assert drawn(cluster_map_chart, placed, clusters(*rows)).layout.meta["title"] == title


def test_every_article_is_behind_one_dot(drawn, keys):
    table = pd.concat([two(12), members(("c", None, np.nan, np.nan))])
    figure = drawn(cluster_map_chart, table, clusters(("t", "ban", 12), ("u", "robots", 12)), n_articles=90)
    dots, numbers = keys(figure)
    assert numbers == ["t", "u"]
    found = spots(table)
    assert sorted(dots) == sorted(set(found["spot"]))
    assert len(found) == 24
    assert (found["spot"] == "t/2/24").sum() == 12
    assert figure.layout.meta["subtitle"].startswith("articles, 24 of 90 clustered · ")
    place = dots.index("t/2/24")
    assert figure.data[-2].hovertext[place].endswith("of the cluster's 12<br>click for 12 articles")


def test_a_dot_under_a_number_leaves_the_click_to_it(drawn, keys):
    table = clusters(("t", "ban", 12), ("u", "robots", 12)).assign(x=[-0.9, 0.9], y=[0.12, 0.9])
    figure = drawn(cluster_map_chart, two(12), table)
    assert "t/2/24" not in keys(figure)[0]
    assert figure.data[-3].hoverinfo == "skip"
    assert len(figure.data[-3].x) == 1


def test_spots_lie_on_the_map_to_its_edges():
    table = spots(members(("a", "t", -1.0, -1.0), ("b", "t", 1.0, 1.0), ("c", "t", 0.0, 0.0)))
    assert table["spot"].tolist() == ["t/0/0", "t/43/43", "t/22/22"]


def test_numbers_that_would_cover_each_other_are_moved_apart(drawn):
    table = clusters(("t", "ban", 12), ("u", "robots", 12)).assign(x=0.0, y=[0.0, 0.01])
    numbers = drawn(cluster_map_chart, two(12), table).data[-1]
    assert abs(numbers.y[0] - numbers.y[1]) >= 0.075


def test_names_that_would_cover_each_other_are_left_out(drawn):
    table = clusters(*((str(n), "a rather long name here", 2) for n in range(3))).assign(x=[-0.2, 0.0, 0.2])
    figure = drawn(cluster_map_chart, two(12).assign(cluster_id="0"), table)
    assert [note.x for note in figure.layout.annotations] == [-0.2, 0.2]


@pytest.mark.parametrize(
    ("label", "length", "short"),
    [("ban, police, law", 11, "ban, police"), ("x" * 40, 5, "xxxx…"), ("", 5, ""), ("a,b", 9, "a, b")],
)
def test_labels_keep_whole_terms(label, length, short):
    assert short_label(label, length) == short


def choice(*rows):
    return pd.DataFrame(rows, columns=["k", "score", "chosen"])


def test_the_number_chosen_stands_out(drawn, keys):
    figure = drawn(cluster_choice_chart, choice((2, 0.2, False), (3, 0.39, True), (4, 0.4, False)))
    assert keys(figure) == [[2, 3, 4]]
    assert figure.data[0].marker.size == (9, 13, 9)
    assert "3: 0.39" in figure.layout.meta["description"]


def test_nothing_is_an_empty_figure(drawn, is_empty):
    assert is_empty(drawn(cluster_map_chart, two(0), clusters()))
    assert is_empty(drawn(cluster_choice_chart, choice()))
    assert is_empty(drawn(cluster_choice_chart, choice((1, np.nan, True))))


def test_hostile_labels_stay_text(drawn, drawn_text, hostile):
    figure = drawn(
        cluster_map_chart, two(12), clusters(("t", hostile, 12), ("u", "robots", 12)).assign(headline=hostile)
    )
    assert "<script" not in drawn_text(figure)
