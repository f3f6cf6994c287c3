"""Rows of the table of outlets, sorted and filtered: what is too few to rank stands after what can be ranked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from analysis.charts.timeliness import lag_name
from analysis.charts.wording import percent
from analysis.measures.providers import FEW
from analysis.text import fold
from dashboard.article_rows import clock
from dashboard.words import counted

__all__ = ["SORTED", "outlet_rows"]

SORTED = {
    "name": "name",
    "domain": "provider_id",
    "count": "count",
    "share": "count",
    "quality": "quality_low",
    "originality": "originality",
    "lag": "lag_median_hours",
    "first_seen": "first_seen",
    "last_seen": "last_seen",
    "n_topics": "n_topics",
}
"""Columns of the table that may be sorted -> what they are sorted by."""

_RANKED = {"quality": "n_scored", "originality": "n_compared", "lag": "n_followed"}
_MOST = 1000  # rows of one answer


def outlet_rows(
    frame: pd.DataFrame, names: Mapping[str, str], request: Mapping[str, Any], zone: ZoneInfo
) -> dict[str, Any]:
    """Some outlets.

    Args:
        frame: from `analysis.measures.providers.providers`; it is not changed.
        names: domain -> name.
        request: `startRow`, `endRow`, `sortModel` (`colId`, `sort`) and `filterModel`, as AG Grid sends them. What it
            does not understand is ignored. Those of most articles first unless sorted; equal rows by domain.
        zone: in which days are named.

    Returns:
        `rowData`, at most 1,000 rows, and `rowCount`, how many there are in all.
    """
    table = frame.assign(name=[names.get(domain, domain) for domain in frame["provider_id"]])
    table = _filtered(table, request.get("filterModel") or {})
    table = _ordered(table, request.get("sortModel") or [])
    start, end = (max(int(request.get(name) or 0), 0) for name in ("startRow", "endRow"))
    shown = table.iloc[start : min(end, start + _MOST)]
    return {"rowData": [_row(row, zone) for row in shown.to_dict("records")], "rowCount": len(table)}


def _filtered(table: pd.DataFrame, model: Mapping[str, Any]) -> pd.DataFrame:
    for column, condition in model.items():
        wanted = condition.get("filter")
        if column not in {"name", "domain"} or not isinstance(wanted, str):
            continue
        folded = table[SORTED[column]].map(fold)
        has = folded.str.contains(fold(wanted).rstrip(), regex=False)
        tests = {"contains": has, "notContains": ~has, "equals": folded == fold(wanted)}
        table = table[tests.get(str(condition.get("type")), has)]
    return table


def _ordered(table: pd.DataFrame, model: Any) -> pd.DataFrame:
    """Sorted by what was asked; outlets of which too little is known stand last, whichever way."""
    given = [part for part in model if isinstance(part, Mapping) and part.get("colId") in SORTED]
    keys = pd.DataFrame(index=table.index)
    ways: list[bool] = []
    for place, part in enumerate(given or [{"colId": "count", "sort": "desc"}]):
        column = str(part["colId"])
        values = table[SORTED[column]]
        if column in _RANKED:
            keys[f"few{place}"] = table[_RANKED[column]] < FEW
            ways.append(True)
        keys[f"by{place}"] = values.map(fold) if column in {"name", "domain"} else values
        ways.append(part.get("sort") != "desc")
    keys["domain"] = table["provider_id"]
    order = keys.sort_values(list(keys.columns), ascending=[*ways, True], na_position="last").index
    return table.loc[order]


def _row(row: dict[Any, Any], zone: ZoneInfo) -> dict[str, Any]:
    return {
        "provider_id": row["provider_id"],
        "name": row["name"],
        "domain": row["provider_id"],
        "count": f"{int(row['count']):,}",
        "share": f"{percent(row['share'])}",
        "quality": _quality(row),
        "originality": _originality(row),
        "lag": _lag(row),
        "first_seen": _day(row["first_seen"], zone),
        "last_seen": _day(row["last_seen"], zone),
        "n_topics": None if pd.isna(row["n_topics"]) else int(row["n_topics"]),
        "said": f"{counted(int(row['count']), 'article')} · quality {_quality(row)} · {_originality(row)} own",
    }


def _quality(row: dict[Any, Any]) -> str:
    if row["quality_status"] == "unknown":
        return "no score"
    if row["quality_status"] == "few" or not np.isfinite(row["quality_low"]):
        return f"{row['quality_mean']:.0f} of {int(row['n_scored'])}: too few"
    return f"{row['quality']:.0f} ({row['quality_low']:.0f}–{row['quality_high']:.0f})"


def _originality(row: dict[Any, Any]) -> str:
    n = int(row["n_compared"])
    if not n:
        return "not looked for"
    own = round(row["originality"] * n)
    if n < FEW:
        return f"{own} of {n}: too few"
    low, high = percent(row["originality_low"]).removesuffix(" %"), percent(row["originality_high"])
    return f"{percent(row['originality'])} ({low}–{high})"


def _lag(row: dict[Any, Any]) -> str:
    n = int(row["n_followed"])
    if not n:
        return "followed on none"
    lag = lag_name(row["lag_median_hours"])
    return f"{lag} on {n}: too few" if n < FEW else f"{lag}, {counted(n, 'event')}"


def _day(moment: Any, zone: ZoneInfo) -> str:
    return clock(None if pd.isna(moment) else moment.timestamp(), "date", zone)
