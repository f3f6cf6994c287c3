from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from analysis import build_corpus, open_corpus
from analysis.charts.theme import STORY_COLOURS
from analysis.demo import write_demo
from dashboard.answers import Answers
from dashboard.compare_frames import apart, covers, in_common, standing, valued, volumes
from dashboard.compared import inner_mark, items, moved, without
from dashboard.pages.compare import added
from dashboard.pages.compare_words import compare_summary
from dashboard.url_state import Mark, Page, View, create_url, parse_url

COMPARE = View(page=Page.COMPARE)
TWO = replace(COMPARE, beside=("q:ban*", "q:robot*"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder, store = tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("store")
    write_demo(folder, n_records=400)
    build_corpus(folder, store)
    return Answers(open_corpus(store))


def named(answers, view):
    return [(item.key, item.colour) for item in items(answers, view)]


def test_saved_stories_that_have_articles_are_shown_in_their_own_colours(answers):
    # The seed record has the story of the ban and the police; no law and no deepfake.
    shown = named(answers, COMPARE)
    assert shown
    for key, colour in shown:
        assert colour == answers.stories[key.removeprefix("story:")].colour
    assert not items(answers, replace(COMPARE, since=date(1999, 1, 1), until=date(1999, 1, 2)))


def test_queries_take_the_free_colours_in_order_and_none_is_taken_twice(answers):
    view = replace(COMPARE, beside=("q:ban*", "story:police-facial-recognition", "q:robot*", "q:ai"))
    assert named(answers, view) == [
        ("q:ban*", STORY_COLOURS[0]),
        ("story:police-facial-recognition", STORY_COLOURS[1]),
        ("q:robot*", STORY_COLOURS[2]),
        ("q:ai", STORY_COLOURS[3]),
    ]
    six = replace(COMPARE, beside=tuple(f"q:word{n}" for n in range(6)))
    assert [colour for _, colour in named(answers, six)] == list(STORY_COLOURS)


def test_the_filter_bars_query_is_the_first_and_is_there_once(answers):
    asked = replace(COMPARE, query="ban*", beside=("q:robot*", "q:ban*"))
    shown = items(answers, asked)
    assert [item.query for item in shown] == ["ban*", "robot*"]
    assert [item.in_bar for item in shown] == [True, False]
    story = replace(COMPARE, story="deepfakes", beside=("q:robot*",))
    assert items(answers, story)[0].colour == answers.stories["deepfakes"].colour


def test_a_story_whose_colour_is_taken_gets_a_free_one_and_says_so(answers):
    ban, police = (answers.stories[key] for key in ("facial-recognition-ban", "police-facial-recognition"))

    class Twins(Answers):
        stories = MappingProxyType({ban.key: ban, police.key: replace(police, colour=ban.colour)})

    twin = Twins(answers.corpus)
    shown = items(twin, replace(COMPARE, beside=(f"story:{ban.key}", f"story:{police.key}")))
    assert [item.recoloured for item in shown] == [False, True]
    assert shown[1].colour == STORY_COLOURS[1]


def test_what_cannot_be_read_keeps_its_place_and_says_what_is_wrong(answers):
    shown = items(answers, replace(COMPARE, beside=("q:(ban", "q:robot*")))
    assert "^" in shown[0].wrong
    assert [item.place for item in shown] == [0, 1]
    opened = answers.opened(replace(COMPARE, beside=("q:(ban", "q:robot*"), mark=Mark("compared", "0")))
    assert len(opened) == 0


def test_unknown_stories_are_left_out(answers):
    assert [i.key for i in items(answers, replace(COMPARE, beside=("story:none-such", "q:ban*")))] == [
        "q:ban*"
    ]


def test_adding_removing_and_moving_are_addresses(answers):
    asked = replace(COMPARE, query="ban*", beside=("q:robot*", "q:ai"))
    shown = items(answers, asked)
    assert parse_url("/compare", added(answers, asked, "q:drone*")).beside == ("q:robot*", "q:ai", "q:drone*")
    assert without(asked, shown, shown[1]).beside == ("q:ai",)
    bar_gone = without(asked, shown, shown[0])
    assert (bar_gone.query, bar_gone.beside) == ("", ("q:robot*", "q:ai"))
    down = moved(asked, shown, shown[0], 1)
    assert (down.query, down.beside) == ("", ("q:robot*", "q:ban*", "q:ai"))
    assert moved(asked, shown, shown[0], -1) is None
    assert moved(asked, shown, shown[2], 1) is None
    for view in (bar_gone, down):
        assert parse_url("/compare", create_url(view).partition("?")[2]) == view


@pytest.mark.parametrize(
    "value",
    ["", "9", "x", "0/nonsense:1", "0/period:2021-13-01", "0/compared:0", "-1", "0/shared:0/1/articles"],
)
def test_marks_of_nothing_open_nothing(answers, value):
    assert len(answers.opened(replace(TWO, mark=Mark("compared", value)))) == 0


@pytest.mark.parametrize("value", ["0", "0/9/articles", "0/1/pages", "0//articles", "a/b/c"])
def test_pairs_of_nothing_open_nothing(answers, value):
    assert len(answers.opened(replace(TWO, mark=Mark("shared", value)))) == 0


def test_marks_within_marks():
    assert inner_mark("2/burst:2021-08-01/2021-08-03") == (2, Mark("burst", "2021-08-01/2021-08-03"))
    assert inner_mark("0/outlet:a&b.example") == (0, Mark("outlet", "a&b.example"))


VIEWS = [COMPARE, TWO, replace(TWO, min_quality=60.0), replace(COMPARE, query="face*", basis="originals")]


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_marks_sampled_at_random_open_what_they_count(demo, view):
    shown = items(demo, view)
    place = {item.name: item.place for item in shown}
    frame = volumes(demo, view, shown).dropna(subset=["count"])
    marks = [
        ("compared", f"{place[row.selection]}/period:{row.period.date()}", row.count)
        for row in frame[["selection", "period", "count"]].itertuples(index=False)
    ]
    marks += [
        ("compared", f"{place[row.selection]}/outlet:{row.provider_id}", row.count)
        for row in covers(demo, view, shown)[["selection", "provider_id", "count"]].itertuples(index=False)
    ]
    marks = [(kind, value, int(n)) for kind, value, n in marks if n]
    marks = random.Random(20210823).sample(marks, min(20, len(marks)))
    for item in shown:
        marks.append(("compared", str(item.place), standing(demo, view, item).articles))
        marks += [
            (
                "compared",
                f"{item.place}/burst:{row.start.date()}/{(row.end - row.end.resolution).date()}",
                row.n_articles,
            )
            for row in demo.bursts(item.view(view)).head(3).itertuples()
        ]
    common = in_common(demo, view, shown)
    marks += [
        ("shared", f"{place[row.one]}/{place[row.other]}/articles", row.n_both)
        for row in common[common["unit"] == "articles"].itertuples()
    ]
    assert len(marks) > 10
    for kind, value, count in marks:
        assert (value, len(demo.opened(replace(view, mark=Mark(kind, value))))) == (value, count)


@pytest.mark.slow
def test_outlets_of_both_open_what_they_have_of_either(demo):
    shown = items(demo, TWO)
    common = in_common(demo, TWO, shown)
    row = common[common["unit"] == "providers"].iloc[0]
    opened = demo.opened(replace(TWO, mark=Mark("shared", "0/1/providers"))).articles
    assert opened["provider_id"].nunique() == row["n_both"] > 0
    either = demo.selection(replace(COMPARE, query="ban* OR robot*")).articles
    assert set(opened["article_id"]) <= set(either["article_id"])


@pytest.mark.slow
def test_terms_leave_out_what_is_asked_for_and_open_their_texts(demo):
    for item in items(demo, COMPARE):
        found = apart(demo, COMPARE, item)
        assert not set(found["term"]) & {"facial recognition", "deepfake", "deepfakes"}
        for row in found.head(3).itertuples():
            mark = Mark("compared", f"{item.place}/term:{row.term}")
            opened = demo.opened(replace(COMPARE, mark=mark)).articles
            assert opened["copy_group_id"].fillna(opened["article_id"]).nunique() == row.n_texts


@pytest.mark.slow
def test_the_summary_says_the_numbers_of_the_table(demo):
    shown = items(demo, COMPARE)
    text = compare_summary(demo, COMPARE, shown)
    most = max((standing(demo, COMPARE, item).articles, item.name) for item in shown)
    assert f"“{most[1]}” had most coverage: {most[0]} articles" in text
    assert len(valued(demo, COMPARE, shown)) == len(shown)


def test_one_alone_is_said_without_a_comparison(answers):
    view = replace(COMPARE, beside=("q:ban*",))
    text = compare_summary(answers, view, items(answers, view))
    assert "“ban*” had " in text
    assert "share" not in text.replace("everything", "").split(".")[1]


@pytest.mark.slow
def test_a_corpus_without_times_groups_or_scores_is_compared(tmp_path, write_records):
    text = "---\ntitle: Ban robots\nwebUrl: https://a.example/1\nprovider:\n  name: A\n  domain: a.example\n---\n"
    build_corpus(write_records(text), tmp_path / "store", groups=False)
    bare = Answers(open_corpus(tmp_path / "store"))
    shown = items(bare, TWO)
    held = [standing(bare, TWO, item) for item in shown]
    assert [(one.articles, one.texts, one.first) for one in held] == [(1, None, None), (1, None, None)]
    text = compare_summary(bare, TWO, shown)
    assert "too few to compare" in text
    assert "None of the articles has a quality score." in text
    assert volumes(bare, TWO, shown).empty
