"""Copies: how often each text ran, over time, and which outlet copies which.

The multiplier is drawn from 1, where nothing was copied: that is its zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import shortened
from analysis.charts.caption import caption, click_for, counted, empty_figure, headed_figure, times, when
from analysis.charts.describe import described
from analysis.charts.matrix import add_matrix
from analysis.charts.theme import LIGHT, Theme, plain
from analysis.charts.time_axis import add_bands, set_time, wall, widths
from analysis.charts.timeliness import lag_name
from analysis.charts.wording import period_name
from analysis.measures.coverage import NOT_COLLECTED, PARTIAL

__all__ = ["syndication_chart", "syndication_finding", "who_copies_whom_chart"]

_FEW = 10


def syndication_chart(
    frame: pd.DataFrame, *, every: str, subject: str = "Coverage", snapshot: str = "", theme: Theme = LIGHT
) -> go.Figure:
    """Articles per text over time, as bars from 1.

    Args:
        frame: from `analysis.measures.syndication.syndication`.
        every: as the measure was asked.
        subject: what the title is about.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each bar's `customdata` is the first day of its period, ISO.

    >>> from analysis.measures.syndication import syndication
    >>> times = pd.to_datetime(["2021-08-23T05:30Z"] * 12)
    >>> frame = pd.DataFrame({"article_id": list("abcdefghijkl"), "copy_group_id": ["g"] * 7 + [None] * 5})
    >>> syndication_chart(syndication(frame.assign(published_at=times)), every="day").layout.meta["title"]
    'Coverage: each text ran 2.0 times on 23 August 2021, 12 articles of 6 texts'
    """
    title = syndication_finding(frame, every, subject)
    starts = wall(frame["period"])
    width = widths(starts, every)
    zone = str(frame["period"].dtype.tz) if isinstance(frame["period"].dtype, pd.DatetimeTZDtype) else "UTC"
    subtitle = caption(
        f"articles per distinct text, each {every}; from 1, no copies",
        f"pale: fewer than {_FEW} articles" if frame["n_articles"].between(1, _FEW - 1).any() else "",
        "hatched: collected in part" if (frame["status"] == PARTIAL).any() else "",
        span=(starts[0], starts[-1] + width[-1]) if starts else None,
        zone=zone,
        snapshot=snapshot,
    )
    if not frame["multiplier"].notna().any():
        return empty_figure(
            theme, title=title, subtitle=subtitle, why="No article with a time in this selection."
        )
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=276)
    rows = frame.to_dict("records")
    figure.add_bar(
        x=[start + wide / 2 for start, wide in zip(starts, width, strict=True)],
        y=[None if pd.isna(row["multiplier"]) else row["multiplier"] - 1 for row in rows], base=1,
        width=[wide / pd.Timedelta(1, "ms") * 0.9 for wide in width],
        customdata=[start.date().isoformat() for start in starts],
        hovertext=[_hover(row, start, every) for row, start in zip(rows, starts, strict=True)],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={
            "color": theme.bar, "line": {"width": 0},
            "opacity": [0.45 if few else 1 for few in frame["n_articles"].between(1, _FEW - 1).fillna(value=False)],
            "pattern": {"shape": ["/" if row["status"] == PARTIAL else "" for row in rows], "fgcolor": theme.paper,
                        "bgcolor": theme.bar, "size": 5, "solidity": 0.35},
        },
    )  # fmt: skip
    add_bands(figure, frame, starts, width, theme)
    set_time(figure, starts, width, every)
    top = max(float(frame["multiplier"].max()), 1.5) * 1.03
    figure.update_yaxes(range=[1, top], tick0=1, dtick=_step(top - 1), ticksuffix="x", showline=False)
    gone = int((frame["status"] == NOT_COLLECTED).sum())
    marks = f"Bars per {every}, highest {times(float(frame['multiplier'].max()))}."
    return described(figure, marks + (f" {gone:,} not collected." if gone else ""))


def _step(reach: float) -> float:
    """The distance of ticks that gives at most five."""
    power = 10 ** np.floor(np.log10(reach / 5))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= reach / 5))


def syndication_finding(frame: pd.DataFrame, every: str, subject: str) -> str:
    """When copies were most, as a sentence; periods of few articles are not ranked.

    >>> rows = {"n_articles": [3], "n_texts": [2], "multiplier": [1.5]}
    >>> syndication_finding(pd.DataFrame(rows), "day", "Coverage")
    'Coverage: never 10 articles in a day, too few to rank copying'
    """
    if not frame["n_articles"].fillna(0).any():
        return f"{subject}: no article in this time"
    enough = frame[frame["n_articles"].fillna(0) >= _FEW]
    if enough.empty:
        return f"{subject}: never {_FEW} articles in a {every}, too few to rank copying"
    top = enough.iloc[int(enough["multiplier"].argmax())]
    n, texts = int(top["n_articles"]), int(top["n_texts"])
    if n == texts:
        return f"{subject}: no text ran twice in a {every}"
    ran = f"each text ran {top['multiplier']:.1f} times"
    of = f"{counted(n, 'article')} of {counted(texts, 'text')}"
    if len(enough) == 1:
        return f"{subject}: {ran} {when(top['period'], every)}, {of}"
    return f"{subject} was most copied {when(top['period'], every)}: {ran}, {of}"


def _hover(row: dict[Any, Any], start: pd.Timestamp, every: str) -> str:
    name = f"<b>{period_name(start, every)}</b>"
    if row["status"] == NOT_COLLECTED:
        return f"{name}<br>not collected"
    n = int(row["n_articles"])
    if not n:
        return f"{name}<br>no article"
    lines = [
        name,
        f"{counted(n, 'article')} of {counted(int(row['n_texts']), 'text')}: {row['multiplier']:.2f}x",
    ]
    lines += ["too few to rank"] if n < _FEW else []
    lines += ["partial: not every day was collected"] if row["status"] == PARTIAL else []
    return "<br>".join([*lines, click_for(n)])


def who_copies_whom_chart(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    top: int = 10,
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """Which outlet copies which: origins as rows, copiers as columns, the number of copies in each cell.

    Args:
        frame: from `analysis.measures.syndication.copiers`.
        names: domain -> name, where known.
        top: how many origins and copiers at most, those with most copies.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each cell's `customdata` is origin and copier (domains). Cells without a copy are empty.

    >>> frame = pd.DataFrame({"origin": ["pa.org"], "copier": ["sky.com"], "n": [12], "median_lag_hours": [2.5]})
    >>> who_copies_whom_chart(frame).layout.meta["title"]
    'pa.org was copied most: 12 times by 1 outlet'
    """
    called = dict(names or {})
    others = frame[frame["origin"] != frame["copier"]]
    origins = _most(others, "origin", top)
    copiers = _most(others[others["origin"].isin(origins)], "copier", top)
    shown = frame[frame["origin"].isin(origins) & frame["copier"].isin(copiers)]
    title = _copy_title(others, origins, called)
    left = int(others["n"].sum()) - int(shown.loc[shown["origin"] != shown["copier"], "n"].sum())
    subtitle = caption(
        f"copies of texts, {int(others['n'].sum()):,} between outlets",
        "row: earliest in this corpus, column: who copied it",
        f"{left:,} not shown" if left else "",
        span=span, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    if others.empty:
        return empty_figure(
            theme, title=title, subtitle=subtitle, why="No text of one outlet ran at another."
        )
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=200)
    some = set(shown["origin"])  # the others were copied by few, here and there
    rows = [origin for origin in origins if origin in some]
    cells = {(row["origin"], row["copier"]): row for row in shown.to_dict("records")}
    add_matrix(
        figure, theme, rows, copiers, {key: int(row["n"]) for key, row in cells.items()},
        {key: _cell(row, called) for key, row in cells.items()}, names=called,
    )  # fmt: skip
    best = (
        others.sort_values(["n", "origin", "copier"], ascending=[False, True, True])
        .head(5)
        .to_dict("records")
    )
    pairs = (
        f"{_name(row['copier'], called)} from {_name(row['origin'], called)} {int(row['n']):,}"
        for row in best
    )
    return described(figure, f"Cells: {'; '.join(pairs)}.")


def _most(frame: pd.DataFrame, side: str, top: int) -> list[str]:
    sums = frame.groupby(side)["n"].sum().rename("n").reset_index()
    return sums.sort_values(["n", side], ascending=[False, True]).head(top)[side].tolist()


def _copy_title(others: pd.DataFrame, origins: list[str], names: dict[str, str]) -> str:
    n = int(others["n"].sum())
    if not n:
        return "No outlet here copied another"
    if n < _FEW:
        return f"{n:,} {'copy' if n == 1 else 'copies'} between outlets: too few to rank who copies whom"
    own = others[others["origin"] == origins[0]]
    return f"{_name(origins[0], names)} was copied most: {int(own['n'].sum()):,} times by {counted(len(own), 'outlet')}"


def _name(domain: str, names: dict[str, str]) -> str:
    return shortened(names.get(domain, domain), 32)


def _cell(row: dict[Any, Any], names: dict[str, str]) -> str:
    n = int(row["n"])
    copies = f"{n:,} {'copy' if n == 1 else 'copies'}"
    origin, copier = (plain(_name(str(row[side]), names)) for side in ("origin", "copier"))
    lines = [
        f"<b>{copier} copied {origin}</b>" if origin != copier else f"<b>{origin} ran its own text again</b>",
        copies,
    ]
    if pd.notna(row["median_lag_hours"]):
        lines.append(f"after {lag_name(float(row['median_lag_hours']))}, median")
    return "<br>".join([*lines, click_for(n)])
