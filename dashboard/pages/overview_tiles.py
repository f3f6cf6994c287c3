"""The overview's numbers: each with its change since the days before and its course as a small line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pandas as pd
from dash import html

from dashboard.answers import Answers
from dashboard.url_state import View
from dashboard.words import change, counted, number, percent, times

__all__ = ["courses", "tiles"]

_WIDTH, _HEIGHT = 96, 18  # of a line, pixels
_FEWEST = 3  # periods that make a course

Course = tuple[float | None, ...]


def tiles(answers: Answers, view: View, lines: Sequence[Course] = ()) -> list[Any]:
    """Up to four numbers.

    Args:
        answers: of the view.
        view: what is shown.
        lines: from `courses`, once they are known.
    """
    now, whole = answers.totals(view), answers.everything(view)
    earlier = answers.before(view)
    before = answers.totals(earlier[0]) if earlier else None
    course = [*lines, *[()] * 4]
    found = [
        _tile(number(now.articles), "articles", change(now.articles, before.articles if before else None), course[0]),
        _tile(number(now.outlets), "outlets", change(now.outlets, before.outlets if before else None), course[1]),
    ]  # fmt: skip
    if now.articles == whole.articles:
        n_problems = answers.belongings(view).problems
        problems = counted(n_problems, "problem") if n_problems else "no problem"
        found.append(_tile(number(now.recorded), "with a record of their own", problems))
    elif whole.articles:
        base = answers.everything(earlier[0]).articles if earlier else 0
        was = f"{percent(before.articles / base)} before" if before and base else ""
        found.append(_tile(percent(now.articles / whole.articles), "of everything collected", was, course[2]))
    copies = answers.n_copies(view)
    if copies is not None and now.articles > copies:
        ratio = now.articles / (now.articles - copies)
        found.append(_tile(times(ratio), "articles per text", f"{counted(copies, 'copy')}", course[3]))
    elif now.articles:
        found.append(_tile("–", "copies", "not looked for yet"))
    return found


def courses(answers: Answers, view: View) -> tuple[Course, ...]:
    """Articles, outlets, share of everything and articles per text, a value for each period that is drawn.

    Args:
        answers: of the view.
        view: what is shown.

    Returns:
        Four courses; None where a period was not collected, and no value at all where there is no such course.
    """
    articles, outlets = answers.volume(replace(view, basis="articles")), answers.course(view, "providers")
    share: Course = _values(articles["share"]) if "share" in articles else ()
    if "originals" not in answers.at(view).bases:
        return _values(articles["count"]), _values(outlets["count"]), share, ()
    texts = _values(answers.course(view, "originals")["count"])
    per_text = tuple(
        None if n is None or not of else n / of
        for n, of in zip(_values(articles["count"]), texts, strict=True)
    )
    return _values(articles["count"]), _values(outlets["count"]), share, per_text


def _values(column: pd.Series[Any]) -> Course:
    return tuple(None if pd.isna(value) else float(value) for value in column)


def _tile(figure: str, label: str, note: str, course: Course = ()) -> html.Div:
    return html.Div(
        className="tile",
        children=[
            html.Div(figure, className="figure"),
            html.Div(label, className="label"),
            html.Div(note or "\u00a0", className="note"),
            _line(course),
        ],
    )


def _line(course: Course) -> html.Div | None:
    """The course as a line from zero, broken where nothing is known; decoration beside a chart that says it all."""
    known = [value for value in course if value is not None]
    if len(known) < _FEWEST or max(known) <= 0:
        return None
    step, scale = (_WIDTH - 2) / (len(course) - 1), (_HEIGHT - 3) / max(known)
    path, pen = [], "M"
    for place, value in enumerate(course):
        if value is None:
            pen = "M"
            continue
        path.append(f"{pen}{1 + place * step:.1f} {_HEIGHT - 1.5 - value * scale:.1f}")
        pen = "L"
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}"><path d="{" ".join(path)}" '
        'fill="none" stroke="black" stroke-width="1.2" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
    # A mask takes its colour from the style sheet, so that the line follows the colour scheme.
    mask = f'url("data:image/svg+xml,{quote(picture)}")'
    return html.Div(
        className="course", style={"maskImage": mask, "WebkitMaskImage": mask}, **{"aria-hidden": "true"}
    )
