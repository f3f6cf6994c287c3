import pandas as pd
import pytest

from analysis.charts.diversity import diversity_chart, diversity_finding

INF = float("inf")


def periods(rows, starts=None, status="observed"):
    """Rows of (count, effective, low, high)."""
    table = pd.DataFrame(rows, columns=["count", "effective", "effective_low", "effective_high"])
    starts = starts or [f"2021-{month + 1:02}-01" for month in range(len(rows))]
    table.insert(0, "period", pd.DatetimeIndex(starts, tz="Europe/London").as_unit("us"))
    return table.assign(n_providers=9, top3=0.5, rarefied=4.0, size=10, status=status)


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([], "Coverage: no article in this time"),
        ([(4, 2.0, 1.0, 3.0)], "Coverage: never 10 articles in a month, too few to say how spread"),
        ([(40, 2.0, 1.0, 3.0)], "Coverage in January 2021 was as spread as 2.0 equally active outlets"),
        (
            [(40, 2.0, 1.0, 3.0), (40, 3.0, 2.5, 4.0)],
            "Coverage in February 2021 was as spread as 3.0 equally active outlets, no clear change",
        ),
        (
            [(40, 2.0, 1.0, 3.0), (40, 9.0, 8.0, INF)],
            "Coverage widened from 2.0 to 9.0 equally active outlets, January 2021 to February 2021",
        ),
        (
            [(40, 9.0, 8.0, 10.0), (40, 3.0, 2.0, 4.0)],
            "Coverage narrowed from 9.0 to 3.0 equally active outlets, January 2021 to February 2021",
        ),
    ],
)
def test_the_title_says_the_finding(rows, title):
    assert diversity_finding(periods(rows), "month", "Coverage") == title


MONTHS = [(40, 2.0, 1.0, 3.0), (40, 3.0, 2.5, 4.0)]


def test_the_figure_says_what_it_counts(drawn, snapshot):
    figure = drawn(
        diversity_chart,
        periods([*MONTHS, (4, 1.0, 1.0, 1.0)]),
        every="month",
        basis="originals",
        snapshot=snapshot,
    )
    assert figure.layout.meta["subtitle"] == (
        "effective outlets per month (1 / Herfindahl-Hirschman), by originals · ribbon: 95 %, cut off at the top · "
        "hollow: fewer than 10 · 1 January to 31 March 2021 · Europe/London · snapshot 2021-08-27 3f9a"
    )


def points(figure):
    return next(trace for trace in figure.data if trace.customdata is not None)


def test_a_month_without_a_row_is_a_gap(drawn):
    figure = drawn(diversity_chart, periods(MONTHS, ["2021-01-01", "2021-04-01"]), every="month")
    line = next(trace for trace in figure.data if trace.mode == "lines" and trace.line.width == 1.75)
    assert line.y == (2.0, None, 3.0, None)


def test_the_band_is_a_ribbon_between_neighbours(drawn):
    ribbon = drawn(diversity_chart, periods(MONTHS), every="month").data[0]
    assert ribbon.y == (1.0, 2.5, 4.0, 3.0, None)


def test_a_band_without_an_end_reaches_the_top(drawn):
    figure = drawn(diversity_chart, periods([(40, 2.0, 1.0, INF)]), every="month")
    assert figure.data[1].y[:2] == (1.0, figure.layout.yaxis.range[1])
    assert "(1.0 or more)" in points(figure).hovertext[0]


def test_few_articles_are_hollow_and_have_no_band(drawn):
    figure = drawn(diversity_chart, periods([(4, 2.0, 1.0, 3.0)]), every="month")
    assert points(figure).marker.color == (figure.layout.paper_bgcolor,)
    assert not figure.data[0].y
    assert not figure.data[1].y
    assert "4 articles: too few to say" in points(figure).hovertext[0]


def test_partial_is_hatched_zero_is_the_base_and_a_click_opens_the_period(drawn, keys):
    figure = drawn(diversity_chart, periods(MONTHS, status=["observed", "partial"]), every="month")
    assert [trace.marker.pattern.shape for trace in figure.data if trace.type == "bar"] == ["/"]
    assert figure.layout.yaxis.range[0] == 0
    assert keys(figure) == [["2021-01-01", "2021-02-01"]]
    assert points(figure).hovertext[0].endswith("click for 40 articles")


def test_no_article_is_an_empty_figure(drawn, is_empty):
    assert is_empty(drawn(diversity_chart, periods([]), every="month"))


def test_hostile_text_stays_text(drawn, drawn_text, hostile):
    assert "<script" not in drawn_text(
        drawn(diversity_chart, periods(MONTHS), every="month", subject=hostile)
    )
