"""What the page of events says in rows: the events, one event's head, its articles, and the evidence for its merges."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from dash import dcc, html

from analysis.charts.time_axis import span_name
from analysis.charts.timeliness import lag_name
from dashboard.article_rows import clock
from dashboard.components.chart import marks_table
from dashboard.components.outlet_link import outlet_part
from dashboard.components.rows_table import Cell, Row, rows_table
from dashboard.event_frames import Event
from dashboard.url_state import Mark, Page, View, create_url
from dashboard.words import counted, number

__all__ = ["articles_table", "event_head", "events_table", "merges_table", "outlets_table"]

_ROWS = 200  # of the longest table; the rest is on the page of articles
_LETTERS = 300  # of a headline


def events_table(view: View, shown: pd.DataFrame, zone: ZoneInfo) -> html.Div:
    """The events with their counts: the headline leads to the event, the number to its articles here."""
    heads = ("Event", "Articles", "Outlets", "Texts", "First", "Last", "Median quality")
    return rows_table(
        heads, [_event_row(view, row, zone) for row in shown.to_dict("records")], "events-table"
    )


def _event_row(view: View, row: dict[Any, Any], zone: ZoneInfo) -> Row:
    here = view.closed()
    n, size = int(row["n_articles"]), int(row["size"])
    mark = create_url(replace(here, mark=Mark("event", row["event_id"])))
    part = "" if n == size else f" of {number(size)}"
    label = _text(row["label"])[:160]
    return Row([
        Cell(
            [(_title(row["headline"]), create_url(replace(here, event=row["event_id"])))],
            kind="headline small", under=[[label]] if label else [],
        ),
        Cell([(number(n), mark), part]),
        Cell([number(row["n_providers"])]),
        Cell([number(row["n_texts"])]),
        Cell([_day(row["first"], zone)]),
        Cell([_day(row["last"], zone)]),
        Cell(["no score" if pd.isna(row["median_quality"]) else f"{row['median_quality']:g}"]),
    ])  # fmt: skip


def event_head(event: Event, zone: str) -> list[Any]:
    """The event's headline and size."""
    group, articles = event.group, event.articles
    times = articles["published_at"].dropna()
    days = span_name(times.min(), times.max() + pd.Timedelta(1, "us"), zone) if len(times) else "no dates"
    inside = int(articles["is_selected"].sum())
    parts = [
        counted(len(articles), "article"), counted(int(articles["provider_id"].nunique()), "outlet"),
        counted(int(articles["copy_group_id"].fillna(articles["article_id"]).nunique()), "text"), days,
    ]  # fmt: skip
    part = f" {number(inside)} of them in the selection." if inside < len(articles) else ""
    label = _text(group["label"])
    return [
        html.H2(html.Bdi(_title(group["headline"])), className="headline event-title"),
        html.P([html.Span(", ".join(parts) + "."), html.Span(part, className="muted")], className="event-size"),
        html.P(["Set apart by ", html.Bdi(label[:300])], className="meta") if label else None,
    ]  # fmt: skip


def outlets_table(view: View, event: Event, zone: ZoneInfo) -> html.Table:
    """The chart as rows: each article's outlet and time."""
    rows = [
        (str(row["outlet"])[:120], _open(view, row["article_id"]), _clock(row, zone))
        for row in event.articles[:_ROWS].to_dict("records")
    ]
    return marks_table(("Outlet", "Time"), rows)


def articles_table(view: View, event: Event, zone: ZoneInfo) -> list[Any]:
    """The articles, oldest first, each followed by the copies of its text."""
    rows = nested(event.articles)
    heads = ("Headline", "Outlet", "Time", "Quality")
    whole = create_url(View(page=Page.ARTICLES, query=f"event:{event.group['group_id']}"))
    n_copies = sum(1 for _, original in rows if original is not None)
    parts = [
        f"the first {number(_ROWS)} of {counted(len(rows), 'article')}"
        if len(rows) > _ROWS
        else counted(len(rows), "article"),
        f"{counted(n_copies, 'copy')}, under the earliest of the text" if n_copies else "no copies",
    ]
    return [
        html.H2("Articles"),
        html.P([" · ".join(parts), " · ", dcc.Link("open as a table", href=whole)], className="basis"),
        rows_table(heads, [_article_row(view, row, first, zone) for row, first in rows[:_ROWS]], "event-articles"),
    ]  # fmt: skip


def nested(articles: pd.DataFrame) -> list[tuple[dict[Any, Any], dict[Any, Any] | None]]:
    """The articles in order, each copy right after its original and paired with it; None beside all others.

    >>> frame = pd.DataFrame({"article_id": list("abc"), "copy_group_id": ["g", None, "g"],
    ...     "is_original": pd.Series([True, None, False], dtype="boolean")})
    >>> [(row["article_id"], of["article_id"] if of else None) for row, of in nested(frame)]
    [('a', None), ('c', 'a'), ('b', None)]
    """
    rows = articles.to_dict("records")
    originals = {row["copy_group_id"]: row for row in rows if row["is_original"] is True}
    copies: dict[str, list[dict[Any, Any]]] = {}
    for row in rows:
        if row["is_original"] is False and row["copy_group_id"] in originals:
            copies.setdefault(row["copy_group_id"], []).append(row)
    found: list[tuple[dict[Any, Any], dict[Any, Any] | None]] = []
    for row in rows:
        if row["is_original"] is False and row["copy_group_id"] in originals:
            continue
        found.append((row, None))
        if row["is_original"] is True:
            found += [(copy, row) for copy in copies.get(row["copy_group_id"], [])]
    return found


def _article_row(view: View, row: dict[Any, Any], original: dict[Any, Any] | None, zone: ZoneInfo) -> Row:
    notes = [] if original is None else [_copied(row, original)]
    notes += [] if row["is_selected"] else ["not in the selection"]
    return Row(
        [
            Cell(
                [(_title(row["title"]), _open(view, row["article_id"]))], kind="headline small",
                under=[[", ".join(notes)]] if notes else [],
            ),
            Cell([outlet_part(view, row["provider_id"], str(row["outlet"]))], kind="words"),
            Cell([_clock(row, zone)]),
            Cell(["no score" if pd.isna(row["quality"]) else f"{row['quality']:g}"]),
        ],
        kind="is-copy" if original is not None else "",
    )  # fmt: skip


def _copied(row: dict[Any, Any], original: dict[Any, Any]) -> str:
    """A copy, and how much later where both times are known."""
    exact = all(one["time_precision"] == "time" and pd.notna(one["published_at"]) for one in (row, original))
    if not exact:
        return "copy"
    hours = (row["published_at"] - original["published_at"]) / pd.Timedelta(1, "h")
    return f"copy, {lag_name(hours)} later" if hours else "copy, at the same minute"


def merges_table(view: View, event: Event) -> list[Any]:
    """Why the articles are one event: the pairs that hold it together, the weakest first: those to doubt."""
    rows = event.merges.to_dict("records")
    by_id = {row["article_id"]: row for row in event.articles.to_dict("records")}
    heads = ("Article", "and earlier", "Similarity", "Both say", "Apart", "Curated link")
    basis = f"{counted(len(rows), 'pair')} of articles hold it together, the weakest first"
    basis += f"; the first {number(_ROWS)} shown" if len(rows) > _ROWS else ""
    note = (
        "similarity: cosine of their words, 0 to 1 · curated link: a record's related list connects the two"
    )
    pairs = [
        (row, *(by_id[row[end]] for end in ("article_id", "other_id")))
        for row in rows
        if row["article_id"] in by_id and row["other_id"] in by_id
    ]
    return [
        html.H2("Why these are one event"),
        html.P(f"{basis} · {note}", className="basis"),
        rows_table(heads, [_merge_row(view, *pair) for pair in pairs[:_ROWS]], "event-merges"),
    ]


def _merge_row(view: View, row: dict[Any, Any], one: dict[Any, Any], other: dict[Any, Any]) -> Row:
    hours = row["hours_apart"]
    return Row([
        _named(view, one),
        _named(view, other),
        Cell([f"{row['similarity']:.2f}"]),
        Cell([_text(row["shared_terms"])[:200] or "no word"], kind="words"),
        Cell(["not known" if pd.isna(hours) else lag_name(abs(hours))]),
        Cell(["yes" if row["curated_link"] else "no"]),
    ])  # fmt: skip


def _named(view: View, row: dict[Any, Any]) -> Cell:
    outlet = outlet_part(view, row["provider_id"], str(row["outlet"]))
    line = [(_title(row["title"]), _open(view, row["article_id"]))]
    return Cell(line, kind="headline small", under=[[outlet]])


def _open(view: View, article_id: str) -> str:
    return create_url(replace(view, mark=None, article=article_id))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _title(value: Any) -> str:
    text = _text(value) or "(no headline)"
    return text if len(text) <= _LETTERS else text[: _LETTERS - 1] + "…"


def _day(moment: Any, zone: ZoneInfo) -> str:
    return clock(None if pd.isna(moment) else moment.timestamp(), "date", zone)


def _clock(row: dict[Any, Any], zone: ZoneInfo) -> str:
    moment = row["published_at"]
    return clock(None if pd.isna(moment) else moment.timestamp(), row["time_precision"], zone)
