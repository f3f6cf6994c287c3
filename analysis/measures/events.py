"""Events as they stand in a selection: how much of each is here, from whom, how good, and who was first.

An event is a group of articles about the same happening (`event_id`). A text is a group of copies
(`copy_group_id`), or one article that has no copies. The lead of an event's opener is the time from its first
article to the first one of another outlet.

Limits: counts are of the articles given, which may be a part of the event. First is first among those collected.
Events are computed; a wrong one has wrong counts. Leads leave out times of which only the day is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from analysis.measures.codes import code_dtype, codes, named
from analysis.measures.event_counts import CREATES, REQUIRES, event_counts
from analysis.measures.frames import coded_of, collect, present
from analysis.measures.instants import MICROSECONDS_PER_HOUR

__all__ = ["CREATES", "CREATES_LEADS", "REQUIRES", "REQUIRES_LEADS", "event_leads", "events"]

REQUIRES_LEADS = ("event_id", "provider_id", "published_at", "time_precision")
CREATES_LEADS = {
    "event_id": "str",
    "provider_id": "str",
    "n_openers": "int64",
    "first_at": "datetime64[us, UTC]",
    "lead_hours": "float64",
}


def events(data: Any, ids: Sequence[str] | None = None) -> pd.DataFrame:
    """The events of the articles, each with its counts.

    Args:
        data: a selection, or a frame of articles with the columns `REQUIRES`.
        ids: only these events, by `event_id`; all unless given.

    Returns:
        One row an event, columns `CREATES`, largest first, then latest: `first` and `last` are missing where no
        article has a time, `median_quality` is NaN where none has a score. Articles without an event are left out.

    Raises:
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> times = pd.to_datetime(["2021-08-23T05:30Z", "2021-08-23T08:00Z"])
    >>> frame = pd.DataFrame({"article_id": ["a", "b"], "event_id": "e", "copy_group_id": ["c", None],
    ...     "provider_id": ["pa.org", "sky.com"], "published_at": times, "quality": [40.0, 50.0]})
    >>> events(frame)[["event_id", "n_articles", "n_providers", "n_texts", "median_quality"]]
      event_id  n_articles  n_providers  n_texts  median_quality
    0        e           2            2        2            45.0
    """
    tables, names = coded_of(data, {"articles": REQUIRES})
    return event_counts(tables["articles"], names, None if ids is None else codes(ids, names))


def event_leads(data: Any) -> pd.DataFrame:
    """Who opened each event, and how long before another outlet.

    Args:
        data: a selection, or a frame of articles with the columns `REQUIRES_LEADS`.

    Returns:
        One row an event with an article at a known time, columns `CREATES_LEADS`, by event: `n_openers` outlets have
        an article at `first_at`, of which `provider_id` is the first by name; `lead_hours` to the first article of
        another outlet, a copy or not: 0 where several open it, NaN where no other outlet has a known time.

    Raises:
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> times = pd.to_datetime(["2021-08-23T05:30Z", "2021-08-23T08:00Z"])
    >>> frame = pd.DataFrame({"event_id": "e", "provider_id": ["pa.org", "sky.com"], "published_at": times,
    ...     "time_precision": "time"})
    >>> event_leads(frame)[["provider_id", "n_openers", "lead_hours"]]
      provider_id  n_openers  lead_hours
    0      pa.org          1         2.5
    """
    tables, names = coded_of(data, {"articles": REQUIRES_LEADS})
    exact = present(nw.col("time_precision") == "time") & ~nw.col("published_at").is_null()
    timed = tables["articles"].filter(~nw.col("event_id").is_null() & exact)
    first = timed.group_by("event_id", "provider_id").agg(at=nw.col("published_at").min())
    dtype = code_dtype(names)
    # From here on these are few: what follows is not asked of an engine.
    own = collect(first, {"event_id": dtype, "provider_id": dtype, "at": CREATES_LEADS["first_at"]})
    at = own["at"].astype("int64")
    lag = at - at.groupby(own["event_id"]).transform("min")
    opened = own[lag == 0].groupby("event_id")
    table: pd.DataFrame = opened.agg(
        provider_id=("provider_id", "first"), n_openers=("at", "size"), first_at=("at", "first")
    )
    table["lead_hours"] = lag[lag > 0].groupby(own["event_id"]).min() / MICROSECONDS_PER_HOUR
    table.loc[table["n_openers"] > 1, "lead_hours"] = 0.0
    table = table.reset_index()
    written = {name: named(table[name], names) for name in ("event_id", "provider_id")}
    return table.assign(**written)[list(CREATES_LEADS)].astype(CREATES_LEADS)
