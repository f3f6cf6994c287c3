"""Lags as whole microseconds, so that they are exact and every engine can take medians of them."""

from __future__ import annotations

import narwhals as nw

from analysis.measures.frames import Frame

__all__ = ["MICROSECONDS_PER_HOUR", "lag", "microseconds"]

MICROSECONDS_PER_HOUR = 3_600_000_000
_DAYS_TO_1970 = 719_162  # from the beginning of year 1


def lag(frame: Frame, later: str, earlier: str) -> nw.Expr:
    """Microseconds from one time of a row to another; missing where one of them is.

    A whole number held as a float, which is exact for any two times of a corpus.

    Args:
        frame: has both columns; says which engine is asked.
        later: column of times.
        earlier: column of times.

    >>> import pandas as pd
    >>> times = {"at": ["2021-08-23T07:30Z", None], "first_at": ["2021-08-23T05:30Z"] * 2}
    >>> frame = nw.from_native(pd.DataFrame(times).apply(pd.to_datetime)).lazy()
    >>> frame.select(lag(frame, "at", "first_at")).collect().to_native()["at"].tolist()
    [7200000000.0, nan]
    """
    if frame.implementation.is_duckdb():
        # Without their zone, which is UTC: of times with one DuckDB subtracts wrongly before 1970.
        one, other = (nw.col(name).dt.replace_time_zone(None) for name in (later, earlier))
        return (one - other).dt.total_microseconds().cast(nw.Float64())
    # What narwhals has of intervals is rounded in pandas, and nothing in Spark.
    return microseconds(later) - microseconds(earlier)


def microseconds(column: str = "published_at") -> nw.Expr:
    """Microseconds from 1970 to a time in UTC; missing for a missing time.

    A whole number held as a float, which is exact to the year 2255 and, unlike an integer, can be missing in
    pandas. Narwhals has no timestamp that DuckDB and Spark both know, hence the parts of the calendar.

    >>> import pandas as pd
    >>> times = pd.to_datetime(["1970-01-02T00:00:01Z", None])
    >>> frame = nw.from_native(pd.DataFrame({"published_at": times}))
    >>> frame.select(microseconds()).to_native()["published_at"].tolist()
    [86401000000.0, nan]
    """
    time = nw.col(column).dt
    parts = (time.year(), time.ordinal_day(), time.hour(), time.minute(), time.second(), time.microsecond())
    year, day, hour, minute, second, rest = (part.cast(nw.Float64()) for part in parts)
    before = year - 1
    leap = before // 4 - before // 100 + before // 400
    days = before * 365 + leap + day - 1 - _DAYS_TO_1970
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000 + rest
