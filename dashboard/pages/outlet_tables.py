"""What the page of one outlet says in rows: its head, whom it copies, its firsts, its lists, its articles."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from dash import dcc, html

from analysis.charts.timeliness import lag_name
from dashboard.answers import Answers
from dashboard.article_rows import clock, rows, safe_href
from dashboard.components.outlet_link import outlet_link
from dashboard.outlet_frames import FIRSTS, own
from dashboard.url_state import Mark, Page, View, create_url, opened_url
from dashboard.words import counted, number

__all__ = ["articles_card", "copies_card", "firsts_card", "lists_card", "outlet_head"]

_ROWS = 12  # of each table
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\.[a-z0-9-]{2,63}", re.IGNORECASE)


def outlet_head(view: View, domain: str, name: str) -> list[Any]:
    """Its name, its domain as a link out where it is one, and the way back."""
    back = create_url(replace(view.closed(), outlet=None))
    out = safe_href(f"https://{domain}") if _DOMAIN.fullmatch(domain) else None
    attributes = {"target": "_blank", "rel": "noopener noreferrer", "className": "out"}
    shown = html.A(f"{domain} ↗", href=out, **attributes) if out else html.Span(html.Bdi(domain[:200]))
    return [
        dcc.Link("← All outlets", href=back, className="back"),
        html.H2([html.Bdi(name), html.Span(shown, className="outlet-domain")], className="outlet-title"),
    ]


def copies_card(view: View, frame: pd.DataFrame, names: dict[str, str]) -> list[Any]:
    """Whose texts it copied and who copied its own, with how many and how much later."""
    domain = view.outlet or ""
    sides = (("origin", "copier", "It copies"), ("copier", "origin", "Copied by"))
    tables, sums = [], []
    for other, mine, head in sides:
        some = frame[(frame[mine] == domain) & (frame[other] != domain)]
        some = some.sort_values(["n", other], ascending=[False, True])
        sums.append(int(some["n"].sum()))
        body = [_copy_row(view, row, other, names) for row in some.head(_ROWS).to_dict("records")]
        tables.append(_table((head, "Copies", "Median lag"), body, more=len(some) - _ROWS))
    again = int(frame.loc[(frame["origin"] == domain) & (frame["copier"] == domain), "n"].sum())
    of_others = counted(sums[0], "copy") if sums[0] else "no copy"
    title = f"{of_others} of others' texts here; its own were copied {_times(sums[1])}"
    title = title[0].upper() + title[1:]
    basis = "texts in this selection, the earliest copy being the original"
    basis += f" · it ran {counted(again, 'text')} of its own again" if again else ""
    return [
        html.H2(title if any(sums) else "Nobody copied it, and it copied nobody"),
        html.P(basis, className="basis"),
        html.Div(tables, className="pair") if any(sums) else None,
    ]


def _times(n: int) -> str:
    return {0: "never", 1: "once"}.get(n, f"{number(n)} times")


def _copy_row(view: View, row: dict[Any, Any], other: str, names: dict[str, str]) -> html.Tr:
    lag = row["median_lag_hours"]
    mark = Mark("copied", f"{row['origin']}/{row['copier']}")
    copies = dcc.Link(number(row["n"]), href=create_url(replace(view.closed(), mark=mark)))
    name = names.get(row[other], row[other])
    return html.Tr([
        html.Th(outlet_link(view, row[other], name), scope="row"), _cell("Copies", copies),
        _cell("Median lag", "not known" if pd.isna(lag) else lag_name(float(lag))),
    ])  # fmt: skip


def firsts_card(view: View, frame: pd.DataFrame, n_first: int, zone: ZoneInfo) -> list[Any]:
    """The events that it was first on in this corpus."""
    body = []
    for row in frame.to_dict("records"):
        headline = row["headline"] if isinstance(row["headline"], str) else "(no headline)"
        page = replace(
            view.closed(), page=Page.EVENTS, event=row["event_id"], outlet=None, query="", story=None
        )
        body.append(html.Tr([
            html.Th(dcc.Link(html.Bdi(headline[:200]), href=create_url(page)), scope="row", className="headline small"),
            _cell("First at", clock(row["published_at"].timestamp(), "time", zone)),
            _cell("Outlets", number(row["n_providers"])),
        ]))  # fmt: skip
    title = (
        f"First in this corpus on {counted(n_first, 'event')}"
        if n_first
        else "First in this corpus on no event"
    )
    basis = "events that another outlet has too, at times known to the minute, copies left out"
    basis += f" · the {number(FIRSTS)} with most outlets" if n_first > FIRSTS else ""
    return [
        html.H2(title), html.P(basis, className="basis"),
        _table(("Event", "First at", "Outlets"), body) if body else None,
    ]  # fmt: skip


def lists_card(view: View, frame: pd.DataFrame, names: dict[str, str]) -> list[Any]:
    """Whose articles its related lists name, and whose lists name its own."""
    domain = view.outlet or ""
    tables = []
    sums = {side: int((frame[side] > 0).sum()) for side in ("n_lists", "n_listed")}
    for side, head in (("n_lists", "Its lists name"), ("n_listed", "Named in lists of")):
        some = frame[frame[side] > 0].sort_values([side, "provider_id"], ascending=[False, True])
        body = []
        for row in some.head(_ROWS).to_dict("records"):
            other, n = row["provider_id"], int(row[side])
            pair = f"{domain}/{other}" if side == "n_lists" else f"{other}/{domain}"
            href = opened_url(view, "between", pair)
            name = outlet_link(view, other, names.get(other, other))
            body.append(
                html.Tr([html.Th(name, scope="row"), _cell("Articles", dcc.Link(number(n), href=href))])
            )
        tables.append(_table((head, "Articles"), body, more=len(some) - _ROWS))
    named = counted(sums["n_lists"], "outlet") if sums["n_lists"] else "no other outlet"
    title = f"Its related lists name {named}; {number(sums['n_listed'])} name it in theirs"
    basis = "different articles named in related lists · related is what a curator saw, not the same event"
    known = any(sums.values())
    return [
        html.H2(title if known else "No related list connects it with another outlet here"),
        html.P(basis, className="basis"), html.Div(tables, className="pair") if known else None,
    ]  # fmt: skip


def articles_card(answers: Answers, view: View) -> list[Any]:
    """Its latest articles, and the way to all of them."""
    found = rows(answers.selection(own(view)), {"startRow": 0, "endRow": _ROWS})
    table = create_url(replace(own(view), page=Page.ARTICLES, outlet=None))
    body = [_article_row(view, row) for row in found["rowData"]]
    n = found["rowCount"]
    link = dcc.Link("open all as a table", href=table)
    basis: list[Any] = [f"the latest {number(_ROWS)} of {number(n)}" if n > _ROWS else counted(n, "article")]
    return [
        html.H2("Its articles"), html.P([*basis, " · ", link], className="basis"),
        _table(("Headline", "Time", "Quality"), body),
    ]  # fmt: skip


def _article_row(view: View, row: dict[str, Any]) -> html.Tr:
    title = html.Bdi([html.Mark(piece) if hit else piece for piece, hit in row["title"]])
    href = create_url(replace(view, mark=None, article=row["article_id"]))
    quality = "no score" if row["quality"] is None else f"{row['quality']:g}"
    return html.Tr([
        html.Th(dcc.Link(title, href=href), scope="row", className="headline small"),
        _cell("Time", row["published_at"]), _cell("Quality", quality),
    ])  # fmt: skip


def _table(heads: tuple[str, ...], body: list[html.Tr], *, more: int = 0) -> html.Div:
    head = html.Thead(html.Tr([html.Th(text, scope="col") for text in heads]))
    note = html.P(f"and {counted(more, 'more outlet')}", className="basis") if more > 0 else None
    none = html.P("none", className="basis") if not body else None
    # The heads of columns are only heard on a narrow screen; there this one stands over its rows.
    title = html.Div(heads[0], className="narrow-head", **{"aria-hidden": "true"})
    return html.Div([title, html.Table([head, html.Tbody(body)], className="rows narrow-rows"), none, note])


def _cell(head: str, children: Any) -> html.Td:
    return html.Td(children, className="tabular", **{"data-head": head})
