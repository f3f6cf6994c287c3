"""One outlet: what it covers, how much, how good, how late, whom it copies, and who takes up what it had first."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
from dash import Dash, Input, Output, html, no_update

from analysis.charts.lags import lags_chart
from analysis.charts.scores import scores_over_time_chart
from analysis.charts.share import share_chart
from analysis.charts.theme import Theme
from analysis.charts.time_axis import wall, widths
from analysis.charts.topics import topics_chart
from analysis.charts.volume import volume_chart
from analysis.charts.wording import period_name
from analysis.measures.syndication import copiers
from analysis.measures.timeliness import lags
from dashboard.answers import Answers
from dashboard.components.chart import chart, marks_table, said
from dashboard.facts import days_of
from dashboard.ids import Ids
from dashboard.outlet_frames import around, firsts, listings, own, quality_over_time, share_of_own
from dashboard.outlet_names import names_of
from dashboard.pages.outlet_tables import articles_card, copies_card, firsts_card, lists_card, outlet_head
from dashboard.pages.outlet_words import outlet_summary
from dashboard.url_state import Page, View, opened_url, view_at
from dashboard.words import number

__all__ = ["one_layout", "register_one"]

_ABOUT_VOLUME = (
    "The outlet's articles under the filters above. Where these narrow what is shown, Share gives the share of the "
    "outlet's own output in each period, with Wilson's 95 % interval. A grey band was not collected; no bar is a "
    "count of zero."
)
_ABOUT_QUALITY = (
    "Mean of the scores that its articles' records carry, with the 95 % interval of Student's t; periods of fewer "
    "than 10 scores are hollow. Articles without a score are left out, not taken for low."
)
_ABOUT_LAG = (
    "Events that another outlet has too, by the time from the event's first article in this corpus to the outlet's "
    "own first. Copies, and articles of which only the day is known, are left out. Whoever was not collected may "
    "have been earlier."
)
_ABOUT_TOPICS = (
    "Labels that its records carry. An article may carry several or none, so they do not add up to all."
)
_TOP = 8
_KEY = Input(Ids.OUTLET_LIVE, "data")


def one_layout() -> html.Div:
    """The page of one outlet, empty."""
    cards = (Ids.OUTLET_COPIES, Ids.OUTLET_FIRSTS, Ids.OUTLET_LISTS, Ids.OUTLET_LATEST)
    return html.Div(
        id=Ids.OUTLET,
        hidden=True,
        children=[
            html.Div(id=Ids.OUTLET_HEAD, className="outlet-head"),
            html.P(id=Ids.OUTLET_SUMMARY, className="summary", **{"aria-live": "polite"}),
            html.Div(
                id=Ids.OUTLET_FOUND,
                className="findings",
                children=[
                    chart(Ids.OUTLET_VOLUME, Ids.OUTLET_VOLUME_TEXT, Ids.OUTLET_VOLUME_TABLE, about=_ABOUT_VOLUME),
                    chart(Ids.OUTLET_QUALITY, Ids.OUTLET_QUALITY_TEXT, Ids.OUTLET_QUALITY_TABLE, about=_ABOUT_QUALITY),
                    chart(Ids.OUTLET_LAG, Ids.OUTLET_LAG_TEXT, Ids.OUTLET_LAG_TABLE, about=_ABOUT_LAG),
                    chart(Ids.OUTLET_TOPICS, Ids.OUTLET_TOPICS_TEXT, Ids.OUTLET_TOPICS_TABLE, about=_ABOUT_TOPICS),
                    *(html.Section(id=one, className="card") for one in cards),
                ],
            ),
        ],
    )  # fmt: skip


def register_one(app: Dash, answers: Answers) -> None:
    """Fill the page of one outlet from the address."""
    _register_words(app, answers)
    _register_charts(app, answers)


def _register_words(app: Dash, answers: Answers) -> None:
    @app.callback(
        Output(Ids.OUTLET_HEAD, "children"),
        Output(Ids.OUTLET_SUMMARY, "children"),
        Output(Ids.OUTLET_FOUND, "hidden"),
        Output(Ids.OUTLET_LATEST, "children"),
        _KEY,
    )
    def tell(asked: list[str] | None) -> tuple[Any, ...]:
        view = _view(asked)
        if view is None or view.outlet is None:
            return (no_update,) * 4
        names = names_of(answers, view)
        head = outlet_head(view, view.outlet, names.get(view.outlet, view.outlet))
        if view.outlet not in names:
            text = "This snapshot has no outlet of that domain. It may be of another corpus."
            return (
                [head[0], html.Div([html.H2("No such outlet"), html.P(text)], className="empty")],
                "",
                True,
                [],
            )
        text = outlet_summary(answers, view, names[view.outlet])
        empty = not answers.totals(own(view)).articles
        return head, text, empty, [] if empty else articles_card(answers, view)

    @app.callback(
        Output(Ids.OUTLET_COPIES, "children"),
        Output(Ids.OUTLET_FIRSTS, "children"),
        Output(Ids.OUTLET_LISTS, "children"),
        _KEY,
    )
    def connect(asked: list[str] | None) -> tuple[Any, ...]:
        view = _view(asked)
        if view is None or view.outlet is None:
            return (no_update,) * 3
        names, zone, whole = names_of(answers, view), answers.at(view).zone, around(view)
        late = answers.measured(lags, whole, provider=view.outlet)
        opened = firsts(answers.at(view).corpus, late)
        return (
            copies_card(view, answers.measured(copiers, whole), names),
            firsts_card(view, opened, int(late["is_first"].sum()), zone),
            lists_card(view, answers.measured(listings, whole, outlet=view.outlet), names),
        )


def _register_charts(app: Dash, answers: Answers) -> None:
    parts = {
        (Ids.OUTLET_VOLUME, Ids.OUTLET_VOLUME_TEXT, Ids.OUTLET_VOLUME_TABLE): _volume,
        (Ids.OUTLET_QUALITY, Ids.OUTLET_QUALITY_TEXT, Ids.OUTLET_QUALITY_TABLE): _quality,
        (Ids.OUTLET_LAG, Ids.OUTLET_LAG_TEXT, Ids.OUTLET_LAG_TABLE): _lag,
        (Ids.OUTLET_TOPICS, Ids.OUTLET_TOPICS_TEXT, Ids.OUTLET_TOPICS_TABLE): _topics,
    }
    for (graph_id, text_id, table_id), draw in parts.items():

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
            figure, rows, heads = draw(answers, view, answers.theme(view, asked[1]))
            return *said(figure, top=16), marks_table(heads, rows)


def _view(asked: list[str] | None) -> View | None:
    """The view of what is asked, an address and a colour scheme, where it is of one outlet."""
    view = view_at(asked[0] if asked else None, Page.PROVIDERS)
    return view if view and view.outlet else None


Drawn = tuple[go.Figure, list[tuple[str, str, str]], tuple[str, str]]


def _label(answers: Answers, view: View) -> str:
    return answers.at(view).corpus.snapshot.label


def _name(answers: Answers, view: View) -> str:
    return names_of(answers, view).get(view.outlet or "", view.outlet or "")[:60]


def _volume(answers: Answers, view: View, theme: Theme) -> Drawn:
    """Its articles per period, or the share that they are of its whole output."""
    every, basis, name = answers.every(view), answers.basis(view), _name(answers, view)
    share = share_of_own(answers, view) if view.share else None
    if share is not None:
        options: dict[str, Any] = {
            "whole": "of its own output",
            "snapshot": _label(answers, view),
            "theme": theme,
        }
        frame, figure = share, share_chart(share, every=every, subject=name, **options)
    else:
        frame = answers.volume(own(view))
        figure = volume_chart(
            frame, every=every, basis=basis, subject=name, snapshot=_label(answers, view), theme=theme
        )
    for trace in figure.traces:
        if trace["customdata"] is not None:
            trace["customdata"] = [f"period:{key}" for key in trace["customdata"]]
    rows = []
    for row in frame[::-1].head(200).to_dict("records"):
        start = pd.Timestamp(row["period"]).tz_localize(None)
        known = pd.notna(row["count"])
        value = number(row["count"]) if known else str(row["status"])
        href = _open(view, "period", start.date().isoformat()) if known and row["count"] else ""
        rows.append((period_name(start, every), href, value))
    return figure, rows, ("Period", "Articles")


def _quality(answers: Answers, view: View, theme: Theme) -> Drawn:
    """Its mean quality per period; a dot opens all its articles of the period, scored or not."""
    every = answers.every(view)
    # A short period of one outlet has too few scores to say anything.
    every = {"day": "month", "week": "month", "month": "quarter"}.get(every, "year")
    first, last = answers.drawn(view)
    frame = answers.measured(quality_over_time, own(view), every=every, first=first, last=last)
    figure = scores_over_time_chart(
        frame, every=every, subject=_name(answers, view), snapshot=_label(answers, view), theme=theme
    )
    starts = wall(frame["period"])
    days = {}
    for start, wide in zip(starts, widths(starts, every), strict=True):
        begin, end = start.date(), (start + wide - pd.Timedelta(1, "D")).date()
        days[begin.isoformat()] = f"{max(begin, first or begin)}/{min(end, last or end)}"
    for trace in figure.traces:
        if trace["customdata"] is not None:
            trace["customdata"] = [f"burst:{days[key]}" for key in trace["customdata"]]
    rows = []
    for start, row in list(zip(starts, frame.to_dict("records"), strict=True))[::-1]:
        value = "no score" if pd.isna(row["mean"]) else f"{row['mean']:.0f}, {number(row['n_scored'])} scored"
        rows.append((period_name(start, every), _open(view, "burst", days[start.date().isoformat()]), value))
    return figure, rows, ("Period", "Mean quality")


def _lag(answers: Answers, view: View, theme: Theme) -> Drawn:
    """How long after the first it took up events."""
    frame = answers.measured(lags, around(view), provider=view.outlet)
    figure = lags_chart(
        frame, subject=_name(answers, view), span=days_of(answers, view), zone=answers.at(view).corpus.zone,
        snapshot=_label(answers, view), theme=theme,
    )  # fmt: skip
    rows = []
    for trace in figure.traces:
        marks = [
            f"first:{view.outlet}" if key == "first" else f"followed:{view.outlet}/{key}"
            for key in trace["customdata"]
        ]
        trace["customdata"] = marks
        for mark, n, hover in zip(marks, trace["y"], trace["hovertext"], strict=True):
            kind, _, value = mark.partition(":")
            label = hover.split("<br>")[0].removeprefix("<b>").removesuffix("</b>")
            if n:
                rows.append((label, _open(view, kind, value), number(n)))
    return figure, rows, ("After the first", "Events")


def _topics(answers: Answers, view: View, theme: Theme) -> Drawn:
    """What its records are about."""
    frame, n = answers.topics(own(view)), answers.totals(own(view)).articles
    figure = topics_chart(frame, n_articles=n, top=_TOP, snapshot=_label(answers, view), theme=theme)
    for trace in figure.traces:
        if trace["customdata"] is not None:
            trace["customdata"] = [f"topic:{key}" for key in trace["customdata"]]
    best = frame.sort_values(["count", "topic"], ascending=[False, True])[:200]
    rows = [
        (str(topic)[:120], _open(view, "topic", str(topic)), number(count))
        for topic, count in zip(best["topic"], best["count"], strict=True)
    ]
    return figure, rows, ("Topic", "Articles")


def _open(view: View, kind: str, value: str) -> str:
    return opened_url(view, kind, value)
