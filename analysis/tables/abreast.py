"""Work in one database, two pieces at a time: DuckDB runs a small statement on one core, however many there are."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb  # a build of unchanged files does without

__all__ = ["Job", "abreast"]

Job = Callable[["duckdb.DuckDBPyConnection"], object]
"""Works on a connection of its own; what it makes is seen by others when it is done."""


def abreast(con: duckdb.DuckDBPyConnection, jobs: Sequence[Job]) -> None:
    """Do jobs, in this thread and another one, each taking the next job when it has done one.

    Args:
        con: the database; both threads work on cursors of it.
        jobs: what is to be done, the longest first; none may need what another one makes.

    Raises:
        Exception: what a job raised; jobs not begun by then are not done.

    >>> import duckdb
    >>> con = duckdb.connect()
    >>> abreast(con, [lambda own, n=n: own.execute(f"CREATE TABLE t{n} AS SELECT 1") for n in range(3)])
    >>> con.execute("SELECT count(*) FROM duckdb_tables()").fetchall()
    [(3,)]
    """
    waiting = iter(jobs)
    turn = threading.Lock()
    failed: list[BaseException] = []

    def work(own: duckdb.DuckDBPyConnection) -> None:
        with own:
            while not failed:
                with turn:
                    job = next(waiting, None)
                if job is None:
                    return
                try:
                    job(own)
                except BaseException as error:  # noqa: BLE001 - raised below, by the thread that waits
                    failed.append(error)

    other = threading.Thread(target=work, args=(con.cursor(),))
    other.start()
    work(con.cursor())
    other.join()
    if failed:
        raise failed[0]
