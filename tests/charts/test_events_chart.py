from datetime import date

import pandas as pd
import pytest

from analysis.charts.describe import describe
from analysis.charts.events import event_chart, events_chart
from analysis.measures.frames import BadOption


def listed(*rows):
    names = ["event_id", "n_articles", "n_providers", "size", "first", "last", "headline", "median_quality"]
    table = pd.DataFrame(rows, columns=names).assign(n_texts=1)
    for name in ("first", "last"):
        table[name] = pd.to_datetime(table[name], utc=True)
    return table


SEVERAL = listed(
    ("e", 16, 9, 20, "2021-08-23T05:30Z", "2021-08-24T05:30Z", "Ban it", 55.0),
    ("f", 4, 4, 4, "2021-08-27T05:30Z", "2021-08-27T06:30Z", None, None),
    ("g", 3, 1, 3, None, None, "No dates", None),
)


def test_a_dot_an_event_by_area(drawn, keys, span, snapshot):
    figure = drawn(events_chart, SEVERAL, n_events=312, span=span, snapshot=snapshot)
    assert keys(figure) == [["e", "f"]]
    assert figure.layout.meta["title"] == "The largest event: Ban it, with 16 articles from 9 outlets"
    assert figure.layout.meta["subtitle"] == (
        "2 of 312 events shown, largest first · dot: first article, its area the articles here · 23 to 24 August 2021 · "
        "UTC · snapshot 2021-08-27 3f9a"
    )
    dots = figure.data[1]
    assert dots.marker.size == (15.0, 7.5)
    assert "16 of 20 articles, 9 outlets, 1 text" in dots.hovertext[0]
    assert "23 to 24 August 2021" in dots.hovertext[0]
    assert "no quality score" in dots.hovertext[1]
    assert dots.hovertext[1].endswith("click for 4 articles")
    assert "Ban it 16; (no headline) 4" in describe(figure)


@pytest.mark.parametrize(
    ("rank", "begins"),
    [("recency", "The latest event: Ban it"), ("spread", "The event of most outlets: Ban it")],
)
def test_the_title_says_the_order(drawn, rank, begins):
    assert drawn(events_chart, SEVERAL, rank=rank).layout.meta["title"].startswith(begins)


def test_an_order_that_is_not_known_is_refused():
    with pytest.raises(BadOption, match="rank must be one of size, recency, spread; got 'votes'"):
        events_chart(SEVERAL, rank="votes")


def test_days_not_collected_are_one_band_a_stretch(drawn):
    missed = [date(2021, 8, day) for day in (10, 24, 25, 27)]
    bands = [shape for shape in drawn(events_chart, SEVERAL, missed=missed).layout.shapes if shape.fillcolor]
    assert [(str(band.x0), str(band.x1)) for band in bands] == [
        ("2021-08-24", "2021-08-26"), ("2021-08-27", "2021-08-28"),
    ]  # fmt: skip


def test_times_are_on_the_clock_of_the_zone(drawn):
    assert drawn(events_chart, SEVERAL, zone="Europe/London").data[1].x[0].hour == 6


def test_no_event_says_so(drawn, is_empty):
    assert is_empty(drawn(events_chart, SEVERAL[2:]))
    assert is_empty(drawn(events_chart, SEVERAL[:0]))


def test_hostile_headlines_are_text(drawn, drawn_text, hostile):
    text = drawn_text(drawn(events_chart, SEVERAL.assign(headline=hostile)))
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def story(*rows):
    names = ["article_id", "outlet", "published_at", "copy_group_id", "is_original"]
    table = pd.DataFrame(rows, columns=names).assign(title="Ban it", time_precision="time", is_selected=True)
    table["published_at"] = pd.to_datetime(table["published_at"], utc=True)
    return table.astype({"is_original": "boolean"})


ONE = story(
    ("a", "PA", "2021-08-23T05:30Z", "c", True),
    ("b", "Sky", "2021-08-23T07:30Z", "c", False),
    ("d", "Sky", "2021-08-24T07:30Z", "d", True),
    ("z", "Late", None, "z", True),
)
LEAD = {"outlet": "PA", "n_openers": 1, "lead_hours": 2.0}


def test_a_row_an_outlet_a_dot_an_article_a_line_a_copy(drawn, keys):
    figure = drawn(event_chart, ONE, lead=LEAD)
    assert keys(figure) == [["a", "b", "d"]]
    ties, dots = figure.data
    assert dots.y == (0, 1, 1)
    assert ties.y == (0, 1, None)
    assert figure.layout.yaxis.ticktext == ("PA", "Sky")
    assert figure.layout.meta["title"] == "PA was first in this corpus, 2 h before the next outlet"
    assert figure.layout.annotations[0].text == "First in this corpus, by 2 h"
    assert "1 without a date not drawn" in figure.layout.meta["subtitle"]
    assert "ring" not in figure.layout.meta["subtitle"]


def test_what_is_not_selected_is_a_ring(drawn):
    figure = drawn(event_chart, ONE.assign(is_selected=[False, True, True, True]), lead=LEAD)
    colours, lines = figure.data[1].marker.color, figure.data[1].marker.line.color
    assert colours[0] == figure.layout.paper_bgcolor
    assert colours[2] == lines[2]
    assert "ring: not in the selection" in figure.layout.meta["subtitle"]
    assert "not in the selection" in figure.data[1].hovertext[0]


@pytest.mark.parametrize(
    ("frame", "lead", "title"),
    [
        (ONE[1:3], LEAD, "Sky is the only outlet in this corpus that had it"),
        (ONE, None, "Too few times are known to say who was first in this corpus"),
        (
            ONE,
            {**LEAD, "lead_hours": float("nan")},
            "Too few times are known to say who was first in this corpus",
        ),
        (
            ONE,
            {**LEAD, "n_openers": 2, "lead_hours": 0.0},
            "2 outlets had it first in this corpus, at the same minute",
        ),
    ],
)
def test_the_title_says_who_was_first(drawn, frame, lead, title):
    assert drawn(event_chart, frame, lead=lead).layout.meta["title"] == title


def test_the_earliest_outlets_are_drawn_and_the_rest_said(drawn, keys):
    figure = drawn(event_chart, ONE, lead=LEAD, top=1)
    assert keys(figure) == [["a"]]
    assert "the 1 earliest of 2 outlets" in figure.layout.meta["subtitle"]


def test_an_event_without_dates_says_so(drawn, is_empty):
    assert is_empty(drawn(event_chart, ONE[3:].assign(outlet="A")))


def test_hostile_titles_and_outlets_are_text(drawn, drawn_text, hostile):
    text = drawn_text(
        drawn(event_chart, ONE.assign(title=hostile, outlet=hostile), lead={**LEAD, "outlet": hostile})
    )
    assert "<script>" not in text
