"""What related lists recommend: articles, by how many lists of how many outlets; and which outlet lists which.

Counts are of lists, and of distinct articles; links of an article to itself and to articles outside the data are left
out. Related means that a curator saw a relation, not that it is one event. Limits: lists repeat each other within a
story, so they are no independent votes, and carry no interval.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from analysis.measures.codes import code_dtype, named
from analysis.measures.frames import BadOption, Frame, coded_of, collect
from analysis.measures.link_ends import LinkEnds, first_of, link_ends

__all__ = ["CREATES", "CREATES_OUTLETS", "REQUIRES", "outlet_links", "recommended"]

REQUIRES = {
    "articles": ("article_id", "provider_id"),
    "related_links": ("article_id", "related_article_id"),
}
CREATES = {
    "article_id": "str",
    "provider_id": "str",
    "n_lists": "int64",
    "n_outlets": "int64",
    "n_own": "int64",
}
CREATES_OUTLETS = {"source": "str", "target": "str", "n_links": "int64", "n_articles": "int64"}

_TIES = 1_000  # articles fetched beyond those asked for


def recommended(data: Any, *, top: int = 20, related_links: Any = None) -> pd.DataFrame:
    """The articles that stand in most related lists, with how many outlets' lists these are.

    Args:
        data: a selection, or a frame of articles.
        top: how many at most.
        related_links: frame of `related_links`, where `data` is a plain frame.

    Returns:
        One row an article, columns `CREATES`, those in most lists first, then of most outlets: `n_lists` articles whose
        list names it, `n_outlets` outlets of these, and `n_own`, those of its own outlet.

    Raises:
        BadOption: `top` under 1.
        NotAFrame, MissingTable, MissingColumns: as `frames_of`.

    >>> frame = pd.DataFrame({"article_id": ["a", "b", "c"], "provider_id": ["pa", "sky", "sky"]})
    >>> lists = pd.DataFrame({"article_id": ["a", "b", "b"], "related_article_id": ["c", "c", "a"]})
    >>> recommended(frame, related_links=lists)
      article_id provider_id  n_lists  n_outlets  n_own
    0          c         sky        2          2      1
    1          a          pa        1          1      0
    """
    _check(top)
    if (ends := link_ends(data, related_links)) is not None:
        return _recommended(ends, top)
    frames, names = coded_of(data, REQUIRES, {"related_links": related_links})
    links, articles = _links(frames, coded=names is not None), frames["articles"]
    lists = links.group_by("article_id").agg(n_lists=nw.len())
    lists = lists.join(articles.select("article_id"), on="article_id", how="semi")
    # Outlets are looked up for what can be among the first only.
    chosen = nw.col("article_id").is_in(_most_listed(lists, top, code_dtype(names)))
    links = _with_outlets(links.filter(chosen), articles)
    links = links.with_columns(own=(nw.col("source_provider") == nw.col("provider_id")).cast(nw.Int64()))
    counted = links.group_by("article_id", "provider_id").agg(
        n_lists=nw.len(), n_outlets=nw.col("source_provider").n_unique(), n_own=nw.col("own").sum()
    )
    order = ["n_lists", "n_outlets", "article_id"]
    first = counted.sort(*order, descending=[True, True, False]).head(top)
    return collect(first, CREATES, names=names).sort_values(
        order, ascending=[False, False, True], ignore_index=True
    )


def outlet_links(data: Any, *, top: int = 12, related_links: Any = None) -> pd.DataFrame:
    """Which outlets' records list the articles of which outlets, of the outlets with most links.

    Args:
        data: a selection, or a frame of articles.
        top: how many outlets at most.
        related_links: frame of `related_links`, where `data` is a plain frame.

    Returns:
        One row an ordered pair with a link, an outlet with itself included, columns `CREATES_OUTLETS`, by both names:
        `n_links` entries of lists, and `n_articles` distinct articles of `target` that they name.

    Raises:
        BadOption: `top` under 1.
        NotAFrame, MissingTable, MissingColumns: as `frames_of`.

    >>> frame = pd.DataFrame({"article_id": ["a", "b", "c"], "provider_id": ["pa", "sky", "sky"]})
    >>> lists = pd.DataFrame({"article_id": ["a", "b", "b"], "related_article_id": ["c", "c", "a"]})
    >>> outlet_links(frame, related_links=lists)
      source target  n_links  n_articles
    0     pa    sky        1           1
    1    sky     pa        1           1
    2    sky    sky        1           1
    """
    _check(top)
    if (ends := link_ends(data, related_links)) is not None:
        return _outlet_links(ends, top)
    frames, names = coded_of(data, REQUIRES, {"related_links": related_links})
    links, articles = _links(frames, coded=names is not None), frames["articles"]
    kept = articles.filter(nw.col("provider_id").is_in(_most_linked(links, articles, top, code_dtype(names))))
    pairs = _with_outlets(links, kept).group_by("source_provider", "provider_id")
    counted = pairs.agg(n_links=nw.len(), n_articles=nw.col("article_id").n_unique())
    return collect(
        counted.rename({"source_provider": "source", "provider_id": "target"}), CREATES_OUTLETS, names=names
    )


def _recommended(ends: LinkEnds, top: int) -> pd.DataFrame:
    """The same of links that are coded; outlets are looked up for what can be among the first only."""
    n_lists, provider = ends.n_listed, ends.provider
    first = first_of(n_lists, top)
    inside = n_lists[ends.target] >= (n_lists[first].min() if len(first) else 1)
    source, target = ends.source[inside], ends.target[inside]
    links = pd.DataFrame({
        "article_id": target, "provider_id": provider[target], "source_provider": provider[source],
    }).astype("int64")  # fmt: skip
    links["own"] = (links["source_provider"] == links["provider_id"]).astype("int64")
    counted = links.groupby(["article_id", "provider_id"], as_index=False).agg(
        n_lists=("own", "size"), n_outlets=("source_provider", "nunique"), n_own=("own", "sum")
    )
    order = ["n_lists", "n_outlets", "article_id"]
    table = counted.sort_values(order, ascending=[False, False, True], ignore_index=True).head(top)
    ids = {name: named(table[name], ends.names) for name in ("article_id", "provider_id")}
    return table.assign(**ids)[list(CREATES)].astype(CREATES)


def _outlet_links(ends: LinkEnds, top: int) -> pd.DataFrame:
    """The same of links that are coded."""
    source, target = (ends.provider[end] for end in (ends.source, ends.target))
    n_outlets = int(ends.provider.max(initial=-1)) + 1
    one, other = (np.bincount(end, minlength=n_outlets) for end in (source, target))
    most = first_of(one + other, top)
    kept = np.zeros(n_outlets, dtype=np.bool_)
    kept[most] = True
    inside = kept[source] & kept[target]
    pairs = pd.DataFrame(
        {"source": source[inside], "target": target[inside], "article_id": ends.target[inside]}
    )
    counted = pairs.astype("int64").groupby(["source", "target"], as_index=False)
    table = counted.agg(n_links=("article_id", "size"), n_articles=("article_id", "nunique"))
    outlets = {name: named(table[name], ends.names) for name in ("source", "target")}
    return table.assign(**outlets)[list(CREATES_OUTLETS)].astype(CREATES_OUTLETS)


def _most_listed(lists: Frame, top: int, dtype: str) -> list[Any]:
    """The articles in most lists, and all that are in as many as the last of them."""
    ordered, dtypes = lists.sort("n_lists", descending=True), {"article_id": dtype, "n_lists": "int64"}
    first = collect(ordered.head(top + _TIES), dtypes, sort=["n_lists"])[::-1]
    least = first["n_lists"].head(top).min()
    if len(first) == top + _TIES and first["n_lists"].iloc[-1] == least:
        first = collect(ordered.filter(nw.col("n_lists") >= int(least)), dtypes)
    most: list[Any] = first.loc[first["n_lists"] >= least, "article_id"].tolist()
    return most


def _most_linked(links: Frame, articles: Frame, top: int, dtype: str) -> list[Any]:
    """The outlets of most links, from them and to them, by name or code."""
    outlets = articles.select("article_id", "provider_id")
    inside = links.join(articles.select("article_id"), on="article_id", how="semi")
    ends = []
    for end, some in (("source", inside), ("article_id", links)):
        counted = some.group_by(end).agg(n=nw.len())
        by_outlet = counted.join(outlets, left_on=end, right_on="article_id").group_by("provider_id")
        ends.append(collect(by_outlet.agg(nw.col("n").sum()), {"provider_id": dtype, "n": "int64"}))
    weight = pd.concat(ends).groupby("provider_id")["n"].sum().reset_index()
    most: list[Any] = weight.sort_values(["n", "provider_id"], ascending=[False, True])[
        "provider_id"
    ].tolist()
    return most[:top]


def _check(top: int) -> None:
    if top < 1:
        raise BadOption(f"top must be at least 1; got {top}")


def _links(tables: dict[str, Frame], *, coded: bool) -> Frame:
    """The links from articles of the data, each once: `article_id` is listed by `source`."""
    links = tables["related_links"].select(
        source=nw.col("article_id"), article_id=nw.col("related_article_id")
    )
    links = links.filter(nw.col("source") != nw.col("article_id"))
    if coded:  # they are distinct, and those of the articles
        return links
    known = tables["articles"].select("article_id")
    return links.unique().join(known, left_on="source", right_on="article_id", how="semi")


def _with_outlets(links: Frame, articles: Frame) -> Frame:
    """The links with the outlets at their ends, where these articles have both ends."""
    ends = articles.select(source=nw.col("article_id"), source_provider=nw.col("provider_id"))
    return links.join(ends, on="source").join(articles.select("article_id", "provider_id"), on="article_id")
