"""What is counted of each outlet, of articles in a frame or of those that a corpus holds as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.measures.codes import named
from analysis.measures.counting import copies
from analysis.measures.frames import Frame, collect, frame_of, present
from analysis.measures.instants import MICROSECONDS_PER_HOUR, lag
from analysis.measures.numbers import MISSING, Numbers, numbers_of, quantiles_of, times_of
from analysis.measures.openings import openings

__all__ = ["REQUIRES", "OutletCounts", "Valued", "outlet_counts"]

REQUIRES = (
    "article_id",
    "provider_id",
    "published_at",
    "time_precision",
    "event_id",
    "is_original",
    "quality",
    "heat",
)
_COUNTED = {
    "provider_id": "str",
    "count": "int64",
    "n_compared": "int64",
    "originals": "int64",
    "first_seen": "datetime64[us, UTC]",
    "last_seen": "datetime64[us, UTC]",
}
_LATEST = np.iinfo(np.int64).max

Valued: TypeAlias = tuple["pd.Index[Any]", npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]
"""Outlets; then, by outlet and value, the outlet's place among them, the value, and how many articles have it."""


class OutletCounts(Protocol):
    """Articles, counted by outlet."""

    def counted(self) -> pd.DataFrame:
        """By `provider_id`: articles, those whose copies were looked for, originals, first and last time."""

    def valued(self, score: str) -> Valued:
        """How many articles of each outlet have each value of a score."""

    def late(self) -> pd.DataFrame:
        """By `provider_id`: events that others opened before the outlet took them up, median of how long before.

        What `analysis.measures.timeliness.lags` gives by event, summed up; a test holds both to the same numbers.
        """


def outlet_counts(data: Any) -> OutletCounts:
    """What may be counted of the outlets of a selection, or of a frame of articles with the columns `REQUIRES`.

    Raises:
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.
    """
    articles = numbers_of(data, REQUIRES)
    return _Named(frame_of(data, needs=REQUIRES)) if articles is None else _Numbered(articles)


@dataclass(frozen=True)
class _Named:
    """Articles of a frame, counted by its engine."""

    articles: Frame

    def counted(self) -> pd.DataFrame:
        original = nw.col("is_original")
        marked = self.articles.with_columns(
            (~original.is_null()).cast(nw.Int64()).alias("n_compared"),
            present(original).cast(nw.Int64()).alias("originals"),
        )
        counted = marked.group_by("provider_id").agg(
            nw.len().alias("count"),
            nw.col("n_compared", "originals").sum(),
            nw.col("published_at").min().alias("first_seen"),
            nw.col("published_at").max().alias("last_seen"),
        )
        return collect(counted, _COUNTED).set_index("provider_id")

    def valued(self, score: str) -> Valued:
        scored = self.articles.filter(~nw.col(score).is_null())
        found = scored.group_by("provider_id", score).agg(nw.len().alias("n"))
        counted = collect(found, {"provider_id": "str", score: "float64", "n": "int64"})
        places, outlets = pd.factorize(counted["provider_id"])
        return pd.Index(outlets), places, counted[score].to_numpy(), counted["n"].to_numpy()

    def late(self) -> pd.DataFrame:
        timed = present(nw.col("time_precision") == "time") & ~nw.col("published_at").is_null()
        usable = self.articles.filter(timed & ~nw.col("event_id").is_null() & ~copies())
        own = usable.group_by("event_id", "provider_id").agg(nw.col("published_at").min())
        first = own.group_by("event_id").agg(nw.col("published_at").min().alias("first_at"))
        late = own.join(first, on="event_id").filter(nw.col("published_at") > nw.col("first_at"))
        late = late.select("provider_id", lag(late, "published_at", "first_at").alias("lag"))
        found = late.group_by("provider_id").agg(nw.col("lag").median(), nw.len().alias("n_followed"))
        table = collect(found, {"provider_id": "str", "n_followed": "int64", "lag": "float64"})
        return _in_hours(table.set_index("provider_id"))


@dataclass(frozen=True)
class _Numbered:
    """Articles as arrays."""

    articles: Numbers

    def counted(self) -> pd.DataFrame:
        outlet, at = self.articles.ints("provider_id"), self.articles.moments("published_at")
        marks = {
            "n_compared": self.articles.known("is_original"),
            "originals": self.articles.equal("is_original", value=True),
        }
        count = np.bincount(outlet)
        some = np.flatnonzero(count)
        first, last = np.full((2, len(count)), [[_LATEST], [MISSING]])
        np.minimum.at(first, outlet, np.where(at == MISSING, _LATEST, at))
        np.maximum.at(last, outlet, at)
        times = {"first_seen": np.where(first == _LATEST, MISSING, first), "last_seen": last}
        columns = (
            {"count": count}
            | {name: np.bincount(outlet[mark], minlength=len(count)) for name, mark in marks.items()}
            | {name: pd.to_datetime(ends.view("datetime64[us]"), utc=True) for name, ends in times.items()}
        )
        table = pd.DataFrame({name: column[some] for name, column in columns.items()}, self._outlets(some))
        return table.astype({name: dtype for name, dtype in _COUNTED.items() if name in table})

    def valued(self, score: str) -> Valued:
        scored = self.articles.known(score)
        value, codes = self.articles.distinct(score)
        found = times_of(outlet=self.articles.ints("provider_id")[scored], value=codes[scored])
        places, outlets = pd.factorize(found["outlet"])
        return (
            self._outlets(np.asarray(outlets)),
            places,
            value[found["value"].to_numpy()],
            found["times"].to_numpy(),
        )

    def late(self) -> pd.DataFrame:
        found = quantiles_of(*openings(self.articles).lags(), lag=0.5).rename(columns={"n": "n_followed"})
        return _in_hours(found.set_index(self._outlets(found["group"].to_numpy())).drop(columns="group"))

    def _outlets(self, numbers: npt.NDArray[Any]) -> pd.Index[Any]:
        outlets: pd.Index[Any] = pd.Index(named(pd.Series(numbers), self.articles.names), name="provider_id")
        return outlets


def _in_hours(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(lag_median_hours=table["lag"] / MICROSECONDS_PER_HOUR).drop(columns="lag")
