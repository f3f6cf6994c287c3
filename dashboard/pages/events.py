"""The events: those of the selection on the axis of time and as a list; and one of them, by address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
from dash import ClientsideFunction, Dash, Input, Output, dcc, html, no_update

from analysis.charts.events import event_chart, events_chart
from dashboard.answers import Answers, span_of
from dashboard.components.chart import chart, filled, marks_table, said
from dashboard.event_frames import LISTED, EventList
from dashboard.facts import loosen
from dashboard.ids import Ids
from dashboard.pages.event_links import event_links
from dashboard.pages.event_tables import articles_table, event_head, events_table, merges_table, outlets_table
from dashboard.url_state import RANKS, Page, View, create_url, opened_url, view_at
from dashboard.words import counted, number

__all__ = ["layout", "register"]

_ABOUT_EVENTS = (
    "Articles about the same happening, found by comparing their words and times. Counts are of the selection's "
    "articles; the whole event may have more, and its page shows all. A dot stands at the first article, its area is "
    "the number of articles, the line runs to the last; a grey band was not collected. Events are computed and can be "
    "wrong: each shows the evidence for its merges."
)
_ABOUT_EVENT = (
    "A row an outlet, in the order in which they had it. A copy is tied to the earliest article with the same text. "
    "First means first among what was collected: whoever was not collected may have been earlier. The lead leaves out "
    "articles of which only the day is known; their dots stand at the beginning of the day."
)
_DRAWN = 20  # events of the chart: as many as can be read
_NAMES = {"size": "Size", "recency": "Recency", "spread": "Spread"}
_KEY = (Input(Ids.LIVE, "data"), Input(Ids.SCHEME, "data"))


def layout() -> html.Div:
    """The page, empty."""
    return html.Div(id=Ids.PAGE_EVENTS, className="page page-events", hidden=True, children=[_list(), _one()])


def _list() -> html.Div:
    return html.Div(
        id=Ids.EVENTS_LIST,
        children=[
            html.Div(id=Ids.EVENTS_EMPTY, className="empty", hidden=True),
            html.Div(
                id=Ids.EVENTS_FOUND,
                children=[
                    html.Nav(id=Ids.EVENTS_RANK, className="ranks", **{"aria-label": "Order of the events"}),
                    chart(Ids.EVENTS_CHART, Ids.EVENTS_TEXT, Ids.EVENTS_TABLE, about=_ABOUT_EVENTS),
                    html.Section(id=Ids.EVENTS_ROWS, className="event-rows"),
                ],
            ),
        ],
    )


def _one() -> html.Div:
    return html.Div(
        id=Ids.EVENT,
        hidden=True,
        children=[
            html.Div(id=Ids.EVENT_HEAD, className="event-head"),
            html.Div(
                id=Ids.EVENT_FOUND,
                children=[
                    chart(Ids.EVENT_CHART, Ids.EVENT_TEXT, Ids.EVENT_TABLE, about=_ABOUT_EVENT),
                    html.Section(id=Ids.EVENT_ARTICLES, className="event-rows"),
                    html.Section(id=Ids.EVENT_MERGES, className="event-rows"),
                    html.Section(id=Ids.EVENT_LINKS, className="event-rows"),
                ],
            ),
        ],
    )


def register(app: Dash, answers: Answers) -> None:
    """Fill the page from the address."""
    app.clientside_callback(
        ClientsideFunction("newsgauge", "one_event"),
        Output(Ids.EVENTS_LIST, "hidden"),
        Output(Ids.EVENT, "hidden"),
        Input(Ids.ADDRESS, "search"),
    )
    _register_list(app, answers)
    _register_one(app, answers)


def _register_list(app: Dash, answers: Answers) -> None:
    @app.callback(
        output={
            "empty": Output(Ids.EVENTS_EMPTY, "children"),
            "is_full": Output(Ids.EVENTS_EMPTY, "hidden"),
            "is_empty": Output(Ids.EVENTS_FOUND, "hidden"),
            "ranks": Output(Ids.EVENTS_RANK, "children"),
            "rows": Output(Ids.EVENTS_ROWS, "children"),
            "marks": Output(Ids.EVENTS_TABLE, "children"),
        },
        inputs={"address": Input(Ids.LIVE, "data")},
    )
    def words(address: str | None) -> dict[str, Any]:
        view = view_at(address, Page.EVENTS)
        if view is None or view.event:
            return dict.fromkeys(("empty", "is_full", "is_empty", "ranks", "rows", "marks"), no_update)
        found = answers.events(view)
        empty = _why_empty(answers, view, found)
        return {
            "empty": empty, "is_full": not empty, "is_empty": bool(empty), "ranks": _ranks(view),
            "rows": [*_rows_head(found), events_table(view, found.shown, answers.at(view).zone)],
            "marks": marks_table(("Event", "Articles"), _marks(view, found)),
        }  # fmt: skip

    @app.callback(*filled(Ids.EVENTS_CHART, Ids.EVENTS_TEXT), *_KEY)
    def draw(address: str | None, scheme: str | None) -> tuple[Any, ...]:
        view = view_at(address, Page.EVENTS)
        if view is None or scheme is None or view.event:
            return (no_update,) * 3
        found, corpus = answers.events(view), answers.at(view).corpus
        figure = events_chart(
            found.shown[found.shown["first"].notna()][:_DRAWN], n_events=found.n_events, rank=view.rank,
            missed=answers.missed(view), span=_span(answers, view), zone=corpus.zone,
            snapshot=corpus.snapshot.label, theme=answers.theme(view, scheme),
        )  # fmt: skip
        return said(figure, top=16)


def _register_one(app: Dash, answers: Answers) -> None:
    @app.callback(
        output={
            "head": Output(Ids.EVENT_HEAD, "children"),
            "is_unknown": Output(Ids.EVENT_FOUND, "hidden"),
            "articles": Output(Ids.EVENT_ARTICLES, "children"),
            "merges": Output(Ids.EVENT_MERGES, "children"),
            "links": Output(Ids.EVENT_LINKS, "children"),
            "marks": Output(Ids.EVENT_TABLE, "children"),
        },
        inputs={"address": Input(Ids.LIVE, "data")},
    )
    def words(address: str | None) -> dict[str, Any]:
        view = view_at(address, Page.EVENTS)
        if view is None or not view.event:
            return dict.fromkeys(("head", "is_unknown", "articles", "merges", "links", "marks"), no_update)
        event = answers.event(view)
        if event is None:
            return {
                "head": _unknown(view),
                "is_unknown": True,
                "articles": [],
                "merges": [],
                "links": [],
                "marks": [],
            }
        zone = answers.at(view).zone
        return {
            "head": [_back(view), *event_head(event, zone.key)],
            "is_unknown": False,
            "articles": articles_table(view, event, zone),
            "merges": merges_table(view, event),
            "links": event_links(view, event, answers.at(view).zone),
            "marks": outlets_table(view, event, zone),
        }

    @app.callback(*filled(Ids.EVENT_CHART, Ids.EVENT_TEXT), *_KEY)
    def draw(address: str | None, scheme: str | None) -> tuple[Any, ...]:
        view = view_at(address, Page.EVENTS)
        event = answers.event(view) if view and scheme else None
        if view is None or event is None or scheme is None:
            return (no_update,) * 3
        corpus = answers.at(view).corpus
        figure = event_chart(
            event.articles, lead=event.lead, zone=corpus.zone, snapshot=corpus.snapshot.label,
            theme=answers.theme(view, scheme),
        )  # fmt: skip
        return said(figure)


def _span(answers: Answers, view: View) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """The days that the view is about, as the times between which they lie."""
    first, last = span_of(view, answers.totals(view))
    return (pd.Timestamp(first), pd.Timestamp(last) + pd.Timedelta(1, "D")) if first and last else None


def _why_empty(answers: Answers, view: View, found: EventList) -> list[Any]:
    if not answers.totals(view).articles:
        return [html.H2("No article matches"), html.P(loosen(answers, view))]
    if not found.known:
        build = html.Code("newsgauge build FOLDER")
        text = " (without --no-groups), then start again."
        return [
            html.H2("Events were not looked for in this snapshot"),
            html.P(["It was built without groups. To find copies and events, build it again: ", build, text]),
        ]
    if not found.n_events:
        alone = f"{counted(found.n_lone, 'article')} here, each alone in its event: no other covers the same."
        return [html.H2("No event of two or more articles"), html.P(alone)]
    return []


def _ranks(view: View) -> list[Any]:
    links: list[Any] = [html.Span("Order by", className="muted")]
    for rank in RANKS:
        current = {"aria-current": "true"} if rank == view.rank else {}
        href = create_url(replace(view.closed(), rank=rank))
        links.append(html.Span(dcc.Link(_NAMES[rank], href=href), className="rank", **current))
    return links


def _rows_head(found: EventList) -> list[Any]:
    shown = len(found.shown)
    parts = [
        f"{number(shown)} of {number(found.n_events)} listed; narrow the dates or the query for the others"
        if found.n_events > LISTED
        else counted(found.n_events, "event"),
        f"{counted(found.n_lone, 'article')} more, each alone in its event" if found.n_lone else "",
    ]
    return [html.H2("Events"), html.P(" · ".join(part for part in parts if part), className="basis")]


def _marks(view: View, found: EventList) -> list[tuple[str, str, str]]:
    return [
        (
            str(row["headline"] or "(no headline)")[:120],
            opened_url(view, "event", row["event_id"]),
            number(row["n_articles"]),
        )
        for row in found.shown[:_DRAWN].to_dict("records")
    ]


def _back(view: View) -> dcc.Link:
    return dcc.Link("← All events", href=create_url(replace(view.closed(), event=None)), className="back")


def _unknown(view: View) -> list[Any]:
    text = "This snapshot has no event of that address. It may be of another corpus, or its articles are grouped anew."
    return [_back(view), html.Div([html.H2("No such event"), html.P(text)], className="empty")]
