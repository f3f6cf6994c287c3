"""Which engines there are: DuckDB, embedded, and Spark, for a corpus that outgrows one machine."""

from __future__ import annotations

from analysis.errors import NewsgaugeError

__all__ = ["ENGINES", "BadEngine", "check_engine"]

ENGINES = ("duckdb", "spark")


class BadEngine(NewsgaugeError):
    """The engine asked for, or what it is given, is not one that there is."""


def check_engine(engine: str, master: str | None) -> None:
    """Refuse what is no engine, and a master for one that has none.

    >>> check_engine("duckdb", "spark://head:7077")
    Traceback (most recent call last):
    ...
    analysis.store.engines.BadEngine: master is for the engine spark; got 'spark://head:7077' for duckdb
    """
    if engine not in ENGINES:
        raise BadEngine(f"engine must be one of {', '.join(ENGINES)}; got {engine!r:.80}")
    if master is not None and engine != "spark":
        raise BadEngine(f"master is for the engine spark; got {master!r:.80} for {engine}")
