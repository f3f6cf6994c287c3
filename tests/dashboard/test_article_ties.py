from __future__ import annotations

import pytest

from analysis import build_corpus, open_corpus
from dashboard.answers import Answers
from dashboard.components.article import article_of, article_view
from dashboard.url_state import View

HOSTILE = "<script>alert(1)</script>"


def told(answers, article):
    return str(article_view(article, answers.selection(View()).query, answers.zone, View()))


@pytest.mark.slow
def test_copies_event_and_lists_are_those_of_the_tables(demo):
    articles = demo.corpus.articles
    links = demo.corpus.related_links
    sizes = articles["copy_group_id"].map(articles["copy_group_id"].value_counts())
    row = articles[sizes > 1].sort_values(["n_listed", "article_id"]).iloc[-1]
    article = article_of(demo.corpus, row["article_id"])
    ties = article["ties"]
    group = articles[articles["copy_group_id"] == row["copy_group_id"]]
    assert ties["n_copies"] == len(group) - 1 > 0
    assert {one["article_id"] for one in ties["copies"]} <= set(group["article_id"]) - {row["article_id"]}
    event = articles[articles["event_id"] == row["event_id"]]
    assert (ties["event"]["group_id"], ties["event"]["size"]) == (row["event_id"], len(event))
    listing = links.loc[links["related_article_id"] == row["article_id"], "article_id"]
    assert ties["n_listing"] == listing[listing != row["article_id"]].nunique() > 0
    said = told(demo, article)
    assert f"/events?v=1&e={row['event_id']}" in said
    assert f"Named by the lists of {ties['n_listing']} article" in said


def test_an_article_alone_has_no_ties(tmp_path, write_records):
    text = f"---\ntitle: '{HOSTILE}'\nwebUrl: https://a.example/1\nprovider:\n  name: A\n  domain: a.example\n---\n"
    for groups in (True, False):
        build_corpus(write_records(text), tmp_path / str(groups), groups=groups)
        answers = Answers(open_corpus(tmp_path / str(groups)))
        article = article_of(answers.corpus, answers.corpus.articles["article_id"][0])
        assert article["ties"] == {"event": None, "copies": [], "n_copies": 0, "listing": [], "n_listing": 0}
        assert "H4" not in told(answers, article)


def test_pictures_are_links_and_say_whom_they_tell(answers):
    articles = answers.corpus.images["article_id"]
    said = told(answers, article_of(answers.corpus, articles.iloc[0]))
    assert "its host would learn who reads" in said
    assert "Img(" not in said
