"""The articles: every one of the selection as a row, sorted and filtered by the server."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, html, no_update

from dashboard.answers import Answers
from dashboard.article_rows import COLUMNS, len_of
from dashboard.components.grid import article_grid
from dashboard.exports import export_links
from dashboard.facts import loosen
from dashboard.ids import Ids
from dashboard.url_state import OPERATORS, Page, parse_url
from dashboard.words import counted

__all__ = ["layout", "register"]

_TEXT = [name for name in OPERATORS if name in {"contains", "notContains", "equals"}]
_NUMBER = ["greaterThanOrEqual", "lessThanOrEqual", "blank", "notBlank"]


def _column(field: str, name: str, **options: Any) -> dict[str, Any]:
    kind = COLUMNS.get(field)
    found: dict[str, Any] = {"field": field, "headerName": name, "sortable": kind is not None}
    if kind in {"text", "number"}:
        found["filter"] = "agTextColumnFilter" if kind == "text" else "agNumberColumnFilter"
        found["filterParams"] = {
            "filterOptions": _TEXT if kind == "text" else _NUMBER,
            "maxNumConditions": 1,
            "buttons": ["reset"],
            "debounceMs": 400,
        }
    return found | options


_DEFINITIONS = [
    _column("published_at", "Time", width=158, cellClass="tabular"),
    _column("outlet", "Outlet", width=168, cellRenderer="Isolated", tooltipField="domain"),
    _column("title", "Headline", flex=1, minWidth=320, cellRenderer="Headline"),
    _column("topics", "Topics", width=184, cellRenderer="Isolated"),
    _column(
        "quality",
        "Quality",
        width=104,
        type="rightAligned",
        cellClass="tabular ag-right-aligned-cell",
        cellRenderer="Missing",
    ),
    _column(
        "heat",
        "Heat",
        width=116,
        type="rightAligned",
        cellClass="tabular ag-right-aligned-cell",
        cellRenderer="Missing",
    ),
    _column("seen_as", "Seen as", width=104),
    # Stands for all the others on a narrow screen.
    _column("card", "Articles", flex=1, cellRenderer="ArticleCard", cellClass="card-cell", hide=True),
]


def layout() -> html.Div:
    """The page, empty."""
    return html.Div(
        id=Ids.PAGE_ARTICLES,
        className="page page-articles",
        hidden=True,
        children=[
            html.Div(
                [html.P(id=Ids.GRID_COUNT, className="grid-count", **{"aria-live": "polite"}), _choice()],
                className="grid-head",
            ),
            article_grid(
                Ids.GRID, _DEFINITIONS, label="Articles of the selection", row_height=36, class_name="grid",
                tooltipShowDelay=300,
            ),
        ],
    )  # fmt: skip


def _choice() -> html.Details:
    """Which columns are shown; the address keeps it, see `assets/grids.js`."""
    names = [
        (one["field"], one["headerName"]) for one in _DEFINITIONS if one["field"] not in {"title", "card"}
    ]
    buttons = [
        html.Button(name, type="button", className="quiet", **{"data-column": field, "aria-pressed": "true"})
        for field, name in names
    ]
    return html.Details([html.Summary("Columns"), html.Div(buttons)], className="menu columns-menu")


def register(app: Dash, answers: Answers) -> None:
    """Say how many there are; the grid asks for its rows when the address changes."""

    @app.callback(
        Output(Ids.GRID_COUNT, "children"),
        Input(Ids.ADDRESS, "pathname"),
        Input(Ids.ADDRESS, "search"),
    )
    def count(path: str, search: str) -> Any:
        view = parse_url(path, search)
        if view.page is not Page.ARTICLES:
            return no_update
        n_all = answers.totals(view).articles
        if not n_all:
            return f"No article matches. {loosen(answers, view)}"
        shown = len_of(answers.selection(view), view.columns) if view.columns else n_all
        text = counted(n_all, "article") if shown == n_all else f"{shown:,} of {counted(n_all, 'article')}"
        csv, xlsx = export_links(answers, view, shown)
        return [f"{text}; click a row for everything known of it. Save as ", csv, " or ", xlsx]

    app.clientside_callback(
        ClientsideFunction("newsgauge", "refresh"),
        Output(Ids.SINK, "data"),
        Input(Ids.ADDRESS, "pathname"),
        Input(Ids.ADDRESS, "search"),
    )
