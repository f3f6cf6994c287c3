"""Several stories side by side: how much each has, over time, and what they share."""

from __future__ import annotations

import pandas as pd

from analysis.corpus import Selection
from analysis.measures.compare import compare, overlap
from analysis.measures.intervals import wilson
from analysis.reports.asking import Asking
from analysis.reports.parts.counts import counts_of
from analysis.reports.report import Section

__all__ = ["COMPARED", "compared", "shared"]

COMPARED = {
    "story": "str",
    "query": "str",
    "articles": "int64",
    "share": "float64",
    "share_low": "float64",
    "share_high": "float64",
    "outlets": "int64",
    "texts": "int64",
    "events": "int64",
    "scored": "int64",
    "quality": "float64",
    "first": "datetime64[us, UTC]",
    "last": "datetime64[us, UTC]",
}


def compared(asking: Asking) -> Section:
    """Each story's counts, and its volume on one scale."""
    stories, whole = _stories(asking), len(asking.selection)
    rows = []
    for name, selection in stories.items():
        articles = selection.articles
        low, high = wilson([len(articles)], [whole])
        ends = articles["published_at"].agg(["min", "max"])
        share = len(articles) / whole if whole else float("nan")
        rows.append(
            {"story": name, "query": dict(asking.spec.stories)[name], **counts_of(articles), "share": share,
             "share_low": low[0], "share_high": high[0], "first": ends["min"], "last": ends["max"]}
        )  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(COMPARED)).astype(COMPARED)
    options = {"every": asking.stretches.every, "basis": asking.spec.basis, "share": "corpus"}
    course = compare(stories, **options, span=asking.stretches.drawn)
    drawn = asking.stretches.drawn
    undrawn = (
        {} if drawn is None else {name: _undrawn(one.articles, drawn[0]) for name, one in stories.items()}
    )
    most = frame.sort_values(["articles", "story"], ascending=[False, True]).to_dict("records")
    facts = {
        "n_collected": whole,
        "every": asking.stretches.every,
        "drawn_from": None if drawn is None else asking.day(drawn[0]),
        "undrawn": [(name, n) for name, n in undrawn.items() if n],
        "stories": [(row["story"], row["articles"], row["share"], row["outlets"]) for row in most],
    }
    frames = {
        "compared": asking.derived(frame, "compared", "compared"),
        "course": asking.derived(course, "course", "compared"),
    }
    return Section("compared", facts, frames)


def shared(asking: Asking) -> Section:
    """What every two stories have in common."""
    frame = overlap(_stories(asking))
    pairs = frame[frame["unit"] == "articles"].sort_values(["jaccard", "one"], ascending=[False, True])
    facts = {
        "pairs": [
            (row["one"], row["other"], int(row["n_both"]), int(row["n_one"]), int(row["n_other"]))
            for row in pairs.to_dict("records")
        ]
    }
    return Section("overlap", facts, {"overlap": asking.derived(frame, "overlap", "overlap")})


def _undrawn(articles: pd.DataFrame, start: pd.Timestamp) -> int:
    """Articles that are in no chart: those from before it, and those without a date."""
    when = articles["published_at"]
    return int((when.isna() | (when < start)).sum())


def _stories(asking: Asking) -> dict[str, Selection]:
    return {name: asking.selection.select(query) for name, query in asking.spec.stories}
