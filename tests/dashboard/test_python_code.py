from __future__ import annotations

import subprocess
import sys
from datetime import date

import pandas as pd
import pytest

from analysis import open_corpus
from dashboard.answers import Answers
from dashboard.article_rows import as_shown, rows
from dashboard.compare_frames import volumes
from dashboard.compared import items
from dashboard.python_code import python_of
from dashboard.url_state import ColumnFilter, Page, View

SORTED = View(
    page=Page.ARTICLES,
    query="face* OR facial",
    sort=(("outlet", False), ("quality", True)),
    columns=(
        ColumnFilter("title", "contains", "Facial"),
        ColumnFilter("outlet", "notContains", "DIGI"),
        ColumnFilter("quality", "greaterThanOrEqual", "40"),
    ),
)
VIEWS = [
    View(query="ban*", until=date(2021, 8, 23)),
    View(share=True, query="facial", every="week", basis="providers"),
    View(query="(ban", zone="Pacific/Kiritimati"),
    View(page=Page.COMPARE, beside=("q:ban*", "story:deepfakes"), zone="Asia/Tokyo"),
    View(page=Page.EVENTS, topics=("AI",)),
    View(page=Page.PROVIDERS, min_quality=50.0),
    View(page=Page.TOPICS, providers=("sky.com", "expressandstar.com")),
    View(page=Page.LINKS, story="facial-recognition-ban"),
    View(page=Page.ARTICLES),
    SORTED,
    View(page=Page.DATA),
]


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS, ids=lambda view: f"{view.page.name.lower()}-{view.zone or 'served'}")
def test_the_code_gives_the_frame_in_a_process_of_its_own(seed_store, tmp_path, view):
    zone = view.zone or "UTC"
    answers = Answers(open_corpus(seed_store, zone=zone))
    target = tmp_path / "frame.pickle"
    code = python_of(answers, view) + f"\nframe.to_pickle({str(target)!r})\n"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    frame = pd.read_pickle(target)
    match view.page:
        case Page.OVERVIEW:
            pd.testing.assert_frame_equal(frame, answers.volume(view))
        case Page.COMPARE:
            shown = volumes(answers, view, items(answers, view))
            pd.testing.assert_frame_equal(frame[list(shown)], shown)
        case Page.EVENTS:
            pd.testing.assert_frame_equal(frame, answers.selection(view).events())
        case Page.PROVIDERS:
            shown = answers.outlets(view)
            assert (
                frame.set_index("provider_id")["count"].to_dict()
                == shown.set_index("provider_id")["count"].to_dict()
            )
        case Page.TOPICS:
            pd.testing.assert_frame_equal(frame, answers.topics(view))
        case Page.LINKS:
            assert len(frame) == len(answers.selection(view).links())
        case Page.ARTICLES:
            asked = {"startRow": 0, "endRow": 100} | as_shown(view)
            given = [row["article_id"] for row in rows(answers.selection(view), asked)["rowData"]]
            assert frame["article_id"].tolist() == given
            assert given
        case Page.DATA:
            assert len(frame) == len(answers.health.days)


def test_a_snapshot_and_a_zone_are_named(answers):
    code = python_of(answers, View())
    assert f"snapshot={answers.corpus.snapshot.id!r}" in code
    assert "zone=" not in code
