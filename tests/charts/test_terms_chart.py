import pandas as pd
import pytest

from analysis.charts.terms import rising_terms_chart, terms_chart


def found(*rows, of=20, of_rest=90):
    """Rows of (term, z)."""
    table = pd.DataFrame(rows, columns=["shown", "z"])
    return table.assign(
        term=table["shown"].str.lower() if rows else None,
        n_texts=8,
        of=of,
        n_rest=3,
        of_rest=of_rest,
        log_odds=2.0,
    )


@pytest.mark.parametrize(
    ("frame", "title"),
    [
        (found(), "No term sets this coverage apart"),
        (found(("Met", 4.0)), "Met sets this coverage apart most"),
        (
            found(("Met", 4.0), ("EU", 5.0), ("ban", 3.0), ("cat", 2.0)),
            "EU, Met and ban set this coverage apart most",
        ),
        (found(("Met", 4.0), of=4), "4 texts: too few to say what sets them apart"),
    ],
)
def test_the_title_says_what_sets_apart(drawn, frame, title):
    assert drawn(terms_chart, frame).layout.meta["title"] == title


def test_bars_are_z_and_a_click_searches_the_term(drawn, keys, span, snapshot):
    figure = drawn(terms_chart, found(("Met", 4.0), ("EU", 5.0)), span=span, snapshot=snapshot)
    assert figure.data[0].x == (5.0, 4.0)
    assert keys(figure) == [["eu", "met"]]
    assert figure.layout.xaxis.range[0] == 0
    assert figure.data[0].hovertext[0].split("<br>") == [
        "<b>EU</b>", "8 of 20 texts here, 3 of 90 of the others", "z +5.00, log-odds +2.00", "click for 8 texts",
    ]  # fmt: skip
    assert figure.layout.meta["subtitle"] == (
        "texts, copies counted once: 20 here against 90 others · bar: z of the log-odds · 23 to 24 August 2021 · UTC · "
        "snapshot 2021-08-27 3f9a"
    )


def both(rising, falling, **sides):
    frames = [
        found(*rows, **sides).assign(direction=way)
        for way, rows in (("rising", rising), ("falling", falling))
        if rows
    ]
    return pd.concat(frames, ignore_index=True) if frames else found().assign(direction=None)


@pytest.mark.parametrize(
    ("rising", "falling", "title"),
    [
        ([], [], "No term rises or falls"),
        ([("Met", 4.0)], [], "Rising: Met"),
        ([("Met", 4.0), ("EU", 5.0)], [("cat", -2.0)], "Rising: EU and Met; falling: cat"),
    ],
)
def test_the_title_says_what_rises_and_falls(drawn, rising, falling, title, span, baseline):
    assert (
        drawn(rising_terms_chart, both(rising, falling), span=span, baseline=baseline).layout.meta["title"]
        == title
    )


def test_few_texts_say_so(drawn, span, baseline):
    frame = both([("Met", 4.0)], [], of_rest=2)
    assert (
        drawn(rising_terms_chart, frame, span=span, baseline=baseline).layout.meta["title"]
        == "Too few texts to say what rises or falls"
    )


def test_falling_runs_left_and_rising_right_on_one_scale(drawn, keys, span, baseline):
    figure = drawn(rising_terms_chart, both([("Met", 4.0)], [("cat", -2.0)]), span=span, baseline=baseline)
    assert [trace.x for trace in figure.data] == [(-2.0,), (4.0,)]
    assert keys(figure) == [["cat"], ["met"]]
    assert figure.layout.xaxis.range == (-figure.layout.xaxis2.range[1], 0)
    assert figure.layout.meta["subtitle"].startswith(
        "texts, copies counted once: 20 against 90 of 21 to 22 August 2021"
    )
    assert (
        figure.data[0].hovertext[0].endswith("click for 3 texts")
    )  # a falling term's texts are those of before


def test_nothing_is_an_empty_figure(drawn, is_empty, span, baseline):
    assert is_empty(drawn(terms_chart, found()))
    assert is_empty(drawn(rising_terms_chart, both([], []), span=span, baseline=baseline))


def test_hostile_terms_stay_text(drawn, drawn_text, hostile, span, baseline):
    assert "<script" not in drawn_text(drawn(terms_chart, found((hostile, 4.0))))
    assert "<script" not in drawn_text(
        drawn(rising_terms_chart, both([(hostile, 4.0)], [(hostile, -4.0)]), span=span, baseline=baseline)
    )
