from __future__ import annotations

import pandas as pd
import pytest

from analysis.charts.describe import describe
from analysis.charts.theme import DARK, LIGHT, STORY_COLOURS, UnknownTheme, plain, theme_of
from analysis.charts.volume import NotOneSeries, strip_chart, volume_chart


def frame(counts, statuses=None, start="2021-08-23", freq="D"):
    periods = pd.date_range(start, periods=len(counts), freq=freq, tz="UTC")
    statuses = statuses or ["observed"] * len(counts)
    return pd.DataFrame({"period": periods, "count": pd.array(counts, dtype="Int64"), "status": statuses})


def test_zero_not_collected_and_partial_look_different():
    given = frame([4, 0, None, 2], ["observed", "observed", "not collected", "partial"])
    figure = volume_chart(given, every="day")
    bar = figure.data[0]
    assert list(bar.y) == [4, 0, None, 2]
    assert list(bar.marker.pattern.shape) == ["", "", "", "/"]
    assert [(shape.x0, shape.x1) for shape in figure.layout.shapes] == [
        (pd.Timestamp("2021-08-25"), pd.Timestamp("2021-08-26"))
    ]
    assert [note.text for note in figure.layout.annotations] == ["not collected"]


@pytest.mark.parametrize(("counts", "step"), [([0, 1], 1), ([2, 5], 1), ([0, 40], None)])
def test_an_axis_of_few_articles_names_no_number_twice(counts, step):
    assert volume_chart(frame(counts), every="day").layout.yaxis.dtick == step


def test_hover_has_the_number_and_says_what_a_click_does():
    hover = (
        volume_chart(
            frame([14, 1, 0, None], ["observed", "partial", "observed", "not collected"]), every="day"
        )
        .data[0]
        .hovertext
    )
    assert hover[0] == "<b>Mon 23 August 2021</b><br>14 articles<br>click for 14 articles"
    assert hover[1].endswith("1 article<br>partial: not every day was collected<br>click for 1 article")
    assert hover[2] == "<b>Wed 25 August 2021</b><br>0 articles"
    assert hover[3].endswith("not collected")


def test_hover_has_the_share_with_its_interval():
    given = frame([4]).assign(of=pd.array([40], dtype="Int64"), share=0.1, share_low=0.04, share_high=0.23)
    figure = volume_chart(given, every="day")
    assert "10 % (4.0–23 %) of 40 collected" in figure.data[0].hovertext[0]
    assert "share: of everything collected" in figure.layout.meta["subtitle"]


@pytest.mark.parametrize(
    ("counts", "every", "title"),
    [
        ([1, 5, 3], "day", "Coverage was highest on 24 August 2021, with 5 articles"),
        ([5, 5, 3], "day", "Coverage peaked at 5 articles, on 2 days, first on 23 August 2021"),
        ([7], "day", "Coverage: 7 articles on 23 August 2021"),
        ([0, 0], "day", "Coverage: none in this time"),
        ([None], "day", "Coverage: none in this time"),
        ([], "day", "Coverage: none in this time"),
        ([2, 1], "week", "Coverage was highest in the week of 23 August 2021, with 2 articles"),
    ],
)
def test_the_title_is_the_finding(counts, every, title):
    statuses = ["not collected" if count is None else "observed" for count in counts]
    given = frame(counts, statuses, freq="D" if every == "day" else "7D")
    assert volume_chart(given, every=every).layout.meta["title"] == title


@pytest.mark.parametrize(
    "every",
    ["day", "month", *(pytest.param(every, marks=pytest.mark.slow) for every in ("week", "quarter", "year"))],
)
@pytest.mark.parametrize("n", [0, 1, 2, 400])
@pytest.mark.parametrize("theme", [LIGHT, pytest.param(DARK, marks=pytest.mark.slow)])
def test_every_length_and_theme_is_drawn(every, n, theme):
    given = frame(
        [3] * n,
        freq={"day": "D", "week": "7D", "month": "MS", "quarter": "QS", "year": "YS"}[every],
        start="1800-01-01",
    )
    before = given.copy(deep=True)
    for figure in (
        volume_chart(given, every=every, theme=theme),
        strip_chart(given, every=every, theme=theme),
    ):
        assert figure.layout.paper_bgcolor == theme.paper
        assert len(figure.to_json()) > 0
        assert len(figure.layout.xaxis.tickvals or []) <= 7
    pd.testing.assert_frame_equal(given, before)


def test_the_axis_of_counts_begins_at_zero():
    assert volume_chart(frame([90, 100]), every="day").layout.yaxis.rangemode == "tozero"


def test_several_series_are_refused():
    given = pd.concat([frame([1]), frame([2])])
    with pytest.raises(NotOneSeries, match="one row a period"):
        volume_chart(given, every="day")


def test_the_summary_says_what_is_drawn():
    text = describe(volume_chart(frame([4, 0, None], ["observed", "observed", "not collected"]), every="day"))
    assert text == (
        "Coverage was highest on 23 August 2021, with 4 articles. Counted: articles per day · UTC. "
        "Bars per day from Mon 23 August 2021 to Wed 25 August 2021. Median 2, highest 4 articles. "
        "No article in 1 of them. 1 not collected."
    )


def test_the_strip_says_how_much_was_missed():
    assert strip_chart(frame([4, None], ["observed", "not collected"]), every="day").layout.meta["title"] == (
        "1 of 2 days not collected in full"
    )


def test_colours_are_those_of_okabe_and_ito_in_a_fixed_order():
    assert STORY_COLOURS == ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_has_contrast(theme):
    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    def contrast(a, b):
        high, low = sorted((light(a), light(b)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    assert contrast(theme.ink, theme.paper) >= 7
    assert contrast(theme.muted, theme.paper) >= 4.5
    assert contrast(theme.bar, theme.paper) >= 3


def test_an_unknown_theme_is_refused():
    with pytest.raises(UnknownTheme, match="light, dark"):
        theme_of("sepia")


def test_text_of_records_is_no_markup():
    assert plain('<a href="javascript:x">') == '&lt;a href="javascript:x"&gt;'
