"""Topic clusters over time, a strand each, and the order in which they would merge."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.caption import caption, click_for, counted, empty_figure, headed_figure, when
from analysis.charts.clusters import short_label
from analysis.charts.describe import described
from analysis.charts.theme import LIGHT, Theme, plain
from analysis.charts.time_axis import add_bands, set_time, wall, widths
from analysis.charts.wording import period_name
from analysis.measures.coverage import NOT_COLLECTED, PARTIAL

__all__ = ["cluster_tree_chart", "strands_chart"]

_FEW = 10
_STRANDS = 12  # as many as a screen holds
_ROW = 46  # pixels of a strand: its name over its bars
_HIGH = 0.56  # of a row, the highest bar
_LEAF = 26  # pixels of a cluster in the tree
_TREE = 0.36  # of the width; the names have the rest


def strands_chart(
    frame: pd.DataFrame, clusters: pd.DataFrame, *, every: str, snapshot: str = "", theme: Theme = LIGHT
) -> go.Figure:
    """The strength of each cluster over time: a row of bars each, all on one scale.

    Args:
        frame: `period`, `cluster_id`, `count` (missing where not collected), `status`: every period of the range.
        clusters: of `analysis.grouping.clusters.TopicClusters`, the largest first; of more than 12 the others are left
            out, which is said.
        every: length of a period.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each bar's `customdata` is its cluster, a slash, and the first day of its period.

    >>> days = pd.to_datetime(["2021-08-23", "2021-08-24"]).tz_localize("UTC")
    >>> frame = pd.DataFrame({"period": days, "cluster_id": "t", "count": [3, 9], "status": "observed"})
    >>> clusters = pd.DataFrame({"cluster_id": ["t"], "label": ["ban, police"], "size": [12]})
    >>> strands_chart(frame, clusters, every="day").layout.meta["title"]
    'ban, police was strongest on 24 August 2021, with 9 articles'
    """
    shown = clusters.head(_STRANDS)
    periods = frame.drop_duplicates("period")
    starts = wall(periods["period"])
    width = widths(starts, every)
    title = _strongest(frame, shown, every)
    subtitle = caption(
        f"articles per {every}, one scale",
        f"the {len(shown):,} largest of {len(clusters):,} clusters" if len(clusters) > len(shown) else "",
        "hatched: collected in part" if (periods["status"] == PARTIAL).any() else "",
        span=(starts[0], starts[-1] + width[-1]) if starts else None, zone=_zone(frame), snapshot=snapshot,
    )  # fmt: skip
    if not frame["count"].fillna(0).any():
        return empty_figure(theme, title=title, subtitle=subtitle, why="No article here has a time.")
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=240)
    most = int(frame["count"].fillna(0).max())
    for place, row in enumerate(shown.to_dict("records")):
        part = frame[frame["cluster_id"] == row["cluster_id"]]
        _add_strand(figure, theme, part, row, place, most, every)
    add_bands(figure, periods, starts, width, theme, label=False)
    set_time(figure, starts, width, every)
    figure.update_yaxes(
        range=[-len(shown) + 0.9, 1.05], showgrid=False, showticklabels=False, zeroline=False, showline=False
    )
    height = figure.laid("margin", "t") + _ROW * len(shown) + 46
    figure.update_layout(height=height, margin={"l": 4, "r": 8}, bargap=0)
    sums = frame.groupby("cluster_id")["count"].sum()
    said = "; ".join(
        f"{short_label(row['label'])} {int(sums.get(row['cluster_id'], 0)):,}"
        for row in shown.to_dict("records")
    )
    gone = int((periods["status"] == NOT_COLLECTED).sum())
    marks = f"Bars per {every}, a row a cluster: {said}."
    return described(figure, marks + (f" {counted(gone, every)} not collected." if gone else ""))


def _zone(frame: pd.DataFrame) -> str:
    kind = frame["period"].dtype
    return str(kind.tz) if isinstance(kind, pd.DatetimeTZDtype) else "UTC"


def _strongest(frame: pd.DataFrame, shown: pd.DataFrame, every: str) -> str:
    known = frame[frame["cluster_id"].isin(shown["cluster_id"])].dropna(subset=["count"])
    if known.empty or not known["count"].any():
        return "No strand over time"
    if int(known["count"].sum()) < _FEW:
        return f"{counted(int(known['count'].sum()), 'article')}: too few to follow strands"
    top = known.iloc[int(known["count"].astype("float64").to_numpy().argmax())]
    label = shown.loc[shown["cluster_id"] == top["cluster_id"], "label"].iloc[0]
    most = counted(int(top["count"]), "article")
    return f"{short_label(label, 48)} was strongest {when(top['period'], every)}, with {most}"


def _add_strand(
    figure: go.Figure,
    theme: Theme,
    part: pd.DataFrame,
    row: dict[Any, Any],
    place: int,
    most: int,
    every: str,
) -> None:
    some = part[part["count"].notna() & (part["count"] > 0)]
    starts = wall(some["period"])
    width = widths(starts, every)
    partial = (some["status"] == PARTIAL).tolist()
    counts = [int(n) for n in some["count"]]
    name = short_label(row["label"], 38)
    figure.add_bar(
        x=[start + wide / 2 for start, wide in zip(starts, width, strict=True)],
        y=[_HIGH * n / most for n in counts], base=[-place] * len(counts),
        width=[wide / pd.Timedelta(1, "ms") * 0.86 for wide in width],
        customdata=[f"{row['cluster_id']}/{start.date().isoformat()}" for start in starts],
        hovertext=[
            f"<b>{plain(name)}</b><br>{period_name(start, every)}: {counted(n, 'article')}"
            f"{', collected in part' if half else ''}<br>{click_for(n)}"
            for start, n, half in zip(starts, counts, partial, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"color": theme.bar, "line": {"width": 0},
                "pattern": {"shape": ["/" if half else "" for half in partial], "fgcolor": theme.paper, "size": 5,
                            "solidity": 0.35}},
    )  # fmt: skip
    figure.add_shape(
        type="line", xref="paper", x0=0, x1=1, y0=-place, y1=-place, line={"color": theme.hairline, "width": 1}
    )  # fmt: skip
    common: dict[str, Any] = {
        "xref": "paper", "y": _HIGH - place, "showarrow": False, "yanchor": "bottom", "yshift": -2,
    }  # fmt: skip
    number = f"<b>{place + 1}</b>&nbsp; "
    figure.add_annotation(
        x=0, xanchor="left", text=number + plain(name), font={"size": 13, "color": theme.ink}, **common
    )
    figure.add_annotation(
        x=1, xanchor="right", text=f"{int(row['size']):,}", font={"size": 12, "color": theme.muted}, **common
    )


def cluster_tree_chart(
    tree: pd.DataFrame, clusters: pd.DataFrame, *, snapshot: str = "", theme: Theme = LIGHT
) -> go.Figure:
    """The clusters as a tree: the further right two branches join, the more alike they are.

    Args:
        tree: of `analysis.grouping.clusters.TopicClusters`.
        clusters: of the same, the largest first.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each dot's `customdata` is its cluster, or the step at which clusters merge, such as `step-3`.

    >>> tree = pd.DataFrame({"step": [1], "left": ["t"], "right": ["u"], "distance": [0.4], "size": [9]})
    >>> clusters = pd.DataFrame({"cluster_id": ["t", "u"], "label": ["ban", "robots"], "size": [5, 4]})
    >>> cluster_tree_chart(tree, clusters).layout.meta["title"]
    'Most alike: ban and robots'
    """
    subtitle = caption("distance of clusters: 1 − cosine of their centres", "right: alike", snapshot=snapshot)
    named = {row["cluster_id"]: row for row in clusters.to_dict("records")}
    if tree.empty:
        why = "There is one cluster." if named else "There is no cluster."
        return empty_figure(theme, title="Nothing to merge", subtitle=subtitle, why=why)
    steps = {f"step {row['step']}": row for row in tree.to_dict("records")}
    first = tree.iloc[0]
    title = f"Most alike: {' and '.join(short_label(named[first[side]]['label'], 34) for side in ('left', 'right'))}"
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=240)
    below = _leaves(steps)
    order = below[f"step {len(steps)}"]
    place = {key: float(order.index(key)) for key in order}
    for key, row in steps.items():
        place[key] = (place[row["left"]] + place[row["right"]]) / 2
    _add_branches(figure, theme, steps, place)
    _add_joints(figure, theme, steps, below, named, place)
    numbers = {key: number for number, key in enumerate(named, 1)}
    for key in order:
        text = f"<b>{numbers[key]}</b>&nbsp; {plain(short_label(named[key]['label']))}"
        figure.add_annotation(
            x=1, xref="x domain", y=place[key], text=text, xanchor="left", xshift=10, showarrow=False,
            font={"size": 12, "color": theme.ink},
        )  # fmt: skip
    far = float(tree["distance"].max())
    figure.update_xaxes(
        range=[far * 1.06, -far * 0.02], domain=[0, _TREE], showgrid=True, nticks=4, showline=False, tickformat=".1f"
    )  # fmt: skip
    figure.update_yaxes(
        range=[len(order) - 0.4, -0.6], showgrid=False, showticklabels=False, showline=False, zeroline=False
    )
    figure.update_layout(
        height=figure.laid("margin", "t") + _LEAF * len(order) + 30, margin={"l": 8, "r": 4, "b": 28}
    )
    said = "; ".join(
        f"at {row['distance']:.2f} {' with '.join(_names(part, named) for part in parts)}"
        for row in steps.values()
        for parts in [[below.get(row[side], [row[side]]) for side in ("left", "right")]]
    )
    return described(figure, f"Merges, the most alike first: {said}.")


def _leaves(steps: dict[str, dict[Any, Any]]) -> dict[str, list[str]]:
    """The clusters under each step, the larger branch above."""
    found: dict[str, list[str]] = {}
    for key, row in steps.items():
        sides = [found.get(row[side], [row[side]]) for side in ("left", "right")]
        sides.sort(key=lambda side: (-len(side), side))
        found[key] = [*sides[0], *sides[1]]
    return found


def _names(keys: list[str], named: dict[Any, dict[Any, Any]]) -> str:
    return " + ".join(short_label(named[key]["label"]) for key in keys)


def _add_branches(
    figure: go.Figure, theme: Theme, steps: dict[str, dict[Any, Any]], place: dict[str, float]
) -> None:
    """A bracket for each merge."""
    at = {key: float(row["distance"]) for key, row in steps.items()}
    xs: list[float | None] = []
    ys: list[float | None] = []
    for key, row in steps.items():
        one, two = row["left"], row["right"]
        xs += [at.get(one, 0.0), at[key], at[key], at.get(two, 0.0), None]
        ys += [place[one], place[one], place[two], place[two], None]
    figure.add_scatter(x=xs, y=ys, mode="lines", line={"color": theme.muted, "width": 1.5}, hoverinfo="skip")


def _add_joints(
    figure: go.Figure,
    theme: Theme,
    steps: dict[str, dict[Any, Any]],
    below: dict[str, list[str]],
    named: dict[Any, dict[Any, Any]],
    place: dict[str, float],
) -> None:
    """A dot for each cluster and for each merge."""
    keys = [*named, *steps]
    leaves = [below.get(key, [key]) for key in keys]
    sizes = [sum(int(named[one]["size"]) for one in part) for part in leaves]
    distance = [float(steps[key]["distance"]) if key in steps else 0.0 for key in keys]
    figure.add_scatter(
        x=distance, y=[place[key] for key in keys], mode="markers",
        customdata=[key.replace(" ", "-") if key in steps else key for key in keys],
        hovertext=[
            f"<b>{plain(_names(part[:3], named))}{' and others' if len(part) > 3 else ''}</b><br>"
            + (f"{counted(len(part), 'cluster')}, merged at {far:.2f}, " if len(part) > 1 else "")
            + f"{counted(n, 'article')}<br>{click_for(n)}"
            for part, n, far in zip(leaves, sizes, distance, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"size": [9 if key in named else 7 for key in keys], "opacity": 1,
                "color": [theme.bar if key in named else theme.muted for key in keys],
                "line": {"width": 1, "color": theme.paper}},
    )  # fmt: skip
