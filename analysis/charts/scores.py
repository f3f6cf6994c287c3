"""How good coverage is: the mean quality of several stories side by side, or of one selection over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import shortened
from analysis.charts.caption import caption, click_for, counted, empty_figure, faint, headed_figure
from analysis.charts.describe import described
from analysis.charts.rows import add_intervals, add_labels, set_rows
from analysis.charts.theme import LIGHT, STORY_COLOURS, Theme, plain
from analysis.charts.time_axis import add_hatching, set_time, wall, widths
from analysis.charts.wording import period_name
from analysis.measures.coverage import PARTIAL

__all__ = ["scores_chart", "scores_over_time_chart"]

_FEW = 10  # scores
_SCALE = 100.0  # quality is drawn from 0 to here, or to the highest end of an interval


def scores_chart(
    frame: pd.DataFrame,
    *,
    colours: Mapping[str, str] | None = None,
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """The mean quality of each story, with its interval.

    Args:
        frame: rows from `analysis.measures.scores.scores`, with `selection` (text) before them.
        colours: selection -> colour; those of `STORY_COLOURS` in their order unless given.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours of all else.

    Returns:
        A figure; each dot's `customdata` is its selection.

    >>> from analysis.measures.scores import scores
    >>> good = scores(pd.DataFrame({"quality": [80.0, 82.0] * 10})).assign(selection="Ban")
    >>> poor = scores(pd.DataFrame({"quality": [30.0, 32.0] * 10})).assign(selection="Police")
    >>> scores_chart(pd.concat([good, poor])).layout.meta["title"]
    'Ban is the best scored, 81 on average against 31 for Police'
    """
    rows = frame.to_dict("records")
    given = dict(zip(frame["selection"], STORY_COLOURS, strict=False)) | dict(colours or {})
    title = _finding(frame)
    subtitle = caption(
        "mean quality of the scored articles", "line: 95 % interval", span=span, zone=zone, snapshot=snapshot
    )
    if not len(frame) or not (frame["n_scored"] > 0).any():
        return empty_figure(theme, title=title, subtitle=subtitle, why="No article here has a quality score.")
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=200)
    marks = [_row(row) for row in rows]
    add_intervals(figure, theme, marks, colours=[given[row["selection"]] for row in rows])
    add_labels(figure, theme, [str(row["selection"]) for row in rows], [mark["said"] for mark in marks])
    set_rows(figure, len(rows))
    figure.update_xaxes(
        range=[-1, _top(frame)], tickvals=[0, 25, 50, 75, 100], showline=False, zeroline=False
    )
    said = "; ".join(
        f"{shortened(str(row['selection']))} {mark['said']}" for row, mark in zip(rows, marks, strict=True)
    )
    return described(figure, f"Dots: {said}.")


def _top(frame: pd.DataFrame) -> float:
    ends = frame[["mean", "mean_high"]].max().max()
    return max(_SCALE, float(ends) if pd.notna(ends) else _SCALE) + 1


def _reach(known: pd.DataFrame) -> float:
    """The top of the scale over time: the interval of a few scores may run out of it, so that it flattens no other."""
    enough = known["n_scored"] >= _FEW
    return _top(known.assign(mean_high=known["mean_high"].where(enough)))


def _finding(frame: pd.DataFrame) -> str:
    """Which story is the best scored, where the intervals say so."""
    known = frame[frame["n_scored"] > 0]
    enough = known[known["n_scored"] >= _FEW].sort_values("mean", ascending=False, kind="stable")
    if known.empty:
        return "No article here has a quality score"
    if enough.empty:
        return f"At most {counted(int(known['n_scored'].max()), 'score')} a story: too few to say how good"
    best, worst = enough.iloc[0], enough.iloc[-1]
    first, last = (shortened(str(row["selection"]), 36) for row in (best, worst))
    if len(enough) == 1:
        return f"{first} scores {best['mean']:.0f} on average"
    if best["mean_low"] > enough.iloc[1]["mean_high"]:
        return f"{first} is the best scored, {best['mean']:.0f} on average against {worst['mean']:.0f} for {last}"
    if best["mean_low"] > worst["mean_high"]:
        return (
            f"{first} is better scored than {last}, {best['mean']:.0f} on average against {worst['mean']:.0f}"
        )
    return f"No story is clearly better scored: {worst['mean']:.0f} to {best['mean']:.0f} on average"


def _row(row: dict[Any, Any]) -> dict[str, Any]:
    n, scored = int(row["n_articles"]), int(row["n_scored"])
    unscored = f"; {n - scored:,} have no score" if n > scored else ""
    head = f"<b>{plain(shortened(str(row['selection'])))}</b>"
    if not scored:
        said = "no score" if n else "no article"
        hover = [head, f"{counted(n, 'article')}, none with a score", click_for(n)]
        return {"key": row["selection"], "value": None, "low": None, "high": None,
                "hover": "<br>".join(hover), "said": said}  # fmt: skip
    few = f" of {counted(scored, 'score')}: too few" if scored < _FEW else ""
    known = pd.notna(row["mean_low"])
    band = f" ({row['mean_low']:.0f} to {row['mean_high']:.0f})" if known else ""
    lines = [
        head,
        f"mean {row['mean']:.1f}{band} of {counted(scored, 'scored article')}{unscored}",
        f"median {row['median']:.0f}, middle half {row['q1']:.0f} to {row['q3']:.0f}",
        click_for(n),
    ]
    return {
        "key": row["selection"], "value": row["mean"], "low": row["mean_low"] if known else None,
        "high": row["mean_high"] if known else None, "hover": "<br>".join(lines),
        "said": f"{row['mean']:.0f}{band}{few}",
    }  # fmt: skip


def scores_over_time_chart(
    frame: pd.DataFrame, *, every: str, subject: str = "Coverage", snapshot: str = "", theme: Theme = LIGHT
) -> go.Figure:
    """The mean quality per period, with its interval.

    Args:
        frame: from `analysis.measures.scores.scores_over_time`.
        every: as the measure was asked.
        subject: what the title is about.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each dot's `customdata` is the first day of its period, ISO. Dots of fewer than 10 scores are hollow.

    >>> from analysis.measures.scores import scores_over_time
    >>> times = pd.to_datetime(["2021-08-23T05:30Z"] * 12)
    >>> frame = pd.DataFrame({"published_at": times, "quality": [60.0, 62.0] * 6})
    >>> scores_over_time_chart(scores_over_time(frame), every="month").layout.meta["title"]
    'Coverage scored 61 on average in August 2021'
    """
    starts = wall(frame["period"])
    width = widths(starts, every)
    zone = str(frame["period"].dtype.tz) if isinstance(frame["period"].dtype, pd.DatetimeTZDtype) else "UTC"
    known = frame[frame["n_scored"] > 0]
    title = _course(known, every, subject)
    subtitle = caption(
        f"mean quality of the scored articles per {every}", "line: 95 % interval",
        f"hollow: fewer than {_FEW} scores" if (known["n_scored"] < _FEW).any() else "",
        "hatched: collected in part" if (frame["status"] == PARTIAL).any() else "",
        span=(starts[0], starts[-1] + width[-1]) if starts else None, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    if known.empty:
        return empty_figure(theme, title=title, subtitle=subtitle, why="No article here has a quality score.")
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=256)
    top = _reach(known)
    add_hatching(figure, frame, starts, width, top=top, theme=theme)
    shown = [place for place, n in enumerate(frame["n_scored"]) if n]
    rows = frame.to_dict("records")
    middles = [starts[place] + width[place] / 2 for place in shown]
    figure.add_scatter(
        x=[x for middle in middles for x in (middle, middle, None)],
        y=[y for place in shown for y in (rows[place]["mean_low"], rows[place]["mean_high"], None)],
        mode="lines", line={"color": faint(theme.bar, 0.35), "width": 6}, hoverinfo="skip",
    )  # fmt: skip
    few = [rows[place]["n_scored"] < _FEW for place in shown]
    figure.add_scatter(
        x=middles, y=[rows[place]["mean"] for place in shown], mode="markers",
        customdata=[starts[place].date().isoformat() for place in shown],
        hovertext=[_period(rows[place], starts[place], every) for place in shown],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"size": 8, "color": [theme.paper if one else theme.bar for one in few],
                "line": {"color": theme.bar, "width": 1.5}},
    )  # fmt: skip
    set_time(figure, starts, width, every)
    step = 25 if top < 150 else 50
    figure.update_yaxes(range=[0, top], tickvals=list(range(0, int(top) + 1, step)), showline=False)
    unscored = int((frame["n_articles"] - frame["n_scored"]).sum())
    marks = f"Dots of {counted(len(shown), every)}; the last {known['mean'].iloc[-1]:.0f}."
    return described(
        figure, marks + (f" {counted(unscored, 'article')} without a score." if unscored else "")
    )


def _course(known: pd.DataFrame, every: str, subject: str) -> str:
    """Whether quality rose or fell, where the first and the last interval lie apart."""
    enough = known[known["n_scored"] >= _FEW]
    if known.empty:
        return f"{subject}: no article has a quality score"
    if enough.empty:
        return f"{subject}: never {_FEW} scores in a {every}, too few to say how good"
    first, last = enough.iloc[0], enough.iloc[-1]
    begin, end = (period_name(pd.Timestamp(row["period"]).tz_localize(None), every) for row in (first, last))
    if len(enough) == 1:
        preposition = {"day": "on", "week": "in the"}.get(every, "in")
        return f"{subject} scored {last['mean']:.0f} on average {preposition} {end}"
    numbers = f"{first['mean']:.0f} to {last['mean']:.0f}"
    if first["mean_low"] > last["mean_high"]:
        return f"{subject}: quality fell from {numbers}, {begin} to {end}"
    if first["mean_high"] < last["mean_low"]:
        return f"{subject}: quality rose from {numbers}, {begin} to {end}"
    return f"{subject}: quality shows no clear change, {numbers} on average"


def _period(row: dict[Any, Any], start: pd.Timestamp, every: str) -> str:
    n, scored = int(row["n_articles"]), int(row["n_scored"])
    known = pd.notna(row["mean_low"])
    band = f" ({row['mean_low']:.0f} to {row['mean_high']:.0f})" if known else ", one score has no interval"
    lines = [
        f"<b>{period_name(start, every)}</b>",
        f"mean {row['mean']:.1f}{band}",
        f"{scored:,} of {counted(n, 'article')} with a score",
    ]
    lines += [f"fewer than {_FEW} scores: too few to say"] if scored < _FEW else []
    lines += ["partial: not every day was collected"] if row["status"] == PARTIAL else []
    return "<br>".join([*lines, click_for(n)])
