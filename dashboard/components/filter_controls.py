"""The controls of the filter bar, each with its name for those who do not see it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard.answers import Answers
from dashboard.ids import Ids
from dashboard.url_state import View

__all__ = ["date_presets", "dates", "more", "query", "story"]

_BASIS_NAMES = {"articles": "Articles", "originals": "Texts", "events": "Events", "providers": "Outlets"}


def query() -> dmc.TextInput:
    """The line that is typed into."""
    return dmc.TextInput(
        id=Ids.QUERY,
        size="sm",
        className="query",
        spellCheck=False,
        autoComplete="off",
        placeholder='Search headlines and excerpts, as "facial recognition" AND (ban* OR halt)',
        leftSection=html.Kbd("/", className="key"),
        attributes={"input": {"aria-label": "Search query", "aria-describedby": Ids.QUERY_ERROR}},
    )


def story(answers: Answers) -> tuple[html.Label, dmc.Select]:
    """The picker of saved stories."""
    select = dmc.Select(
        id=Ids.STORY, size="sm", clearable=True, searchable=True, placeholder="Any story", className="story",
        data=[{"value": one.key, "label": one.name[:80]} for one in answers.stories.values()],
        nothingFoundMessage="No story by this name",
        clearButtonProps={"aria-label": "Leave the story"},
    )  # fmt: skip
    return html.Label("Story", htmlFor=Ids.STORY, className="sr-only"), select


def dates(answers: Answers) -> dmc.DatePickerInput:
    """The first and last day, with stretches that are asked for often; the calendar opens where the corpus ends."""
    last = answers.totals(View()).last
    opened = {"defaultDate": last.isoformat()} if last else {}
    return dmc.DatePickerInput(
        id=Ids.DATES,
        type="range",
        size="sm",
        clearable=True,
        valueFormat="D MMM YYYY",
        placeholder="All dates",
        presets=date_presets(answers.totals(View()).first, last),
        attributes={"input": {"aria-label": "Dates"}},
        clearButtonProps={"aria-label": "Clear the dates"},
        **opened,
    )


def date_presets(first: date | None, last: date | None) -> list[dict[str, Any]]:
    """Stretches up to the corpus's last day, as the calendar offers them.

    >>> [one["label"] for one in date_presets(date(2021, 8, 1), date(2021, 8, 27))]
    ['Last 7 days', 'Last 30 days', 'Last 90 days', 'August 2021', 'Whole corpus']
    >>> date_presets(date(2021, 8, 1), date(2021, 8, 27))[0]["value"]
    ['2021-08-21', '2021-08-27']
    """
    if first is None or last is None:
        return []
    stretches = [(f"Last {days} days", last - timedelta(days=days - 1)) for days in (7, 30, 90)]
    stretches += [(f"{last:%B %Y}", last.replace(day=1)), ("Whole corpus", first)]
    return [{"label": name, "value": [start.isoformat(), last.isoformat()]} for name, start in stretches]


def more(answers: Answers) -> list[Any]:
    """What stands in the second line: topics, outlets, quality, and how is counted."""
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
                    id=Ids.BASIS, size="xs", w=96, allowDeselect=False, value="articles",
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
                *_zone(answers),
                html.Button("Clear all", id=Ids.FILTER_CLEAR, className="quiet", type="button"),
            ],
        ),
    ]  # fmt: skip


def _zone(answers: Answers) -> tuple[html.Label, dmc.Select]:
    """The time zone of days; the browser adds the zones that it knows, the viewer's own first."""
    select = dmc.Select(
        id=Ids.ZONE, size="xs", w=150, searchable=True, allowDeselect=False, limit=200, value=answers.served,
        data=[{"value": answers.served, "label": answers.served}],
        nothingFoundMessage="No zone by this name; try a city",
        attributes={"input": {"aria-label": "Time zone of days"}},
    )  # fmt: skip
    return html.Label("in", htmlFor=Ids.ZONE), select


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
