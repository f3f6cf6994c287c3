"""Coverage volume over time: bars from a zero baseline; partial periods hatched, what was not collected a grey band.

A period without a bar had no coverage; a period in a band was not looked at. They never look alike.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.describe import described
from analysis.charts.theme import LIGHT, Theme, figure_of
from analysis.charts.time_axis import add_bands, count_ticks, set_time, wall, widths
from analysis.charts.wording import finding, period_name, share_text
from analysis.errors import NewsgaugeError
from analysis.measures.coverage import NOT_COLLECTED, OBSERVED, PARTIAL

__all__ = ["NotOneSeries", "strip_chart", "volume_chart"]

_NOUN = {"articles": "article", "originals": "text", "events": "event", "providers": "outlet"}


class NotOneSeries(NewsgaugeError):
    """The frame has several rows a period: pick one group, or measure without `by`."""


def volume_chart(
    frame: pd.DataFrame,
    *,
    every: str,
    basis: str = "articles",
    subject: str = "Coverage",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """The volume as bars.

    Args:
        frame: from `analysis.measures.volume.volume` without `by`; one row a period.
        every: length of a period, as the measure was asked.
        basis: what was counted, likewise.
        subject: what the title is about.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each bar's `customdata` is the first day of its period, ISO. What was found, and a summary in
        words, are in `figure.layout.meta`.

    Raises:
        NotOneSeries: the frame has a period twice.

    >>> from analysis.measures.volume import volume
    >>> times = pd.to_datetime(["2021-08-23T05:30Z", "2021-08-23T09:27Z", "2021-08-25T00:00Z"])
    >>> figure = volume_chart(volume(pd.DataFrame({"published_at": times})), every="day")
    >>> figure.layout.meta["title"]
    'Coverage was highest on 23 August 2021, with 2 articles'
    """
    if frame["period"].duplicated().any():
        raise NotOneSeries("frame must have one row a period; it has a period twice")
    title, subtitle = finding(frame, every, _NOUN[basis], subject), _subtitle(frame, every, basis, snapshot)
    figure = figure_of(theme, title=title, subtitle=subtitle, height=256)
    starts = wall(frame["period"])
    width = widths(starts, every)
    known = (frame["count"].notna() & (frame["count"].fillna(0) > 0)).to_numpy()
    partial = (frame["status"] == PARTIAL).to_numpy()
    hover = [
        _hover(row, every, _NOUN[basis], known=bool(seen))
        for row, seen in zip(frame.to_dict("records"), known, strict=True)
    ]
    figure.add_bar(
        x=[start + wide / 2 for start, wide in zip(starts, width, strict=True)],
        y=[None if pd.isna(n) else int(n) for n in frame["count"]],
        width=[wide / pd.Timedelta(1, "ms") * 0.9 for wide in width],
        customdata=[start.date().isoformat() for start in starts],
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
        marker={
            "color": theme.bar,
            "line": {"width": 0},
            "pattern": {
                "shape": ["/" if p else "" for p in partial],
                "fgcolor": theme.paper,
                "bgcolor": theme.bar,
                "size": 5,
                "solidity": 0.35,
            },
        },
        name=_NOUN[basis] + "s",
    )
    add_bands(figure, frame, starts, width, theme)
    set_time(figure, starts, width, every)
    figure.update_yaxes(rangemode="tozero", tickformat=",d", automargin=False, showline=False)
    figure.update_yaxes(count_ticks(float(frame["count"].max()) if known.any() else 0))
    if not known.any():
        figure.update_yaxes(range=[0, 1], tickvals=[0])
    return described(figure, _summary(frame, every, _NOUN[basis]))


def strip_chart(frame: pd.DataFrame, *, every: str, theme: Theme = LIGHT) -> go.Figure:
    """How much was collected at all in each period: a thin strip to stand under the volume, on the same axis.

    Args:
        frame: from `volume` of the whole corpus, over the same periods.
        every: as the measure was asked.
        theme: the colours.

    >>> from analysis.measures.volume import volume
    >>> times = pd.to_datetime(["2021-08-23T05:30Z"])
    >>> strip_chart(volume(pd.DataFrame({"published_at": times})), every="day").layout.meta["title"]
    'Collected every day'
    """
    short = int((frame["status"] != OBSERVED).sum())
    title = (
        f"{short:,} of {len(frame):,} {every}s not collected in full" if short else f"Collected every {every}"
    )
    figure = figure_of(theme, title=title, subtitle="articles collected on all subjects", height=40)
    starts = wall(frame["period"])
    width = widths(starts, every)
    most = max(frame["count"].max(skipna=True), 1) if len(frame) and frame["count"].notna().any() else 1
    text = [
        f"{period_name(start, every)}: {_collected(row)}"
        for start, row in zip(starts, frame.to_dict("records"), strict=True)
    ]
    partial = [status == PARTIAL for status in frame["status"]]
    figure.add_bar(
        x=[start + wide / 2 for start, wide in zip(starts, width, strict=True)],
        y=[0.0 if pd.isna(n) or not n else max(0.06, float(n / most)) for n in frame["count"]],
        width=[wide / pd.Timedelta(1, "ms") for wide in width],
        hovertext=text,
        hovertemplate="%{hovertext}<extra></extra>",
        marker={
            "color": theme.muted,
            "opacity": 0.55,
            "line": {"width": 0},
            "pattern": {
                "shape": ["/" if p else "" for p in partial],
                "fgcolor": theme.paper,
                "bgcolor": theme.muted,
                "size": 4,
                "solidity": 0.5,
            },
        },
    )
    add_bands(figure, frame, starts, width, theme, label=False)
    figure.update_layout(margin={"l": 44, "r": 8, "t": 2, "b": 2})
    figure.update_yaxes(showline=False)
    if len(starts):
        figure.update_xaxes(range=[starts[0], starts[-1] + width[-1]])
    figure.update_xaxes(showgrid=False, showticklabels=False, showline=True, linecolor=theme.hairline)
    figure.update_yaxes(range=[0, 1.05], showgrid=False, showticklabels=False)
    return described(figure, "")


def _collected(row: dict[Any, Any]) -> str:
    if row["status"] == NOT_COLLECTED:
        return "not collected"
    count = _articles(int(row["count"]))
    return f"{count} collected" if row["status"] == OBSERVED else f"{count} known; not collected in full"


def _hover(row: dict[Any, Any], every: str, noun: str, *, known: bool) -> str:
    name = period_name(pd.Timestamp(row["period"]).tz_localize(None), every)
    if row["status"] == NOT_COLLECTED:
        return f"<b>{name}</b><br>not collected"
    count = int(row["count"])
    lines = [f"<b>{name}</b>", f"{count:,} {noun if count == 1 else noun + 's'}"]
    if pd.notna(row.get("share")):
        lines.append(share_text(row["share"], row["share_low"], row["share_high"], int(row["of"])))
    if row["status"] == PARTIAL:
        lines.append("partial: not every day was collected")
    if known:
        lines.append("click for the articles" if noun != "article" else f"click for {_articles(count)}")
    return "<br>".join(lines)


def _articles(count: int) -> str:
    return "1 article" if count == 1 else f"{count:,} articles"


def _subtitle(frame: pd.DataFrame, every: str, basis: str, snapshot: str) -> str:
    counts = {
        "articles": "articles",
        "originals": "texts, copies counted once",
        "events": "events",
        "providers": "outlets",
    }
    parts = [f"{counts[basis]} per {every}"]
    if "of" in frame:
        parts.append("share: of everything collected")
    zone = getattr(frame["period"].dtype, "tz", None)
    parts += [str(zone)] if zone else []
    parts += [f"hatched: {every} not collected in full"] if (frame["status"] == PARTIAL).any() else []
    parts += [f"snapshot {snapshot}"] if snapshot else []
    return " · ".join(parts)


def _summary(frame: pd.DataFrame, every: str, noun: str) -> str:
    if frame.empty:
        return "Nothing to draw."
    known = frame.dropna(subset=["count"])
    starts = [pd.Timestamp(t).tz_localize(None) for t in frame["period"]]
    first, last = period_name(starts[0], every), period_name(starts[-1], every)
    parts = [f"Bars per {every} from {first} to {last}."]
    if len(known):
        zero = int((known["count"] == 0).sum())
        parts.append(f"Median {known['count'].median():,.0f}, highest {int(known['count'].max()):,} {noun}s.")
        parts += [f"No {noun} in {zero:,} of them."] if zero else []
    partial, gone = ((frame["status"] == status).sum() for status in (PARTIAL, NOT_COLLECTED))
    parts += [f"{partial:,} collected only in part."] if partial else []
    parts += [f"{gone:,} not collected."] if gone else []
    return " ".join(parts)
