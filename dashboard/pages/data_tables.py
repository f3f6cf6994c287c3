"""The tables of the page of data: facts of the snapshot, its sources, gaps, fields and conflicts."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

import pandas as pd
from dash import html

from analysis.words import day
from dashboard.answers import Totals
from dashboard.article_rows import safe_href
from dashboard.components.chart import marks_table
from dashboard.data_health import DataHealth
from dashboard.url_state import ColumnFilter, Page, View, create_url
from dashboard.words import counted, number, percent, short_day

__all__ = [
    "changes_table",
    "codes_table",
    "conflicts_table",
    "facts",
    "fields_table",
    "gaps_table",
    "sources_table",
]

_FIELDS = {
    "published_at": "time of publication",
    "provider_id": "outlet",
    "article_type": "type",
    "url": "address",
    "original_url": "original address",
}
_TILE = ("figure", "label", "note")
_TABLES = {
    "articles": "articles",
    "providers": "outlets",
    "related_links": "related links",
    "article_topics": "topic labels",
    "images": "pictures",
    "problems": "problems (gone: solved)",
}
_KEPT = 160  # characters of a value in conflict
_BEFORE = 40  # of those, before the first that differs


def facts(state: DataHealth, totals: Totals, n_problems: int) -> list[Any]:
    """The snapshot in a paragraph and four numbers; of the whole corpus, which is said."""
    snapshot, fresh = state.corpus.snapshot, state.fresh
    n_files = sum(source.n_files for source in snapshot.sources)
    built = datetime.fromisoformat(snapshot.built_at)
    text = (
        f"This snapshot was built on {day(built.date())} at {built:%H:%M} UTC from "
        f"{counted(n_files, 'file')} in {counted(len(snapshot.sources), 'source')}. It holds "
        f"{counted(totals.articles, 'article')} from {counted(totals.outlets, 'outlet')}: {number(totals.recorded)} "
        f"with a record of their own and {number(totals.articles - totals.recorded)} known only from the related lists "
        "of others. Two records of one address are one article. All of it is shown: filters do not apply here."
    )
    newest, gone = fresh["last_published"], int(fresh["n_not_collected"])
    conflicts = state.conflicts[0]
    tiles = [
        (short_day(newest.date()) if pd.notna(newest) else "–", "newest article", _age(fresh["age_hours"])),
        (number(gone), f"of {counted(int(fresh['n_days']), 'day')} not collected",
         counted(len(state.gaps), "gap") if gone else "no gap"),
        (number(n_problems), "problems" if n_problems != 1 else "problem", "errors and warnings"),
        (number(conflicts), "facts in conflict" if conflicts != 1 else "fact in conflict", "one value kept of several"),
    ]  # fmt: skip
    boxes = [
        html.Div(
            [html.Div(text, className=name) for text, name in zip(tile, _TILE, strict=True)], className="tile"
        )
        for tile in tiles
    ]
    return [
        html.Div([html.P(text, className="summary"), html.Div(boxes, className="tiles")], className="top")
    ]


def codes_table(state: DataHealth) -> html.Table:
    """Problems by kind, each row leading to its list."""
    rows = []
    for row in state.codes.to_dict("records"):
        view = View(page=Page.DATA, columns=(ColumnFilter("code", "equals", str(row["code"])),))
        rows.append(
            (f"{row['severity']}: {row['meaning'] or row['code']}", create_url(view), number(row["n"]))
        )
    return marks_table(("Kind", "Problems"), rows)


def gaps_table(state: DataHealth) -> list[Any]:
    """The stretches that were not collected."""
    if not state.gaps:
        return _card(
            "No gap in collection", "Every day from the first record to the last was collected.", [], []
        )
    rows = [
        [
            short_day(gap.first) if gap.n_days == 1 else f"{short_day(gap.first)} to {short_day(gap.last)}",
            number(gap.n_days),
            number(gap.expected),
        ]
        for gap in state.gaps
    ]
    days = sum(gap.n_days for gap in state.gaps)
    title = f"Not collected on {counted(days, 'day')}, in {counted(len(rows), 'gap')}"
    basis = "days in UTC · expected: what the same weekdays around had"
    return _card(title, basis, ["Days", "Number", "Records expected"], rows)


def fields_table(state: DataHealth) -> list[Any]:
    """How often each field is missing, repaired or in conflict."""
    frame = state.fields
    n = frame.drop_duplicates("known_from").set_index("known_from")["n_articles"]
    rows = []
    for field, part in frame.groupby("field", sort=False):
        at = part.set_index("known_from")
        cells = [_missing(at.loc[kind].to_dict()) for kind in ("record", "related")]
        sums = [number(int(part[name].sum())) for name in ("n_repaired", "n_in_conflict")]
        rows.append([_FIELDS.get(str(field), str(field).replace("_", " ")), *cells, *sums])
    basis = (
        f"articles: {number(n.get('record', 0))} with a record, {number(n.get('related', 0))} known only from lists, "
        "which never carry some fields"
    )
    heads = ["Field", "Missing in records", "Missing in lists only", "Repaired", "In conflict"]
    return _card("How complete the fields are", basis, heads, rows)


def conflicts_table(state: DataHealth) -> list[Any]:
    """Facts on which the sources of one article disagree, and which value is kept."""
    n, found = state.conflicts
    if not n:
        return _card(
            "No fact in conflict", "Where sources of one article disagree, it is listed here.", [], []
        )
    rows = []
    for row in found:
        kept, *others = _apart([row["kept"], *(row["others"] or [])])
        rows.append([
            html.Bdi(_headline(row), className="headline small"),
            _FIELDS.get(row["field"], row["field"].replace("_", " ")),
            html.Bdi(kept[:_KEPT]),
            html.Bdi("; ".join(others)[:_KEPT]),
        ])  # fmt: skip
    shown = f" · the first {number(len(rows))} are shown" if n > len(rows) else ""
    basis = f"kept: a record's value before a related list's, else the one given most often{shown}"
    title = f"Sources disagree on {counted(n, 'fact')}"
    return _card(title, basis, ["Article", "Field", "Kept", "Not kept"], rows)


def sources_table(state: DataHealth) -> list[Any]:
    """What the snapshot was built from."""
    snapshot = state.corpus.snapshot
    rows = [
        [html.Bdi(one.path), one.kind, number(one.n_files), _size(one.n_bytes), html.Code(one.digest[:12])]
        for one in snapshot.sources
    ]
    versions = ", ".join(f"{name} {version}" for name, version in snapshot.versions.items())
    grouped = (
        "copies and events were looked for" if snapshot.grouped else "copies and events were not looked for"
    )
    title = f"Snapshot {snapshot.label}, from {counted(len(rows), 'source')}"
    return _card(title, f"{grouped} · {versions}", ["Source", "Kind", "Files", "Size", "Digest"], rows)


def changes_table(state: DataHealth) -> list[Any]:
    """What this snapshot has that the one before had not, and the other way round."""
    found = state.changes
    if not found.before:
        return _card("No earlier snapshot to compare with", found.why, [], [])
    rows = [
        [
            _TABLES[one.table],
            number(one.added),
            number(one.gone),
            html.Span("–", title="has no value that could change")
            if one.changed is None
            else number(one.changed),
        ]
        for one in found.tables
    ]
    articles = found.tables[0]
    title = (
        f"Since the snapshot before: {counted(articles.added, 'article')} added, "
        f"{number(articles.changed or 0)} changed, {number(articles.gone)} gone"
    )
    if not any(one.added or one.gone or one.changed for one in found.tables):
        title = "Nothing changed since the snapshot before"
    basis = f"against snapshot {found.before} · changed: headline, excerpt, time, outlet, address, record or a score"
    return _card(title, basis, ["Rows of", "New", "Gone", "Changed"], rows)


def _card(title: str, basis: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[Any]:
    words = [html.H2(title), html.P(basis, className="basis")]
    if not rows:
        return words
    body = [
        html.Tr([html.Th(row[0], scope="row"), *(html.Td(cell, className="tabular") for cell in row[1:])])
        for row in rows
    ]
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in heads]))
    return [*words, html.Div(html.Table([head, html.Tbody(body)]), className="table-scroll", tabIndex=0)]


def _missing(row: dict[Any, Any]) -> Any:
    """A share with its count and a bar; a dash where there is no such article."""
    if not row["n_articles"]:
        return html.Span("no such article", className="muted")
    share = float(row["missing_share"])
    text = f"{percent(share)} ({number(row['n_missing'])})" if row["n_missing"] else "none"
    return [html.Meter(value=f"{share:.4f}", min="0", max="1", **{"aria-hidden": "true"}), text]


def _apart(values: list[str]) -> list[str]:
    """Values that differ, so that it is seen: whole numbers without a point, long texts from before they part.

    >>> _apart(["33.0", "37.5"])
    ['33', '37.5']
    >>> _apart(["same " * 40 + "end", "same " * 40 + "stop"])[1]
    '…same same same same same same same same stop'
    """
    alike = sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, zip(*values, strict=False)))
    start = alike - _BEFORE if alike > _KEPT // 2 else 0
    shown = [value[start:] for value in values] if start else values
    return [("…" if start else "") + re.sub(r"^(-?\d+)\.0$", r"\1", value) for value in shown]


def _headline(row: dict[str, Any]) -> Any:
    title = (row["title"] or row["url"] or row["article_id"])[:_KEPT]
    href = safe_href(row["url"])
    return html.A(title, href=href, target="_blank", rel="noopener noreferrer") if href else title


def _age(hours: float) -> str:
    if math.isnan(hours):
        return "no article has a time"
    if hours < 48:
        return f"{counted(round(hours), 'hour')} before the build"
    return f"{counted(round(hours / 24), 'day')} before the build"


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:,.1f} MB" if n_bytes >= 1e5 else f"{n_bytes / 1e3:,.1f} kB"
