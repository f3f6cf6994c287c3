"""The related lists as pictures: few articles as a graph, outlets as a matrix of who lists whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import shortened
from analysis.charts.caption import caption, click_for, counted, empty_figure, faint, headed_figure
from analysis.charts.describe import described
from analysis.charts.matrix import add_matrix
from analysis.charts.theme import LIGHT, Theme, plain
from analysis.charts.wording import percent

__all__ = ["link_graph_chart", "outlet_links_chart"]

_FEW = 10
_NAMED = 8  # articles named beside their dots, those in most lists
_LARGEST = 26.0  # pixels across
_SERIF = "Georgia, 'Source Serif 4', 'Source Serif', 'Noto Serif', 'Liberation Serif', serif"


def link_graph_chart(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """Articles as dots and their related lists as lines; for as many as can be read, some forty.

    Args:
        nodes: `article_id`, `title`, `outlet`, `n_listed`, `n_lists`, one row an article.
        edges: `source` and `target`, each link once.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each dot's `customdata` is the article's id. The places are the same every time: a spring layout
        (Fruchterman & Reingold 1991) from a fixed beginning.

    >>> nodes = pd.DataFrame({"article_id": ["a", "b"], "title": ["Ban it", "Bans"], "outlet": "Sky",
    ...     "n_listed": [0, 1], "n_lists": [1, 0]})
    >>> link_graph_chart(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]})).layout.meta["title"]
    '2 articles, linked in one group'
    """
    both = set(zip(edges["target"], edges["source"], strict=True))
    mutual = [pair in both for pair in zip(edges["source"], edges["target"], strict=True)]
    share = sum(mutual) / len(mutual) if mutual else 0.0
    subtitle = caption(
        f"{counted(len(edges), 'link')} of related lists, {percent(share)} mutual" if len(edges) else "links",
        "area: lists that name it", "strong: both name each other" if any(mutual) else "", "related is not one event",
        span=span, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    if edges.empty:
        why = "No related list here names an article of this selection."
        return empty_figure(theme, title="No links to draw", subtitle=subtitle, why=why)
    import networkx as nx  # noqa: PLC0415 - slow to load, and only this needs it

    graph = nx.Graph()
    graph.add_nodes_from(sorted(nodes["article_id"]))
    graph.add_edges_from(sorted(zip(edges["source"], edges["target"], strict=True)))
    groups = nx.number_connected_components(graph)
    tied = "in one group" if groups == 1 else f"in {groups:,} groups apart"
    title = f"{counted(len(nodes), 'article')}, linked {tied}"
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=420)
    places = nx.spring_layout(graph, seed=0, iterations=200, k=1.6 / np.sqrt(len(graph)))
    _add_lines(figure, theme, edges, mutual, places)
    _add_dots(figure, theme, nodes, places)
    bare = {"showgrid": False, "showline": False, "showticklabels": False, "zeroline": False}
    figure.update_xaxes(range=[-1.25, 1.25], **bare)
    figure.update_yaxes(range=[-1.15, 1.15], **bare)
    figure.update_layout(margin={"l": 4, "r": 4, "b": 8})
    best = nodes.sort_values(["n_listed", "article_id"], ascending=[False, True]).head(10)
    said = "; ".join(
        f"{shortened(_title(row))} in {counted(int(row['n_listed']), 'list')}"
        for row in best.to_dict("records")
    )
    return described(figure, f"Dots: {said}.")


def _title(row: dict[Any, Any]) -> str:
    return row["title"] if isinstance(row["title"], str) and row["title"] else "(no headline)"


def _add_lines(
    figure: go.Figure, theme: Theme, edges: pd.DataFrame, mutual: list[bool], places: Mapping[str, Any]
) -> None:
    """A line for each link; one trace of those to one side, one of those to both."""
    for is_mutual, colour, width in (
        (False, faint(theme.muted, 0.45), 1.0),
        (True, faint(theme.ink, 0.6), 1.6),
    ):
        xs: list[float | None] = []
        ys: list[float | None] = []
        for source, target, here in zip(edges["source"], edges["target"], mutual, strict=True):
            if here == is_mutual and (not is_mutual or source < target):
                xs += [round(float(places[source][0]), 3), round(float(places[target][0]), 3), None]
                ys += [round(float(places[source][1]), 3), round(float(places[target][1]), 3), None]
        figure.add_scatter(x=xs, y=ys, mode="lines", line={"color": colour, "width": width}, hoverinfo="skip")


def _add_dots(figure: go.Figure, theme: Theme, nodes: pd.DataFrame, places: Mapping[str, Any]) -> None:
    ranked = nodes.sort_values(["n_listed", "article_id"], ascending=[False, True])
    rows = ranked.to_dict("records")
    at = [[round(float(value), 3) for value in places[row["article_id"]]] for row in rows]
    most = max((int(row["n_listed"]) for row in rows), default=1) or 1
    figure.add_scatter(
        x=[place[0] for place in at], y=[place[1] for place in at], mode="markers",
        customdata=[row["article_id"] for row in rows],
        hovertext=[
            "<br>".join([
                f"<b>{plain(shortened(_title(row), 80))}</b>", plain(shortened(str(row["outlet"]))),
                f"in {counted(int(row['n_listed']), 'list')}; lists {int(row['n_lists']):,} itself",
                "click for the article",
            ])
            for row in rows
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"size": [max(_LARGEST * (int(row["n_listed"]) / most) ** 0.5, 8) for row in rows], "opacity": 1,
                "color": theme.bar, "line": {"width": 1, "color": theme.paper}},
    )  # fmt: skip
    taken: list[tuple[float, float]] = []
    for row, (x, y) in list(zip(rows, at, strict=True))[:_NAMED]:
        if any(abs(x - left) < 0.7 and abs(y - low) < 0.09 for left, low in taken):
            continue
        taken.append((x, y))
        figure.add_annotation(
            x=x, y=y, text=plain(shortened(_title(row), 32)), showarrow=False, xanchor="left" if x < 0.2 else "right",
            xshift=14 if x < 0.2 else -14, font={"size": 13, "color": theme.ink, "family": _SERIF},
            bgcolor=faint(theme.paper, 0.8), borderpad=1,
        )  # fmt: skip


def outlet_links_chart(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """Which outlets' records list which outlets' articles.

    Args:
        frame: from `analysis.measures.recommended.outlet_links`.
        names: domain -> name, where known.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each cell's `customdata` is both domains with a slash: whose lists, whose articles.

    >>> frame = pd.DataFrame({"source": ["a.uk"], "target": ["b.uk"], "n_links": [30], "n_articles": [12]})
    >>> outlet_links_chart(frame, names={"a.uk": "Sky"}).layout.meta["title"]
    'Sky lists b.uk most: 12 of its articles'
    """
    called = dict(names or {})
    subtitle = caption(
        "articles of the column's outlet that lists of the row's name, each once", "outlets of most links",
        span=span, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    if frame.empty:
        why = "No related list here names an article of this selection."
        return empty_figure(theme, title="No outlet lists another", subtitle=subtitle, why=why)
    figure = headed_figure(theme, title=_most(frame, called), subtitle=subtitle, height=200)
    ends = pd.concat([frame.set_index(side)["n_links"] for side in ("source", "target")])
    weight = ends.groupby(level=0).sum().rename_axis("id").reset_index(name="n")
    order = weight.sort_values(["n", "id"], ascending=[False, True])["id"].tolist()
    # Columns are named by the numbers of the rows: a telephone has no room for names above them.
    labels = {f"r{key}": f"{place} {called.get(key, key)}" for place, key in enumerate(order, 1)}
    labels |= {f"c{key}": str(place) for place, key in enumerate(order, 1)}
    cells = {(f"r{row['source']}", f"c{row['target']}"): row for row in frame.to_dict("records")}
    add_matrix(
        figure, theme, [f"r{key}" for key in order], [f"c{key}" for key in order],
        {pair: int(row["n_articles"]) for pair, row in cells.items()},
        {pair: _cell_hover(row, called) for pair, row in cells.items()},
        names=labels, keys={pair: [f"{row['source']}/{row['target']}"] for pair, row in cells.items()}, slanted=False,
    )  # fmt: skip
    best = frame.sort_values(["n_articles", "source", "target"], ascending=[False, True, True]).head(10)
    said = "; ".join(
        f"{shortened(called.get(row['source'], row['source']))} lists "
        f"{shortened(called.get(row['target'], row['target']))} {int(row['n_articles']):,}"
        for row in best.to_dict("records")
    )
    return described(figure, f"Cells, the fullest: {said}.")


def _most(frame: pd.DataFrame, names: dict[str, str]) -> str:
    """Who lists another most; an outlet's lists of its own are no finding."""
    others = frame[frame["source"] != frame["target"]]
    if others.empty:
        return "Lists here name only articles of their own outlet"
    if int(others["n_links"].sum()) < _FEW:
        return f"{counted(int(others['n_links'].sum()), 'link')} between outlets: too few to rank"
    ranked = others.sort_values(
        ["n_articles", "n_links", "source", "target"], ascending=[False, False, True, True]
    )
    top = ranked.iloc[0]
    one, other = (shortened(names.get(str(top[side]), str(top[side])), 30) for side in ("source", "target"))
    return f"{one} lists {other} most: {int(top['n_articles']):,} of its articles"


def _cell_hover(row: dict[Any, Any], names: dict[str, str]) -> str:
    one, other = (plain(shortened(names.get(row[side], row[side]))) for side in ("source", "target"))
    whose = "its own" if row["source"] == row["target"] else f"of {other}"
    n = int(row["n_articles"])
    lines = [
        f"<b>{one} lists {'itself' if row['source'] == row['target'] else other}</b>",
        f"{counted(n, 'article')} {whose}, in {int(row['n_links']):,} entries of lists",
        click_for(n),
    ]
    return "<br>".join(lines)
