import pandas as pd
import pytest

from analysis.measures.bursts import bursts
from analysis.measures.frames import BadOption
from analysis.text import fold


def day(number):
    return f"2021-08-{number:02d}T12:00Z"


def article(number, title, **more):
    return {
        "published_at": day(number),
        "title": title,
        "excerpt": None,
        "search_title": fold(title or ""),
        **more,
    }


def quiet(title="Face unlock for phones"):
    return [article(number, title, provider_id="phone.com") for number in range(1, 22)]


def ban_story(number=11):
    event = [article(number, f"EU mulls ban {i}", provider_id=f"p{i}.com", event_id="e") for i in range(6)]
    copies = [
        article(number, "Wire says EU bans", provider_id="wire.com", event_id="e", copy_group_id="c")
        for _ in range(3)
    ]
    return [
        *event,
        *copies,
        article(number, "Clearview AI sued", provider_id="p1.com"),
        article(number, None, provider_id="wire.com"),
    ]


def test_a_planted_burst_is_found_and_explained(both, articles):
    (burst,) = both(bursts, articles(quiet() + ban_story()), levels=1).to_dict("records")
    # 12 on a day, 32 in all over 21 days; the state above has twice the mean: 12 ln 2 - 32 / 21 saved.
    assert (burst["level"], burst["start"], burst["end"]) == (
        1,
        pd.Timestamp("2021-08-11T00Z"),
        pd.Timestamp("2021-08-12T00Z"),
    )
    assert burst["weight"] == pytest.approx(12 * 0.693147 - 32 / 21, abs=1e-4)
    assert (burst["count"], burst["n_articles"], burst["n_providers"]) == (12, 12, 8)
    assert burst["usual"] == pytest.approx(32 / 21)
    # Of the largest event the text that was copied; then events of one article, earliest first.
    assert burst["headlines"] == ("Wire says EU bans", "Face unlock for phones", "Clearview AI sued")
    assert burst["providers"] == ("wire.com", "p1.com", "p0.com")
    assert burst["terms"][0] in {"EU", "EU mulls ban", "mulls", "mulls ban"}


@pytest.mark.slow
def test_a_fuller_corpus_is_no_burst(both, articles):
    corpus = articles([article(n, "x") for n in range(1, 22) for _ in range(40 if n == 11 else 4)])
    story = corpus.groupby(corpus["published_at"].dt.day, group_keys=False).apply(
        lambda d: d.head(len(d) // 4)
    )
    assert len(both(bursts, story)) > 0
    assert both(bursts, story, denominator=corpus).empty


@pytest.mark.slow
def test_days_that_were_not_collected_are_no_quiet_days(both, articles, collection):
    frame = articles([article(n, "x") for n in (1, 2, 3, 19, 20, 21) for _ in range(5)])
    days = collection({f"2021-08-{n:02d}": 5 if n in {1, 2, 3, 19, 20, 21} else 0 for n in range(1, 22)})
    assert len(both(bursts, frame)) > 0
    assert both(bursts, frame, collection=days).empty


@pytest.mark.slow
def test_copies_make_no_burst_of_originals(both, articles):
    wire = [
        article(11, "Wire", copy_group_id="c", is_original=i == 0, provider_id=f"{i}.com") for i in range(15)
    ]
    frame = articles(quiet() + wire)
    assert len(both(bursts, frame, levels=1)) == 1
    assert both(bursts, frame, basis="originals").empty


def test_bursts_are_cut_on_the_clock_of_the_zone(both, articles):
    rows = [
        {**row, "published_at": row["published_at"].replace("T12:00", "T23:30")}
        for row in quiet() + ban_story()
    ]
    (burst,) = both(bursts, articles(rows), zone="Europe/London", levels=1).to_dict("records")
    assert burst["start"] == pd.Timestamp("2021-08-12T00:00+01:00")
    assert str(burst["start"].tz) == "Europe/London"


@pytest.mark.parametrize(
    "rows", [[], [article(1, "one")], [article(1, "all on one day")] * 5, [{"published_at": None}]]
)
def test_nothing_to_find_gives_an_empty_frame_of_the_same_types(both, articles, rows):
    found = both(bursts, articles(rows))
    assert found.empty
    assert found.dtypes.astype(str).to_dict() == {
        "level": "int64", "start": "datetime64[us, UTC]", "end": "datetime64[us, UTC]", "weight": "float64", "count": "int64", "usual": "float64",
        "n_articles": "int64", "n_providers": "int64", "headlines": "object", "providers": "object", "terms": "object",
    }  # fmt: skip


def test_a_selection_is_held_against_its_corpus(seed):
    assert bursts(seed.select("ban*")).empty


def test_bad_options_are_refused(articles):
    with pytest.raises(BadOption, match="s must be above 1"):
        bursts(articles(quiet()), s=1)
