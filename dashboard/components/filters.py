"""The filter bar, and how it and the address follow each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, html, no_update

from dashboard.answers import Answers
from dashboard.complaint import complaint
from dashboard.ids import Ids
from dashboard.url_state import View, create_url, parse_url

__all__ = ["complaint", "layout", "register"]

_OPTIONS = 1000  # choices of one list; more are reached by the query
_HELP = """ban               the word, in headline or excerpt
ban*              words that begin so
"live facial"     the words one after the other
a near/5 b        at most five words between
AND OR NOT ( )    side by side means AND
title:ban         in the headline only
topic:"AI"        carries the label
provider:sky.com  the outlet's domain
quality>=50       also heat, and <= > < =
after:2021-08-17  also before:
seen:record       or related, both
is:original       the earliest of its copies"""
_BASIS_NAMES = {"articles": "Articles", "originals": "Texts", "events": "Events", "providers": "Outlets"}
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
}


def layout(answers: Answers, before: Any, after: Any) -> html.Div:
    """The query line, between what stands before and after it, and below it the other filters.

    On a narrow screen those stand behind a button.
    """
    return html.Div(
        className="filterbar",
        children=[
            html.Div(
                className="queryline",
                children=[
                    before,
                    dmc.TextInput(
                        id=Ids.QUERY,
                        size="sm",
                        className="query",
                        spellCheck=False,
                        autoComplete="off",
                        placeholder='Search headlines and excerpts, as "facial recognition" AND (ban* OR halt)',
                        leftSection=html.Kbd("/", className="key"),
                        attributes={
                            "input": {"aria-label": "Search query", "aria-describedby": Ids.QUERY_ERROR}
                        },
                    ),
                    html.Details(
                        [html.Summary("?", title="What a query can say"), html.Pre(_HELP)], className="help"
                    ),
                    *_story(answers),
                    html.Div(_dates(answers), className="dates"),
                    html.Button(
                        "Filters", id=Ids.FILTER_TOGGLE, className="quiet narrow-only", type="button"
                    ),
                    after,
                ],
            ),
            html.Pre(id=Ids.QUERY_ERROR, className="query-error", role="alert"),
            html.Div(id=Ids.FILTERS, className="filters", children=_more(answers)),
        ],
    )


def _story(answers: Answers) -> tuple[html.Label, dmc.Select]:
    select = dmc.Select(
        id=Ids.STORY, size="sm", clearable=True, placeholder="Any story", className="story",
        data=[{"value": story.key, "label": story.name} for story in answers.stories.values()],
        clearButtonProps={"aria-label": "Leave the story"},
    )  # fmt: skip
    return html.Label("Story", htmlFor=Ids.STORY, className="sr-only"), select


def _dates(answers: Answers) -> dmc.DatePickerInput:
    return dmc.DatePickerInput(
        id=Ids.DATES,
        type="range",
        size="sm",
        clearable=True,
        valueFormat="D MMM YYYY",
        placeholder="All dates",
        attributes={"input": {"aria-label": "Dates"}},
        clearButtonProps={"aria-label": "Clear the dates"},
        **_first_month(answers),
    )


def _more(answers: Answers) -> list[Any]:
    return [
        *_choice(Ids.TOPICS, "Topics", "Any topic"),
        *_choice(Ids.OUTLETS, "Outlets", "Any outlet"),
        html.Div(
            className="range",
            children=[
                _bound(Ids.QUALITY_FROM, "Quality from", "Quality from"),
                html.Span("–", className="dash"),
                _bound(Ids.QUALITY_TO, "Quality up to", "to"),
            ],
        ),
        html.Div(className="grow"),
        html.Div(
            className="display",
            children=[
                html.Label("Count", htmlFor=Ids.BASIS),
                dmc.Select(
                    id=Ids.BASIS, size="xs", w=104, allowDeselect=False, value="articles",
                    data=[{"value": basis, "label": _BASIS_NAMES[basis]} for basis in answers.bases],
                    attributes={"input": {"aria-label": "What is counted"}},
                ),
                dmc.SegmentedControl(
                    id=Ids.SHARE, size="xs", value="count",
                    data=[{"value": "count", "label": "Count"}, {"value": "share", "label": "Share"}],
                    attributes={"root": {"aria-label": "Count or share of everything collected"}},
                ),
                html.Label("per", htmlFor=Ids.EVERY),
                dmc.SegmentedControl(
                    id=Ids.EVERY, size="xs", value="day",
                    data=[{"value": name, "label": name.title()} for name in ("day", "week", "month", "year")],
                    attributes={"root": {"aria-label": "Length of a period"}},
                ),
                html.Button("Clear all", id=Ids.FILTER_CLEAR, className="quiet", type="button"),
            ],
        ),
    ]  # fmt: skip


def _choice(control: Ids, label: str, placeholder: str) -> tuple[html.Label, dmc.MultiSelect]:
    select = dmc.MultiSelect(
        id=control, size="xs", searchable=True, clearable=True, hidePickedOptions=True, limit=100, data=[], value=[],
        placeholder=placeholder, nothingFoundMessage="Nothing by this name", className="choice",
        clearButtonProps={"aria-label": f"Clear {label.lower()}"},
    )  # fmt: skip
    return html.Label(label, htmlFor=control, className="sr-only"), select


def _bound(control: Ids, label: str, placeholder: str) -> dmc.NumberInput:
    return dmc.NumberInput(
        id=control, size="xs", min=0, hideControls=True, allowNegative=False, decimalScale=1, debounce=400,
        placeholder=placeholder, className="bound", attributes={"input": {"aria-label": label}},
    )  # fmt: skip


def _first_month(answers: Answers) -> dict[str, str]:
    """The calendar opens where the corpus ends."""
    last = answers.totals(View()).last
    return {"defaultDate": last.isoformat()} if last else {}


def register(app: Dash, answers: Answers) -> None:
    """Let the address set the controls, and the controls the address."""

    @app.callback(Output(Ids.QUERY_ERROR, "children"), Output(Ids.QUERY, "error"), Input(Ids.QUERY, "value"))
    def check(query: str | None) -> tuple[str, bool]:
        text = complaint(query or "")
        return text, bool(text)

    app.clientside_callback(
        ClientsideFunction("newsgauge", "asked"),
        Output(Ids.QUERY_ASKED, "data"),
        Input(Ids.QUERY, "n_submit"),
        Input(Ids.QUERY, "n_blur"),
        prevent_initial_call=True,
    )

    @app.callback(
        output={
            "search": Output(Ids.ADDRESS, "search"),
            "query": Output(Ids.QUERY, "value"),
            "controls": {name: Output(given.component_id, "value") for name, given in _CONTROLS.items()},
            "topics": Output(Ids.TOPICS, "data"),
            "outlets": Output(Ids.OUTLETS, "data"),
            "toggle": Output(Ids.FILTER_TOGGLE, "children"),
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
        },
    )
    def follow(
        path: str, search: str, asked: dict[str, Any], controls: dict[str, Any], query: str | None
    ) -> dict[str, Any]:
        view = parse_url(path, search)
        by = ctx.triggered_id
        query = asked["text"] if by == Ids.QUERY_ASKED else query
        if by is None or by == Ids.ADDRESS:
            return {"search": no_update} | _shown(answers, view, answers.query(view))
        chosen = (
            view.unfiltered() if by == Ids.FILTER_CLEAR else _chosen(view, controls, query or "", answers)
        )
        if by == Ids.STORY:
            chosen = replace(chosen, story=controls["story"], query="")
        if create_url(chosen) == create_url(view):
            # What is typed stays as typed, also while it cannot be read; and no control sets off another round.
            nothing = {"search": no_update} | dict.fromkeys(_shown(answers, view, ""), no_update)
            return nothing | {"controls": dict.fromkeys(_CONTROLS, no_update)}
        typed = answers.query(chosen) if by in {Ids.FILTER_CLEAR, Ids.STORY} else query or ""
        return {"search": _query_of(chosen)} | _shown(answers, chosen, typed)


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
    )
    return asked if asked == view else asked.closed()


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _shown(answers: Answers, view: View, typed: str) -> dict[str, Any]:
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
        },
        "topics": [{"value": name, "label": name[:80]} for name in dict.fromkeys([*topics, *view.topics])],
        "outlets": [
            {"value": domain, "label": str(names.get(domain, domain))[:80]}
            for domain in dict.fromkeys([*names, *view.providers])
        ],
        "toggle": f"Filters ({view.n_filters})" if view.n_filters else "Filters",
    }
