"""The related lists: which articles or outlets are recommended most, and which are known only through others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import add_bars, shortened
from analysis.charts.caption import caption, click_for, counted, empty_figure, headed_figure
from analysis.charts.describe import described
from analysis.charts.rows import add_intervals, add_labels, set_rows
from analysis.charts.theme import LIGHT, Theme, plain
from analysis.charts.wording import percent

__all__ = ["discovery_chart", "links_chart"]

_FEW = 10


def links_chart(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    by: str = "article",
    top: int = 8,
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """What stands in most related lists.

    Args:
        frame: from `analysis.measures.links.links`.
        names: id -> headline or outlet, where known.
        by: as the measure was asked.
        top: how many at most.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each bar's `customdata` is the article or outlet.

    >>> frame = pd.DataFrame({"id": ["b"], "n_listed": [12], "n_lists": [0], "pagerank": [1.0], "betweenness": [0.0]})
    >>> links_chart(frame, names={"b": "Ban it"}).layout.meta["title"]
    'Recommended most: Ban it, in 12 lists'
    """
    called = dict(names or {})
    listed = frame[frame["n_listed"] > 0]
    best = listed.sort_values(["n_listed", "id"], ascending=[False, True]).head(top)
    rows = best.to_dict("records")
    total = int(listed["n_listed"].sum())
    title = _title(rows, total, called, by)
    subtitle = caption(
        f"entries of related lists, {total:,} to {counted(len(listed), 'article' if by == 'article' else 'outlet')}",
        "" if by == "article" else "lists of other outlets", span=span, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    if not rows:
        return empty_figure(
            theme,
            title=title,
            subtitle=subtitle,
            why="No related list here names an article of this selection.",
        )
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=240)
    labels = [_name(row["id"], called) for row in rows]
    counts = [int(row["n_listed"]) for row in rows]
    add_bars(
        figure, theme, keys=[row["id"] for row in rows], labels=labels, counts=counts,
        hover=[_hover(row, called, by) for row in rows],
    )  # fmt: skip
    said = "; ".join(f"{shortened(label)} {n:,}" for label, n in zip(labels, counts, strict=True))
    return described(figure, f"Bars: {said}.")


def _name(key: str, names: dict[str, str]) -> str:
    return names.get(str(key), str(key))


def _title(rows: list[dict[Any, Any]], total: int, names: dict[str, str], by: str) -> str:
    if not rows:
        return "Nothing here is recommended by a related list"
    if total < _FEW:
        return f"{total:,} recommendation{'' if total == 1 else 's'}: too few to rank"
    first = rows[0]
    lists = (
        counted(int(first["n_listed"]), "list")
        if by == "article"
        else f"{int(first['n_listed']):,} entries of lists"
    )
    again = len(rows) > 1 and rows[1]["n_listed"] == first["n_listed"]
    return f"Recommended most: {shortened(_name(first['id'], names), 56)}{' and others' if again else ''}, in {lists}"


def _hover(row: dict[Any, Any], names: dict[str, str], by: str) -> str:
    n = int(row["n_listed"])
    where = counted(n, "list") if by == "article" else f"{n:,} entries of lists"
    lines = [
        f"<b>{plain(shortened(_name(row['id'], names), 70))}</b>",
        f"in {where}; lists {int(row['n_lists']):,} itself",
        f"PageRank {row['pagerank']:.3g}, betweenness {row['betweenness']:.3g}",
        f"click for the {counted(n, 'article')} whose list names it"
        if by == "article"
        else "click for its articles",
    ]
    return "<br>".join(lines)


def discovery_chart(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    top: int = 8,
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """Outlets by the share of their articles known only from the lists of others: a dot, its interval, a line for all.

    Args:
        frame: from `analysis.measures.links.discovery`.
        names: domain -> name, where known.
        top: how many outlets at most, those with most articles known only from lists.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each dot's `customdata` is the outlet's domain.

    >>> rows = {"provider_id": ["a.uk"], "n_articles": [40], "n_only_listed": [10], "share": 0.25, "share_low": 0.14,
    ...     "share_high": 0.4, "of_all": 0.25}
    >>> discovery_chart(pd.DataFrame(rows)).layout.meta["title"]
    '25 % of 40 articles are known only from related lists'
    """
    called = dict(names or {})
    n, only = int(frame["n_articles"].sum()), int(frame["n_only_listed"].sum())
    best = frame[frame["n_only_listed"] > 0].head(top)
    title = _discovery_title(n, only)
    subtitle = caption(
        "share of an outlet's articles that have no record of their own, 95 %", "line: all outlets",
        span=span, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    if best.empty:
        why = "Every article here has a record of its own." if n else "No article in this selection."
        return empty_figure(theme, title=title, subtitle=subtitle, why=why)
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=240)
    rows = best.to_dict("records")
    said = [_of(row) for row in rows]
    labels = [_name(row["provider_id"], called) for row in rows]
    whole = float(frame["of_all"].iloc[0])
    figure.add_scatter(
        x=[whole, whole],
        y=[-0.2, len(rows) - 0.5],
        mode="lines",
        hoverinfo="skip",
        line={"color": theme.muted, "width": 1},
    )
    marks = [
        {"key": row["provider_id"], "value": row["share"], "low": row["share_low"], "high": row["share_high"],
         "hover": _known(row, label)}
        for row, label in zip(rows, labels, strict=True)
    ]  # fmt: skip
    sure = [row["share_low"] > whole or row["share_high"] < whole for row in rows]
    add_intervals(figure, theme, marks, colours=[theme.bar if one else theme.muted for one in sure])
    add_labels(figure, theme, labels, said)
    set_rows(figure, len(rows))
    figure.update_xaxes(
        range=[-0.02, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%", showline=False
    )
    each = "; ".join(f"{shortened(label)} {one}" for label, one in zip(labels, said, strict=True))
    return described(figure, f"Dots: {each}.")


def _discovery_title(n: int, only: int) -> str:
    if not only:
        return "No article here is known only from related lists"
    share = percent(only / n) if only >= _FEW else f"{only:,}"
    return f"{share} of {counted(n, 'article')} {'is' if only == 1 else 'are'} known only from related lists"


def _of(row: dict[Any, Any]) -> str:
    few = ": too few to rank" if row["n_articles"] < 5 else ""
    return f"{int(row['n_only_listed']):,} of {counted(int(row['n_articles']), 'article')}{few}"


def _known(row: dict[Any, Any], label: str) -> str:
    lines = [
        f"<b>{plain(shortened(label))}</b>",
        f"{_of(row)}, known only from lists",
        f"{percent(row['share'])} ({percent(row['share_low'])} to {percent(row['share_high'])})",
        f"all outlets {percent(row['of_all'])}",
        click_for(int(row["n_only_listed"])),
    ]
    return "<br>".join(lines)
