"""What the page of links shows, from the tables: recommended and bridging articles, a small graph, what is behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from duckdb import ColumnExpression, ConstantExpression

from analysis.corpus import Selection
from analysis.measures.links import discovery, link_summary, links
from analysis.measures.recommended import outlet_links, recommended

__all__ = ["Linked", "ids_behind", "linked"]

_LISTED = 20  # recommended articles
_BRIDGES = 8
_BETWEEN = 0.001  # less lies between hardly anything
_GRAPH = 40  # articles of a graph that can be read


@dataclass(frozen=True)
class Linked:
    """The related lists of a selection.

    Attributes:
        summary: the row of `analysis.measures.links.link_summary`.
        best: of `analysis.measures.recommended.recommended`, with columns of `articles` and `outlet`.
        most_listed: of `analysis.measures.links.links`, all that it has.
        titles: headlines of those listed most, by id.
        bridges: articles that lie between others, of `analysis.measures.links.links`, with the same columns.
        nodes: all articles with a link, with the same columns, where they are so few that a graph can be read.
        edges: the links between these: `source`, `target`.
        outlets: of `analysis.measures.recommended.outlet_links`.
        unlisted: of `analysis.measures.links.discovery`.
        names: domain -> name.
    """

    summary: dict[Any, Any]
    best: pd.DataFrame
    most_listed: pd.DataFrame
    titles: dict[str, str]
    bridges: pd.DataFrame
    nodes: pd.DataFrame
    edges: pd.DataFrame
    outlets: pd.DataFrame
    unlisted: pd.DataFrame
    names: dict[str, str]


def linked(selection: Selection) -> Linked:
    """The related lists of a selection."""
    summary = link_summary(selection).iloc[0].to_dict()
    best = recommended(selection, top=_LISTED)
    nodes = links(selection)
    between = nodes[nodes["betweenness"] >= _BETWEEN].sort_values(
        ["betweenness", "id"], ascending=[False, True]
    )
    few = nodes if len(nodes) <= _GRAPH else nodes[:0]
    names = dict(selection.table("providers").project("provider_id, name").fetchall())
    return Linked(
        summary=summary,
        best=_with_words(selection, best.drop(columns="provider_id"), names),
        most_listed=nodes,
        titles=_titles(selection, nodes),
        bridges=_with_words(selection, between.head(_BRIDGES).rename(columns={"id": "article_id"}), names),
        nodes=_with_words(selection, few.rename(columns={"id": "article_id"}), names),
        edges=_edges(selection, few["id"].tolist()),
        outlets=outlet_links(selection),
        unlisted=discovery(selection),
        names=names,
    )


def ids_behind(selection: Selection, kind: str, value: str) -> tuple[str, ...]:
    """The articles of a selection that a mark of the page counts.

    Args:
        selection: of the filter bar.
        kind: `listing` (an article's id: those whose list names it) or `between` (two domains with a slash: the
            articles of the second that lists of the first name).
        value: which.

    Returns:
        Ids, sorted; none where there is no such mark.
    """
    table, lists = selection.tables("articles", "related_links")
    pairs = lists.project("article_id AS source, related_article_id AS article_id").filter(
        "source <> article_id"
    )
    if kind == "listing":
        found = pairs.filter(ColumnExpression("article_id") == ConstantExpression(value)).project("source")
        ends = found.distinct().set_alias("ends")
        inside = table.project("article_id AS source").join(ends, "source", how="semi").fetchall()
        here = table.filter(ColumnExpression("article_id") == ConstantExpression(value)).project("article_id")
        return tuple(sorted(row[0] for row in inside)) if here.fetchall() else ()
    one, _, other = value.partition("/")
    source, target = (
        table.filter(ColumnExpression("provider_id") == ConstantExpression(domain)) for domain in (one, other)
    )
    named = pairs.join(source.project("article_id AS source").set_alias("by"), "source", how="semi")
    chosen = target.project("article_id").join(named.set_alias("named"), "article_id", how="semi")
    return tuple(sorted(row[0] for row in chosen.fetchall()))


def _titles(selection: Selection, nodes: pd.DataFrame) -> dict[str, str]:
    best = nodes.sort_values(["n_listed", "id"], ascending=[False, True]).head(_LISTED)
    words = _with_words(selection, best[["id"]].rename(columns={"id": "article_id"}), {})
    return {row["article_id"]: row["title"] or "(no headline)" for row in words.to_dict("records")}


def _edges(selection: Selection, ids: list[str]) -> pd.DataFrame:
    """The links between some articles, each once."""
    if not ids:
        return pd.DataFrame({"source": pd.Series(dtype="str"), "target": pd.Series(dtype="str")})
    wanted = [ConstantExpression(one) for one in ids]
    inside = (ColumnExpression(name).isin(*wanted) for name in ("article_id", "related_article_id"))
    table = selection.table("related_links")
    for condition in inside:
        table = table.filter(condition)
    pairs = table.project("article_id AS source, related_article_id AS target").filter("source <> target")
    found: pd.DataFrame = pairs.distinct().order("source, target").to_arrow_table().to_pandas()
    return found


def _with_words(selection: Selection, frame: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Rows by `article_id` with the article's headline, outlet and time, in the same order."""
    ids = frame["article_id"].tolist() or [""]
    chosen = ColumnExpression("article_id").isin(*map(ConstantExpression, ids))
    columns = "article_id, title, provider_id, published_at, time_precision, seen_as"
    table = selection.table("articles").filter(chosen).project(columns)
    words = table.to_arrow_table().to_pandas()
    words["outlet"] = [names.get(domain) or domain for domain in words["provider_id"]]
    return frame.merge(words, on="article_id", how="left")
