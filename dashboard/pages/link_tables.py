"""What the page of links says in words and rows: how much is linked, who is recommended, what lies between."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from dash import dcc, html

from dashboard.article_rows import clock
from dashboard.components.chart import marks_table
from dashboard.link_frames import Linked
from dashboard.url_state import View, create_url, opened_url
from dashboard.words import TOO_FEW, counted, number, percent

__all__ = [
    "bridges",
    "discovery_table",
    "graph_table",
    "links_words",
    "outlets_table",
    "recommendations",
    "recommended_table",
]

_LETTERS = 200  # of a headline
_ROWS = 200  # of the longest table
_SEEN = {"record": "a record", "both": "a record", "related": "only these lists"}


def links_words(found: Linked) -> list[Any]:
    """How much is linked, as a paragraph and four numbers, and what a link is not."""
    summary, unlisted = found.summary, found.unlisted
    n_links, n_mutual = int(summary["n_links"]), int(summary["n_mutual"])
    n, only = int(unlisted["n_articles"].sum()), int(unlisted["n_only_listed"].sum())
    shares = percent(summary["reciprocity"]) if n_links >= TOO_FEW else ""
    bias = (
        f" {number(only)} of {counted(n, 'article')} {'is' if only == 1 else 'are'} known only because a list names "
        f"{'it' if only == 1 else 'them'}: what is here of that kind was chosen by others, which biases what is found."
        if only
        else " Every article here has a record of its own."
    )
    text = (
        "Records carry lists of related articles. Related means that a curator saw a relation: it is not the same "
        f"event, and no proof that one read the other.{bias}"
    )
    tiles = [
        (number(n_links), "links within the selection" if n_links != 1 else "link within the selection",
         f"between {counted(n, 'article')}"),
        (number(int(summary["n_outside"])), "lead out of it", "to articles not selected"),
        (shares or "–", "are mutual", f"{number(n_mutual)} of {number(n_links)}" if n_links else "no link"),
        (percent(only / n) if n else "–", "known only from lists", f"{number(only)} of {number(n)}"),
    ]  # fmt: skip
    names = ("figure", "label", "note")
    boxes = [
        html.Div(
            [html.Div(part, className=name) for part, name in zip(tile, names, strict=True)], className="tile"
        )
        for tile in tiles
    ]
    return [html.P(text, className="summary"), html.Div(boxes, className="tiles")]


def recommendations(view: View, found: Linked, zone: ZoneInfo) -> list[Any]:
    """The most recommended articles with by how many lists of how many outlets."""
    rows = [
        html.Tr([
            html.Th(_article(view, row), scope="row", className="headline small"),
            _cell("Outlet", html.Bdi(str(row["outlet"])[:120]), kind="words"),
            _cell("Time", _time(row, zone)),
            _cell("Lists", dcc.Link(number(row["n_lists"]), href=_open(view, "listing", row["article_id"]))),
            _cell("Outlets", number(row["n_outlets"])),
            _cell("Of its own outlet", number(row["n_own"])),
            _cell("Known from", _SEEN[row["seen_as"]], kind="words"),
        ])
        for row in found.best.to_dict("records")
    ]  # fmt: skip
    if not rows:
        return []
    heads = ("Article", "Outlet", "Time", "Lists", "Outlets", "Of its own outlet", "Known from")
    head = html.Thead(html.Tr([html.Th(text, scope="col") for text in heads]))
    basis = (
        "lists: records of the selection whose related list names it · outlets: of how many outlets these are"
    )
    return [
        html.H2("Recommended most"),
        html.P(basis, className="basis"),
        html.Table([head, html.Tbody(rows)], className="rows"),
    ]


def bridges(view: View, found: Linked) -> list[Any]:
    """The articles that lie between groups of others."""
    about = "betweenness (Brandes 2001): share of shortest ways along lists that lead through it, 0 to 1"
    if found.bridges.empty:
        text = "No article lies between others: none is on more than 0.1 % of the shortest ways along lists."
        return [html.H2("No bridge between articles"), html.P(text, className="basis")]
    items = [
        html.Li([
            html.Span(_article(view, row), className="headline small"),
            html.Div(
                [html.Bdi(str(row["outlet"])[:80]), _bridging(row)],
                className="meta",
            ),
        ])
        for row in found.bridges.to_dict("records")
    ]  # fmt: skip
    return [
        html.H2("Bridges: articles that tie others together"),
        html.P(about, className="basis"),
        html.Ol(items, className="bridges"),
    ]


def graph_table(view: View, found: Linked) -> html.Table:
    """The dots of the graph as rows."""
    rows = [
        (_title(row), _one(view, row["article_id"]), f"in {number(row['n_listed'])}, lists {number(row['n_lists'])}")
        for row in found.nodes.to_dict("records")
    ]  # fmt: skip
    return marks_table(("Article", "Lists"), rows)


def recommended_table(view: View, found: Linked) -> html.Table:
    """The bars of the recommended as rows."""
    rows = [
        (_title(row), _open(view, "listing", row["article_id"]), number(row["n_lists"]))
        for row in found.best.to_dict("records")
    ]
    return marks_table(("Article", "Lists"), rows)


def outlets_table(view: View, found: Linked) -> html.Table:
    """The cells of the matrix as rows, the fullest first."""
    ranked = found.outlets.sort_values(["n_articles", "source", "target"], ascending=[False, True, True])
    names = found.names
    rows = [
        (
            " lists ".join((names.get(row[side]) or row[side])[:60] for side in ("source", "target")),
            _open(view, "between", f"{row['source']}/{row['target']}"),
            number(row["n_articles"]),
        )
        for row in ranked[:_ROWS].to_dict("records")
    ]  # fmt: skip
    return marks_table(("Outlets", "Articles"), rows)


def discovery_table(view: View, found: Linked) -> html.Table:
    """The outlets by how much of them is known only from lists."""
    some = found.unlisted[found.unlisted["n_only_listed"] > 0][:_ROWS]
    rows = [
        (
            (found.names.get(row["provider_id"]) or row["provider_id"])[:120],
            _open(view, "listed", row["provider_id"]),
            _unlisted(row),
        )
        for row in some.to_dict("records")
    ]
    return marks_table(("Outlet", "Known only from lists"), rows)


def _bridging(row: dict[Any, Any]) -> str:
    lists = f"in {counted(int(row['n_listed']), 'list')}, lists {number(row['n_lists'])}"
    return f" · betweenness {row['betweenness']:.3f} · {lists}"


def _unlisted(row: dict[Any, Any]) -> str:
    between = f"{percent(row['share_low'])} to {percent(row['share_high'])}"
    return (
        f"{number(row['n_only_listed'])} of {number(row['n_articles'])}, {percent(row['share'])} ({between})"
    )


def _article(view: View, row: dict[Any, Any]) -> dcc.Link:
    return dcc.Link(_title(row), href=_one(view, row["article_id"]))


def _title(row: dict[Any, Any]) -> str:
    title = row["title"] if isinstance(row["title"], str) and row["title"] else "(no headline)"
    return title if len(title) <= _LETTERS else title[: _LETTERS - 1] + "…"


def _time(row: dict[Any, Any], zone: ZoneInfo) -> str:
    moment = row["published_at"]
    return clock(None if pd.isna(moment) else moment.timestamp(), row["time_precision"], zone)


def _cell(head: str, children: Any, kind: str = "tabular") -> html.Td:
    """A cell that carries its column's name for screens too narrow for columns."""
    return html.Td(children, className=kind, **{"data-head": head})


def _one(view: View, article_id: str) -> str:
    return create_url(replace(view, mark=None, article=article_id))


def _open(view: View, kind: str, value: str) -> str:
    return opened_url(view, kind, value)
