"""The outlets of a selection: how much each gave it, how good, how original, how late.

Quality is given plain (median and mean of the scored articles) and as what to believe of the outlet: the mean
shrunk towards that of all outlets, with a 95 % interval (`shrinkage`). Rank by `quality_low`: an outlet of two
articles cannot top the list then. Nothing is said of an outlet without a score.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.measures.codes import Names, code_dtype, named
from analysis.measures.counting import copies
from analysis.measures.frames import Frame, coded_of, collect, is_selection, present
from analysis.measures.instants import MICROSECONDS_PER_HOUR, lag
from analysis.measures.intervals import wilson
from analysis.measures.openings import openings
from analysis.measures.shrinkage import shrunk_means

__all__ = ["CREATES", "FEW", "RANKED", "REQUIRES", "providers", "ranked_providers", "with_details"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

REQUIRES = frozenset(
    {
        "article_id",
        "provider_id",
        "published_at",
        "time_precision",
        "event_id",
        "is_original",
        "quality",
        "heat",
    }
)
FEW = 5  # with fewer articles an outlet is not ranked
CREATES = {
    "provider_id": "str",
    "count": "int64",
    "share": "float64",
    "share_low": "float64",
    "share_high": "float64",
    "few": "bool",
    "quality_status": "str",  # "known", "few" (fewer than FEW scores) or "unknown"
    "n_scored": "int64",
    "quality_median": "float64",
    "quality_mean": "float64",
    "quality": "float64",
    "quality_low": "float64",
    "quality_high": "float64",
    "n_heat": "int64",
    "heat_median": "float64",
    "heat_mean": "float64",
    "n_compared": "int64",  # articles whose copies were looked for
    "originality": "float64",
    "originality_low": "float64",
    "originality_high": "float64",
    "n_topics": "Int64",
    "first_seen": "datetime64[us, UTC]",
    "last_seen": "datetime64[us, UTC]",
    "n_followed": "int64",
    "lag_median_hours": "float64",
}
RANKED = tuple(name for name in CREATES if name not in {
    "n_heat", "heat_median", "heat_mean", "n_topics", "n_followed", "lag_median_hours"
})  # fmt: skip
_COUNTED = {
    "provider_id": "str",
    "count": "int64",
    "n_compared": "int64",
    "originals": "int64",
    "first_seen": "datetime64[us, UTC]",
    "last_seen": "datetime64[us, UTC]",
}


def providers(data: Any, *, topics: Any = None) -> pd.DataFrame:
    """One row an outlet, the one with most articles first.

    Args:
        data: a selection, or a frame of articles with the columns `REQUIRES`.
        topics: frame of `article_topics`, where `data` is a plain frame; the number of topics is missing without.

    Returns:
        Columns `CREATES`. `count` and `share` of the selection's articles with Wilson's interval; `few` where they are
        fewer than `FEW`. `quality` is the shrunk mean with `quality_low` and `quality_high`; NaN, and status "unknown",
        where no article has a score. `originality`: the share of originals among its `n_compared` articles.
        `n_topics`: distinct topics that its articles here carry. `first_seen`, `last_seen`: UTC. `lag_median_hours`:
        how long after the first in this corpus it took up the `n_followed` events that others opened (`lags`).

    Raises:
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> frame = pd.DataFrame({"article_id": list("abc"), "provider_id": ["sky.com", "sky.com", "bbc.com"]})
    >>> frame = frame.assign(event_id=None, published_at=pd.Timestamp("2021-08-23T05:30Z"))
    >>> frame = frame.assign(time_precision="time", is_original=True)
    >>> providers(frame.assign(quality=[50.0, 70.0, None], heat=None))[["provider_id", "count", "quality_mean", "few"]]
      provider_id  count  quality_mean   few
    0     sky.com      2          60.0  True
    1     bbc.com      1           NaN  True
    """
    return with_details(data, ranked_providers(data), topics=topics)


def ranked_providers(data: Any) -> pd.DataFrame:
    """The same rows with what ranks outlets: counts, quality and originality; in less than half of the time.

    Args:
        data: a selection, or a frame of articles with the columns `REQUIRES`.

    Returns:
        The columns `RANKED`, as `providers` has them.

    Raises:
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> frame = pd.DataFrame({"article_id": list("abc"), "provider_id": ["sky.com", "sky.com", "bbc.com"]})
    >>> frame = frame.assign(event_id=None, published_at=pd.Timestamp("2021-08-23T05:30Z"), heat=None)
    >>> frame = frame.assign(time_precision="time", is_original=True, quality=[50.0, 70.0, None])
    >>> ranked_providers(frame)[["provider_id", "count", "quality_mean"]].to_numpy().tolist()
    [['sky.com', 2, 60.0], ['bbc.com', 1, nan]]
    """
    frames, names = coded_of(data, {"articles": REQUIRES})
    return _tidy(_ranked(frames["articles"], names), {name: CREATES[name] for name in RANKED})


def with_details(data: Any, ranked: pd.DataFrame, *, topics: Any = None) -> pd.DataFrame:
    """The rows of `ranked_providers`, with all that `providers` says of them.

    Args:
        data: what `ranked` was asked of.
        ranked: its columns `RANKED`, and any more, which are left out.
        topics: as for `providers`.

    Returns:
        As `providers`.

    Raises:
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> frame = pd.DataFrame({"article_id": list("abc"), "provider_id": ["sky.com", "sky.com", "bbc.com"]})
    >>> frame = frame.assign(event_id=None, published_at=pd.Timestamp("2021-08-23T05:30Z"), heat=[9.0, 7.0, None])
    >>> frame = frame.assign(time_precision="time", is_original=True, quality=[50.0, 70.0, None])
    >>> with_details(frame, ranked_providers(frame))[["provider_id", "heat_mean"]].to_numpy().tolist()
    [['sky.com', 8.0], ['bbc.com', nan]]
    """
    frames, names = coded_of(data, {"articles": REQUIRES})
    frame, table = frames["articles"], ranked[list(RANKED)].set_index("provider_id")
    table = table.join(_scores(frame, names, "heat", table.index).rename(columns={"heat_n": "n_heat"}))
    table["n_topics"] = _topics(data, topics, table.index)
    table = table.join(_lateness(frame, names)).fillna({"n_followed": 0})
    return _tidy(table, CREATES)


def _tidy(table: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    table = table.rename(columns={"quality_n": "n_scored"}).reset_index()[list(columns)].astype(columns)
    return table.sort_values(["count", "provider_id"], ascending=[False, True], ignore_index=True)


def _ranked(frame: Frame, names: Names) -> pd.DataFrame:
    """What ranks outlets, by `provider_id`."""
    table = _counted(frame, names).set_index("provider_id")
    total = int(table["count"].sum())
    table["share"] = table["count"] / total if total else np.nan
    table["share_low"], table["share_high"] = wilson(table["count"], total)
    table["few"] = table["count"] < FEW
    with np.errstate(invalid="ignore"):
        table["originality"] = table["originals"] / table["n_compared"]
    table["originality_low"], table["originality_high"] = wilson(table["originals"], table["n_compared"])
    table = table.join(_scores(frame, names, "quality", table.index))
    believed = shrunk_means(table["quality_n"], table["quality_total"], table["quality_squares"])
    table["quality"], table["quality_low"], table["quality_high"] = believed
    known = np.where(table["quality_n"] < FEW, "few", "known")
    table["quality_status"] = np.where(table["quality_n"] == 0, "unknown", known)
    return table


def _counted(frame: Frame, names: Names) -> pd.DataFrame:
    original = nw.col("is_original")
    marked = frame.with_columns(
        (~original.is_null()).cast(nw.Int64()).alias("n_compared"),
        present(original).cast(nw.Int64()).alias("originals"),
    )
    counted = marked.group_by("provider_id").agg(
        nw.len().alias("count"),
        nw.col("n_compared", "originals").sum(),
        nw.col("published_at").min().alias("first_seen"),
        nw.col("published_at").max().alias("last_seen"),
    )
    return collect(counted, _COUNTED, names=names)


def _lateness(frame: Frame, names: Names) -> pd.DataFrame:
    """How many events others opened before each outlet took them up, and the median of how long before.

    What `lags` gives by event, summed up in the engine; a test holds both to the same numbers.
    """
    timed = present(nw.col("time_precision") == "time") & ~nw.col("published_at").is_null()
    usable = frame.filter(timed & ~nw.col("event_id").is_null() & ~copies())
    if names is not None:
        return _coded_lateness(usable, names)
    own = usable.group_by("event_id", "provider_id").agg(nw.col("published_at").min())
    first = own.group_by("event_id").agg(nw.col("published_at").min().alias("first_at"))
    late = own.join(first, on="event_id").filter(nw.col("published_at") > nw.col("first_at"))
    late = late.select("provider_id", lag(late, "published_at", "first_at").alias("lag"))
    found = late.group_by("provider_id").agg(nw.col("lag").median(), nw.len().alias("n_followed"))
    table = collect(found, {"provider_id": "str", "lag": "float64", "n_followed": "int64"}, names=names)
    return (
        table.assign(lag_median_hours=table["lag"] / MICROSECONDS_PER_HOUR)
        .set_index("provider_id")
        .drop(columns="lag")
    )


def _coded_lateness(usable: Frame, names: Names) -> pd.DataFrame:
    """The same of a frame that is coded, which is gone through once."""
    outlet, late = openings(usable).lags()
    starts = np.flatnonzero(np.diff(outlet, prepend=-1))
    n = np.diff(starts, append=len(outlet))
    middle = (late[starts + (n - 1) // 2] + late[starts + n // 2]) / 2
    index = pd.Index(named(pd.Series(outlet[starts]), names), name="provider_id")
    return pd.DataFrame({"n_followed": n, "lag_median_hours": middle / MICROSECONDS_PER_HOUR}, index=index)


def _scores(frame: Frame, names: Names, name: str, index: pd.Index[Any]) -> pd.DataFrame:
    """Number, sum, sum of squared distances, mean and median of a score by outlet, from counted values.

    Engines add floats in different orders and define medians differently; counted values in a fixed order do not.
    """
    found = frame.filter(~nw.col(name).is_null()).group_by("provider_id", name).agg(nw.len().alias("n"))
    counted = collect(found, {"provider_id": code_dtype(names), name: "float64", "n": "int64"}, names=names)
    codes, outlets = pd.factorize(counted["provider_id"], use_na_sentinel=False)
    place = index.get_indexer(pd.Index(named(pd.Series(outlets), names)))[codes]
    value, n, size = counted[name].to_numpy(), counted["n"].to_numpy(), len(index)
    number = np.bincount(place, weights=n, minlength=size)
    total = np.bincount(place, weights=value * n, minlength=size)
    mean = np.divide(total, number, out=np.full(size, np.nan), where=number > 0)
    squares = np.bincount(place, weights=(value - mean[place]) ** 2 * n, minlength=size)
    median = _medians(place, value, n, size)
    columns = {
        "n": number.astype(np.int64),
        "total": total,
        "squares": squares,
        "mean": mean,
        "median": median,
    }
    return pd.DataFrame(columns, index=index).add_prefix(f"{name}_")


def _medians(place: Ints, value: Floats, n: Ints, size: int) -> Floats:
    """The median of the counted values of each place; NaN where there are none."""
    order = np.lexsort((value, place))
    value, upto = value[order], np.cumsum(n[order])
    number = np.bincount(place, weights=n, minlength=size).astype(np.int64)
    start, some = np.cumsum(number) - number, number > 0
    low, high = (
        np.searchsorted(upto, (start + middle)[some], side="right")
        for middle in ((number - 1) // 2, number // 2)
    )
    medians = np.full(size, np.nan)
    medians[some] = (value[low] + value[high]) / 2
    return medians


def _topics(data: Any, topics: Any, index: pd.Index[Any]) -> pd.Series[Any]:
    """Distinct topics by outlet; missing where there is no table of topics."""
    if topics is None and not is_selection(data):
        return pd.Series(pd.NA, index=index, dtype="Int64")
    needs = {"articles": {"article_id", "provider_id"}, "article_topics": {"article_id", "topic"}}
    frames, names = coded_of(data, needs, {"article_topics": topics})
    labels = frames["article_topics"].select("article_id", "topic")
    joined = frames["articles"].select("article_id", "provider_id").join(labels, on="article_id")
    # Two groupings are faster than to count distinct topics in one.
    pairs = joined.group_by("provider_id", "topic").agg(nw.len().alias("n"))
    counted = pairs.group_by("provider_id").agg(nw.len().alias("n"))
    table = collect(counted, {"provider_id": "str", "n": "int64"}, names=names).set_index("provider_id")["n"]
    return table.reindex(index, fill_value=0).astype("Int64")
