"""What narrows the selection, one chip a filter, each with a link that takes it away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from dash import dcc, html

from dashboard.answers import Answers
from dashboard.outlet_names import names_of
from dashboard.url_state import View, create_url
from dashboard.words import short_day

__all__ = ["chips"]

_CUT = 60  # characters of a chip
_EACH = 12  # chips of one kind; more of them are one chip


def chips(answers: Answers, view: View, undo: str = "") -> list[Any]:
    """The chips of a view; after all filters were cleared, the way back.

    Args:
        answers: what knows the names of stories and outlets.
        view: what is shown.
        undo: address of what was shown before all filters were cleared; empty for none.
    """
    back = (
        [html.Span(["All filters are cleared. ", dcc.Link("Undo", href=undo)], className="chip-undo")]
        if undo
        else []
    )
    return [*back, *(_chip(kind, label, without) for kind, label, without in _parts(answers, view))]


def _parts(answers: Answers, view: View) -> Iterator[tuple[str, str, View]]:
    """Kind and words of each filter, and the view without it."""
    bare = view.closed()
    if view.story:
        story = answers.story(view)
        kind, label = ("story", story.name) if story else ("no such story", view.story)
        yield kind, label, replace(bare, story=None)
    if view.query:
        yield "query", view.query, replace(bare, query="")
    names = names_of(answers, view) if view.providers else {}
    yield from _several("topic", view.topics, {}, lambda rest: replace(bare, topics=rest))
    yield from _several("outlet", view.providers, names, lambda rest: replace(bare, providers=rest))
    if view.since or view.until:
        yield "dates", _days(view), replace(bare, since=None, until=None)
    if view.min_quality is not None or view.max_quality is not None:
        yield "quality", _range(view), replace(bare, min_quality=None, max_quality=None)
    if view.zone:
        yield "days of", view.zone, replace(bare, zone=None)


def _several(
    kind: str, values: tuple[str, ...], names: dict[str, str], without: Callable[[tuple[str, ...]], View]
) -> Iterator[tuple[str, str, View]]:
    if len(values) > _EACH:
        yield kind, f"any of {len(values)}", without(())
        return
    for value in values:
        yield kind, names.get(value) or value, without(tuple(one for one in values if one != value))


def _days(view: View) -> str:
    first, last = (short_day(one) if one else "" for one in (view.since, view.until))
    if first and last:
        return first if first == last else f"{first} to {last}"
    return f"from {first}" if first else f"up to {last}" if last else ""


def _range(view: View) -> str:
    low, high = view.min_quality, view.max_quality
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    return f"at least {low:g}" if low is not None else f"at most {high:g}"


def _chip(kind: str, label: str, without: View) -> html.Span:
    text = label if len(label) <= _CUT else label[: _CUT - 1] + "…"
    unknown = " wrong" if kind == "no such story" else ""
    remove = [
        html.Span(f"Remove {kind}: {text}", className="sr-only"),
        html.Span("×", **{"aria-hidden": "true"}),
    ]
    words = [html.Span(kind, className="chip-kind"), html.Bdi(text)]
    link = dcc.Link(remove, href=create_url(without), className="chip-remove")
    return html.Span([*words, link], className=f"chip{unknown}")
