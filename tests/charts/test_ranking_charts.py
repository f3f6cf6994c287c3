from __future__ import annotations

import pandas as pd
import pytest

from analysis.charts.describe import describe
from analysis.charts.providers import providers_chart
from analysis.charts.theme import DARK
from analysis.charts.topics import topics_chart

OUTLETS = pd.DataFrame(
    {
        "provider_id": ["b.example", "a.example", "c.example"],
        "name": ["B & <i>Sons</i>", "A", "C"],
        "count": [4, 10, 4],
        "quality": [50.0, None, 80.0],
        "quality_low": [40.0, None, 70.0],
        "quality_high": [65.0, None, 110.0],
    }
)


def test_outlets_are_ranked_with_ties_by_domain():
    bar = providers_chart(OUTLETS).data[0]
    assert list(bar.customdata) == ["a.example", "b.example", "c.example"]
    assert list(bar.x) == [10, 4, 4]


def test_quality_is_a_point_with_its_interval_beside_its_own_bar():
    figure = providers_chart(OUTLETS)
    points = figure.data[1]
    assert list(points.customdata) == ["b.example", "c.example"]
    assert [int(y) for y in points.y] == [1, 2]
    assert list(points.error_x.array) == [15.0, 30.0]
    assert list(points.error_x.arrayminus) == [10.0, 10.0]
    assert figure.layout.xaxis2.range[1] >= 110
    assert "no score" in [note.text for note in figure.layout.annotations]


def test_names_are_text():
    figure = providers_chart(OUTLETS, theme=DARK)
    assert "B &amp; &lt;i&gt;Sons&lt;/i&gt;" in [note.text for note in figure.layout.annotations]
    assert "<i>" not in "".join(figure.data[0].hovertext)


def test_a_long_name_is_cut():
    given = OUTLETS.assign(name=["x" * 10_000] * 3)
    assert max(len(note.text) for note in providers_chart(given).layout.annotations) < 60


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        ([4, 10, 4], "A published most, 10 of 18 articles"),
        ([10, 10, 4], "A and B & <i>Sons</i> published most, 10 articles each"),
        ([1, 1, 1], "3 articles: too few to rank outlets"),
    ],
)
def test_titles_say_what_was_found(counts, title):
    assert providers_chart(OUTLETS.assign(count=counts)).layout.meta["title"] == title


def test_empty_frames_are_drawn():
    assert providers_chart(OUTLETS[:0]).layout.meta["title"] == "No outlet published here"
    none = pd.DataFrame({"topic": pd.Series(dtype="str"), "count": pd.Series(dtype="int64")})
    assert topics_chart(none, n_articles=0).layout.meta["title"] == "No article here carries a topic"


def test_the_frame_is_left_as_it_was():
    before = OUTLETS.copy(deep=True)
    providers_chart(OUTLETS)
    pd.testing.assert_frame_equal(OUTLETS, before)


def test_topics_are_counted_and_described():
    given = pd.DataFrame({"topic": ["AI", "<b>", "Robots"], "count": [3, 9, 3]})
    figure = topics_chart(given, n_articles=20, top=2)
    assert list(figure.data[0].customdata) == ["<b>", "AI"]
    assert describe(figure).endswith("Bars: <b> 9; AI 3.")
    assert figure.layout.meta["subtitle"] == "articles with the topic, of 20 · 3 topics in all"
