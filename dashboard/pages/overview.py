"""The overview: what the selection is, in a paragraph, a few numbers and three charts."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, html, no_update

from analysis.charts.providers import providers_chart
from analysis.charts.topics import topics_chart
from dashboard.answers import Answers
from dashboard.complaint import complaint
from dashboard.components.chart import chart, filled, said
from dashboard.facts import facts_of, loosen
from dashboard.ids import Ids
from dashboard.pages.overview_notable import events_card, register_notable, terms_card
from dashboard.pages.overview_tables import register_tables
from dashboard.pages.overview_tiles import courses, tiles
from dashboard.pages.overview_volume import change_card, register_volume, volume_card
from dashboard.url_state import Page, View, view_at
from dashboard.words import counted, number, summary

__all__ = ["layout", "register"]

_ABOUT_OUTLETS = (
    "Articles an outlet has in the selection. Quality is the mean of its articles' scores, drawn towards the mean of "
    "all outlets the fewer there are, with a 95 % interval; scores are those the records carry, not ours."
)
_ABOUT_TOPICS = (
    "Labels that the records carry. An article may carry several or none, so they do not add up to all."
)
_TOP = 7  # topics
_OUTLETS = 10
_DRAWN = Input(Ids.VOLUME_DRAWN, "data")
"""Address and scheme, once the volume is drawn: the first chart paints before the rest is asked for."""


def layout() -> html.Div:
    """The page, empty."""
    return html.Div(
        id=Ids.PAGE_OVERVIEW,
        className="page",
        children=[
            html.Div(
                className="top",
                children=[
                    html.P(id=Ids.SUMMARY, className="summary", **{"aria-live": "polite"}),
                    html.Div(id=Ids.TILES, className="tiles"),
                ],
            ),
            html.Div(id=Ids.EMPTY, className="empty", hidden=True),
            html.Div(
                id=Ids.FINDINGS,
                className="findings",
                children=[
                    volume_card(),
                    change_card(),
                    chart(
                        Ids.OUTLET_CHART, Ids.OUTLET_TEXT, Ids.OUTLET_TABLE, about=_ABOUT_OUTLETS, class_name="third"
                    ),
                    events_card(),
                    terms_card(),
                    chart(Ids.TOPIC_CHART, Ids.TOPIC_TEXT, Ids.TOPIC_TABLE, about=_ABOUT_TOPICS, class_name="across"),
                ],
            ),
            html.P(id=Ids.LEDGER, className="ledger"),
        ],
    )  # fmt: skip


def register(app: Dash, answers: Answers) -> None:
    """Fill the page from the address."""
    _register_words(app, answers)
    _register_charts(app, answers)
    register_volume(app, answers)
    register_notable(app, answers)
    register_tables(app, answers)


def _register_words(app: Dash, answers: Answers) -> None:
    @app.callback(
        Output(Ids.SUMMARY, "children"),
        Output(Ids.TILES, "children"),
        Output(Ids.EMPTY, "children"),
        Output(Ids.EMPTY, "hidden"),
        Output(Ids.FINDINGS, "hidden"),
        Input(Ids.LIVE, "data"),
    )
    def words(address: str | None) -> tuple[Any, ...]:
        view = view_at(address, Page.OVERVIEW)
        if view is None:
            return (no_update,) * 5
        empty = not answers.totals(view).articles
        advice = [html.H2("No article matches"), html.P(loosen(answers, view))] if empty else []
        if empty:
            return "", [], advice, False, True
        left_out = "The query cannot be read, so it is left out. " if complaint(view.query) else ""
        if view.story and not answers.story(view):
            left_out = f"No story is saved here as “{view.story}”, so this is all coverage. "
        text = (left_out + summary(facts_of(answers, view))).replace(" %", "\u00a0%")
        return text, tiles(answers, view), [], True, False

    @app.callback(Output(Ids.LEDGER, "children"), Input(Ids.LIVE, "data"))
    def count_belongings(address: str | None) -> Any:
        view = view_at(address, Page.OVERVIEW)
        if view is None:
            return no_update
        return _ledger(answers, view) if answers.totals(view).articles else ""

    @app.callback(
        Output(Ids.TILES, "children", allow_duplicate=True),
        Input(Ids.VOLUME_DRAWN, "data"),
        Input(Ids.SUMMARY, "children"),  # comes with the numbers: were they later, they would have no lines
        State(Ids.LIVE, "data"),
        prevent_initial_call=True,
    )
    def add_courses(drawn: list[str] | None, _numbers: Any, address: str | None) -> Any:
        view = view_at(drawn[0], Page.OVERVIEW) if drawn else None
        if view is None or drawn is None or drawn[0] != address or not answers.totals(view).articles:
            return no_update
        return tiles(answers, view, courses(answers, view))


def _register_charts(app: Dash, answers: Answers) -> None:
    @app.callback(*filled(Ids.OUTLET_CHART, Ids.OUTLET_TEXT), _DRAWN, prevent_initial_call=True)
    def draw_outlets(drawn: list[str] | None) -> tuple[Any, ...]:
        address, scheme = drawn or (None, None)
        view = view_at(address, Page.OVERVIEW)
        if view is None or scheme is None:
            return (no_update,) * 3
        return said(
            providers_chart(answers.ranking(view), top=_OUTLETS, theme=answers.theme(view, scheme)), top=16
        )

    @app.callback(*filled(Ids.TOPIC_CHART, Ids.TOPIC_TEXT), _DRAWN, prevent_initial_call=True)
    def draw_topics(drawn: list[str] | None) -> tuple[Any, ...]:
        address, scheme = drawn or (None, None)
        view = view_at(address, Page.OVERVIEW)
        if view is None or scheme is None:
            return (no_update,) * 3
        n_articles = answers.totals(view).articles
        figure = topics_chart(
            answers.topics(view), n_articles=n_articles, top=_TOP, theme=answers.theme(view, scheme)
        )
        return said(figure, top=16)


def _ledger(answers: Answers, view: View) -> list[Any]:
    held, more = answers.totals(view), answers.belongings(view)
    parts = [
        f"{counted(held.articles, 'article')}, {number(held.recorded)} with a record",
        counted(held.outlets, "outlet"),
        counted(more.links, "related link"),
        counted(more.topics, "topic"),
        f"{counted(more.images, 'picture')}, {number(more.sized_images)} with size",
        counted(more.problems, "problem"),
    ]
    return [html.Strong("In this selection: "), " · ".join(parts)]
