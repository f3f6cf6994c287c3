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
import pyarrow as pa

from analysis.measures.codes import named
from analysis.measures.frames import Frame, coded_of, collect, is_selection
from analysis.measures.intervals import wilson
from analysis.measures.labels import columns_of
from analysis.measures.numbers import times_of
from analysis.measures.outlet_counts import REQUIRES, OutletCounts, outlet_counts
from analysis.measures.shrinkage import shrunk_means

__all__ = ["CREATES", "FEW", "RANKED", "REQUIRES", "providers", "ranked_providers", "with_details"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

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
    return _tidy(_ranked(outlet_counts(data)), {name: CREATES[name] for name in RANKED})


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
    counts, table = outlet_counts(data), ranked[list(RANKED)].set_index("provider_id")
    table = table.join(_scores(counts, "heat", table.index).rename(columns={"heat_n": "n_heat"}))
    table["n_topics"] = _topics(data, topics, table.index)
    table = table.join(counts.late()).fillna({"n_followed": 0})
    return _tidy(table, CREATES)


def _tidy(table: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    table = table.rename(columns={"quality_n": "n_scored"}).reset_index()[list(columns)].astype(columns)
    return table.sort_values(["count", "provider_id"], ascending=[False, True], ignore_index=True)


def _ranked(counts: OutletCounts) -> pd.DataFrame:
    """What ranks outlets, by `provider_id`."""
    table = counts.counted()
    total = int(table["count"].sum())
    table["share"] = table["count"] / total if total else np.nan
    table["share_low"], table["share_high"] = wilson(table["count"], total)
    table["few"] = table["count"] < FEW
    with np.errstate(invalid="ignore"):
        table["originality"] = table["originals"] / table["n_compared"]
    table["originality_low"], table["originality_high"] = wilson(table["originals"], table["n_compared"])
    table = table.join(_scores(counts, "quality", table.index))
    believed = shrunk_means(table["quality_n"], table["quality_total"], table["quality_squares"])
    table["quality"], table["quality_low"], table["quality_high"] = believed
    known = np.where(table["quality_n"] < FEW, "few", "known")
    table["quality_status"] = np.where(table["quality_n"] == 0, "unknown", known)
    return table


def _scores(counts: OutletCounts, name: str, index: pd.Index[Any]) -> pd.DataFrame:
    """Number, sum, sum of squared distances, mean and median of a score by outlet, from counted values.

    Engines add floats in different orders and define medians differently; counted values in a fixed order do not.
    """
    outlets, places, value, n = counts.valued(name)
    place, size = index.get_indexer(outlets)[places], len(index)
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
    articles, labels = frames["articles"], frames["article_topics"]
    table = _topics_of(articles, labels) if names is None else _coded_topics_of(articles, labels, names)
    return table.reindex(index, fill_value=0).astype("Int64")


def _topics_of(articles: Frame, labels: Frame) -> pd.Series[int]:
    """Distinct topics by outlet, of those that have any."""
    joined = articles.select("article_id", "provider_id").join(
        labels.select("article_id", "topic"), on="article_id"
    )
    # Two groupings are faster than to count distinct topics in one.
    pairs = joined.group_by("provider_id", "topic").agg(nw.len().alias("n"))
    counted = pairs.group_by("provider_id").agg(nw.len().alias("n"))
    return collect(counted, {"provider_id": "str", "n": "int64"}).set_index("provider_id")["n"]


def _coded_topics_of(articles: Frame, labels: Frame, names: pa.Array) -> pd.Series[int]:
    """The same of tables that are coded."""
    article, outlet = columns_of(articles, "article_id", "provider_id")
    labelled, topic = columns_of(labels, "article_id", "topic")
    outlet_of = np.zeros(len(names), dtype=outlet.dtype)
    outlet_of[article] = outlet
    n = np.bincount(times_of(outlet=outlet_of[labelled], topic=topic)["outlet"])
    some = np.flatnonzero(n)
    return pd.Series(n[some], index=pd.Index(named(pd.Series(some), names)))
