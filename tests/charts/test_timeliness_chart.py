import pandas as pd
import pytest

from analysis.charts.timeliness import lag_chart, lag_name, timeliness_chart


def rates(*rows):
    """Rows of (outlet, events, firsts, expected rate, adjusted probability)."""
    table = pd.DataFrame(rows, columns=["provider_id", "n_events", "n_first", "expected_rate", "p_adjusted"])
    rate = table["n_first"] / table["n_events"].where(table["n_events"] > 0)
    return table.assign(
        first_rate=rate, first_low=rate - 0.1, first_high=rate + 0.1, expected_low=0.1, expected_high=0.5,
        n_left_out_copies=3, n_left_out_date_only=1,
    )  # fmt: skip


SURE, LIKE_CHANCE = ("sky.com", 20, 15, 0.3, 0.001), ("a.uk", 10, 3, 0.3, 0.9)


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([], "No outlet shares 5 events with others: too few to say who is first in this corpus"),
        (
            [("a.uk", 4, 4, 0.5, 0.01)],
            "No outlet shares 5 events with others: too few to say who is first in this corpus",
        ),
        ([LIKE_CHANCE], "No outlet is first in this corpus more often than chance gives"),
        ([("a.uk", 20, 1, 0.3, 0.001)], "No outlet is first in this corpus more often than chance gives"),
        ([SURE, LIKE_CHANCE], "Sky was first in this corpus on 15 of 20 events"),
        (
            [SURE, ("b.uk", 10, 7, 0.3, 0.02)],
            "Sky was first in this corpus on 15 of 20 events; 1 other was first more often than chance gives",
        ),
    ],
)
def test_the_title_says_who_was_first_in_this_corpus(drawn, rows, title):
    assert drawn(timeliness_chart, rates(*rows), names={"sky.com": "Sky"}).layout.meta["title"] == title


def test_the_figure_says_what_it_counts(drawn, span, snapshot):
    figure = drawn(timeliness_chart, rates(SURE, LIKE_CHANCE), span=span, snapshot=snapshot)
    assert figure.layout.meta["subtitle"] == (
        "share of an outlet's shared events on which it was first in this corpus, 95 % · tick: by chance · "
        "left out: 6 copies, 2 without a time of day · 23 to 24 August 2021 · UTC · snapshot 2021-08-27 3f9a"
    )


def test_dots_intervals_and_chance_are_drawn_and_a_click_opens_an_outlet(drawn, keys):
    figure = drawn(timeliness_chart, rates(LIKE_CHANCE, SURE))
    chance, lines, dots = figure.data
    assert dots.x == (0.75, 0.3)
    assert chance.x == (0.3, 0.3)
    assert lines.x == pytest.approx((0.65, 0.85, None, 0.2, 0.4, None))
    assert keys(figure) == [["sky.com", "a.uk"]]
    assert "first in this corpus on 15 of 20 events" in dots.hovertext[0]


def test_few_events_say_so(drawn):
    figure = drawn(timeliness_chart, rates(SURE, ("b.uk", 3, 3, 0.3, 0.5)))
    assert "3 of 3 events: too few to rank" in [note.text for note in figure.layout.annotations]


def followed(**quartiles):
    """Outlet -> events that it followed on, and the quartiles of its lags."""
    rows = [(outlet.replace("_", "."), *given) for outlet, given in quartiles.items()]
    names = ["provider_id", "n_followed", "lag_q1_hours", "lag_median_hours", "lag_q3_hours"]
    return pd.DataFrame(rows, columns=names).astype({"provider_id": "str", "n_followed": "int64"})


@pytest.mark.parametrize(
    ("lags", "title"),
    [
        ({}, "No outlet followed another on an event here"),
        ({"a_uk": (1, 2.0, 2.0, 2.0)}, "No outlet followed on 5 events: too few to rank who is late"),
        (
            {"a_uk": (5, 1.0, 2.0, 3.0), "b_uk": (1, 1.0, 1.0, 1.0)},
            "a.uk follows soonest: half the time within 2 h of the first in this corpus",
        ),
    ],
)
def test_the_title_says_who_follows_soonest(drawn, lags, title):
    assert drawn(lag_chart, followed(**lags)).layout.meta["title"] == title


def test_a_lag_is_a_median_with_the_middle_half(drawn, keys):
    figure = drawn(lag_chart, followed(a_uk=(5, 2.0, 3.0, 4.0), b_uk=(1, 7.0, 7.0, 7.0)))
    lines, dots = figure.data
    assert dots.x == (3.0, 7.0)
    assert lines.x == (2.0, 4.0, None)  # one lag has no spread
    assert keys(figure) == [["a.uk", "b.uk"]]
    assert dots.hovertext[0].endswith("click for 5 articles")
    assert "7 h, 1 event: too few to rank" in [note.text for note in figure.layout.annotations]


@pytest.mark.parametrize(
    ("hours", "name"),
    [(0.25, "15 min"), (1, "1 h"), (4.26, "4.3 h"), (47, "47 h"), (60, "2.5 days"), (96, "4 days")],
)
def test_lags_in_words(hours, name):
    assert lag_name(hours) == name


def test_nothing_is_an_empty_figure(drawn, is_empty):
    assert is_empty(drawn(timeliness_chart, rates()))
    assert is_empty(drawn(lag_chart, followed()))


def test_hostile_names_stay_text(drawn, drawn_text, hostile):
    for figure in (
        drawn(timeliness_chart, rates(SURE), names={"sky.com": hostile}),
        drawn(lag_chart, followed(a_uk=(5, 1.0, 1.0, 1.0)), names={"a.uk": hostile}),
    ):
        assert "<script" not in drawn_text(figure)
