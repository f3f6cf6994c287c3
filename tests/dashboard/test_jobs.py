from __future__ import annotations

from threading import Event

import pytest

from analysis.errors import NewsgaugeError
from dashboard.components.work import said_of
from dashboard.jobs import Jobs, Progress


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def jobs(clock):
    made = Jobs(clock)
    yield made
    made.close()


class Steps:
    """Work of some steps that goes on when the test says so."""

    def __init__(self, *names, result="result"):
        self.names, self.result = names, result
        self.begun = {name: Event() for name in names}
        self.may_end = {name: Event() for name in names}
        self.ended = Event()

    def __call__(self, tell):
        try:
            for done, name in enumerate(self.names):
                tell(name, done, len(self.names))
                self.begun[name].set()
                assert self.may_end[name].wait(10)
            return self.result
        finally:
            self.ended.set()

    def go(self, name):
        assert self.begun[name].wait(10)

    def end(self, name):
        self.may_end[name].set()


def over(jobs, job):
    for _ in range(1000):
        now = jobs.progress(job)
        if now.is_over:
            return now
        Event().wait(0.01)
    raise AssertionError(now)


def test_a_job_tells_its_steps_and_gives_its_result(jobs, clock):
    work = Steps("one", "two")
    job = jobs.start(work, kind="x")
    work.go("one")
    assert jobs.progress(job) == Progress("running", "one", 0, 2, None)
    assert jobs.result(job) is None
    clock.now = 4.0
    work.end("one")
    work.go("two")
    assert jobs.progress(job) == Progress("running", "two", 1, 2, 4.0)
    clock.now = 5.5
    assert jobs.progress(job).seconds_left == 2.5
    work.end("two")
    assert over(jobs, job) == Progress("done", "two", 2, 2, None)
    assert jobs.result(job) == "result"


def test_time_left_is_told_from_the_last_job_of_the_kind(jobs, clock):
    for round_, seconds in enumerate((3.0, 10.0)):
        work = Steps("one", "two")
        job = jobs.start(work, kind="x")
        work.go("one")
        if round_:
            assert jobs.progress(job).seconds_left == 3.0 + 3.0
        clock.now += seconds
        work.end("one")
        work.go("two")
        clock.now += seconds
        work.end("two")
        over(jobs, job)


def test_a_job_is_cancelled_before_its_next_step(jobs):
    work = Steps("one", "two")
    job = jobs.start(work, kind="x")
    work.go("one")
    jobs.cancel(job)
    assert jobs.progress(job).state == "cancelled"
    work.end("one")
    assert work.ended.wait(10)
    assert not work.begun["two"].is_set()
    assert (jobs.progress(job).state, jobs.result(job)) == ("cancelled", None)


def test_a_job_that_waits_is_cancelled_at_once(jobs):
    busy = [Steps("one"), Steps("one")]
    for work in busy:
        jobs.start(work, kind="x")
        work.go("one")
    waiting = Steps("one")
    job = jobs.start(waiting, kind="x")
    assert jobs.progress(job).state == "waiting"
    jobs.cancel(job)
    for work in busy:
        work.end("one")
    assert over(jobs, job).state == "cancelled"
    jobs.close(wait=True)
    assert not waiting.begun["one"].is_set()


def test_a_job_that_nobody_asks_after_is_given_up(jobs, clock):
    work = Steps("one", "two")
    job = jobs.start(work, kind="x")
    work.go("one")
    clock.now = 301.0
    work.end("one")
    assert work.ended.wait(10)
    assert over(jobs, job).state == "cancelled"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NewsgaugeError("PDF needs Chromium"), "PDF needs Chromium"),
        (OSError(28, "No space left on device"), "[Errno 28] No space left on device"),
        (
            ZeroDivisionError("secret detail"),
            "It failed by a fault of Newsgauge; the server's log says which.",
        ),
    ],
)
def test_a_job_that_fails_says_why(jobs, error, said):
    def work(tell):
        raise error

    now = over(jobs, jobs.start(work, kind="x"))
    assert (now.state, now.error) == ("failed", said)


def test_the_same_work_is_done_once_for_all(jobs):
    work = Steps("one")
    first = jobs.start(work, kind="x", key=("snapshot", 1))
    work.go("one")
    assert jobs.start(work, kind="x", key=("snapshot", 1)) == first
    assert jobs.start(lambda tell: None, kind="x", key=("snapshot", 2)) != first
    work.end("one")
    over(jobs, first)
    assert jobs.start(work, kind="x", key=("snapshot", 1)) == first


def test_more_than_can_be_done_is_refused(jobs):
    works = [Steps("one") for _ in range(20)]
    for work in works:
        jobs.start(work, kind="x")
    with pytest.raises(NewsgaugeError, match="busy"):
        jobs.start(Steps("one"), kind="x")
    for work in works:
        work.end("one")


def test_results_are_forgotten(jobs, clock):
    job = jobs.start(lambda tell: 1, kind="x")
    over(jobs, job)
    clock.now = 1801.0
    jobs.start(lambda tell: 2, kind="x")
    assert jobs.progress(job) is None
    assert jobs.result(job) is None


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (Progress("running"), "Beginning"),
        (Progress("running", "Outlets", 1, 3), "Outlets: 1 of 3 steps done"),
        (Progress("running", "Outlets", 1, 3, 0.2), "Outlets: 1 of 3 steps done, about 1 second left"),
        (Progress("running", "Outlets", 1, 3, 150.0), "Outlets: 1 of 3 steps done, about 2 minutes left"),
        (Progress("failed", error="no room"), "No room"),
        (Progress("waiting"), "Waiting for other work to end"),
    ],
)
def test_progress_is_said(now, said):
    assert said_of(now) == said
