"""A chart on a page: its finding as a heading, its basis, the graph, and its summary for those who listen."""

from __future__ import annotations

import json
from typing import Any

from dash import Output, dcc, html

from analysis.charts.describe import describe
from analysis.charts.figure import Figure
from analysis.charts.theme import CONFIG
from dashboard.ids import Ids

__all__ = ["chart", "figure_menu", "filled", "graph", "marks_table", "said"]


def chart(
    graph_id: Ids,
    text_id: Ids,
    table_id: Ids,
    *,
    about: str,
    class_name: str = "",
    below: list[Any] | None = None,
) -> html.Section:
    """An empty place for a figure, its words and its table; `about` says how it is computed and what it cannot say."""
    return html.Section(
        className=f"card chart {class_name}",
        children=[
            html.Div(id=text_id, className="chart-words"),
            figure_menu(graph_id),
            html.Details([html.Summary("i", title="How this is computed"), html.P(about)], className="about"),
            graph(graph_id),
            *(below or []),
            html.Details([html.Summary("Table"), html.Div(id=table_id)], className="as-table"),
        ],
    )


def figure_menu(graph_id: Ids) -> html.Details:
    """What can be taken of a figure; done in the browser, see `assets/figures.js`."""
    kinds = (("copy", "Copy data"), ("csv", "CSV"), ("png", "PNG"), ("svg", "SVG"))
    buttons = [
        html.Button(name, type="button", className="quiet", **{"data-figure": graph_id, "data-take": kind})
        for kind, name in kinds
    ]
    said = html.Span(className="sr-only", role="status")
    return html.Details(
        [html.Summary("Save", title="Copy the data, or save the figure"), html.Div([*buttons, said])],
        className="menu figure-menu",
    )


def graph(graph_id: Ids, **options: Any) -> dcc.Graph:
    """A graph that sends nothing anywhere; until it has a figure the page shows through."""
    clear, axis = "rgba(0, 0, 0, 0)", {"visible": False, "fixedrange": True}
    layout = {"paper_bgcolor": clear, "plot_bgcolor": clear, "xaxis": axis, "yaxis": axis}
    return dcc.Graph(id=graph_id, config=dict(CONFIG), figure={"data": [], "layout": layout}, **options)


def marks_table(heads: tuple[str, str], rows: list[tuple[str, str, str]]) -> html.Div:
    """The marks of a chart as rows (label, address of its articles or empty, number): what keyboards and ears use.

    The page draws it from data (`assets/tables.js`): a component for every cell would hold it up for seconds.
    """
    return html.Div(**{"data-marks": json.dumps([heads, rows], ensure_ascii=False)})


def filled(graph_id: Ids, text_id: Ids) -> tuple[Output, ...]:
    """What `said` fills."""
    return Output(graph_id, "figure"), Output(text_id, "children"), Output(graph_id, "style")


def said(figure: Figure, *, top: int = 8) -> tuple[Figure, list[Any], dict[str, str]]:
    """A figure without the title that it carries in exports, that title as headings for the page, and its height."""
    meta = figure.laid("meta")
    bare = figure.copy()
    height = figure.laid("height") - figure.laid("margin", "t") + top
    bare.update_layout(title=None, margin={"t": top}, height=height)
    words = [
        html.H2(meta["title"]),
        html.P(meta["subtitle"], className="basis"),
        html.P(describe(figure), className="sr-only"),
    ]
    return bare, words, {"height": f"{height}px"}
