from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.grouping import find_copies, find_events
from analysis.grouping.features import distinct_texts
from analysis.grouping.forms import forms_of
from analysis.grouping.frame import in_order

ROBOTS = "Farm Robot Market 2020: Global Trends, Sales Revenue, Growth by 2025"
LENSES = "Contact Lens Market 2020: Global Trends, Sales Revenue, Growth by 2025"


def only_the_form(one, two, excerpts=("", ""), outlets=("a.example", "a.example")):
    frame = in_order(
        pd.DataFrame(
            {"article_id": ["a", "b"], "title": [one, two], "excerpt": excerpts, "provider_id": outlets}
        )
    )
    return forms_of(frame, distinct_texts(frame))(np.array([1]), np.array([0])).tolist() == [True]


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (ROBOTS, LENSES, True),
        ("Everything we know about Druid skills", "Everything we know about Barbarian skills", True),
        ("Boy killed in Leeds crash", "Boy killed in York crash", True),
        # Three words are no form; nor are fewer words alike than differ.
        ("Mayor visits Leeds today", "Mayor visits York today", False),
        (
            "The mayor of Leeds opens a new bridge today",
            "The mayor of York closes five old schools today",
            False,
        ),
        # One happening, told further: a toll that rises, a word more, small words, a slip that was mended.
        ("Quake in Nepal: 12 people dead", "Quake in Nepal: 40 people dead", False),
        ("Council votes to ban cameras", "Council votes to ban all cameras today", False),
        ("Council votes for a ban on cameras", "Council votes for the ban on cameras", False),
        ("Sundar Pichai speaks on rules in Davos", "Sundar Pichia speaks on rules in Davos", False),
        # A character of a script without blanks counts half: four are two words, eight are four.
        ("市长访问日本", "市长访问韩国", False),
        ("北京市市长今天访问日本", "北京市市长今天访问韩国", True),
        ("", "", False),
    ],
)
def test_titles_that_differ_in_one_telling_place_have_only_their_form_in_common(one, two, expected):
    assert only_the_form(one, two) is expected
    assert only_the_form(two, one) is expected


def test_two_outlets_may_word_one_happening_so():
    assert not only_the_form(
        "Google CEO calls for rules on AI",
        "Alphabet CEO calls for rules on AI",
        outlets=("a.example", "b.example"),
    )
    assert not only_the_form(ROBOTS, LENSES, outlets=("", ""))


def test_one_text_under_two_headlines_is_one_article_unless_the_texts_differ_as_the_headlines_do():
    body = "A machine that steers itself was shown to farmers at the county fair on Monday morning."
    titles = (
        "Driverless farm machinery brings new business",
        "Self-steering farm machinery brings new business",
    )
    assert not only_the_form(*titles, excerpts=(body, body))
    forecast = (
        "The {} forecast for today and tomorrow: clouds and sun by turns, and where the rain will fall."
    )
    titles = "Weather forecast for Leeds today", "Weather forecast for York today"
    assert only_the_form(*titles, excerpts=(forecast.format("Leeds"), forecast.format("York")))


@pytest.mark.parametrize("find", [find_copies, find_events], ids=["copies", "events"])
def test_reports_in_one_form_are_neither_copies_nor_one_event(find):
    frame = pd.DataFrame(
        {
            "article_id": ["a", "b", "c", "d"],
            "title": [ROBOTS, LENSES, ROBOTS, "Rain in Spain"],
            "published_at": [
                "2020-01-21T08:00Z",
                "2020-01-21T09:00Z",
                "2020-01-21T10:00Z",
                "2020-01-21T11:00Z",
            ],
            "provider_id": "wire.example",
        }
    )
    assert sorted(find(frame).groups["size"]) == [1, 1, 2]
