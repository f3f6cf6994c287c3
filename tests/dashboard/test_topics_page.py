from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from analysis import build_corpus, open_corpus
from analysis.charts.clusters import spots
from analysis.measures.topic_pairs import topic_pairs
from dashboard import topic_frames
from dashboard.answers import Answers
from dashboard.mark_names import mark_name
from dashboard.marks import has_query
from dashboard.pages import topics
from dashboard.pages.topic_tables import choice_table, cluster_list, cluster_rows, merges_table, strands_table
from dashboard.topic_frames import clustered
from dashboard.url_state import Mark, Page, View, create_url, parse_url

TOPICS = View(page=Page.TOPICS)


@pytest.mark.slow
@pytest.mark.parametrize(
    "view",
    [
        TOPICS,
        replace(TOPICS, clusters=5),
        replace(TOPICS, query="face*", every="week"),
        replace(TOPICS, since=date(2021, 8, 1), until=date(2021, 9, 10), clusters=3),
    ],
    ids=create_url,
)
def test_marks_open_as_many_articles_as_they_count(demo, view):
    found = demo.measured(clustered, view, k=view.clusters)
    sizes = dict(zip(found.found.clusters["cluster_id"], found.found.clusters["size"], strict=True))
    marks = [("cluster", key, n) for key, n in sizes.items()]
    under = {**{key: [key] for key in sizes}}
    for row in found.found.tree.to_dict("records"):
        under[f"step {row['step']}"] = under[row["left"]] + under[row["right"]]
        n = sum(sizes[key] for key in under[f"step {row['step']}"])
        marks.append(("cluster", f"step-{row['step']}", n))
    marks += [("spot", key, n) for key, n in spots(found.members)["spot"].value_counts().items()]
    strands = topics._strand_frame(demo, view).dropna(subset=["count"])
    for row in strands[strands["count"] > 0].to_dict("records"):
        marks.append(("strand", f"{row['cluster_id']}/{row['period'].date().isoformat()}", row["count"]))
    pairs = demo.measured(topic_pairs, view, top=10)
    for row in pairs[pairs["n_both"] > 0].to_dict("records"):
        marks.append(("both", f"{row['topic']}/{row['other']}", row["n_both"]))
    assert {kind for kind, _, _ in marks} == {"cluster", "spot", "strand", "both"}
    for kind, value, n in random.Random(20210823).sample(marks, min(40, len(marks))):
        opened = replace(view, mark=Mark(kind, value))
        assert parse_url(*create_url(opened).split("?")) == opened
        assert (kind, value, len(demo.opened(opened))) == (kind, value, n)
        assert mark_name(demo, opened, opened.mark)
        assert has_query(opened.mark) == (kind == "both")


@pytest.mark.slow
def test_strands_of_all_periods_are_all_dated_articles(demo):
    found = demo.measured(clustered, TOPICS, k=None)
    first, last = demo.drawn(TOPICS)
    times = found.members.dropna(subset=["cluster_id", "published_at"])["published_at"]
    inside = times[(times.dt.date >= first) & (times.dt.date <= last)]
    assert topics._strand_frame(demo, TOPICS)["count"].sum() == len(inside)
    assert found.found.clusters["size"].sum() == found.members["cluster_id"].notna().sum()


@pytest.mark.slow
def test_a_large_selection_is_sampled_the_same_every_time(demo, monkeypatch):
    monkeypatch.setattr(topic_frames, "LIMIT", 60)
    one, other = (clustered(demo.selection(TOPICS)) for _ in range(2))
    assert len(one.members) == 60 < one.n_articles == len(demo.corpus)
    assert one.members.equals(other.members)
    ids = sorted(demo.corpus.articles["article_id"])
    assert sorted(one.members["article_id"]) == ids[:60]
    labels = demo.corpus.topics
    held = labels[labels["article_id"].isin(ids[:60])]
    assert one.found.topics["n_articles"].sum() == len(held)


@pytest.mark.slow
@pytest.mark.parametrize(
    "value", ["t-000000000000", "step-99", "t-000000000000/2021-08-23", "t-0/x", "x/1/2"]
)
@pytest.mark.parametrize("kind", ["cluster", "spot", "strand"])
def test_a_mark_of_another_snapshot_opens_nothing(demo, kind, value):
    view = replace(TOPICS, query="face*", mark=Mark(kind, value))
    assert len(demo.opened(view)) == 0
    assert "No such cluster" in mark_name(demo, view, view.mark)


def test_one_article_is_one_cluster(answers):
    view = replace(TOPICS, query="moratorium OR ban", clusters=None)
    for shown in (view, TOPICS):
        found = clustered(answers.selection(shown))
        n = len(answers.selection(shown))
        assert found.n_articles == n == found.found.clusters["size"].sum()
        zone = answers.zone
        assert cluster_list(shown, found)
        assert cluster_rows(shown, found, zone)
        assert merges_table(shown, found) is not None
        assert choice_table(shown, found.found.choice) is not None
        frame = topics._strand_frame(answers, shown)
        assert strands_table(shown, found, frame, "day") is not None


def test_articles_without_words_or_dates_are_shown(tmp_path, write_records):
    def record(n, title):
        return f"---\ntitle: {title}\nwebUrl: https://a.example/{n}\nprovider:\n  name: A\n  domain: a.example\n---\n"

    texts = [record(1, "'…'"), record(2, "Ban on cameras"), record(3, "Cameras banned")]
    build_corpus(write_records(*texts), tmp_path / "store")
    answers = Answers(open_corpus(tmp_path / "store"))
    found = clustered(answers.selection(TOPICS))
    assert found.n_articles == 3
    assert found.members["cluster_id"].notna().sum() == found.found.clusters["size"].sum() == 2
    assert topics._strand_frame(answers, TOPICS).empty
    assert "1 without any word" in str(topics._lead(TOPICS, found, found.found.choice))


def test_no_article_makes_no_cluster(answers):
    found = clustered(answers.selection(replace(TOPICS, query="zebrafinch")))
    assert found.n_articles == len(found.members) == len(found.found.clusters) == len(found.typical) == 0
