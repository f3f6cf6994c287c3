"""How sound the data is: what was collected each day, which fields are complete, and what could not be read.

Colour says how much is missing, dark for much; a field of which there is no article is an empty cell, not a full one.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import add_bars, shortened
from analysis.charts.caption import caption, click_for, counted, empty_figure, headed_figure
from analysis.charts.describe import described
from analysis.charts.matrix import add_matrix
from analysis.charts.theme import LIGHT, Theme, plain
from analysis.charts.time_axis import add_bands, count_ticks, date_name, set_time, wall, widths
from analysis.charts.wording import percent
from analysis.measures.coverage import NOT_COLLECTED

__all__ = ["fields_chart", "health_chart", "problems_chart"]

_FIELDS = {
    "published_at": "time of publication",
    "provider_id": "outlet",
    "article_type": "type",
    "url": "address",
}
_COLUMNS = {
    "record": "missing in records",
    "related": "missing in lists only",
    "n_repaired": "repaired",
    "n_in_conflict": "in conflict",
}
_GAP = 0.1  # a field missing in more of the records is named


def health_chart(frame: pd.DataFrame, *, snapshot: str = "", theme: Theme = LIGHT) -> go.Figure:
    """Records collected each day, as bars, beside those expected of the weekday, as a line.

    Args:
        frame: from `analysis.measures.health.health`; days are UTC.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each bar's `customdata` is its day, ISO.

    >>> days = pd.DataFrame({"day": pd.to_datetime(["2021-08-23", "2021-08-24"]), "n_records": [40, 0]})
    >>> frame = days.assign(expected=40.0, n_repaired=[1, 0], n_in_conflict=0, status=["observed", "not collected"])
    >>> health_chart(frame).layout.meta["title"]
    'Not collected on 1 of 2 days'
    """
    gone = int((frame["status"] == NOT_COLLECTED).sum())
    title = (
        f"Not collected on {gone:,} of {counted(len(frame), 'day')}"
        if gone
        else f"Something was collected on {'each of ' if len(frame) > 1 else ''}{counted(len(frame), 'day')}"
    )
    starts = wall(frame["day"])
    width = widths(starts, "day")
    subtitle = caption(
        "records per day, on all subjects", "line: expected of the weekday",
        span=(starts[0], starts[-1] + width[-1]) if starts else None, snapshot=snapshot,
    )  # fmt: skip
    if frame.empty:
        why = "No record has a time of publication."
        return empty_figure(theme, title="Nothing was collected", subtitle=subtitle, why=why)
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=240)
    rows = frame.to_dict("records")
    middles = [start + pd.Timedelta(12, "h") for start in starts]
    figure.add_bar(
        x=middles, y=[None if row["status"] == NOT_COLLECTED else int(row["n_records"]) for row in rows],
        width=[wide / pd.Timedelta(1, "ms") * 0.9 for wide in width],
        customdata=[start.date().isoformat() for start in starts], hovertext=[_day(row) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>", marker={"color": theme.bar, "line": {"width": 0}},
    )  # fmt: skip
    figure.add_scatter(
        x=middles, y=[None if pd.isna(row["expected"]) else row["expected"] for row in rows], mode="lines",
        hoverinfo="skip", connectgaps=False, line={"color": theme.ink, "width": 1, "shape": "hvh"},
    )  # fmt: skip
    add_bands(figure, frame, starts, width, theme)
    set_time(figure, starts, width, "day")
    most = float(frame[["n_records", "expected"]].max().max()) if len(frame) else 0.0
    figure.update_yaxes(rangemode="tozero", tickformat=",d", showline=False, **count_ticks(most))
    repaired, disputed = int(frame["n_repaired"].sum()), int(frame["n_in_conflict"].sum())
    marks = f"Bars per day, {int(frame['n_records'].sum()):,} records in all; "
    marks += f"{counted(repaired, 'article')} from repaired records"
    return described(figure, f"{marks}, {disputed:,} in conflict. {gone:,} days not collected.")


def _day(row: dict[Any, Any]) -> str:
    name = f"<b>{date_name(pd.Timestamp(row['day']))}</b>"
    usual = f"{row['expected']:.0f} expected of the weekday" if pd.notna(row["expected"]) else ""
    if row["status"] == NOT_COLLECTED:
        return "<br>".join(line for line in (name, "not collected", usual) if line)
    n = int(row["n_records"])
    lines = [name, f"{counted(n, 'record')} collected", usual]
    lines += (
        [f"{counted(int(row['n_repaired']), 'article')} from repaired records"] if row["n_repaired"] else []
    )
    lines += [f"{counted(int(row['n_in_conflict']), 'article')} in conflict"] if row["n_in_conflict"] else []
    return "<br>".join(line for line in [*lines, "click for the articles of the day" if n else ""] if line)


def fields_chart(frame: pd.DataFrame, *, snapshot: str = "", theme: Theme = LIGHT) -> go.Figure:
    """How complete each field is, as a matrix: missing in records and in lists, repaired, in conflict.

    Args:
        frame: from `analysis.measures.health.field_health`.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each cell's `customdata` is the field and the column (`record`, `related`, `n_repaired`,
        `n_in_conflict`).

    >>> row = {"field": "quality", "n_articles": 50, "n_missing": 10, "missing_share": 0.2, "n_repaired": 0}
    >>> frame = pd.DataFrame([{**row, "known_from": "record", "n_in_conflict": 1}])
    >>> fields_chart(frame).layout.meta["title"]
    'quality is missing in 20 % of the records'
    """
    known = frame.drop_duplicates("known_from").set_index("known_from")["n_articles"]
    records, lists = int(known.get("record", 0)), int(known.get("related", 0))
    title = _fields_title(frame, records)
    subtitle = caption(
        f"articles: {records:,} with a record, {lists:,} known only from lists",
        "share without a value",
        snapshot=snapshot,
    )
    if not records + lists:
        return empty_figure(theme, title=title, subtitle=subtitle, why="No article, so no field to look at.")
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=200)
    fields = list(dict.fromkeys(frame["field"]))
    values: dict[tuple[str, str], float] = {}
    text: dict[tuple[str, str], str] = {}
    hover: dict[tuple[str, str], str] = {}
    for row in frame.to_dict("records"):
        if row["n_articles"]:
            key = row["field"], row["known_from"]
            values[key] = row["missing_share"]
            text[key] = percent(row["missing_share"]) if row["n_missing"] else "0"
            hover[key] = _field(row)
    for name in ("n_repaired", "n_in_conflict"):
        sums = frame.groupby("field")[name].sum()
        text |= {(field, name): f"{int(sums[field]):,}" for field in fields}
    names = _COLUMNS | {field: _called(field) for field in fields}
    add_matrix(figure, theme, fields, list(_COLUMNS), values, hover, names=names, text=text, slanted=False)
    said = "; ".join(
        f"{_called(field)} {percent(share)}" for (field, part), share in values.items() if part == "record"
    )
    return described(figure, f"Missing in records: {said}.")


def _called(field: str) -> str:
    return _FIELDS.get(field, field.replace("_", " "))


def _fields_title(frame: pd.DataFrame, records: int) -> str:
    if not records:
        return "No article here has a record"
    own = frame[frame["known_from"] == "record"].sort_values(
        ["missing_share", "field"], ascending=[False, True]
    )
    worst = own[own["missing_share"] > _GAP]
    if worst.empty:
        return f"No field is missing in more than {percent(_GAP)} of the records"
    first = worst.iloc[0]
    more = f", {len(worst) - 1:,} more in over {percent(_GAP)}" if len(worst) > 1 else ""
    return (
        f"{_called(str(first['field']))} is missing in {percent(first['missing_share'])} of the records{more}"
    )


def _field(row: dict[Any, Any]) -> str:
    where = {"record": "with a record", "related": "known only from lists"}[str(row["known_from"])]
    n = int(row["n_missing"])
    lines = [
        f"<b>{_called(str(row['field']))}</b>",
        f"missing in {n:,} of {counted(int(row['n_articles']), 'article')} {where}",
        f"repaired {int(row['n_repaired']):,} times, {int(row['n_in_conflict']):,} in conflict",
        click_for(n),
    ]
    return "<br>".join(line for line in lines if line)


def problems_chart(
    frame: pd.DataFrame, *, top: int = 10, snapshot: str = "", theme: Theme = LIGHT
) -> go.Figure:
    """Problems by kind, errors first: an error's record is in no table.

    Args:
        frame: from `analysis.measures.health.problem_codes`.
        top: how many kinds at most.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each bar's `customdata` is the problem's code.

    >>> row = {"code": "bad-yaml", "severity": "error", "meaning": "the YAML cannot be read", "n": 1, "n_files": 1}
    >>> problems_chart(pd.DataFrame([row])).layout.meta["title"]
    '1 file could not be read'
    """
    best = frame.head(top)
    rows = best.to_dict("records")
    lost = int(frame.loc[frame["severity"] == "error", "n_files"].sum())
    warned = int(frame.loc[frame["severity"] == "warning", "n"].sum())
    read = f"{counted(lost, 'file')} could not be read" if lost else ""
    mended = (
        f"{counted(warned, 'value')} {'was' if warned == 1 else 'were'} repaired or dropped" if warned else ""
    )
    title = "; ".join(part for part in (read, mended) if part) or "Everything was read without a problem"
    subtitle = caption(
        "problems by kind, in all files of the snapshot",
        f"{counted(len(frame) - len(best), 'kind')} not shown" if len(frame) > len(best) else "", snapshot=snapshot,
    )  # fmt: skip
    if not rows:
        return empty_figure(
            theme, title=title, subtitle=subtitle, why="No problem was written while reading.", height=140
        )
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=240)
    labels = [f"{row['severity']}: {row['meaning'] or row['code']}" for row in rows]
    counts = [int(row["n"]) for row in rows]
    hover = [
        f"<b>{plain(str(row['code']))}</b>, {row['severity']}<br>{plain(shortened(str(row['meaning']), 90))}"
        f"<br>{int(row['n']):,} in {counted(int(row['n_files']), 'file')}<br>click for the list"
        for row in rows
    ]
    add_bars(figure, theme, keys=[row["code"] for row in rows], labels=labels, counts=counts, hover=hover)
    said = "; ".join(f"{row['severity']} {row['code']} {n:,}" for row, n in zip(rows, counts, strict=True))
    return described(figure, f"Bars: {said}.")
