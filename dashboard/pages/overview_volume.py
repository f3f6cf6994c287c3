"""The overview's volume with its bursts and the strip of what was collected, and what drove its change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update

from analysis.charts.bars import shortened
from analysis.charts.bursts import burst_days, mark_bursts
from analysis.charts.change import change_chart
from analysis.charts.share import share_chart
from analysis.charts.theme import Theme
from analysis.charts.time_axis import add_dates, span_name, wall, widths
from analysis.charts.volume import strip_chart, volume_chart
from dashboard.answers import Answers
from dashboard.components.chart import chart, graph, marks_table, said
from dashboard.ids import Ids
from dashboard.url_state import Mark, Page, View, create_url, view_at
from dashboard.words import counted, number, short_day

__all__ = ["change_card", "register_volume", "volume_card"]

_ABOUT_VOLUME = (
    "A bar is a count over one period in the corpus's time zone. No bar is a count of zero; a grey band was not "
    "collected, so nothing is known of it; a hatched bar was collected only on some of its days. The share is of "
    "everything collected in the period, with Wilson's 95 % interval. A burst is a stretch with markedly more coverage "
    "than usual (Kleinberg 2002); of a selection it is looked for in the share, so that a fuller corpus is none. "
    "Copies make bursts more likely: count texts to leave them out. Drag over days to choose them."
)
_ABOUT_CHANGE = (
    "The change since as many days before, split exactly: originals of outlets that are new, that stopped and that are "
    "in both stretches, copies, and what the selection would have grown by had its share of the corpus stayed. Where "
    "no dates are chosen it is that of the latest days: 7 of a corpus of weeks, 28 of months, 91 of years."
)
_SHOWN = 4  # bursts named under the chart
_PARTS = {
    "new providers": "New outlets",
    "lost providers": "Outlets that stopped",
    "more per provider": "More or less from the same outlets",
    "copies": "Copies of a text",
    "corpus growth": "Growth of everything collected",
    "total": "In all",
}


def volume_card() -> html.Section:
    """The volume, its bursts, and what was collected."""
    return chart(
        Ids.VOLUME, Ids.VOLUME_TEXT, Ids.VOLUME_TABLE, about=_ABOUT_VOLUME, class_name="wide",
        below=[
            html.Div(id=Ids.STRIP_TEXT, className="strip-words"),
            graph(Ids.STRIP),
            html.Div(id=Ids.BURSTS, className="bursts"),
            dcc.Store(id=Ids.VOLUME_DRAWN),
        ],
    )  # fmt: skip


def change_card() -> html.Div:
    """What drove the change, of the latest days where none are chosen; hidden where there are no days before."""
    return html.Div(
        chart(Ids.CHANGE_CHART, Ids.CHANGE_TEXT, Ids.CHANGE_TABLE, about=_ABOUT_CHANGE),
        id=Ids.CHANGE_CARD,
        className="change-card",
    )


def register_volume(app: Dash, answers: Answers) -> None:
    """Draw the volume at once, and its bursts when they are found."""

    @app.callback(
        Output(Ids.VOLUME, "figure"),
        Output(Ids.VOLUME_TEXT, "children"),
        Output(Ids.VOLUME, "style"),
        Output(Ids.STRIP, "figure"),
        Output(Ids.STRIP_TEXT, "children"),
        Output(Ids.STRIP, "style"),
        Output(Ids.VOLUME_DRAWN, "data"),
        Input(Ids.LIVE, "data"),
        Input(Ids.SCHEME, "data"),
    )
    def draw(address: str | None, scheme: str | None) -> tuple[Any, ...]:
        view = view_at(address, Page.OVERVIEW)
        if view is None or scheme is None:
            return (no_update,) * 7
        return *_volume(answers, view, answers.theme(view, scheme)), [address, scheme]

    @app.callback(
        Output(Ids.VOLUME, "figure", allow_duplicate=True),
        Output(Ids.BURSTS, "children"),
        Input(Ids.VOLUME_DRAWN, "data"),
        State(Ids.LIVE, "data"),
        prevent_initial_call=True,
    )
    def mark(drawn: list[str] | None, address: str | None) -> tuple[Any, ...]:
        view = view_at(drawn[0], Page.OVERVIEW) if drawn else None
        if view is None or drawn is None:
            return no_update, no_update
        found = answers.bursts(view)
        listed = _listed(answers, view, found)
        if drawn[0] != address:  # another view is about to be drawn
            return no_update, listed
        return said(_brushed(_marked(answers, view, found, answers.theme(view, drawn[1]))))[0], listed

    app.clientside_callback(
        ClientsideFunction("newsgauge", "brush"),
        Output(Ids.ADDRESS, "search", allow_duplicate=True),
        Output(Ids.VOLUME, "selectedData"),
        Input(Ids.VOLUME, "selectedData"),
        State(Ids.ADDRESS, "search"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(Ids.CHANGE_CARD, "hidden"),
        Output(Ids.CHANGE_CHART, "figure"),
        Output(Ids.CHANGE_TEXT, "children"),
        Output(Ids.CHANGE_CHART, "style"),
        Output(Ids.CHANGE_TABLE, "children"),
        Input(Ids.VOLUME_DRAWN, "data"),
        prevent_initial_call=True,
    )
    def explain(drawn: list[str] | None) -> tuple[Any, ...]:
        address, scheme = drawn or (None, None)
        view = view_at(address, Page.OVERVIEW)
        split = answers.change(view) if view else None
        if view is None or scheme is None or split is None:
            return (view is not None, *(no_update,) * 4) if view else (no_update,) * 5
        frame, now, before = split
        days = round((now[1] - now[0]) / timedelta(days=1))  # where clocks change an hour more or less
        figure = change_chart(
            frame,
            span=now,
            baseline=before,
            zone=answers.at(view).corpus.zone,
            subject="Coverage" if view.since else f"Coverage of the last {counted(days, 'day')}",
            theme=answers.theme(view, scheme),
        )
        return False, *said(figure), marks_table(("Cause", "Change"), _causes(view, frame))


def _volume(answers: Answers, view: View, theme: Theme) -> tuple[Any, ...]:
    bare, headings, height = said(_brushed(_marked(answers, view, None, theme)))
    if n := answers.undrawn(view):
        whole = create_url(replace(view.closed(), since=answers.at(view).totals(View()).first))
        note = [f" · not drawn: {counted(n, 'older article')} ", dcc.Link("draw all", href=whole)]
        headings[1] = html.P([headings[1].children, *note], className="basis")
    every = answers.every(view)
    strip, _, strip_height = said(strip_chart(answers.collected(view), every=every, theme=theme), top=2)
    words = [
        html.Span(strip.laid("meta")["title"]),
        html.Span(strip.laid("meta")["subtitle"], className="muted"),
    ]
    return bare, headings, height, strip, words, strip_height


def _brushed(figure: go.Figure) -> go.Figure:
    """The figure as the page has it: days are chosen by dragging over them."""
    line = {"width": 1, "dash": "solid"}
    figure.update_layout(dragmode="select", selectdirection="h", newselection={"line": line}, selections=[])
    return figure


def _marked(answers: Answers, view: View, found: pd.DataFrame | None, theme: Theme) -> go.Figure:
    """The volume or its share, with its bursts once they are known, and the story's dates."""
    frame, every = answers.volume(view), answers.every(view)
    draw = share_chart if answers.shared(view) else volume_chart
    figure = draw(
        frame,
        every=every,
        basis=answers.basis(view),
        theme=theme,
        snapshot=answers.at(view).corpus.snapshot.label,
    )
    starts = wall(frame["period"])
    if not starts:
        return figure
    ends = starts[0], starts[-1] + widths(starts[-1:], every)[0]
    if found is not None:
        mark_bursts(figure, found, span=ends, basis=answers.basis(view), theme=theme)
    story = answers.story(view)
    add_dates(figure, [(one.day, one.text) for one in story.annotations] if story else [], ends, theme)
    return figure


def _listed(answers: Answers, view: View, found: pd.DataFrame) -> list[Any]:
    """The bursts and the story's dates in words: what telephones, keyboards and ears use."""
    items: list[Any] = []
    for row in found[found["level"] == 1].head(_SHOWN).to_dict("records"):
        days, when = burst_days(row), span_name(row["start"], row["end"], zone=answers.at(view).corpus.zone)
        about = shortened(str(row["headlines"][0]), 90) if len(row["headlines"]) else "no headline"
        many = counted(int(row["n_articles"]), "article")
        href = create_url(replace(view.closed(), mark=Mark("burst", days)))
        items.append([dcc.Link(when, href=href), f", {many}: ", html.Bdi(about, className="headline small")])
    story = answers.story(view)
    begin, end = answers.drawn(view)
    for one in story.annotations if story else ():
        if begin and end and begin <= one.day <= end:
            items.append([f"◆ {short_day(one.day)}: ", html.Bdi(one.text)])
    n_more = int((found["level"] == 1).sum()) - _SHOWN
    more = [html.Li(f"and {counted(n_more, 'weaker burst')}", className="muted")] if n_more > 0 else []
    if not items:
        return [html.P("No burst in this time.", className="muted")]
    return [html.H3("Bursts and dates"), html.Ul([*map(html.Li, items), *more])]


def _causes(view: View, frame: pd.DataFrame) -> list[tuple[str, str, str]]:
    """The parts of the change as rows, those with articles behind them linked."""
    rows = []
    for row in frame.to_dict("records"):
        part, change = str(row["part"]), float(row["change"])
        opens = part in {"new providers", "more per provider", "copies"} and row["after"]
        href = create_url(replace(view.closed(), mark=Mark("change", part))) if opens else ""
        sign = "+" if change > 0 else "−" if change < 0 else ""
        rows.append((_PARTS[part], href, sign + number(abs(change))))
    return rows
