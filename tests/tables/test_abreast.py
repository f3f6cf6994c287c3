import threading

import duckdb
import pytest

from analysis.tables.abreast import Job, abreast


def test_every_job_is_done_once_and_in_two_threads():
    con, done, meeting = duckdb.connect(), [], threading.Barrier(2, timeout=20)

    def meet(own):
        meeting.wait()
        done.append((threading.get_ident(), own.execute("SELECT 1").fetchall()))

    abreast(con, [Job(meet, str(n)) for n in range(6)])
    assert len(done) == 6
    assert len({thread for thread, _ in done}) == 2


def test_a_fault_is_raised_and_what_was_not_begun_is_left():
    con, done = duckdb.connect(), []

    def fail(own):
        own.execute("SELECT nothing FROM nowhere")

    with pytest.raises(duckdb.CatalogException):
        abreast(con, [Job(do, str(n)) for n, do in enumerate([fail] * 3 + [lambda _own: done.append(1)] * 3)])
    assert len(done) <= 1


def test_a_job_waits_for_what_it_needs():
    con, done = duckdb.connect(), []

    def does(name, *needs):
        return Job(lambda _own: done.append(name), name, needs)

    abreast(con, [does("last", "first", "second"), does("second", "first"), does("first", "there already")])
    assert done == ["first", "second", "last"]
