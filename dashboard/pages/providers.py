"""The outlets: who covers the selection, how much, how good, how early, who copies whom; and one outlet, by address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from dash import ClientsideFunction, Dash, Input, Output, html, no_update

from analysis.charts.blindspots import blindspots_chart
from analysis.charts.caption import empty_figure
from analysis.charts.outlets import originality_chart, standing_chart
from analysis.charts.syndication import who_copies_whom_chart
from analysis.charts.timeliness import lag_chart, lag_name, timeliness_chart
from analysis.charts.wording import percent
from analysis.measures.blindspots import blindspots
from analysis.measures.providers import FEW
from analysis.measures.syndication import copiers
from analysis.measures.timeliness import lag_quartiles, timeliness
from dashboard.answers import Answers
from dashboard.components.chart import chart, marks_table, said
from dashboard.components.grid import article_grid
from dashboard.facts import days_of, loosen
from dashboard.ids import Ids
from dashboard.outlet_names import names_of
from dashboard.pages.outlet import one_layout, register_one
from dashboard.pages.outlet_words import outlets_summary
from dashboard.url_state import Page, View, opened_url, view_at
from dashboard.words import counted, number

__all__ = ["layout", "register"]

_ABOUT_STANDING = (
    "Quality is the mean of an outlet's scores, drawn towards the mean of all the fewer there are (empirical "
    "Bayes), with what to believe of it at 95 %. Scores are those the records carry. The best is the one whose "
    "interval begins highest, so an outlet of two articles cannot be it; pale ones have too few to rank."
)
_ABOUT_ORIGINALITY = (
    "Articles whose text is no copy of an earlier one in this corpus, as a share of the outlet's articles, with "
    "Wilson's 95 % interval. Where an agency's own page was not collected, its first customer passes for the "
    "origin; rewritten copies are missed."
)
_ABOUT_FIRST = (
    "Of the events that an outlet shares with others, those on which it was first in this corpus, with Wilson's 95 "
    "% interval. The tick is what shuffling the outlets' names over each event's articles gives. Whoever was not "
    "collected may have been earlier. Copies, and times of which only the day is known, are left out."
)
_ABOUT_LAG = (
    "How long after the first in this corpus an outlet took up the events that others had first: the median of its "
    "lags, and the middle half of them as a line, on a logarithmic axis. Times are the outlets' own."
)
_ABOUT_COPYING = (
    "Copies at the outlet of the column of texts whose earliest copy here is at the outlet of the row. Original "
    "means earliest of those collected. An outlet's own text that it ran again stands where row and column meet."
)
_ABOUT_BLIND = (
    "Neighbouring topics are those that at least a tenth of the selection's records carry, and 1.5 times as often "
    "as the corpus on the same days. Were the selection spread blindly over their records, an outlet would have the"
    " expected number (hypergeometric); probabilities are corrected for the number of outlets (Benjamini & "
    "Hochberg). It may cover the story where nobody collected it."
)
_COLUMNS: list[dict[str, Any]] = [
    {"field": "name", "headerName": "Outlet", "flex": 1, "minWidth": 180, "cellRenderer": "OutletName"},
    {"field": "domain", "headerName": "Domain", "width": 160, "cellRenderer": "Isolated", "tooltipField": "domain"},
    {"field": "count", "headerName": "Articles", "width": 92, "type": "rightAligned"},
    {"field": "share", "headerName": "Share", "width": 76, "type": "rightAligned"},
    {"field": "quality", "headerName": "Quality, 95 %", "width": 136, "type": "rightAligned",
     "tooltipField": "quality"},
    {"field": "originality", "headerName": "Own texts, 95 %", "width": 144, "type": "rightAligned"},
    {"field": "lag", "headerName": "Median lag", "width": 150, "type": "rightAligned", "tooltipField": "lag"},
    {"field": "n_topics", "headerName": "Topics", "width": 76, "type": "rightAligned"},
    {"field": "first_seen", "headerName": "First", "width": 106, "type": "rightAligned"},
    {"field": "last_seen", "headerName": "Last", "width": 106, "type": "rightAligned"},
    # Stands for all the others on a narrow screen.
    {"field": "card", "headerName": "Outlets", "flex": 1, "cellRenderer": "OutletCard", "cellClass": "card-cell",
     "hide": True, "sortable": False},
]  # fmt: skip
_SEARCHED = {"filter": "agTextColumnFilter",
             "filterParams": {"filterOptions": ["contains", "notContains", "equals"], "maxNumConditions": 1,
                              "buttons": ["reset"], "debounceMs": 400}}  # fmt: skip
_ROWS = 200  # of the longest table under a chart
_FEW_ROWS = 12  # of the list that stands for the matrix
_KEY = Input(Ids.OUTLETS_LIVE, "data")
Rows = list[tuple[str, str, str]]
Draw = Callable[[View, dict[str, Any]], tuple[go.Figure, tuple[str, str], Rows]]


def layout() -> html.Div:
    """The page, empty."""
    return html.Div(
        id=Ids.PAGE_PROVIDERS,
        className="page page-providers",
        hidden=True,
        children=[
            html.Div(
                id=Ids.OUTLETS_LIST,
                children=[
                    html.P(id=Ids.OUTLETS_SUMMARY, className="summary", **{"aria-live": "polite"}),
                    html.Div(id=Ids.OUTLETS_EMPTY, className="empty", hidden=True),
                    html.Div(
                        id=Ids.OUTLETS_FOUND, children=[_table(), html.Div(_charts(), className="findings")]
                    ),
                ],
            ),
            one_layout(),
        ],
    )


def _table() -> html.Section:
    columns = [column | (_SEARCHED if column["field"] in {"name", "domain"} else {}) for column in _COLUMNS]
    return html.Section(
        className="outlet-table",
        children=[
            html.P(id=Ids.OUTLETS_COUNT, className="grid-count"),
            article_grid(
                Ids.OUTLET_GRID, columns, label="Outlets of the selection", row_height=36, class_name="outlet-grid",
                row_id="provider_id", tooltipShowDelay=300,
            ),
        ],
    )  # fmt: skip


def _charts() -> list[Any]:
    parts = (Ids.OUTLETS_STANDING, Ids.OUTLETS_STANDING_TEXT, Ids.OUTLETS_STANDING_TABLE)
    return [
        chart(*parts, about=_ABOUT_STANDING, class_name="two-thirds"),
        chart(
            Ids.OUTLETS_ORIGINALITY, Ids.OUTLETS_ORIGINALITY_TEXT, Ids.OUTLETS_ORIGINALITY_TABLE,
            about=_ABOUT_ORIGINALITY, class_name="one-third",
        ),
        chart(Ids.OUTLETS_FIRST, Ids.OUTLETS_FIRST_TEXT, Ids.OUTLETS_FIRST_TABLE, about=_ABOUT_FIRST),
        chart(Ids.OUTLETS_LAG, Ids.OUTLETS_LAG_TEXT, Ids.OUTLETS_LAG_TABLE, about=_ABOUT_LAG),
        chart(
            Ids.OUTLETS_COPYING, Ids.OUTLETS_COPYING_TEXT, Ids.OUTLETS_COPYING_TABLE, about=_ABOUT_COPYING,
            below=[html.Div(id=Ids.OUTLETS_COPYING_LIST, className="narrow-list")],
        ),
        chart(Ids.OUTLETS_BLIND, Ids.OUTLETS_BLIND_TEXT, Ids.OUTLETS_BLIND_TABLE, about=_ABOUT_BLIND),
    ]  # fmt: skip


def register(app: Dash, answers: Answers) -> None:
    """Fill the page from the address."""
    app.clientside_callback(
        ClientsideFunction("newsgauge", "of_page"),
        Output(Ids.COMPARE_LIVE, "data"),
        Output(Ids.OUTLETS_LIVE, "data"),
        Output(Ids.OUTLET_LIVE, "data"),
        Input(Ids.LIVE, "data"),
        Input(Ids.SCHEME, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("newsgauge", "one_outlet"),
        Output(Ids.OUTLETS_LIST, "hidden"),
        Output(Ids.OUTLET, "hidden"),
        Input(Ids.ADDRESS, "search"),
    )

    app.clientside_callback(
        ClientsideFunction("newsgauge", "open_outlet_page"),
        Output(Ids.ADDRESS, "search", allow_duplicate=True),
        Input(Ids.OUTLET_GRID, "cellClicked"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(Ids.OUTLETS_SUMMARY, "children"),
        Output(Ids.OUTLETS_EMPTY, "children"),
        Output(Ids.OUTLETS_EMPTY, "hidden"),
        Output(Ids.OUTLETS_FOUND, "hidden"),
        Output(Ids.OUTLETS_COUNT, "children"),
        _KEY,
    )
    def tell(asked: list[str] | None) -> tuple[Any, ...]:
        view = _view(asked)
        if view is None:
            return (no_update,) * 5
        n = len(answers.ranking(view))
        if not n:
            advice = [html.H2("No article matches"), html.P(loosen(answers, view))]
            return "", advice, False, True, ""
        few = f"too few to rank: fewer than {FEW}; sorted, these stand last"
        text = f"{counted(n, 'outlet')}; sort by a heading, click an outlet for its page · {few}"
        return outlets_summary(answers, view, names_of(answers, view)), [], True, False, text

    @app.callback(Output(Ids.OUTLETS_COPYING_LIST, "children"), _KEY)
    def list_copies(asked: list[str] | None) -> Any:
        view = _view(asked)
        if view is None:
            return no_update
        rows = _copies(view, answers.measured(copiers, view), names_of(answers, view))
        return marks_table(("Copier and origin", "Copies"), rows[:_FEW_ROWS]) if rows else []

    _register_charts(app, answers)
    register_one(app, answers)


def _register_charts(app: Dash, answers: Answers) -> None:
    drawn: dict[tuple[Ids, Ids, Ids], Any] = {
        (Ids.OUTLETS_STANDING, Ids.OUTLETS_STANDING_TEXT, Ids.OUTLETS_STANDING_TABLE): _standing,
        (Ids.OUTLETS_ORIGINALITY, Ids.OUTLETS_ORIGINALITY_TEXT, Ids.OUTLETS_ORIGINALITY_TABLE): _originality,
        (Ids.OUTLETS_FIRST, Ids.OUTLETS_FIRST_TEXT, Ids.OUTLETS_FIRST_TABLE): _first,
        (Ids.OUTLETS_LAG, Ids.OUTLETS_LAG_TEXT, Ids.OUTLETS_LAG_TABLE): _lag,
        (Ids.OUTLETS_COPYING, Ids.OUTLETS_COPYING_TEXT, Ids.OUTLETS_COPYING_TABLE): _copying,
        (Ids.OUTLETS_BLIND, Ids.OUTLETS_BLIND_TEXT, Ids.OUTLETS_BLIND_TABLE): _blind,
    }
    for (graph_id, text_id, table_id), draw in drawn.items():

        @app.callback(
            Output(graph_id, "figure"),
            Output(text_id, "children"),
            Output(graph_id, "style"),
            Output(table_id, "children"),
            _KEY,
        )
        def fill(asked: list[str] | None, draw: Any = draw) -> tuple[Any, ...]:
            view = _view(asked)
            if view is None or asked is None:
                return (no_update,) * 4
            corpus = answers.at(view).corpus
            placed = {
                "names": names_of(answers, view), "span": days_of(answers, view), "zone": corpus.zone,
                "snapshot": corpus.snapshot.label, "theme": answers.theme(view, asked[1]),
            }  # fmt: skip
            figure, heads, rows = draw(answers, view, placed)
            return *said(figure, top=16), marks_table(heads, rows[:_ROWS])


def _view(asked: list[str] | None) -> View | None:
    """The view of what is asked, an address and a colour scheme, where it is of the table of outlets."""
    view = view_at(asked[0] if asked else None, Page.PROVIDERS)
    return view if view and not view.outlet else None


def _standing(
    answers: Answers, view: View, placed: dict[str, Any]
) -> tuple[go.Figure, tuple[str, str], Rows]:
    frame = answers.ranking(view)
    figure = _marked(standing_chart(frame, **placed), "outlet:{}")
    rows = [
        (_named(row, placed), _open(view, "outlet", row["provider_id"]),
         f"{number(row['count'])}; " + ("no score" if pd.isna(row["quality"]) else f"quality {row['quality']:.0f}"))
        for row in frame.head(_ROWS).to_dict("records")
    ]  # fmt: skip
    return figure, ("Outlet", "Articles and quality"), rows


def _originality(
    answers: Answers, view: View, placed: dict[str, Any]
) -> tuple[go.Figure, tuple[str, str], Rows]:
    frame = answers.ranking(view)
    rows = [
        (_named(row, placed), _open(view, "outlet", row["provider_id"]), percent(row["originality"]))
        for row in frame[frame["n_compared"] > 0].head(_ROWS).to_dict("records")
    ]
    return _marked(originality_chart(frame, **placed), "outlet:{}"), ("Outlet", "Own texts"), rows


def _first(answers: Answers, view: View, placed: dict[str, Any]) -> tuple[go.Figure, tuple[str, str], Rows]:
    frame = answers.measured(timeliness, view)
    shared = frame[frame["n_events"] > 0]
    rows = [
        (_named(row, placed), _open(view, "first", row["provider_id"]) if row["n_first"] else "",
         f"{number(row['n_first'])} of {counted(int(row['n_events']), 'event')}")
        for row in shared.head(_ROWS).to_dict("records")
    ]  # fmt: skip
    return _marked(timeliness_chart(frame, **placed), "first:{}"), ("Outlet", "First in this corpus"), rows


def _lag(answers: Answers, view: View, placed: dict[str, Any]) -> tuple[go.Figure, tuple[str, str], Rows]:
    frame = answers.measured(lag_quartiles, view)
    rows = [
        (_named(row, placed), _open(view, "followed", row["provider_id"]),
         f"{lag_name(row['lag_median_hours'])}, {counted(int(row['n_followed']), 'event')}")
        for row in frame.head(_ROWS).to_dict("records")
    ]  # fmt: skip
    return _marked(lag_chart(frame, **placed), "followed:{}"), ("Outlet", "Median lag"), rows


def _copying(answers: Answers, view: View, placed: dict[str, Any]) -> tuple[go.Figure, tuple[str, str], Rows]:
    frame = answers.measured(copiers, view)
    figure = who_copies_whom_chart(frame, **placed)
    if not int(answers.ranking(view)["n_compared"].sum()):
        why = "This snapshot was built without groups, so copies were not looked for."
        meta = figure.laid("meta")
        figure = empty_figure(
            placed["theme"], title="Copies were not looked for", subtitle=meta["subtitle"], why=why
        )
    for trace in figure.traces:
        cells = [[f"copied:{pair[0]}/{pair[1]}" for pair in line] for line in trace["customdata"]]
        trace["customdata"] = cells
    return figure, ("Copier and origin", "Copies"), _copies(view, frame, placed["names"])


def _copies(view: View, frame: pd.DataFrame, names: dict[str, str]) -> Rows:
    """Who copied whom, most first: the matrix as rows, which are all that fits a telephone."""
    rows = []
    for row in frame.head(_ROWS).to_dict("records"):
        one, other = (names.get(row[side], row[side]) for side in ("origin", "copier"))
        href = _open(view, "copied", f"{row['origin']}/{row['copier']}")
        rows.append((f"{other} from {one}"[:120], href, number(row["n"])))
    return rows


def _blind(answers: Answers, view: View, placed: dict[str, Any]) -> tuple[go.Figure, tuple[str, str], Rows]:
    """Blind spots of what is asked for; everything has none."""
    heads = ("Outlet", "Observed, and expected by chance")
    if not (answers.query(view) or view.topics):
        why = "Choose a story, a query or a topic above:<br>a blind spot is of something."
        title = "Blind spots: nothing is asked for yet"
        return (
            empty_figure(
                placed["theme"], title=title, subtitle="observed against expected articles", why=why
            ),
            heads,
            [],
        )
    everyone = replace(view.closed(), providers=())
    frame = answers.measured(blindspots, everyone)
    rows = [
        (
            _named(row, placed),
            _open(view, "near", row["provider_id"]),
            f"{number(row['n_story'])}; {row['expected']:.1f} expected",
        )
        for row in frame.head(_ROWS).to_dict("records")
    ]
    return _marked(blindspots_chart(frame, **placed), "near:{}"), heads, rows


def _marked(figure: go.Figure, pattern: str) -> go.Figure:
    """The figure whose marks say what they open, kind and all."""
    for trace in figure.traces:
        if trace["customdata"] is not None:
            trace["customdata"] = [pattern.format(key) for key in trace["customdata"]]
    return figure


def _named(row: dict[Any, Any], placed: dict[str, Any]) -> str:
    return str(placed["names"].get(row["provider_id"], row["provider_id"]))[:120]


def _open(view: View, kind: str, value: str) -> str:
    return opened_url(view, kind, value)
