"""The Python that gives the frame behind what the page shows, so that an analyst goes on from there.

It names the snapshot and the zone, so that it gives the same numbers later and elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from analysis.text import fold
from dashboard.answers import Answers
from dashboard.compared import items
from dashboard.complaint import complaint
from dashboard.url_state import ColumnFilter, Page, View

__all__ = ["python_of"]


def python_of(answers: Answers, view: View) -> str:
    """Code that leaves the frame behind a view in `frame`.

    >>> import tempfile
    >>> from analysis import build_corpus, open_corpus
    >>> from data import RECORDS
    >>> store = tempfile.mkdtemp()
    >>> _ = build_corpus(RECORDS, store)
    >>> answers = Answers(open_corpus(store))
    >>> print(python_of(answers, View(page=Page.TOPICS, query="ban*", min_quality=40.0)).partition("selection")[2])
     = corpus.select('ban*', min_quality=40.0)
    frame = selection.topic_shares()
    """
    here = answers.at(view)
    snapshot = here.corpus.snapshot
    given = [repr(str(snapshot.folder.parent.parent)), f"snapshot={snapshot.id!r}"]
    given += [f"zone={here.corpus.zone!r}"] if here.corpus.zone != "UTC" else []
    return "\n".join([
        *_imports(view),
        "",
        f"corpus = open_corpus({', '.join(given)})",
        *_body(here, view),
    ])  # fmt: skip


def _imports(view: View) -> list[str]:
    needs_pandas = view.page in {Page.OVERVIEW, Page.COMPARE}
    lines = ["import pandas as pd", ""] if needs_pandas else []
    lines += ["from analysis import open_corpus"]
    return lines + (["from analysis.measures.compare import stacked"] if view.page is Page.COMPARE else [])


def _body(answers: Answers, view: View) -> list[str]:
    """What selects and measures, by page."""
    if view.page is Page.DATA:
        code = next((one.value for one in view.columns if one.column == "code"), "")
        return [
            f"frame = corpus.problems[corpus.problems['code'] == {code!r}]"
            if code
            else "frame = corpus.health()"
        ]
    if view.page is Page.EVENTS and view.event:
        return [f"frame = corpus.select({f'event:{view.event}'!r}).articles"]
    if view.page is Page.COMPARE:
        return list(_beside(answers, view))
    return [f"selection = {_select(answers, view)}", *_measured(answers, view)]


def _measured(answers: Answers, view: View) -> list[str]:
    """What measures the selection as its page does."""
    measures = {
        Page.EVENTS: "events()",
        Page.PROVIDERS: "provider_profiles()",
        Page.TOPICS: "topic_shares()",
        Page.LINKS: "links()",
        Page.ARTICLES: "articles",
    }
    measure = f"volume({_volume(answers, view)})" if view.page is Page.OVERVIEW else measures[view.page]
    lines = [f"frame = selection.{measure}"]
    if view.page is Page.PROVIDERS and view.outlet:
        lines.append(f"frame = frame[frame['provider_id'] == {view.outlet!r}]")
    return [*lines, *_columns(view)] if view.page is Page.ARTICLES else lines


def _select(answers: Answers, view: View, query: str | None = None) -> str:
    """The call that selects what the filter bar does; a query that cannot be read is left out, as on the page."""
    asked = answers.query(view) if query is None else query
    given: list[str] = [repr(asked)] if asked and not complaint(asked) else []
    given += [f"topics={list(view.topics)!r}"] if view.topics else []
    given += [f"providers={list(view.providers)!r}"] if view.providers else []
    given += [f"since={view.since.isoformat()!r}"] if view.since else []
    given += [f"until={view.until.isoformat()!r}"] if view.until else []
    given += [f"min_quality={view.min_quality!r}"] if view.min_quality is not None else []
    given += [f"max_quality={view.max_quality!r}"] if view.max_quality is not None else []
    return f"corpus.select({', '.join(given)})"


def _volume(answers: Answers, view: View) -> str:
    """The options of the volume that is drawn."""
    given = [f"every={answers.every(view)!r}", f"basis={answers.basis(view)!r}"]
    given += ["share='corpus'"] if "share" in answers.volume(view) else []
    first, last = answers.drawn(view)
    if first and last and first <= last:
        zone = answers.corpus.zone
        given.append(f"span=({_midnight(first, zone)}, {_midnight(last + timedelta(days=1), zone)})")
    return ", ".join(given)


def _midnight(day: date, zone: str) -> str:
    return f"pd.Timestamp({day.isoformat()!r}, tz={zone!r})"


def _beside(answers: Answers, view: View) -> Iterator[str]:
    """The volumes of all that are set beside each other."""
    yield "frames = {"
    for item in items(answers, view):
        one = item.view(view)
        yield f"    {item.name!r}: {_select(answers, one, item.query)}.volume({_volume(answers, one)}),"
    yield "}"
    yield "frame = stacked(frames)"


def _columns(view: View) -> Iterator[str]:
    """The conditions and the order of the table of articles."""
    used = {one.column for one in view.columns} | {name for name, _ in view.sort}
    if "outlet" in used:
        yield "names = selection.providers.set_index('provider_id')['name']"
        yield "frame = frame.assign(outlet=frame['provider_id'].map(names))"
    for one in view.columns:
        if condition := _condition(one):
            yield f"frame = frame[{condition}]"
    order = dict(view.sort) or {"published_at": True}
    names = [*(name for name in order if name in _SORTED), "article_id"]
    ways = [*(not down for name, down in order.items() if name in _SORTED), True]
    yield f"frame = frame.sort_values({names!r}, ascending={ways!r}, ignore_index=True)"


_SORTED = frozenset({"published_at", "outlet", "title", "quality", "heat", "seen_as"})


def _condition(one: ColumnFilter) -> str:
    """A condition of the address as pandas has it; empty where the table knows none."""
    column = f"frame[{one.column!r}]"
    if one.column in {"quality", "heat"}:
        signs = {"equals": "==", "greaterThanOrEqual": ">=", "lessThanOrEqual": "<="}
        empty = {"blank": f"{column}.isna()", "notBlank": f"{column}.notna()"}
        return (
            f"{column} {signs[one.operator]} {float(one.value)!r}"
            if one.operator in signs
            else empty[one.operator]
        )
    if one.column not in {"outlet", "title", "seen_as"} or one.operator not in {
        "contains",
        "notContains",
        "equals",
    }:
        return ""
    # Headlines are compared as they are searched; other text without regard to case.
    if one.column == "title":
        text, value = "frame['search_title']", fold(one.value)
        value = value if one.operator == "equals" else value.rstrip()
    else:
        text, value = f"{column}.str.lower()", one.value.lower()
    if one.operator == "equals":
        return f"{text} == {value!r}"
    return f"{'~' if one.operator == 'notContains' else ''}{text}.str.contains({value!r}, regex=False)"
