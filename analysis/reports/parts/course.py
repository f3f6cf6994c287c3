"""Coverage over time, and its bursts with what they were about."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.corpus import Filters
from analysis.measures.bursts import bursts
from analysis.measures.volume import volume
from analysis.reports.asking import Asking
from analysis.reports.report import Section

__all__ = ["course"]


def course(asking: Asking) -> Section:
    """Volume per period with its share of the corpus, and the bursts in it."""
    stretches, basis = asking.stretches, asking.spec.basis
    narrowed = asking.selection.filters != Filters()
    counted = asking.ask(
        volume, every=stretches.every, basis=basis, share="corpus" if narrowed else None, span=stretches.drawn
    )
    found = asking.ask(bursts, every=stretches.every, basis=basis, span=stretches.drawn)
    frame = counted.frame
    known = frame.dropna(subset="count")
    top = known.iloc[int(known["count"].astype("float64").argmax())] if len(known) else None
    facts = {
        "every": stretches.every,
        "basis": basis,
        "n_periods": len(frame),
        "n_none": int((known["count"] == 0).sum()),
        "n_partial": int((frame["status"] == "partial").sum()),
        "n_missing": int((frame["status"] == "not collected").sum()),
        "total": int(known["count"].sum()) if len(known) else 0,
        "median": float(known["count"].median()) if len(known) else None,
        "peak": None if top is None or not top["count"] else asking.day(top["period"]),
        "n_peak": 0 if top is None else int(top["count"]),
        "n_ties": 0 if top is None else int((known["count"] == top["count"]).sum()),
        "undrawn": stretches.undrawn,
        "drawn_from": None if stretches.drawn is None else asking.day(stretches.drawn[0]),
        "bursts": [_burst(asking, row) for row in found.frame.query("level == 1").to_dict("records")],
    }
    return Section("volume", facts, {"volume": counted, "bursts": found})


def _burst(asking: Asking, row: dict[Any, Any]) -> dict[str, Any]:
    articles = asking.articles
    inside = articles[(articles["published_at"] >= row["start"]) & (articles["published_at"] < row["end"])]
    copies = inside["is_original"].eq(False).fillna(value=False)  # noqa: FBT003 - a value, not a switch
    return {
        "first": asking.day(row["start"]),
        "last": asking.last_day(row["end"]),
        "count": int(row["count"]),
        "usual": float(row["usual"]),
        "n_articles": int(row["n_articles"]),
        "n_providers": int(row["n_providers"]),
        "n_copies": int(copies.sum()),
        "headlines": list(row["headlines"]),
        "terms": list(row["terms"]),
        "providers": asking.named(list(row["providers"])),
        "is_open": bool(pd.Timestamp(row["end"]) >= asking.stretches.drawn[1])
        if asking.stretches.drawn
        else False,
    }
