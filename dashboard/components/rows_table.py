"""Tables of articles and events, sent as data: a component for every cell would hold the browser up for seconds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dash import html

__all__ = ["Cell", "Line", "Row", "rows_table"]

Line: TypeAlias = Sequence[str | tuple[str, str]]
"""Parts in a row: a text, or a text with the address in this dashboard that it leads to."""


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: its first line, and lesser lines under it; `kind` is its class."""

    line: Line
    kind: str = "tabular"
    under: Sequence[Line] = ()


@dataclass(frozen=True)
class Row:
    """The cells of a row, of which the first names it; `kind` is its class."""

    cells: Sequence[Cell]
    kind: str = ""


def rows_table(heads: Sequence[str], rows: Iterable[Row], name: str = "") -> html.Div:
    """A table that `assets/tables.js` draws; whatever it is given is text and never markup.

    >>> table = rows_table(("Event", "Articles"), [Row([Cell([("Ban", "/events?e=1")]), Cell(["3"])])])
    >>> table.to_plotly_json()["props"]["data-rows"]
    '["", ["Event", "Articles"], [["", [["tabular", [[["Ban", "/events?e=1"]]]], ["tabular", [["3"]]]]]]]'
    """
    drawn = [
        (row.kind, [(cell.kind, [list(line) for line in (cell.line, *cell.under)]) for cell in row.cells])
        for row in rows
    ]
    return html.Div(**{"data-rows": json.dumps([name, heads, drawn], ensure_ascii=False)})
