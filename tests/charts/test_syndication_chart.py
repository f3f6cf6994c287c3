import pandas as pd
import pytest

from analysis.charts.syndication import syndication_chart, syndication_finding, who_copies_whom_chart

NAN = float("nan")


@pytest.fixture
def copied(days):
    """Rows of (articles, texts); None for a day not collected."""

    def make(*rows, status=None):
        n = [row[0] if row else None for row in rows]
        texts = [row[1] if row else None for row in rows]
        ratio = [row[0] / row[1] if row and row[1] else NAN for row in rows]
        given = status or ["observed" if row else "not collected" for row in rows]
        table = days({"n_articles": n, "n_texts": texts, "multiplier": ratio, "status": given})
        return table.astype({"n_articles": "Int64", "n_texts": "Int64", "multiplier": "float64"})

    return make


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([], "Coverage: no article in this time"),
        ([(0, 0), None], "Coverage: no article in this time"),
        ([(9, 3)], "Coverage: never 10 articles in a day, too few to rank copying"),
        ([(10, 10), (12, 12)], "Coverage: no text ran twice in a day"),
        ([(12, 4), (9, 1)], "Coverage: each text ran 3.0 times on 23 August 2021, 12 articles of 4 texts"),
        (
            [(12, 8), (30, 10)],
            "Coverage was most copied on 24 August 2021: each text ran 3.0 times, 30 articles of 10 texts",
        ),
    ],
)
def test_the_title_says_when_copies_were_most(copied, rows, title):
    assert syndication_finding(copied(*rows), "day", "Coverage") == title


def test_bars_stand_on_one_and_gaps_have_none(drawn, copied, keys, snapshot):
    figure = drawn(syndication_chart, copied((12, 4), None, (0, 0), (3, 3)), every="day", snapshot=snapshot)
    (bars,) = figure.data
    assert (bars.base, bars.y) == (1, (2.0, None, None, 0.0))
    assert figure.layout.yaxis.range[0] == 1
    assert keys(figure) == [["2021-08-23", "2021-08-24", "2021-08-25", "2021-08-26"]]
    assert [text.split("<br>", 1)[1] for text in bars.hovertext] == [
        "12 articles of 4 texts: 3.00x<br>click for 12 articles", "not collected", "no article",
        "3 articles of 3 texts: 1.00x<br>too few to rank<br>click for 3 articles",
    ]  # fmt: skip
    assert len(figure.layout.shapes) == 1
    assert figure.layout.meta["subtitle"] == (
        "articles per distinct text, each day; from 1, no copies · pale: fewer than 10 articles · "
        "23 to 26 August 2021 · Europe/London · snapshot 2021-08-27 3f9a"
    )


def test_partial_is_hatched(drawn, copied):
    assert drawn(syndication_chart, copied((12, 4), status=["partial"]), every="day").data[
        0
    ].marker.pattern.shape == ("/",)


def pairs(*rows):
    return pd.DataFrame(rows, columns=["origin", "copier", "n", "median_lag_hours"])


PA = ("pa.org", "sky.com", 12, 2.5)


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([], "No outlet here copied another"),
        ([("a.uk", "a.uk", 50, 1.0)], "No outlet here copied another"),
        ([("pa.org", "sky.com", 1, NAN)], "1 copy between outlets: too few to rank who copies whom"),
        ([("pa.org", "sky.com", 9, NAN)], "9 copies between outlets: too few to rank who copies whom"),
        ([PA, ("pa.org", "b.uk", 3, NAN)], "pa.org was copied most: 15 times by 2 outlets"),
    ],
)
def test_the_title_says_who_is_copied(drawn, rows, title):
    assert drawn(who_copies_whom_chart, pairs(*rows)).layout.meta["title"] == title


def test_cells_hold_the_copies_and_empty_ones_nothing(drawn, keys, cells, span, snapshot):
    figure = drawn(who_copies_whom_chart, pairs(PA, ("b.uk", "c.uk", 3, NAN)), span=span, snapshot=snapshot)
    assert cells(figure) == {(0, 0): 12, (1, 1): 3}
    assert list(keys(figure)[0][0]) == ["pa.org", "sky.com"]
    assert (
        figure.data[0].hovertext[0]
        == "<b>sky.com copied pa.org</b><br>12 copies<br>after 2.5 h, median<br>click for 12 articles"
    )
    assert "15 between outlets" in figure.layout.meta["subtitle"]
    assert figure.layout.meta["subtitle"].endswith("23 to 24 August 2021 · UTC · snapshot 2021-08-27 3f9a")


def test_what_does_not_fit_is_counted(drawn):
    figure = drawn(who_copies_whom_chart, pairs(PA, ("b.uk", "c.uk", 3, NAN)), top=1)
    assert "3 not shown" in figure.layout.meta["subtitle"]


def test_an_outlet_copied_by_none_of_those_shown_has_no_row(drawn, cells):
    scattered = [("b.uk", copier, 1, NAN) for copier in ("c.uk", "d.uk", "e.uk")]
    figure = drawn(who_copies_whom_chart, pairs(PA, ("pa.org", "z.uk", 2, NAN), *scattered), top=2)
    assert cells(figure) == {(0, 0): 12, (0, 1): 2}
    assert len(figure.layout.yaxis.ticktext) == 1


def test_nothing_is_an_empty_figure(drawn, copied, is_empty):
    assert is_empty(drawn(syndication_chart, copied(), every="day"))
    assert is_empty(drawn(who_copies_whom_chart, pairs()))


def test_hostile_names_stay_text(drawn, drawn_text, hostile):
    assert "<script" not in drawn_text(
        drawn(who_copies_whom_chart, pairs(PA), names={"pa.org": hostile, "sky.com": hostile})
    )
