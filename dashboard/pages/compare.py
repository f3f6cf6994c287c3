"""The comparison: stories and queries side by side, each in one colour, on one scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
import plotly.graph_objects as go
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update

from analysis.charts.compare import compare_chart, overlap_chart
from analysis.charts.covers import covers_chart
from analysis.charts.scores import scores_chart
from analysis.charts.spells import spells_chart
from analysis.charts.theme import theme_of
from dashboard.answers import Answers
from dashboard.compare_frames import covers, in_common, standing, valued, volumes
from dashboard.compared import LONGEST, Item, items
from dashboard.complaint import complaint
from dashboard.components.chart import chart, graph, said
from dashboard.facts import days_of
from dashboard.ids import Ids
from dashboard.outlet_names import names_of
from dashboard.pages.compare_tables import (
    bursts_list,
    covers_table,
    overlap_table,
    scoreboard,
    scores_table,
    story_key,
    suggestions,
    terms_columns,
    volumes_table,
)
from dashboard.pages.compare_words import compare_summary
from dashboard.url_state import MOST_BESIDE, Page, View, create_url, parse_url, view_at
from dashboard.words import counted

__all__ = ["layout", "register"]

_ABOUT_VOLUMES = (
    "A strip each, all on the same two scales. No bar is a count of zero; a grey band was not collected, so nothing is "
    "known of it. An article that two of them match counts in both. A share is of everything collected in the period. "
    "Bursts are looked for in each one's share of everything (Kleinberg 2002), so that a fuller corpus is none."
)
_ABOUT_OVERLAP = (
    "Articles that two of them match, and the share of those that either matches (Jaccard 1901). Their queries may ask "
    "for the same words: overlap says that the same articles tell them, not that one led to the other."
)
_ABOUT_SHARED = (
    "Outlets with an article of both, and the share of those with an article of either. Large ones are in most pairs "
    "by their size alone. A cell opens what these outlets have of either."
)
_ABOUT_COVERS = (
    "Articles of each outlet, all bars on one scale; a point is none. The outlets with most articles of all together "
    "come first, and an article that two of them match counts twice there. None in this corpus is not none at all."
)
_ABOUT_SCORES = (
    "Mean of the quality scores that the records carry, with the 95 % interval of Student's t. Articles without one "
    "are left out, not taken for low. The interval takes articles as independent; where scores go by the outlet it is "
    "too narrow."
)
_ABOUT_TERMS = (
    "Words and phrases that each has more often than the rest of the corpus: z of the log-odds with an informative "
    "prior (Monroe, Colaresi & Quinn 2008), copies counted once; what its own query asks for is left out. z ranks, it "
    "tests nothing. Of more than 10,000 articles a fixed random sample is read."
)
_KEY = Input(Ids.COMPARE_LIVE, "data")
Draw = Callable[[View, tuple[Item, ...], str], tuple[go.Figure, Any]]


def layout() -> html.Div:
    """The page, empty."""
    return html.Div(
        id=Ids.PAGE_COMPARE,
        className="page page-compare",
        hidden=True,
        children=[
            html.P(id=Ids.COMPARE_SUMMARY, className="summary", **{"aria-live": "polite"}),
            html.Div(id=Ids.COMPARE_ITEMS, className="compare-items"),
            _adding(),
            html.Div(id=Ids.COMPARE_EMPTY, className="empty", hidden=True),
            html.Div(id=Ids.COMPARE_FOUND, className="findings", children=_cards()),
        ],
    )


def _adding() -> html.Div:
    return html.Div(
        id=Ids.COMPARE_ADD,
        className="compare-add",
        children=[
            dmc.TextInput(
                id=Ids.COMPARE_QUERY, size="xs", className="compare-query", spellCheck=False, autoComplete="off",
                placeholder="Add a query, as title:drone*",
                attributes={"input": {"aria-label": "Query to add", "aria-describedby": Ids.COMPARE_ERROR}},
            ),
            html.Button("Add", id=Ids.COMPARE_SEND, className="quiet", type="button"),
            html.Div(id=Ids.COMPARE_OFFERED, className="compare-offered"),
            html.Pre(id=Ids.COMPARE_ERROR, className="query-error", role="alert"),
            dcc.Store(id=Ids.COMPARE_ASKED),
        ],
    )  # fmt: skip


def _cards() -> list[Any]:
    return [
        chart(
            Ids.COMPARE_VOLUME, Ids.COMPARE_VOLUME_TEXT, Ids.COMPARE_VOLUME_TABLE, about=_ABOUT_VOLUMES,
            class_name="wide",
            below=[
                html.Div(id=Ids.COMPARE_BURSTS_TEXT, className="chart-words compare-bursts-words"),
                graph(Ids.COMPARE_BURSTS),
                html.Div(id=Ids.COMPARE_BURSTS_LIST, className="bursts"),
            ],
        ),
        chart(
            Ids.COMPARE_COVERS, Ids.COMPARE_COVERS_TEXT, Ids.COMPARE_COVERS_TABLE, about=_ABOUT_COVERS,
            class_name="two-thirds",
        ),
        chart(
            Ids.COMPARE_SCORES, Ids.COMPARE_SCORES_TEXT, Ids.COMPARE_SCORES_TABLE, about=_ABOUT_SCORES,
            class_name="one-third",
        ),
        chart(Ids.COMPARE_OVERLAP, Ids.COMPARE_OVERLAP_TEXT, Ids.COMPARE_OVERLAP_TABLE, about=_ABOUT_OVERLAP),
        chart(Ids.COMPARE_SHARED, Ids.COMPARE_SHARED_TEXT, Ids.COMPARE_SHARED_TABLE, about=_ABOUT_SHARED),
        html.Section(
            className="card chart wide",
            children=[
                html.Details(
                    [html.Summary("i", title="How this is computed"), html.P(_ABOUT_TERMS)], className="about"
                ),
                html.Div(id=Ids.COMPARE_TERMS),
            ],
        ),
    ]  # fmt: skip


def register(app: Dash, answers: Answers) -> None:
    """Fill the page from the address; let its box add to the address."""
    _register_words(app, answers)
    _register_adding(app, answers)
    _register_charts(app, answers)
    _register_bursts(app, answers)

    @app.callback(Output(Ids.COMPARE_TERMS, "children"), _KEY)
    def list_terms(asked: list[str] | None) -> Any:
        view, shown = _asked(answers, asked)
        return terms_columns(answers, view, shown) if view and shown else no_update


def _register_words(app: Dash, answers: Answers) -> None:
    @app.callback(
        output={
            "summary": Output(Ids.COMPARE_SUMMARY, "children"),
            "items": Output(Ids.COMPARE_ITEMS, "children"),
            "full": Output(Ids.COMPARE_ADD, "hidden"),
            "offered": Output(Ids.COMPARE_OFFERED, "children"),
            "empty": Output(Ids.COMPARE_EMPTY, "children"),
            "is_full": Output(Ids.COMPARE_EMPTY, "hidden"),
            "is_empty": Output(Ids.COMPARE_FOUND, "hidden"),
        },
        inputs={"asked": _KEY},
    )
    def tell(asked: list[str] | None) -> dict[str, Any]:
        view = view_at(asked[0], Page.COMPARE) if asked else None
        if view is None:
            names = ("summary", "items", "full", "offered", "empty", "is_full", "is_empty")
            return dict.fromkeys(names, no_update)
        shown = items(answers, view)
        known = tuple(item for item in shown if not item.wrong)
        empty = _why_empty(answers, view, known)
        return {
            "summary": compare_summary(answers, view, known) if known and not empty else "",
            "items": scoreboard(answers, view, shown) if shown else [],
            "full": len(shown) >= MOST_BESIDE,
            "offered": suggestions(answers, view, shown),
            "empty": empty, "is_full": not empty, "is_empty": bool(empty),
        }  # fmt: skip


def _register_adding(app: Dash, answers: Answers) -> None:
    app.clientside_callback(
        ClientsideFunction("newsgauge", "asked_beside"),
        Output(Ids.COMPARE_ASKED, "data"),
        Input(Ids.COMPARE_QUERY, "n_submit"),
        Input(Ids.COMPARE_SEND, "n_clicks"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(Ids.COMPARE_ERROR, "children"),
        Output(Ids.COMPARE_QUERY, "error"),
        Input(Ids.COMPARE_QUERY, "value"),
    )
    def check(query: str | None) -> tuple[str, bool]:
        return (text := _refused(query or "")), bool(text)

    @app.callback(
        Output(Ids.ADDRESS, "search", allow_duplicate=True),
        Output(Ids.COMPARE_QUERY, "value"),
        Input(Ids.COMPARE_ASKED, "data"),
        State(Ids.ADDRESS, "pathname"),
        State(Ids.ADDRESS, "search"),
        prevent_initial_call=True,
    )
    def add(asked: list[Any] | None, path: str, search: str) -> tuple[Any, Any]:
        view, query = parse_url(path, search), str((asked or [""])[0]).strip()
        if view.page is not Page.COMPARE or not query or _refused(query):
            return no_update, no_update
        return added(answers, view, f"q:{query}"), ""


def added(answers: Answers, view: View, key: str) -> str:
    """The query part of the address with one more beside those that are shown."""
    keys = tuple(item.key for item in items(answers, view) if not item.in_bar)
    return create_url(replace(view.closed(), beside=(*keys, key)))[len(view.page.value) :]


def _refused(query: str) -> str:
    """What is wrong with a query to add; empty where nothing is."""
    if len(query) > LONGEST:
        return f"A query beside others may have {LONGEST} characters; this has {len(query):,}. Save it as a story."
    return complaint(query)


def _register_charts(app: Dash, answers: Answers) -> None:
    def placed(view: View, scheme: str) -> dict[str, Any]:
        corpus = answers.at(view).corpus
        return {"span": days_of(answers, view), "zone": corpus.zone, "snapshot": corpus.snapshot.label,
                "theme": theme_of(scheme)}  # fmt: skip

    def volume(view: View, shown: tuple[Item, ...], scheme: str) -> tuple[go.Figure, Any]:
        frame = volumes(answers, view, shown)
        older = sum(answers.undrawn(item.view(view)) for item in shown)
        held = {item.name: standing(answers, view, item).articles for item in shown}
        figure = compare_chart(
            frame, every=answers.every(view), basis=answers.basis(view), colours=_colours(shown),
            totals=held if answers.basis(view) == "articles" else None,
            snapshot=answers.at(view).corpus.snapshot.label, theme=theme_of(scheme),
        )  # fmt: skip
        if older:
            basis = f"{figure.laid('meta')['subtitle']} · not drawn: {counted(older, 'older article')}"
            figure.update_layout(meta=figure.laid("meta") | {"subtitle": basis})
        return _placed(figure, shown, "period"), volumes_table(answers, view, shown, frame)

    def covering(view: View, shown: tuple[Item, ...], scheme: str) -> tuple[go.Figure, Any]:
        frame, names = covers(answers, view, shown), names_of(answers, view)
        figure = covers_chart(frame, names=names, colours=_colours(shown), **placed(view, scheme))
        return _placed(figure, shown, "outlet"), covers_table(view, shown, frame, names)

    def quality(view: View, shown: tuple[Item, ...], scheme: str) -> tuple[go.Figure, Any]:
        frame = valued(answers, view, shown)
        figure = scores_chart(frame, colours=_colours(shown), **placed(view, scheme))
        return _whole(figure, shown), scores_table(view, shown, frame)

    def common(unit: str) -> Draw:
        def draw(view: View, shown: tuple[Item, ...], scheme: str) -> tuple[go.Figure, Any]:
            frame = in_common(answers, view, shown)
            figure = overlap_chart(frame, unit=unit, **placed(view, scheme))
            return _paired(figure, shown), overlap_table(view, shown, frame, unit)

        return draw

    _register_chart(
        app, answers, (Ids.COMPARE_VOLUME, Ids.COMPARE_VOLUME_TEXT, Ids.COMPARE_VOLUME_TABLE), volume
    )
    _register_chart(
        app,
        answers,
        (Ids.COMPARE_COVERS, Ids.COMPARE_COVERS_TEXT, Ids.COMPARE_COVERS_TABLE),
        covering,
        top=28,
    )
    _register_chart(
        app, answers, (Ids.COMPARE_SCORES, Ids.COMPARE_SCORES_TEXT, Ids.COMPARE_SCORES_TABLE), quality
    )
    overlap = (Ids.COMPARE_OVERLAP, Ids.COMPARE_OVERLAP_TEXT, Ids.COMPARE_OVERLAP_TABLE)
    shared = (Ids.COMPARE_SHARED, Ids.COMPARE_SHARED_TEXT, Ids.COMPARE_SHARED_TABLE)
    for parts, unit in ((overlap, "articles"), (shared, "providers")):
        _register_chart(app, answers, parts, common(unit))


def _register_chart(
    app: Dash, answers: Answers, parts: tuple[Ids, Ids, Ids], draw: Draw, *, top: int = 8
) -> None:
    """Draw one chart and its table whenever the address or the colours change."""
    graph_id, text_id, table_id = parts

    @app.callback(
        Output(graph_id, "figure"),
        Output(text_id, "children"),
        Output(graph_id, "style"),
        Output(table_id, "children"),
        _KEY,
    )
    def fill(asked: list[str] | None) -> tuple[Any, ...]:
        view, shown = _asked(answers, asked)
        if view is None or asked is None or not shown:
            return (no_update,) * 4
        figure, table = draw(view, shown, asked[1])
        bare, words, height = said(figure, top=top)
        return bare, [*words, story_key(shown)], height, table


def _register_bursts(app: Dash, answers: Answers) -> None:
    @app.callback(
        Output(Ids.COMPARE_BURSTS, "figure"),
        Output(Ids.COMPARE_BURSTS_TEXT, "children"),
        Output(Ids.COMPARE_BURSTS, "style"),
        Output(Ids.COMPARE_BURSTS_LIST, "children"),
        _KEY,
    )
    def fill(asked: list[str] | None) -> tuple[Any, ...]:
        view, shown = _asked(answers, asked)
        if view is None or asked is None or not shown:
            return (no_update,) * 4
        found = {item.name: answers.bursts(item.view(view)) for item in shown}
        periods: pd.Series[Any] = answers.volume(shown[0].view(view))["period"]
        figure = spells_chart(
            found, periods, every=answers.every(view), colours=_colours(shown),
            snapshot=answers.at(view).corpus.snapshot.label, theme=theme_of(asked[1]),
        )  # fmt: skip
        bare, words, height = said(_placed(figure, shown, "burst"), top=2)
        return (
            bare,
            [html.H3(words[0].children), *words[1:]],
            height,
            bursts_list(answers, view, shown, found),
        )


def _asked(answers: Answers, asked: list[str] | None) -> tuple[View | None, tuple[Item, ...]]:
    """The view where this page shows it, and those of its stories and queries that can be read, in their places."""
    view = view_at(asked[0], Page.COMPARE) if asked else None
    shown = tuple(item for item in items(answers, view) if not item.wrong) if view else ()
    return view, shown


def _why_empty(answers: Answers, view: View, known: tuple[Item, ...]) -> list[Any]:
    if known and any(not answers.ranking(item.view(view)).empty for item in known):
        return []
    if known:
        text = "None of these has an article under the filters above. Loosen them, or add another."
        return [html.H2("No article matches"), html.P(text)]
    text = (
        "None of the saved stories has an article here. Add a query above, or take one of the topics beside the box: "
        "each gets a colour, and up to six are set on one scale."
    )
    return [html.H2("Nothing to compare yet"), html.P(text)]


def _colours(shown: tuple[Item, ...]) -> dict[str, str]:
    return {item.name: item.colour for item in shown}


def _placed(figure: go.Figure, shown: tuple[Item, ...], kind: str) -> go.Figure:
    """The figure whose marks say, for [name, key] or [key, name], which of those compared they are of."""
    places = {item.name: item.place for item in shown}
    for trace in figure.traces:
        if trace["customdata"] is None:
            continue
        keys = [
            (places[pair[0]], pair[1]) if pair[0] in places else (places[pair[1]], pair[0])
            for pair in trace["customdata"]
        ]
        trace["customdata"] = [f"{place}/{kind}:{key}" for place, key in keys]
    return figure


def _whole(figure: go.Figure, shown: tuple[Item, ...]) -> go.Figure:
    """The figure whose marks stand for all articles of one."""
    places = {item.name: str(item.place) for item in shown}
    for trace in figure.traces:
        if trace["customdata"] is not None:
            trace["customdata"] = [places[name] for name in trace["customdata"]]
    return figure


def _paired(figure: go.Figure, shown: tuple[Item, ...]) -> go.Figure:
    """The figure whose cells say which two they are of."""
    places = {item.name: item.place for item in shown}
    for trace in figure.traces:
        trace["customdata"] = [
            [f"{places[cell[0]]}/{places[cell[1]]}/{cell[2]}" if len(cell) == 3 else "" for cell in line]
            for line in trace["customdata"]
        ]
    return figure
