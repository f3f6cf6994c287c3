from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.link_frames import linked
from dashboard.mark_names import mark_name
from dashboard.pages.link_tables import (
    bridges,
    discovery_table,
    graph_table,
    links_words,
    outlets_table,
    recommendations,
    recommended_table,
)
from dashboard.url_state import Mark, Page, View, create_url

LINKS = View(page=Page.LINKS)


@pytest.mark.slow
@pytest.mark.parametrize(
    "view", [LINKS, replace(LINKS, query="face*"), replace(LINKS, min_quality=60.0)], ids=create_url
)
def test_marks_open_as_many_articles_as_they_count(demo, view):
    found = demo.measured(linked, view)
    marks = [("listing", row["article_id"], row["n_lists"]) for row in found.best.to_dict("records")]
    marks += [
        ("between", f"{row['source']}/{row['target']}", row["n_articles"])
        for row in found.outlets.to_dict("records")
    ]
    marks += [
        ("listed", row["provider_id"], row["n_only_listed"])
        for row in found.unlisted.to_dict("records")
        if row["n_only_listed"]
    ]
    assert len(marks) > 5
    for kind, value, n in marks[::3]:
        opened = replace(view, mark=Mark(kind, value))
        assert (kind, value, len(demo.opened(opened))) == (kind, value, n)
        assert mark_name(demo, opened, opened.mark) != value


@pytest.mark.slow
def test_bars_and_table_count_the_same(demo):
    found = demo.measured(linked, LINKS)
    listed = found.most_listed.set_index("id")["n_listed"]
    assert found.best["n_lists"].tolist() == listed.loc[found.best["article_id"]].tolist()
    top = found.most_listed.sort_values(["n_listed", "id"], ascending=[False, True])["id"].head(8)
    assert set(top) <= set(found.titles)


def test_the_seed_record_is_a_graph_that_can_be_read(answers):
    found = linked(answers.selection(LINKS))
    assert len(found.nodes) == 6
    assert len(found.edges) == found.summary["n_links"] == 5
    assert set(found.edges["source"]) | set(found.edges["target"]) == set(found.nodes["article_id"])
    assert found.nodes["title"].notna().all()


@pytest.mark.parametrize("query", ["", "zebrafinch", "url:diginomica"])
def test_any_selection_is_said(answers, query):
    view = replace(LINKS, query=query)
    found = linked(answers.selection(view))
    assert links_words(found)
    for table in (graph_table, recommended_table, outlets_table, discovery_table, bridges):
        assert table(view, found) is not None
    rows = recommendations(view, found, answers.zone)
    assert bool(rows) == bool(len(found.best))


@pytest.mark.parametrize(
    ("kind", "value"),
    [("listing", "nothing"), ("between", "a.example"), ("between", "a/b"), ("listed", "a.example")],
)
def test_a_mark_of_another_snapshot_opens_nothing(answers, kind, value):
    assert len(answers.opened(replace(LINKS, mark=Mark(kind, value)))) == 0
