"""One value of a frame as a document writes it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.charts.change import PARTS
from analysis.reports.columns import Shown
from analysis.reports.words import number, percent, ratio, score, tidy

__all__ = ["NUMERIC", "Cell", "cell"]

NUMERIC = frozenset({"count", "number", "signed", "share", "ratio", "score", "p", "hours"})
"""Kinds that stand to the right of their column."""


_NAMES = {**PARTS, "total": "in all", "providers": "outlets"}  # what measures call so, readers do not


@dataclass(frozen=True)
class Cell:
    """One cell: its plain text, and where it leads."""

    text: str
    href: str = ""


def cell(row: Mapping[Hashable, Any], shown: Shown, zone: str) -> Cell:
    """One cell of a row.

    Args:
        row: column -> value.
        shown: which column, and how.
        zone: IANA zone of days and times.

    >>> cell({"share": 0.031, "low": 0.02, "high": 0.05}, Shown("share", "Share", "share", ("low", "high")), "UTC")
    Cell(text='3.1 % (2.0 to 5.0 %)', href='')
    >>> cell({"n": float("nan")}, Shown("n", "Number", "count"), "UTC").text
    '–'
    """
    value = row[shown.column]
    if shown.kind == "list":
        return Cell("; ".join(tidy(one, 120) for one in value))
    if pd.isna(value):
        untitled = shown.kind == "headline" and isinstance(row.get("url"), str)
        return Cell("no title" if untitled else "–")
    text = _written(value, shown.kind, zone)
    if shown.to is not None:
        low, high = row[shown.to[0]], row[shown.to[1]]
        text += "" if pd.isna(low) or pd.isna(high) else f" ({_interval(low, high, shown.kind)})"
    url = row.get("url") if shown.kind == "headline" else ""
    return Cell(text, str(url) if isinstance(url, str) and url.startswith(("https://", "http://")) else "")


def _written(value: Any, kind: str, zone: str) -> str:  # noqa: C901, PLR0911 - one return a kind
    match kind:
        case "name":
            return _NAMES.get(value, tidy(value))
        case "count":
            return number(value)
        case "number":
            return number(value, 1)
        case "signed":
            shown = f"{value:+,.1f}".replace("-", "−").removesuffix(".0")
            return "0" if shown in {"+0", "−0"} else shown
        case "share":
            return percent(value)
        case "ratio":
            return ratio(value)
        case "score":
            return score(value)
        case "p":
            return "< 0.001" if value < 0.001 else f"{value:.3f}"
        case "hours":
            return f"{number(value * 60)} min" if value < 1 else f"{number(value, 1)} h"
        case "time" | "day" | "last":
            return _moment(pd.Timestamp(value), kind, zone)
        case _:
            return tidy(value)


def _interval(low: Any, high: Any, kind: str) -> str:
    if kind == "score":
        return f"{number(low)} to {number(high)}"
    first, last = _written(low, kind, "UTC"), _written(high, kind, "UTC")
    return f"{first.removesuffix(' %')} to {last}"


def _moment(value: pd.Timestamp, kind: str, zone: str) -> str:
    local = (value - pd.Timedelta(1, "us") if kind == "last" else value).tz_convert(zone)
    day = f"{local.day} {local:%b %Y}"
    return f"{day}, {local:%H:%M}" if kind == "time" else day
