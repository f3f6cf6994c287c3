"""The overview's largest events, and the terms that rise and fall, each opening its articles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update

from analysis.charts.terms import rising_terms_chart
from analysis.charts.time_axis import span_name
from dashboard.answers import Answers
from dashboard.components.chart import chart, marks_table, said
from dashboard.event_frames import EventList
from dashboard.ids import Ids
from dashboard.term_frames import stretches, terms_of
from dashboard.url_state import Mark, Page, View, create_url, view_at
from dashboard.words import counted, number

__all__ = ["events_card", "register_notable", "terms_card"]

_ABOUT_TERMS = (
    "Words and phrases of headlines and excerpts that became more, or less, frequent since the days before (where "
    "there are none before, from the earlier to the later half): z of the log-odds (Monroe et al. 2008). "
    "Copies count once. z ranks; it tests nothing, since thousands of terms are looked at. A bar opens its texts: of "
    "now where it rises, of then where it falls."
)
_LISTED = 10
_TOP = 12  # terms of each side
_LETTERS = 160  # of a headline


def events_card() -> html.Section:
    """A place for the largest events."""
    return html.Section(id=Ids.OVERVIEW_EVENTS, className="card third")


def terms_card() -> html.Section:
    """A place for the terms that rise and fall."""
    return chart(Ids.TERMS, Ids.TERMS_TEXT, Ids.TERMS_TABLE, about=_ABOUT_TERMS, class_name="third")


def register_notable(app: Dash, answers: Answers) -> None:
    """Fill both from the address."""
    app.clientside_callback(
        ClientsideFunction("newsgauge", "open_rising"),
        Output(Ids.ADDRESS, "search", allow_duplicate=True),
        Output(Ids.TERMS, "clickData"),
        Input(Ids.TERMS, "clickData"),
        State(Ids.ADDRESS, "search"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(Ids.OVERVIEW_EVENTS, "children"), Input(Ids.VOLUME_DRAWN, "data"), prevent_initial_call=True
    )
    def list_events(drawn: list[str] | None) -> Any:
        view = view_at(drawn[0], Page.OVERVIEW) if drawn else None
        return no_update if view is None else _events(answers, view)

    @app.callback(
        Output(Ids.TERMS, "figure"),
        Output(Ids.TERMS_TEXT, "children"),
        Output(Ids.TERMS, "style"),
        Output(Ids.TERMS_TABLE, "children"),
        Input(Ids.VOLUME_DRAWN, "data"),
        prevent_initial_call=True,
    )
    def draw_terms(drawn: list[str] | None) -> tuple[Any, ...]:
        address, scheme = drawn or (None, None)
        view = view_at(address, Page.OVERVIEW)
        if view is None or scheme is None:
            return (no_update,) * 4
        frame, days, here = terms_of(answers, view), stretches(answers, view), answers.at(view)
        if frame is None or days is None:
            words = [
                html.H2("One day: no term rises or falls"),
                html.P("texts, copies once", className="basis"),
            ]
            return no_update, words, {"display": "none"}, []
        zone = here.corpus.zone
        figure = rising_terms_chart(
            frame, span=_ends(days.now, zone), baseline=_ends(days.before, zone), top=_TOP, zone=zone,
            theme=answers.theme(view, scheme),
        )  # fmt: skip
        return *said(figure, top=16), _table(view, frame)


def _ends(days: tuple[date, date], zone: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    return pd.Timestamp(days[0], tz=zone), pd.Timestamp(days[1] + timedelta(days=1), tz=zone)


def _table(view: View, frame: pd.DataFrame) -> html.Table:
    """The bars as rows, each opening its texts."""
    rows = []
    for row in frame.to_dict("records"):
        way = str(row["direction"])
        n = row["n_texts"] if way == "rising" else row["n_rest"]
        href = create_url(replace(view.closed(), mark=Mark(way, row["term"]))) if n else ""
        now, then = (
            f"{number(row[n])} of {number(row[of])}" for n, of in (("n_texts", "of"), ("n_rest", "of_rest"))
        )
        rows.append((f"{row['shown'][:80]} ({way})", href, f"{now} now, {then} then, z {row['z']:+.1f}"))
    return marks_table(("Term", "Texts"), rows)


def _events(answers: Answers, view: View) -> list[Any]:
    """The largest events of the selection; the first with what sets it apart."""
    found = answers.events(replace(view, rank="size"))
    if not found.known or not found.n_events:
        return [html.H2(_no_events(found)), html.P("articles about the same happening", className="basis")]
    rows = found.shown[:_LISTED].to_dict("records")
    title = f"{counted(found.n_events, 'event')}; the {number(len(rows))} largest"
    whole = dcc.Link("all events", href=create_url(replace(view.closed(), page=Page.EVENTS)))
    zone = answers.at(view).corpus.zone
    part = "counted: those selected · " if any(row["n_articles"] < row["size"] for row in rows) else ""
    return [
        html.H2(title if len(rows) < found.n_events else counted(found.n_events, "event")),
        html.P([f"two or more articles about the same happening · {part}", whole], className="basis"),
        html.Ol([_event(view, row, zone, is_first=row is rows[0]) for row in rows], className="event-list"),
    ]  # fmt: skip


def _no_events(found: EventList) -> str:
    return (
        "No event of two or more articles" if found.known else "Events were not looked for in this snapshot"
    )


def _event(view: View, row: dict[Any, Any], zone: str, *, is_first: bool) -> html.Li:
    headline = row["headline"] if isinstance(row["headline"], str) and row["headline"] else "(no headline)"
    short = headline if len(headline) <= _LETTERS else headline[: _LETTERS - 1] + "…"
    page = create_url(replace(view.closed(), page=Page.EVENTS, event=row["event_id"]))
    mark = create_url(replace(view.closed(), mark=Mark("event", row["event_id"])))
    when = ""
    if pd.notna(row["first"]):
        when = " · " + span_name(row["first"], row["last"] + pd.Timedelta(1, "us"), zone)
    label = row["label"] if is_first and isinstance(row["label"], str) and row["label"] else ""
    return html.Li([
        dcc.Link(html.Bdi(short), href=page, className="headline small"),
        html.Div(
            [
                dcc.Link(counted(int(row["n_articles"]), "article"), href=mark),
                f", {counted(int(row['n_providers']), 'outlet')}, {counted(int(row['n_texts']), 'text')}{when}",
            ],
            className="meta",
        ),
        html.Div(["set apart by ", html.Bdi(label[:160])], className="meta") if label else None,
    ])  # fmt: skip
