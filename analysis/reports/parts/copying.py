"""Syndication: how many texts there are, whose they are, and which ran most often."""

from __future__ import annotations

import pandas as pd

from analysis.measures.syndication import copiers, copying_roles, syndication
from analysis.reports.asking import Asking
from analysis.reports.report import Measured, Section

__all__ = ["TEXTS", "copying"]

TEXTS = {
    "copy_group_id": "str",
    "published_at": "datetime64[us, UTC]",
    "title": "str",
    "url": "str",
    "provider_id": "str",
    "name": "str",
    "n_articles": "int64",
    "n_providers": "int64",
    "original_here": "bool",
}


def copying(asking: Asking) -> Section:
    """Articles per text over time, who originates and who copies, and the texts that ran most often.

    In a profile, texts have the articles of other outlets too: an outlet is copied by others, or copies them.
    """
    course = asking.ask(syndication, every=asking.stretches.every)
    roles, pairs, articles = asking.ask(copying_roles), asking.ask(copiers), asking.articles
    alone = asking.around is asking.selection
    if not alone:
        roles, pairs, articles = _beside(asking)
    texts = _texts(articles, asking.names)
    named = roles.frame.assign(name=asking.named(roles.frame["provider_id"].tolist())).astype({"name": "str"})
    origins = named[named["n_copied"] > 0]
    n_articles = len(asking.articles)
    n_texts = int(asking.articles["copy_group_id"].fillna(asking.articles["article_id"]).nunique())
    most = texts.iloc[0] if len(texts) else None
    facts = {
        "known": bool(asking.articles["copy_group_id"].notna().any()),
        "n_articles": n_articles,
        "n_texts": n_texts,
        "n_repeated": len(texts),
        "alone": alone,
        "n_taken": int(named["n_copies"].sum()),
        "multiplier": n_articles / n_texts if n_texts else None,
        "n_origins": len(origins),
        "origins": [(row["name"], int(row["n_copied"])) for row in origins.head(3).to_dict("records")],
        "n_unattributed": int(named["n_unattributed"].sum()),
        "most": None if most is None else {
            "title": most["title"], "n": int(most["n_articles"]), "outlets": int(most["n_providers"]),
            "name": most["name"], "original_here": bool(most["original_here"]),
        },
    }  # fmt: skip
    frames = {
        "texts": asking.derived(texts, "texts", "syndication"),
        "copying_roles": asking.derived(named, "copying_roles", "syndication"),
        "copiers": pairs,
        "syndication": course,
    }
    return Section("syndication", facts, frames)


def _beside(asking: Asking) -> tuple[Measured, Measured, pd.DataFrame]:
    """Roles, pairs and articles of the selection's outlets and texts, as measured among all outlets."""
    outlets, texts = (set(asking.articles[name].dropna()) for name in ("provider_id", "copy_group_id"))
    roles, pairs, articles = copying_roles(asking.around), copiers(asking.around), asking.around.articles
    concerned = pairs["origin"].isin(outlets) | pairs["copier"].isin(outlets)
    return (
        asking.derived(
            roles[roles["provider_id"].isin(outlets)].reset_index(drop=True), "copying_roles", "syndication"
        ),
        asking.derived(pairs[concerned].reset_index(drop=True), "copiers", "syndication"),
        articles[articles["copy_group_id"].isin(texts)],
    )


def _texts(articles: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """The texts that ran more than once in the selection, most often first, each by its earliest article."""
    known = articles.dropna(subset="copy_group_id")
    size = known.groupby("copy_group_id")["article_id"].transform("size")
    outlets = known.groupby("copy_group_id")["provider_id"].transform("nunique")
    table = known.assign(n_articles=size, n_providers=outlets)[size > 1].drop_duplicates("copy_group_id")
    table = table.assign(
        name=[names.get(domain, domain) for domain in table["provider_id"]],
        original_here=table["is_original"].fillna(value=False),
    )
    order = table.sort_values(["n_articles", "published_at", "copy_group_id"], ascending=[False, True, True])
    return order[list(TEXTS)].astype(TEXTS).reset_index(drop=True)
