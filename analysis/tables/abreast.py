"""Work in one database, two pieces at a time: DuckDB runs a small statement on one core, however many there are."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import duckdb  # a build of unchanged files does without

__all__ = ["Job", "abreast"]


class Job(NamedTuple):
    """Work on a connection of its own; what it makes is seen by others when it is done."""

    do: Callable[[duckdb.DuckDBPyConnection], object]
    makes: str
    needs: tuple[str, ...] = ()
    """What other jobs make; what none of them makes is there already."""


def abreast(con: duckdb.DuckDBPyConnection, jobs: Sequence[Job]) -> None:
    """Do jobs, in this thread and another one, each taking the first job that has all that it needs.

    Args:
        con: the database; both threads work on cursors of it.
        jobs: what is to be done, the most urgent first, and none before what it needs.

    Raises:
        Exception: what a job raised; jobs not begun by then are not done.

    >>> import duckdb
    >>> con = duckdb.connect()
    >>> count = lambda own: own.execute("CREATE TABLE counted AS SELECT count(*) AS n FROM made")
    >>> make = lambda own: own.execute("CREATE TABLE made AS SELECT unnest([1, 2, 3])")
    >>> abreast(con, [Job(make, "made"), Job(count, "counted", ("made",))])
    >>> con.execute("FROM counted").fetchall()
    [(3,)]
    """
    waiting = list(jobs)
    missing = {job.makes for job in jobs}
    changed = threading.Condition()
    failed: list[BaseException] = []

    def take() -> Job | None:
        """The next job, waited for until it has what it needs; None if there is none left to do."""
        with changed:
            while waiting and not failed:
                for job in waiting:
                    if missing.isdisjoint(job.needs):
                        waiting.remove(job)
                        return job
                changed.wait()
            return None

    def work(own: duckdb.DuckDBPyConnection) -> None:
        with own:
            while job := take():
                try:
                    job.do(own)
                except BaseException as error:  # noqa: BLE001 - raised below, by the thread that waits
                    failed.append(error)
                with changed:
                    missing.discard(job.makes)
                    changed.notify()

    other = threading.Thread(target=work, args=(con.cursor(),))
    (threads,) = con.execute("SELECT current_setting('threads')").fetchall()[0]
    # DuckDB's own threads leave a core to the other one of ours.
    con.execute(f"SET threads = {max(1, threads - 1)}")
    other.start()
    work(con.cursor())
    other.join()
    if failed:
        raise failed[0]
    con.execute(f"SET threads = {threads}")
