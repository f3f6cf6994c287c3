"""The panel beside the page: the articles behind a mark, and one article with everything known of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

from dashboard.answers import Answers
from dashboard.compared import inner_mark, items
from dashboard.components.article import article_of, article_view
from dashboard.components.grid import article_grid
from dashboard.exports import export_links
from dashboard.ids import Ids
from dashboard.mark_names import mark_name
from dashboard.marks import has_query
from dashboard.url_state import Mark, Page, View, create_url, parse_url
from dashboard.words import counted

__all__ = ["layout", "register", "rows"]

_CHARTS = {
    Ids.VOLUME: "period",
    Ids.OUTLET_CHART: "outlet",
    Ids.TOPIC_CHART: "topic",
    Ids.CHANGE_CHART: "change",
    Ids.HEALTH: "day",
    Ids.EVENTS_CHART: "event",
    Ids.EVENT_CHART: "one",
    Ids.COMPARE_VOLUME: "compared",
    Ids.COMPARE_BURSTS: "compared",
    Ids.COMPARE_COVERS: "compared",
    Ids.COMPARE_SCORES: "compared",
    Ids.COMPARE_OVERLAP: "shared",
    Ids.COMPARE_SHARED: "shared",
    Ids.OUTLETS_STANDING: "mark",
    Ids.OUTLETS_ORIGINALITY: "mark",
    Ids.OUTLETS_FIRST: "mark",
    Ids.OUTLETS_LAG: "mark",
    Ids.OUTLETS_COPYING: "mark",
    Ids.OUTLETS_BLIND: "mark",
    Ids.OUTLET_VOLUME: "mark",
    Ids.OUTLET_QUALITY: "mark",
    Ids.OUTLET_LAG: "mark",
    Ids.OUTLET_TOPICS: "mark",
}
_COLUMNS = [
    {
        "field": "published_at",
        "headerName": "Articles",
        "cellRenderer": "ArticleCard",
        "flex": 1,
        "sortable": False,
        "wrapText": True,
    },
]


def layout() -> html.Aside:
    """The panel, closed."""
    return html.Aside(
        id=Ids.PANEL,
        className="panel",
        hidden=True,
        tabIndex=-1,
        **{"aria-label": "Articles behind the mark"},
        children=[
            html.Div(
                className="panel-head",
                children=[
                    html.Button("← List", id=Ids.PANEL_BACK, className="quiet", type="button", hidden=True),
                    html.H2(id=Ids.PANEL_TITLE),
                    html.Button("Close", id=Ids.PANEL_CLOSE, className="quiet", type="button"),
                ],
            ),
            html.Div(
                id=Ids.PANEL_LIST,
                className="panel-list",
                hidden=True,
                children=[
                    html.P(
                        [
                            html.Span(id=Ids.PANEL_COUNT),
                            html.Span(
                                dcc.Link("Open as a table", id=Ids.PANEL_LINK, href="/articles"), id=Ids.PANEL_TABLE
                            ),
                            html.Span(id=Ids.PANEL_SAVE),
                        ],
                        className="panel-line",
                    ),
                    html.Div(id=Ids.PANEL_ROWS, className="panel-rows"),
                ],
            ),
            html.Article(id=Ids.PANEL_ARTICLE, className="panel-article"),
        ],
    )  # fmt: skip


def rows() -> html.Div:
    """The table of articles, which comes when the panel is first opened."""
    grid = article_grid(
        Ids.PANEL_GRID,
        _COLUMNS,
        label="Articles behind the mark",
        row_height=84,
        class_name="panel-grid",
        headerHeight=0,
    )
    return html.Div(grid)


def register(app: Dash, answers: Answers) -> None:
    """Open the panel by a click on a mark or a row; fill it by the address; close it."""
    _register_opening(app)

    @app.callback(
        output={
            "hidden": Output(Ids.PANEL, "hidden"),
            "list_hidden": Output(Ids.PANEL_LIST, "hidden"),
            "back_hidden": Output(Ids.PANEL_BACK, "hidden"),
            "title": Output(Ids.PANEL_TITLE, "children"),
            "count": Output(Ids.PANEL_COUNT, "children"),
            "href": Output(Ids.PANEL_LINK, "href"),
            "link_hidden": Output(Ids.PANEL_TABLE, "hidden"),
            "article": Output(Ids.PANEL_ARTICLE, "children"),
            "saved": Output(Ids.PANEL_SAVE, "children"),
        },
        inputs={"path": Input(Ids.ADDRESS, "pathname"), "search": Input(Ids.ADDRESS, "search")},
    )
    def fill(path: str, search: str) -> dict[str, Any]:
        view = parse_url(path, search)
        return _content(answers, view)


def _register_opening(app: Dash) -> None:
    """What changes the address is done in the browser, without asking the server."""
    for chart, kind in _CHARTS.items():
        app.clientside_callback(
            ClientsideFunction("newsgauge", f"open_{kind}"),
            Output(Ids.ADDRESS, "search", allow_duplicate=True),
            Output(chart, "clickData"),
            Input(chart, "clickData"),
            State(Ids.ADDRESS, "search"),
            prevent_initial_call=True,
        )
    for grid in (Ids.GRID, Ids.PANEL_GRID):
        app.clientside_callback(
            ClientsideFunction("newsgauge", "open_article"),
            Output(Ids.ADDRESS, "search", allow_duplicate=True),
            Input(grid, "cellClicked"),
            State(Ids.ADDRESS, "search"),
            prevent_initial_call=True,
        )
    app.clientside_callback(
        ClientsideFunction("newsgauge", "close"),
        Output(Ids.ADDRESS, "search", allow_duplicate=True),
        Input(Ids.PANEL_CLOSE, "n_clicks"),
        State(Ids.ADDRESS, "search"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("newsgauge", "back"),
        Output(Ids.ADDRESS, "search", allow_duplicate=True),
        Input(Ids.PANEL_BACK, "n_clicks"),
        State(Ids.ADDRESS, "search"),
        prevent_initial_call=True,
    )


def _content(answers: Answers, view: View) -> dict[str, Any]:
    shut = {
        "hidden": True, "list_hidden": True, "back_hidden": True, "title": "", "count": "", "href": "/articles",
        "link_hidden": False, "article": [], "saved": [],
    }  # fmt: skip
    if view.article is not None:
        article = article_of(answers.at(view).corpus, view.article)
        if article is not None:
            content = article_view(article, answers.selection(view).query, answers.at(view).zone, view)
            return shut | {
                "hidden": False,
                "back_hidden": view.mark is None,
                "title": "Article",
                "article": content,
            }
    if view.mark is None:
        return shut
    n_articles = len(answers.opened(view))
    table = create_url(
        replace(answers.narrowed(view), page=Page.ARTICLES, event=None, outlet=None, beside=())
    )
    return shut | {
        "hidden": False,
        "list_hidden": False,
        "title": mark_name(answers, view, view.mark)[:120],
        "link_hidden": not has_query(view.mark),
        "count": [
            f"{_counted(answers, view, view.mark)}{counted(n_articles, 'article')}. ",
            *_own_page(view, view.mark),
        ],
        "saved": [" · Save as ", *_joined(export_links(answers, replace(view, article=None), n_articles))],
        "href": table,
    }


def _joined(links: list[html.A]) -> list[Any]:
    return [links[0], " or ", links[1]]


def _counted(answers: Answers, view: View, mark: Mark) -> str:
    """What the mark counted, where that is not articles."""
    if mark.kind == "compared":
        shown, (place, inner) = items(answers, view), inner_mark(mark.value)
        known = inner is not None and 0 <= place < len(shown)
        return _counted(answers, shown[place].view(view), inner) if known and inner else ""
    if mark.kind == "shared" and mark.value.endswith("/providers"):
        found = answers.opened(view).table("articles").aggregate("count(DISTINCT provider_id)").fetchall()
        return f"{counted(int(found[0][0]), 'outlet')}, "
    noun = {"events": "event", "providers": "outlet"}.get(answers.basis(view))
    if noun is None or mark.kind != "period":
        return ""
    frame = answers.volume(view)
    counts = frame.loc[frame["period"].dt.strftime("%Y-%m-%d") == mark.value, "count"].dropna()
    return f"{counted(int(counts.iloc[0]), noun)}, " if len(counts) else ""


def _own_page(view: View, mark: Mark) -> list[Any]:
    """The way to the page of its own that a mark has: an event's or an outlet's."""
    mark = inner_mark(mark.value)[1] or mark if mark.kind == "compared" else mark
    here = replace(view.closed(), event=None, outlet=None, beside=())
    if mark.kind == "event":
        href = create_url(replace(here, page=Page.EVENTS, event=mark.value))
    elif mark.kind in {"outlet", "listed", "first", "followed"} and not view.outlet:
        href = create_url(replace(here, page=Page.PROVIDERS, outlet=mark.value.partition("/")[0]))
    else:
        return []
    return [dcc.Link("Open the event" if mark.kind == "event" else "Open the outlet", href=href), " · "]
