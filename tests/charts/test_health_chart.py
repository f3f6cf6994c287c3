import pandas as pd
import pytest

from analysis.charts.health import fields_chart, health_chart, problems_chart

NAN = float("nan")


def collected(*counts):
    """Records a day; None for a day not collected."""
    table = pd.DataFrame(
        {
            "day": pd.date_range("2021-08-23", periods=len(counts), unit="us"),
            "n_records": [n or 0 for n in counts],
        }
    )
    status = ["not collected" if n is None else "observed" for n in counts]
    return table.assign(expected=40.0, n_repaired=1, n_in_conflict=2, status=status)


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        ([], "Nothing was collected"),
        ([40, 0], "Something was collected on each of 2 days"),
        ([40, None], "Not collected on 1 of 2 days"),
    ],
)
def test_the_title_says_what_was_not_collected(drawn, counts, title):
    assert drawn(health_chart, collected(*counts)).layout.meta["title"].startswith(title)


def test_a_day_not_collected_is_a_band_and_no_zero(drawn, keys, snapshot):
    figure = drawn(health_chart, collected(40, None), snapshot=snapshot)
    bars, expected = figure.data
    assert (bars.y, expected.y) == ((40, None), (40.0, 40.0))
    assert len(figure.layout.shapes) == 1
    assert figure.layout.yaxis.rangemode == "tozero"
    assert keys(figure) == [["2021-08-23", "2021-08-24"]]
    assert bars.hovertext[0].split("<br>")[:3] == [
        "<b>23 August 2021</b>",
        "40 records collected",
        "40 expected of the weekday",
    ]
    assert figure.layout.meta["subtitle"] == (
        "records per day, on all subjects · line: expected of the weekday · 23 to 24 August 2021 · UTC · "
        "snapshot 2021-08-27 3f9a"
    )


def fields(*rows):
    """Rows of (field, known from, articles, missing)."""
    table = pd.DataFrame(rows, columns=["field", "known_from", "n_articles", "n_missing"])
    share = table["n_missing"] / table["n_articles"].where(table["n_articles"] > 0)
    return table.assign(missing_share=share.astype("float64"), n_repaired=1, n_in_conflict=2)


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([("quality", "record", 0, 0)], "No article here has a record"),
        ([("quality", "record", 50, 5)], "No field is missing in more than 10 % of the records"),
        ([("quality", "record", 50, 10)], "quality is missing in 20 % of the records"),
        (
            [("quality", "record", 50, 10), ("heat", "record", 50, 25)],
            "heat is missing in 50 % of the records, 1 more in over 10 %",
        ),
    ],
)
def test_the_title_says_what_is_missing(drawn, rows, title):
    assert drawn(fields_chart, fields(*rows)).layout.meta["title"] == title


def test_a_field_without_articles_is_an_empty_cell(drawn, keys, cells):
    figure = drawn(fields_chart, fields(("heat", "record", 50, 0), ("heat", "related", 0, 0)))
    assert cells(figure) == {(0, 0): 0.0}
    assert [note.text for note in figure.layout.annotations] == [
        "0",
        "2",
        "4",
    ]  # missing, repaired, in conflict
    assert [list(key) for key in keys(figure)[0]] == [["heat", "record"]]


def problems(*rows):
    return pd.DataFrame(rows, columns=["code", "severity", "meaning", "n", "n_files"])


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([], "Everything was read without a problem"),
        ([("bom", "warning", "a mark", 1, 1)], "1 value was repaired or dropped"),
        (
            [("bad-yaml", "error", "no YAML", 2, 2), ("bom", "warning", "a mark", 3, 1)],
            "2 files could not be read; 3 values were repaired or dropped",
        ),
    ],
)
def test_the_title_says_what_could_not_be_read(drawn, rows, title):
    assert drawn(problems_chart, problems(*rows)).layout.meta["title"] == title


def test_bars_are_kinds_of_problems(drawn, keys, snapshot):
    figure = drawn(
        problems_chart,
        problems(("bad-yaml", "error", "no YAML", 2, 2), ("new", "warning", "", 1, 1)),
        top=1,
        snapshot=snapshot,
    )
    assert keys(figure) == [["bad-yaml"]]
    assert (
        figure.data[0].hovertext[0]
        == "<b>bad-yaml</b>, error<br>no YAML<br>2 in 2 files<br>click for the list"
    )
    assert (
        figure.layout.meta["subtitle"]
        == "problems by kind, in all files of the snapshot · 1 kind not shown · snapshot 2021-08-27 3f9a"
    )


def test_nothing_is_an_empty_figure(drawn, is_empty):
    for figure in (
        drawn(health_chart, collected()),
        drawn(fields_chart, fields(("heat", "record", 0, 0))),
        drawn(problems_chart, problems()),
    ):
        assert is_empty(figure)


def test_hostile_text_stays_text(drawn, drawn_text, hostile):
    assert "<script" not in drawn_text(drawn(problems_chart, problems((hostile, "error", hostile, 2, 2))))
