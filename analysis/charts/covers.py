"""Who covers which story: the outlets of several stories, a column a story in its own colour, all on one scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import shortened
from analysis.charts.caption import caption, click_for, counted, empty_figure, headed_figure
from analysis.charts.describe import described
from analysis.charts.theme import LIGHT, STORY_COLOURS, Theme, plain
from analysis.charts.wording import percent

__all__ = ["covers_chart"]

_ROW = 26  # pixels
_FEW = 10  # articles in all
_LETTERS = 24


def covers_chart(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    colours: Mapping[str, str] | None = None,
    top: int = 12,
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """The outlets with most articles of the stories, and how many they have of each.

    Args:
        frame: `selection`, `provider_id` and `count`, one row a story and outlet, stories in the order drawn.
        names: domain -> name, where known.
        colours: selection -> colour; those of `STORY_COLOURS` in their order unless given.
        top: how many outlets at most, those with most articles of all the stories; one of two stories counts twice.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours of all else.

    Returns:
        A figure; each bar's `customdata` is its selection and the outlet's domain. A point stands for no article.

    >>> frame = pd.DataFrame({"selection": ["Ban", "Police"], "provider_id": "sky.com", "count": [9, 3]})
    >>> covers_chart(frame).layout.meta["title"]
    'sky.com has most of these stories: 9 articles of Ban, 3 of Police'
    """
    called, stories = dict(names or {}), list(dict.fromkeys(frame["selection"]))
    given = dict(zip(stories, STORY_COLOURS, strict=False)) | dict(colours or {})
    table = frame.pivot_table(index="provider_id", columns="selection", values="count", aggfunc="sum")
    table = table.reindex(columns=stories).fillna(0).astype("int64")
    order = pd.DataFrame({"n": table.sum(axis=1)}).rename_axis("provider_id").reset_index()
    order = order.sort_values(["n", "provider_id"], ascending=[False, True])
    best = table.reindex(order["provider_id"].head(top))
    title = _finding(best, called)
    subtitle = caption(
        f"articles of each story, of {counted(len(table), 'outlet')}",
        f"the {top} with most" if len(table) > top else "", "one scale", span=span, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    if best.empty:
        return empty_figure(theme, title=title, subtitle=subtitle, why="None of the stories has an article.")
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=240)
    most = int(best.to_numpy().max())
    for place, story in enumerate(stories):
        sums = int(table[story].sum())
        _add_column(figure, best[story], place, len(stories), given[story], most, sums, called, theme)
    labels = [f"{plain(_name(domain, called))}  " for domain in best.index]
    figure.update_yaxes(
        tickvals=list(range(len(best))), ticktext=labels, range=[len(best) - 0.5, -1.4], showgrid=False,
        showline=False, tickfont={"size": 12, "color": theme.ink},
    )  # fmt: skip
    widest = max(len(_name(domain, called)) for domain in best.index)
    figure.update_layout(
        height=figure.laid("margin", "t") + _ROW * (len(best) + 0.9) + 8, barmode="overlay",
        margin={"l": widest * 6.6 + 16, "b": 8, "r": 26},
    )  # fmt: skip
    said = "; ".join(
        f"{_name(domain, called)} "
        + ", ".join(f"{n:,} of {shortened(str(story))}" for story, n in row.items())
        for domain, row in best.head(5).iterrows()
    )
    return described(figure, f"Bars, the first outlets: {said}.")


def _finding(best: pd.DataFrame, names: dict[str, str]) -> str:
    """Who has most of the stories, and of which."""
    if best.empty:
        return "None of the stories has an article"
    if int(best.to_numpy().sum()) < _FEW:
        return f"{counted(int(best.to_numpy().sum()), 'article')}: too few to say who covers what"
    first = best.iloc[0].sort_values(ascending=False, kind="stable")
    parts = [(shortened(str(story), 32), int(n)) for story, n in first.items() if n]
    said = f"{counted(parts[0][1], 'article')} of {parts[0][0]}"
    if len(best.columns) == 1:
        return f"{_name(str(best.index[0]), names)} covers it most: {counted(parts[0][1], 'article')}"
    said += f", {parts[1][1]:,} of {parts[1][0]}" if len(parts) > 1 else ", none of the others"
    return f"{_name(str(best.index[0]), names)} has most of these stories: {said}"


def _name(domain: Any, names: dict[str, str]) -> str:
    return shortened(names.get(str(domain), str(domain)), _LETTERS)


def _add_column(  # noqa: PLR0913, PLR0917 - one column of the figure, all of it
    figure: go.Figure,
    counts: pd.Series[int],
    place: int,
    n_columns: int,
    colour: str,
    most: int,
    whole: int,
    names: dict[str, str],
    theme: Theme,
) -> None:
    """One story: bars from its own left edge, each with its number, a point where there is none."""
    story, suffix = str(counts.name), str(place + 1) if place else ""
    wide = 1 / n_columns
    rows = list(range(len(counts)))
    figure.add_bar(
        x=counts.tolist(), y=rows, orientation="h", width=0.5, xaxis=f"x{suffix}", yaxis="y",
        customdata=[[story, domain] for domain in counts.index],
        hovertext=[_hover(story, str(domain), int(n), whole, names) for domain, n in counts.items()],
        hovertemplate="%{hovertext}<extra></extra>", marker={"color": colour, "line": {"width": 0}},
    )  # fmt: skip
    for row, n in zip(rows, counts, strict=True):
        figure.add_annotation(
            x=int(n), xref=f"x{suffix}", y=row, yref="y", xanchor="left", xshift=3, showarrow=False,
            text=f"{int(n):,}" if n else "·", font={"size": 12, "color": theme.ink if n else theme.muted},
        )  # fmt: skip
    # A trace and no annotation, so that a page may hide the heads where they do not fit.
    figure.add_scatter(
        x=[0], y=[-0.95], mode="text", textposition="middle right", xaxis=f"x{suffix}", yaxis="y", hoverinfo="skip",
        text=[f'<span style="color:{colour}">■</span> {plain(shortened(story, max(96 // n_columns, 9)))}'],
        textfont={"size": 12, "color": theme.ink}, cliponaxis=False,
    )  # fmt: skip
    figure.update_layout({f"xaxis{suffix}": {
        "domain": [place * wide, (place + 1) * wide - 0.012], "range": [0, most * 1.45], "showgrid": False,
        "showticklabels": False, "zeroline": True, "zerolinecolor": theme.hairline, "fixedrange": True,
        "showline": False, "ticks": "", "anchor": "y",
    }})  # fmt: skip


def _hover(story: str, domain: str, n: int, whole: int, names: dict[str, str]) -> str:
    lines = [f"<b>{plain(_name(domain, names))}</b>", f"{plain(shortened(story))}: {counted(n, 'article')}"]
    lines += [f"{percent(n / whole)} of the story's"] if n else []
    return "<br>".join([*lines, *([click_for(n)] if n else [])])
