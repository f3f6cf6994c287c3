import pandas as pd
import pytest

from analysis.charts.bursts import _from_below, _lanes, bursts_chart, bursts_finding

NAN = float("nan")


def found(*rows):
    names = ["level", "start", "end", "count", "usual", "headlines"]
    table = pd.DataFrame(rows, columns=names)
    for end in ("start", "end"):
        table[end] = (
            pd.to_datetime(table[end]).dt.tz_localize("Europe/London")
            if len(table)
            else pd.Series(dtype="datetime64[us, UTC]")
        )
    return table.assign(
        weight=4.0,
        n_articles=table["count"],
        n_providers=3,
        providers=[("a.uk",)] * len(table),
        terms=[("ban", "met")] * len(table),
    )


ONE = (1, "2021-08-24", "2021-08-26", 12, 4.0, ("Ban it", "Met says no"))


@pytest.fixture
def series(days):
    status = ["observed", "observed", "partial", "not collected", "observed"]
    return days({"count": pd.array([1, 9, 3, None, 2], dtype="Int64"), "status": status})


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([], "Coverage: no burst in this time"),
        ([ONE], "Coverage had one burst, from 24 to 25 August 2021, at 3.0x its usual level"),
        (
            [(1, "2021-08-24", "2021-08-25", 40, 2.0, ())],
            "Coverage had one burst, on 24 August 2021, at 20x its usual level",
        ),
        (
            [ONE, (2, "2021-08-24", "2021-08-25", 9, 2.0, ())],
            "Coverage had one burst, from 24 to 25 August 2021, at 3.0x its usual level",
        ),
        (
            [ONE, ONE],
            "Coverage had 2 bursts; the strongest from 24 to 25 August 2021, at 3.0x its usual level",
        ),
        ([(1, "2021-08-24", "2021-08-25", 40, 0.0, ())], "Coverage had one burst, on 24 August 2021"),
    ],
)
def test_the_title_says_the_finding(rows, title):
    assert bursts_finding(found(*rows), "Coverage") == title


def test_the_figure_says_what_it_counts(drawn, series, snapshot):
    figure = drawn(bursts_chart, series, found(ONE), every="day", snapshot=snapshot)
    assert figure.layout.meta["subtitle"] == (
        "articles per day · bursts of the count · hatched: collected in part · 23 to 27 August 2021 · "
        "Europe/London · snapshot 2021-08-27 3f9a"
    )


def test_bursts_in_a_share_say_so(drawn, series):
    shares = series.assign(of=pd.array([10] * 5, dtype="Int64"), share=[0.1, 0.9, 0.3, NAN, 0.2])
    assert (
        "bursts of the share of everything collected"
        in drawn(bursts_chart, shares, found(), every="day").layout.meta["subtitle"]
    )


def test_the_line_breaks_where_nothing_was_collected(drawn, series):
    (line,) = (
        trace
        for trace in drawn(bursts_chart, series, found(ONE), every="day").data
        if trace.type == "scatter"
    )
    assert line.y == (1, 9, 3, None, 2)
    assert not line.connectgaps
    assert line.marker.size[4] > 0  # a day alone between gaps is no line


def test_not_collected_is_a_band_and_partial_is_hatched(drawn, series):
    figure = drawn(bursts_chart, series, found(), every="day")
    (band,) = (shape for shape in figure.layout.shapes if shape.type == "rect")
    assert (str(band.x0)[:10], str(band.x1)[:10]) == ("2021-08-26", "2021-08-27")
    (hatched,) = (trace for trace in figure.data if trace.type == "bar")
    assert hatched.marker.pattern.shape == "/"
    assert [str(at)[:10] for at in hatched.x] == ["2021-08-25"]


def test_a_click_opens_the_period_or_the_burst(drawn, series, keys):
    band, line = keys(drawn(bursts_chart, series, found(ONE), every="day"))
    assert [list(key) for key in band] == [["2021-08-24T00:00:00+01:00", "2021-08-26T00:00:00+01:00"]]
    assert line == ["2021-08-23", "2021-08-24", "2021-08-25", "2021-08-26", "2021-08-27"]


def test_a_burst_carries_its_top_headline_and_exact_numbers(drawn, series):
    figure = drawn(bursts_chart, series, found(ONE), every="day")
    assert "Ban it" in [note.text for note in figure.layout.annotations]
    (hover,) = next(trace.hovertext for trace in figure.data if trace.customdata is not None)
    assert hover.split("<br>") == [
        "<b>24 to 25 August 2021</b>", "12 articles where 4.0 are usual", "Ban it", "Met says no", "terms: ban, met",
        "weight 4.0, level 1", "click for 12 articles",
    ]  # fmt: skip


def test_counts_begin_at_zero(drawn, series):
    assert drawn(bursts_chart, series, found(ONE), every="day").layout.yaxis.range[0] == 0


def test_labels_of_neighbouring_bursts_stand_on_different_lines():
    first, last = pd.Timestamp("2021-08-01"), pd.Timestamp("2021-08-31")
    headline = ("Twenty letters, more",)
    rows = [(1, f"2021-08-{day}", f"2021-08-{day + 1}", 9, 1.0, headline) for day in (10, 12, 28)]
    assert _lanes(found(*rows), first, last) == [(0, "left"), (1, "left"), (0, "right")]


@pytest.mark.parametrize("days", [(24, 20, 28), (12, 16, 10)])
def test_no_line_from_a_label_down_to_its_burst_crosses_a_label(days):
    first, last = pd.Timestamp("2021-08-01"), pd.Timestamp("2021-09-01")
    rows = [
        (1, f"2021-08-{day}", f"2021-08-{day + 1}", 9, 1.0, ("A headline of sixty letters, " * 2,))
        for day in days
    ]
    ordered = _from_below(found(*rows), first, last)
    places = _lanes(ordered, first, last)
    assert len({side for _, side in places}) == 1
    ends = ordered["start" if places[0][1] == "left" else "end"].tolist()
    assert ends == sorted(ends, reverse=places[0][1] == "left")
    assert [lane for lane, _ in places] == [0, 1, 2]


def test_hostile_text_stays_text(drawn, series, drawn_text, hostile):
    row = (1, "2021-08-24", "2021-08-26", 12, 4.0, (hostile,))
    figure = drawn(bursts_chart, series, found(row), every="day", subject=hostile)
    assert "<script" not in drawn_text(figure)
    assert "&lt;script" in drawn_text(figure)


def test_no_period_is_an_empty_figure(drawn, series, is_empty):
    assert is_empty(drawn(bursts_chart, series[:0], found(), every="day"))


def test_one_period_is_a_point(drawn, series):
    figure = drawn(bursts_chart, series[:1], found(), every="day")
    assert figure.data[0].marker.size == (6,)
