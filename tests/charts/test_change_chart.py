import pandas as pd
import pytest

from analysis.charts.change import change_chart, change_finding

PARTS = ("new providers", "lost providers", "more per provider", "copies", "corpus growth", "total")


def parts(changes, before=20, after=50, status="observed"):
    return pd.DataFrame({
        "part": PARTS, "before": [0, 2, 8, 10, 100, before], "after": [9, 0, 8, 33, 120, after],
        "change": [*changes, float(after - before)], "exact": None, "n_providers": [3, 1, 4, 5, 8, 8], "status": status,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "before", "after", "status", "title"),
    [
        (
            (9.0, -2.0, 0.0, 21.0, 2.0),
            20,
            50,
            "observed",
            "Coverage rose from 20 to 50 articles, most of it by copies",
        ),
        (
            (9.0, 6.0, 5.0, 6.0, 4.0),
            20,
            50,
            "observed",
            "Coverage rose from 20 to 50 articles, for several reasons",
        ),
        (
            (0.0, -25.0, -5.0, 0.0, 0.0),
            50,
            20,
            "partial",
            "Coverage fell from 50 to 20 articles, most of it by outlets that stopped",
        ),
        (
            (5.0, -5.0, 0.0, 0.0, 0.0),
            20,
            20,
            "observed",
            "Coverage did not change: 20 articles before and after",
        ),
        (
            (4.0, 0.0, 0.0, 0.0, 0.0),
            0,
            4,
            "observed",
            "Coverage: 0 and 4 articles, too few to explain a change",
        ),
        ((4.0, 0.0, 0.0, 0.0, 0.0), 0, 0, "not collected", "Coverage: whether it changed is not known"),
        # 20 of 50 articles after: a share of .28 to .54 by Wilson, so a ratio of .39 to 1.2.
        (
            (0.0, -10.0, 0.0, 0.0, 0.0),
            30,
            20,
            "observed",
            "Coverage: 30, then 20 articles; chance alone could make such a difference",
        ),
        (
            (0.0, 9.0, 0.0, 0.0, 0.0),
            0,
            12,
            "observed",
            "Coverage rose from 0 to 12 articles, most of it by outlets that stopped",
        ),
    ],
)
def test_the_title_says_the_finding(changes, before, after, status, title):
    assert change_finding(parts(changes, before, after, status), "Coverage") == title


RISE = (9.0, -2.0, 0.0, 21.0, 2.0)


def test_the_bars_add_up_to_the_change_and_the_subtitle_says_so(drawn, span, baseline, snapshot):
    figure = drawn(change_chart, parts(RISE), span=span, baseline=baseline, snapshot=snapshot)
    assert figure.layout.meta["subtitle"] == (
        "articles, against 21 to 22 August 2021 · the bars add up to +30 · 23 to 24 August 2021 · UTC · "
        "snapshot 2021-08-27 3f9a"
    )
    assert sum(figure.data[0].x) == 30
    assert {"+9", "−2", "0", "+21", "+2"} <= {note.text for note in figure.layout.annotations}


def test_a_click_opens_a_part_and_hover_has_the_numbers(drawn, span, baseline, keys):
    figure = drawn(change_chart, parts(RISE), span=span, baseline=baseline)
    assert keys(figure) == [list(PARTS[:-1])]
    assert figure.data[0].hovertext[3].split("<br>") == [
        "<b>copies of a text</b>", "10 before, 33 after: copies", "+21.00 of the change in articles", "5 outlets",
        "click for 33 articles",
    ]  # fmt: skip
    assert (
        "click" not in figure.data[0].hovertext[4]
    )  # growth of all that was collected is no set of articles


def test_zero_is_within_the_axis(drawn, span, baseline):
    low, high = drawn(
        change_chart, parts((0.0, -25.0, -5.0, 0.0, 0.0), 50, 20), span=span, baseline=baseline
    ).layout.xaxis.range
    assert low < -25 < 0 < high


def test_partly_collected_is_hatched(drawn, span, baseline):
    figure = drawn(change_chart, parts(RISE, status="partial"), span=span, baseline=baseline)
    assert figure.data[0].marker.pattern.shape == "/"
    assert "hatched" in figure.layout.meta["subtitle"]


@pytest.mark.parametrize("frame", [parts(RISE, status="not collected"), parts(RISE)[:0]])
def test_what_is_not_known_is_not_drawn_as_zero(drawn, span, baseline, is_empty, frame):
    assert is_empty(drawn(change_chart, frame, span=span, baseline=baseline))


def test_hostile_text_stays_text(drawn, drawn_text, span, baseline, hostile):
    assert "<script" not in drawn_text(
        drawn(change_chart, parts(RISE), span=span, baseline=baseline, subject=hostile)
    )
