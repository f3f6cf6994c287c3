"""Articles worth reading first, by stated rules, each with its reason."""

from __future__ import annotations

import pandas as pd

from analysis.reports.asking import Asking
from analysis.reports.report import Section

__all__ = ["NOTABLE", "notable"]

NOTABLE = {
    "published_at": "datetime64[us, UTC]",
    "title": "str",
    "url": "str",
    "provider_id": "str",
    "name": "str",
    "quality": "float64",
    "heat": "float64",
    "n_copies": "int64",
    "n_listed": "int64",
    "why": "str",
    "article_id": "str",
}
_EACH = 5  # articles for each reason


def notable(asking: Asking) -> Section:
    """The first articles; those most copied, most listed as related, best scored and most heeded; originals only."""
    articles = asking.articles
    size = articles.groupby("copy_group_id")["article_id"].transform("size").fillna(1).astype("int64")
    table = articles.assign(n_copies=size - 1, name=asking.named(articles["provider_id"].tolist()))
    originals = table[~table["is_original"].eq(False).fillna(value=False)]  # noqa: FBT003 - a value, not a switch
    dated = originals.dropna(subset="published_at")
    reasons: dict[str, list[str]] = {}
    rules = (
        ("first in this corpus", dated.sort_values(["published_at", "article_id"]).head(1)),
        ("most copied", _top(originals, "n_copies", least=1)),
        ("most often listed as related", _top(originals, "n_listed", least=1)),
        ("highest quality score", _top(originals, "quality")),
        ("most heat", _top(originals, "heat", least=1)),
    )
    place: dict[str, int] = {}
    for why, chosen in rules:
        for rank, key in enumerate(chosen["article_id"]):
            reasons.setdefault(key, []).append(why)
            place[key] = min(place.get(key, rank), rank)
    picked = originals[originals["article_id"].isin(list(reasons))]
    picked = picked.assign(why=[", ".join(reasons[key]) for key in picked["article_id"]])
    weight = picked["article_id"].map(lambda key: (-len(reasons[key]), place[key]))
    order = picked.assign(weight=weight).sort_values(
        ["weight", "published_at", "article_id"], na_position="last"
    )
    frame = order[list(NOTABLE)].astype(NOTABLE).reset_index(drop=True)
    facts = {"n_notable": len(frame), "n_articles": len(articles), "each": _EACH}
    return Section("articles", facts, {"notable": asking.derived(frame, "notable", "articles")})


def _top(articles: pd.DataFrame, column: str, least: float | None = None) -> pd.DataFrame:
    known = articles.dropna(subset=column)
    known = known if least is None else known[known[column] >= least]
    return known.sort_values([column, "published_at", "article_id"], ascending=[False, True, True]).head(
        _EACH
    )
