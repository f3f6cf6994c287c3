"""What the pages of outlets show, from the tables: one outlet beside all the others of a selection."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.coded import among, n_distinct
from analysis.corpus import Corpus, Selection
from analysis.measures.codes import code_of, named
from analysis.measures.scores import scores_over_time
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


def firsts(corpus: Corpus, late: pd.DataFrame) -> pd.DataFrame:
    """The events that an outlet was first on in this corpus, those with most outlets first, at most `FIRSTS`.

    Args:
        corpus: has the events' headlines.
        late: of `analysis.measures.timeliness.lags`, the outlet's beside all others.

    Returns:
        `event_id`, `article_id`, `published_at`, `n_providers` and `headline`, a row an event.
    """
    mine = late[late["is_first"]].sort_values(
        ["n_providers", "published_at", "event_id"], ascending=[False, False, True]
    )
    shown = mine.head(FIRSTS)[["event_id", "article_id", "published_at", "n_providers"]]
    titled = among(corpus.held.headlines(corpus.cursor()), "group_id", shown["event_id"].tolist())
    headlines = titled.project("group_id AS event_id, headline").df()
    return shown.merge(headlines, on="event_id", how="left")


def listings(selection: Selection, *, outlet: str) -> pd.DataFrame:
    """Whose articles the outlet's related lists name, and whose lists name its own.

    Args:
        selection: with all outlets.
        outlet: its domain.

    Returns:
        `provider_id`, `n_lists` (different articles of that outlet in lists of this one) and `n_listed` (different
        articles of this outlet in lists of that one), 0 where there are none; its own lists of itself are left out.
    """
    held, cursor = selection.corpus.held, selection.corpus.cursor()
    lists, names = held.lists(cursor), held.names()
    articles = held.table(
        cursor, "articles", ("article_id", "provider_id"), selection.chosen
    ).to_arrow_table()
    outlet_of = np.full(len(names), -1, dtype=np.int32)  # of what the selection has not, too
    outlet_of[articles.column("article_id").to_numpy()] = articles.column("provider_id").to_numpy()
    own = code_of(outlet, names)
    mine = (outlet_of == own) & (outlet_of >= 0)
    sides = {"n_lists": 1, "n_listed": 0}  # which end of the link another outlet has
    tables = []
    for (name, end), links in zip(sides.items(), (lists.owned_by(mine), lists.naming(mine)), strict=True):
        outlets, n = n_distinct(outlet_of[links[end]], links[1])
        others = (outlets >= 0) & (outlets != own)
        domains = named(pd.Series(outlets[others]), names)
        tables.append(pd.DataFrame({name: n[others]}, index=domains))
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
