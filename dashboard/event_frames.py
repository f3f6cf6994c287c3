"""What the page of events shows, from the tables: the events of a selection, and one event with its evidence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd
from duckdb import DuckDBPyRelation

from analysis.coded import among, n_distinct, named_so, rows_at
from analysis.corpus import Corpus, Selection
from analysis.measures.codes import named
from analysis.measures.event_counts import REQUIRES, event_counts
from analysis.measures.events import event_leads
from analysis.measures.numbers import MISSING, Numbers, numbers_of, times_of

__all__ = ["LISTED", "Event", "EventList", "Ints", "event_list", "event_sizes", "headline_of", "one_event"]

LISTED = 50
"""At most so many events are listed; a narrower selection shows the others."""
_MEASURED = 4 * LISTED  # at most, to find those

_RANKS = {
    "size": ["n_articles", "n_providers", "last"],
    "recency": ["last", "n_articles"],
    "spread": ["n_providers", "n_articles", "last"],
}
_ARTICLE = (
    "article_id, url, title, provider_id, published_at, time_precision, quality, copy_group_id, is_original, "
    "event_id, place"
)

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True)
class EventList:
    """The events of a selection.

    Attributes:
        shown: the first `LISTED` in the order asked for: columns of `analysis.measures.events.events`, and of the
            whole corpus `size`, `headline` and `label`.
        n_events: events of two or more articles in the corpus of which the selection has any.
        n_lone: articles of the selection that are alone in their event.
        known: whether events were looked for when the snapshot was built.
    """

    shown: pd.DataFrame
    n_events: int
    n_lone: int
    known: bool


@dataclass(frozen=True)
class Event:
    """One event, whole.

    Attributes:
        group: its row of `groups`.
        articles: its articles, oldest first: some columns of `articles`, `outlet` (a name that no other domain of the
            event has), and `is_selected`: whether the selection has it.
        merges: its rows of `merges`, the weakest first.
        named: articles outside it that its articles' related lists name: `article_id`, `title`, `outlet`,
            `published_at`, `time_precision` and `n`, how many of its lists; those of most first.
        naming: articles outside it whose lists name its articles, with the same columns; `n` is how many of these.
        lead: its row of `analysis.measures.events.event_leads` with `outlet`; None where no time is known.
    """

    group: dict[str, Any]
    articles: pd.DataFrame
    merges: pd.DataFrame
    named: pd.DataFrame
    naming: pd.DataFrame
    lead: dict[str, Any] | None


def event_sizes(corpus: Corpus) -> Ints:
    """How many articles of a corpus are about each event, at the place that is the event's number."""
    articles = _numbers(corpus)
    event = articles.ints("event_id")
    return np.bincount(event[event >= 0], minlength=len(articles.names)).astype(np.int32)


def event_list(selection: Selection, rank: str, sizes: Ints) -> EventList:
    """The events of a selection, in the order of `size`, `recency` or `spread`; `sizes` are those of its corpus."""
    order = _RANKS[rank]
    articles = _numbers(selection)
    counted = _counted(articles, order[:1])
    size = sizes[counted["event_id"]]
    several = counted[size > 1]
    some = _foremost(several, order[0])
    if len(some) > _MEASURED:  # equal in what comes first: the rest decides
        full = _counted(articles, order)
        some = _first(full[full["event_id"].isin(some["event_id"])], order)
    wanted = np.zeros(len(articles.names), dtype=np.bool_)
    wanted[some["event_id"]] = True
    # Few are left, which pandas groups at once.
    rows = articles.columns.filter(articles.known("event_id") & wanted[articles.ints("event_id")]).to_pandas()
    measured = event_counts(nw.from_native(rows).lazy(), articles.names)
    shown = _first(measured, order)
    corpus = selection.corpus
    groups = among(corpus.held.headlines(corpus.cursor()), "group_id", shown["event_id"].tolist())
    words = groups.project("group_id AS event_id, size, headline, label").df()
    return EventList(
        shown=shown.merge(words, on="event_id", how="left"),
        n_events=len(several),
        n_lone=int((size == 1).sum()),
        known=bool(sizes.any()),
    )


def _first(table: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    ways = [*[False] * len(order), True]
    ordered = table.sort_values([*order, "event_id"], ascending=ways, na_position="last", ignore_index=True)
    return ordered.head(LISTED)


def _foremost(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows that can be among the first `LISTED` by a column, whatever decides between equals."""
    best = table[column].nlargest(LISTED)
    return table if len(best) < LISTED else table[table[column] >= best.iloc[-1]]


def _numbers(selection: Selection) -> Numbers:
    articles = numbers_of(selection, REQUIRES)
    assert articles is not None  # noqa: S101 - these columns are always held
    return articles


def _counted(articles: Numbers, columns: Collection[str]) -> pd.DataFrame:
    """The events of articles by number, and how many there are of each; `last` and `n_providers` where asked for."""
    known = articles.known("event_id")
    event = articles.ints("event_id")[known]
    n = np.bincount(event)
    events = np.flatnonzero(n)
    table = pd.DataFrame({"event_id": events, "n_articles": n[events]})
    if "last" in columns:
        last = np.full(len(n), MISSING)
        np.maximum.at(last, event, articles.moments("published_at")[known])
        table["last"] = last[events].view("datetime64[us]")
    if "n_providers" in columns:
        pairs = times_of(event=event, outlet=articles.ints("provider_id")[known])
        table["n_providers"] = np.bincount(pairs["event"])[events]
    return table


def one_event(selection: Selection, event_id: str) -> Event | None:
    """One event with all its articles of the corpus; None where there is none of that id."""
    corpus = selection.corpus
    groups = among(_groups(corpus), "group_id", [event_id]).to_arrow_table().to_pylist()
    if not groups:
        return None
    own = next(iter(named_so(corpus.cursor(), [event_id]).values()), -1)
    names = dict(corpus.table("providers").project("provider_id, name").fetchall())
    articles, codes = _articles(selection, own, names)
    merges = among(corpus.table("merges").filter("kind = 'events'"), "group_id", [event_id])
    leads = event_leads(articles).to_dict("records")
    listed, listing = _tied(corpus, own, codes, names)
    return Event(
        group=groups[0],
        articles=articles,
        merges=merges.order("similarity, article_id, other_id").df(),
        named=listed,
        naming=listing,
        lead=_with_name(leads[0], articles) if leads else None,
    )


def headline_of(corpus: Corpus, event_id: str) -> str:
    """The title of an event's medoid; empty where there is none."""
    groups = corpus.held.headlines(corpus.cursor())
    found = among(groups, "group_id", [event_id]).project("headline").fetchall()
    return str(found[0][0] or "") if found else ""


def _groups(corpus: Corpus) -> DuckDBPyRelation:
    return corpus.table("groups").filter("kind = 'events'")


def _articles(selection: Selection, event: int, names: dict[str, str]) -> tuple[pd.DataFrame, list[int]]:
    """The event's articles, oldest first, and their numbers.

    Each has its outlet's name (with the domain, where two have one name), and whether the selection has it.
    """
    corpus, chosen = selection.corpus, selection.chosen
    held, cursor = corpus.held, corpus.cursor()
    held.hold({"articles": ("event_id", "place")})
    whole = held.table(cursor, "articles", ("article_id", "event_id", "place"))
    inside = among(whole, "event_id", [event])
    codes, places = zip(*inside.project("article_id, place").fetchall(), strict=True)
    rows = rows_at(cursor, corpus.snapshot.path("articles"), places).project(_ARTICLE)
    articles: pd.DataFrame = rows.order("published_at NULLS LAST, article_id").df()
    articles["published_at"] = pd.to_datetime(articles["published_at"], utc=True)
    articles["is_original"] = articles["is_original"].astype("boolean")
    own = articles.pop("place")
    articles["name"] = articles["provider_id"].map(names)
    name = articles["name"].fillna(articles["provider_id"])
    is_shared = articles.groupby(name)["provider_id"].transform("nunique") > 1
    articles["outlet"] = name.where(~is_shared, name + " (" + articles["provider_id"] + ")")
    articles["is_selected"] = True if chosen is None else np.isin(own, chosen.places.column("place"))
    return articles, list(codes)


def _tied(
    corpus: Corpus, event: int, codes: list[int], outlets: dict[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The articles outside an event that its articles' lists name, and those whose lists name its articles.

    Args:
        corpus: with all articles.
        event: its number.
        codes: numbers of its articles.
        outlets: domain -> name.

    Returns:
        Twice the columns that `Event` says: `n` counts the event's articles that the other is tied to.
    """
    held, cursor = corpus.held, corpus.cursor()
    lists, chosen = held.lists(cursor), np.zeros(len(held.names()), dtype=np.bool_)
    chosen[codes] = True
    owners, listed = lists.owned_by(chosen)
    counted = [
        dict(zip(*(part.tolist() for part in n_distinct(*ends)), strict=True))
        for ends in ((listed, owners), lists.naming(chosen))
    ]
    wanted = {code for some in counted for code in some}
    columns = ("article_id", "title", "published_at", "time_precision", "provider_id", "event_id")
    others = among(
        held.table(cursor, "articles", columns).filter(f"event_id <> {event}"), "article_id", wanted
    )
    fields = "article_id AS code, title, provider_id, published_at, time_precision::VARCHAR AS time_precision"
    rows = others.order("published_at NULLS LAST, article_id").project(fields).df()
    rows["published_at"] = pd.to_datetime(rows["published_at"], utc=True)
    names = held.names()
    rows["article_id"] = named(rows["code"], names)
    rows["outlet"] = named(rows["provider_id"], names).map(outlets)

    def side(found: dict[int, int]) -> pd.DataFrame:
        some = rows[rows["code"].isin(list(found))]
        some = some.assign(n=some["code"].map(found).astype("int64"))
        table: pd.DataFrame = some.sort_values("n", ascending=False, kind="stable", ignore_index=True)
        return table[["article_id", "title", "outlet", "published_at", "time_precision", "n"]]

    return side(counted[0]), side(counted[1])


def _with_name(lead: dict[Any, Any], articles: pd.DataFrame) -> dict[str, Any]:
    of_opener = articles.loc[articles["provider_id"] == lead["provider_id"], "outlet"]
    return lead | {"outlet": str(of_opener.iloc[0])}
