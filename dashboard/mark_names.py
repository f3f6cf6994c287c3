"""What the panel is titled: the name of a mark."""

from __future__ import annotations

from datetime import date
from urllib.parse import unquote

import pandas as pd

from analysis.charts.bars import shortened
from analysis.charts.wording import period_name
from dashboard.answers import Answers
from dashboard.compared import inner_mark, items
from dashboard.components.article import article_of
from dashboard.outlet_names import names_of
from dashboard.term_frames import stretches
from dashboard.topic_frames import clustered, named
from dashboard.url_state import Mark, View
from dashboard.words import between

__all__ = ["mark_name"]

_GONE = "No such cluster in this snapshot"
_NOT_THERE = "No such story or query here"
_PLAIN = frozenset({"period", "outlet", "event", "burst", "day", "change", "term"})
_CHANGES = {
    "new providers": "Originals of new outlets",
    "more per provider": "Originals of the same outlets",
    "copies": "Copies of a text",
}


def mark_name(answers: Answers, view: View, mark: Mark) -> str:
    """The name of what is opened; the mark's value where it is its own name, as with a topic.

    Args:
        answers: of the view.
        view: what is shown.
        mark: a mark of it.
    """
    if mark.kind in _PLAIN:
        return _plain(answers, view, mark)
    if mark.kind in {"cluster", "spot", "strand"}:
        name = named(answers.measured(clustered, view, k=view.clusters), mark.value) or _GONE
        period = _period(mark.value.partition("/")[2], answers.every(view)) if mark.kind == "strand" else ""
        return f"A spot of {name}" if mark.kind == "spot" else f"{name}{period}"
    if mark.kind in {"rising", "falling"}:
        days = stretches(answers, view)
        then = between(*(days.now if mark.kind == "rising" else days.before)) if days else ""
        return f"“{mark.value[:60]}”, {then[:1].lower()}{then[1:]}"
    if mark.kind in {"compared", "shared"}:
        return _compared(answers, view, mark)
    return _of_links(answers, view, mark)


def _of_links(answers: Answers, view: View, mark: Mark) -> str:
    """The name of a mark of outlets, of topics or of lists."""
    one, _, other = mark.value.partition("/")
    name, said = _outlet(answers, view, one)[:60], mark.value
    match mark.kind:
        case "copied":
            said = f"Copies of {name} at {_outlet(answers, view, other)[:60]}"
        case "near":
            said = f"{name} on neighbouring topics"
        case "first":
            said = f"{name}: first in this corpus"
        case "followed":
            said = f"{name}: taken up after others"
        case "both":
            said = " and ".join(unquote(part)[:56] for part in mark.value.split("/")[:2])
        case "listing":
            article = article_of(answers.at(view).corpus, mark.value)
            said = f"Their lists name: {(article or {}).get('title') or mark.value}"
        case "between":
            one, other = (_outlet(answers, view, domain)[:50] for domain in (mark.value.split("/") * 2)[:2])
            said = f"{one} lists these of its own" if one == other else f"{other}, as listed by {one}"
        case "listed":
            said = f"{_outlet(answers, view, mark.value)[:60]}: known only from lists"
    return said


def _plain(answers: Answers, view: View, mark: Mark) -> str:
    match mark.kind:
        case "period":
            name = period_name(pd.Timestamp(mark.value), answers.every(view))
            said = name[0].upper() + name[1:]
        case "outlet":
            said = _outlet(answers, view, mark.value)
        case "event":
            said = answers.headline(view, mark.value)
        case "burst" | "day":
            first, last = (date.fromisoformat(day) for day in (mark.value.split("/") * 2)[:2])
            said = between(first, last)
        case "change":
            said = _CHANGES.get(mark.value, mark.value)
        case _:
            said = f"Articles that say “{mark.value}”"
    return said


def _compared(answers: Answers, view: View, mark: Mark) -> str:
    """Which of those compared it is, and the mark of that one; or what two share."""
    shown = items(answers, view)
    names = {str(item.place): shortened(item.name, 50) for item in shown}
    if mark.kind == "shared":
        one, other, unit = (*mark.value.split("/"), "", "", "")[:3]
        if one not in names or other not in names:
            return _NOT_THERE
        pair = f"{names[one]} and {names[other]}"
        return f"Of both: {pair}" if unit == "articles" else f"Of outlets that have both: {pair}"
    place, inner = inner_mark(mark.value)
    if str(place) not in names:
        return _NOT_THERE
    if inner is None or inner.kind in {"compared", "shared"}:
        return names[str(place)]
    return f"{names[str(place)]}: {mark_name(answers, shown[place].view(view), inner)}"


def _period(day: str, every: str) -> str:
    try:
        return f", {period_name(pd.Timestamp(date.fromisoformat(day)), every)}"
    except ValueError:
        return ""


def _outlet(answers: Answers, view: View, domain: str) -> str:
    return names_of(answers, view).get(domain, domain)
