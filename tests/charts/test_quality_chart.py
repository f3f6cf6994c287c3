import pandas as pd
import pytest

from analysis.charts.heat import heat_finding, quality_heat_chart
from analysis.charts.quality import quality_chart, quality_finding
from analysis.charts.threshold import threshold_chart, threshold_finding

TIERS = ("high", "medium", "low", "unknown")
NAN, INF = float("nan"), float("inf")


@pytest.fixture
def tiers(days):
    """Rows of counts by tier, one a day; None for a day not collected."""

    def make(*counts, status="observed"):
        period = days({"n": [0] * len(counts)})["period"]
        rows = []
        for start, row in zip(period, counts, strict=True):
            of = sum(row) if row else None
            for tier, n in zip(TIERS, row or [None] * 4, strict=True):
                rows.append(
                    (start, tier, n, of, n / of if of else NAN, "observed" if row else "not collected")
                )
        names = ["period", "tier", "count", "of", "share", "status"]
        table = pd.DataFrame(rows, columns=names).astype({"count": "Int64", "of": "Int64"})
        table["period"] = pd.DatetimeIndex(table["period"]) if rows else period[:0]
        if status != "observed":
            table["status"] = status
        return table.assign(share_low=table["share"] - 0.1, share_high=table["share"] + 0.1)

    return make


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        ([], "Coverage: no article in this time"),
        ([(0, 0, 0, 0)], "Coverage: no article in this time"),
        ([(0, 0, 0, 1)], "Coverage: the article has no quality score"),
        ([(0, 0, 0, 7)], "Coverage: none of 7 articles has a quality score"),
        ([(2, 1, 0, 1)], "Coverage: 4 articles, too few to say how good"),
        ([(6, 4, 0, 0), None], "Coverage: 60 % of the scored articles are of high quality"),
        ([(6, 4, 0, 10)], "Coverage: 60 % of the scored articles are of high quality; 50 % have no score"),
    ],
)
def test_the_title_says_how_good(tiers, counts, title):
    assert quality_finding(tiers(*counts), "Coverage") == title


def test_the_figure_says_what_it_counts(drawn, tiers, snapshot):
    figure = drawn(quality_chart, tiers((6, 4, 0, 0)), every="day", snapshot=snapshot)
    assert figure.layout.meta["subtitle"] == (
        "articles, share of each day's by quality tier · 23 August 2021 · Europe/London · snapshot 2021-08-27 3f9a"
    )


def test_unknown_stands_apart_and_the_rest_is_a_ramp(drawn, tiers):
    figure = drawn(quality_chart, tiers((1, 1, 1, 1)), every="day")
    assert [trace.name for trace in figure.data] == [
        "high, from 75",
        "medium, from 45",
        "low, under 45",
        "no score",
    ]
    assert [trace.marker.pattern.shape for trace in figure.data] == [("",), ("",), ("",), (".",)]
    assert len({trace.marker.color for trace in figure.data}) == 4
    assert figure.layout.yaxis.range == (0, 1)


def test_partial_is_hatched_and_not_collected_a_gap_in_a_band(drawn, tiers):
    assert drawn(quality_chart, tiers((6, 4, 0, 0), status="partial"), every="day").data[
        0
    ].marker.pattern.shape == ("/",)
    figure = drawn(quality_chart, tiers((6, 4, 0, 0), None), every="day")
    assert figure.data[0].y == (0.6, None)
    assert figure.data[0].hovertext[1].endswith("not collected")
    assert len(figure.layout.shapes) == 1


def test_a_click_opens_a_period_and_tier(drawn, tiers, keys):
    figure = drawn(quality_chart, tiers((6, 4, 0, 0)), every="day")
    assert [[list(key) for key in trace] for trace in keys(figure)] == [
        [["2021-08-23", tier]] for tier in TIERS
    ]
    assert figure.data[0].hovertext[0].split("<br>") == [
        "<b>Mon 23 August 2021</b>", "high, from 75: 6 of 10 articles", "60 % (50 % to 70 %)", "click for 6 articles",
    ]  # fmt: skip


def test_no_article_is_an_empty_figure(drawn, tiers, is_empty):
    assert is_empty(drawn(quality_chart, tiers(), every="day"))
    assert is_empty(drawn(quality_chart, tiers(None), every="day"))


def levels(*rows):
    """Rows of (threshold, ratio, holds), the first of all articles."""
    table = pd.DataFrame(rows, columns=["threshold", "ratio", "holds"]).astype(
        {"threshold": "float64", "ratio": "float64", "holds": "boolean"}
    )
    return table.assign(
        n_articles=30,
        share=1.0,
        n_period=20,
        n_baseline=10,
        ratio_low=table["ratio"] / 2,
        ratio_high=table["ratio"] * 2,
    )


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([], "No article in either stretch of time"),
        ([(NAN, NAN, None)], "No article in either stretch of time"),
        ([(NAN, INF, True), (10, INF, True)], "Coverage rose from none: there is no ratio to test"),
        ([(NAN, 1.1, None), (10, 1.2, None)], "No clear rise or fall that a quality threshold could test"),
        (
            [(NAN, 3.0, True), (10, 3.0, True), (20, 2.5, True)],
            "The rise to 3.0x holds at every threshold up to 20",
        ),
        (
            [(NAN, 0.3, True), (10, 0.3, True), (20, 1.0, False), (30, 0.3, True)],
            "The fall to 0.3x holds up to a quality of 10, not from 20",
        ),
        ([(NAN, 3.0, True), (10, 1.0, False)], "The rise to 3.0x does not hold among scored articles"),
    ],
)
def test_the_title_says_whether_a_finding_survives(rows, title):
    assert threshold_finding(levels(*rows)) == title


def test_a_threshold_without_a_ratio_is_a_gap(drawn, span, baseline, keys, snapshot):
    figure = drawn(
        threshold_chart,
        levels((NAN, 3.0, True), (10, 3.0, True), (20, NAN, False)),
        span=span,
        baseline=baseline,
        snapshot=snapshot,
    )
    assert figure.data[1].y == (3.0, None)
    assert keys(figure) == [[None, 10.0, 20.0]]
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.meta["subtitle"] == (
        "articles an hour, over those of 21 to 22 August 2021 · ribbon: 95 % · 23 to 24 August 2021 · UTC · "
        "snapshot 2021-08-27 3f9a"
    )


def test_no_ratio_is_an_empty_figure(drawn, span, baseline, is_empty):
    for frame in (levels(), levels((NAN, INF, True), (10, INF, True)), levels((NAN, NAN, None))):
        assert is_empty(drawn(threshold_chart, frame, span=span, baseline=baseline))


def tied(n=90, rho=0.3, low=0.2, high=0.4):
    return pd.DataFrame([{"n": n, "n_left_out": 10, "rho": rho, "rho_low": low, "rho_high": high}])


@pytest.mark.parametrize(
    ("summary", "title"),
    [
        (tied(), "Better articles have more heat: rank correlation 0.30 (0.20 to 0.40)"),
        (
            tied(rho=-0.3, low=-0.4, high=-0.2),
            "Better articles have less heat: rank correlation −0.30 (−0.40 to −0.20)",
        ),
        (tied(low=-0.1), "No clear tie between quality and heat: rank correlation 0.30 (−0.10 to 0.40)"),
        (tied(n=4), "4 articles with quality and heat: too few to relate them"),
        (tied(rho=NAN, low=NAN, high=NAN), "Quality or heat never varies, so they cannot be related"),
    ],
)
def test_the_title_says_whether_quality_and_heat_go_together(summary, title):
    assert heat_finding(summary) == title


def test_articles_are_counted_in_cells(drawn, keys, span, snapshot):
    frame = pd.DataFrame({"quality": [52.0, 58.0, 99.0, NAN], "heat": [4.0, 9.0, 20_000.0, 1.0]})
    figure = drawn(quality_heat_chart, frame, tied(), span=span, snapshot=snapshot)
    # 52 and 58 with 4 and 9 are one cell: quality 50 to 60, heat 3 to 9.
    assert [list(key) for key in keys(figure)[0]] == [[50, 60, 3, 10], [90, 100, 10_000, None]]
    assert (
        figure.data[0].hovertext[0]
        == "<b>quality 50 to under 60, heat 3–9</b><br>2 articles<br>click for 2 articles"
    )
    assert figure.data[0].marker.size[0] > figure.data[0].marker.size[1]
    assert figure.layout.meta["subtitle"] == (
        "articles with both values, 90 of 100 · area: articles · 23 to 24 August 2021 · UTC · snapshot 2021-08-27 3f9a"
    )


def test_no_article_with_both_is_an_empty_figure(drawn, is_empty):
    assert is_empty(drawn(quality_heat_chart, pd.DataFrame({"quality": [NAN], "heat": [1.0]}), tied(n=0)))


def test_hostile_text_stays_text(drawn, tiers, drawn_text, hostile):
    assert "<script" not in drawn_text(
        drawn(quality_chart, tiers((6, 4, 0, 0)), every="day", subject=hostile)
    )
