import pandas as pd
import pytest

from analysis.charts.blindspots import blindspots_chart, blindspots_finding

NAN = float("nan")


def outlets(*rows):
    """Rows of (outlet, observed, expected, adjusted probability, whether a blind spot)."""
    names = ["provider_id", "n_story", "expected", "p_adjusted", "is_blindspot"]
    table = pd.DataFrame(rows, columns=names).astype({"is_blindspot": "bool"})
    return table.assign(n_neighbouring=40, n_story_elsewhere=0, p_value=0.0001)


BLIND, FEW, FINE = (
    ("sky.com", 0, 8.0, 0.0004, True),
    ("a.uk", 0, 1.5, NAN, False),
    ("b.uk", 5, 6.0, 0.4, False),
)


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([], "No outlet covers the topics around the story"),
        ([FEW, FINE], "No blind spot: no outlet misses the story more than chance explains"),
        ([BLIND, FINE], "Sky covers the topics around the story, but not the story"),
        (
            [BLIND, ("c.uk", 0, 8.0, 0.01, True)],
            "Sky and 1 other outlet cover the topics around the story, but not the story",
        ),
    ],
)
def test_the_title_says_who_misses_the_story(rows, title):
    assert blindspots_finding(outlets(*rows), {"sky.com": "Sky"}) == title


def test_observed_and_expected_are_joined(drawn, keys, span, snapshot):
    figure = drawn(blindspots_chart, outlets(BLIND, FEW, FINE), span=span, snapshot=snapshot)
    line, rings, dots = figure.data
    assert line.x == (0, 8.0, None, 0, 1.5, None, 5, 6.0, None)
    assert (rings.x, dots.x) == ((8.0, 1.5, 6.0), (0, 0, 5))
    assert keys(figure) == [["sky.com", "a.uk", "b.uk"]] * 2
    assert [note.text for note in figure.layout.annotations][1::2] == [
        "0 where 8.0 expected, p under 0.001", "0 where 1.5 expected: too few to tell", "5 where 6.0 expected, p 0.4",
    ]  # fmt: skip
    assert figure.layout.meta["subtitle"] == (
        "articles of the story, of 120 with a neighbouring topic · dot: observed; ring: expected by chance · "
        "23 to 24 August 2021 · UTC · snapshot 2021-08-27 3f9a"
    )


def test_hover_gives_the_probability(drawn):
    assert drawn(blindspots_chart, outlets(BLIND)).data[2].hovertext[0].split("<br>") == [
        "<b>sky.com</b>", "40 articles with a neighbouring topic", "0 of the story; 8.00 expected by chance",
        "probability of so few under 0.001; under 0.001 for all outlets looked at", "click for 40 articles",
    ]  # fmt: skip


def test_no_outlet_is_an_empty_figure(drawn, is_empty):
    assert is_empty(drawn(blindspots_chart, outlets()))


def test_hostile_names_stay_text(drawn, drawn_text, hostile):
    assert "<script" not in drawn_text(drawn(blindspots_chart, outlets(BLIND), names={"sky.com": hostile}))
