"""What the page of links shows, from the tables: recommended and bridging articles, a small graph, what is behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from duckdb import ColumnExpression, ConstantExpression

from analysis.coded import among, named_so
from analysis.corpus import Corpus, Selection
from analysis.measures.codes import named
from analysis.measures.link_ends import link_ends
from analysis.measures.links import discovery, link_summary, links
from analysis.measures.recommended import outlet_links, recommended

__all__ = ["Linked", "ids_behind", "linked"]

_LISTED = 20  # recommended articles
_BRIDGES = 8
_BETWEEN = 0.001  # less lies between hardly anything
_GRAPH = 40  # articles of a graph that can be read
_LINKS = ("article_id", "related_article_id")


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
    corpus, ends = selection.corpus, link_ends(selection) or selection
    best, nodes = recommended(ends, top=_LISTED), links(ends)
    between = nodes[nodes["betweenness"] >= _BETWEEN].sort_values(
        ["betweenness", "id"], ascending=[False, True]
    )
    bridges, few = between.head(_BRIDGES), nodes if len(nodes) <= _GRAPH else nodes[:0]
    most = nodes.sort_values(["n_listed", "id"], ascending=[False, True])["id"].head(_LISTED).tolist()
    names = dict(corpus.table("providers").project("provider_id, name").fetchall())
    parts = (best["article_id"], bridges["id"], few["id"])
    words = _words(corpus, {*most, *(one for part in parts for one in part)}, names)
    titles = dict(zip(words["article_id"], words["title"], strict=True))
    return Linked(
        summary=link_summary(ends).iloc[0].to_dict(),
        best=best.drop(columns="provider_id").merge(words, on="article_id", how="left"),
        most_listed=nodes,
        titles={one: titles[one] or "(no headline)" for one in most},
        bridges=bridges.rename(columns={"id": "article_id"}).merge(words, on="article_id", how="left"),
        nodes=few.rename(columns={"id": "article_id"}).merge(words, on="article_id", how="left"),
        edges=_edges(corpus, few["id"].tolist()),
        outlets=outlet_links(ends),
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


def _edges(corpus: Corpus, ids: list[str]) -> pd.DataFrame:
    """The links between some articles, each once."""
    if not ids:
        return pd.DataFrame({"source": pd.Series(dtype="str"), "target": pd.Series(dtype="str")})
    held, cursor = corpus.held, corpus.cursor()
    held.hold({"related_links": _LINKS})
    codes = named_so(cursor, ids).values()
    table = among(among(held.table(cursor, "related_links", _LINKS), _LINKS[0], codes), _LINKS[1], codes)
    pairs = table.project("article_id AS source, related_article_id AS target").filter("source <> target")
    found: pd.DataFrame = pairs.distinct().order("source, target").df()
    return found.apply(named, args=(held.names(),)).astype("str")


def _words(corpus: Corpus, ids: set[str], names: dict[str, str]) -> pd.DataFrame:
    """Some articles with their headlines, outlets and times."""
    columns = ("article_id", "provider_id", "published_at", "time_precision", "seen_as", "title")
    held, cursor = corpus.held, corpus.cursor()
    held.hold({"articles": columns})
    table = among(held.table(cursor, "articles", columns), "article_id", named_so(cursor, ids).values())
    fields = "article_id, title, provider_id, published_at, time_precision::VARCHAR AS time_precision"
    words: pd.DataFrame = table.project(f"{fields}, seen_as::VARCHAR AS seen_as").df()
    for name in ("article_id", "provider_id"):
        words[name] = named(words[name], held.names())
    words["published_at"] = pd.to_datetime(words["published_at"], utc=True)
    words["outlet"] = [names.get(domain) or domain for domain in words["provider_id"]]
    return words
