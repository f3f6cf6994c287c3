"""What a frame of articles comes to, and the whole that its share is of."""

from __future__ import annotations

import pandas as pd

from analysis.corpus import Filters, Selection

__all__ = ["collected_in", "counts_of"]


def counts_of(articles: pd.DataFrame) -> dict[str, float]:
    """What a frame of articles comes to on every counting basis; quality is the median of those scored."""
    copies = articles["is_original"].eq(False).fillna(value=False)  # noqa: FBT003 - a value, not a switch
    return {
        "articles": len(articles),
        "copies": int(copies.sum()),
        "texts": len(articles) - int(copies.sum()),
        "events": articles["event_id"].fillna(articles["article_id"]).nunique(),
        "outlets": articles["provider_id"].nunique(),
        "scored": int(articles["quality"].notna().sum()),
        "quality": float(articles["quality"].median()),
    }


def collected_in(selection: Selection) -> int:
    """Articles of the corpus in the selection's own bounds of time: what its share is of."""
    given = selection.filters
    return len(Selection(selection.corpus, Filters(since=given.since, until=given.until)))
