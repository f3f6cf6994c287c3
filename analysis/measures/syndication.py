"""How often the same text runs again, who writes the texts that others copy, and who copies whom.

A text is a group of copies (`copy_group_id`), or one article that has no copies. The multiplier of a period is its
articles over its distinct texts: 1 where nothing was copied. The original is the earliest copy (`is_original`).

Limits: original means earliest of those collected; an agency's own page is often missing, and its first customer
then passes for the origin. Grouping misses rewritten copies. Counts describe what was collected and carry no
interval; `n_texts` says how few there are. Lags leave out times of which only the day is known.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from analysis.measures.codes import named
from analysis.measures.counting import copies
from analysis.measures.frames import Frame, coded_of, collect, frame_of, present
from analysis.measures.instants import MICROSECONDS_PER_HOUR, lag
from analysis.measures.intervals import wilson
from analysis.measures.numbers import Numbers, in_order, numbers_of, quantiles_of, times_of
from analysis.measures.openings import copied, exact
from analysis.measures.periods import Periods
from analysis.measures.volume import volume

__all__ = [
    "CREATES",
    "CREATES_COPIERS",
    "CREATES_ROLES",
    "REQUIRES",
    "REQUIRES_COPIERS",
    "copiers",
    "copying_roles",
    "syndication",
]

REQUIRES = ("article_id", "copy_group_id", "published_at")
CREATES = ("period", "n_articles", "n_texts", "multiplier", "status")
REQUIRES_COPIERS = (*REQUIRES, "is_original", "provider_id", "time_precision")
CREATES_COPIERS = {"origin": "str", "copier": "str", "n": "int64", "median_lag_hours": "float64"}
CREATES_ROLES = {
    "provider_id": "str",
    "n_articles": "int64",
    "n_originals": "int64",
    "original_share": "float64",
    "original_low": "float64",
    "original_high": "float64",
    "n_copied": "int64",  # copies of its texts at other providers
    "n_copies": "int64",  # its own copies of others' texts
    "n_unattributed": "int64",  # its own copies whose original is not in the data
}


def syndication(
    data: Any,
    *,
    every: str = "day",
    zone: str | None = None,
    week_start: str = "monday",
    collection: Any = None,
) -> pd.DataFrame:
    """Articles per text in each period.

    Args:
        data: a selection, or a frame of articles with the columns `REQUIRES`.
        every: `hour`, `day`, `week`, `month`, `quarter` or `year`.
        zone: IANA zone whose clock cuts the periods; the selection's, or UTC.
        week_start: first day of the week.
        collection: frame of `collection`, where `data` is a plain frame.

    Returns:
        One row a period of `volume`: `period`, `n_articles` and `n_texts` (`Int64`, missing where not collected),
        `multiplier` (NaN where there are no articles), `status`. A text that runs in two periods counts in both.

    Raises:
        BadOption, NotAFrame, MissingColumns, WrongZone: as `volume`.

    >>> times = pd.to_datetime(["2021-08-23T05:30Z"] * 3)
    >>> frame = pd.DataFrame({"article_id": ["a", "b", "c"], "copy_group_id": ["g", "g", None]})
    >>> syndication(frame.assign(published_at=times))[["n_articles", "n_texts", "multiplier"]]
       n_articles  n_texts  multiplier
    0           3        2         1.5
    """
    counted = volume(data, every=every, zone=zone, week_start=week_start, collection=collection)
    periods = Periods(every, zone or str(getattr(data, "zone", "UTC")), week_start)
    frame = coded_of(data, {"articles": REQUIRES})[0]["articles"].filter(~nw.col("published_at").is_null())
    texts = periods.cut(frame.with_columns(text=_text())).group_by("period").agg(n=nw.col("text").n_unique())
    found = collect(texts, {"period": "datetime64[us, UTC]", "n": "int64"})
    n_texts = pd.Series(found["n"].to_numpy(), index=pd.DatetimeIndex(periods.starts_of(found["period"])))
    table = counted.rename(columns={"count": "n_articles"})
    table["n_texts"] = n_texts.reindex(table["period"], fill_value=0).astype("Int64").to_numpy()
    table["n_texts"] = table["n_texts"].astype("Int64").where(table["n_articles"].notna())
    known = table["n_texts"].astype("float64")
    table["multiplier"] = table["n_articles"].astype("float64") / known.where(known > 0)
    return table[list(CREATES)]


def copiers(data: Any) -> pd.DataFrame:
    """Who copies whom: the provider-by-provider matrix of copies, in long form.

    Args:
        data: a selection, or a frame of articles with the columns `REQUIRES_COPIERS`.

    Returns:
        One row an origin and a copier with at least one copy, columns `CREATES_COPIERS`, most copies first: `n`
        copies at `copier` of texts whose original is at `origin`, and their median lag in hours (NaN where no pair
        of times is known to the minute). An outlet that runs its own text again is its own copier. Copies whose
        original is not in the data are left out; `copying_roles` counts them.

    Raises:
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> times = pd.to_datetime(["2021-08-23T05:30Z", "2021-08-23T08:00Z"])
    >>> frame = pd.DataFrame({"article_id": ["a", "b"], "provider_id": ["pa.org", "sky.com"],
    ...     "published_at": times, "copy_group_id": "g", "time_precision": "time", "is_original": [True, False]})
    >>> copiers(frame)
       origin   copier  n  median_lag_hours
    0  pa.org  sky.com  1               2.5
    """
    if (articles := numbers_of(data, REQUIRES_COPIERS)) is not None:
        return _coded_copiers(articles)
    pairs = _pairs(frame_of(data, needs=REQUIRES_COPIERS)).filter(~nw.col("origin").is_null())
    counted = pairs.group_by("origin", "copier").agg(n=nw.len(), median_lag_hours=nw.col("lag").median())
    table = collect(counted, CREATES_COPIERS)
    table["median_lag_hours"] /= MICROSECONDS_PER_HOUR
    return table.sort_values(["n", "origin", "copier"], ascending=[False, True, True], ignore_index=True)


def _coded_copiers(articles: Numbers) -> pd.DataFrame:
    """The same of articles that are coded: a text has one original at most, as a build marks them."""
    outlet, group, in_group = (
        articles.ints("provider_id"),
        articles.ints("copy_group_id"),
        articles.known("copy_group_id"),
    )
    original = np.flatnonzero(in_group & articles.equal("is_original", value=True))
    original_of = np.full(len(articles.names), -1, dtype=np.int64)
    original_of[group[original]] = original
    later = np.flatnonzero(in_group & copied(articles))
    first = original_of[group[later]]
    later, first = later[first >= 0], first[first >= 0]
    table = times_of(origin=outlet[first], copier=outlet[later]).rename(columns={"times": "n"})
    # Of pairs, too, which stand in the same order.
    width = len(articles.names)
    pair, at, timed = (
        outlet[first].astype(np.int64) * width + outlet[later],
        articles.moments("published_at"),
        exact(articles),
    )
    known = timed[first] & timed[later]
    lag = (at[later] - at[first])[known]
    least = lag.min() if len(lag) else 0
    middle = (
        quantiles_of(*in_order(pair[known], lag - least), median=0.5).set_index("group")["median"] + least
    )
    found = middle.reindex(table["origin"] * width + table["copier"]).to_numpy()
    table["median_lag_hours"] = found / MICROSECONDS_PER_HOUR
    table = table.sort_values(["n", "origin", "copier"], ascending=[False, True, True], ignore_index=True)
    written = {role: named(table[role], articles.names) for role in ("origin", "copier")}
    return table.assign(**written)[list(CREATES_COPIERS)].astype(CREATES_COPIERS)


def copying_roles(data: Any) -> pd.DataFrame:
    """Who originates and who copies: each provider's originals, its copies, and how often others copy it.

    Args:
        data: a selection, or a frame of articles with the columns `REQUIRES_COPIERS`.

    Returns:
        One row a provider, columns `CREATES_ROLES`, most copied first: `original_share` of its articles are no
        copies (0 to 1, 95 % interval by Wilson). Copies within one provider are in `n_articles` only.

    Raises:
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> frame = pd.DataFrame({"article_id": ["a", "b"], "provider_id": ["pa.org", "sky.com"], "copy_group_id": "g"})
    >>> frame = frame.assign(published_at=pd.Timestamp("2021-08-23T05:30Z"), time_precision="time")
    >>> copying_roles(frame.assign(is_original=[True, False]))[["provider_id", "n_originals", "n_copied", "n_copies"]]
      provider_id  n_originals  n_copied  n_copies
    0      pa.org            1         1         0
    1     sky.com            0         0         1
    """
    frames, names = coded_of(data, {"articles": REQUIRES_COPIERS})
    frame = frames["articles"]
    plain = frame.select("provider_id", original=(~copies()).cast(nw.Int64()))
    own = plain.group_by("provider_id").agg(n_articles=nw.len(), n_originals=nw.col("original").sum())
    pairs = _pairs(frame).group_by("origin", "copier").agg(n=nw.len())
    matrix = collect(pairs, {"origin": "str", "copier": "str", "n": "int64"}, names=names)
    orphans = matrix[matrix["origin"].isna()]
    others = matrix[matrix["origin"].notna() & (matrix["origin"] != matrix["copier"])]
    dtypes = {name: CREATES_ROLES[name] for name in ("provider_id", "n_articles", "n_originals")}
    table = collect(own, dtypes, names=names)
    counts = {
        "n_copied": (others, "origin"),
        "n_copies": (others, "copier"),
        "n_unattributed": (orphans, "copier"),
    }
    for name, (part, role) in counts.items():
        table[name] = table["provider_id"].map(part.groupby(role)["n"].sum()).fillna(0)
    table["original_share"] = table["n_originals"] / table["n_articles"]
    table["original_low"], table["original_high"] = wilson(table["n_originals"], table["n_articles"])
    order = table.sort_values(["n_copied", "n_articles", "provider_id"], ascending=[False, False, True])
    return order[list(CREATES_ROLES)].astype(CREATES_ROLES).reset_index(drop=True)


def _text() -> nw.Expr:
    """What names the text of an article."""
    return nw.coalesce(nw.col("copy_group_id"), nw.col("article_id"))


def _pairs(frame: Frame) -> Frame:
    """One row a copy: the provider of its original (missing where that is not here), its own, and the lag."""
    timed = frame.filter(~nw.col("copy_group_id").is_null()).with_columns(
        at=nw.when(present(nw.col("time_precision") == "time")).then(nw.col("published_at"))
    )
    copied = timed.filter(copies()).select("copy_group_id", "at", copier=nw.col("provider_id"))
    original = timed.filter(present(nw.col("is_original")))
    origin = original.select("copy_group_id", origin=nw.col("provider_id"), origin_at=nw.col("at"))
    joined = copied.join(origin, on="copy_group_id", how="left")
    return joined.with_columns(lag=lag(joined, "at", "origin_at"))
