"""The filter bar, and how it and the address follow each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update

from dashboard.answers import Answers
from dashboard.complaint import complaint
from dashboard.components import filter_controls as controls_of_bar
from dashboard.components import help_window, stories
from dashboard.components.chips import chips
from dashboard.ids import Ids
from dashboard.url_state import View, create_url, parse_url

__all__ = ["layout", "register"]

_OPTIONS = 1000  # choices of one list; more are reached by the query
_CONTROLS = {
    "story": Input(Ids.STORY, "value"),
    "topics": Input(Ids.TOPICS, "value"),
    "providers": Input(Ids.OUTLETS, "value"),
    "dates": Input(Ids.DATES, "value"),
    "low": Input(Ids.QUALITY_FROM, "value"),
    "high": Input(Ids.QUALITY_TO, "value"),
    "basis": Input(Ids.BASIS, "value"),
    "share": Input(Ids.SHARE, "value"),
    "every": Input(Ids.EVERY, "value"),
    "zone": Input(Ids.ZONE, "value"),
}


def layout(answers: Answers, before: Any, after: Any) -> html.Div:
    """The query line, between what stands before and after it, and below it the other filters and the chips.

    On a narrow screen the filters stand behind a button.
    """
    toggle = html.Button(
        "Filters", id=Ids.FILTER_TOGGLE, className="quiet narrow-only", type="button",
        **{"aria-controls": Ids.FILTERS, "aria-expanded": "false"},
    )  # fmt: skip
    line = [
        before,
        controls_of_bar.query(),
        help_window.button(),
        *controls_of_bar.story(answers),
        stories.button(hidden=answers.saved.folder is None),
        html.Div(controls_of_bar.dates(answers), className="dates"),
        toggle,
        after,
    ]
    return html.Div(
        className="filterbar",
        children=[
            html.Div(line, className="queryline"),
            html.Pre(id=Ids.QUERY_ERROR, className="query-error", role="alert"),
            html.Div(id=Ids.FILTERS, className="filters", children=controls_of_bar.more(answers)),
            html.Div(id=Ids.CHIPS, className="chips", role="group", **{"aria-label": "Active filters"}),
            dcc.Store(id=Ids.CLEARED),
        ],
    )


def register(app: Dash, answers: Answers) -> None:
    """Let the address set the controls, and the controls the address."""

    @app.callback(Output(Ids.QUERY_ERROR, "children"), Output(Ids.QUERY, "error"), Input(Ids.QUERY, "value"))
    def check(query: str | None) -> tuple[str, bool]:
        text = complaint(query or "")
        return text, bool(text)

    app.clientside_callback(
        ClientsideFunction("newsgauge", "zones"),
        Output(Ids.ZONE, "data"),
        Input(Ids.ZONE, "value"),
        State(Ids.ZONE, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("newsgauge", "asked"),
        Output(Ids.QUERY_ASKED, "data"),
        Input(Ids.QUERY, "n_submit"),
        Input(Ids.QUERY, "n_blur"),
        prevent_initial_call=True,
    )
    _register_following(app, answers)


def _register_following(app: Dash, answers: Answers) -> None:
    @app.callback(
        output={
            "search": Output(Ids.ADDRESS, "search"),
            "query": Output(Ids.QUERY, "value"),
            "controls": {name: Output(given.component_id, "value") for name, given in _CONTROLS.items()},
            "topics": Output(Ids.TOPICS, "data"),
            "outlets": Output(Ids.OUTLETS, "data"),
            "toggle": Output(Ids.FILTER_TOGGLE, "children"),
            "stories": Output(Ids.STORY, "data"),
            "chips": Output(Ids.CHIPS, "children"),
            "cleared": Output(Ids.CLEARED, "data"),
        },
        inputs={
            "path": Input(Ids.ADDRESS, "pathname"),
            "search": Input(Ids.ADDRESS, "search"),
            "asked": {
                "text": Input(Ids.QUERY_ASKED, "data"),
                "cleared": Input(Ids.FILTER_CLEAR, "n_clicks"),
            },
            "controls": _CONTROLS,
            "query": State(Ids.QUERY, "value"),
            "cleared": State(Ids.CLEARED, "data"),
        },
    )
    def follow(
        path: str,
        search: str,
        asked: dict[str, Any],
        controls: dict[str, Any],
        query: str | None,
        cleared: list[str] | None,
    ) -> dict[str, Any]:
        view = parse_url(path, search)
        by = ctx.triggered_id
        query = asked["text"] if by == Ids.QUERY_ASKED else query
        if by is None or by == Ids.ADDRESS:
            return {"search": no_update} | _shown(answers, view, answers.query(view), cleared)
        chosen = (
            view.unfiltered() if by == Ids.FILTER_CLEAR else _chosen(view, controls, query or "", answers)
        )
        if by == Ids.STORY:
            chosen = replace(chosen, story=controls["story"], query="")
        if create_url(chosen) == create_url(view):
            # What is typed stays as typed, also while it cannot be read; and no control sets off another round.
            nothing = {"search": no_update} | dict.fromkeys(_shown(answers, view, "", None), no_update)
            return nothing | {"controls": dict.fromkeys(_CONTROLS, no_update)}
        typed = answers.query(chosen) if by in {Ids.FILTER_CLEAR, Ids.STORY} else query or ""
        cleared = [create_url(view), create_url(chosen)] if by == Ids.FILTER_CLEAR else None
        return {"search": _query_of(chosen)} | _shown(answers, chosen, typed, cleared)


def _query_of(view: View) -> str:
    """The query part of a view's address."""
    return create_url(view)[len(view.page.value) :]


def _chosen(view: View, controls: dict[str, Any], query: str, answers: Answers) -> View:
    """The view that the controls ask for; a query that cannot be read is not yet asked."""
    days = [date.fromisoformat(str(day)[:10]) if day else None for day in (controls["dates"] or [None, None])]
    if days[0] and not days[1]:
        days = [view.since, view.until]  # the second day is still to be picked
    every = controls["every"] if controls["every"] != answers.every(replace(view, every=None)) else None
    same = query.strip() == answers.query(view) or bool(complaint(query))
    asked = replace(
        view,
        query=view.query if same else query.strip(),
        story=view.story if same else None,
        topics=tuple(controls["topics"] or ()),
        providers=tuple(controls["providers"] or ()),
        since=days[0],
        until=days[1],
        min_quality=_number(controls["low"]),
        max_quality=_number(controls["high"]),
        basis=controls["basis"] or "articles",
        share=controls["share"] == "share",
        every=view.every if view.every == controls["every"] else every,
        zone=_zone(view, controls["zone"], answers),
    )
    return asked if asked == view else asked.closed()


def _zone(view: View, chosen: str | None, answers: Answers) -> str | None:
    """The zone that an address names: none where it is the one that is served."""
    if not chosen or chosen == (view.zone or answers.served):
        return view.zone
    return None if chosen == answers.served else chosen


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _shown(answers: Answers, view: View, typed: str, cleared: list[str] | None) -> dict[str, Any]:
    """What the bar shows of a view.

    Args:
        answers: what knows the choices.
        view: what is shown.
        typed: what stands in the line.
        cleared: the addresses before and after all filters were cleared, where that is what was done last.
    """
    is_back = cleared is not None and cleared[1] == create_url(view.closed())
    days = [day.isoformat() if day else None for day in (view.since, view.until)]
    topics, names = answers.choices(view, _OPTIONS)
    return {
        "query": typed,
        "controls": {
            "topics": list(view.topics),
            "providers": list(view.providers),
            "dates": days,
            "low": "" if view.min_quality is None else view.min_quality,
            "high": "" if view.max_quality is None else view.max_quality,
            "story": view.story if answers.story(view) else None,
            "basis": answers.basis(view),
            "share": "share" if view.share else "count",
            "every": answers.every(view),
            "zone": view.zone or answers.served,
        },
        "topics": [{"value": name, "label": name[:80]} for name in dict.fromkeys([*topics, *view.topics])],
        "outlets": [
            {"value": domain, "label": str(names.get(domain, domain))[:80]}
            for domain in dict.fromkeys([*names, *view.providers])
        ],
        "stories": [{"value": key, "label": story.name[:80]} for key, story in answers.stories.items()],
        "chips": chips(answers, view, undo=cleared[0] if cleared and is_back else ""),
        "cleared": cleared if is_back else None,
        "toggle": f"Filters ({view.n_filters})" if view.n_filters else "Filters",
    }
