"""The share of everything collected, over time: a line in a ribbon that is its 95 % interval.

The line breaks where nothing was collected; a wide ribbon says that little was.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.caption import caption, counted, empty_figure, faint, headed_figure, when
from analysis.charts.describe import described
from analysis.charts.theme import LIGHT, Theme, plain
from analysis.charts.time_axis import add_bands, add_hatching, set_time, wall, widths
from analysis.charts.wording import percent, period_name, share_text
from analysis.measures.coverage import NOT_COLLECTED, PARTIAL

__all__ = ["share_chart"]

_NOUN = {"articles": "article", "originals": "text", "events": "event", "providers": "outlet"}


def share_chart(
    frame: pd.DataFrame,
    *,
    every: str,
    basis: str = "articles",
    subject: str = "Coverage",
    whole: str = "collected",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """The share of the corpus per period, with Wilson's interval.

    Args:
        frame: from `analysis.measures.volume.volume` with ``share="corpus"`` and without `by`; one row a period.
        every: as the measure was asked.
        basis: what was counted, likewise.
        subject: what the title is about.
        whole: which of all articles the share is of: those collected, unless the measure was given another denominator.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; the `customdata` of a point is the first day of its period, ISO.

    >>> from analysis.measures.volume import volume
    >>> times = pd.to_datetime(["2021-08-23T05:30Z", "2021-08-23T09:27Z", "2021-08-25T00:00Z"])
    >>> frame = pd.DataFrame({"published_at": times})
    >>> figure = share_chart(volume(frame[:1], share="corpus", denominator=frame), every="day")
    >>> figure.layout.meta["title"]
    "Coverage's share was highest on 23 August 2021, with 50 %"
    """
    title = _finding(frame, every, subject)
    starts = wall(frame["period"])
    width = widths(starts, every)
    subtitle = caption(
        f"share of all {_NOUN[basis]}s {whole} per {every}", "ribbon: 95 % interval",
        "hatched: collected in part" if (frame["status"] == PARTIAL).any() else "",
        span=(starts[0], starts[-1] + width[-1]) if starts else None,
        zone=str(getattr(frame["period"].dtype, "tz", "")), snapshot=snapshot,
    )  # fmt: skip
    if frame.empty:
        return empty_figure(theme, title=title, subtitle=subtitle, why="No period of time to look at.")
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=256)
    middles = [start + wide / 2 for start, wide in zip(starts, width, strict=True)]
    shares = [None if pd.isna(share) else float(share) for share in frame["share"]]
    top = max([share for share in shares if share is not None], default=0.0)
    # Of a period with few articles the ribbon may reach to 100 %: it is cut, so that the line can be read.
    top = min(max(top * 1.6, 0.001), 1.02)
    add_hatching(figure, frame, starts, width, top=top, theme=theme)
    _add_ribbon(figure, frame, middles, top, theme)
    lone = [share is not None and len(shares) <= 60 for share in shares]
    figure.add_scatter(
        x=middles, y=shares, mode="lines+markers", connectgaps=False, line={"color": theme.bar, "width": 1.75},
        marker={"color": theme.bar, "size": [6 if one else 3 for one in lone]},
        customdata=[start.date().isoformat() for start in starts],
        hovertext=[_hover(row, start, every, _NOUN[basis], whole)
                   for row, start in zip(frame.to_dict("records"), starts, strict=True)],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip
    add_bands(figure, frame, starts, width, theme)
    set_time(figure, starts, width, every)
    figure.update_yaxes(range=[0, top], nticks=5, tickformat=",.2~%", showline=False)
    gone = int((frame["status"] == NOT_COLLECTED).sum())
    marks = f"Line of {len(frame):,} periods, from 0 to {percent(max(s or 0 for s in shares))}."
    return described(figure, f"{marks} {gone:,} not collected." if gone else marks)


def _finding(frame: pd.DataFrame, every: str, subject: str) -> str:
    known = frame.dropna(subset=["share"])
    if known.empty or not (known["share"] > 0).any():
        return f"{subject}: none in this time"
    top = known.sort_values("share", ascending=False, kind="stable").iloc[0]
    return f"{subject}'s share was highest {when(top['period'], every)}, with {percent(float(top['share']))}"


def _add_ribbon(
    figure: go.Figure, frame: pd.DataFrame, middles: list[pd.Timestamp], top: float, theme: Theme
) -> None:
    """One outline for each run of periods that have an interval."""
    low, high = frame["share_low"].tolist(), [min(end, top) for end in frame["share_high"]]
    known = frame["share_low"].notna().tolist()
    x: list[Any] = []
    y: list[Any] = []
    place = 0
    while place < len(known):
        end = place
        while end < len(known) and known[end]:
            end += 1
        x += [*middles[place:end], *reversed(middles[place:end]), None] if end > place else []
        y += [*low[place:end], *reversed(high[place:end]), None] if end > place else []
        place = max(end, place + 1)
    figure.add_scatter(
        x=x, y=y, mode="lines", fill="toself", fillcolor=faint(theme.bar, 0.16), line={"width": 0},
        hoverinfo="skip",
    )  # fmt: skip


def _hover(row: dict[Any, Any], start: pd.Timestamp, every: str, noun: str, whole: str) -> str:
    name = f"<b>{period_name(start, every)}</b>"
    if row["status"] == NOT_COLLECTED:
        return f"{name}<br>not collected"
    n = int(row["count"])
    lines = [name, counted(n, noun)]
    if pd.notna(row["share"]):
        said = share_text(row["share"], row["share_low"], row["share_high"], int(row["of"]))
        lines.append(said.removesuffix("collected") + plain(whole))
    lines += ["partial: not every day was collected"] if row["status"] == PARTIAL else []
    click = f"click for {counted(n, 'article')}" if noun == "article" else "click for the articles"
    return "<br>".join([*lines, *([click] if n else [])])
