"""Outlets held against each other: how good against how much, and how much of it is their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import shortened
from analysis.charts.caption import caption, click_for, counted, empty_figure, faint, headed_figure
from analysis.charts.describe import described
from analysis.charts.rows import add_intervals, add_labels, set_rows
from analysis.charts.theme import LIGHT, Theme, plain
from analysis.charts.wording import percent
from analysis.measures.providers import FEW

__all__ = ["originality_chart", "standing_chart"]

_NAMED = 8  # dots with their name beside them
_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
_LEAST = 10  # articles in all


def standing_chart(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """Quality against the number of articles, a dot an outlet, with the interval of what to believe of its quality.

    Args:
        frame: from `analysis.measures.providers.providers`.
        names: domain -> name, where known.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure with a logarithmic axis of articles; each dot's `customdata` is the outlet's domain. Outlets without
        a score are not drawn and are counted in the subtitle; those of few articles are pale.

    >>> from analysis.measures.providers import providers
    >>> frame = pd.DataFrame({"article_id": [str(n) for n in range(20)], "provider_id": ["a.uk", "b.uk"] * 10})
    >>> frame = frame.assign(published_at=pd.Timestamp("2021-08-23T05:30Z"), time_precision="time", event_id=None)
    >>> frame = frame.assign(is_original=True, heat=None, quality=[80.0, 30.0] * 10)
    >>> standing_chart(providers(frame)).layout.meta["title"]
    'a.uk is the best scored of 2 outlets with 5 or more articles, 80 (80 to 80)'
    """
    called = dict(names or {})
    known = frame[frame["quality"].notna()].sort_values(["count", "provider_id"], ascending=[False, True])
    unscored = len(frame) - len(known)
    title = _standing(frame, known, called)
    subtitle = caption(
        "quality drawn towards the mean of all the fewer the scores, 95 % interval; across: articles, log scale",
        f"{counted(unscored, 'outlet')} without a score not drawn" if unscored else "",
        f"pale: fewer than {FEW} articles or scores" if (known["quality_status"] != "known").any() else "",
        span=span, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    if known.empty:
        return empty_figure(theme, title=title, subtitle=subtitle, why="No article here has a quality score.")
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=356)
    rows = known.to_dict("records")
    sure = [row["quality_status"] == "known" and not row["few"] for row in rows]
    for shown in (False, True):  # those that can be ranked lie over the others
        part = [row for row, one in zip(rows, sure, strict=True) if one == shown]
        _add_dots(figure, part, called, theme, sure=shown)
    most = float(known["count"].max())
    least = float(known["count"].min())
    ticks = [tick for tick in _TICKS if least / 1.5 <= tick <= most * 1.4]
    figure.update_xaxes(
        type="log", range=[np.log10(least) - 0.12, np.log10(most) + 0.34], tickvals=ticks,
        ticktext=[f"{tick:,}" for tick in ticks], title={"text": "articles", "font": {"size": 12}, "standoff": 4},
    )  # fmt: skip
    high = float(np.nanmax(known[["quality", "quality_high"]].to_numpy(dtype=float)))
    figure.update_yaxes(range=[0, max(min(high * 1.04, 240.0), 60.0)], nticks=6, showline=False)
    figure.update_layout(margin={"b": 44, "l": 36})
    _name_some(figure, [row for row, one in zip(rows, sure, strict=True) if one], rows, called, theme)
    said = "; ".join(f"{_name(row, called)} {_believed(row)}" for row in rows[:_NAMED])
    return described(figure, f"Dots of {counted(len(rows), 'outlet')}, those of most articles: {said}.")


def _standing(frame: pd.DataFrame, known: pd.DataFrame, names: dict[str, str]) -> str:
    """Who is the best scored by the low end of the interval, so that few articles cannot top the list."""
    if frame.empty:
        return "No outlet published here"
    if known.empty:
        return f"None of {counted(len(frame), 'outlet')} has a quality score"
    ranked = known[(known["quality_status"] == "known") & ~known["few"]]
    if ranked.empty:
        return f"No outlet has {FEW} articles with a score: too few to rank by quality"
    best = ranked.sort_values(["quality_low", "provider_id"], ascending=[False, True]).iloc[0].to_dict()
    of = f"{counted(len(ranked), 'outlet')} with {FEW} or more articles"
    return f"{_name(best, names)} is the best scored of {of}, {_believed(best)}"


def _name(row: dict[Any, Any], names: dict[str, str]) -> str:
    return shortened(names.get(str(row["provider_id"]), str(row["provider_id"])), 32)


def _believed(row: dict[Any, Any]) -> str:
    if pd.isna(row["quality"]):
        return "no quality score"
    known = pd.notna(row["quality_low"]) and pd.notna(row["quality_high"])
    band = f" ({row['quality_low']:.0f} to {row['quality_high']:.0f})" if known else ""
    return f"{row['quality']:.0f}{band}"


def _add_dots(
    figure: go.Figure, rows: list[dict[Any, Any]], names: dict[str, str], theme: Theme, *, sure: bool
) -> None:
    if not rows:
        return
    if sure:
        figure.add_scatter(
            x=[x for row in rows for x in (row["count"], row["count"], None)],
            y=[y for row in rows for y in (row["quality_low"], row["quality_high"], None)],
            mode="lines", line={"color": faint(theme.bar, 0.28), "width": 1.5}, hoverinfo="skip",
        )  # fmt: skip
    figure.add_scatter(
        x=[row["count"] for row in rows], y=[row["quality"] for row in rows], mode="markers",
        customdata=[row["provider_id"] for row in rows], hovertext=[_hover(row, names) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"size": 9 if sure else 7, "color": theme.bar if sure else faint(theme.muted, 0.4),
                "line": {"color": theme.paper, "width": 1}},
    )  # fmt: skip


def _name_some(
    figure: go.Figure,
    rows: list[dict[Any, Any]],
    known: list[dict[Any, Any]],
    names: dict[str, str],
    theme: Theme,
) -> None:
    """Write the names of the largest outlets, the best and the worst, where they are over no dot and no other name."""
    (left, right), (low, high) = figure.laid("xaxis", "range"), figure.laid("yaxis", "range")
    letter, line = (right - left) / 105, (high - low) / 17  # of a figure some 700 pixels wide
    dots = [(float(np.log10(row["count"])), float(row["quality"])) for row in known]
    by_quality = sorted(rows, key=lambda row: (row["quality"], row["provider_id"]))
    wanted = [*by_quality[-1:], *by_quality[:1], *rows[:_NAMED]]
    boxes: list[tuple[float, float, float]] = []
    for row in {row["provider_id"]: row for row in wanted}.values():
        x, y = float(np.log10(row["count"])), float(row["quality"])
        name = shortened(_name(row, names), 24)
        wide = letter * (len(name) + 2)
        for side, start in (("left", x), ("right", x - wide)):
            inside = left <= start and start + wide <= right
            on_dot = any(
                start < at < start + wide and abs(y - height) < line and at != x for at, height in dots
            )
            on_name = any(
                start < end and begin < start + wide and abs(y - height) < line
                for begin, end, height in boxes
            )
            if inside and not on_dot and not on_name:
                boxes.append((start, start + wide, y))
                figure.add_annotation(
                    x=x, y=y, xanchor=side, xshift=9 if side == "left" else -9, showarrow=False, text=plain(name),
                    font={"size": 12, "color": theme.ink},
                )  # fmt: skip
                break


def _hover(row: dict[Any, Any], names: dict[str, str]) -> str:
    n, scored = int(row["count"]), int(row["n_scored"])
    few = ": too few to rank" if row["few"] or row["quality_status"] != "known" else ""
    return "<br>".join([
        f"<b>{plain(_name(row, names))}</b>",
        f"quality {_believed(row)}{few}",
        f"{scored:,} of {counted(n, 'article')} with a score, {percent(row['share'])} of the selection",
        click_for(n),
    ])  # fmt: skip


def originality_chart(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    top: int = 8,
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """How much of what an outlet ran was its own: the share of its articles that copy no earlier one here.

    Args:
        frame: from `analysis.measures.providers.providers`.
        names: domain -> name, where known.
        top: how many outlets at most, those with most articles.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each dot's `customdata` is the outlet's domain.

    >>> row = {"provider_id": "a.uk", "count": 20, "few": False, "n_compared": 20, "originality": 0.4}
    >>> frame = pd.DataFrame([{**row, "originality_low": 0.22, "originality_high": 0.61}])
    >>> originality_chart(frame).layout.meta["title"]
    'a.uk copied most: 60 % of its 20 articles repeat an earlier text'
    """
    called = dict(names or {})
    compared = frame[frame["n_compared"] > 0].sort_values(["count", "provider_id"], ascending=[False, True])
    best = compared.head(top).sort_values(["originality", "provider_id"], kind="stable")
    title = _original(frame, best, called)
    subtitle = caption(
        "share of an outlet's articles that copy no earlier one in this corpus, 95 % interval",
        f"the {top} outlets with most articles" if len(compared) > top else "",
        span=span, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    if best.empty:
        why = "Copies were not looked for in this snapshot." if len(frame) else "No outlet published here."
        return empty_figure(theme, title=title, subtitle=subtitle, why=why)
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=240)
    rows = best.to_dict("records")
    said = [_own(row) for row in rows]
    marks = [
        {"key": row["provider_id"], "value": row["originality"], "low": row["originality_low"],
         "high": row["originality_high"], "hover": _own_hover(row, called)}
        for row in rows
    ]  # fmt: skip
    colours = [theme.muted if row["few"] else theme.bar for row in rows]
    add_intervals(figure, theme, marks, colours=colours)
    add_labels(figure, theme, [_name(row, called) for row in rows], said)
    set_rows(figure, len(rows))
    figure.update_xaxes(
        range=[-0.02, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%", showline=False
    )
    each = "; ".join(f"{_name(row, called)} {one}" for row, one in zip(rows, said, strict=True))
    return described(figure, f"Dots: {each}.")


def _original(frame: pd.DataFrame, best: pd.DataFrame, names: dict[str, str]) -> str:
    if frame.empty:
        return "No outlet published here"
    if best.empty:
        return "Copies were not looked for"
    ranked = best[~best["few"]]
    if ranked.empty or int(frame["count"].sum()) < _LEAST:
        return f"No outlet has {FEW} articles: too few to say who copies"
    least = ranked.iloc[0].to_dict()
    if least["originality"] == 1:
        return "None of the largest outlets repeats an earlier text"
    share, n = percent(1 - least["originality"]), int(least["n_compared"])
    return f"{_name(least, names)} copied most: {share} of its {counted(n, 'article')} repeat an earlier text"


def _own(row: dict[Any, Any]) -> str:
    n = int(row["n_compared"])
    own = round(row["originality"] * n)
    return f"{own:,} of {n:,}" + (": too few to rank" if row["few"] else "")


def _own_hover(row: dict[Any, Any], names: dict[str, str]) -> str:
    n = int(row["n_compared"])
    own = round(row["originality"] * n)
    band = f"{percent(row['originality_low'])} to {percent(row['originality_high'])}"
    return "<br>".join([
        f"<b>{plain(_name(row, names))}</b>",
        f"{own:,} of {counted(n, 'article')} copy no earlier one: {percent(row['originality'])} ({band})",
        *(["too few to rank"] if row["few"] else []),
        click_for(int(row["count"])),
    ])  # fmt: skip
