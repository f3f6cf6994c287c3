"""Quality tiers: scores in four steps, where one of them is that nobody scored the article.

Scores run from 0 to a little over 200 with a median near 65; the bounds are round numbers near the quartiles of the
scores seen in practice. They rank outlets' articles; they are no verdict on one.
"""

from __future__ import annotations

import narwhals as nw

__all__ = ["BOUNDS", "TIERS", "tier"]

TIERS = ("high", "medium", "low", "unknown")
BOUNDS = {"high": 75.0, "medium": 45.0}


def tier(column: str = "quality") -> nw.Expr:
    """The tier of each score: `high` from 75, `medium` from 45, `low` below, `unknown` where it is missing.

    >>> import pandas as pd
    >>> frame = nw.from_native(pd.DataFrame({"quality": [80.0, 45.0, 0.0, None]}))
    >>> frame.select(tier().alias("tier")).to_native()["tier"].tolist()
    ['high', 'medium', 'low', 'unknown']
    """
    score = nw.col(column)
    below = nw.when(score >= BOUNDS["medium"]).then(nw.lit("medium")).otherwise(nw.lit("low"))
    known = nw.when(score >= BOUNDS["high"]).then(nw.lit("high")).otherwise(below)
    return nw.when(score.is_null()).then(nw.lit("unknown")).otherwise(known)
