"""Who was first in this corpus, beside what chance gives, and how long after the first each outlet follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import shortened
from analysis.charts.caption import caption, click_for, counted, empty_figure, headed_figure
from analysis.charts.describe import described
from analysis.charts.rows import HALF, add_intervals, add_labels, set_rows
from analysis.charts.theme import LIGHT, Theme, plain
from analysis.charts.wording import percent

__all__ = ["lag_chart", "lag_name", "timeliness_chart"]

_FEW = 5  # of fewer events an outlet's rate or lag is not ranked
_TICKS = {
    1 / 60: "1 min",
    1 / 6: "10 min",
    1.0: "1 h",
    6.0: "6 h",
    24.0: "1 day",
    72.0: "3 days",
    240.0: "10 days",
}


def timeliness_chart(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    top: int = 8,
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """How often each outlet was first in this corpus: a dot with its interval, and a tick where chance would put it.

    Args:
        frame: from `analysis.measures.timeliness.timeliness`.
        names: domain -> name, where known.
        top: how many outlets at most, those with most events.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each dot's `customdata` is the outlet's domain.

    >>> from analysis.measures.timeliness import timeliness
    >>> times = pd.to_datetime(["2021-08-23T05:30Z", "2021-08-23T09:30Z"])
    >>> frame = pd.DataFrame({"article_id": ["a", "b"], "provider_id": ["pa.org", "sky.com"],
    ...     "published_at": times, "event_id": "e", "time_precision": "time", "is_original": True})
    >>> timeliness_chart(timeliness(frame)).layout.meta["title"]
    'No outlet shares 5 events with others: too few to say who is first in this corpus'
    """
    shared = frame[frame["n_events"] > 0].sort_values(
        ["n_events", "n_first", "provider_id"], ascending=[False, False, True]
    )
    best = shared.head(top).sort_values(
        ["first_rate", "n_events", "provider_id"], ascending=[False, False, True]
    )
    called = dict(names or {})
    title = _first_title(best, called)
    left_out = int(frame["n_left_out_copies"].sum()), int(frame["n_left_out_date_only"].sum())
    subtitle = caption(
        "share of an outlet's shared events on which it was first in this corpus, 95 %",
        "tick: by chance",
        f"left out: {left_out[0]:,} copies, {left_out[1]:,} without a time of day" if any(left_out) else "",
        span=span,
        zone=zone,
        snapshot=snapshot,
    )
    if best.empty:
        return empty_figure(
            theme, title=title, subtitle=subtitle, why="No event was covered by two outlets at known times."
        )
    rows = best.to_dict("records")
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=240)
    marks = [_first_row(row, called) for row in rows]
    figure.add_scatter(
        x=[row["expected_rate"] for row in rows], y=[place + HALF for place in range(len(rows))], mode="markers",
        hoverinfo="skip", marker={"symbol": "line-ns", "size": 7, "line": {"color": theme.ink, "width": 2}},
    )  # fmt: skip
    add_intervals(figure, theme, marks, colours=[_sure(row, theme) for row in rows])
    add_labels(figure, theme, [_named(row, called) for row in rows], [mark["said"] for mark in marks])
    set_rows(figure, len(rows))
    figure.update_xaxes(
        range=[-0.02, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%", showline=False
    )
    said = "; ".join(
        f"{shortened(_named(row, called))} {mark['said']}" for row, mark in zip(rows, marks, strict=True)
    )
    return described(figure, f"Dots: {said}.")


def _first_title(best: pd.DataFrame, names: dict[str, str]) -> str:
    clear = best[
        (best["n_events"] >= _FEW)
        & (best["p_adjusted"] < 0.05)
        & (best["first_rate"] > best["expected_rate"])
    ]
    if best.empty or not (best["n_events"] >= _FEW).any():
        return f"No outlet shares {_FEW} events with others: too few to say who is first in this corpus"
    if clear.empty:
        return "No outlet is first in this corpus more often than chance gives"
    top = clear.iloc[0].to_dict()
    n_more = len(clear) - 1
    others = (
        f"; {counted(n_more, 'other')} {'was' if n_more == 1 else 'were'} first more often than chance gives"
    )
    more = others if n_more else ""
    return f"{shortened(_named(top, names), 32)} was first in this corpus on {_of(top)}{more}"


def _of(row: dict[Any, Any]) -> str:
    return f"{int(row['n_first']):,} of {counted(int(row['n_events']), 'event')}"


def _named(row: dict[Any, Any], names: dict[str, str]) -> str:
    return names.get(str(row["provider_id"]), str(row["provider_id"]))


def _sure(row: dict[Any, Any], theme: Theme) -> str:
    return theme.bar if pd.notna(row["p_adjusted"]) and row["p_adjusted"] < 0.05 else theme.muted


def _chances(row: dict[Any, Any]) -> str:
    return f"{percent(row['expected_low'])} to {percent(row['expected_high'])}"


def _first_row(row: dict[Any, Any], names: dict[str, str]) -> dict[str, Any]:
    few = ": too few to rank" if row["n_events"] < _FEW else ""
    lines = [
        f"<b>{plain(shortened(_named(row, names)))}</b>",
        f"first in this corpus on {_of(row)}{few}",
        f"{percent(row['first_rate'])} ({percent(row['first_low'])} to {percent(row['first_high'])})",
        f"by chance {percent(row['expected_rate'])}, mostly {_chances(row)}",
        f"probability {row['p_adjusted']:.2g}, for all outlets looked at",
        click_for(int(row["n_first"])),
    ]
    return {
        "key": row["provider_id"], "value": row["first_rate"], "low": row["first_low"], "high": row["first_high"],
        "hover": "<br>".join(lines), "said": _of(row) + few,
    }  # fmt: skip


def lag_chart(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    top: int = 8,
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """How long after the first in this corpus each outlet follows: the median, and the middle half of its lags.

    Args:
        frame: from `analysis.measures.timeliness.lag_quartiles`.
        names: domain -> name, where known.
        top: how many outlets at most, those that followed most.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure with a logarithmic axis of time; each dot's `customdata` is the outlet's domain.

    >>> row = {"provider_id": "sky.com", "n_followed": 5}
    >>> row |= {"lag_q1_hours": 3.0, "lag_median_hours": 4.0, "lag_q3_hours": 5.0}
    >>> lag_chart(pd.DataFrame([row])).layout.meta["title"]
    'sky.com follows soonest: half the time within 4 h of the first in this corpus'
    """
    table = frame.sort_values(["n_followed", "provider_id"], ascending=[False, True]).head(top)
    table = table.sort_values(["lag_median_hours", "provider_id"], ignore_index=True)
    called = dict(names or {})
    subtitle = caption(
        "time after the event's first article in this corpus: median, and middle half of the lags",
        "copies and times without an hour left out", span=span, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    title = _lag_title(table, called)
    if table.empty:
        return empty_figure(
            theme, title=title, subtitle=subtitle, why="No outlet took up an event that another had first."
        )
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=240)
    rows = table.to_dict("records")
    marks = [_lag_row(row, called) for row in rows]
    add_intervals(
        figure,
        theme,
        marks,
        colours=[theme.bar if row["n_followed"] >= _FEW else theme.muted for row in rows],
    )
    add_labels(figure, theme, [_named(row, called) for row in rows], [mark["said"] for mark in marks])
    set_rows(figure, len(rows))
    low, high = (
        np.log10(max(float(value), 1 / 60))
        for value in (table["lag_q1_hours"].min(), table["lag_q3_hours"].max())
    )
    figure.update_xaxes(
        type="log",
        range=[low - 0.15, high + 0.15],
        tickvals=list(_TICKS),
        ticktext=list(_TICKS.values()),
        showline=False,
    )
    said = "; ".join(
        f"{shortened(_named(row, called))} {mark['said']}" for row, mark in zip(rows, marks, strict=True)
    )
    return described(figure, f"Dots: {said}.")


def lag_name(hours: float) -> str:
    """A lag in words.

    >>> lag_name(0.25), lag_name(4.04), lag_name(60)
    ('15 min', '4 h', '2.5 days')
    """
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return (
        f"{hours:.1f} h".replace(".0 h", " h") if hours < 48 else f"{hours / 24:.1f} days".replace(".0 ", " ")
    )


def _lag_title(table: pd.DataFrame, names: dict[str, str]) -> str:
    if table.empty:
        return "No outlet followed another on an event here"
    ranked = table[table["n_followed"] >= _FEW]
    if ranked.empty:
        return f"No outlet followed on {_FEW} events: too few to rank who is late"
    top = ranked.iloc[0].to_dict()
    name, half = shortened(_named(top, names), 32), lag_name(top["lag_median_hours"])
    return f"{name} follows soonest: half the time within {half} of the first in this corpus"


def _lag_row(row: dict[Any, Any], names: dict[str, str]) -> dict[str, Any]:
    n = int(row["n_followed"])
    few = ": too few to rank" if n < _FEW else ""
    half = f"{lag_name(row['lag_q1_hours'])} to {lag_name(row['lag_q3_hours'])}"
    low, high = (max(float(row[end]), 1 / 60) for end in ("lag_q1_hours", "lag_q3_hours"))
    lines = [
        f"<b>{plain(shortened(_named(row, names)))}</b>",
        f"followed on {counted(n, 'event')}{few}",
        f"median {lag_name(row['lag_median_hours'])}, middle half {half}",
        click_for(n),
    ]
    return {
        "key": row["provider_id"], "value": max(float(row["lag_median_hours"]), 1 / 60), "low": low if n > 1 else None,
        "high": high if n > 1 else None, "hover": "<br>".join(lines),
        "said": f"{lag_name(row['lag_median_hours'])}, {counted(n, 'event')}{few}",
    }  # fmt: skip
