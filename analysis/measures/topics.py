"""The topics of a selection: how many of its articles carry each label, dated or not.

An article may carry several labels or none, so neither counts nor shares add up to the whole.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd

from analysis.measures.frames import coded_of, collect
from analysis.measures.intervals import wilson

__all__ = ["CREATES", "REQUIRES", "topics"]

REQUIRES = {"articles": ("article_id",), "article_topics": ("article_id", "topic")}
CREATES = {
    "topic": "str",
    "count": "int64",
    "share": "float64",
    "share_low": "float64",
    "share_high": "float64",
}


def topics(data: Any, *, topics: Any = None) -> pd.DataFrame:
    """One row a topic, the one with most articles first.

    Args:
        data: a selection, or a frame of articles with `article_id`.
        topics: frame of `article_topics`, where `data` is a plain frame.

    Returns:
        Columns `CREATES`: articles with the label, and their share of all articles of `data`, those without any label
        included, with Wilson's 95 % interval (0 to 1).

    Raises:
        NotAFrame, MissingTable, MissingColumns: as `frames_of`.

    >>> articles = pd.DataFrame({"article_id": ["a", "b"]})
    >>> labels = pd.DataFrame({"article_id": ["a", "b", "a"], "topic": ["AI", "AI", "Robots"]})
    >>> topics(articles, topics=labels)[["topic", "count", "share"]]
        topic  count  share
    0      AI      2    1.0
    1  Robots      1    0.5
    """
    frames, names = coded_of(data, REQUIRES, {"article_topics": topics})
    articles = frames["articles"].select("article_id")
    labels = frames["article_topics"].select("article_id", "topic")
    labels = labels if names is not None else labels.unique()
    counted = articles.join(labels, on="article_id").group_by("topic").agg(nw.len().alias("count"))
    table = collect(counted, {"topic": "str", "count": "int64"}, names=names)
    n_articles = int(collect(articles.select(n=nw.len()), {"n": "int64"})["n"].iloc[0])
    table["share"] = table["count"] / n_articles
    table["share_low"], table["share_high"] = wilson(table["count"], n_articles)
    ordered = table.sort_values(["count", "topic"], ascending=[False, True], ignore_index=True)
    return ordered[list(CREATES)].astype(CREATES)
