import numpy as np
import pandas as pd
import pytest

from analysis.charts.lags import STEPS, lags_chart, step_of
from analysis.charts.outlets import originality_chart, standing_chart

NAN = float("nan")


def outlets(**columns):
    """Outlets as the measure gives them; what is not named is that of a sure one."""
    n = len(columns["provider_id"])
    sure = {
        "count": 20, "share": 0.1, "few": False, "quality_status": "known", "n_scored": 20, "quality": 50.0,
        "quality_low": 45.0, "quality_high": 55.0, "n_compared": 20, "originality": 0.5, "originality_low": 0.3,
        "originality_high": 0.7,
    }  # fmt: skip
    filled = {name: columns.get(name, [value] * n) for name, value in sure.items()}
    return pd.DataFrame({"provider_id": columns["provider_id"], **filled})


@pytest.mark.parametrize(
    ("columns", "title"),
    [
        ({"provider_id": []}, "No outlet published here"),
        (
            {"provider_id": ["a.uk"], "quality": [NAN], "quality_status": ["unknown"]},
            "None of 1 outlet has a quality score",
        ),
        (
            {"provider_id": ["a.uk"], "quality_status": ["few"]},
            "No outlet has 5 articles with a score: too few to rank by quality",
        ),
        (  # the mean of b is higher, but what is sure of it is less
            {"provider_id": ["a.uk", "b.uk"], "quality": [60.0, 70.0], "quality_low": [58.0, 40.0]},
            "a.uk is the best scored of 2 outlets with 5 or more articles, 60 (58 to 55)",
        ),
    ],
)
def test_the_title_ranks_by_what_is_sure(drawn, columns, title):
    assert drawn(standing_chart, outlets(**columns)).layout.meta["title"] == title


def test_an_outlet_without_a_score_is_counted_and_not_drawn_at_zero(drawn, keys):
    frame = outlets(provider_id=["a.uk", "b.uk"], quality=[60.0, NAN], quality_status=["known", "unknown"])
    figure = drawn(standing_chart, frame)
    assert keys(figure) == [["a.uk"]]
    assert "1 outlet without a score not drawn" in figure.layout.meta["subtitle"]


def test_few_are_pale_and_have_no_name(drawn):
    frame = outlets(
        provider_id=["sure.uk", "few.uk"], count=[20, 2], few=[False, True], quality_status=["known", "few"]
    )
    figure = drawn(standing_chart, frame)
    assert [note.text for note in figure.layout.annotations] == ["sure.uk"]
    assert "too few to rank" in figure.data[0].hovertext[0]


def test_no_name_is_written_over_another(drawn):
    n = 40
    frame = outlets(
        provider_id=[f"outlet-number-{place}.uk" for place in range(n)], count=list(range(100, 100 + n)),
        quality=list(np.linspace(49, 51, n)), quality_low=[45.0] * n, quality_high=[55.0] * n,
    )  # fmt: skip
    assert 1 <= len(drawn(standing_chart, frame).layout.annotations) <= 4


@pytest.mark.parametrize(
    ("columns", "title"),
    [
        ({"provider_id": []}, "No outlet published here"),
        ({"provider_id": ["a.uk"], "n_compared": [0], "originality": [NAN]}, "Copies were not looked for"),
        ({"provider_id": ["a.uk"], "few": [True]}, "No outlet has 5 articles: too few to say who copies"),
        (
            {"provider_id": ["a.uk"], "originality": [1.0]},
            "None of the largest outlets repeats an earlier text",
        ),
        (
            {"provider_id": ["a.uk", "b.uk"], "originality": [0.9, 0.25]},
            "b.uk copied most: 75 % of its 20 articles repeat an earlier text",
        ),
    ],
)
def test_the_title_says_who_copied_most(drawn, columns, title):
    assert drawn(originality_chart, outlets(**columns)).layout.meta["title"] == title


def test_originality_opens_the_outlet(drawn, keys):
    figure = drawn(originality_chart, outlets(provider_id=["a.uk", "b.uk"], originality=[0.9, 0.25]))
    assert keys(figure) == [["b.uk", "a.uk"]]
    assert (
        figure.data[1]
        .hovertext[0]
        .startswith("<b>b.uk</b><br>5 of 20 articles copy no earlier one: 25 % (30 % to 70 %)")
    )


def late(*hours, firsts=0):
    rows = {"lag_hours": [0.0] * firsts + list(hours), "is_first": [True] * firsts + [False] * len(hours)}
    return pd.DataFrame(rows).astype({"lag_hours": "float64", "is_first": "bool"})


@pytest.mark.parametrize(
    ("frame", "title"),
    [
        (late(), "Sky shares no event with another outlet here"),
        (late(firsts=2), "Sky was first in this corpus on 2 events and followed on none"),
        (late(2.0), "Sky followed on 1 event, too few to say how late; it was first in this corpus on 0"),
        (
            late(1, 2, 3, 4, 5, firsts=1),
            "Sky followed on 5 events, half of them within 3 h; it was first in this corpus on 1",
        ),
    ],
)
def test_the_title_says_how_late(drawn, frame, title):
    assert drawn(lags_chart, frame, subject="Sky").layout.meta["title"] == title


def test_every_lag_stands_in_the_step_that_its_bar_opens(drawn, keys):
    figure = drawn(lags_chart, late(0.1, 0.25, 1.0, 1.5, 200.0, firsts=3))
    counts = dict(zip(figure.data[0].customdata, figure.data[0].y, strict=True))
    assert {key: n for key, n in counts.items() if n} == {"first": 3, "0": 1, "1": 1, "3": 2, "11": 1}
    assert [step_of(str(place))[0] for place in range(len(STEPS))] == list(STEPS)
    assert step_of("12") is step_of("x") is step_of("-1") is None


def test_nothing_is_an_empty_figure(drawn, is_empty):
    for chart in (standing_chart, originality_chart):
        assert is_empty(drawn(chart, outlets(provider_id=[])))
    assert is_empty(drawn(lags_chart, late()))


def test_hostile_names_stay_text(drawn, drawn_text, hostile):
    names = {"a.uk": hostile}
    figures = [
        drawn(chart, outlets(provider_id=["a.uk"]), names=names)
        for chart in (standing_chart, originality_chart)
    ]
    for figure in [*figures, drawn(lags_chart, late(1.0), subject=hostile)]:
        assert "<script" not in drawn_text(figure)
