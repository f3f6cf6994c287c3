"""Everything known of one article, for the panel. Pictures are listed and not loaded: their hosts would learn of it."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from dash import html
from duckdb import ColumnExpression, ConstantExpression

from analysis.corpus import Corpus
from analysis.query import Query
from dashboard.article_rows import clock, headline, safe_href
from dashboard.components.article_ties import ties_of, ties_view
from dashboard.components.outlet_link import outlet_link
from dashboard.url_state import View
from dashboard.words import counted, listed

__all__ = ["article_of", "article_view"]

_SEEN = {
    "record": "its own record",
    "related": "the related lists of others",
    "both": "its own record and the related lists of others",
}
_FIELDS = (
    "article_id, url, canonical_url, original_url, amp_url, amp_cache_url, title, excerpt, time_precision, "
    "provider_id, article_type, category, quality, heat, is_published, locale, seen_as, record_path, n_related, "
    "n_listed, copy_group_id, is_original, event_id, epoch(published_at) AS seconds"
)


def article_of(corpus: Corpus, article_id: str) -> dict[str, Any] | None:
    """One article with its provider's name, topics, tags, pictures, ties and related list; None where there is none."""
    found = _articles(corpus, [article_id])
    if not found:
        return None
    links = corpus.table("related_links").filter(
        ColumnExpression("article_id") == ConstantExpression(article_id)
    )
    related = [row[0] for row in links.order("position").project("related_article_id").fetchall()]
    by_id = {article["article_id"]: article for article in _articles(corpus, related)}
    related_list = [by_id[one] for one in related if one in by_id]
    return found[0] | {"related": related_list, "ties": ties_of(corpus, found[0])}


def _articles(corpus: Corpus, ids: list[str]) -> list[dict[str, Any]]:
    """Articles of some ids, each with `outlet`, `topics`, `tags` and `images`."""
    if not ids:
        return []

    def rows(table: str, columns: str, order: str) -> list[dict[str, Any]]:
        wanted = ColumnExpression("article_id").isin(*map(ConstantExpression, ids))
        found: list[dict[str, Any]] = (
            corpus.table(table).filter(wanted).order(order).project(columns).to_arrow_table().to_pylist()
        )
        return found

    articles = rows("articles", _FIELDS, "article_id")
    for article in articles:
        article |= {"topics": [], "tags": [], "images": [], "outlet": article["provider_id"]}
    by_id = {article["article_id"]: article for article in articles}
    for row in rows("article_topics", "article_id, topic", "article_id, topic"):
        by_id[row["article_id"]]["topics"].append(row["topic"])
    for row in rows("article_tags", "article_id, tag", "article_id, tag"):
        by_id[row["article_id"]]["tags"].append(row["tag"])
    for row in rows("images", "article_id, url, width, height", "article_id, position"):
        by_id[row["article_id"]]["images"].append(row)
    domains = sorted({article["provider_id"] for article in articles})
    chosen = ColumnExpression("provider_id").isin(*map(ConstantExpression, domains))
    names = dict(corpus.table("providers").filter(chosen).project("provider_id, name").fetchall())
    for article in articles:
        article["outlet"] = names.get(article["provider_id"]) or article["provider_id"]
    return articles


def article_view(article: dict[str, Any], query: Query, zone: ZoneInfo, view: View) -> list[Any]:
    """The article as components; what came from a record is text and never markup."""
    rows = [*_identity(article), *_addresses(article)]
    facts: list[Any] = []
    for name, value in rows:
        if value not in (None, ""):
            facts += [html.Dt(name), html.Dd(value)]
    return [
        html.P(
            [
                outlet_link(view, article["provider_id"], article["outlet"]),
                f" · {clock(article['seconds'], article['time_precision'], zone)}",
            ],
            className="meta",
        ),
        html.H3(_link(article["url"], _marked(article["title"], query, 2000)), className="headline"),
        html.P(_marked(article["excerpt"], query, 4000), className="excerpt") if article["excerpt"] else None,
        html.Dl(facts, className="facts"),
        *ties_view(article["ties"], article["article_id"], view, zone),
        *_related(article, query, zone, view),
    ]


def _identity(article: dict[str, Any]) -> list[tuple[str, Any]]:
    listed_in = counted(article["n_listed"], "record") if article["n_listed"] else None
    copy = {True: "the earliest of its text", False: "a copy of an earlier article", None: None}[
        article["is_original"]
    ]
    return [
        ("Quality", _number(article["quality"], "no score")),
        ("Heat", _number(article["heat"], "not measured")),
        ("Topics", listed([label[:200] for label in article["topics"]]) or "none"),
        ("Tags", listed(article["tags"])),
        ("Text", copy if article["copy_group_id"] else None),
        ("Type", article["article_type"]),
        ("Category", article["category"]),
        ("Language", article["locale"]),
        ("Published flag", {True: "yes", False: "no", None: None}[article["is_published"]]),
        ("Known from", _SEEN[article["seen_as"]]),
        ("Listed by", listed_in),
        ("Record", html.Code(article["record_path"]) if article["record_path"] else "none of its own"),
    ]


def _addresses(article: dict[str, Any]) -> list[tuple[str, Any]]:
    original = article["original_url"]
    return [
        ("Outlet's domain", article["provider_id"]),
        ("Address", _link(article["url"])),
        ("First published at", _link(original) if original and original != article["url"] else None),
        ("AMP address", _link(article["amp_url"]) if article["amp_url"] else None),
        ("AMP cache", _link(article["amp_cache_url"]) if article["amp_cache_url"] else None),
        ("Pictures", _pictures(article["images"])),
    ]


def _related(article: dict[str, Any], query: Query, zone: ZoneInfo, view: View) -> list[Any]:
    if not article["related"]:
        return []
    items = []
    for other in article["related"]:
        when = f" · {clock(other['seconds'], other['time_precision'], zone)}"
        meta: list[Any] = [outlet_link(view, other["provider_id"], other["outlet"]), when]
        meta.append(" · no quality score" if other["quality"] is None else f" · quality {other['quality']:g}")
        meta += [f" · picture {_size(image)}" for image in other["images"][:1]]
        meta += [" · ", _link(other["amp_url"], "AMP address")] if other["amp_url"] else []
        items.append(
            html.Li([
                html.Div(_link(other["url"], _marked(other["title"], query, 500)), className="headline small"),
                html.Div(meta, className="meta"),
            ])
        )  # fmt: skip
    note = "What its record lists beside it: a relation that a curator saw, not always the same event."
    return [
        html.H4(f"Related list: {counted(len(items), 'article')}"),
        html.P(note, className="note"),
        html.Ol(items, className="related"),
    ]


def _marked(text: str | None, query: Query, length: int) -> list[Any]:
    pieces = [html.Mark(piece) if hit else piece for piece, hit in headline(text, query, length)]
    return [html.Bdi(pieces)]


def _link(url: str | None, children: Any = None) -> Any:
    """A link out, where the address is one; else its text."""
    href = safe_href(url)
    shown = children if children is not None else (url or "")[:300]
    if href is None:
        return html.Span(shown)
    return html.A(shown, href=href, target="_blank", rel="noopener noreferrer", className="out")


def _pictures(images: list[dict[str, Any]]) -> Any:
    """The pictures as links: none is loaded, which is said."""
    if not images:
        return "none"
    note = "Not loaded: its host would learn who reads. A link opens it there, in a tab of its own."
    return [*(html.Div(_picture(image)) for image in images), html.Div(note, className="note")]


def _picture(image: dict[str, Any]) -> list[Any]:
    """Size and a link that names the host; the picture itself is only loaded by who follows it."""
    host = image["url"].split("/")[2] if safe_href(image["url"]) else image["url"]
    return [f"{_size(image)} · ", _link(image["url"], host[:120])]


def _size(image: dict[str, Any]) -> str:
    if image["width"] is None or image["height"] is None:
        return "size unknown"
    return f"{image['width']:.0f} × {image['height']:.0f}"


def _number(value: float | None, missing: str) -> str:
    return missing if value is None else f"{value:,g}"
