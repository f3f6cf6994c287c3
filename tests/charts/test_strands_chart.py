import pandas as pd
import pytest

from analysis.charts.strands import cluster_tree_chart, strands_chart

LABELS = pd.DataFrame(
    {"cluster_id": ["t", "u", "v"], "label": ["ban, police", "robots", "taxi"], "size": [16, 9, 3]}
)


def strands(days, **counts):
    """Cluster -> count a day; None is not collected."""
    parts = [
        days({"count": pd.array(values, dtype="Int64")}).assign(
            cluster_id=key, status=["not collected" if value is None else "observed" for value in values]
        )
        for key, values in counts.items()
    ]
    return pd.concat(parts).sort_values(["period", "cluster_id"], ignore_index=True)


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        ({"t": [1, 9], "u": [3, 3]}, "ban, police was strongest on 24 August 2021, with 9 articles"),
        ({"t": [1, 2], "u": [3, 3]}, "9 articles: too few to follow strands"),
        ({"t": [0, 0]}, "No strand over time"),
    ],
)
def test_the_title_says_where_a_strand_is_strongest(drawn, days, counts, title):
    assert drawn(strands_chart, strands(days, **counts), LABELS, every="day").layout.meta["title"] == title


def test_rows_are_bars_on_one_scale_with_gaps(drawn, days, keys):
    figure = drawn(strands_chart, strands(days, t=[8, None, 4], u=[2, None, 0]), LABELS[:2], every="day")
    assert keys(figure) == [["t/2021-08-23", "t/2021-08-25"], ["u/2021-08-23"]]
    first, second = figure.data
    assert first.base == (0, 0)
    assert second.base == (-1,)
    assert first.y[0] == 2 * first.y[1] == 4 * second.y[0]  # 8, 4 and 2 articles
    bands = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert [str(band.x0)[:10] for band in bands] == ["2021-08-24"]
    assert figure.layout.meta["description"].endswith("1 day not collected.")
    assert first.hovertext[0].endswith("8 articles<br>click for 8 articles")


def test_what_was_collected_in_part_is_hatched(drawn, days):
    frame = strands(days, t=[8, 4]).assign(status=["observed", "partial"])
    figure = drawn(strands_chart, frame, LABELS[:1], every="day")
    assert figure.data[0].marker.pattern.shape == ("", "/")
    assert "hatched" in figure.layout.meta["subtitle"]


@pytest.mark.slow
def test_more_strands_than_can_be_read_are_left_out_and_said(drawn, days):
    many = pd.DataFrame({"cluster_id": [f"t{n}" for n in range(20)], "label": "ban", "size": 9})
    frame = strands(days, **{key: [5, 4] for key in many["cluster_id"]})
    figure = drawn(strands_chart, frame, many, every="day")
    assert len(figure.data) == 12
    assert "the 12 largest of 20 clusters" in figure.layout.meta["subtitle"]


TREE = pd.DataFrame(
    {"step": [1, 2], "left": ["u", "t"], "right": ["v", "step 1"], "distance": [0.3, 0.7], "size": [12, 28]}
)


def test_the_tree_joins_the_most_alike_first(drawn, keys):
    figure = drawn(cluster_tree_chart, TREE, LABELS)
    assert figure.layout.meta["title"] == "Most alike: robots and taxi"
    assert keys(figure) == [["t", "u", "v", "step-1", "step-2"]]
    hover = dict(zip(figure.data[1].customdata, figure.data[1].hovertext, strict=True))
    assert hover["step-1"].endswith("2 clusters, merged at 0.30, 12 articles<br>click for 12 articles")
    assert hover["step-2"].endswith("28 articles<br>click for 28 articles")
    assert figure.data[1].x == (0.0, 0.0, 0.0, 0.3, 0.7)
    assert figure.layout.xaxis.range[0] > 0.7  # far on the left, alike on the right


def test_nothing_is_an_empty_figure(drawn, days, is_empty):
    assert is_empty(drawn(strands_chart, strands(days, t=[0, 0]), LABELS, every="day"))
    assert is_empty(drawn(strands_chart, strands(days, t=[1])[:0], LABELS[:0], every="day"))
    assert is_empty(drawn(cluster_tree_chart, TREE[:0], LABELS[:1]))
    assert is_empty(drawn(cluster_tree_chart, TREE[:0], LABELS[:0]))


def test_hostile_labels_stay_text(drawn, drawn_text, days, hostile):
    labels = LABELS.assign(label=hostile)
    assert "<script" not in drawn_text(drawn(strands_chart, strands(days, t=[8, 4]), labels, every="day"))
    assert "<script" not in drawn_text(drawn(cluster_tree_chart, TREE, labels))
