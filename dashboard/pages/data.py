"""The data: what this snapshot was built from, how fresh and how complete it is, and every problem with its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update

from analysis.charts.health import health_chart, problems_chart
from analysis.charts.theme import theme_of
from dashboard.answers import Answers
from dashboard.components.chart import chart, marks_table, said
from dashboard.components.grid import article_grid
from dashboard.data_health import DataHealth
from dashboard.ids import Ids
from dashboard.pages.data_tables import (
    changes_table,
    codes_table,
    conflicts_table,
    facts,
    fields_table,
    gaps_table,
    sources_table,
)
from dashboard.problem_rows import problem_code, problem_rows
from dashboard.url_state import Mark, Page, View, create_url, parse_url, view_at
from dashboard.words import counted, number, short_day

__all__ = ["layout", "register"]

_ABOUT_HEALTH = (
    "Records by their day of publication, UTC, of the whole corpus. The line is what the same weekdays around had. A "
    "day without records that cannot be chance is a grey band: nothing is known of it, which is not the same as no "
    "coverage."
)
_ABOUT_PROBLEMS = (
    "An error: the record could not be read and is in no table. A warning: it is there, with a value repaired or left "
    "out."
)
_COLUMNS = [
    {"field": "severity", "headerName": "Severity", "width": 100},
    {"field": "source", "headerName": "File", "flex": 1, "minWidth": 240, "cellRenderer": "Isolated"},
    {"field": "line", "headerName": "Line", "width": 76, "type": "rightAligned"},
    {"field": "field", "headerName": "Field", "width": 180, "cellRenderer": "Isolated"},
    {"field": "code", "headerName": "Kind", "width": 150},
    {"field": "message", "headerName": "Reason", "flex": 2, "minWidth": 320, "cellRenderer": "Isolated",
     "tooltipField": "message"},
]  # fmt: skip
_ROWS = 400  # days of the table under the chart
_KEY = (Input(Ids.LIVE, "data"), Input(Ids.SCHEME, "data"))


def layout() -> html.Div:
    """The page, empty."""
    columns = [{**column, "sortable": False} for column in _COLUMNS]
    return html.Div(
        id=Ids.PAGE_DATA,
        className="page page-data",
        hidden=True,
        children=[
            html.Div(id=Ids.DATA_FACTS),
            html.Div(
                className="findings",
                children=[
                    chart(Ids.HEALTH, Ids.HEALTH_TEXT, Ids.HEALTH_TABLE, about=_ABOUT_HEALTH, class_name="wide"),
                    chart(Ids.PROBLEMS, Ids.PROBLEMS_TEXT, Ids.PROBLEMS_TABLE, about=_ABOUT_PROBLEMS),
                    html.Section(id=Ids.DATA_GAPS, className="card listing"),
                    html.Section(
                        className="card wide ledger-card",
                        children=[
                            html.H2("Problems, with file, line and reason"),
                            html.P(id=Ids.PROBLEM_COUNT, className="basis"),
                            article_grid(
                                Ids.PROBLEM_GRID, columns, label="Problems", row_height=32, class_name="problem-grid",
                                row_id="key", tooltipShowDelay=300,
                            ),
                        ],
                    ),
                    html.Section(id=Ids.DATA_FIELDS, className="card listing"),
                    html.Section(id=Ids.DATA_CONFLICTS, className="card listing"),
                    html.Section(id=Ids.DATA_CHANGES, className="card listing wide"),
                    html.Section(id=Ids.DATA_SOURCES, className="card listing wide"),
                ],
            ),
        ],
    )  # fmt: skip


def register(app: Dash, answers: Answers) -> None:
    """Fill the page when it is first shown."""

    @app.callback(
        Output(Ids.DATA_FACTS, "children"),
        Output(Ids.DATA_GAPS, "children"),
        Output(Ids.DATA_FIELDS, "children"),
        Output(Ids.DATA_CONFLICTS, "children"),
        Output(Ids.DATA_SOURCES, "children"),
        Output(Ids.HEALTH_TABLE, "children"),
        Output(Ids.PROBLEMS_TABLE, "children"),
        Input(Ids.LIVE, "data"),
    )
    def tell(address: str | None) -> tuple[Any, ...]:
        view = view_at(address, Page.DATA)
        if view is None:
            return (no_update,) * 7
        here = answers.at(view)
        state = here.health
        return (
            facts(state, here.totals(View()), here.belongings(View()).problems),
            gaps_table(state),
            fields_table(state),
            conflicts_table(state),
            sources_table(state),
            marks_table(("Day", "Records"), _days(state)),
            codes_table(state),
        )

    @app.callback(Output(Ids.DATA_CHANGES, "children"), Input(Ids.LIVE, "data"))
    def compare(address: str | None) -> Any:
        view = view_at(address, Page.DATA)
        return no_update if view is None else changes_table(answers.at(view).health)

    @app.callback(
        Output(Ids.HEALTH, "figure"),
        Output(Ids.HEALTH_TEXT, "children"),
        Output(Ids.HEALTH, "style"),
        Output(Ids.PROBLEMS, "figure"),
        Output(Ids.PROBLEMS_TEXT, "children"),
        Output(Ids.PROBLEMS, "style"),
        *_KEY,
    )
    def draw(address: str | None, scheme: str | None) -> tuple[Any, ...]:
        view = view_at(address, Page.DATA)
        if view is None or scheme is None:
            return (no_update,) * 6
        theme, state = theme_of(scheme), answers.at(view).health
        first, _ = answers.at(view).drawn(View())
        shown = state.days[state.days["day"] >= pd.Timestamp(first)] if first else state.days
        figure, words, height = said(health_chart(shown, theme=theme))
        if n := len(state.days) - len(shown):
            words[1] = html.P(
                f"{words[1].children} · not drawn: {counted(n, 'older day')}", className="basis"
            )
        return figure, words, height, *said(problems_chart(state.codes, theme=theme), top=16)

    @app.callback(
        Output(Ids.PROBLEM_COUNT, "children"),
        Input(Ids.ADDRESS, "pathname"),
        Input(Ids.ADDRESS, "search"),
    )
    def count(path: str, search: str) -> Any:
        view = parse_url(path, search)
        if view.page is not Page.DATA:
            return no_update
        code = problem_code(view)
        text = counted(problem_rows(answers.at(view).corpus, {}, code)["rowCount"], "problem")
        if not code:
            return text
        whole = dcc.Link("show all", href=create_url(replace(view, columns=())))
        return [f"{text} of the kind {code[:60]}; ", whole]

    app.clientside_callback(
        ClientsideFunction("newsgauge", "open_problems"),
        Output(Ids.ADDRESS, "search", allow_duplicate=True),
        Output(Ids.PROBLEMS, "clickData"),
        Input(Ids.PROBLEMS, "clickData"),
        State(Ids.ADDRESS, "search"),
        prevent_initial_call=True,
    )


def _days(state: DataHealth) -> list[tuple[str, str, str]]:
    """The days, latest first."""
    rows = []
    for at, n, status in zip(state.days["day"], state.days["n_records"], state.days["status"], strict=True):
        opened = View(page=Page.DATA, mark=Mark("day", at.date().isoformat()))
        value = number(n) if status == "observed" else status
        rows.append((short_day(at.date()), create_url(opened) if n else "", value))
    return rows[::-1][:_ROWS]
