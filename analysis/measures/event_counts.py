"""What is counted of each event, of articles whose names may be numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from analysis.measures.codes import Names
from analysis.measures.frames import Frame, collect

__all__ = ["CREATES", "REQUIRES", "event_counts"]

REQUIRES = ("article_id", "event_id", "copy_group_id", "provider_id", "published_at", "quality")
CREATES = {
    "event_id": "str",
    "n_articles": "int64",
    "n_providers": "int64",
    "n_texts": "int64",
    "first": "datetime64[us, UTC]",
    "last": "datetime64[us, UTC]",
    "n_scored": "int64",  # articles with a quality score
    "median_quality": "float64",
}
_DIGITS = 6  # engines interpolate a median with different last digits


def event_counts(articles: Frame, names: Names, values: Sequence[Any] | None = None) -> pd.DataFrame:
    """The events of articles that `coded_of` gave, as `analysis.measures.events.events` gives them.

    Args:
        articles: with the columns `REQUIRES`.
        names: of `coded_of`.
        values: only these events, as they stand in `event_id`; all unless given.

    >>> from analysis.measures.frames import coded_of
    >>> frame = pd.DataFrame({"article_id": ["a", "b"], "event_id": ["e", "f"], "copy_group_id": None,
    ...     "provider_id": "pa.org", "published_at": pd.to_datetime(["2021-08-23T05:30Z"] * 2), "quality": 40.0})
    >>> tables, names = coded_of(frame, {"articles": REQUIRES})
    >>> event_counts(tables["articles"], names, ["f"])[["event_id", "n_articles"]].values.tolist()
    [['f', 1]]
    """
    event = nw.col("event_id")
    plain = articles.filter(~event.is_null() if values is None else event.is_in(list(values))).select(
        "event_id",
        "provider_id",
        "published_at",
        "quality",
        text=nw.coalesce(nw.col("copy_group_id"), nw.col("article_id")),
    )
    counted = plain.group_by("event_id").agg(
        n_articles=nw.len(),
        n_providers=nw.col("provider_id").n_unique(),
        n_texts=nw.col("text").n_unique(),
        first=nw.col("published_at").min(),
        last=nw.col("published_at").max(),
        n_scored=nw.col("quality").count(),
        median_quality=nw.col("quality").median(),
    )
    table = collect(counted, CREATES, names=names)
    table["median_quality"] = table["median_quality"].round(_DIGITS)
    order = ["n_articles", "last", "event_id"]
    return table.sort_values(order, ascending=[False, False, True], ignore_index=True)
