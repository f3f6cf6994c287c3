from __future__ import annotations

import shutil

import pytest

from analysis import build_corpus, open_corpus
from dashboard.data_health import DataHealth
from dashboard.pages.data_tables import changes_table
from dashboard.snapshot_changes import changes_of


def record(n, title, *, quality="50", topic="AI", related=()):
    lists = "related:\n" + "".join(
        f"  - webUrl: https://b.example/{one}\n    title: B\n    provider:\n      domain: b.example\n"
        for one in related
    )
    return (
        f"---\ntitle: {title}\nwebUrl: https://a.example/{n}\npublishedDateTime: 2021-08-23T05:30:00Z\n"
        f"quality: {quality}\nprovider:\n  name: A\n  domain: a.example\ntopics:\n  - {topic}\n"
        f"{lists if related else ''}---\n"
    )


def built(folder, store):
    build_corpus(folder, store)
    return open_corpus(store)


def counts(corpus):
    return {one.table: (one.added, one.gone, one.changed) for one in changes_of(corpus).tables}


def test_what_was_added_gone_changed_and_solved_is_counted(tmp_path, write_records):
    store = tmp_path / "store"
    first = write_records(record(1, "Ban"), record(2, "Robots", quality="bad"), record(3, "Taxi"))
    built(first, store)
    shutil.rmtree(first)
    second = write_records(
        record(1, "Ban it"), record(2, "Robots"), record(4, "New", topic="Law", related=[7])
    )
    corpus = built(second, store)
    assert counts(corpus) == {
        "articles": (2, 1, 2),  # 4 and what it lists are new, 3 is gone, 1 has another headline, 2 a score
        "providers": (1, 0, None),
        "related_links": (1, 0, None),
        "article_topics": (1, 1, None),
        "images": (0, 0, None),
        "problems": (0, 1, None),
    }
    said = str(changes_table(DataHealth(corpus)))
    assert "Since the snapshot before: 2 articles added, 2 changed, 1 gone" in said


def test_the_first_snapshot_has_none_before(tmp_path, write_records):
    corpus = built(write_records(record(1, "Ban")), tmp_path / "store")
    found = changes_of(corpus)
    assert (found.before, found.tables) == ("", ())
    assert "first snapshot" in found.why
    assert "No earlier snapshot" in str(changes_table(DataHealth(corpus)))


@pytest.mark.slow
def test_a_snapshot_before_that_cannot_be_read_is_said(tmp_path, write_records):
    store = tmp_path / "store"
    folder = write_records(record(1, "Ban"))
    old = built(folder, store).snapshot.folder
    (folder / "more.md").write_text(record(9, "More"), "utf-8")
    corpus = built(folder, store)
    (old / "manifest.json").write_text("{}", "utf-8")
    assert "another version" in changes_of(corpus).why


@pytest.mark.slow
def test_an_older_snapshot_is_held_against_the_one_before_it(tmp_path, write_records):
    store = tmp_path / "store"
    folder = write_records(record(1, "Ban"))
    first = built(folder, store)
    (folder / "more.md").write_text(record(9, "More"), "utf-8")
    second = built(folder, store)
    assert counts(second)["articles"] == (1, 0, 0)
    assert not changes_of(first).tables
