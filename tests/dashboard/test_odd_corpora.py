from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from analysis import build_corpus, open_corpus
from dashboard.answers import Answers
from dashboard.app import create_app
from dashboard.facts import facts_of
from dashboard.url_state import Mark, View
from dashboard.words import summary

VIEWS = [
    View(),
    View(query="ban*"),
    View(topics=("AI",)),
    View(since=date(2021, 8, 1), until=date(2021, 9, 10)),
    View(min_quality=60.0, every="week"),
    View(basis="originals"),
    View(basis="originals", query="face*", every="month"),
]


@pytest.fixture
def ungrouped(tmp_path, write_records):
    def make(*texts):
        build_corpus(write_records(*texts), tmp_path / "store", groups=False)
        return Answers(open_corpus(tmp_path / "store"))

    return make


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_marks_sampled_at_random_open_what_they_count(demo, view):
    dice = random.Random(20210823)
    periods = demo.volume(view).dropna(subset=["count"])
    marks = [
        ("period", p.date().isoformat(), n)
        for p, n in zip(periods["period"], periods["count"], strict=True)
        if n
    ]
    outlets, topics = demo.outlets(view), demo.topics(view)
    marks += [("outlet", key, n) for key, n in zip(outlets["provider_id"], outlets["count"], strict=True)]
    marks += [("topic", key, n) for key, n in zip(topics["topic"], topics["count"], strict=True)]
    assert marks
    for kind, value, count in dice.sample(marks, min(25, len(marks))):
        assert (kind, value, len(demo.opened(replace(view, mark=Mark(kind, value))))) == (kind, value, count)


def test_a_corpus_without_any_date_is_shown(ungrouped):
    text = "---\ntitle: Ban\nwebUrl: https://a.example/1\nprovider:\n  name: A\n  domain: a.example\n---\n"
    answers = ungrouped(text)
    create_app(answers.corpus)
    assert answers.every(View()) == "day"
    assert answers.volume(View()).empty
    assert summary(facts_of(answers, View())) == (
        "1 article from 1 outlet was collected. Too few to rank or to compare. There is no quality score for 1 outlet."
    )


@pytest.mark.slow
def test_a_long_thin_beginning_is_not_drawn_and_said(ungrouped):
    def record(n, day):
        return (
            f"---\ntitle: Ban {n}\nwebUrl: https://a.example/{n}\npublishedDateTime: {day}T05:30:00Z\n"
            "provider:\n  name: A\n  domain: a.example\n---\n"
        )

    texts = [record(n, f"2021-08-{n % 20 + 1:02}") for n in range(200)]
    answers = ungrouped(record(999, "2011-01-01"), *texts)
    assert answers.drawn(View()) == (date(2021, 8, 1), date(2021, 8, 20))
    assert answers.undrawn(View()) == 1
    assert answers.every(View()) == "day"
    assert answers.volume(View())["count"].sum() == 200
    assert answers.drawn(View(since=date(2011, 1, 1))) == (date(2011, 1, 1), date(2021, 8, 20))
