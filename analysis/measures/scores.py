"""How good a selection is, in one number or over time: the mean of its articles' quality scores with its interval.

The mean of n scores with standard deviation s has the 95 % interval of Student's t,

    mean +- t(.975, n - 1) s / sqrt(n)

Quartiles are by linear interpolation. Scores are those the records carry; an article that nobody scored is counted in
`n_articles` and in nothing else.

Limits: the interval takes articles as independent. Scores that go by the outlet, and copies, make it too narrow. Under
two scores there is none.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from analysis.measures.chance import student_t95
from analysis.measures.coverage import collected_days, statuses
from analysis.measures.frames import coded_of, collect, mean_of, quantile_of
from analysis.measures.periods import Periods
from analysis.measures.spans import Span, as_span, within

__all__ = ["CREATES", "CREATES_PERIODS", "REQUIRES", "scores", "scores_over_time"]

REQUIRES = frozenset({"quality"})  # scores_over_time: "published_at" too
CREATES = {
    "n_articles": "int64",
    "n_scored": "int64",
    "mean": "float64",
    "mean_low": "float64",
    "mean_high": "float64",
    "q1": "float64",
    "median": "float64",
    "q3": "float64",
}
CREATES_PERIODS = {"period": "datetime64[us, UTC]", **CREATES, "status": "str"}
_COUNTED = {"quality": "float64", "n": "int64"}


def scores(data: Any) -> pd.DataFrame:
    """The quality of a selection.

    Args:
        data: a selection, or a frame of articles with the column `quality`.

    Returns:
        One row, columns `CREATES`; NaN where no article has a score.

    Raises:
        NotAFrame, MissingColumns: as `frame_of`.

    >>> scores(pd.DataFrame({"quality": [40.0, 50.0, 60.0, None]})).round(1).to_numpy().tolist()
    [[4.0, 3.0, 50.0, 25.2, 74.8, 45.0, 50.0, 55.0]]
    """
    counted = coded_of(data, {"articles": REQUIRES})[0]["articles"].group_by("quality").agg(n=nw.len())
    return pd.DataFrame([_summary(collect(counted, _COUNTED))]).astype(CREATES)


def scores_over_time(
    data: Any,
    *,
    every: str = "month",
    zone: str | None = None,
    week_start: str = "monday",
    span: Span | None = None,
    collection: Any = None,
) -> pd.DataFrame:
    """The quality of a selection per period.

    Args:
        data: a selection, or a frame of articles with the columns `quality` and `published_at`.
        every: `hour`, `day`, `week`, `month`, `quarter` or `year`.
        zone: IANA zone whose clock cuts the periods; the selection's, or UTC.
        week_start: first day of the week.
        span: (first instant, end) to look at.
        collection: frame of `collection`, where `data` is a plain frame.

    Returns:
        One row a period that has articles, columns `CREATES_PERIODS` (`period` in the zone).

    Raises:
        BadOption: an option has a value that is not allowed.
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> times = pd.to_datetime(["2021-08-23T05:30Z"] * 2)
    >>> frame = pd.DataFrame({"published_at": times, "quality": [40.0, None]})
    >>> scores_over_time(frame)[["n_articles", "n_scored", "mean"]].to_numpy().tolist()
    [[2.0, 1.0, 40.0]]
    """
    periods = Periods(every, zone or str(getattr(data, "zone", "UTC")), week_start)
    frame = coded_of(data, {"articles": REQUIRES | {"published_at"}})[0]["articles"]
    frame = frame.filter(~nw.col("published_at").is_null())
    if span is not None:
        frame = frame.filter(within(as_span("span", span), frame))
    counted = periods.cut(frame).group_by("period", "quality").agg(n=nw.len())
    table = collect(counted, {"period": "datetime64[us, UTC]", **_COUNTED})
    rows = [{"period": mark, **_summary(some)} for mark, some in table.groupby("period")]
    found = pd.DataFrame(rows, columns=list(CREATES_PERIODS)).astype({**CREATES_PERIODS, "status": "object"})
    found["period"] = periods.starts_of(found["period"])
    starts = pd.DatetimeIndex(found["period"])
    found["status"] = statuses(
        starts, periods.ends_of(starts), collected_days(data, collection), found["n_articles"]
    )
    return found.astype({"status": "str"})


def _summary(counted: pd.DataFrame) -> dict[str, float]:
    """What is said of counted scores; the missing ones are articles too."""
    value, n = counted["quality"].to_numpy(), counted["n"].to_numpy()
    n_articles, scored = int(n.sum()), ~np.isnan(value)
    value, n = value[scored], n[scored]
    total = int(n.sum())
    mean = mean_of(value, n)
    low = high = float("nan")
    if total > 1:
        spread = np.sqrt((n * (value - mean) ** 2).sum() / (total - 1))
        reach = float(student_t95(total - 1) * spread / np.sqrt(total))
        low, high = mean - reach, mean + reach
    quartiles = {name: quantile_of(value, n, q) for name, q in (("q1", 0.25), ("median", 0.5), ("q3", 0.75))}
    sizes = {"n_articles": n_articles, "n_scored": total}
    return sizes | {"mean": mean, "mean_low": low, "mean_high": high} | quartiles
