from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analysis import build_corpus, open_corpus
from dashboard.answers import Answers
from dashboard.event_frames import LISTED, event_list, event_sizes
from dashboard.pages.event_links import event_links
from dashboard.pages.event_tables import nested
from dashboard.python_code import python_of
from dashboard.url_state import Mark, Page, View

EVENTS = View(page=Page.EVENTS)


@pytest.mark.slow
@pytest.mark.parametrize(
    "view",
    [EVENTS, replace(EVENTS, query="face*"), replace(EVENTS, rank="recency", min_quality=60.0)],
    ids=str,
)
def test_every_event_opens_as_many_articles_as_it_counts(demo, view):
    found = demo.events(view)
    assert found.known
    assert len(found.shown) == min(found.n_events, LISTED) > 3
    for row in found.shown[:8].to_dict("records"):
        opened = demo.opened(replace(view, mark=Mark("event", row["event_id"])))
        assert len(opened) == row["n_articles"] <= row["size"]


@pytest.mark.slow
def test_events_and_lone_articles_are_all_articles(demo):
    found = demo.events(EVENTS)
    members = demo.corpus.group_members
    sizes = members[members["kind"] == "events"].groupby("group_id").size()
    assert found.n_events == (sizes > 1).sum()
    assert found.n_lone == (sizes == 1).sum()
    assert sizes.sum() == len(demo.corpus)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rank", "column"), [("size", "n_articles"), ("recency", "last"), ("spread", "n_providers")]
)
def test_events_are_in_the_order_asked_for(demo, rank, column):
    values = demo.events(replace(EVENTS, rank=rank)).shown[column].dropna().tolist()
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize("rank", ["size", "recency", "spread"])
def test_events_that_many_are_equal_to_are_in_the_same_order(demo, rank, monkeypatch):
    sizes, story = event_sizes(demo.corpus), demo.corpus.select("face* OR robot*")
    few = event_list(story, rank, sizes).shown
    monkeypatch.setattr("dashboard.event_frames._MEASURED", 0)
    pd.testing.assert_frame_equal(event_list(story, rank, sizes).shown, few)
    assert len(few) > 5


@pytest.mark.slow
def test_an_event_is_shown_whole_whatever_is_selected(demo):
    top = demo.events(EVENTS).shown.iloc[0]
    provider = demo.event(replace(EVENTS, event=top["event_id"])).articles["provider_id"].iloc[0]
    event = demo.event(replace(EVENTS, event=top["event_id"], providers=(provider,)))
    assert len(event.articles) == event.group["size"] == top["size"]
    inside = event.articles[event.articles["is_selected"]]
    assert set(inside["provider_id"]) == {provider}
    assert len(inside) == (event.articles["provider_id"] == provider).sum()
    assert len(event.merges) == top["size"] - 1
    assert event.merges["similarity"].is_monotonic_increasing


@pytest.mark.slow
def test_copies_stand_under_their_original_and_none_is_lost(demo):
    for event_id in demo.events(EVENTS).shown["event_id"][:5]:
        articles = demo.event(replace(EVENTS, event=event_id)).articles
        rows = nested(articles)
        assert sorted(row["article_id"] for row, _ in rows) == sorted(articles["article_id"])
        assert all(row["copy_group_id"] == of["copy_group_id"] for row, of in rows if of)


@pytest.mark.slow
def test_the_code_copied_from_an_event_selects_it(demo):
    top = demo.events(EVENTS).shown.iloc[0]
    found = {}
    exec(python_of(demo, replace(EVENTS, event=top["event_id"])), found)
    assert len(found["frame"]) == top["size"]


def test_an_event_that_is_not_there_is_none(answers):
    assert answers.event(replace(EVENTS, event="e-000000000000")) is None
    assert len(answers.opened(replace(EVENTS, mark=Mark("event", 'x" OR a')))) == 0


def test_the_seed_record_is_one_event_or_alone(answers):
    found = answers.events(EVENTS)
    assert found.known
    assert int(found.shown["n_articles"].sum()) + found.n_lone == 6


@pytest.mark.slow
def test_a_snapshot_without_groups_is_told_from_one_without_events(tmp_path, write_records):
    text = "---\ntitle: Ban\nwebUrl: https://a.example/1\nprovider:\n  name: A\n  domain: a.example\n---\n"
    folder = write_records(text)
    build_corpus(folder, tmp_path / "bare", groups=False)
    build_corpus(folder, tmp_path / "full")
    bare, full = (Answers(open_corpus(tmp_path / name)).events(EVENTS) for name in ("bare", "full"))
    assert (bare.known, bare.n_events, bare.n_lone) == (False, 0, 0)
    assert (full.known, full.n_events, full.n_lone) == (True, 0, 1)


@pytest.mark.slow
def test_related_lists_lead_out_of_an_event_and_into_it(demo):
    articles, links = demo.corpus.articles, demo.corpus.related_links
    of = articles.set_index("article_id")["event_id"]
    ends = links.assign(one=links["article_id"].map(of), other=links["related_article_id"].map(of))
    crossing = ends[ends["one"] != ends["other"]]
    top = crossing["one"].value_counts().index[0]
    event = demo.event(replace(EVENTS, event=top))
    out, back = crossing[crossing["one"] == top], crossing[crossing["other"] == top]
    counted = out.groupby("related_article_id")["article_id"].nunique()
    assert dict(zip(event.named["article_id"], event.named["n"], strict=True)) == counted.to_dict()
    counted = back.groupby("article_id")["related_article_id"].nunique()
    assert dict(zip(event.naming["article_id"], event.naming["n"], strict=True)) == counted.to_dict()
    said = str(event_links(EVENTS, event, demo.zone))
    assert f"Named by its articles' lists: {len(event.named)} article" in said
