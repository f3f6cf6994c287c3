"""How late one outlet is: its lags behind the first in this corpus, counted in steps that grow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.charts.caption import caption, click_for, counted, empty_figure, headed_figure
from analysis.charts.describe import described
from analysis.charts.theme import LIGHT, Theme
from analysis.charts.time_axis import count_ticks
from analysis.charts.timeliness import lag_name

__all__ = ["STEPS", "lags_chart", "step_of"]

STEPS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 24.0, 48.0, 72.0, 168.0)
"""Lower ends of the steps, in hours; the last is open."""

_FEW = 5


def lags_chart(
    frame: pd.DataFrame,
    *,
    subject: str = "The outlet",
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """The lags of one outlet as a histogram: its firsts stand apart on the left.

    Args:
        frame: from `analysis.measures.timeliness.lags`, rows of one outlet.
        subject: the outlet's name.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; the `customdata` of a bar is the place of its step in `STEPS`, as text, or "first".

    >>> frame = pd.DataFrame({"lag_hours": [0.0, 1.5, 3.0, 5.0, 6.0, 30.0], "is_first": [True] + [False] * 5})
    >>> lags_chart(frame, subject="Sky").layout.meta["title"]
    'Sky followed on 5 events, half of them within 5 h; it was first in this corpus on 1'
    """
    late = frame.loc[~frame["is_first"], "lag_hours"].to_numpy(dtype=float)
    n_first = int(frame["is_first"].sum())
    title = _finding(late, n_first, subject)
    subtitle = caption(
        "events shared with another outlet, by the time after the event's first article in this corpus",
        "copies and times without an hour left out", span=span, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    if frame.empty:
        why = "No event here is shared with another outlet at known times."
        return empty_figure(theme, title=title, subtitle=subtitle, why=why)
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=236)
    place = np.searchsorted(STEPS, late, side="right") - 1
    counts = [n_first, *(int((place == step).sum()) for step in range(len(STEPS)))]
    labels = ["first", *(_step(step) for step in range(len(STEPS)))]
    keys = ["first", *(str(step) for step in range(len(STEPS)))]
    figure.add_bar(
        x=list(range(len(counts))), y=counts, customdata=keys, width=0.86,
        hovertext=[_hover(label, n) for label, n in zip(labels, counts, strict=True)],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"color": [theme.ink, *[theme.bar] * len(STEPS)], "line": {"width": 0}},
    )  # fmt: skip
    for at, n in enumerate(counts):
        if n:
            figure.add_annotation(
                x=at, y=n, yanchor="bottom", text=f"{n:,}", showarrow=False, borderpad=0,
                font={"size": 12, "color": theme.ink},
            )  # fmt: skip
    named = list(range(2, len(STEPS), 2))  # every second end, so that they fit a telephone
    figure.update_xaxes(
        tickvals=[0, *(step + 0.5 for step in named)],
        ticktext=["first", *(_short(lag_name(STEPS[step])) for step in named)],
        range=[-0.6, len(counts) - 0.4], showgrid=False, tickangle=0,
    )  # fmt: skip
    figure.update_yaxes(
        range=[0, max(counts) * 1.12], tickformat=",d", showline=False, **count_ticks(max(counts))
    )
    said = "; ".join(f"{label} {n:,}" for label, n in zip(labels, counts, strict=True) if n)
    return described(figure, f"Bars: {said}.")


def step_of(key: str) -> tuple[float, float] | None:
    """The hours of a bar, from and to; None for its firsts, or where there is no such bar.

    >>> step_of("3"), step_of("11"), step_of("first")
    ((1.0, 2.0), (168.0, inf), None)
    """
    if not key.isdecimal() or int(key) >= len(STEPS):
        return None
    step = int(key)
    return STEPS[step], STEPS[step + 1] if step + 1 < len(STEPS) else float("inf")


def _finding(late: Any, n_first: int, subject: str) -> str:
    if not len(late) and not n_first:
        return f"{subject} shares no event with another outlet here"
    first = f"it was first in this corpus on {n_first:,}"
    if not len(late):
        return f"{subject} was first in this corpus on {counted(n_first, 'event')} and followed on none"
    followed = f"{subject} followed on {counted(len(late), 'event')}"
    if len(late) < _FEW:
        return f"{followed}, too few to say how late; {first}"
    return f"{followed}, half of them within {lag_name(float(np.median(late)))}; {first}"


def _step(step: int) -> str:
    low, high = step_of(str(step)) or (0.0, 0.0)
    if np.isinf(high):
        return f"after {lag_name(low)} or more"
    return f"within {lag_name(high)}" if not low else f"after {lag_name(low)} to {lag_name(high)}"


def _short(label: str) -> str:
    return label.replace(" min", "m").replace(" days", "d").replace(" h", "h")


def _hover(label: str, n: int) -> str:
    what = "first in this corpus" if label == "first" else label
    return "<br>".join([f"<b>{what}</b>", counted(n, "event"), *([click_for(n)] if n else [])])
