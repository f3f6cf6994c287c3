from __future__ import annotations

from datetime import date

import pytest

from dashboard.facts import facts_of, loosen
from dashboard.totals import Belongings
from dashboard.url_state import Mark, View
from dashboard.words import summary


def test_the_seed_record_is_counted_fully(answers):
    held = answers.totals(View())
    assert (held.recorded, held.articles, held.outlets) == (1, 6, 6)
    assert answers.belongings(View()) == Belongings(links=5, topics=2, images=6, sized_images=6, problems=0)


def test_days_that_were_not_collected_are_named(answers):
    assert answers.missed(View()) == tuple(date(2021, 8, day) for day in (19, 20, 21, 22))


@pytest.mark.parametrize("every", ["day", "week", "month", "year"])
@pytest.mark.parametrize("query", ["", "ban*"])
@pytest.mark.parametrize("days", [(None, None), (date(2021, 8, 20), date(2021, 8, 23))])
def test_every_bar_opens_what_it_counts(answers, every, query, days):
    view = View(query=query, since=days[0], until=days[1], every=every)
    frame = answers.volume(view).dropna(subset=["count"])
    assert frame["count"].sum() == answers.totals(view).articles
    for period, count in zip(frame["period"], frame["count"], strict=True):
        marked = View(
            query=query,
            since=days[0],
            until=days[1],
            every=every,
            mark=Mark("period", period.date().isoformat()),
        )
        assert len(answers.opened(marked)) == count
        assert answers.totals(answers.narrowed(marked)).articles == count


@pytest.mark.parametrize("kind", ["outlet", "topic"])
def test_outlets_and_topics_open_what_they_count(answers, kind):
    frame, key = (
        (answers.outlets(View()), "provider_id") if kind == "outlet" else (answers.topics(View()), "topic")
    )
    for value, count in zip(frame[key], frame["count"], strict=True):
        assert len(answers.opened(View(mark=Mark(kind, value)))) == count


def test_a_topic_inside_chosen_topics_is_both(answers):
    view = View(topics=("AI",), mark=Mark("topic", "Computer Vision"))
    assert len(answers.opened(view)) == 1
    assert answers.narrowed(view).query == 'topic:"Computer Vision"'


def test_no_earlier_time_is_no_comparison(answers):
    assert answers.before(View()) is None
    assert answers.before(View(since=date(2021, 8, 20))) is None


def test_the_days_before_are_as_many(answers):
    earlier, days = answers.before(View(since=date(2021, 8, 22), until=date(2021, 8, 23)))
    assert (earlier.since, earlier.until, days) == (date(2021, 8, 20), date(2021, 8, 21), 2)


def test_an_unreadable_query_selects_by_the_rest(answers):
    assert len(answers.selection(View(query="(ban", min_quality=50.0))) == 3


def test_dates_the_wrong_way_round_are_empty(answers):
    view = View(since=date(2021, 8, 23), until=date(2021, 8, 19))
    assert answers.totals(view).articles == 0
    assert answers.before(view) is None


def test_the_summary_of_the_seed_record(answers):
    assert summary(facts_of(answers, View())) == (
        "Between 19 and 23 August 2021, 6 articles from 6 outlets were collected. Too few to rank or to compare. "
        "Not collected on 4 days, between 19 and 22 August 2021."
    )


@pytest.mark.parametrize(
    ("view", "advice"),
    [
        (View(query="zebra"), "There would be some without the query (6 articles)."),
        (View(query="ban*", min_quality=75.0), "There would be some without the quality (4 articles)."),
        (
            View(query="zebra", topics=("x",)),
            "No single filter is the reason; clear all of them and begin again.",
        ),
    ],
)
def test_what_to_loosen(answers, view, advice):
    assert loosen(answers, view) == advice


@pytest.mark.parametrize("topics", [(), ("AI",), ("AI", "Computer Vision"), ('say "hi"',)])
def test_a_topic_with_a_quote_can_be_opened_beside_others(answers, topics):
    assert len(answers.opened(View(topics=topics, mark=Mark("topic", 'say "hi"')))) == 0
    assert answers.narrowed(View(topics=topics, mark=Mark("topic", 'say "hi"'))).topics == ('say "hi"',)
