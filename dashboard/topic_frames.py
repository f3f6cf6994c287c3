"""What the page of topics shows, from the tables: the clusters of a selection, and the articles behind their marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from duckdb import ColumnExpression, ConstantExpression

from analysis.charts.clusters import short_label, spots
from analysis.corpus import Selection
from analysis.grouping.clusters import TopicClusters, cluster_topics
from analysis.measures.periods import Periods
from analysis.measures.volume import volume

__all__ = ["LIMIT", "Clustered", "clustered", "ids_behind", "named", "strands"]

LIMIT = 5000
"""At most so many articles are clustered: more take many seconds, and would be no clearer."""

_COLUMNS = "article_id, title, excerpt, published_at, time_precision, provider_id, url"


@dataclass(frozen=True)
class Clustered:
    """The clusters of a selection.

    Attributes:
        found: what `analysis.grouping.clusters.cluster_topics` gave.
        members: its `members` with `published_at`.
        typical: the most typical articles of each cluster: `cluster_id`, `representative`, `article_id`, `title`,
            `outlet`, `published_at`, `time_precision`; by cluster and rank.
        n_articles: how many the selection has; `members` has at most `LIMIT` of them.
    """

    found: TopicClusters
    members: pd.DataFrame
    typical: pd.DataFrame
    n_articles: int


def clustered(selection: Selection, *, k: int | None = None) -> Clustered:
    """The topic clusters of a selection; of a large one, of a fixed sample.

    Args:
        selection: of what. Of more than `LIMIT` articles those are taken that come first by id, which is a hash: a
            random sample that is the same every time.
        k: number of clusters; None lets the measure choose.
    """
    table, labels, providers = selection.tables("articles", "article_topics", "providers")
    n_articles = int(table.aggregate("count(*)").fetchall()[0][0])
    # Arrow keeps text as text where a column is empty.
    some = table.order("article_id").limit(LIMIT).project(_COLUMNS).to_arrow_table().to_pandas()
    wanted = labels
    if n_articles > LIMIT:
        last = ConstantExpression(some["article_id"].iloc[-1])
        wanted = labels.filter(ColumnExpression("article_id") <= last)
    topics = wanted.project("article_id, topic").to_arrow_table().to_pandas()
    found = cluster_topics(some, k, topics)
    members = found.members.merge(some[["article_id", "published_at"]], on="article_id", how="left")
    members["published_at"] = pd.to_datetime(members["published_at"], utc=True)
    typical = found.members.dropna(subset=["representative"])[["article_id", "cluster_id", "representative"]]
    typical = typical.merge(some, on="article_id", how="left")
    chosen = sorted(set(typical["provider_id"]))
    named_by = ColumnExpression("provider_id").isin(*map(ConstantExpression, chosen or [""]))
    names = dict(providers.filter(named_by).project("provider_id, name").fetchall())
    typical["outlet"] = [names.get(domain) or domain for domain in typical["provider_id"]]
    typical = typical.sort_values(["cluster_id", "representative", "article_id"], ignore_index=True)
    return Clustered(found, members, typical, n_articles)


def strands(
    clusters: Clustered,
    *,
    every: str,
    span: tuple[Any, Any] | None,
    zone: str,
    collection: pd.DataFrame,
) -> pd.DataFrame:
    """Articles of each cluster per period: `period`, `cluster_id`, `count`, `status`.

    Args:
        clusters: from `clustered`.
        every: length of a period.
        span: instants between which periods lie.
        zone: IANA zone whose clock cuts them.
        collection: the table, which knows what was not collected.
    """
    dated = clusters.members.dropna(subset=["cluster_id", "published_at"])
    frame = dated[["published_at", "cluster_id"]].rename(columns={"cluster_id": "provider_id"})
    counted = volume(frame, every=every, by="provider", span=span, zone=zone, collection=collection)
    return counted.rename(columns={"provider": "cluster_id"})


def ids_behind(
    clusters: Clustered,
    kind: str,
    value: str,
    *,
    every: str,
    zone: str,
    drawn: Sequence[date | None],
) -> tuple[str, ...]:
    """The articles that a mark of the page counts.

    Args:
        clusters: from `clustered`.
        kind: `cluster` (its id, or `step-3` for those under a merge), `spot` (see `analysis.charts.clusters.spots`) or
            `strand` (cluster, slash, first day of a period).
        value: which.
        every: length of the periods that are drawn.
        zone: IANA zone of their days.
        drawn: first and last day of the axis of time.

    Returns:
        Ids; none where there is no such mark, as in another snapshot.
    """
    members = clusters.members
    if kind == "spot":
        placed = spots(members)
        return tuple(placed.loc[placed["spot"] == value, "article_id"])
    key, _, day = value.partition("/")
    chosen = members[members["cluster_id"].isin(_under(clusters.found.tree, key))]
    if kind == "cluster":
        return tuple(chosen["article_id"])
    try:
        start = Periods(every, zone).floor(
            pd.Timestamp(date.fromisoformat(day), tz=zone) + pd.Timedelta(12, "h")
        )
    except ValueError:
        return ()
    end = Periods(every, zone).ends(pd.DatetimeIndex([start]))[0]
    times = chosen["published_at"]
    inside = (times >= start) & (times < end)
    if drawn[0] and drawn[1]:
        low = pd.Timestamp(drawn[0], tz=zone)
        high = pd.Timestamp(drawn[1], tz=zone) + pd.DateOffset(days=1)
        inside &= (times >= low) & (times < high)
    return tuple(chosen.loc[inside, "article_id"])


def _under(tree: pd.DataFrame, key: str) -> set[str]:
    """The clusters under a step of the tree, or the one of that id."""
    steps = {f"step-{row['step']}": row for row in tree.to_dict("records")}
    found, waiting = set(), [key]
    while waiting:
        one = waiting.pop().replace("step ", "step-")
        if one in steps:
            waiting += [steps[one]["left"], steps[one]["right"]]
        else:
            found.add(one)
    return found


def named(clusters: Clustered, value: str) -> str:
    """The short label of the clusters that a mark is of; empty where there is none.

    Args:
        clusters: from `clustered`.
        value: of a mark.
    """
    keys = _under(clusters.found.tree, value.partition("/")[0])
    labels = clusters.found.clusters
    known = [short_label(label, 48) for label in labels.loc[labels["cluster_id"].isin(keys), "label"]]
    rest = f" and {len(known) - 2} more" if len(known) > 2 else ""
    return " + ".join(known[:2]) + rest
