"""When each of several stories had its bursts: a row a story, its bursts as bars on one axis of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import shortened
from analysis.charts.bursts import burst_days
from analysis.charts.caption import caption, click_for, empty_figure, headed_figure, times
from analysis.charts.describe import described
from analysis.charts.theme import LIGHT, STORY_COLOURS, Theme, plain
from analysis.charts.time_axis import set_time, span_name, wall, widths

__all__ = ["spells_chart"]

_ROW = 30  # pixels a story
_LETTERS = 90


def spells_chart(
    found: Mapping[str, pd.DataFrame],
    periods: pd.Series[Any],
    *,
    every: str,
    colours: Mapping[str, str] | None = None,
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """The bursts of several stories; those within another burst are left out.

    Args:
        found: story -> frame from `analysis.measures.bursts.bursts`, all asked alike.
        periods: beginnings of the periods looked at, in their zone.
        every: as the measure was asked.
        colours: story -> colour; those of `STORY_COLOURS` in their order unless given.
        snapshot: label of the snapshot.
        theme: the colours of all else.

    Returns:
        A figure; each bar's `customdata` is its story and the burst's first and last day, ISO, with a slash between.

    >>> days = pd.Series(pd.date_range("2021-08-21", periods=4, tz="UTC"))
    >>> row = {"level": 1, "start": days[2], "end": days[3], "count": 24, "usual": 2.0, "n_articles": 24}
    >>> burst = pd.DataFrame([{**row, "headlines": ("Ban it",)}])
    >>> spells_chart({"Ban": burst, "Police": burst[:0]}, days, every="day").layout.meta["title"]
    'Ban had the strongest burst, on 23 August 2021, at 12x its usual level'
    """
    names = list(found)
    given = dict(zip(names, STORY_COLOURS, strict=False)) | dict(colours or {})
    first = {name: table[table["level"] == 1] for name, table in found.items()}
    title = _finding(first)
    starts = wall(periods)
    width = widths(starts, every)
    ends = (starts[0], starts[-1] + width[-1]) if starts else None
    zone = str(periods.dtype.tz) if isinstance(periods.dtype, pd.DatetimeTZDtype) else "UTC"
    subtitle = caption(
        "stretches with markedly more coverage than the story usually has (Kleinberg 2002)",
        span=ends, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    if not starts or not any(len(table) for table in first.values()):
        return empty_figure(
            theme, title=title, subtitle=subtitle, why="No story has a burst in this time.", height=120
        )
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=200)
    for place, name in enumerate(names):
        _add_row(figure, first[name], place, name, given[name], theme)
    set_time(figure, starts, width, every)
    figure.update_yaxes(range=[len(names) - 0.4, -0.6], showticklabels=False, showgrid=False, showline=False)
    figure.update_layout(height=figure.laid("margin", "t") + _ROW * len(names) + 38, barmode="overlay")
    n_bursts = {shortened(name): len(table) for name, table in first.items()}
    return described(
        figure, "Bars: " + "; ".join(f"{name} {n:,}" for name, n in n_bursts.items()) + " bursts."
    )


def _finding(first: dict[str, pd.DataFrame]) -> str:
    """The story whose burst stands highest over its usual level."""
    some = [table.assign(story=name) for name, table in first.items() if len(table)]
    if not some:
        return "No story has a burst in this time"
    known = pd.concat(some, ignore_index=True)
    rise = known["count"] / known["usual"].where(known["usual"] > 0)
    top = known.iloc[int(rise.fillna(0).to_numpy().argmax())]
    when = span_name(top["start"], top["end"], zone=str(top["start"].tz))
    when = f"on {when}" if " to " not in when else f"from {when}"
    level = f", at {times(top['count'] / top['usual'])} its usual level" if top["usual"] > 0 else ""
    return f"{shortened(str(top['story']), 36)} had the strongest burst, {when}{level}"


def _add_row(figure: go.Figure, some: pd.DataFrame, place: int, name: str, colour: str, theme: Theme) -> None:
    rows = some.to_dict("records")
    ends = [tuple(pd.Timestamp(row[end]).tz_localize(None) for end in ("start", "end")) for row in rows]
    figure.add_bar(
        x=[start + (end - start) / 2 for start, end in ends], y=[0.34] * len(rows), base=[place + 0.1] * len(rows),
        width=[(end - start) / pd.Timedelta(1, "ms") for start, end in ends],
        customdata=[[name, burst_days(row)] for row in rows], hovertext=[_hover(name, row) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>", marker={"color": colour, "line": {"width": 0}},
    )  # fmt: skip
    none = "" if rows else ": no burst"
    figure.add_annotation(
        x=0, xref="paper", xanchor="left", y=place + 0.08, yref="y", yanchor="bottom", showarrow=False, borderpad=0,
        text=f'<span style="color:{colour}">■</span> {plain(shortened(name) + none)}',
        font={"size": 12, "color": theme.ink if rows else theme.muted},
    )  # fmt: skip


def _hover(name: str, row: dict[Any, Any]) -> str:
    when = span_name(row["start"], row["end"], zone=str(row["start"].tz))
    lines = [f"<b>{plain(shortened(name))}</b>", when]
    if row["usual"] > 0:
        lines.append(f"{times(row['count'] / row['usual'])} its usual level")
    lines += [plain(shortened(str(text), _LETTERS)) for text in row["headlines"][:1]]
    return "<br>".join([*lines, click_for(int(row["n_articles"]))])
