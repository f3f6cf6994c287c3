import pandas as pd
import pytest

from analysis.charts.compare import TooManyStories, compare_chart, compare_finding, overlap_chart
from analysis.charts.theme import STORY_COLOURS

NAN = float("nan")


@pytest.fixture
def stories(days):
    """Story -> counts, one a day; None for a day not collected."""

    def make(status="observed", **counts):
        frames = []
        for name, n in counts.items():
            given = ["not collected" if one is None else status for one in n]
            table = days({"count": pd.array(n, dtype="Int64"), "status": given})
            table.insert(1, "selection", pd.Series(name, index=table.index, dtype="str"))
            frames.append(table)
        return pd.concat(frames, ignore_index=True).sort_values("period", kind="stable", ignore_index=True)

    return make


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        ({"Ban": [0]}, "None of the stories has coverage in this time"),
        ({"Ban": [12]}, "Ban: 12 articles"),
        ({"Ban": [9], "Police": [1]}, "At most 9 articles a story: too few to compare"),
        ({"Ban": [12], "Police": [4]}, "Ban had most coverage: 12 articles, 3.0x those of Police"),
        ({"Ban": [12], "Police": [0]}, "Ban had most coverage: 12 articles, Police none"),
        ({"Ban": [12], "Police": [12]}, "Ban and Police had most coverage, 12 articles each"),
    ],
)
def test_the_title_says_which_had_most(counts, title):
    assert compare_finding({name: sum(n) for name, n in counts.items()}, "article") == title


def test_the_title_counts_all_where_not_all_is_drawn(drawn, stories):
    figure = drawn(
        compare_chart, stories(Ban=[12, 81], Police=[4, 6]), every="day", totals={"Ban": 95, "Police": 10}
    )
    assert figure.layout.meta["title"] == "Ban had most coverage: 95 articles, 9.5x those of Police"
    said = [note.text for note in figure.layout.annotations]
    assert "93 of 95 articles drawn" in said
    assert "10 articles" in said
    assert "Ban 93 of 95; Police 10" in figure.layout.meta["description"]


def test_every_story_has_a_strip_on_one_scale_in_its_own_colour(drawn, stories, snapshot):
    figure = drawn(compare_chart, stories(Ban=[12, None], Police=[4, None]), every="day", snapshot=snapshot)
    assert [trace.marker.color for trace in figure.data] == list(STORY_COLOURS[:2])
    assert figure.layout.yaxis.range == figure.layout.yaxis2.range
    assert figure.layout.yaxis.range[0] == 0
    assert [trace.y for trace in figure.data] == [(12, None), (4, None)]
    assert len(figure.layout.shapes) == 1
    assert figure.layout.meta["subtitle"] == (
        "articles per day · one scale · 23 to 24 August 2021 · Europe/London · snapshot 2021-08-27 3f9a"
    )


def test_a_click_opens_a_period_of_a_story(drawn, stories, keys):
    figure = drawn(compare_chart, stories(Ban=[12], Police=[4]), every="day", colours={"Police": "#E69F00"})
    assert [[list(key) for key in trace] for trace in keys(figure)] == [
        [["2021-08-23", "Ban"]],
        [["2021-08-23", "Police"]],
    ]
    assert figure.data[1].marker.color == "#E69F00"
    assert (
        figure.data[0].hovertext[0]
        == "<b>Mon 23 August 2021</b><br>Ban<br>12 articles<br>click for 12 articles"
    )


def test_shares_are_drawn_where_measured(drawn, stories):
    frame = stories(Ban=[12]).assign(of=100, share=0.12)
    figure = drawn(compare_chart, frame, every="day")
    assert figure.data[0].y == (0.12,)
    assert "share of everything collected" in figure.layout.meta["subtitle"]


def test_partial_is_hatched(drawn, stories):
    assert drawn(compare_chart, stories("partial", Ban=[12]), every="day").data[0].marker.pattern.shape == (
        "/",
    )


def test_a_seventh_story_is_refused(stories):
    with pytest.raises(TooManyStories, match="at most 6 selections; it has 7"):
        compare_chart(stories(**{name: [1] for name in "abcdefg"}), every="day")


def pairs(*rows):
    """Rows of (one, other, articles of one, of the other, of both)."""
    table = pd.DataFrame(rows, columns=["one", "other", "n_one", "n_other", "n_both"])
    either = table["n_one"] + table["n_other"] - table["n_both"]
    return table.assign(
        unit="articles", jaccard=(table["n_both"] / either.where(either > 0)).astype("float64")
    )


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([], "Nothing to compare: there is one story"),
        ([("Ban", "Police", 9, 9, 0)], "The stories have no articles in common"),
        ([("Ban", "Police", 9, 9, 6)], "Ban and Police share 6 articles, 50 % of those of either"),
        ([("Ban", "Police", 1, 2, 1)], "Ban and Police share 1 article, 50 % of those of either"),
        ([("Ban", "Police", 0, 0, 0)], "The stories have no articles in common"),
    ],
)
def test_the_title_says_what_is_shared(drawn, rows, title):
    assert drawn(overlap_chart, pairs(*rows)).layout.meta["title"] == title


def test_the_matrix_is_a_half(drawn, keys, cells, snapshot, span):
    frame = pairs(("Ban", "Police", 9, 9, 6), ("Ban", "Fakes", 9, 4, 0), ("Police", "Fakes", 9, 4, 1))
    figure = drawn(overlap_chart, frame, span=span, snapshot=snapshot)
    assert cells(figure) == {(0, 0): 0.5, (1, 0): 0.0, (1, 1): pytest.approx(1 / 12)}
    assert [note.text for note in figure.layout.annotations] == ["6, 50 %", "none", "1, 8.3 %"]
    assert list(keys(figure)[0][0]) == ["Ban", "Police", "articles"]
    assert figure.layout.meta["subtitle"].endswith(
        "(Jaccard) · 23 to 24 August 2021 · UTC · snapshot 2021-08-27 3f9a"
    )


def test_nothing_is_an_empty_figure(drawn, stories, is_empty):
    assert is_empty(drawn(compare_chart, stories(Ban=[0])[:0], every="day"))
    assert is_empty(drawn(compare_chart, stories(Ban=[0, None]), every="day"))
    assert is_empty(drawn(overlap_chart, pairs()))


def test_hostile_names_stay_text(drawn, stories, drawn_text, hostile):
    assert "<script" not in drawn_text(drawn(compare_chart, stories(**{hostile: [12]}), every="day"))
    assert "<script" not in drawn_text(drawn(overlap_chart, pairs((hostile, hostile + "2", 9, 9, 6))))


def test_a_cell_is_the_darker_the_more_it_holds(drawn):
    frame = pairs(("Ban", "Police", 9, 9, 6), ("Ban", "Fakes", 9, 4, 0), ("Police", "Fakes", 9, 4, 1))
    colours = drawn(overlap_chart, frame).data[0].marker.color
    assert all(
        colour.startswith("rgb(") for colour in colours
    )  # what Plotly draws as it is, and warns of nothing
    assert len(set(colours)) == 3
