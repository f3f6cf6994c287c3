from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from analysis.reports.stretch import stretches_of
from dashboard.mark_names import mark_name
from dashboard.pages.overview_notable import _events, _table
from dashboard.pages.overview_tiles import courses, tiles
from dashboard.term_frames import Stretches, stretches, terms_of
from dashboard.url_state import Mark, View, create_url, parse_url


def weeks(demo, **more):
    """The last five days that are drawn."""
    last = demo.drawn(View())[1]
    return View(since=last - timedelta(days=4), until=last, **more)


@pytest.mark.slow
def test_a_view_with_dates_is_held_against_as_many_days_before(demo):
    view = weeks(demo)
    days = timedelta(days=5)
    now = view.since, view.until
    assert stretches(demo, view) == Stretches(now, (now[0] - days, now[1] - days))


def test_a_view_without_days_before_is_held_against_its_earlier_half(demo):
    first, last = demo.drawn(View())
    found = stretches(demo, View())
    assert (found.before[0], found.now[1]) == (first, last)
    assert (found.now[0] - found.before[1]).days == 1
    days = [(end - begin).days for begin, end in (found.before, found.now)]
    assert abs(days[0] - days[1]) <= 1


def test_a_story_that_began_late_is_halved_from_its_first_article_to_its_last(demo):
    view = View(query="robot*")
    own, found = demo.totals(view), stretches(demo, view)
    assert demo.drawn(view)[0] < own.first
    assert (found.before[0], found.now[1]) == (own.first, own.last)


def test_without_dates_the_latest_days_are_compared_as_reports_do(demo):
    now, before = demo.compared(View())
    told = stretches_of(demo.corpus)
    assert [now.since, before.until] == [told.recent[0].date(), told.recent[0].date() - timedelta(days=1)]
    assert [before.since, now.until] == [told.before[0].date(), told.recent[1].date() - timedelta(days=1)]
    frame = demo.change(View())[0].set_index("part")
    assert frame.loc["total", "after"] == demo.totals(now).articles
    for part, after in frame["after"].drop(["total", "lost providers", "corpus growth"]).items():
        assert len(demo.opened(View(mark=Mark("change", part)))) == after


def test_chosen_dates_are_compared_with_as_many_days_before(demo):
    view = weeks(demo)
    assert demo.compared(view) == (view, demo.before(view)[0])
    first = demo.drawn(View())[0]
    assert demo.compared(View(since=first)) is None
    assert demo.change(View(since=first)) is None


def test_one_day_is_held_against_nothing(demo):
    first, _ = demo.drawn(View())
    day = View(since=first, until=first)
    assert stretches(demo, day) is None
    assert terms_of(demo, day) is None
    assert len(demo.opened(replace(day, mark=Mark("rising", "face")))) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("few", "more"),
    [(False, {}), (True, {}), (True, {"query": "face* OR law OR robot*"}), (False, {"min_quality": 60.0})],
)
def test_terms_open_as_many_texts_as_they_count(demo, few, more):
    view = weeks(demo, **more) if few else View(**more)
    frame = terms_of(demo, view)
    assert set(frame["direction"]) <= {"rising", "falling"}
    assert len(frame)
    for row in frame.to_dict("records"):
        opened = replace(view, mark=Mark(row["direction"], row["term"]))
        n = row["n_texts"] if row["direction"] == "rising" else row["n_rest"]
        assert parse_url(*create_url(opened).split("?")) == opened
        assert (row["shown"], len(demo.opened(opened))) == (row["shown"], n)
        assert row["term"] in mark_name(demo, opened, opened.mark)
    assert str(_table(view, frame)).count("open=") == len(frame)


@pytest.mark.slow
def test_each_number_has_its_course(demo):
    view = weeks(demo)
    lines = courses(demo, view)
    assert [len(line) for line in lines] == [5, 5, 0, 5]  # all of everything is no share
    assert sum(n for n in lines[0] if n is not None) == demo.totals(view).articles
    narrowed = courses(demo, replace(view, query="face*"))
    assert len(narrowed[2]) == 5
    assert all(value is None or value >= 1 for value in narrowed[3])
    shown = str(tiles(demo, view, lines))
    assert shown.count("aria-hidden") == 3
    assert "data:image/svg+xml" not in str(tiles(demo, view))


@pytest.mark.slow
def test_the_largest_events_are_listed(demo):
    listed = str(_events(demo, View()))
    found = demo.events(View())
    for row in found.shown[:10].to_dict("records"):
        assert row["event_id"] in listed
    assert f"{found.n_events} events" in listed


@pytest.mark.slow
def test_small_corpora_are_shown(answers):
    assert tiles(answers, View(), courses(answers, View()))
    for view in (View(), View(query="zebrafinch"), View(query="url:diginomica")):
        assert _events(answers, view)
        found = terms_of(answers, view)
        assert found is None or _table(view, found) is not None
