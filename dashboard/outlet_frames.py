"""What the pages of outlets show, from the tables: one outlet beside all the others of a selection."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.coded import among
from analysis.corpus import Corpus, Selection
from analysis.measures.codes import codes, named
from analysis.measures.scores import scores_over_time
from analysis.measures.volume import volume
from dashboard.answers import Answers
from dashboard.url_state import View

__all__ = ["around", "firsts", "listings", "own", "quality_over_time", "share_of_own"]

FIRSTS = 12  # events listed
_LINKS = ("article_id", "related_article_id")


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
    held.hold({"related_links": _LINKS})
    articles = held.table(cursor, "articles", ("article_id", "provider_id"), selection.chosen)
    links, names = held.table(cursor, "related_links", _LINKS), held.names()
    mine = among(articles, "provider_id", codes([outlet], names)).project("article_id").set_alias("mine")
    others = articles.project("article_id, provider_id").set_alias("others")
    tables = []
    for (here, there), name in ((_LINKS, "n_lists"), (_LINKS[::-1], "n_listed")):
        own = links.set_alias("links").join(mine, f"links.{here} = mine.article_id", how="semi")
        pairs = own.project(f"{there} AS article_id, related_article_id AS listed").set_alias("pairs")
        counted = pairs.join(others, "article_id").aggregate(f"provider_id, count(DISTINCT listed) AS {name}")
        side = counted.df()
        side["provider_id"] = named(side["provider_id"], names)
        tables.append(side[side["provider_id"] != outlet].set_index("provider_id"))
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
