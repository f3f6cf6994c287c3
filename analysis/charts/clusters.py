"""Topic clusters: their map and how their number was chosen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import shortened
from analysis.charts.caption import caption, click_for, counted, empty_figure, faint, headed_figure
from analysis.charts.describe import described
from analysis.charts.theme import LIGHT, Theme, plain
from analysis.charts.wording import percent

__all__ = ["cluster_choice_chart", "cluster_map_chart", "short_label", "spots"]

_CELLS = 44  # cells across the map: as fine as dots can be told apart
_FEW = 10
_LARGEST = 18.0  # pixels across
_CORE = 0.7  # of a cluster's articles, those nearest to its middle, inside its outline
_LETTERS = 26
_UNDER = (0.03, 0.045)  # of a number's disc, across and down, from its middle
_WIDE = 0.075  # of a number, on a map that is 2 wide and some 640 pixels


def short_label(label: str, length: int = _LETTERS) -> str:
    """As many of a cluster's terms as fit.

    >>> short_label("facial recognition, police, ban"), short_label("app, missing part worth pennies, couriers")
    ('facial recognition, police', 'app')
    """
    terms = [term.strip() for term in str(label).split(",")]
    kept = terms[0]
    for term in terms[1:]:
        if len(kept) + len(term) + 2 > length:
            break
        kept = f"{kept}, {term}"
    return shortened(kept, length)


def spots(members: pd.DataFrame) -> pd.DataFrame:
    """The articles of a map by the cell that they lie in, which is a dot.

    Args:
        members: `article_id`, `cluster_id`, `x`, `y`, as `analysis.grouping.clusters` has them; articles without a
            place are left out.

    Returns:
        One row an article: `article_id`, `cluster_id`, `x`, `y`, and `spot` (str): cluster, column, line of its cell.

    >>> members = pd.DataFrame({"article_id": ["a", "b"], "cluster_id": ["t", "t"], "x": [-1.0, 1.0], "y": [0.0, 0.5]})
    >>> spots(members)["spot"].tolist()
    ['t/0/22', 't/43/33']
    """
    placed = members.loc[members["x"].notna(), ["article_id", "cluster_id", "x", "y"]].reset_index(drop=True)
    cells = [
        ((placed[name] + 1) / 2 * _CELLS).clip(0, _CELLS - 1).astype("int64").astype("str") for name in "xy"
    ]
    return placed.assign(spot=placed["cluster_id"] + "/" + cells[0] + "/" + cells[1])


def cluster_map_chart(
    members: pd.DataFrame,
    clusters: pd.DataFrame,
    *,
    n_articles: int | None = None,
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """The articles as dots, near to each other where their words are alike, with each cluster outlined and numbered.

    Args:
        members: of `analysis.grouping.clusters.TopicClusters`.
        clusters: of the same, the largest first; its order gives the numbers.
        n_articles: articles of the selection, where only some of them were clustered.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each dot's `customdata` is its spot (see `spots`), each number's its cluster. A dot under a number is
        no mark: the number is.

    >>> from analysis.grouping.clusters import cluster_topics
    >>> titles = ["Ban on face recognition", "Face recognition ban urged", "Robot taxi tests", "Robot taxi crashes"]
    >>> found = cluster_topics(pd.DataFrame({"article_id": list("abcdefghijkl"), "title": titles * 3}), k=2)
    >>> cluster_map_chart(found.members, found.clusters).layout.meta["title"]
    'The largest of 2 clusters: Robot taxi, with 6 articles'
    """
    placed = spots(members)
    rows = _apart(clusters)
    title = _title(rows, len(placed))
    whole = len(members) if n_articles is None else n_articles
    subtitle = caption(
        f"articles, {len(placed):,} of {whole:,} clustered", "near: alike in words; the axes mean nothing else",
        "area: articles", snapshot=snapshot,
    )  # fmt: skip
    if placed.empty:
        why = "No article here has a headline or an excerpt with words."
        return empty_figure(theme, title=title, subtitle=subtitle, why=why)
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=480)
    for row in rows:
        _outline(figure, theme, placed[placed["cluster_id"] == row["cluster_id"]])
    _add_spots(figure, theme, placed, {row["cluster_id"]: row for row in rows})
    _add_numbers(figure, theme, rows, _reach(placed["x"]))
    room = {"showgrid": False, "showline": False, "showticklabels": False, "zeroline": False}
    figure.update_xaxes(range=_reach(placed["x"]), **room)
    figure.update_yaxes(range=_reach(placed["y"]), **room)
    figure.update_layout(margin={"l": 4, "r": 4, "b": 8})
    said = "; ".join(f"{place} {row['label']} {row['size']:,}" for place, row in enumerate(rows, 1))
    return described(figure, f"Clusters, the largest first: {said}.")


def _title(rows: list[dict[Any, Any]], n: int) -> str:
    if not rows:
        return "There is nothing to cluster here"
    if n < _FEW:
        return f"{counted(n, 'article')}: too few for clusters to mean much"
    top = f"{short_label(rows[0]['label'], 48)}, with {counted(int(rows[0]['size']), 'article')}"
    return f"One cluster: {top}" if len(rows) == 1 else f"The largest of {len(rows):,} clusters: {top}"


def _apart(clusters: pd.DataFrame) -> list[dict[Any, Any]]:
    """The clusters as rows, those whose numbers would lie over another's moved down or up a little."""
    rows = clusters.to_dict("records")
    for _ in range(20):
        for place, row in enumerate(rows):
            for other in rows[:place]:
                if abs(row["x"] - other["x"]) < _WIDE and abs(row["y"] - other["y"]) < _WIDE:
                    way = 1 if row["y"] > other["y"] else -1
                    row["y"] = other["y"] + way * _WIDE
    return rows


def _reach(values: pd.Series[float]) -> list[float]:
    low, high = float(values.min()), float(values.max())
    room = max((high - low) * 0.06, 0.05)
    return [low - room, high + room]


def _outline(figure: go.Figure, theme: Theme, part: pd.DataFrame) -> None:
    """A pale ground under the core of a cluster: its articles nearest to the middle."""
    points = part[["x", "y"]].to_numpy()
    if len(points) < 4:
        return
    away = np.linalg.norm(points - np.median(points, axis=0), axis=1)
    edge = _hull(points[away <= np.quantile(away, _CORE)])
    if len(edge) > 2:
        figure.add_scatter(
            x=[*edge[:, 0], edge[0, 0]], y=[*edge[:, 1], edge[0, 1]], mode="lines", fill="toself",
            fillcolor=faint(theme.bar, 0.07), line={"color": faint(theme.bar, 0.35), "width": 1, "shape": "spline"},
            hoverinfo="skip",
        )  # fmt: skip


def _hull(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The corners of the points, anticlockwise (Andrew's monotone chain); fewer than three where they lie on a line."""
    ordered = [tuple(row) for row in np.unique(points.round(6), axis=0).tolist()]

    def half(rows: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        kept: list[tuple[float, float]] = []
        for row in rows:
            while len(kept) > 1 and _turn(kept[-2], kept[-1], row) <= 0:
                kept.pop()
            kept.append(row)
        return kept[:-1]

    return np.array([*half(ordered), *half(reversed(ordered))]).reshape(-1, 2)


def _turn(start: tuple[float, float], middle: tuple[float, float], end: tuple[float, float]) -> float:
    """Above zero where the way from start to end by the middle turns to the left."""
    (x0, y0), (x1, y1), (x2, y2) = start, middle, end
    return (x1 - x0) * (y2 - y0) - (y1 - y0) * (x2 - x0)


def _add_spots(
    figure: go.Figure, theme: Theme, placed: pd.DataFrame, rows: dict[Any, dict[Any, Any]]
) -> None:
    """A dot for each cell that a cluster has articles in, at the mean of their places."""
    found = placed.groupby(["cluster_id", "spot"], as_index=False).agg(
        x=("x", "mean"), y=("y", "mean"), n=("article_id", "size")
    )
    most = int(found["n"].max())
    size = (_LARGEST * np.sqrt(found["n"] / max(most, 16))).clip(lower=5)
    # What lies under a number would take its clicks.
    under = np.zeros(len(found), dtype=bool)
    for row in rows.values():
        under |= ((found["x"] - row["x"]).abs() < _UNDER[0]) & ((found["y"] - row["y"]).abs() < _UNDER[1])
    figure.add_scatter(
        x=found["x"][under].round(3).tolist(), y=found["y"][under].round(3).tolist(), mode="markers",
        hoverinfo="skip",
        marker={"size": size[under].round(1).tolist(), "color": faint(theme.bar, 0.5), "line": {"width": 0}},
    )  # fmt: skip
    found, size = found[~under], size[~under]
    hover = [
        f"<b>{plain(short_label(row['label'], 60))}</b><br>{counted(n, 'article')} here, "
        f"of the cluster's {row['size']:,}<br>{click_for(n)}"
        for row, n in zip((rows[key] for key in found["cluster_id"]), found["n"].tolist(), strict=True)
    ]
    figure.add_scatter(
        x=found["x"].round(3).tolist(), y=found["y"].round(3).tolist(), mode="markers",
        customdata=found["spot"].tolist(),
        hovertext=hover, hovertemplate="%{hovertext}<extra></extra>",
        marker={"size": size.round(1).tolist(), "color": faint(theme.bar, 0.5), "line": {"width": 0}},
    )  # fmt: skip


def _add_numbers(figure: go.Figure, theme: Theme, rows: list[dict[Any, Any]], reach: list[float]) -> None:
    """Each cluster's number at its middle, and beside it its first terms, where these find room."""
    figure.add_scatter(
        x=[row["x"] for row in rows], y=[row["y"] for row in rows], mode="markers+text",
        text=[str(place) for place in range(1, len(rows) + 1)], customdata=[row["cluster_id"] for row in rows],
        hovertext=[_cluster_hover(row) for row in rows], hovertemplate="%{hovertext}<extra></extra>",
        textfont={"size": 12, "color": theme.paper},
        marker={"size": 20, "color": theme.ink, "line": {"width": 1, "color": theme.paper}},
    )  # fmt: skip
    taken = [(row["x"], row["y"], 0.03) for row in rows]
    for row in rows:
        name = short_label(row["label"])
        width = 0.0105 * len(name) * (reach[1] - reach[0])  # on a map of some 640 pixels
        side = next((way for way in (1, -1) if _is_free(row, way, width, taken, reach)), None)
        if side is None:
            continue
        taken.append((row["x"] + side * (width / 2 + 0.04), row["y"], width / 2))
        figure.add_annotation(
            x=row["x"], y=row["y"], text=plain(name), showarrow=False, xshift=14 * side,
            xanchor="left" if side > 0 else "right", font={"size": 13, "color": theme.ink},
            bgcolor=faint(theme.paper, 0.75), borderpad=1,
        )  # fmt: skip


def _is_free(
    row: dict[Any, Any], side: int, width: float, taken: list[tuple[float, float, float]], reach: list[float]
) -> bool:
    """Whether a name beside a number would lie over no other, nor beyond the map."""
    middle, half = row["x"] + side * (width / 2 + 0.04), width / 2
    inside = reach[0] < middle - half and middle + half < reach[1]
    others = [one for one in taken if one[:2] != (row["x"], row["y"])]
    return inside and all(abs(middle - x) > half + wide or abs(row["y"] - y) > 0.09 for x, y, wide in others)


def _cluster_hover(row: dict[Any, Any]) -> str:
    n = int(row["size"])
    return "<br>".join([
        f"<b>{plain(shortened(row['label'], 80))}</b>",
        f"{counted(n, 'article')}, {percent(row['share'])} of those clustered",
        f"most typical: {plain(shortened(str(row['headline']), 70))}",
        click_for(n),
    ])  # fmt: skip


def cluster_choice_chart(choice: pd.DataFrame, *, snapshot: str = "", theme: Theme = LIGHT) -> go.Figure:
    """How distinct the clusters are for each number of them that was tried, and which number was chosen.

    Args:
        choice: of `analysis.grouping.clusters.TopicClusters`, of a number that was not given.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each dot's `customdata` is the number of clusters.

    >>> choice = pd.DataFrame({"k": [2, 3, 4], "score": [0.2, 0.39, 0.4], "chosen": [False, True, False]})
    >>> cluster_choice_chart(choice).layout.meta["title"]
    '3 clusters are the fewest that are nearly as distinct as can be'
    """
    known = choice.dropna(subset=["score"])
    subtitle = caption(
        "mean silhouette by cosine, −1 to 1: higher is more distinct", "click a dot for so many", snapshot=snapshot
    )  # fmt: skip
    if known.empty:
        why = "There are too few different texts to choose from."
        return empty_figure(theme, title="No number to choose", subtitle=subtitle, why=why)
    k = int(choice.loc[choice["chosen"], "k"].iloc[0])
    title = f"{counted(k, 'cluster')} are the fewest that are nearly as distinct as can be"
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=260)
    rows = known.to_dict("records")
    figure.add_scatter(
        x=[row["k"] for row in rows], y=[row["score"] for row in rows], mode="lines+markers",
        customdata=[int(row["k"]) for row in rows],
        hovertext=[f"{counted(int(row['k']), 'cluster')}: {row['score']:.2f}<br>click to divide so" for row in rows],
        hovertemplate="%{hovertext}<extra></extra>", line={"color": theme.hairline, "width": 1},
        marker={"size": [13 if row["chosen"] else 9 for row in rows], "opacity": 1,
                "color": [theme.bar if row["chosen"] else theme.muted for row in rows],
                "line": {"width": 1, "color": theme.paper}},
    )  # fmt: skip
    figure.update_xaxes(
        tickvals=[row["k"] for row in rows], showgrid=False, range=[rows[0]["k"] - 0.6, rows[-1]["k"] + 0.6]
    )
    low, high = float(known["score"].min()), float(known["score"].max())
    figure.update_yaxes(range=[min(low, 0) - 0.02, max(high, 0.1) * 1.12], tickformat=".1f", nticks=5, zeroline=True,
                        zerolinecolor=theme.muted)  # fmt: skip
    said = "; ".join(f"{row['k']}: {row['score']:.2f}" for row in rows)
    return described(figure, f"Dots, number of clusters and silhouette: {said}.")
