"""The outlets of a story: how many, how even, how good; and quality over time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.measures.diversity import concentration
from analysis.measures.providers import providers
from analysis.measures.quality import quality
from analysis.measures.tiers import TIERS
from analysis.reports.asking import Asking
from analysis.reports.report import Section

__all__ = ["outlets", "tiers"]


def outlets(asking: Asking) -> Section:
    """Outlets with their share, quality, originality and first article."""
    found = asking.ask(providers)
    frame = found.frame.assign(name=asking.named(found.frame["provider_id"].tolist())).astype({"name": "str"})
    counts = frame["count"].to_numpy(dtype=np.float64)
    even = concentration((counts / counts.sum())[None, :]) if len(counts) else {}
    known = frame[frame["quality_status"] == "known"]
    rated = known[~known["few"]].sort_values(["quality_low", "provider_id"], ascending=[False, True])
    facts = {
        "n_outlets": len(frame),
        "n_articles": int(frame["count"].sum()),
        "n_once": int((frame["count"] == 1).sum()),
        "n_few": int(frame["few"].sum()),
        "top": [(row["name"], int(row["count"])) for row in frame.head(3).to_dict("records")],
        "top3": float(even["top3"][0]) if even else None,
        "effective": float(even["effective"][0]) if even else None,
        "n_unscored": int((frame["quality_status"] == "unknown").sum()),
        "n_rated": len(rated),
        "best": [
            (row["name"], float(row["quality"]), float(row["quality_low"]), float(row["quality_high"]))
            for row in rated.head(3).to_dict("records")
        ],
        "n_scored": int(asking.articles["quality"].notna().sum()),
        "median": float(asking.articles["quality"].median()),
    }
    return Section("providers", facts, {"providers": asking.derived(frame, "providers", "providers")})


def tiers(asking: Asking) -> Section:
    """The share of each tier of quality, per period and in all."""
    found = asking.ask(quality, every=asking.stretches.every)
    total = found.frame.groupby("tier")["count"].sum().reindex(TIERS, fill_value=0).astype("int64")
    drawn = asking.stretches.drawn
    inside = found.frame if drawn is None else found.frame[found.frame["period"] >= drawn[0]]
    facts = {
        "tiers": {name: int(count) for name, count in total.items()},
        "total": int(total.sum()),
        "median": float(asking.articles["quality"].median()),
        "n_scored": int(asking.articles["quality"].notna().sum()),
        "n_articles": len(asking.articles),
        "n_periods": int(pd.Series(inside["period"]).nunique()),
        "undrawn": asking.stretches.undrawn,
        "drawn_from": None if drawn is None else asking.day(drawn[0]),
    }
    return Section("quality", facts, {"quality": found})
