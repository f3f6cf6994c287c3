"""The related lists that lead out of an event and into it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from dash import dcc, html

from dashboard.article_rows import clock
from dashboard.event_frames import Event
from dashboard.url_state import View, create_url
from dashboard.words import counted, number

__all__ = ["event_links"]

_SHOWN = 8  # articles of each side
_LETTERS = 300  # of a headline


def event_links(view: View, event: Event, zone: ZoneInfo) -> list[Any]:
    """What the event's articles list that is not of it, and what lists them."""
    words = "Related lists are kept by records: a relation that a curator saw, not the same event."
    return [
        html.H2("Related lists in and out"),
        html.P(words, className="basis"),
        html.Div(
            className="event-ties",
            children=[
                _side(view, event.named, zone, "Named by its articles' lists", "in {} of their lists"),
                _side(view, event.naming, zone, "Whose lists name its articles", "names {} of them"),
            ],
        ),
    ]


def _side(view: View, rows: pd.DataFrame, zone: ZoneInfo, title: str, tied: str) -> html.Section:
    if rows.empty:
        return html.Section([html.H3(title), html.P("No other article.", className="muted")])
    items = [_item(view, row, zone, tied) for row in rows[:_SHOWN].to_dict("records")]
    n_more = len(rows) - len(items)
    more = [html.Li(f"and {number(n_more)} more", className="muted")] if n_more else []
    name = f"{title}: {counted(len(rows), 'article')}"
    return html.Section([html.H3(name), html.Ol([*items, *more], className="related")])


def _item(view: View, row: dict[Any, Any], zone: ZoneInfo, tied: str) -> html.Li:
    title = row["title"] if isinstance(row["title"], str) and row["title"] else "(no headline)"
    moment = row["published_at"]
    time = clock(None if pd.isna(moment) else moment.timestamp(), row["time_precision"], zone)
    outlet = row["outlet"] if isinstance(row["outlet"], str) else ""
    return html.Li([
        dcc.Link(
            html.Bdi(title[:_LETTERS]), href=create_url(replace(view, mark=None, article=row["article_id"])),
            className="headline small",
        ),
        html.Div([html.Bdi(outlet[:120]), f" · {time} · {tied.format(number(row['n']))}"], className="meta"),
    ])  # fmt: skip
