"""What topic clusters do over time, and which curated topics they hold."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["strength_over_time", "topics_of_clusters"]

_SHORT = pd.Timedelta(days=42)


def strength_over_time(members: pd.DataFrame, cluster_ids: pd.Series) -> pd.DataFrame:
    """Articles of each cluster per period, every period of the range present.

    Args:
        members: ``cluster_id`` and ``published_at``; rows without either are left out.
        cluster_ids: the clusters, in the order to be given.

    Returns:
        ``period`` (datetime64[us, UTC]: a day where the range is six weeks or less, else a week from Monday),
        ``cluster_id``, ``n_articles`` (int64) and ``share`` (float64; missing where the period has no article).

    >>> times = pd.to_datetime(["2020-01-01T05:00Z", "2020-01-03T05:00Z"])
    >>> frame = pd.DataFrame({"cluster_id": ["t", "t"], "published_at": times})
    >>> strength_over_time(frame, pd.Series(["t"]))["n_articles"].tolist()
    [1, 0, 1]
    """
    known = members[members["cluster_id"].notna() & members["published_at"].notna()]
    names = {"period": "datetime64[us, UTC]", "cluster_id": "str", "n_articles": "int64", "share": "float64"}
    if not len(known):
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in names.items()})
    times = known["published_at"]
    period = times.dt.floor("D")
    step = "D"
    if times.max() - times.min() > _SHORT:
        period = period - pd.to_timedelta(period.dt.weekday, unit="D")
        step = "7D"
    periods = pd.date_range(period.min(), period.max(), freq=step)
    table = pd.crosstab(period, known["cluster_id"]).reindex(index=periods, columns=cluster_ids, fill_value=0)
    total = table.sum(axis=1)
    share = table.div(total.where(total > 0), axis=0)
    out = pd.DataFrame(
        {
            "period": np.repeat(periods, table.shape[1]),
            "cluster_id": np.tile(cluster_ids.to_numpy(), len(periods)),
            "n_articles": table.to_numpy().ravel(),
            "share": share.to_numpy().ravel(),
        }
    )
    return out.astype(names)


def topics_of_clusters(
    members: pd.DataFrame, cluster_ids: pd.Series, article_topics: pd.DataFrame | None
) -> pd.DataFrame:
    """Curated topics of the articles of each cluster, the most frequent first.

    Args:
        members: ``article_id`` and ``cluster_id``.
        cluster_ids: the clusters, in the order to be given.
        article_topics: ``article_id, topic``, or None.

    Returns:
        ``cluster_id, topic, n_articles`` (int64), ``share`` (float64, of the cluster's articles) and ``lift`` (float64:
        that share over the topic's share of all articles in clusters).

    >>> members = pd.DataFrame({"article_id": ["a", "b"], "cluster_id": ["t", "u"]})
    >>> topics = pd.DataFrame({"article_id": ["a"], "topic": ["AI"]})
    >>> topics_of_clusters(members, pd.Series(["t", "u"]), topics)["lift"].tolist()
    [2.0]
    """
    names = {
        "cluster_id": "str",
        "topic": "str",
        "n_articles": "int64",
        "share": "float64",
        "lift": "float64",
    }
    placed = members.loc[members["cluster_id"].notna(), ["article_id", "cluster_id"]]
    nothing = pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in names.items()})
    if article_topics is None or not len(placed):
        return nothing
    pairs = article_topics[["article_id", "topic"]].dropna().drop_duplicates().merge(placed, on="article_id")
    if not len(pairs):
        return nothing
    out = pairs.groupby(["cluster_id", "topic"]).size().rename("n_articles").reset_index()
    out["share"] = out["n_articles"] / out["cluster_id"].map(placed["cluster_id"].value_counts())
    out["lift"] = out["share"] / (out["topic"].map(pairs["topic"].value_counts()) / len(placed))
    out["place"] = out["cluster_id"].map({name: place for place, name in enumerate(cluster_ids)})
    out = out.sort_values(["place", "n_articles", "topic"], ascending=[True, False, True], ignore_index=True)
    return out[list(names)].astype(names)
