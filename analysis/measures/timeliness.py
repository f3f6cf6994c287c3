"""Who was first in this corpus, who followed and how late, against what chance would give.

An event counts where two providers have it at a known time. Copies, and articles of which only the day is known,
are left out and counted. Articles of one event at the very same first time are all first.

Baseline: the providers' names are shuffled over the articles of each event, which keeps the times and how many
articles each provider has. A provider with m of an event's n articles is then first with

    p = 1 - C(n - m, t) / C(n, t),    t articles share the first time

and its count of firsts over independent events is Poisson-binomial. Its distribution is computed exactly from the
characteristic function (Hong, Computational Statistics & Data Analysis 59, 2013), in place of random shuffles:
no seed, no noise.

Limits: "first" is first in this corpus; whoever was not collected may have been earlier. Times are the outlets'
own. Events are computed, and a wrong event makes wrong firsts. Intervals take events as independent.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from analysis.measures.baseline import against_chance, chance_of_first
from analysis.measures.codes import code_of, named
from analysis.measures.counting import copies
from analysis.measures.frames import Frame, collect, frame_of, present
from analysis.measures.instants import MICROSECONDS_PER_HOUR, lag
from analysis.measures.intervals import adjusted, wilson
from analysis.measures.numbers import Numbers, numbers_of, quantiles_of, times_of
from analysis.measures.openings import copied, exact, openings

__all__ = ["CREATES", "CREATES_LAGS", "CREATES_QUARTILES", "REQUIRES", "lag_quartiles", "lags", "timeliness"]

REQUIRES = ("article_id", "event_id", "provider_id", "published_at", "time_precision", "is_original")
CREATES_LAGS = {
    "event_id": "str",
    "provider_id": "str",
    "article_id": "str",  # the provider's earliest of the event
    "published_at": "datetime64[us, UTC]",
    "lag_hours": "float64",
    "is_first": "bool",
    "n_providers": "int64",
}
CREATES_QUARTILES = {
    "provider_id": "str",
    "n_followed": "int64",  # events that another provider opened
    "lag_q1_hours": "float64",
    "lag_median_hours": "float64",
    "lag_q3_hours": "float64",
}
CREATES = {
    "provider_id": "str",
    "n_events": "int64",  # with another provider
    "n_first": "int64",
    "first_rate": "float64",
    "first_low": "float64",
    "first_high": "float64",
    "expected_rate": "float64",
    "expected_low": "float64",
    "expected_high": "float64",
    "p_value": "float64",
    "p_adjusted": "float64",
    "n_opened": "int64",  # events that it opened, those that nobody followed among them
    "followed_rate": "float64",
    "followed_low": "float64",
    "followed_high": "float64",
    "n_others": "int64",  # events that others opened
    "follow_rate": "float64",
    "follow_low": "float64",
    "follow_high": "float64",
    "median_lag_hours": "float64",
    "n_left_out_date_only": "int64",
    "n_left_out_copies": "int64",
}
_QUARTILES = {"lag_q1_hours": 0.25, "lag_median_hours": 0.5, "lag_q3_hours": 0.75}
_CASES = {"provider_id": "str", "m": "int64", "n": "int64", "t": "int64", "is_first": "int64", "k": "int64"}


def lags(data: Any, *, provider: str | None = None) -> pd.DataFrame:
    """How long after the first in this corpus each provider had each event.

    Args:
        data: a selection, or a frame of articles with the columns `REQUIRES`.
        provider: of this one only, beside all others; of every one unless given.

    Returns:
        One row an event and provider, columns `CREATES_LAGS`: the earliest article and its lag in hours. Events of
        one provider, copies and times of which only the day is known are left out.

    Raises:
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> times = pd.to_datetime(["2021-08-23T05:30Z", "2021-08-23T09:30Z"])
    >>> frame = pd.DataFrame({"article_id": ["a", "b"], "provider_id": ["pa.org", "sky.com"],
    ...     "published_at": times, "event_id": "e", "time_precision": "time", "is_original": True})
    >>> lags(frame)[["provider_id", "lag_hours", "is_first"]]
      provider_id  lag_hours  is_first
    0      pa.org        0.0      True
    1     sky.com        4.0     False
    """
    if (articles := numbers_of(data, REQUIRES)) is not None:
        return _coded_lags(articles, provider)
    timed = _timed(frame_of(data, needs=REQUIRES))
    pairs = _shared(_pairs(timed)).filter(nw.col("k") > 1)
    if provider is not None:
        pairs = pairs.filter(nw.col("provider_id").is_in([provider]))
    own = timed.join(pairs, on=["event_id", "provider_id"]).filter(nw.col("published_at") == nw.col("own_at"))
    earliest = own.group_by("event_id", "provider_id", "first_at", "is_first", "k").agg(
        nw.col("article_id").min(), nw.col("published_at").min()
    )
    named = earliest.with_columns(
        lag_hours=lag(earliest, "published_at", "first_at"), n_providers=nw.col("k")
    )
    dtypes = {**CREATES_LAGS, "is_first": "int64"}
    table = collect(named, dtypes, sort=["event_id", "lag_hours", "provider_id"])
    return table.assign(lag_hours=table["lag_hours"] / MICROSECONDS_PER_HOUR).astype(CREATES_LAGS)


def lag_quartiles(data: Any) -> pd.DataFrame:
    """How late each provider takes up what others had first in this corpus: the middle half of its lags.

    Args:
        data: a selection, or a frame of articles with the columns `REQUIRES`.

    Returns:
        One row a provider that followed on an event, columns `CREATES_QUARTILES`, those that followed most first;
        quartiles of the lags of `lags` that are not firsts, by linear interpolation.

    Raises:
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> times = pd.to_datetime(["2021-08-23T05:30Z", "2021-08-23T09:30Z"])
    >>> frame = pd.DataFrame({"article_id": ["a", "b"], "provider_id": ["pa.org", "sky.com"],
    ...     "published_at": times, "event_id": "e", "time_precision": "time", "is_original": True})
    >>> lag_quartiles(frame)[["provider_id", "n_followed", "lag_median_hours"]]
      provider_id  n_followed  lag_median_hours
    0     sky.com           1               4.0
    """
    articles = numbers_of(data, REQUIRES)
    table = (
        _quartiles(_timed(frame_of(data, needs=REQUIRES))) if articles is None else _coded_quartiles(articles)
    )
    hours = [name for name in CREATES_QUARTILES if name.endswith("_hours")]
    # Rounded, because engines interpolate to the last digit but one.
    table[hours] = table[hours].round() / MICROSECONDS_PER_HOUR
    return table.sort_values(["n_followed", "provider_id"], ascending=[False, True], ignore_index=True)


def timeliness(data: Any) -> pd.DataFrame:
    """How often each provider was first in this corpus, beside what chance gives, and how it follows.

    Args:
        data: a selection, or a frame of articles with the columns `REQUIRES`.

    Returns:
        One row a provider, columns `CREATES`, most firsts first. Rates are 0 to 1 with 95 % intervals (Wilson),
        NaN where there is nothing to take a share of:

        - `first_rate`: of its events with another provider, those where it was first; `expected_rate` with the
          middle 95 % of the baseline; `p_value`: two-sided against the baseline; `p_adjusted` for all providers
          (Benjamini & Hochberg), missing for one of so few events that no count would be a surprise.
        - `followed_rate`: of the events it opened, those that another provider took up later or at once.
        - `follow_rate`: of the events that only others opened, those it took up; `median_lag_hours`: how late.
        - `n_left_out_date_only` (no time, or the day only), `n_left_out_copies`: its articles of events not used.

    Raises:
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> times = pd.to_datetime(["2021-08-23T05:30Z", "2021-08-23T09:30Z"])
    >>> frame = pd.DataFrame({"article_id": ["a", "b"], "provider_id": ["pa.org", "sky.com"],
    ...     "published_at": times, "event_id": "e", "time_precision": "time", "is_original": True})
    >>> timeliness(frame)[["provider_id", "n_first", "first_rate", "expected_rate", "median_lag_hours"]]
      provider_id  n_first  first_rate  expected_rate  median_lag_hours
    0      pa.org        1         1.0            0.5               NaN
    1     sky.com        0         0.0            0.5               4.0
    """
    articles = numbers_of(data, REQUIRES)
    cases, medians, left_out = (
        _told(frame_of(data, needs=REQUIRES)) if articles is None else _coded_told(articles)
    )
    n_events = round(
        (cases["times"] / cases["k"]).sum()
    )  # an event is there once for each of its k providers
    table = pd.DataFrame(index=left_out.index).join(_counts(cases), how="left").fillna(0).astype("int64")
    table["n_others"] = n_events - table["n_opened"]
    rates = {"first": ("n_first", "n_events"), "followed": ("n_first", "n_opened")}
    rates["follow"] = ("n_follows", "n_others")
    for name, (part, whole) in rates.items():
        table[f"{name}_low"], table[f"{name}_high"] = wilson(table[part], table[whole])
        table[f"{name}_rate"] = table[part] / table[whole].where(table[whole] > 0)
    table = table.join(_baseline(cases)).join(left_out).join(medians / MICROSECONDS_PER_HOUR)
    table["p_adjusted"] = adjusted(table["p_value"], table["attainable"].fillna(1))
    table = table.rename(columns={"lag": "median_lag_hours"}).rename_axis("provider_id").reset_index()
    table["provider_id"] = named(table["provider_id"], None if articles is None else articles.names)
    ordered = table.sort_values(["n_first", "n_events", "provider_id"], ascending=[False, False, True])
    return ordered[list(CREATES)].astype(CREATES).reset_index(drop=True)


def _told(frame: Frame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """How often each case is there, with `times`; per provider the median of its lags, in microseconds; `_left_out`."""
    timed = _timed(frame)
    pairs = _pairs(timed)
    counted = _cases(timed, pairs).group_by(*_CASES).agg(times=nw.len())
    middle = _late(pairs).group_by("provider_id").agg(nw.col("lag").median())
    medians = collect(middle, {"provider_id": "str", "lag": "float64"}).set_index("provider_id")
    return collect(counted, {**_CASES, "times": "int64"}), medians, _left_out(frame)


def _coded_told(articles: Numbers) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The same of articles that are coded; providers by number."""
    found = openings(articles)
    cases = times_of(**{name: getattr(found, name).astype(np.int64) for name in _CASES})
    medians = quantiles_of(*found.lags(), lag=0.5).set_index("group")[["lag"]]
    return cases, medians, _coded_left_out(articles).set_index("provider_id")


def _quartiles(timed: Frame) -> pd.DataFrame:
    """Per provider its lags and their quartiles, in microseconds."""
    quantiles = {name: nw.col("lag").quantile(q, "linear") for name, q in _QUARTILES.items()}
    found = _late(_pairs(timed)).group_by("provider_id").agg(n_followed=nw.len(), **quantiles)
    return collect(found, CREATES_QUARTILES)


def _coded_quartiles(articles: Numbers) -> pd.DataFrame:
    """The same of articles that are coded."""
    table = quantiles_of(*openings(articles).lags(), **_QUARTILES).rename(columns={"n": "n_followed"})
    table["provider_id"] = named(table["group"], articles.names)
    return table[list(CREATES_QUARTILES)].astype(CREATES_QUARTILES)


def _coded_lags(articles: Numbers, provider: str | None) -> pd.DataFrame:
    """The lags of articles that are coded, of one provider or all."""
    own = None if provider is None else code_of(provider, articles.names)
    found = openings(articles, own)
    chosen = (found.k > 1) & (True if own is None else found.provider_id == own)
    order = np.flatnonzero(chosen)
    lag = (found.own_at - found.first_at)[order]
    order = order[np.lexsort((found.provider_id[order], lag, found.event_id[order]))]
    table = pd.DataFrame({
        **{
            name: named(pd.Series(getattr(found, name)[order]), articles.names)
            for name in ("event_id", "provider_id", "article_id")
        },
        "published_at": pd.to_datetime(found.own_at[order], unit="us", utc=True),
        "lag_hours": (found.own_at - found.first_at)[order] / MICROSECONDS_PER_HOUR,
        "is_first": found.is_first[order], "n_providers": found.k[order],
    })  # fmt: skip
    return table[list(CREATES_LAGS)].astype(CREATES_LAGS)


def _exact() -> nw.Expr:
    """Whether the time of day is known; a date alone would put an article first or last by its midnight."""
    return present(nw.col("time_precision") == "time") & ~nw.col("published_at").is_null()


def _timed(frame: Frame) -> Frame:
    """Articles of events that may be compared: at a known time, no copy."""
    usable = frame.filter(~nw.col("event_id").is_null() & _exact() & ~copies())
    return usable.select("article_id", "event_id", "provider_id", "published_at")


def _pairs(timed: Frame) -> Frame:
    """One row an event and provider: m of the event's n articles, both first times, and whether it is first."""
    own = timed.group_by("event_id", "provider_id").agg(m=nw.len(), own_at=nw.col("published_at").min())
    first = timed.group_by("event_id").agg(n=nw.len(), first_at=nw.col("published_at").min())
    pairs = own.join(first, on="event_id")
    return pairs.with_columns(is_first=(nw.col("own_at") == nw.col("first_at")).cast(nw.Int64()))


def _shared(pairs: Frame) -> Frame:
    """The pairs with k, how many providers have the event."""
    return pairs.join(pairs.group_by("event_id").agg(k=nw.len()), on="event_id")


def _cases(timed: Frame, pairs: Frame) -> Frame:
    """The pairs with k, and with t, how many articles share the event's first time."""
    first = timed.group_by("event_id").agg(first_at=nw.col("published_at").min())
    opened = timed.join(first, on="event_id").filter(nw.col("published_at") == nw.col("first_at"))
    return _shared(pairs).join(opened.group_by("event_id").agg(t=nw.len()), on="event_id")


def _late(pairs: Frame) -> Frame:
    """The lags of the providers that were not first, in microseconds."""
    late = pairs.filter(nw.col("is_first") == 0)
    return late.select("provider_id", lag=lag(late, "own_at", "first_at"))


def _left_out(frame: Frame) -> pd.DataFrame:
    """Per provider with an article of an event: the articles not used, each for one reason."""
    marked = frame.filter(~nw.col("event_id").is_null()).select(
        "provider_id",
        n_left_out_date_only=(~_exact()).cast(nw.Int64()),
        n_left_out_copies=(_exact() & copies()).cast(nw.Int64()),
    )
    counted = marked.group_by("provider_id").agg(nw.col("n_left_out_date_only", "n_left_out_copies").sum())
    dtypes = {"provider_id": "str", "n_left_out_date_only": "int64", "n_left_out_copies": "int64"}
    return collect(counted, dtypes).set_index("provider_id")


def _coded_left_out(articles: Numbers) -> pd.DataFrame:
    """The same of articles that are coded."""
    of_events, timed = articles.known("event_id"), exact(articles)
    outlet = articles.ints("provider_id")
    n = np.bincount(outlet[of_events])
    some = np.flatnonzero(n)
    reasons = {"date_only": of_events & ~timed, "copies": of_events & timed & copied(articles)}
    left_out = {
        f"n_left_out_{name}": np.bincount(outlet[marked], minlength=len(n))[some]
        for name, marked in reasons.items()
    }
    return pd.DataFrame({"provider_id": some, **left_out})


def _counts(cases: pd.DataFrame) -> pd.DataFrame:
    """Per provider: events with others, firsts among them, events opened with or without others, and followed."""
    shared, opened = (cases["k"] > 1).astype("int64"), cases["is_first"]
    kinds = {
        "n_events": shared,
        "n_first": shared * opened,
        "n_opened": opened,
        "n_follows": shared * (1 - opened),
    }
    counted = pd.DataFrame({name: kind * cases["times"] for name, kind in kinds.items()})
    return counted.groupby(cases["provider_id"]).sum()


def _baseline(cases: pd.DataFrame) -> pd.DataFrame:
    """Per provider: mean rate and middle 95 % of the shuffled firsts, and the probability of its own count."""
    shared = cases[cases["k"] > 1]
    p = chance_of_first(*(shared[name].to_numpy(dtype=np.float64) for name in ("m", "n", "t")))
    firsts = (shared["times"] * shared["is_first"]).groupby(shared["provider_id"]).sum()
    return against_chance(shared.assign(p=p).groupby(["provider_id", "p"])["times"].sum(), firsts)
