import pandas as pd
import pytest

from analysis.charts.covers import covers_chart
from analysis.charts.scores import scores_chart, scores_over_time_chart
from analysis.charts.spells import spells_chart
from analysis.charts.theme import STORY_COLOURS

NAN = float("nan")


def table(**stories):
    """Story -> outlet -> articles."""
    rows = [
        (story, outlet.replace("_", "."), n) for story, some in stories.items() for outlet, n in some.items()
    ]
    return pd.DataFrame(rows, columns=["selection", "provider_id", "count"])


@pytest.mark.parametrize(
    ("stories", "title"),
    [
        ({}, "None of the stories has an article"),
        ({"Ban": {"a_uk": 3}, "Police": {"a_uk": 1}}, "4 articles: too few to say who covers what"),
        ({"Ban": {"a_uk": 30}}, "a.uk covers it most: 30 articles"),
        (
            {"Ban": {"a_uk": 30}, "Police": {"b_uk": 2}},
            "a.uk has most of these stories: 30 articles of Ban, none of the others",
        ),
        (
            {"Ban": {"a_uk": 3, "b_uk": 9}, "Police": {"a_uk": 8}},
            "a.uk has most of these stories: 8 articles of Police, 3 of Ban",
        ),
    ],
)
def test_the_title_says_who_covers_what(drawn, stories, title):
    assert drawn(covers_chart, table(**stories)).layout.meta["title"] == title


def test_every_story_has_a_column_on_one_scale_in_its_own_colour(drawn, keys):
    figure = drawn(covers_chart, table(Ban={"a_uk": 30, "b_uk": 2}, Police={"a_uk": 1}))
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [trace.marker.color for trace in bars] == list(STORY_COLOURS[:2])
    assert figure.layout.xaxis.range == figure.layout.xaxis2.range
    assert [[list(key) for key in trace] for trace in keys(figure)] == [
        [["Ban", "a.uk"], ["Ban", "b.uk"]],
        [["Police", "a.uk"], ["Police", "b.uk"]],
    ]
    assert [trace.x for trace in bars] == [(30, 2), (1, 0)]
    assert "·" in [note.text for note in figure.layout.annotations]  # no article of it, and not a bar of zero


def test_outlets_left_out_are_said(drawn):
    figure = drawn(covers_chart, table(Ban={f"o{n}_uk": 20 - n for n in range(15)}), top=3)
    assert "of 15 outlets · the 3 with most" in figure.layout.meta["subtitle"]
    assert len(figure.data[0].y) == 3


def scored(**means):
    """Story -> mean, its low and high end, scores and articles."""
    names = ["mean", "mean_low", "mean_high", "n_scored", "n_articles"]
    rows = [{"selection": name, **dict(zip(names, row, strict=True))} for name, row in means.items()]
    return pd.DataFrame(rows, columns=["selection", *names]).assign(q1=40.0, median=50.0, q3=60.0)


SURE = (50.0, 48.0, 52.0, 40, 50)


@pytest.mark.parametrize(
    ("means", "title"),
    [
        ({}, "No article here has a quality score"),
        ({"Ban": (NAN, NAN, NAN, 0, 9)}, "No article here has a quality score"),
        ({"Ban": (50.0, 20.0, 80.0, 3, 3)}, "At most 3 scores a story: too few to say how good"),
        ({"Ban": SURE}, "Ban scores 50 on average"),
        (
            {"Ban": SURE, "Police": (51.0, 49.0, 53.0, 40, 40)},
            "No story is clearly better scored: 50 to 51 on average",
        ),
        (
            {"Ban": SURE, "Police": (60.0, 58.0, 62.0, 40, 40)},
            "Police is the best scored, 60 on average against 50 for Ban",
        ),
        (
            {"Ban": SURE, "Police": (60.0, 58.0, 62.0, 40, 40), "Fakes": (59.0, 57.0, 61.0, 40, 40)},
            "Police is better scored than Ban, 60 on average against 50",
        ),
    ],
)
def test_the_title_says_which_is_better_only_where_it_is(drawn, means, title):
    assert drawn(scores_chart, scored(**means)).layout.meta["title"] == title


def test_a_story_without_a_score_is_named_and_has_no_dot_at_zero(drawn):
    figure = drawn(scores_chart, scored(Ban=SURE, Police=(NAN, NAN, NAN, 0, 4), Fakes=(NAN, NAN, NAN, 0, 0)))
    assert list(figure.data[1].x) == [50.0, None, None]
    said = [note.text for note in figure.layout.annotations]
    assert {"no score", "no article"} <= set(said)


def course(*rows):
    names = ["n_articles", "n_scored", "mean", "mean_low", "mean_high"]
    frame = pd.DataFrame(rows, columns=names).assign(q1=40.0, median=50.0, q3=60.0, status="observed")
    starts = pd.date_range("2021-06-01", periods=len(rows), freq="MS", tz="UTC").as_unit("us")
    return frame.assign(period=starts)


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([], "Sky: no article has a quality score"),
        ([(9, 0, NAN, NAN, NAN)], "Sky: no article has a quality score"),
        ([(9, 4, 50.0, 40.0, 60.0)], "Sky: never 10 scores in a month, too few to say how good"),
        ([(40, 40, 50.0, 48.0, 52.0)], "Sky scored 50 on average in June 2021"),
        (
            [(40, 40, 50.0, 48.0, 52.0), (40, 40, 60.0, 58.0, 62.0)],
            "Sky: quality rose from 50 to 60, June 2021 to July 2021",
        ),
        (
            [(40, 40, 60.0, 58.0, 62.0), (40, 40, 50.0, 48.0, 52.0)],
            "Sky: quality fell from 60 to 50, June 2021 to July 2021",
        ),
        (
            [(40, 40, 50.0, 48.0, 52.0), (40, 40, 51.0, 49.0, 53.0)],
            "Sky: quality shows no clear change, 50 to 51 on average",
        ),
    ],
)
def test_the_title_says_a_change_only_where_the_intervals_lie_apart(drawn, rows, title):
    assert (
        drawn(scores_over_time_chart, course(*rows), every="month", subject="Sky").layout.meta["title"]
        == title
    )


def test_few_scores_are_hollow_and_none_is_no_dot(drawn, keys):
    frame = course((40, 40, 50.0, 48.0, 52.0), (9, 0, NAN, NAN, NAN), (9, 1, 50.0, NAN, NAN))
    figure = drawn(scores_over_time_chart, frame, every="month")
    assert keys(figure) == [["2021-06-01", "2021-08-01"]]
    fill, line = figure.data[-1].marker.color, figure.data[-1].marker.line.color
    assert [colour == line for colour in fill] == [True, False]
    assert "fewer than 10 scores: too few to say" in figure.data[-1].hovertext[1]


def test_the_interval_of_few_scores_does_not_flatten_the_scale(drawn):
    few = course((40, 40, 50.0, 48.0, 52.0), (9, 2, 45.0, -180.0, 270.0))
    axis = drawn(scores_over_time_chart, few, every="month").layout.yaxis
    assert (axis.range[1], axis.tickvals[-1]) == (101, 100)
    high = course((40, 40, 150.0, 130.0, 170.0), (40, 40, 50.0, 48.0, 52.0))
    axis = drawn(scores_over_time_chart, high, every="month").layout.yaxis
    assert (axis.range[1], axis.tickvals) == (171, (0, 50, 100, 150))


@pytest.fixture
def days():
    return pd.Series(pd.date_range("2021-08-21", periods=6, tz="Europe/London").as_unit("us"))


def burst(days, first, last, count, usual, level=1):
    return {"level": level, "start": days[first], "end": days[last], "count": count, "usual": usual, "n_articles": count,
            "headlines": ("Ban <b>it</b>",)}  # fmt: skip


def test_bursts_stand_in_their_storys_row_and_colour(drawn, keys, days):
    found = {
        "Ban": pd.DataFrame([burst(days, 1, 3, 24, 2.0), burst(days, 1, 2, 20, 4.0, level=2)]),
        "Police": pd.DataFrame([burst(days, 4, 5, 9, 3.0)]),
    }
    figure = spells_chart(found, days, every="day")
    assert (
        figure.layout.meta["title"]
        == "Ban had the strongest burst, from 22 to 23 August 2021, at 12x its usual level"
    )
    assert [[list(key) for key in trace] for trace in keys(figure)] == [
        [["Ban", "2021-08-22/2021-08-23"]],
        [["Police", "2021-08-25/2021-08-25"]],
    ]
    assert [trace.marker.color for trace in figure.data] == list(STORY_COLOURS[:2])
    assert "&lt;b&gt;it" in figure.data[0].hovertext[0]


def test_a_story_without_a_burst_says_so(days):
    none = pd.DataFrame([burst(days, 1, 2, 9, 3.0)])[:0]
    figure = spells_chart(
        {"Ban": pd.DataFrame([burst(days, 1, 2, 9, 3.0)]), "Police": none}, days, every="day"
    )
    assert any("Police: no burst" in note.text for note in figure.layout.annotations)
    assert not spells_chart({"Ban": none}, days, every="day").data
    assert (
        spells_chart({"Ban": none}, days[:0], every="day").layout.meta["title"]
        == "No story has a burst in this time"
    )


def test_hostile_names_stay_text(drawn, drawn_text, hostile):
    for figure in (
        drawn(covers_chart, table(**{hostile: {"a_uk": 30}}), names={"a.uk": hostile}),
        drawn(scores_chart, scored(**{hostile: SURE})),
    ):
        assert "<script" not in drawn_text(figure)
