"""Whether a period was collected: so that missing data is not taken for missing coverage."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.measures.frames import collect, frame_of, is_selection

__all__ = ["NOT_COLLECTED", "OBSERVED", "PARTIAL", "collected_days", "statuses"]

OBSERVED, PARTIAL, NOT_COLLECTED = "observed", "partial", "not collected"
_DAY = np.timedelta64(1, "D")


def collected_days(data: Any, collection: Any = None) -> pd.DatetimeIndex | None:
    """The days, UTC, on which something was collected.

    Args:
        data: a selection or corpus, or a frame of articles.
        collection: frame of the table `collection` where `data` is a plain frame.

    Returns:
        Midnights in UTC, ascending; None where there is no table to tell.
    """
    if collection is None and not is_selection(data):
        return None
    table = getattr(getattr(data, "corpus", None), "collected", None) if collection is None else None
    if table is None:
        frame = frame_of(data, "collection", needs={"day", "status"}, given=collection)
        table = collect(frame, {"day": "datetime64[us]", "status": "str"})
    days = pd.DatetimeIndex(table.loc[table["status"] == OBSERVED, "day"])
    return days.tz_localize("UTC")


def statuses(
    starts: pd.DatetimeIndex, ends: pd.DatetimeIndex, days: pd.DatetimeIndex | None, known: npt.ArrayLike
) -> npt.NDArray[np.str_]:
    """The status of each period.

    `observed`: every day, UTC, that it touches was collected. `not collected`: none was, and no article of it is
    known. `partial`: some days were not, among them those before collection began and after it ended; or none was
    and articles are known all the same, from related lists.

    Args:
        starts: beginnings, with zone.
        ends: ends (exclusive), with zone.
        days: from `collected_days`; None makes every period observed.
        known: articles known in each period.

    Returns:
        One status a period.

    >>> hours = pd.date_range("2021-08-23", periods=3, freq="D", tz="UTC")
    >>> statuses(hours[:2], hours[1:], hours[:1], [4, 0]).tolist()
    ['observed', 'not collected']
    """
    if days is None or not len(starts):
        return np.full(len(starts), OBSERVED)
    first = starts.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[D]")
    instant = np.timedelta64(1, "us")
    last = (ends.tz_convert("UTC").tz_localize(None).to_numpy() - instant).astype("datetime64[D]")
    collected = np.sort(days.tz_localize(None).to_numpy().astype("datetime64[D]"))
    n_collected = np.searchsorted(collected, last, side="right") - np.searchsorted(collected, first)
    n_days = (last - first) // _DAY + 1
    nothing = (n_collected == 0) & (np.asarray(known) == 0)
    return np.where(n_collected == n_days, OBSERVED, np.where(nothing, NOT_COLLECTED, PARTIAL))
