"""Several selections side by side: their volume on one scale, and what they have in common."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.measures.frames import BadOption, Frame, coded_of, collect, frame_of, one_of
from analysis.measures.periods import Periods
from analysis.measures.spans import Span
from analysis.measures.volume import volume

__all__ = ["CREATES_OVERLAP", "REQUIRES", "compare", "overlap", "stacked"]

REQUIRES = frozenset({"article_id", "provider_id", "published_at"})
CREATES_OVERLAP = {
    "one": "str",
    "other": "str",
    "unit": "str",
    "n_one": "int64",
    "n_other": "int64",
    "n_both": "int64",
    "jaccard": "float64",
}


def compare(  # noqa: PLR0913 - each is one choice of the screen, or a table of a plain frame
    selections: Mapping[str, Any],
    *,
    every: str = "day",
    basis: str = "articles",
    share: str | None = None,
    zone: str | None = None,
    week_start: str = "monday",
    span: Span | None = None,
    denominator: Any = None,
    collection: Any = None,
) -> pd.DataFrame:
    """The volume of several selections over the same periods.

    Args:
        selections: name -> selection, or frame of articles; at least one.
        every: `hour`, `day`, `week`, `month`, `quarter` or `year`.
        basis: `articles`, `originals`, `events` or `providers`.
        share: None, or `corpus` for shares of each period's corpus.
        zone: IANA zone whose clock cuts the periods; the first selection's, or UTC.
        week_start: first day of the week.
        span: (first instant, end) to look at. Unless given, the range that holds all of them; a selection that is
            itself bounded in time has no rows beyond its bounds, where nothing is known of it.
        denominator: frame of the whole corpus, where the selections are plain frames.
        collection: frame of `collection`, where the selections are plain frames.

    Returns:
        The columns of `volume` with `selection` (`str`) after `period`; by period, then in the order given.

    Raises:
        BadOption: no selection, or an option as in `volume`.
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> times = pd.to_datetime(["2021-08-23T05:30Z", "2021-08-24T09:27Z"])
    >>> frame = pd.DataFrame({"published_at": times})
    >>> compare({"ban": frame, "police": frame[1:]})[["selection", "count"]].to_numpy().tolist()
    [['ban', 1], ['police', 0], ['ban', 1], ['police', 1]]
    """
    _check(selections)
    one_of("share", share or "corpus", ("corpus",))
    zone = zone or str(getattr(next(iter(selections.values())), "zone", "UTC"))

    def measured(data: Any, within: Span | None) -> pd.DataFrame:
        given = {"denominator": denominator, "collection": collection, "week_start": week_start}
        return volume(data, every=every, basis=basis, share=share, zone=zone, span=within, **given)

    tables = {name: measured(data, span) for name, data in selections.items()}
    shown = [table["period"] for table in tables.values() if len(table)]
    if span is None and shown:
        periods = Periods(every, zone, week_start)
        starts = periods.range(min(s.iloc[0] for s in shown), max(s.iloc[-1] for s in shown))
        common = (starts[0], periods.ends(starts)[-1])
        free = {name: data for name, data in selections.items() if not _bounded(data)}
        tables |= {
            name: measured(data, common) for name, data in free.items() if len(tables[name]) < len(starts)
        }
    return stacked(tables)


def stacked(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Volumes of several selections that are measured already, as `compare` gives them.

    Args:
        tables: name -> frame from `volume` without `by`, all asked alike; at least one.

    Returns:
        The columns of `volume` with `selection` (`str`) after `period`; by period, then in the order given.

    Raises:
        BadOption: no table.

    >>> frame = volume(pd.DataFrame({"published_at": pd.to_datetime(["2021-08-23T05:30Z"])}))
    >>> stacked({"ban": frame, "police": frame})[["selection", "count"]].to_numpy().tolist()
    [['ban', 1], ['police', 1]]
    """
    _check(tables)
    named = []
    for place, (name, frame) in enumerate(tables.items()):
        table = frame.assign(_place=place)
        table.insert(1, "selection", pd.Series(name, index=table.index, dtype="str"))
        named.append(table)
    whole = pd.concat(named, ignore_index=True)
    return whole.sort_values(["period", "_place"], ignore_index=True).drop(columns="_place")


def overlap(selections: Mapping[str, Any]) -> pd.DataFrame:
    """What every two selections have in common.

    Args:
        selections: name -> selection, or frame of articles with `article_id` and `provider_id`; at least one.

    Returns:
        One row a pair and unit, columns `CREATES_OVERLAP`: `unit` is `articles` or `providers`, `n_one`, `n_other` and
        `n_both` are how many of them, `jaccard` is those in both of those in either (Jaccard 1901), NaN where there are
        none. Pairs in the order given.

    Raises:
        BadOption: no selection.
        NotAFrame, MissingColumns: as `frame_of`.

    >>> frame = pd.DataFrame({"article_id": list("abc"), "provider_id": ["sky.com", "bbc.com", "bbc.com"]})
    >>> overlap({"ban": frame[:2], "police": frame[1:]})[["unit", "n_one", "n_other", "n_both", "jaccard"]]
            unit  n_one  n_other  n_both   jaccard
    0   articles      2        2       1  0.333333
    1  providers      2        1       1  0.500000
    """
    _check(selections)
    units = {"articles": "article_id", "providers": "provider_id"}
    held = {unit: _held(selections, column) for unit, column in units.items()}
    rows = []
    for one, other in combinations(selections, 2):
        for unit in units:
            first, second = held[unit][one], held[unit][other]
            n_one, n_other, both = int(first.sum()), int(second.sum()), int((first & second).sum())
            either = n_one + n_other - both
            rows.append((one, other, unit, n_one, n_other, both, both / either if either else float("nan")))
    return pd.DataFrame(rows, columns=list(CREATES_OVERLAP)).astype(CREATES_OVERLAP)


def _check(selections: Mapping[str, Any]) -> None:
    if not selections:
        raise BadOption("selections must hold at least one; got none")


def _bounded(data: Any) -> bool:
    return any(end is not None for end in getattr(data, "period", (None, None)))


def _held(selections: Mapping[str, Any], column: str) -> dict[str, npt.NDArray[np.bool_]]:
    """Which of the values of a column, of all that any selection has, each selection has."""
    asked = {name: coded_of(data, {"articles": {column}}) for name, data in selections.items()}
    names = next(iter(asked.values()))[1]
    if any(own is not names for _, own in asked.values()):  # of different corpora, or plain frames among them
        asked = {
            name: ({"articles": frame_of(data, needs={column})}, None) for name, data in selections.items()
        }
        names = None
    if names is not None:
        return {
            name: _coded_held(frames["articles"], column, len(names)) for name, (frames, _) in asked.items()
        }
    values = {
        name: collect(frames["articles"].select(column).unique(), {column: "str"})[column]
        for name, (frames, _) in asked.items()
    }
    places, distinct = pd.factorize(pd.concat(values.values()))
    held, start = {}, 0
    for name, some in values.items():
        held[name] = np.bincount(places[start : start + len(some)], minlength=len(distinct)) > 0
        start += len(some)
    return held


def _coded_held(articles: Frame, column: str, n_names: int) -> npt.NDArray[np.bool_]:
    """Which of all names a column of coded articles has."""
    held = np.zeros(n_names, dtype=np.bool_)
    held[articles.select(column).collect("pyarrow").to_native().column(column).to_numpy()] = True
    return held
