"""Asking many measures of one selection: its tables are fetched once, and each question is kept as Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from typing import Any

import duckdb
import pandas as pd

from analysis.corpus import Corpus, Selection
from analysis.reports.provenance import Provenance, provenance_of
from analysis.reports.report import Measured
from analysis.reports.spec import ReportSpec
from analysis.reports.stretch import Stretches

__all__ = ["Asking", "Held"]

_ONE_OUTLET = re.compile(r'\s*provider:(?:"[^"]+"|[^\s"()]+)\s*')  # asks for an outlet, and for nothing else


class Held:
    """A selection whose tables are fetched once; measures take it for the selection itself."""

    def __init__(self, selection: Selection) -> None:
        self._selection, self._known = selection, set[str]()
        self._con = duckdb.connect()
        self._con.execute("SET TimeZone = 'UTC'")

    @property
    def corpus(self) -> Corpus:
        """The whole corpus, as the selection has it."""
        return self._selection.corpus

    @property
    def zone(self) -> str:
        """IANA name of the time zone whose days are meant."""
        return self._selection.zone

    @property
    def period(self) -> tuple[Any, Any]:
        """The first moment included and the first one no longer included."""
        return self._selection.period

    def table(self, name: str) -> duckdb.DuckDBPyRelation:
        """One table as a relation."""
        if name not in self._known:
            self._con.register("_fetched", self._selection.table(name).to_arrow_table())
            self._con.execute(f'CREATE TABLE "{name}" AS FROM _fetched')
            self._con.unregister("_fetched")
            self._known.add(name)
        return self._con.table(name)

    def tables(self, *names: str) -> tuple[duckdb.DuckDBPyRelation, ...]:
        """Several tables as relations of one connection."""
        return tuple(self.table(name) for name in names)


@dataclass(frozen=True, eq=False)
class Asking:
    """What the sections of one report share.

    Attributes:
        selection: what the report is about.
        spec: what was asked.
        stretches: the times it is about.
    """

    selection: Selection
    spec: ReportSpec
    stretches: Stretches

    def ask(self, measure: Callable[..., Any], *args: Any, **options: Any) -> Measured:
        """A measure of the selection, with the Python that asks the same."""
        return Measured(measure(self.held, *args, **options), _call(measure, "selection", args, options))

    def ask_of(self, other: Selection, measure: Callable[..., Any], *args: Any, **options: Any) -> Measured:
        """A measure of another selection, likewise."""
        asked = _call(measure, provenance_of(other).selection, args, options)
        return Measured(measure(other, *args, **options), f"from analysis import open_corpus; {asked}")

    def derived(self, frame: pd.DataFrame, name: str, section: str) -> Measured:
        """A frame that a section puts together itself, with the Python that gathers that section again."""
        given = [f"{self.spec.kind!r}"]
        for one in fields(ReportSpec):
            value = getattr(self.spec, one.name)
            if one.name in {"basis", "every", "stories"} and value != one.default:
                given.append(f"{one.name}={value!r}")
        given.append(f"sections=({section!r},)")
        gathered = f"gather(selection, ReportSpec({', '.join(given)})).frame({name!r})"
        return Measured(frame, f"from analysis.reports import ReportSpec, gather; {gathered}")

    @cached_property
    def held(self) -> Any:
        """The selection with its tables fetched once; a corpus as it is, since it may be large."""
        return self.selection if self.selection.corpus is self.selection else Held(self.selection)

    @cached_property
    def provenance(self) -> Provenance:
        """Where the report comes from."""
        return provenance_of(self.selection)

    @cached_property
    def articles(self) -> pd.DataFrame:
        """The selection's articles."""
        return self.selection.articles

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of each outlet of the corpus, by its domain."""
        rows = self.selection.corpus.table("providers").project("provider_id, name").fetchall()
        return dict(rows)

    @cached_property
    def wider(self) -> Selection:
        """The selection without its own bounds of time, but within the stretches that are compared."""
        stretches = self.stretches
        if stretches.recent is None or stretches.before is None or not stretches.chosen:
            return self.selection
        since, until = stretches.before[0].to_pydatetime(), stretches.recent[1].to_pydatetime()
        return Selection(self.selection.corpus, replace(self.selection.filters, since=since, until=until))

    @cached_property
    def around(self) -> Selection:
        """What a profile's outlets are seen among: the selection with every outlet; else the selection itself."""
        filters = self.selection.filters
        if self.spec.kind != "provider":
            return self.selection
        query = "" if _ONE_OUTLET.fullmatch(filters.query) else filters.query
        wider = replace(filters, query=query, providers=())
        return self.selection if wider == filters else Selection(self.selection.corpus, wider)

    def named(self, domains: Sequence[str]) -> list[str]:
        """The names of outlets."""
        return [self.names.get(domain, domain) for domain in domains]

    def day(self, instant: Any) -> date | None:
        """The day of an instant in the zone; None where it is missing."""
        return None if pd.isna(instant) else pd.Timestamp(instant).tz_convert(self.selection.zone).date()

    def last_day(self, end: Any) -> date | None:
        """The last day before an end."""
        return None if end is None else self.day(pd.Timestamp(end) - pd.Timedelta(1, "us"))


def _call(measure: Callable[..., Any], subject: str, args: Sequence[Any], options: dict[str, Any]) -> str:
    given = [subject, *map(_shown, args), *(f"{name}={_shown(value)}" for name, value in options.items())]
    name = measure.__name__
    return f"from {measure.__module__} import {name}; {name}({', '.join(given)})"


def _shown(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return repr(value.isoformat())
    if isinstance(value, tuple):
        return f"({', '.join(map(_shown, value))})"
    return repr(value)
