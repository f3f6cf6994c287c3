from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from analysis.charts.bursts import burst_days
from dashboard.data_health import DataHealth
from dashboard.problem_rows import problem_rows
from dashboard.totals import Belongings
from dashboard.url_state import Mark, View

pytestmark = pytest.mark.slow
STORY = View(story="facial-recognition-ban")


def test_a_story_is_its_query_in_its_colour(demo):
    story = demo.story(STORY)
    assert demo.totals(STORY).articles == demo.totals(View(query=story.query)).articles > 0
    assert demo.theme(STORY, "dark").bar == story.colour
    assert demo.story(View(story="nobody-wrote-it")) is None


def test_what_a_mark_narrows_leaves_the_story_only_where_the_query_changes(demo):
    assert demo.narrowed(replace(STORY, mark=Mark("topic", "AI"))).story == "facial-recognition-ban"
    copies = demo.narrowed(replace(STORY, mark=Mark("change", "copies")))
    assert (copies.story, copies.query.endswith("is:copy")) == (None, True)


@pytest.mark.parametrize("view", [View(), STORY, View(basis="originals"), View(every="week")], ids=str)
def test_bursts_open_what_they_count(demo, view):
    found = demo.bursts(view)
    for row in found.to_dict("records"):
        opened = demo.opened(replace(view, mark=Mark("burst", burst_days(row))))
        assert len(opened) == row["n_articles"]


@pytest.mark.parametrize("days", [4, None])
def test_the_parts_of_a_change_open_what_they_count(demo, days):
    view = (
        View(since=demo.totals(View()).last - timedelta(days=days)) if days else View()
    )  # else of the latest days
    frame = demo.change(view)[0].set_index("part")
    for part in ("new providers", "more per provider", "copies"):
        assert len(demo.opened(replace(view, mark=Mark("change", part)))) == frame.loc[part, "after"]
    assert len(demo.opened(replace(view, mark=Mark("change", "anything")))) == 0


def test_there_is_no_change_of_days_that_nothing_comes_before(demo):
    assert demo.change(View(since=demo.totals(View()).first)) is None


def test_problems_are_listed_once_and_by_kind(demo):
    state = DataHealth(demo.corpus)
    whole = problem_rows(demo.corpus, {"startRow": 0, "endRow": 100})
    assert whole["rowCount"] == state.codes["n"].sum() == demo.belongings(View()).problems > 0
    for code, n in zip(state.codes["code"], state.codes["n"], strict=True):
        found = problem_rows(demo.corpus, {"startRow": 0, "endRow": 100}, code)
        assert (found["rowCount"], {row["code"] for row in found["rowData"]}) == (n, {code})


def test_gaps_hold_every_day_not_collected(demo):
    state = DataHealth(demo.corpus)
    assert sum(gap.n_days for gap in state.gaps) == state.fresh["n_not_collected"]


@pytest.mark.parametrize(
    "view", [STORY, View(query="police OR ban*"), View(min_quality=60), View(query="nothinglikeit")]
)
def test_what_belongs_to_articles_is_what_their_tables_hold(demo, view):
    tables = demo.selection(view)
    sized = tables.images.query("width > 0 and height > 0")
    n = [len(rows) for rows in (tables.related_links, tables.images, sized, tables.problems)]
    assert demo.belongings(view) == Belongings(n[0], tables.topics["topic"].nunique(), *n[1:])
