"""Rows of the tables of articles, sorted and filtered by the database: a request of the grid in, rows out.

Names of columns come from `COLUMNS` only, and values are bound, so that nothing a browser sends becomes SQL.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from duckdb import ColumnExpression, ConstantExpression, DuckDBPyRelation, Expression, FunctionExpression

from analysis.coded import rows_at
from analysis.corpus import Corpus, Selection
from analysis.query import Query
from analysis.text import fold
from dashboard.url_state import ColumnFilter, View

__all__ = ["COLUMNS", "as_shown", "clock", "headline", "ids_of", "len_of", "rows", "safe_href"]

COLUMNS = {
    "published_at": "time",
    "outlet": "text",
    "title": "text",
    "quality": "number",
    "heat": "number",
    "seen_as": "text",
}
"""The columns that may be sorted, and how they are filtered; times are by the dates of the filter bar."""

_NARROW = frozenset({"published_at", "quality", "heat", "seen_as"})  # what is held in memory
_MOST = 1000  # rows of one answer
_SHOWN = 500  # characters of a headline in a row
_FETCHED = (
    "article_id, url, title, provider_id, outlet, quality, heat, seen_as, n_related, time_precision, "
    "epoch(published_at) AS seconds"
)


def rows(selection: Selection, request: Mapping[str, Any]) -> dict[str, Any]:
    """Some articles of a selection.

    Args:
        selection: of what.
        request: `startRow`, `endRow`, `sortModel` (`colId`, `sort`) and `filterModel`, as AG Grid sends them. What
            it does not understand is ignored. Newest first unless sorted; equal rows in order of their id.

    Returns:
        `rowData`, at most 1,000 rows, and `rowCount`, how many there are in all.
    """
    conditions, model = request.get("filterModel") or {}, request.get("sortModel") or []
    start, end = (max(int(request.get(name) or 0), 0) for name in ("startRow", "endRow"))
    order, most = _order(model), min(max(end - start, 0), _MOST)
    asked = {*conditions, *(str(part.get("colId")) for part in model)} & set(COLUMNS)
    narrow = _narrow(selection, conditions) if asked <= _NARROW else None
    found = _found(selection, conditions) if narrow is None else narrow
    page = found.order(order).limit(most, start)
    if narrow is not None:
        places = [row[0] for row in page.project("place").fetchall()]
        page = _named(selection.corpus, places).order(order)
    records = page.project(_FETCHED).to_arrow_table().to_pylist()
    topics = _topics(selection, [record["article_id"] for record in records])
    zone = ZoneInfo(selection.zone)
    return {
        "rowData": [_row(record, topics, selection.query, zone) for record in records],
        "rowCount": int(found.aggregate("count(*)").fetchall()[0][0]),
    }


def as_shown(view: View) -> dict[str, Any]:
    """The order and the conditions of an address, as `rows` takes them.

    >>> as_shown(View(sort=(("quality", True),)))
    {'sortModel': [{'colId': 'quality', 'sort': 'desc'}], 'filterModel': {}}
    """
    return {
        "sortModel": [{"colId": name, "sort": "desc" if down else "asc"} for name, down in view.sort],
        "filterModel": {one.column: _condition(one) for one in view.columns},
    }


def ids_of(selection: Selection, columns: Sequence[ColumnFilter]) -> tuple[str, ...]:
    """The ids of the articles of a selection that meet the conditions of an address on columns, in order."""
    found = _found(selection, {one.column: _condition(one) for one in columns})
    return tuple(row[0] for row in found.project("article_id").order("article_id").fetchall())


def len_of(selection: Selection, columns: Sequence[ColumnFilter]) -> int:
    """How many articles of a selection meet the conditions of an address on columns."""
    found = _found(selection, {one.column: _condition(one) for one in columns})
    return int(found.aggregate("count(*)").fetchall()[0][0])


def headline(title: str | None, query: Query, length: int = _SHOWN) -> list[list[Any]]:
    """A headline in pieces, each with whether the query asked for it.

    >>> from analysis.query import parse
    >>> headline("Ban it", parse("ban*"))
    [['Ban', True], [' it', False]]
    """
    if not title:
        return [["(no headline)", False]]
    text = title if len(title) <= length else title[: length - 1] + "…"
    pieces: list[list[Any]] = []
    place = 0
    for start, end in query.spans(text):
        pieces += [[text[place:start], False], [text[start:end], True]]
        place = end
    return [piece for piece in [*pieces, [text[place:], False]] if piece[0]]


def clock(seconds: float | None, precision: str | None, zone: ZoneInfo) -> str:
    """A time as rows show it.

    >>> clock(1629696600, "time", ZoneInfo("Europe/London")), clock(1629676800, "date", ZoneInfo("UTC"))
    ('23 Aug 2021, 06:30', '23 Aug 2021')
    """
    if seconds is None:
        return "no date"
    moment = datetime.fromtimestamp(seconds, zone)
    date = f"{moment.day} {moment:%b %Y}"
    return date if precision == "date" else f"{date}, {moment:%H:%M}"


def safe_href(url: str | None) -> str | None:
    """The address, where it is one that a link may lead to.

    >>> safe_href("https://sky.com/a"), safe_href("javascript:alert(1)")
    ('https://sky.com/a', None)
    """
    return url if url and url.lower().startswith(("https://", "http://")) else None


def _found(selection: Selection, conditions: Mapping[str, Mapping[str, Any]]) -> DuckDBPyRelation:
    """The articles with their outlets' names, narrowed by conditions on columns."""
    articles, providers = selection.tables("articles", "providers")
    named = providers.project("provider_id, name AS outlet").set_alias("named")
    found = articles.set_alias("found").join(named, "provider_id", how="left")
    for name, condition in conditions.items():
        found = _filtered(found, name, condition)
    return found


def _narrow(selection: Selection, conditions: Mapping[str, Mapping[str, Any]]) -> DuckDBPyRelation | None:
    """The places of the articles with what they are sorted by, from memory, narrowed by conditions on columns."""
    coded = selection.coded({"articles": ("place", "article_id", *_NARROW)})
    if coded is None:
        return None
    ((found,), _) = coded
    found = found.project("* REPLACE (seen_as::VARCHAR AS seen_as)")  # numbered by meaning, sorted by letter
    for name, condition in conditions.items():
        found = _filtered(found, name, condition)
    return found


def _named(corpus: Corpus, places: list[int]) -> DuckDBPyRelation:
    """The articles at some places, with their outlets' names."""
    cursor = corpus.cursor()
    named = cursor.table("providers").project("provider_id, name AS outlet").set_alias("named")
    found = rows_at(cursor, corpus.snapshot.path("articles"), places)
    return found.set_alias("found").join(named, "provider_id", how="left")


def _condition(one: ColumnFilter) -> dict[str, Any]:
    """A condition of an address as the grid has it."""
    is_number = COLUMNS.get(one.column) == "number" and one.value
    return {"type": one.operator, "filter": float(one.value) if is_number else one.value}


def _row(
    record: dict[str, Any], topics: dict[str, list[str]], query: Query, zone: ZoneInfo
) -> dict[str, Any]:
    labels = topics.get(record["article_id"], [])
    return {
        "article_id": record["article_id"],
        "published_at": clock(record["seconds"], record["time_precision"], zone),
        "outlet": record["outlet"] or record["provider_id"],
        "domain": record["provider_id"],
        "title": headline(record["title"], query),
        "href": safe_href(record["url"]),
        "topics": ", ".join(label[:80] for label in labels[:6]) + (" …" if len(labels) > 6 else ""),
        "quality": record["quality"],
        "heat": record["heat"],
        "seen_as": record["seen_as"],
        "n_related": record["n_related"],
    }


def _order(model: Sequence[Mapping[str, Any]]) -> str:
    """Columns to sort by, always ending in the id, so that no row is shown twice or left out between pages."""
    parts = {
        str(part.get("colId")): "DESC" if part.get("sort") == "desc" else "ASC"
        for part in model
        if part.get("colId") in COLUMNS
    }
    parts = parts or {"published_at": "DESC"}
    return ", ".join([*(f'"{name}" {way} NULLS LAST' for name, way in parts.items()), "article_id"])


def _filtered(found: DuckDBPyRelation, name: str, condition: Mapping[str, Any]) -> DuckDBPyRelation:
    kind, operator, value = COLUMNS.get(name), condition.get("type"), condition.get("filter")
    column = ColumnExpression(name) if kind else None
    if column is None:
        return found
    if operator in {"blank", "notBlank"}:
        return found.filter(column.isnull() if operator == "blank" else column.isnotnull())
    test = _text(name, str(operator), value) if kind == "text" else None
    test = _number(column, str(operator), value) if kind == "number" else test
    return found if test is None else found.filter(test)


def _text(name: str, operator: str, value: Any) -> Expression | None:
    """Headlines are compared as they are searched; other text without regard to case."""
    if not isinstance(value, str):
        return None
    if name == "title":
        column, wanted = ColumnExpression("search_title"), fold(value).rstrip()
    else:
        column, wanted = FunctionExpression("lower", ColumnExpression(name)), value.lower()
    has = FunctionExpression("contains", column, ConstantExpression(wanted))
    if operator == "equals":
        return column == ConstantExpression(fold(value) if name == "title" else wanted)
    return {"contains": has, "notContains": ~has}.get(operator)


def _number(column: Expression, operator: str, value: Any) -> Expression | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    number = ConstantExpression(value)
    tests = {
        "equals": column == number,
        "greaterThanOrEqual": column >= number,
        "lessThanOrEqual": column <= number,
    }
    return tests.get(operator)


def _topics(selection: Selection, ids: list[str]) -> dict[str, list[str]]:
    if not ids:
        return {}
    table = selection.corpus.table("article_topics")
    wanted = table.filter(ColumnExpression("article_id").isin(*map(ConstantExpression, ids)))
    labels: dict[str, list[str]] = {}
    for article_id, topic in wanted.order("article_id, topic").fetchall():
        labels.setdefault(article_id, []).append(topic)
    return labels
