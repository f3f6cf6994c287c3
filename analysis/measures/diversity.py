"""How many voices: how concentrated coverage is on few outlets, over time.

With shares p of a period's articles by outlet, most first, over K outlets:

    hhi        sum p^2, Herfindahl-Hirschman: 1 / K (even) to 1 (one outlet)
    effective  1 / hhi: as many equally active outlets would be as concentrated (Hill number of order 2)
    entropy    -sum p ln p, in nats (Shannon)
    top3       share of the three most active
    gini       inequality among the outlets that have any article, 0 to (K - 1) / K

More articles find more outlets, so periods of different size are compared by `rarefied`: the outlets expected among
`size` articles drawn at random (Hurlbert, Ecology 52, 1971).

Bands are 95 % bootstrap intervals: articles are redrawn, and the bias that redrawing shows is taken off (Efron &
Tibshirani, An Introduction to the Bootstrap, 1993, chapter 10); a band always holds its value. The draws have a fixed
seed. What gini would be without chance is that of the true shares of the very outlets that have an article, since
nothing tells how many others there are: each redraw is held against the shares that its outlets were drawn with, and
the band reaches 1.96 standard deviations of these errors (chapter 6). Simulated in the tests, bands cover 93 to 97 %:
hhi and effective from 10 articles an outlet, entropy, top3 and gini from 100.

Limits: with fewer articles the bands of entropy, top3 and gini are too narrow. Bands take articles as independent,
which copies are not (``basis="originals"``).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import gammaln, xlogy

from analysis.measures.counting import basis_needs, count
from analysis.measures.coverage import collected_days, statuses
from analysis.measures.frames import BadOption, coded_of, collect, one_of
from analysis.measures.intervals import Z95
from analysis.measures.periods import Periods
from analysis.measures.spans import Span, as_span, within

__all__ = ["BASES", "CREATES", "INDICES", "REQUIRES", "concentration", "diversity", "rarefied"]

REQUIRES = frozenset({"published_at", "provider_id"})
BASES = ("articles", "originals", "events")
INDICES = ("hhi", "effective", "entropy", "top3", "gini")
CREATES = {
    "period": "datetime64[us, UTC]",
    "count": "int64",
    "n_providers": "int64",
    **{f"{name}{end}": "float64" for name in INDICES for end in ("", "_low", "_high")},
    "rarefied": "float64",
    "size": "int64",
    "status": "str",
}
Floats = npt.NDArray[np.float64]
DRAWS = 200
LEAST = 10  # periods with fewer articles do not lower the common size


def diversity(
    data: Any,
    *,
    every: str = "month",
    basis: str = "articles",
    size: int | None = None,
    zone: str | None = None,
    week_start: str = "monday",
    span: Span | None = None,
    collection: Any = None,
) -> pd.DataFrame:
    """Concentration of coverage per period.

    Args:
        data: a selection, or a frame of articles with the columns `REQUIRES`.
        every: `hour`, `day`, `week`, `month`, `quarter` or `year`.
        basis: what an outlet's share is of: `articles`, `originals` or `events` (an event counts once an outlet).
        size: articles to which periods are rarefied; unless given the smallest period of at least `LEAST`.
        zone: IANA zone whose clock cuts the periods; the selection's, or UTC.
        week_start: first day of the week.
        span: (first instant, end) to look at.
        collection: frame of `collection`, where `data` is a plain frame.

    Returns:
        One row a period that has articles, columns `CREATES` (`period` in the zone). `rarefied` is NaN where the period
        has fewer than `size` articles; `size` is 0 where no period has `LEAST`. `effective_high` is infinite where a
        period is too small to bound it.

    Raises:
        BadOption: an option has a value that is not allowed.
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> times = pd.to_datetime(["2021-08-23T05:30Z"] * 4)
    >>> frame = pd.DataFrame({"published_at": times, "provider_id": ["a.com", "a.com", "a.com", "b.com"]})
    >>> diversity(frame, size=2)[["hhi", "effective", "top3", "gini", "rarefied"]]
         hhi  effective  top3  gini  rarefied
    0  0.625        1.6   1.0  0.25       1.5
    """
    one_of("basis", basis, BASES)
    if size is not None and size < 1:
        raise BadOption(f"size must be at least 1; got {size}")
    periods = Periods(every, zone or str(getattr(data, "zone", "UTC")), week_start)
    frame = coded_of(data, {"articles": REQUIRES | basis_needs(basis)})[0]["articles"]
    frame = frame.filter(~nw.col("published_at").is_null())
    if span is not None:
        frame = frame.filter(within(as_span("span", span), frame))
    dtypes = {"period": "datetime64[us, UTC]", "n": "int64"}
    counted = collect(count(periods.cut(frame), basis, ["period", "provider_id"]), dtypes)
    groups = [
        (mark, np.sort(some["n"].to_numpy())[::-1])
        for mark, some in counted[counted["n"] > 0].groupby("period")
    ]
    totals = [int(shares.sum()) for _, shares in groups]
    common = size if size is not None else min((n for n in totals if n >= LEAST), default=0)
    with ThreadPoolExecutor() as pool:  # numpy draws without holding up the others
        drawn = list(pool.map(_row, (shares for _, shares in groups)))
    rows = [
        {"period": mark, **row, "rarefied": rarefied(shares, common), "size": common}
        for (mark, shares), row in zip(groups, drawn, strict=True)
    ]
    table = pd.DataFrame(rows, columns=list(CREATES)).astype({**CREATES, "status": "object"})
    table["period"] = periods.starts_of(table["period"])
    starts = pd.DatetimeIndex(table["period"])
    table["status"] = statuses(
        starts, periods.ends_of(starts), collected_days(data, collection), table["count"]
    )
    return table.astype({"status": "str"})


def _row(counts: npt.NDArray[np.int64]) -> dict[str, Any]:
    """The indices of one period with their bands."""
    n = int(counts.sum())
    shares = counts / n
    values = concentration(shares[None, :])
    drawn = np.random.default_rng(0).multinomial(n, shares, size=DRAWS) / n
    redrawn = concentration(-np.sort(-drawn, axis=1))
    row: dict[str, Any] = {"count": n, "n_providers": len(counts)}
    for name in INDICES:
        value, others = float(values[name][0]), redrawn[name]
        if name == "gini":
            errors = others - _gini_among(shares, drawn > 0)
            centre, reach = value - errors.mean(), Z95 * errors.std(ddof=1)
            low, high = centre - reach, centre + reach
        else:
            twice_bias = 2 * (others.mean() - value)
            low, high = np.quantile(others, [0.025, 0.975]) - twice_bias
        most = np.inf if name == "entropy" else 1.0
        row |= {
            name: value,
            f"{name}_low": min(max(low, 0.0), value),
            f"{name}_high": max(min(high, most), value),
        }
    # The ends of hhi turned over, because 1 / hhi of a redrawn sample is skewed.
    with np.errstate(divide="ignore"):
        row["effective_low"], row["effective_high"] = (
            float(1 / np.float64(row[f"hhi_{end}"])) for end in ("high", "low")
        )
    return row


def _gini_among(shares: Floats, seen: npt.NDArray[np.bool_]) -> Floats:
    """The gini of the shares, most first, of those outlets that each row of `seen` marks."""
    some = shares * seen
    by_rank = (some * seen.cumsum(axis=1, dtype=np.int32)).sum(axis=1) / some.sum(axis=1)
    number = seen.sum(axis=1)
    return np.asarray((number + 1 - 2 * by_rank) / number)


def concentration(shares: Floats) -> dict[str, Floats]:
    """The indices of `INDICES` for rows of shares.

    Args:
        shares: samples x outlets, each row adding up to 1, most first; zeros are no outlets.

    Returns:
        Index -> one value a row.

    >>> {name: value.round(3).tolist() for name, value in concentration(np.array([[0.5, 0.25, 0.25, 0.0]])).items()}
    {'hhi': [0.375], 'effective': [2.667], 'entropy': [1.04], 'top3': [1.0], 'gini': [0.167]}
    """
    hhi = (shares**2).sum(axis=1)
    number = (shares > 0).sum(axis=1)
    rank = np.arange(1, shares.shape[1] + 1)
    # Sum of (K + 1 - 2 rank) p / K over outlets by rank, most first.
    gini = (number + 1 - 2 * (shares * rank).sum(axis=1)) / number
    entropy = -xlogy(shares, shares).sum(axis=1)
    top = shares[:, :3].sum(axis=1)
    return {"hhi": hhi, "effective": 1 / hhi, "entropy": entropy, "top3": top, "gini": gini}


def rarefied(counts: npt.ArrayLike, size: int) -> float:
    """The outlets expected among `size` articles drawn without replacement (Hurlbert 1971).

    Args:
        counts: articles of each outlet.
        size: articles drawn, at least 1.

    Returns:
        The expectation; NaN where there are fewer articles than `size`, or `size` is 0.

    >>> rarefied([3, 1], 2)
    1.5
    """
    n = np.asarray(counts, dtype=np.float64)
    total = n.sum()
    if not 0 < size <= total:
        return float("nan")
    left = total - n
    reachable = left >= size
    chance = np.zeros(len(n))
    chance[reachable] = np.exp(
        gammaln(left[reachable] + 1)
        - gammaln(left[reachable] - size + 1)
        - gammaln(total + 1)
        + gammaln(total - size + 1)
    )
    return float(round((1 - chance).sum(), 9))
