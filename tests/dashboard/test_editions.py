from __future__ import annotations

import gc
import shutil

import pytest

from analysis import build_corpus, open_corpus
from dashboard.app import create_app
from dashboard.editions import HEADER, Editions
from dashboard.url_state import Page, View

ROWS = {"path": "/articles", "search": "", "startRow": 0, "endRow": 5}


@pytest.fixture
def growing(tmp_path, write_records, make_record):
    """A store, and what builds it again with one record more."""
    count = iter(range(1, 100))

    def grow():
        texts = [
            make_record(f"https://a.example/{n}", time="2021-08-23T23:30:00Z") for n in range(next(count))
        ]
        return build_corpus(write_records(*texts), tmp_path / "store").snapshot

    grow()
    return open_corpus(tmp_path / "store"), grow


@pytest.fixture(scope="module")
def client(seed_store):
    return create_app(open_corpus(seed_store)).server.test_client()


def asked(app, snapshot=None, search=""):
    headers = {"Host": "localhost"} | ({HEADER: snapshot} if snapshot else {})
    answer = app.server.test_client().post(
        "/_rows/articles", json={**ROWS, "search": search}, headers=headers
    )
    return answer.json["rowCount"], answer.headers[HEADER]


def test_each_request_is_answered_from_the_snapshot_that_it_names(growing):
    corpus, grow = growing
    app, old = create_app(corpus), corpus.snapshot.id
    new = grow().id
    assert asked(app, old) == (1, old)
    assert asked(app) == (2, new)
    assert asked(app, new) == (2, new)


@pytest.mark.slow
def test_a_snapshot_that_is_gone_is_answered_from_the_newest(growing):
    corpus, grow = growing
    app, old = create_app(corpus), corpus.snapshot
    new = grow().id
    for zone in ("Asia/Tokyo", "Asia/Seoul", "Asia/Dhaka", "Asia/Kabul", "Asia/Kolkata", "Asia/Manila"):
        asked(app, new, f"?tz={zone}")
    gc.collect()
    shutil.rmtree(old.folder)
    assert asked(app, old.id) == (2, new)
    assert asked(app, "../../etc") == (2, new)


@pytest.mark.slow
def test_a_store_that_cannot_be_read_leaves_what_is_open(growing):
    corpus, _ = growing
    app = create_app(corpus)
    (corpus.snapshot.folder.parent.parent / "CURRENT").unlink()
    assert asked(app) == (1, corpus.snapshot.id)


@pytest.mark.slow
def test_days_are_those_of_the_zone_and_the_page_of_data_has_utc(growing):
    corpus, _ = growing
    answers = Editions(corpus)
    assert answers.totals(View()).first.isoformat() == "2021-08-23"
    assert answers.totals(View(zone="Asia/Tokyo")).first.isoformat() == "2021-08-24"
    assert answers.at(View(zone="Asia/Tokyo", page=Page.DATA)).corpus.zone == "UTC"
    assert answers.at(View(zone="Asia/Tokyo")) is answers.at(View(zone="Asia/Tokyo", query="ban"))


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"path": "/"},
        ROWS | {"startRow": "1"},
        ROWS | {"endRow": -1},
        ROWS | {"search": None},
        ROWS | {"endRow": 2**60},
    ],
)
def test_a_request_for_rows_that_is_none_is_refused(client, body):
    assert client.post("/_rows/articles", json=body, headers={"Host": "localhost"}).status_code == 400


@pytest.mark.slow
def test_tables_and_files_that_are_not_there_are_not_found(growing):
    client = create_app(growing[0]).server.test_client()
    assert client.post("/_rows/nosuch", json=ROWS, headers={"Host": "localhost"}).status_code == 404
    assert client.get("/_export/articles.exe", headers={"Host": "localhost"}).status_code == 404
