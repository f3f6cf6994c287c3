"""Topics that stand together on articles, as a matrix: each pair once, with its articles in the cell."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import shortened
from analysis.charts.caption import caption, click_for, counted, empty_figure, headed_figure, times
from analysis.charts.describe import described
from analysis.charts.matrix import add_matrix
from analysis.charts.theme import LIGHT, Theme, plain

__all__ = ["topic_pairs_chart"]

_FEW = 5  # articles with both


def topic_pairs_chart(
    frame: pd.DataFrame,
    *,
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """How many articles carry both of two topics.

    Args:
        frame: from `analysis.measures.topic_pairs.topic_pairs`.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each cell's `customdata` is both topics, percent-encoded, with a slash between.

    >>> row = {"topic": "AI", "other": "Law", "n_both": 20, "n_topic": 40, "n_other": 30, "n_articles": 200}
    >>> frame = pd.DataFrame([{**row, "lift": 3.3, "lift_low": 2.2, "lift_high": 4.9}])
    >>> topic_pairs_chart(frame).layout.meta["title"]
    'AI and Law stand together 3.3x as often as chance would have it'
    """
    n = int(frame["n_articles"].iloc[0]) if len(frame) else 0
    subtitle = caption(
        f"articles that carry both, of {n:,}" if n else "articles that carry both", "the most frequent topics",
        span=span, zone=zone, snapshot=snapshot,
    )  # fmt: skip
    some = frame[frame["n_both"] > 0]
    if some.empty:
        why = "No article here carries two of the most frequent topics."
        return empty_figure(theme, title="No topics stand together", subtitle=subtitle, why=why)
    figure = headed_figure(theme, title=_title(frame), subtitle=subtitle, height=200)
    paired = {*some["topic"], *some["other"]}
    topics = [topic for topic in dict.fromkeys([*frame["topic"], *frame["other"]]) if topic in paired]
    # Columns are named by the numbers of the rows: a telephone has no room for words above them.
    down, across = topics[1:], topics[:-1]
    number = {topic: place for place, topic in enumerate(topics, 1)}
    names = {f"r{topic}": f"{number[topic]} {topic}" for topic in down}
    names |= {f"c{topic}": str(number[topic]) for topic in across}
    rows = {(f"r{row['other']}", f"c{row['topic']}"): row for row in some.to_dict("records")}
    add_matrix(
        figure, theme, [f"r{topic}" for topic in down], [f"c{topic}" for topic in across],
        {pair: row["n_both"] for pair, row in rows.items()},
        {pair: _hover(row) for pair, row in rows.items()},
        names=names, keys={pair: [_key(row)] for pair, row in rows.items()}, slanted=False,
    )  # fmt: skip
    figure.add_annotation(
        x=0, xref="paper", y=1, yref="y domain", xanchor="right", yanchor="bottom", showarrow=False, xshift=-4,
        text=plain(f"1 {shortened(topics[0], 22)}"), font={"size": 12, "color": theme.ink},
    )  # fmt: skip
    best = some.sort_values(["n_both", "topic", "other"], ascending=[False, True, True]).head(10)
    said = "; ".join(
        f"{shortened(row['topic'])} and {shortened(row['other'])} {row['n_both']:,} ({times(row['lift'])} chance)"
        for row in best.to_dict("records")
    )
    return described(figure, f"Cells, the fullest: {said}.")


def _key(row: dict[Any, Any]) -> str:
    return f"{quote(row['topic'], safe='')}/{quote(row['other'], safe='')}"


def _title(frame: pd.DataFrame) -> str:
    """The pair that is surest to be no chance: the highest lower end of its interval."""
    sure = frame[(frame["n_both"] >= _FEW) & (frame["lift_low"] > 1)]
    if sure.empty:
        return "No two topics stand together clearly more often than chance would have it"
    top = sure.sort_values(["lift_low", "topic", "other"], ascending=[False, True, True]).iloc[0]
    pair = f"{shortened(str(top['topic']), 32)} and {shortened(str(top['other']), 32)}"
    return f"{pair} stand together {times(float(top['lift']))} as often as chance would have it"


def _hover(row: dict[Any, Any]) -> str:
    n = int(row["n_both"])
    lines = [
        f"<b>{plain(shortened(row['topic']))} and {plain(shortened(row['other']))}</b>",
        f"{counted(n, 'article')} with both",
        f"{int(row['n_topic']):,} with the one, {int(row['n_other']):,} with the other",
        f"{times(row['lift'])} as often as chance ({times(row['lift_low'])} to {times(row['lift_high'])})",
        click_for(n),
    ]
    return "<br>".join(lines)
