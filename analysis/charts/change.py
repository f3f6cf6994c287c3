"""Why coverage rose or fell: one signed bar a cause. The bars add up to the whole change, which the subtitle states."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.caption import caption, click_for, counted, empty_figure, headed_figure, signed
from analysis.charts.describe import described
from analysis.charts.rows import HALF, add_labels, set_rows
from analysis.charts.theme import LIGHT, Theme
from analysis.charts.time_axis import span_name
from analysis.measures.coverage import NOT_COLLECTED, OBSERVED
from analysis.measures.intervals import rate_ratio

__all__ = ["change_chart", "change_finding"]

PARTS = {
    "new providers": "new outlets",
    "lost providers": "outlets that stopped",
    "more per provider": "more or less from the same outlets",
    "copies": "copies of a text",
    "corpus growth": "growth of everything collected",
}
_FEW = 10  # with fewer articles in both stretches a cause is not named


def change_chart(
    frame: pd.DataFrame,
    *,
    span: tuple[Any, Any],
    baseline: tuple[Any, Any],
    zone: str = "UTC",
    subject: str = "Coverage",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """The parts of a change as signed bars from zero.

    Args:
        frame: from `analysis.measures.change.change`.
        span: the period, as the measure was asked.
        baseline: what it was held against.
        zone: IANA zone in which the days of both are named.
        subject: what the title is about.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each bar's `customdata` is its part, as in the frame.

    >>> from analysis.measures.change import change
    >>> times = pd.to_datetime(["2021-08-22T09:00Z"] * 10 + ["2021-08-23T09:00Z"] * 30)
    >>> outlets = ["a.com"] * 10 + ["b.com"] * 30
    >>> frame = pd.DataFrame({"published_at": times, "provider_id": outlets, "is_original": True})
    >>> span, baseline = ("2021-08-23T00:00Z", "2021-08-24T00:00Z"), ("2021-08-22T00:00Z", "2021-08-23T00:00Z")
    >>> change_chart(change(frame, span), span=span, baseline=baseline).layout.meta["title"]
    'Coverage rose from 10 to 30 articles, most of it by new outlets'
    """
    title = change_finding(frame, subject)
    parts = frame[frame["part"] != "total"]
    total = frame.loc[frame["part"] == "total", "change"]
    then = span_name(*baseline, zone=zone)
    status = str(frame["status"].iloc[0]) if len(frame) else NOT_COLLECTED
    subtitle = caption(
        f"articles, against {then}" if then else "articles",
        f"the bars add up to {signed(float(total.iloc[0]))}" if len(total) else "",
        "hatched: not collected in full" if status not in {OBSERVED, NOT_COLLECTED} else "",
        span=span, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    if parts.empty or status == NOT_COLLECTED:
        why = "One of the two stretches of time was not collected." if len(frame) else "Nothing was measured."
        return empty_figure(theme, title=title, subtitle=subtitle, why=why)
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=240)
    rows = parts.to_dict("records")
    figure.add_bar(
        x=[row["change"] for row in rows], y=[place + HALF for place in range(len(rows))],
        orientation="h", width=0.24, customdata=[row["part"] for row in rows],
        hovertext=[_hover(row) for row in rows], hovertemplate="%{hovertext}<extra></extra>",
        marker={
            "color": [theme.bar if row["change"] >= 0 else theme.muted for row in rows], "line": {"width": 0},
            "pattern": {"shape": "" if status == OBSERVED else "/", "fgcolor": theme.paper, "size": 5,
                        "solidity": 0.35},
        },
    )  # fmt: skip
    labels, values = [PARTS[row["part"]] for row in rows], [signed(row["change"]) for row in rows]
    add_labels(figure, theme, labels, values)
    low, high = (float(end) for end in (min(parts["change"].min(), 0), max(parts["change"].max(), 0)))
    room = max(high - low, 1.0) * 0.03
    figure.update_xaxes(range=[low - room, high + room], showgrid=False, showticklabels=False, showline=False)
    for place in range(len(rows)):
        y = {"y0": place + HALF - 0.15, "y1": place + HALF + 0.2}
        figure.add_shape(type="line", x0=0, x1=0, line={"color": theme.ink, "width": 1}, **y)
    set_rows(figure, len(rows), below=8)
    said = "; ".join(f"{label} {value}" for label, value in zip(labels, values, strict=True))
    return described(figure, f"Bars: {said}; in all {signed(float(total.iloc[0]))}.")


def change_finding(frame: pd.DataFrame, subject: str) -> str:
    """What changed, as a sentence; the cause is named where it is at least half of the change.

    A rise or fall is only said where the 95 % interval of the ratio of both counts (see
    `analysis.measures.intervals.rate_ratio`) leaves out 1. It takes articles as independent, which copies are not.

    >>> rows = {"part": ["copies", "total"], "before": [0, 10], "after": [9, 21], "change": [9.0, 11.0]}
    >>> change_finding(pd.DataFrame(rows).assign(status="observed"), "Coverage")
    'Coverage rose from 10 to 21 articles, most of it by copies'
    """
    whole = frame[frame["part"] == "total"]
    if whole.empty:
        return f"{subject}: no change was measured"
    total = whole.iloc[0]
    before, after = int(total["before"]), int(total["after"])
    if total["status"] == NOT_COLLECTED:
        return f"{subject}: whether it changed is not known"
    if before + after < _FEW:
        return f"{subject}: {before:,} and {after:,} articles, too few to explain a change"
    if before == after:
        return f"{subject} did not change: {counted(after, 'article')} before and after"
    _, low, high = rate_ratio([after], [before])
    if low[0] <= 1 <= high[0]:
        return f"{subject}: {before:,}, then {counted(after, 'article')}; chance alone could make such a difference"
    verb = f"{subject} {'rose' if after > before else 'fell'} from {before:,} to {counted(after, 'article')}"
    parts = frame[frame["part"] != "total"]
    same = parts["change"] * (after - before)
    top = parts.iloc[int(same.argmax())]
    share = float(top["change"]) / (after - before)
    return (
        f"{verb}, most of it by {_CAUSE[str(top['part'])]}"
        if share >= 0.5
        else f"{verb}, for several reasons"
    )


_CAUSE = {
    "new providers": "new outlets",
    "lost providers": "outlets that stopped",
    "more per provider": "the same outlets",
    "copies": "copies",
    "corpus growth": "the size of what was collected",
}


def _hover(row: dict[Any, Any]) -> str:
    unit = {"copies": "copies", "corpus growth": "articles in all that was collected"}.get(
        str(row["part"]), "originals"
    )
    lines = [
        f"<b>{PARTS[str(row['part'])]}</b>",
        f"{int(row['before']):,} before, {int(row['after']):,} after: {unit}",
        f"{row['change']:+,.2f} of the change in articles",
        counted(int(row["n_providers"]), "outlet"),
    ]
    lines += [click_for(int(row["after"]))] if row["part"] != "corpus growth" else []
    return "<br>".join(line for line in lines if line)
