"""DuckDB, as a build uses it: SQL on a connection, and nothing of its relational API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

# The engine itself. The package around it takes four times as long to load, for an API that a build does without; a
# DuckDB that is put together in another way is loaded whole.
try:
    import _duckdb as engine
except ImportError:
    import duckdb as engine  # type: ignore[no-redef]

if TYPE_CHECKING:
    import duckdb

__all__ = ["VERSION", "Error", "IOException", "at_most", "connect", "draw_no_bar", "open_file", "put_aside"]

VERSION: str = engine.__version__
Error, IOException = engine.Error, engine.IOException
_ASIDE = 256 * 2**20  # bytes
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


def connect(store: Path, *, few: bool) -> duckdb.DuckDBPyConnection:
    """A database in memory that spills into the store; with one thread where there are few files."""
    config: dict[str, str | bool | int | float | list[str]] = {"temp_directory": str(store / ".spill")}
    if few:
        config["threads"] = 1
    con = engine.connect(config=config)
    return _quiet(con)


def at_most(con: duckdb.DuckDBPyConnection, n_bytes: float) -> None:
    """Let a database take so much memory, or less if it took less by itself, and put on the disk what is more."""
    con.execute(f"SET memory_limit = '{min(n_bytes, _limit(con)):.0f}B'")


@contextmanager
def put_aside(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let large tables lie on the disk, packed, while memory is wanted for something else."""
    before = _limit(con)
    at_most(con, _ASIDE)
    try:
        yield
    finally:
        con.execute(f"SET memory_limit = '{before:.0f}B'")


def _limit(con: duckdb.DuckDBPyConnection) -> float:
    """How many bytes of memory a database may take; to the tenth of the unit that DuckDB tells them in."""
    ((told,),) = con.execute("SELECT current_setting('memory_limit')").fetchall()
    number, unit = told.split()
    return float(number) * float(1024 ** _UNITS.index(unit))


def open_file(path: Path) -> duckdb.DuckDBPyConnection:
    """A database in a file of its own, which is made where there is none."""
    return _quiet(engine.connect(str(path)))


def _quiet(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A connection in UTC that draws no bar where a query takes long; its cursors neither."""
    con.execute("SET GLOBAL TimeZone = 'UTC'")
    draw_no_bar(con)
    return con


def draw_no_bar(con: duckdb.DuckDBPyConnection) -> None:
    """Let no query, however long, draw a bar into what a command says."""
    with suppress(engine.InvalidInputException):  # in a notebook without ipywidgets, where none can be drawn
        con.execute("SET enable_progress_bar = false")
