"""The topics that most articles carry, as bars. An article may carry several, so they do not add up."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import add_bars, shortened
from analysis.charts.describe import described
from analysis.charts.theme import LIGHT, Theme, figure_of, plain

__all__ = ["topics_chart"]


def topics_chart(
    frame: pd.DataFrame, *, n_articles: int, top: int = 8, snapshot: str = "", theme: Theme = LIGHT
) -> go.Figure:
    """The topics with most articles.

    Args:
        frame: columns `topic` and `count`, one row a topic, in any order.
        n_articles: articles of the selection, the denominator on hover.
        top: how many at most.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each bar's `customdata` is its topic.

    >>> frame = pd.DataFrame({"topic": ["AI", "Robots"], "count": [2, 5]})
    >>> topics_chart(frame, n_articles=50).layout.meta["title"]
    'Robots is the most frequent topic'
    """
    best = frame.sort_values(["count", "topic"], ascending=[False, True]).head(top)
    names, counts = best["topic"].tolist(), [int(n) for n in best["count"]]
    title = _title([shortened(name) for name in names], counts, n_articles)
    subtitle = f"articles with the topic, of {n_articles:,} · {len(frame):,} topics in all"
    subtitle += f" · snapshot {snapshot}" if snapshot else ""
    figure = figure_of(theme, title=title, subtitle=subtitle, height=200)
    hover = [
        f"<b>{plain(shortened(name))}</b><br>{n:,} of {n_articles:,} articles"
        f"<br>click for {n:,} article{'' if n == 1 else 's'}"
        for name, n in zip(names, counts, strict=True)
    ]
    add_bars(figure, theme, keys=names, labels=names, counts=counts, hover=hover)
    marks = "; ".join(f"{shortened(name)} {n:,}" for name, n in zip(names, counts, strict=True))
    return described(figure, f"Bars: {marks}." if marks else "")


def _title(names: list[str], counts: list[int], n_articles: int) -> str:
    if not names:
        return "No article here carries a topic"
    if n_articles < 10:
        return f"{n_articles} article{'' if n_articles == 1 else 's'}: too few to rank topics"
    if len(names) > 1 and counts[0] == counts[1]:
        return f"{names[0]} and {names[1]} are among the most frequent topics"
    return f"{names[0]} is the most frequent topic"
