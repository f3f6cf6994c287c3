"""What a story is about and who leaves it out: distinctive terms, topic clusters, blind spots."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.corpus import Filters
from analysis.measures.blindspots import blindspots, neighbouring_topics
from analysis.measures.terms import rising_terms, terms
from analysis.reports.asking import Asking
from analysis.reports.report import Measured, Section

__all__ = ["FEW_TEXTS", "clusters", "gaps", "wording"]

FEW_TEXTS = 10  # of fewer texts, terms and clusters say too little
_NAMED = 8  # terms named in the text


def wording(asking: Asking) -> Section:
    """The terms that set the selection apart from the rest, and those that rise and fall."""
    frames: dict[str, Measured] = {}
    facts: dict[str, Any] = {"narrowed": asking.selection.filters != Filters(), "apart": [], "rising": []}
    facts |= {"falling": [], "of": 0, "of_rest": 0, "few": FEW_TEXTS, "n_articles": len(asking.articles)}
    if facts["narrowed"]:
        frames["terms"] = asking.ask(terms)
        table = frames["terms"].frame
        facts["apart"] = _named(table)
        facts |= {name: int(table[name].iloc[0]) for name in ("of", "of_rest")} if len(table) else {}
    stretches = asking.stretches
    if stretches.recent is not None and stretches.before is not None:
        frames["rising_terms"] = asking.ask_of(asking.wider, rising_terms, stretches.recent, stretches.before)
        table = frames["rising_terms"].frame
        facts["enough"] = bool(len(table) and min(table["of"].iloc[0], table["of_rest"].iloc[0]) >= FEW_TEXTS)
        for name in ("rising", "falling"):
            facts[name] = _named(table[table["direction"] == name]) if facts["enough"] else []
    return Section("terms", facts, frames)


def _named(table: pd.DataFrame) -> list[tuple[str, int]]:
    return [(row["shown"], int(row["n_texts"])) for row in table.head(_NAMED).to_dict("records")]


def clusters(asking: Asking) -> Section:
    """The strands that the selection's articles fall into."""
    from analysis.grouping import cluster_topics  # noqa: PLC0415 - slow to load, and a brief has no strands

    found = cluster_topics(asking.articles)
    table = found.clusters
    python = "from analysis.grouping import cluster_topics; cluster_topics(selection.articles).clusters"
    facts = {
        "n_clusters": len(table),
        "n_articles": len(asking.articles),
        "few": FEW_TEXTS,
        "clusters": [(row["label"], row["headline"], int(row["size"])) for row in table.to_dict("records")],
    }
    return Section("topics", facts, {"topic_clusters": Measured(table, python)})


def gaps(asking: Asking) -> Section:
    """Outlets that cover the neighbouring topics but not the story."""
    if asking.selection.filters == Filters():
        return Section("blindspots", {"narrowed": False})
    around, found = asking.ask(neighbouring_topics), asking.ask(blindspots)
    table = found.frame.assign(name=asking.named(found.frame["provider_id"].tolist())).astype({"name": "str"})
    without = table[table["n_story"] + table["n_story_elsewhere"] == 0]
    blind = table[table["is_blindspot"]]
    facts = {
        "narrowed": True,
        "n_articles": len(asking.articles),
        "neighbours": around.frame.loc[around.frame["is_neighbour"], "topic"].tolist(),
        "n_outlets": len(table),
        "n_background": int(table["n_neighbouring"].sum()),
        "n_without": len(without),
        "n_blind": len(blind),
        "blind": _silent(blind.head(5)),
        "next": _silent(without.head(1)),
    }
    frames = {"blindspots": asking.derived(table, "blindspots", "blindspots"), "neighbouring_topics": around}
    return Section("blindspots", facts, frames)


def _silent(table: pd.DataFrame) -> list[tuple[str, int, float]]:
    """Name, neighbouring articles, and articles on the story expected."""
    return list(zip(table["name"], table["n_neighbouring"].tolist(), table["expected"].tolist(), strict=True))
