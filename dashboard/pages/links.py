"""The related lists as a graph: who recommends whom."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, html, no_update

from analysis.charts.link_graph import link_graph_chart, outlet_links_chart
from analysis.charts.links import discovery_chart, links_chart
from dashboard.answers import Answers
from dashboard.components.chart import chart, filled, said
from dashboard.facts import loosen
from dashboard.ids import Ids
from dashboard.link_frames import Linked, linked
from dashboard.pages.link_tables import (
    bridges,
    discovery_table,
    graph_table,
    links_words,
    outlets_table,
    recommendations,
    recommended_table,
)
from dashboard.url_state import Page, View, view_at

__all__ = ["layout", "register"]

_ABOUT_GRAPH = (
    "Every article of the selection that a related list here names, or whose own list names one. Drawn only where they "
    "are so few that lines can be followed; the springs that place them (Fruchterman & Reingold 1991) say nothing but "
    "what is linked. Related means that a curator saw a relation: not that it is one event, nor that one led to the "
    "other."
)
_ABOUT_OUTLETS = (
    "A cell counts the articles of the column's outlet that related lists of the row's outlet name, each once however "
    "many lists name it. A column's number is that of the row of the same outlet; on the diagonal an outlet lists its "
    "own. Lists of one story repeat each other, and whoever keeps them also chooses what is in the corpus."
)
_ABOUT_RECOMMENDED = (
    "In how many related lists of the selection's records an article stands. Lists have a maximum length and repeat "
    "each other within a story: no independent votes, so there is no interval. A click opens the articles whose lists "
    "name it."
)
_ABOUT_DISCOVERY = (
    "An article without a record of its own is known only because another's list names it: how much of it there is was "
    "decided by others. Outlets far right of the line are seen through others' eyes: missing from their record are "
    "topics, heat, and whatever nobody listed. Interval: Wilson, 95 %; blue where it leaves out the share of all."
)
_TOP = 8
_KEY = (Input(Ids.LIVE, "data"), Input(Ids.SCHEME, "data"))
_MARKS = {
    Ids.LINK_GRAPH: "one",
    Ids.OUTLET_LINKS: "between",
    Ids.RECOMMENDED: "listing",
    Ids.DISCOVERY: "listed",
}


def layout() -> html.Div:
    """The page, empty."""
    return html.Div(
        id=Ids.PAGE_LINKS,
        className="page page-links",
        hidden=True,
        children=[
            html.Div(id=Ids.LINKS_EMPTY, className="empty", hidden=True),
            html.Div(
                id=Ids.LINKS_FOUND,
                children=[
                    html.Div(id=Ids.LINKS_WORDS, className="top", **{"aria-live": "polite"}),
                    html.Div(
                        className="findings",
                        children=[
                            html.Div(
                                chart(Ids.LINK_GRAPH, Ids.LINK_GRAPH_TEXT, Ids.LINK_GRAPH_TABLE, about=_ABOUT_GRAPH),
                                id=Ids.LINK_GRAPH_CARD, className="wide", hidden=True,
                            ),
                            chart(Ids.RECOMMENDED, Ids.RECOMMENDED_TEXT, Ids.RECOMMENDED_TABLE,
                                  about=_ABOUT_RECOMMENDED),
                            chart(Ids.OUTLET_LINKS, Ids.OUTLET_LINKS_TEXT, Ids.OUTLET_LINKS_TABLE,
                                  about=_ABOUT_OUTLETS),
                            chart(Ids.DISCOVERY, Ids.DISCOVERY_TEXT, Ids.DISCOVERY_TABLE, about=_ABOUT_DISCOVERY),
                            html.Section(id=Ids.BRIDGE_ROWS, className="card"),
                        ],
                    ),
                    html.Section(id=Ids.RECOMMENDED_ROWS, className="event-rows"),
                ],
            ),
        ],
    )  # fmt: skip


def register(app: Dash, answers: Answers) -> None:
    """Fill the page from the address."""
    for graph, kind in _MARKS.items():
        app.clientside_callback(
            ClientsideFunction("newsgauge", f"open_{kind}"),
            Output(Ids.ADDRESS, "search", allow_duplicate=True),
            Output(graph, "clickData"),
            Input(graph, "clickData"),
            State(Ids.ADDRESS, "search"),
            prevent_initial_call=True,
        )
    _register_words(app, answers)

    @app.callback(
        Output(Ids.LINK_GRAPH_CARD, "hidden"),
        *filled(Ids.LINK_GRAPH, Ids.LINK_GRAPH_TEXT),
        *filled(Ids.RECOMMENDED, Ids.RECOMMENDED_TEXT),
        *filled(Ids.OUTLET_LINKS, Ids.OUTLET_LINKS_TEXT),
        *filled(Ids.DISCOVERY, Ids.DISCOVERY_TEXT),
        *_KEY,
    )
    def draw(address: str | None, scheme: str | None) -> tuple[Any, ...]:
        view = view_at(address, Page.LINKS)
        if view is None or scheme is None or not answers.totals(view).articles:
            return (no_update,) * 13
        found, theme = _linked(answers, view), answers.theme(view, scheme)
        snapshot = answers.at(view).corpus.snapshot.label
        same: dict[str, Any] = {"snapshot": snapshot, "theme": theme}
        graph = found.edges.empty
        parts = (
            said(link_graph_chart(found.nodes, found.edges, **same)) if not graph else (no_update,) * 3,
            said(links_chart(found.most_listed, names=found.titles, top=_TOP, **same), top=16),
            said(outlet_links_chart(found.outlets, names=found.names, **same)),
            said(discovery_chart(found.unlisted, names=found.names, top=_TOP, **same)),
        )
        return graph, *(one for part in parts for one in part)


def _register_words(app: Dash, answers: Answers) -> None:
    @app.callback(
        output={
            "empty": Output(Ids.LINKS_EMPTY, "children"),
            "is_full": Output(Ids.LINKS_EMPTY, "hidden"),
            "is_empty": Output(Ids.LINKS_FOUND, "hidden"),
            "words": Output(Ids.LINKS_WORDS, "children"),
            "rows": Output(Ids.RECOMMENDED_ROWS, "children"),
            "bridges": Output(Ids.BRIDGE_ROWS, "children"),
            "graph": Output(Ids.LINK_GRAPH_TABLE, "children"),
            "recommended": Output(Ids.RECOMMENDED_TABLE, "children"),
            "outlets": Output(Ids.OUTLET_LINKS_TABLE, "children"),
            "discovery": Output(Ids.DISCOVERY_TABLE, "children"),
        },
        inputs={"address": Input(Ids.LIVE, "data")},
    )
    def words(address: str | None) -> dict[str, Any]:
        view = view_at(address, Page.LINKS)
        names = "empty is_full is_empty words rows bridges graph recommended outlets discovery".split()
        if view is None:
            return dict.fromkeys(names, no_update)
        if not answers.totals(view).articles:
            advice = [html.H2("No article matches"), html.P(loosen(answers, view))]
            return dict.fromkeys(names, no_update) | {"empty": advice, "is_full": False, "is_empty": True}
        found = _linked(answers, view)
        return {
            "empty": [], "is_full": True, "is_empty": False,
            "words": links_words(found),
            "rows": recommendations(view, found, answers.at(view).zone),
            "bridges": bridges(view, found),
            "graph": graph_table(view, found),
            "recommended": recommended_table(view, found),
            "outlets": outlets_table(view, found),
            "discovery": discovery_table(view, found),
        }  # fmt: skip


def _linked(answers: Answers, view: View) -> Linked:
    return answers.measured(linked, view)
