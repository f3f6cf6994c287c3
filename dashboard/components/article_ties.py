"""What ties an article to others: its event, the copies of its text, and the lists that name it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from dash import dcc, html
from duckdb import ColumnExpression, ConstantExpression, DuckDBPyRelation

from analysis.corpus import Corpus
from dashboard.article_rows import clock
from dashboard.url_state import Mark, Page, View, create_url
from dashboard.words import counted, number

__all__ = ["ties_of", "ties_view"]

_SHOWN = 12  # articles of each kind of tie
_COLUMNS = "article_id, title, outlet, time_precision, is_original, epoch(published_at) AS seconds"


def ties_of(corpus: Corpus, article: dict[str, Any]) -> dict[str, Any]:
    """The ties of an article.

    Args:
        corpus: that it is of.
        article: its row of `articles`.

    Returns:
        `event` (its row of `groups`, where others are in it, else None), `copies` and `listing` (rows of other
        articles, at most 12 each, oldest first), `n_copies` and `n_listing`.
    """
    key = article["article_id"]
    groups = _having(
        corpus.table("groups").filter("kind = 'events' AND size > 1"), "group_id", article["event_id"]
    )
    event = groups.project("group_id, size, headline").to_arrow_table().to_pylist()
    articles, links, providers = corpus.tables("articles", "related_links", "providers")
    named = providers.project("provider_id, name AS outlet").set_alias("named")
    others = articles.filter(ColumnExpression("article_id") != ConstantExpression(key)).set_alias("others")
    copies = _having(others, "copy_group_id", article["copy_group_id"]).set_alias("copies")
    lists = _having(links, "related_article_id", key).project("article_id").distinct().set_alias("lists")
    listing = others.join(lists, "article_id", how="semi").set_alias("listing")
    found: dict[str, Any] = {"event": event[0] if event else None}
    for name, table in (("copies", copies), ("listing", listing)):
        rows = table.join(named, "provider_id", how="left").order("published_at NULLS LAST, article_id")
        found[name] = rows.limit(_SHOWN).project(_COLUMNS).to_arrow_table().to_pylist()
        found[f"n_{name}"] = int(table.aggregate("count(*)").fetchall()[0][0])
    return found


def ties_view(ties: dict[str, Any], article_id: str, view: View, zone: ZoneInfo) -> list[Any]:
    """The ties as components; each article opens in its place."""
    parts: list[Any] = []
    if event := ties["event"]:
        href = create_url(replace(view.closed(), page=Page.EVENTS, event=event["group_id"]))
        others = counted(int(event["size"]), "article")
        title = html.Bdi((event["headline"] or "(no headline)")[:300])
        parts += [
            html.H4("Event"),
            html.P(dcc.Link(title, href=href, className="headline small")),
            html.P(f"{others} about the same happening, found by computation", className="note"),
        ]  # fmt: skip
    if ties["copies"]:
        parts += [
            html.H4(f"The same text: {counted(ties['n_copies'], 'other article')}"),
            _listed(ties["copies"], ties["n_copies"], view, zone),
        ]
    if ties["listing"]:
        whole = create_url(replace(view, article=None, mark=Mark("listing", article_id)))
        parts += [
            html.H4(f"Named by the lists of {counted(ties['n_listing'], 'article')}"),
            html.P(
                ["Related is not the same event. ", dcc.Link("Those of the selection", href=whole)], className="note"
            ),
            _listed(ties["listing"], ties["n_listing"], view, zone),
        ]  # fmt: skip
    return parts


def _having(table: DuckDBPyRelation, column: str, value: Any) -> DuckDBPyRelation:
    """The rows with a value; none where there is no value."""
    if value is None:
        return table.limit(0)
    return table.filter(ColumnExpression(column) == ConstantExpression(value))


def _listed(rows: list[dict[str, Any]], n: int, view: View, zone: ZoneInfo) -> html.Ol:
    items = [
        html.Li([
            dcc.Link(
                html.Bdi((row["title"] or "(no headline)")[:300]),
                href=create_url(replace(view, article=row["article_id"])), className="headline small",
            ),
            html.Div(
                [html.Bdi((row["outlet"] or "")[:120]), f" · {clock(row['seconds'], row['time_precision'], zone)}"],
                className="meta",
            ),
        ])
        for row in rows
    ]  # fmt: skip
    more = [html.Li(f"and {number(n - len(rows))} more", className="muted")] if n > len(rows) else []
    return html.Ol([*items, *more], className="related")
