"""Work that takes longer than a viewer waits: done on threads of its own, with steps, time left, and a way to stop it.

A page that has such work lays out `dashboard.components.work.work_card` and starts a job in its callback.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from flask import Flask

from analysis.errors import NewsgaugeError

__all__ = ["Cancelled", "Jobs", "Progress", "Tell", "Work", "jobs_of"]

Tell = Callable[[str, int, int], None]
"""Called before each step with its name, how many are done and how many there are; stops the work by what it raises."""
Work = Callable[[Tell], Any]

_THREADS = 2
_MOST = 20  # jobs that wait or run
_KEPT_SECONDS = 1800.0  # after its end, until its result is forgotten
_UNASKED_SECONDS = 300.0  # a job that nobody asks after is given up: its page was closed


class Cancelled(Exception):
    """The work is to stop: its viewer cancelled it, or left."""


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes:
        state: `waiting`, `running`, `done`, `failed` or `cancelled`.
        step: name of the step that is being done.
        done, steps: steps done, and all.
        seconds_left: expected; None while nothing is known to tell it from.
        error: what is wrong, where it failed.
    """

    state: str
    step: str = ""
    done: int = 0
    steps: int = 0
    seconds_left: float | None = None
    error: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state not in {"waiting", "running"}


@dataclass(eq=False)
class _Job:
    kind: str
    key: Hashable
    state: str = "waiting"
    step: str = ""
    done: int = 0
    steps: int = 0
    error: str = ""
    result: Any = None
    stopped: bool = False
    asked: float = 0.0
    moment: float = 0.0  # when the step began, or the job ended
    took: dict[str, float] = field(default_factory=dict)


class Jobs:
    """Jobs by their ids, which cannot be guessed; safe to share between threads.

    Args:
        now: a clock in seconds.

    >>> jobs = Jobs()
    >>> job = jobs.start(lambda tell: [tell("counting", 0, 1), 42][1], kind="example")
    >>> jobs.close(wait=True)
    >>> jobs.progress(job).state, jobs.result(job)
    ('done', 42)
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="job")
        self._jobs: dict[str, _Job] = {}
        self._seconds: dict[tuple[str, str], float] = {}  # that a step of a kind of job took last
        self._lock, self._now = Lock(), now

    def start(self, work: Work, *, kind: str, key: Hashable = None) -> str:
        """Begin some work, and return the job's id.

        Args:
            work: called on another thread with a `Tell`; what it returns is the job's result. It must not use the
                request that it was started in.
            kind: of the work; time left is told from earlier jobs of the kind.
            key: of the same work: where a job with it waits, runs or is done, that one is returned.

        Raises:
            NewsgaugeError: as much as can be done is being done already.
        """
        with self._lock:
            self._forget()
            for name, other in self._jobs.items():
                if key is not None and other.key == key and other.state in {"waiting", "running", "done"}:
                    other.asked = self._now()
                    return name
            if sum(job.state in {"waiting", "running"} for job in self._jobs.values()) >= _MOST:
                raise NewsgaugeError("The server is busy with the work of others. Try again in a minute.")
            job, name = _Job(kind, key, asked=self._now()), secrets.token_urlsafe(16)
            self._jobs[name] = job
        self._threads.submit(self._run, job, work)
        return name

    def progress(self, name: str) -> Progress | None:
        """How far a job is; None where there is none of this id any more."""
        with self._lock:
            job = self._jobs.get(name)
            if job is None:
                return None
            job.asked = self._now()
            return Progress(job.state, job.step, job.done, job.steps, self._left(job), job.error)

    def result(self, name: str) -> Any:
        """What the work of a job returned; None where it is not done."""
        job = self._jobs.get(name)
        return job.result if job is not None else None

    def cancel(self, name: str) -> None:
        """Stop a job: at once where it waits, else before its next step."""
        with self._lock:
            job = self._jobs.get(name)
            if job is not None and job.state in {"waiting", "running"}:
                job.stopped, job.state, job.moment = True, "cancelled", self._now()

    def close(self, *, wait: bool = False) -> None:
        """Take no more work, and stop what runs before its next step or, with `wait`, let all of it end."""
        if not wait:
            for name in list(self._jobs):
                self.cancel(name)
        self._threads.shutdown(wait=wait, cancel_futures=not wait)

    def _run(self, job: _Job, work: Work) -> None:
        def tell(step: str, done: int, steps: int) -> None:
            with self._lock:
                if job.stopped or self._now() - job.asked > _UNASKED_SECONDS:
                    raise Cancelled
                self._end_step(job)
                job.step, job.done, job.steps = step, done, steps

        with self._lock:
            if job.stopped:
                return
            job.state, job.moment = "running", self._now()
        try:
            result = work(tell)
        except Cancelled:
            self._end(job, "cancelled")
        except (NewsgaugeError, OSError) as error:
            self._end(job, "failed", error=str(error))
        except Exception:
            logging.getLogger("newsgauge").exception("a %s failed", job.kind)
            self._end(job, "failed", error="It failed by a fault of Newsgauge; the server's log says which.")
        else:
            self._end(job, "done", result=result)

    def _end(self, job: _Job, state: str, *, result: Any = None, error: str = "") -> None:
        with self._lock:
            self._end_step(job)
            if state == "done":
                self._seconds |= {(job.kind, step): took for step, took in job.took.items()}
                job.done = job.steps
            if not job.stopped:
                job.state, job.result, job.error = state, result, error

    def _end_step(self, job: _Job) -> None:
        now = self._now()
        if job.step:
            job.took[job.step] = now - job.moment
        job.moment = now

    def _left(self, job: _Job) -> float | None:
        """Seconds that the steps left will take: as they took last; else as long as those done did on average."""
        if job.state != "running" or not job.steps:
            return None
        known = {step: took for (kind, step), took in self._seconds.items() if kind == job.kind}
        spent = self._now() - job.moment
        if job.step in known:
            todo = sum(took for step, took in known.items() if step not in job.took and step != job.step)
            return todo + max(0.0, known[job.step] - spent)
        if not job.took:
            return None
        return max(0.0, sum(job.took.values()) / len(job.took) * (job.steps - job.done) - spent)

    def _forget(self) -> None:
        """Drop jobs that ended long ago."""
        now = self._now()
        over = {"done", "failed", "cancelled"}
        self._jobs = {
            name: job
            for name, job in self._jobs.items()
            if job.state not in over or now - max(job.moment, job.asked) <= _KEPT_SECONDS
        }


def jobs_of(server: Flask) -> Jobs:
    """The jobs of a server: one pool for all of its pages.

    >>> server = Flask("example")
    >>> jobs_of(server) is jobs_of(server)
    True
    """
    jobs: Jobs = server.extensions.setdefault("newsgauge-jobs", Jobs())
    return jobs
