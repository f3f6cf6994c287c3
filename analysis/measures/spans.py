"""Stretches of time that an analyst names: from the first instant up to, not including, the second."""

from __future__ import annotations

from typing import Any, TypeAlias

import narwhals as nw
import pandas as pd

from analysis.measures.frames import BadOption, Frame, instant

__all__ = ["Span", "as_span", "within"]

Span: TypeAlias = tuple[Any, Any]


def as_span(name: str, span: Span) -> tuple[pd.Timestamp, pd.Timestamp]:
    """A stretch of time as two instants in UTC.

    Args:
        name: of the option, for the error.
        span: first instant and the one that ends it: times with a zone, or ISO text.

    Raises:
        BadOption: not two times, a time without a zone, or an end that is not after the beginning.

    >>> as_span("period", ("2021-08-23T00:00+01:00", "2021-08-24T00:00+01:00"))[0]
    Timestamp('2021-08-22 23:00:00+0000', tz='UTC')
    """
    try:
        start, end = (pd.Timestamp(when) for when in span)
    except (TypeError, ValueError):
        raise BadOption(f"{name} must be two times, first and end; got {span!r}") from None
    if pd.isna(start) or pd.isna(end) or start.tz is None or end.tz is None:
        raise BadOption(f"{name} must be two times with a zone, such as 2021-08-23T00:00Z; got {span!r}")
    if end <= start:
        raise BadOption(f"{name} must end after it begins; got {span!r}")
    return start.tz_convert("UTC"), end.tz_convert("UTC")


def within(span: tuple[pd.Timestamp, pd.Timestamp], frame: Frame | None = None) -> nw.Expr:
    """Whether `published_at` lies in a span of `as_span`; missing for a missing time, which a filter drops.

    Args:
        span: two instants.
        frame: what is asked, where its times may be without zone (`coded_of`).

    >>> day = as_span("period", ("2021-08-23T00:00Z", "2021-08-24T00:00Z"))
    >>> times = pd.DataFrame({"published_at": pd.to_datetime(["2021-08-23T00:00Z", "2021-08-24T00:00Z"])})
    >>> nw.from_native(times).filter(within(day)).shape
    (1, 1)
    """
    moments = span if frame is None else (instant(frame, when) for when in span)
    start, end = moments
    return (nw.col("published_at") >= start) & (nw.col("published_at") < end)
