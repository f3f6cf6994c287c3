"""The related lists as a directed graph: who is recommended, what lies between, and who is known only through others.

A link goes from the article whose record has the list to the article listed; links to articles outside the data,
and of an article to itself, are left out. Related means that a curator saw a relation, not that it is one event.

- in-degree: in how many lists an article stands. PageRank (Brin & Page 1998; damping 0.85): the same, where lists
  of much-listed articles weigh more.
- betweenness (Brandes, Journal of Mathematical Sociology 25, 2001): the share of shortest ways between other articles
  that lead through this one; high values are bridges between groups of articles.
- reciprocity: the share of links whose opposite is there too.

Ranks are networkx's, of the `MAX_NODES` most listed articles (then those that list most) and the `MAX_LINKS`
heaviest links between them; degrees count all links. Betweenness is exact while articles times articles and links is
at most `EXACT_WORK`, else estimated from seeded sources (Brandes & Pich 2007).

Limits: lists have a maximum length and repeat each other within a story, so links are no independent votes, and
carry no interval. The share known only through lists does (Wilson).
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from analysis.measures.centrality import betweenness, pagerank
from analysis.measures.codes import code_dtype, named
from analysis.measures.frames import Frame, coded_of, collect, frames_of, one_of
from analysis.measures.intervals import wilson
from analysis.measures.link_ends import LinkEnds, first_of, link_ends

__all__ = [
    "CREATES",
    "CREATES_DISCOVERY",
    "CREATES_SUMMARY",
    "EXACT_WORK",
    "MAX_LINKS",
    "MAX_NODES",
    "REQUIRES",
    "discovery",
    "link_summary",
    "links",
]

REQUIRES = {
    "articles": ("article_id", "provider_id"),
    "related_links": ("article_id", "related_article_id"),
}  # discovery: provider_id and seen_as of the articles
CREATES = {
    "id": "str",  # an article or a provider
    "n_listed": "int64",
    "n_lists": "int64",
    "pagerank": "float64",
    "betweenness": "float64",
}
CREATES_SUMMARY = {
    "n_articles": "int64",
    "n_links": "int64",
    "n_outside": "int64",
    "n_mutual": "int64",
    "reciprocity": "float64",
}
CREATES_DISCOVERY = {
    "provider_id": "str",
    "n_articles": "int64",
    "n_only_listed": "int64",
    "share": "float64",
    "share_low": "float64",
    "share_high": "float64",
    "of_all": "float64",
}
MAX_NODES = 2_000
MAX_LINKS = 20_000
EXACT_WORK = 500_000
SEED = 0
_BY = ("article", "provider")


def links(data: Any, *, by: str = "article", related_links: Any = None) -> pd.DataFrame:
    """Who gets recommended, and who bridges.

    Args:
        data: a selection, or a frame of articles.
        by: `article`, or `provider`, where a provider's links to itself are left out and a link weighs as often as
            it occurs.
        related_links: frame of `related_links`, where `data` is a plain frame.

    Returns:
        One row an article or provider with a link, at most `MAX_NODES`, columns `CREATES`, most listed first:
        `n_listed` and `n_lists` are links in and out; PageRank sums to 1; betweenness is 0 to 1.

    Raises:
        BadOption: an unknown `by`.
        NotAFrame, MissingTable, MissingColumns: as `frames_of`.

    >>> frame = pd.DataFrame({"article_id": ["a", "b", "c"], "provider_id": ["pa", "sky", "sky"]})
    >>> lists = pd.DataFrame({"article_id": ["a", "b"], "related_article_id": ["b", "c"]})
    >>> links(frame, related_links=lists)[["id", "n_listed", "n_lists", "betweenness"]]
      id  n_listed  n_lists  betweenness
    0  b         1        1          0.5
    1  c         1        0          0.0
    2  a         0        1          0.0
    """
    by_article = one_of("by", by, _BY) == "article"
    ends = link_ends(data, related_links) if by_article else None
    if ends is not None:
        names, (table, heaviest) = ends.names, _of_ends(ends)
    else:
        tables, names = coded_of(data, REQUIRES, {"related_links": related_links})
        table, heaviest = (_of_articles if by_article else _of_providers)(tables, code_dtype(names))
    table = _ranked(table, heaviest)
    table["id"] = named(table["id"], names)
    order = table.sort_values(
        ["n_listed", "n_lists", "id"], ascending=[False, False, True], ignore_index=True
    )
    return order[list(CREATES)].astype(CREATES)


def link_summary(data: Any, *, related_links: Any = None) -> pd.DataFrame:
    """How much is linked, and how much of that is mutual.

    Args:
        data: a selection, or a frame of articles.
        related_links: frame of `related_links`, where `data` is a plain frame.

    Returns:
        One row, columns `CREATES_SUMMARY`: articles, links between them, listings of articles outside the data, links
        whose opposite is there too, and their share (NaN where there are no links).

    Raises:
        NotAFrame, MissingTable, MissingColumns: as `frames_of`.

    >>> frame = pd.DataFrame({"article_id": ["a", "b"], "provider_id": "pa"})
    >>> lists = pd.DataFrame({"article_id": ["a", "b", "b"], "related_article_id": ["b", "a", "z"]})
    >>> link_summary(frame, related_links=lists)
       n_articles  n_links  n_outside  n_mutual  reciprocity
    0           2        2          1         2          1.0
    """
    ends = link_ends(data, related_links)
    row = _summed(ends) if ends is not None else _asked(data, related_links)
    share = row["n_mutual"] / row["n_links"] if row["n_links"] else float("nan")
    return pd.DataFrame([{**row, "reciprocity": share}])[list(CREATES_SUMMARY)].astype(CREATES_SUMMARY)


def _summed(ends: LinkEnds) -> dict[str, int]:
    """The counts of a summary; of two articles that list each other, the pair is there twice."""
    lower, higher = np.minimum(ends.source, ends.target), np.maximum(ends.source, ends.target)
    pairs = np.sort(lower.astype(np.int64) * len(ends.provider) + higher)
    n_mutual = 2 * int((pairs[1:] == pairs[:-1]).sum())
    return {
        "n_articles": ends.n_articles,
        "n_links": len(pairs),
        "n_outside": ends.n_outside,
        "n_mutual": n_mutual,
    }


def _asked(data: Any, related_links: Any) -> dict[str, int]:
    """The counts of a summary, from an engine."""
    tables = frames_of(data, REQUIRES, {"related_links": related_links})
    ahead, source, target = nw.col("source") < nw.col("target"), nw.col("source"), nw.col("target")
    ways = _inside(tables).select(
        one=nw.when(ahead).then(source).otherwise(target),
        other=nw.when(ahead).then(target).otherwise(source),
        there=ahead.cast(nw.Int64()),
        back=1 - ahead.cast(nw.Int64()),
    )
    pairs = ways.group_by("one", "other").agg(nw.col("there", "back").max(), n=nw.len())
    both = nw.col("there") * nw.col("back")
    sums = pairs.select(
        n_links=(nw.col("there") + nw.col("back")).sum(),
        n_mutual=(2 * both).sum(),
        n_inside=nw.col("n").sum(),
    )
    row = _whole(sums)
    listed = tables["related_links"].filter(nw.col("article_id") != nw.col("related_article_id"))
    row["n_articles"] = _whole(tables["articles"].select(n=nw.len()))["n"]
    row["n_outside"] = _whole(listed.select(n=nw.len()))["n"] - row["n_inside"]
    return row


def discovery(data: Any) -> pd.DataFrame:
    """Which providers are known mostly through the lists of others: the bias of how articles were discovered.

    Args:
        data: a selection, or a frame of articles with the columns `provider_id` and `seen_as`.

    Returns:
        One row a provider, columns `CREATES_DISCOVERY`, most articles known only from lists first: their number and
        `share` (0 to 1, 95 % interval) of the provider's articles, beside the share of all articles, `of_all`.

    Raises:
        NotAFrame, MissingColumns: as `frame_of`.

    >>> frame = pd.DataFrame({"provider_id": ["pa", "pa", "sky"], "seen_as": ["record", "related", "both"]})
    >>> discovery(frame)[["provider_id", "n_articles", "n_only_listed", "share"]]
      provider_id  n_articles  n_only_listed  share
    0          pa           2              1    0.5
    1         sky           1              0    0.0
    """
    frames, names = coded_of(data, {"articles": ("provider_id", "seen_as")})
    frame = frames["articles"]
    marked = frame.select("provider_id", only=(nw.col("seen_as") == "related").cast(nw.Int64()))
    counted = marked.group_by("provider_id").agg(n_articles=nw.len(), n_only_listed=nw.col("only").sum())
    dtypes = {name: CREATES_DISCOVERY[name] for name in ("provider_id", "n_articles", "n_only_listed")}
    table = collect(counted, dtypes, names=names)
    table["share"] = table["n_only_listed"] / table["n_articles"]
    table["share_low"], table["share_high"] = wilson(table["n_only_listed"], table["n_articles"])
    table["of_all"] = table["n_only_listed"].sum() / max(int(table["n_articles"].sum()), 1)
    order = table.sort_values(["n_only_listed", "n_articles", "provider_id"], ascending=[False, False, True])
    return order[list(CREATES_DISCOVERY)].astype(CREATES_DISCOVERY).reset_index(drop=True)


def _whole(sums: Frame) -> dict[str, int]:
    """One row of counts; SQL has no sum of no rows, which is 0 here."""
    row = collect(sums, dict.fromkeys(sums.collect_schema().names(), "Int64")).fillna(0).iloc[0]
    return {str(name): int(value) for name, value in row.items()}


def _inside(tables: dict[str, Frame]) -> Frame:
    """The links between articles of the data, each with the providers at its ends."""
    articles = tables["articles"]
    pairs = tables["related_links"].select(source=nw.col("article_id"), target=nw.col("related_article_id"))
    source = articles.select(source=nw.col("article_id"), source_provider=nw.col("provider_id"))
    target = articles.select(target=nw.col("article_id"), target_provider=nw.col("provider_id"))
    found = pairs.filter(nw.col("source") != nw.col("target"))
    return found.join(source, on="source").join(target, on="target")


def _of_providers(tables: dict[str, Frame], dtype: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Degrees of the providers in the graph, and the heaviest links between them."""
    pairs = _inside(tables).select(source=nw.col("source_provider"), target=nw.col("target_provider"))
    pairs = pairs.filter(nw.col("source") != nw.col("target"))
    table = _degrees(
        pairs.group_by("target").agg(n=nw.len()), pairs.group_by("source").agg(n=nw.len()), dtype
    )
    names = table["id"].tolist()
    between = pairs.filter(nw.col("source").is_in(names), nw.col("target").is_in(names))
    return table, _heaviest(between.group_by("source", "target").agg(n=nw.len()), dtype)


def _of_articles(tables: dict[str, Frame], dtype: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Degrees of the articles in the graph, and the heaviest links between them.

    Ends of links are looked up among the articles as late as can be: after links are counted, or chosen.
    """
    links = tables["related_links"].select(source=nw.col("article_id"), target=nw.col("related_article_id"))
    links = links.filter(nw.col("source") != nw.col("target"))
    known = tables["articles"].select("article_id")

    def degree(end: str, other: str) -> Frame:
        counted = links.join(known, left_on=other, right_on="article_id", how="semi").group_by(end)
        return counted.agg(n=nw.len()).join(known, left_on=end, right_on="article_id", how="semi")

    table = _degrees(degree("target", "source"), degree("source", "target"), dtype)
    names = table["id"].tolist()
    between = links.filter(nw.col("source").is_in(names), nw.col("target").is_in(names))
    return table, _heaviest(between.with_columns(n=nw.lit(1, dtype=nw.Int64())), dtype)


def _heaviest(edges: Frame, dtype: str) -> pd.DataFrame:
    most = edges.sort("n", "source", "target", descending=[True, False, False]).head(MAX_LINKS)
    return collect(most, {"source": dtype, "target": dtype, "n": "int64"})


def _degrees(listed_in: Frame, lists_of: Frame, dtype: str) -> pd.DataFrame:
    """The most listed, then those that list most, at most `MAX_NODES`, by name, with their degrees.

    Args:
        listed_in: `target` and `n`, in how many lists it stands.
        lists_of: `source` and `n`, how many it lists.
        dtype: of names, or of their codes.
    """
    most = listed_in.sort("n", "target", descending=[True, False]).head(MAX_NODES)
    listed = collect(most, {"target": dtype, "n": "int64"}).set_index("target")["n"]
    is_listed = nw.col("source").is_in(listed.index.tolist())
    parts = [lists_of.filter(is_listed)]
    if len(listed) < MAX_NODES:
        others = lists_of.filter(~is_listed).sort("n", "source", descending=[True, False])
        parts.append(others.head(MAX_NODES - len(listed)))
    lists = pd.concat(
        [collect(part, {"source": dtype, "n": "int64"}).set_index("source")["n"] for part in parts]
    )
    table = pd.DataFrame({"n_listed": listed, "n_lists": lists}).fillna(0).astype("int64")
    return table.rename_axis("id").reset_index().astype({"id": dtype}).sort_values("id", ignore_index=True)


def _of_ends(ends: LinkEnds) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same of links that are coded."""
    n_listed, n_lists = ends.n_listed, ends.n_lists
    listed = first_of(n_listed, MAX_NODES)
    nodes = np.concatenate([listed, first_of(np.where(n_listed, 0, n_lists), MAX_NODES - len(listed))])
    nodes.sort()
    table = pd.DataFrame({"id": nodes, "n_listed": n_listed[nodes], "n_lists": n_lists[nodes]})
    chosen = np.zeros(len(ends.provider), dtype=np.bool_)
    chosen[nodes] = True
    between = chosen[ends.source] & chosen[ends.target]
    edges = pd.DataFrame({"source": ends.source[between], "target": ends.target[between]}).astype("int64")
    edges = edges.sort_values(["source", "target"], ignore_index=True).head(MAX_LINKS)
    return table.astype("int64"), edges.assign(n=np.int64(1))


def _ranked(table: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    """Nodes, in order, with their PageRank and betweenness; sums run in the given order of nodes and edges."""
    n = len(table)
    places = pd.Index(table["id"])
    source, target = (places.get_indexer(edges[end]) for end in ("source", "target"))
    sampled = max(10, EXACT_WORK // max(n + len(edges), 1))
    return table.assign(
        pagerank=pagerank(n, source, target, edges["n"].to_numpy()),
        betweenness=betweenness(n, source, target, sampled, SEED),
    )
