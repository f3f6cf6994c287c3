"""What the pages of outlets show, from the tables: one outlet beside all the others of a selection."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
from duckdb import ColumnExpression, ConstantExpression, DuckDBPyRelation

from analysis.corpus import Selection
from analysis.measures.scores import scores_over_time
from analysis.measures.timeliness import lags
from analysis.measures.volume import volume
from dashboard.answers import Answers
from dashboard.url_state import View

__all__ = ["around", "firsts", "listings", "own", "quality_over_time", "share_of_own"]

FIRSTS = 12  # events listed


def own(view: View) -> View:
    """The view of what the shown outlet has, under all filters but that of outlets."""
    return replace(view.closed(), providers=(view.outlet or "",))


def around(view: View) -> View:
    """The view of what all outlets have."""
    return replace(view.closed(), providers=())


def share_of_own(answers: Answers, view: View) -> pd.DataFrame | None:
    """The outlet's volume as a share of its whole output; None where the filters leave all of that."""
    narrowed = answers.query(view) or view.topics or (view.min_quality, view.max_quality) != (None, None)
    if not narrowed:
        return None
    span = answers.drawn(view)
    return answers.measured(_of_own, own(view), every=answers.every(view), first=span[0], last=span[1])


def _of_own(selection: Selection, *, every: str, first: Any, last: Any) -> pd.DataFrame:
    given = selection.filters
    output = selection.corpus.select(providers=given.providers, since=given.since, until=given.until)
    span = _span(selection, first, last)
    return volume(selection, every=every, share="corpus", denominator=output.table("articles"), span=span)


def quality_over_time(selection: Selection, *, every: str, first: Any, last: Any) -> pd.DataFrame:
    """The mean quality of a selection per period, between two days; of all its days where one of them is None."""
    return scores_over_time(selection, every=every, span=_span(selection, first, last))


def _span(selection: Selection, first: Any, last: Any) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    if first is None or last is None or last < first:
        return None
    start, end = (pd.Timestamp(day, tz=selection.zone) for day in (first, last + pd.Timedelta(1, "D")))
    return start, end


def firsts(selection: Selection, *, outlet: str) -> pd.DataFrame:
    """The events that an outlet was first on in this corpus, those with most outlets first, at most `FIRSTS`.

    Args:
        selection: with all outlets.
        outlet: its domain.

    Returns:
        `event_id`, `article_id`, `published_at`, `n_providers` and `headline`, a row an event.
    """
    late = lags(selection, provider=outlet)
    mine = late[late["is_first"]].sort_values(
        ["n_providers", "published_at", "event_id"], ascending=[False, False, True]
    )
    shown = mine.head(FIRSTS)[["event_id", "article_id", "published_at", "n_providers"]]
    groups = selection.corpus.table("groups").filter("kind = 'events'")
    named = _of(groups, "group_id", shown["event_id"].tolist()).project("group_id AS event_id, headline").df()
    return shown.merge(named, on="event_id", how="left")


def listings(selection: Selection, *, outlet: str) -> pd.DataFrame:
    """Whose articles the outlet's related lists name, and whose lists name its own.

    Args:
        selection: with all outlets.
        outlet: its domain.

    Returns:
        `provider_id`, `n_lists` (different articles of that outlet in lists of this one) and `n_listed` (different
        articles of this outlet in lists of that one), 0 where there are none; its own lists of itself are left out.
    """
    articles, again, links = selection.tables("articles", "articles", "related_links")
    source = articles.project("article_id, provider_id AS one")
    target = again.project("article_id AS related_article_id, provider_id AS other")
    pairs = links.filter("article_id <> related_article_id").set_alias("links")
    joined = pairs.join(source.set_alias("source"), "article_id").join(
        target.set_alias("target"), "related_article_id"
    )
    mine, there = ConstantExpression(outlet), joined.filter("one <> other")
    tables = []
    for side, other, name in (("one", "other", "n_lists"), ("other", "one", "n_listed")):
        some = there.filter(ColumnExpression(side) == mine)
        counted = some.aggregate(f"{other} AS provider_id, count(DISTINCT related_article_id) AS {name}")
        tables.append(counted.df().set_index("provider_id"))
    table: pd.DataFrame = (
        tables[0]
        .join(tables[1], how="outer")
        .fillna(0)
        .astype("int64")
        .rename_axis("provider_id")
        .reset_index()
    )
    table["n"] = table["n_lists"] + table["n_listed"]
    order = table.sort_values(["n", "provider_id"], ascending=[False, True], ignore_index=True)
    return order[["provider_id", "n_lists", "n_listed"]]


def _of(table: DuckDBPyRelation, column: str, values: list[str]) -> DuckDBPyRelation:
    if not values:
        return table.limit(0)
    return table.filter(ColumnExpression(column).isin(*map(ConstantExpression, values)))
