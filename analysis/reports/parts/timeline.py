"""The events of a story in their order, and who had each first in this corpus."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.measures.timeliness import lags, timeliness
from analysis.reports.asking import Asking
from analysis.reports.report import Measured, Section

__all__ = ["EVENTS", "events_of", "timeline"]

EVENTS = {
    "event_id": "str",
    "first": "datetime64[us, UTC]",
    "last": "datetime64[us, UTC]",
    "headline": "str",
    "url": "str",
    "n_articles": "int64",
    "n_texts": "int64",
    "n_providers": "int64",
    "first_in_corpus": "str",
    "next_lag_hours": "float64",
}


def timeline(asking: Asking) -> Section:
    """Events by their first article, with first movers; and how often each outlet was first.

    In a profile, events have the articles of other outlets too: alone, an outlet is neither first nor late.
    """
    later, rates, articles = asking.ask(lags), asking.ask(timeliness), asking.articles
    alone = asking.around is asking.selection
    if not alone:
        later, rates, articles = _beside(asking)
    events = _events(articles, later.frame, asking.names)
    shared = events[events["n_providers"] > 1]
    firsts = rates.frame[rates.frame["n_first"] > 0]
    facts = {
        "n_events": len(events),
        "n_articles": len(asking.articles),
        "n_outlets": int(asking.articles["provider_id"].nunique()),
        "alone": alone,
        "n_shared": len(shared),
        "n_compared": int(later.frame["event_id"].nunique()),
        "n_without": int(asking.articles["event_id"].isna().sum()),
        "n_first": len(firsts),
        "leader": asking.names.get(firsts["provider_id"].iloc[0]) if len(firsts) else None,
        "leader_first": int(firsts["n_first"].iloc[0]) if len(firsts) else 0,
        "leader_events": int(firsts["n_events"].iloc[0]) if len(firsts) else 0,
        "leader_expected": float(firsts["expected_rate"].iloc[0] * firsts["n_events"].iloc[0])
        if len(firsts)
        else 0.0,
        "leader_ties": int((firsts["n_first"] == firsts["n_first"].iloc[0]).sum()) if len(firsts) else 0,
        "n_beyond_chance": int((rates.frame["p_adjusted"] < 0.05).sum()),
        "beyond": asking.named(
            rates.frame.loc[rates.frame["p_adjusted"] < 0.05, "provider_id"].head(3).tolist()
        ),
        "largest": _largest(asking, events),
    }
    named = rates.frame.assign(name=asking.named(rates.frame["provider_id"].tolist())).astype({"name": "str"})
    frames = {
        "events": asking.derived(events, "events", "timeline"),
        "first_movers": asking.derived(named, "first_movers", "timeline"),
        "lags": later,
    }
    return Section("timeline", facts, frames)


def _beside(asking: Asking) -> tuple[Measured, Measured, pd.DataFrame]:
    """Lags, rates and articles of the selection's events and outlets, as measured among all outlets."""
    events, outlets = (set(asking.articles[name].dropna()) for name in ("event_id", "provider_id"))
    later, rates, articles = lags(asking.around), timeliness(asking.around), asking.around.articles
    return (
        asking.derived(later[later["event_id"].isin(events)].reset_index(drop=True), "lags", "timeline"),
        asking.derived(
            rates[rates["provider_id"].isin(outlets)].reset_index(drop=True), "first_movers", "timeline"
        ),
        articles[articles["event_id"].isin(events)],
    )


def events_of(articles: pd.DataFrame) -> pd.DataFrame:
    """Events by their id, counted over the articles given, each with the title that stands for it."""
    known = articles.dropna(subset="event_id")
    text = known["copy_group_id"].fillna(known["article_id"]).rename("text")
    grouped = known.assign(text=text).groupby("event_id", sort=True)
    table = grouped.agg(
        first=("published_at", "min"), last=("published_at", "max"), n_articles=("article_id", "size"),
        n_texts=("text", "nunique"), n_providers=("provider_id", "nunique"),
    )  # fmt: skip
    copies = known.assign(text=text).groupby(["event_id", "text"])["article_id"].transform("size")
    titled = known.assign(copies=copies).dropna(subset="title")
    titled = titled.sort_values(["copies", "published_at", "article_id"], ascending=[False, True, True])
    telling = titled.drop_duplicates("event_id").set_index("event_id")
    table["headline"], table["url"] = telling["title"], telling["url"]
    return table


def _events(articles: pd.DataFrame, later: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """One row an event of the selection, by its first article; counted over the selection only."""
    if not articles["event_id"].notna().any():
        return pd.DataFrame(columns=list(EVENTS)).astype(EVENTS)
    table = events_of(articles)
    opened = later[later["is_first"]].groupby("event_id")["provider_id"]
    table["first_in_corpus"] = opened.agg(lambda ids: ", ".join(names.get(one, one) for one in ids))
    table["next_lag_hours"] = later[~later["is_first"]].groupby("event_id")["lag_hours"].min()
    ordered = table.reset_index().sort_values(["first", "event_id"], ignore_index=True)
    return ordered[list(EVENTS)].astype(EVENTS)


def _largest(asking: Asking, events: pd.DataFrame) -> dict[str, Any] | None:
    if events.empty:
        return None
    row = events.sort_values(["n_providers", "n_articles", "first"], ascending=[False, False, True]).iloc[0]
    return {
        "headline": row["headline"],
        "n_articles": int(row["n_articles"]),
        "n_providers": int(row["n_providers"]),
        "n_texts": int(row["n_texts"]),
        "first": asking.day(row["first"]),
        "last": asking.day(row["last"]),
        "first_in_corpus": None if pd.isna(row["first_in_corpus"]) else row["first_in_corpus"],
        "next_lag_hours": None if pd.isna(row["next_lag_hours"]) else float(row["next_lag_hours"]),
    }
