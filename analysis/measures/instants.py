"""Times as whole microseconds, so that lags are exact and every engine can subtract and take medians of them."""

from __future__ import annotations

import narwhals as nw

__all__ = ["MICROSECONDS_PER_HOUR", "microseconds"]

MICROSECONDS_PER_HOUR = 3_600_000_000


def microseconds(column: str = "published_at") -> nw.Expr:
    """Microseconds from the beginning of year 1 to a time in UTC, as a whole number; missing for a missing time.

    Narwhals has no timestamp or duration that DuckDB and Spark both know, hence the parts of the calendar.

    >>> import pandas as pd
    >>> times = pd.to_datetime(["2021-03-01T00:00:01Z", "2020-02-28T00:00:00Z"])
    >>> frame = nw.from_native(pd.DataFrame({"published_at": times}))
    >>> found = frame.select(us=microseconds()).to_native()["us"]
    >>> int(found[0] - found[1]) == (367 * 86_400 + 1) * 1_000_000
    True
    """
    time = nw.col(column).dt
    before = time.year().cast(nw.Int64()) - 1
    days = (
        before * 365 + before // 4 - before // 100 + before // 400 + time.ordinal_day().cast(nw.Int64()) - 1
    )
    seconds = days * 86_400 + time.hour().cast(nw.Int64()) * 3600
    seconds = seconds + time.minute().cast(nw.Int64()) * 60 + time.second().cast(nw.Int64())
    # DuckDB counts the seconds' own microseconds, as the others do.
    return (seconds * 1_000_000 + time.microsecond().cast(nw.Int64())).alias(column)
