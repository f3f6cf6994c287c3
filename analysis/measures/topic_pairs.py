"""Which topics stand together on one article more often than chance would put them there.

    lift = share of articles with both / (share with the one * share with the other)

1 is chance. With a articles of both, b and c of either, and n in all, its interval is lift * exp(+-1.96 s), where

    s^2 = 1 / a - 1 / b - 1 / c + (2 lift - 1) / n

is the variance of ln lift for multinomial counts (delta method: Agresti, Categorical Data Analysis, chapter 14).
Where no article has both, the upper end is that of the share with both (Wilson), the other two taken as given.

Limits: labels are those of records, and a taxonomy that gives a label only beside its parent makes pairs of its own.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.measures.codes import code_dtype, named
from analysis.measures.frames import BadOption, coded_of, collect
from analysis.measures.intervals import Z95, wilson

__all__ = ["CREATES", "REQUIRES", "topic_pairs"]

REQUIRES = {"articles": ("article_id",), "article_topics": ("article_id", "topic")}
Floats = npt.NDArray[np.float64]
CREATES = {
    "topic": "str",
    "other": "str",
    "n_both": "int64",
    "n_topic": "int64",
    "n_other": "int64",
    "n_articles": "int64",
    "lift": "float64",
    "lift_low": "float64",
    "lift_high": "float64",
}


def topic_pairs(data: Any, *, top: int = 10, topics: Any = None) -> pd.DataFrame:
    """How often each two of the most frequent topics stand on one article.

    Args:
        data: a selection, or a frame of articles with `article_id`.
        top: how many topics at most, those of most articles.
        topics: frame of `article_topics`, where `data` is a plain frame.

    Returns:
        One row an unordered pair, columns `CREATES`: `topic` is the more frequent of the two (of as many articles, the
        first by letter), and pairs are in the order of both; `n_articles` are all of `data`.

    Raises:
        BadOption: `top` under 2.
        NotAFrame, MissingTable, MissingColumns: as `frames_of`.

    >>> articles = pd.DataFrame({"article_id": list("abcd")})
    >>> labels = pd.DataFrame({"article_id": ["a", "a", "b", "c"], "topic": ["AI", "Law", "AI", "Art"]})
    >>> topic_pairs(articles, topics=labels)[["topic", "other", "n_both", "lift"]]
      topic other  n_both  lift
    0    AI   Art       0   0.0
    1    AI   Law       1   2.0
    2   Art   Law       0   0.0
    """
    if top < 2:
        raise BadOption(f"top must be at least 2; got {top}")
    frames, names = coded_of(data, REQUIRES, {"article_topics": topics})
    articles = frames["articles"].select("article_id")
    labels = frames["article_topics"].select("article_id", "topic")
    labels = labels if names is not None else labels.unique()
    labels = labels.join(articles, on="article_id", how="semi")
    counted = labels.group_by("topic").agg(n=nw.len()).sort("n", "topic", descending=[True, False]).head(top)
    dtype = code_dtype(names)  # topics are written last: numbers are in the order of the names
    most = collect(counted, {"topic": dtype, "n": "int64"})
    most = most.sort_values(["n", "topic"], ascending=[False, True], ignore_index=True)
    rank = {topic: place for place, topic in enumerate(most["topic"].tolist())}
    some = labels.filter(nw.col("topic").is_in(list(rank)))
    both = some.join(some.select("article_id", other=nw.col("topic")), on="article_id")
    both = both.filter(nw.col("topic") < nw.col("other")).group_by("topic", "other").agg(n_both=nw.len())
    found = collect(both, {"topic": dtype, "other": dtype, "n_both": "int64"})
    known = {frozenset(pair): n for *pair, n in found.itertuples(index=False)}
    n = int(collect(articles.select(n=nw.len()), {"n": "int64"})["n"].iloc[0])
    count = dict(zip(most["topic"], most["n"], strict=True))
    rows = [
        (one, other, int(known.get(frozenset((one, other)), 0)), count[one], count[other], n)
        for one in rank for other in rank if rank[one] < rank[other]
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(CREATES)[:6])
    counts = (
        table[name].to_numpy(dtype=np.float64) for name in ("n_both", "n_topic", "n_other", "n_articles")
    )
    table["lift"], table["lift_low"], table["lift_high"] = _lift(*counts)
    written = {column: named(table[column], names) for column in ("topic", "other")}
    return table.assign(**written)[list(CREATES)].astype(CREATES)


def _lift(both: Floats, one: Floats, other: Floats, n: Floats) -> tuple[Floats, Floats, Floats]:
    """The lift of each pair, and the ends of its interval, by the formula at the head of the file."""
    chance = one * other / n**2
    lift = both / n / chance
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = 1 / both - 1 / one - 1 / other + (2 * lift - 1) / n
        reach = np.exp(Z95 * np.sqrt(np.maximum(variance, 0)))
        low, high = lift / reach, lift * reach
    none = both == 0
    return lift, np.where(none, 0.0, low), np.where(none, wilson(both, n)[1] / chance, high)
