"""What marks of outlets open: where one was first or followed on an event, and whose texts one copied."""

from __future__ import annotations

from duckdb import ColumnExpression, ConstantExpression

from analysis.charts.lags import step_of
from analysis.corpus import Selection
from analysis.measures.timeliness import lags

__all__ = ["outlet_articles"]


def outlet_articles(selection: Selection, *, kind: str, value: str) -> tuple[str, ...]:
    """The ids of the articles behind a mark.

    Args:
        selection: what the mark was counted in.
        kind: `first` (an outlet's earliest article of each event that it was first on in this corpus), `followed` (of
            each that another was first on) or `copied` (copies at one outlet of texts that are original at another).
        value: the outlet's domain; with `followed` also, after a slash, a step of `analysis.charts.lags.STEPS`; with
            `copied` the domain of the origin, a slash, and that of the copier.
    """
    one, _, other = value.partition("/")
    if kind == "copied":
        return _copies(selection, one, other)
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
