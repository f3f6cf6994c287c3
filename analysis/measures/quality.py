"""How good the coverage is, and whether what it shows depends on how good.

Scores are those of the articles, as collected; an article nobody scored is of the tier `unknown`, never of a low
one. The bounds of the tiers are those of `tiers`.

Intervals: shares by Wilson; ratios of rates as `rate_ratio`, which takes articles as independent (copies are not:
count originals); the rank correlation after Bonett & Wright, Psychometrika 65 (2000), with Fisher's z and variance
(1 + r^2 / 2) / (n - 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from analysis.measures.chance import at_most
from analysis.measures.counting import copies
from analysis.measures.frames import BadOption, MissingColumns, coded_of, collect, count_true, one_of, present
from analysis.measures.intervals import Z95, adjusted, rate_ratio, wilson
from analysis.measures.spans import Span, as_span, within
from analysis.measures.tiers import BOUNDS
from analysis.measures.volume import volume

__all__ = [
    "CREATES",
    "CREATES_BURSTS",
    "CREATES_HEAT",
    "CREATES_THRESHOLDS",
    "REQUIRES",
    "THRESHOLDS",
    "low_quality_bursts",
    "quality",
    "quality_against_heat",
    "quality_thresholds",
]

REQUIRES = ("published_at", "quality")  # quality_against_heat: "quality" and "heat"
CREATES = ("period", "tier", "count", "of", "share", "share_low", "share_high", "status")
CREATES_THRESHOLDS = {
    "threshold": "float64",  # NaN: every article, scored or not
    "n_articles": "int64",
    "share": "float64",
    "n_period": "int64",
    "n_baseline": "int64",
    "ratio": "float64",
    "ratio_low": "float64",
    "ratio_high": "float64",
    "holds": "boolean",
}
CREATES_BURSTS = {
    "n_articles": "int64",
    "n_scored": "int64",
    "n_low": "int64",
    "low_share": "float64",
    "low_share_low": "float64",
    "low_share_high": "float64",
    "usual_share": "float64",
    "p_value": "float64",
    "p_adjusted": "float64",
    "low_quality": "bool",
}
CREATES_HEAT = {
    "n": "int64",
    "n_left_out": "int64",
    "rho": "float64",
    "rho_low": "float64",
    "rho_high": "float64",
}
THRESHOLDS = tuple(range(0, 101, 10))


def quality(
    data: Any,
    *,
    every: str = "day",
    zone: str | None = None,
    week_start: str = "monday",
    collection: Any = None,
) -> pd.DataFrame:
    """The share of each quality tier over time.

    Args:
        data: a selection, or a frame of articles with the columns `REQUIRES`.
        every: `hour`, `day`, `week`, `month`, `quarter` or `year`.
        zone: IANA zone whose clock cuts the periods; the selection's, or UTC.
        week_start: first day of the week.
        collection: frame of `collection`, where `data` is a plain frame.

    Returns:
        One row a period and tier: `period`, `tier`, `count` and `of` (`Int64`, the articles of the
        period; missing where not collected), `share` with its 95 % interval (NaN where there are no articles),
        `status`.

    Raises:
        BadOption, NotAFrame, MissingColumns, WrongZone: as `volume`.

    >>> times = pd.to_datetime(["2021-08-23T05:30Z"] * 4)
    >>> quality(pd.DataFrame({"published_at": times, "quality": [80, 50, 50, None]}))[["tier", "share"]]
          tier  share
    0     high   0.25
    1   medium   0.50
    2      low   0.00
    3  unknown   0.25
    """
    table = volume(data, every=every, by="tier", zone=zone, week_start=week_start, collection=collection)
    known = table["count"].notna()
    table["of"] = table.groupby("period")["count"].transform("sum").astype("Int64").where(known)
    count, of = (table[name].astype("float64").to_numpy(dtype=float) for name in ("count", "of"))
    table["share_low"], table["share_high"] = wilson(count, of)
    table["share"] = np.divide(count, of, out=np.full(len(of), np.nan), where=of > 0)
    return table[list(CREATES)]


def quality_thresholds(
    data: Any,
    period: Span,
    baseline: Span,
    *,
    thresholds: Sequence[float] = THRESHOLDS,
    basis: str = "articles",
) -> pd.DataFrame:
    """Whether a rise or fall survives when poorly scored articles are left out.

    Args:
        data: a selection, or a frame of articles with the columns `REQUIRES`.
        period: (first instant, end), with zone.
        baseline: the stretch it is held against.
        thresholds: scores; each row counts the articles scored so or higher.
        basis: `articles`, or `originals`, which needs `is_original`.

    Returns:
        Columns `CREATES_THRESHOLDS`: a first row of every article, scored or not, then one row a threshold.
        `n_articles` and `share` (of the first row) are of all times; `ratio` is coverage per hour in `period` over
        that in `baseline`, with its 95 % interval. `holds` says whether the interval lies on the same side of 1 as
        the first row's; missing where the first row's has 1 in it, so that there is nothing to hold.

    Raises:
        BadOption: no thresholds, one that is not finite, an unknown basis, or a span as in `as_span`.
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> times = pd.to_datetime(["2021-08-22T05:30Z", "2021-08-23T05:30Z", "2021-08-23T06:30Z"])
    >>> frame = pd.DataFrame({"published_at": times, "quality": [60, 60, 20.0]})
    >>> spans = ("2021-08-23T00:00Z", "2021-08-24T00:00Z"), ("2021-08-22T00:00Z", "2021-08-23T00:00Z")
    >>> quality_thresholds(frame, *spans, thresholds=[50])[["threshold", "n_period", "n_baseline", "ratio"]]
       threshold  n_period  n_baseline  ratio
    0        NaN         2           1    2.0
    1       50.0         1           1    1.0
    """
    spans = as_span("period", period), as_span("baseline", baseline)
    levels = sorted(float(threshold) for threshold in thresholds)
    if not levels or not np.isfinite(levels).all():
        raise BadOption(f"thresholds must be one or more numbers; got {thresholds!r}")
    by_copies = one_of("basis", basis, ("articles", "originals")) == "originals"
    needs = {"articles": (*REQUIRES, "is_original") if by_copies else REQUIRES}
    frame = coded_of(data, needs)[0]["articles"]
    frame = frame.filter(~copies()) if by_copies else frame
    inside = {
        name: present(within(span, frame)) for name, span in zip(("period", "baseline"), spans, strict=True)
    }
    marked = frame.select("quality", **{name: mark.cast(nw.Int64()) for name, mark in inside.items()})
    counted = marked.group_by("quality").agg(
        n=nw.len(), period=nw.col("period").sum(), baseline=nw.col("baseline").sum()
    )
    scores = collect(counted, {"quality": "float64", "n": "int64", "period": "int64", "baseline": "int64"})
    reached = scores["quality"].to_numpy()[None, :] >= np.array(levels)[:, None]
    chosen = np.vstack([np.ones((1, len(scores)), dtype=bool), reached])
    sums = chosen @ scores[["n", "period", "baseline"]].to_numpy()
    table = pd.DataFrame(sums, columns=["n_articles", "n_period", "n_baseline"])
    table.insert(0, "threshold", [np.nan, *levels])
    lengths = [(end - start).total_seconds() for start, end in spans]
    ratio = rate_ratio(table["n_period"], table["n_baseline"], exposure=lengths[0] / lengths[1])
    table["ratio"], table["ratio_low"], table["ratio_high"] = ratio
    table["share"] = table["n_articles"] / max(int(table["n_articles"].iloc[0]), 1)
    side = np.where(table["ratio_low"] > 1, 1, np.where(table["ratio_high"] < 1, -1, 0))
    table["holds"] = pd.array(side == side[0], dtype="boolean") if side[0] else pd.NA
    return table[list(CREATES_THRESHOLDS)].astype(CREATES_THRESHOLDS).reset_index(drop=True)


def low_quality_bursts(bursts: pd.DataFrame, data: Any, *, below: float = BOUNDS["medium"]) -> pd.DataFrame:
    """Which bursts are driven by poorly scored articles.

    Args:
        bursts: one row a burst with `start` and `end` (exclusive), times with a zone, such as `bursts` gives.
        data: the articles that it was found in, with the columns `REQUIRES`.
        below: a score under this is low; the lower bound of the tier `medium` unless given.

    Returns:
        `bursts` with the columns `CREATES_BURSTS`: how many of the burst's scored articles are low, the share with
        its 95 % interval, the share in the articles outside the burst, the probability of as many or more when the
        scored articles are drawn blindly (hypergeometric), that probability for all bursts (Benjamini & Hochberg),
        and `low_quality`: at least half are low, and adjusted under 5 %. Unscored articles count on neither side.

    Raises:
        MissingColumns: also where `bursts` lacks `start` or `end`.
        NotAFrame, WrongZone: as `frame_of`.

    >>> ends = pd.to_datetime(["2021-08-23T00:00Z", "2021-08-24T00:00Z"])
    >>> found = pd.DataFrame({"start": ends[:1], "end": ends[1:]})
    >>> times = pd.to_datetime(["2021-08-22T05:30Z", "2021-08-23T05:30Z", "2021-08-23T06:30Z"])
    >>> frame = pd.DataFrame({"published_at": times, "quality": [60, 60, 20.0]})
    >>> low_quality_bursts(found, frame)[["n_articles", "n_low", "low_share", "low_quality"]]
       n_articles  n_low  low_share  low_quality
    0           2      1        0.5        False
    """
    if missing := {"start", "end"} - set(bursts.columns):
        raise MissingColumns(
            f"bursts needs the columns {', '.join(sorted(missing))}; it has {', '.join(map(str, bursts.columns))}"
        )
    frame = coded_of(data, {"articles": REQUIRES})[0]["articles"]
    scored, low = ~nw.col("quality").is_null(), present(nw.col("quality") < below)
    asked = {"scored": count_true(scored), "low": count_true(low)}
    for place, (start, end) in enumerate(zip(bursts["start"], bursts["end"], strict=True)):
        inside = present(within(as_span("bursts", (start, end)), frame))
        asked |= {f"n_articles{place}": count_true(inside), f"n_scored{place}": count_true(inside & scored)}
        asked[f"n_low{place}"] = count_true(inside & low)
    counts = collect(frame.select(**asked), dict.fromkeys(asked, "Int64")).fillna(0).astype("int64").iloc[0]
    table = bursts.copy()
    for name in ("n_articles", "n_scored", "n_low"):
        table[name] = np.array([counts[f"{name}{place}"] for place in range(len(bursts))], dtype="int64")
    table["low_share"] = table["n_low"] / table["n_scored"].where(table["n_scored"] > 0)
    table["low_share_low"], table["low_share_high"] = wilson(table["n_low"], table["n_scored"])
    others = counts["scored"] - table["n_scored"]
    table["usual_share"] = (counts["low"] - table["n_low"]) / others.where(others > 0)
    fewer = at_most(table["n_low"] - 1, int(counts["scored"]), int(counts["low"]), table["n_scored"])
    table["p_value"] = pd.Series(1 - fewer, index=table.index, dtype="float64").where(table["n_scored"] > 0)
    table["p_adjusted"] = adjusted(table["p_value"])
    table["low_quality"] = (table["low_share"] >= 0.5) & (table["p_adjusted"] < 0.05)
    return table.astype(CREATES_BURSTS)


def quality_against_heat(data: Any) -> pd.DataFrame:
    """Whether better articles get more attention: Spearman's rank correlation of quality and heat.

    Args:
        data: a selection, or a frame of articles with the columns `quality` and `heat`.

    Returns:
        One row, columns `CREATES_HEAT`: articles that have both values, articles left out, rho (-1 to 1; NaN under
        2 articles or where one value never varies) and its 95 % interval (NaN under 4 articles or at -1 and 1).

    Raises:
        NotAFrame, MissingColumns: as `frame_of`.

    >>> quality_against_heat(pd.DataFrame({"quality": [10, 20, 30, 40.0, None], "heat": [1, 3, 2, 4, 5]})).round(3)
       n  n_left_out  rho  rho_low  rho_high
    0  4           1  0.8   -0.819     0.998
    """
    frame = coded_of(data, {"articles": ("quality", "heat")})[0]["articles"]
    counted = frame.group_by("quality", "heat").agg(n=nw.len())
    pairs = collect(counted, {"quality": "float64", "heat": "float64", "n": "int64"})
    known = pairs.dropna()
    n = int(known["n"].sum())
    by_quality, by_heat = (_centred_ranks(known[name], known["n"]) for name in ("quality", "heat"))
    spread = np.sqrt((known["n"] * by_quality**2).sum() * (known["n"] * by_heat**2).sum())
    rho = float((known["n"] * by_quality * by_heat).sum() / spread) if spread > 0 else float("nan")
    low = high = float("nan")
    if n > 3 and abs(rho) < 1:
        reach = Z95 * np.sqrt((1 + rho**2 / 2) / (n - 3))
        low, high = (float(np.tanh(np.arctanh(rho) + side * reach)) for side in (-1, 1))
    row = {"n": n, "n_left_out": int(pairs["n"].sum()) - n, "rho": rho, "rho_low": low, "rho_high": high}
    return pd.DataFrame([row]).astype(CREATES_HEAT)


def _centred_ranks(values: pd.Series[float], counts: pd.Series[int]) -> pd.Series[float]:
    """The mean rank of each counted value among all, ties shared, less the mean of all ranks."""
    by_value = counts.groupby(values).sum()
    rank = by_value.cumsum() - (by_value - 1) / 2
    return values.map(rank) - (int(counts.sum()) + 1) / 2
