"""The words on charts: names of periods, titles that say what was found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from analysis.words import percent

__all__ = ["finding", "percent", "period_name", "share_text"]


def period_name(start: datetime, every: str) -> str:
    """The name of a period.

    >>> start = datetime(2021, 8, 23)
    >>> [period_name(start, every) for every in ("day", "week", "month", "quarter", "year")]
    ['Mon 23 August 2021', 'week of 23 August 2021', 'August 2021', 'August to October 2021', '2021']
    """
    date = f"{start.day} {start:%B %Y}"
    if every == "quarter":
        return f"{start:%B} to {pd.Timestamp(start) + pd.DateOffset(months=2):%B %Y}"
    names = {"hour": f"{date}, {start:%H:%M}", "day": f"{start:%a} {date}", "week": f"week of {date}"}
    return names.get(every, f"{start:%B %Y}" if every == "month" else f"{start:%Y}")


def share_text(share: float, low: float, high: float, of: int) -> str:
    """A share with its interval and its denominator.

    >>> share_text(0.1, 0.04, 0.23, 40)
    '10 % (4.0–23 %) of 40 collected'
    """
    return f"{percent(share)} ({percent(low).removesuffix(' %')}–{percent(high)}) of {of:,} collected"


def finding(frame: pd.DataFrame, every: str, noun: str, subject: str) -> str:
    """What a volume shows, as a sentence: the rise or fall at its end where it is one, else its highest period.

    >>> days = pd.date_range("2021-08-23", periods=3, freq="D", tz="UTC")
    >>> frame = pd.DataFrame({"period": days, "count": [0, 7, 3], "status": "observed"})
    >>> finding(frame, "day", "article", "Coverage")
    'Coverage was highest on 24 August 2021, with 7 articles'
    """
    known = frame.dropna(subset=["count"])
    if known.empty or not (known["count"] > 0).any():
        return f"{subject}: none in this time"
    top: dict[Any, Any] = known.iloc[int(known["count"].astype("float64").to_numpy().argmax())].to_dict()
    count, when = int(top["count"]), pd.Timestamp(top["period"]).tz_localize(None)
    preposition = {"day": "on", "week": "in the"}.get(every, "in")
    name = period_name(when, every)
    name = name.split(" ", 1)[1] if every == "day" else name
    counted = f"{count:,} {noun if count == 1 else noun + 's'}"
    if len(known) == 1:
        return f"{subject}: {counted} {preposition} {name}"
    ties = int((known["count"] == count).sum())
    if ties > 1:
        return f"{subject} peaked at {counted}, on {ties} {every}s, first {preposition} {name}"
    return f"{subject} was highest {preposition} {name}, with {counted}"
