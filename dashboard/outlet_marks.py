"""What marks of outlets open: where one was first or followed on an event, and whose texts one copied."""

from __future__ import annotations

from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

from analysis.charts.lags import step_of
from analysis.corpus import Selection
from analysis.measures.blindspots import neighbouring_topics
from analysis.measures.timeliness import lags

__all__ = ["outlet_articles"]


def outlet_articles(selection: Selection, *, kind: str, value: str) -> tuple[str, ...]:
    """The ids of the articles behind a mark.

    Args:
        selection: what the mark was counted in.
        kind: `first` (an outlet's earliest article of each event that it was first on in this corpus), `followed` (of
            each that another was first on), `copied` (copies at one outlet of texts that are original at another) or
            `near` (records of an outlet with a topic that neighbours the selection, see `blindspots`).
        value: the outlet's domain; with `followed` also, after a slash, a step of `analysis.charts.lags.STEPS`; with
            `copied` the domain of the origin, a slash, and that of the copier.
    """
    one, _, other = value.partition("/")
    if kind == "copied":
        return _copies(selection, one, other)
    if kind == "near":
        return _near(selection, value)
    late = lags(selection, provider=one)
    if kind == "first":
        return tuple(late.loc[late["is_first"], "article_id"])
    late = late[~late["is_first"]]
    if other:
        low, high = step_of(other) or (0.0, 0.0)
        late = late[(late["lag_hours"] >= low) & (late["lag_hours"] < high)]
    return tuple(late["article_id"])


def _copies(selection: Selection, origin: str, copier: str) -> tuple[str, ...]:
    articles, again = selection.tables("articles", "articles")
    has = ColumnExpression("provider_id")
    original = again.filter((has == ConstantExpression(origin)) & ColumnExpression("is_original"))
    texts = original.project("copy_group_id").distinct().set_alias("texts")
    copies = articles.filter((has == ConstantExpression(copier)) & ~ColumnExpression("is_original"))
    found = copies.set_alias("copies").join(texts, "copy_group_id", how="semi")
    return tuple(row[0] for row in found.project("article_id").order("article_id").fetchall())


def _near(selection: Selection, domain: str) -> tuple[str, ...]:
    """An outlet's records that blind spots are looked for in: from the selection's first article to its last."""
    topics = neighbouring_topics(selection)
    near = tuple(topics.loc[topics["is_neighbour"], "topic"])
    ends = "epoch_us(min(published_at)), epoch_us(max(published_at))"
    first, last = selection.table("articles").aggregate(ends).fetchall()[0]
    if not near or first is None:
        return ()
    around = selection.corpus.select(topics=near, providers=domain).table("articles")
    when = FunctionExpression("epoch_us", ColumnExpression("published_at"))
    inside = (when >= ConstantExpression(first)) & (when <= ConstantExpression(last))
    records = around.filter(inside & (ColumnExpression("seen_as") != ConstantExpression("related")))
    return tuple(row[0] for row in records.project("article_id").order("article_id").fetchall())
