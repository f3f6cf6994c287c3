"""The headline of a report: how much, by whom, of what, and what changed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.corpus import Filters
from analysis.measures.change import change
from analysis.measures.coverage import collected_days
from analysis.measures.intervals import rate_ratio, wilson
from analysis.reports.asking import Asking
from analysis.reports.parts.counts import collected_in, counts_of
from analysis.reports.report import Section

__all__ = ["KEY_FIGURES", "missed_days", "summary"]

KEY_FIGURES = {
    "figure": "str",
    "value": "float64",
    "low": "float64",
    "high": "float64",
    "recent": "float64",
    "before": "float64",
    "ratio": "float64",
    "ratio_low": "float64",
    "ratio_high": "float64",
}
_FIRST = 3  # outlets named as among the first


def summary(asking: Asking) -> Section:
    """How many articles, outlets, texts and events; their share of the corpus; and the change."""
    now, stretches = counts_of(asking.articles), asking.stretches
    whole = collected_in(asking.selection)
    share, low, high = _share(now["articles"], whole)
    frames = {}
    before, recent = None, None
    parts: dict[str, Any] = {}
    if stretches.recent is not None and stretches.before is not None:
        frames["change"] = asking.ask_of(asking.wider, change, stretches.recent, stretches.before)
        parts = {row["part"]: row for row in frames["change"].frame.to_dict("records")}
        articles = asking.wider.articles
        recent, before = (counts_of(_within(articles, span)) for span in (stretches.recent, stretches.before))
    figures = _figures(now, (share, low, high), recent, before, parts)
    n_texts = int(asking.articles["copy_group_id"].fillna(asking.articles["article_id"]).nunique())
    first = asking.articles.dropna(subset="published_at").drop_duplicates("provider_id")["provider_id"]
    period = asking.articles["published_at"]
    facts = {
        **{
            f"n_{name}": int(value)
            for name, value in now.items()
            if name in {"articles", "outlets", "texts", "events"}
        },
        "n_copies": int(now["copies"]),
        "n_elsewhere": n_texts - int(now["texts"]),
        "copies_known": bool(asking.articles["is_original"].notna().any()),
        "events_known": bool(asking.articles["event_id"].notna().any()),
        "n_collected": whole,
        "share": share,
        "share_low": low,
        "share_high": high,
        "narrowed": asking.selection.filters != Filters(),
        "first": asking.day(period.min()),
        "last": asking.day(period.max()),
        "since": asking.day(stretches.drawn[0]) if stretches.chosen and stretches.drawn else None,
        "until": asking.last_day(stretches.drawn[1]) if stretches.chosen and stretches.drawn else None,
        "n_undated": int(period.isna().sum()),
        "earliest": asking.named(first.head(_FIRST).tolist()),
        "n_scored": int(now["scored"]),
        "median_quality": now["quality"],
        "missed": missed_days(asking),
        "recent": _days(asking, stretches.recent),
        "before": _days(asking, stretches.before),
        "moved": _moved(figures, parts),
    }
    return Section(
        "summary", facts, {"key_figures": asking.derived(figures, "key_figures", "summary"), **frames}
    )


def missed_days(asking: Asking) -> list[Any]:
    """The days, UTC, on which nothing was collected: of those drawn, or of the period that the reader chose.

    Where the zone's midnights cut a day, it is one of those within which most of it lies. An end that nobody chose lies
    where collection does: a day before or after it was not missed.
    """
    known, drawn = collected_days(asking.selection), asking.stretches.drawn
    if known is None or drawn is None or known.empty:
        return []
    chosen = asking.selection.period
    first, last = drawn[0].round("D"), drawn[1].round("D") - pd.Timedelta(1, "D")
    first = first if chosen[0] else max(first, known.min())
    last = last if chosen[1] else min(last, known.max())
    return [day.date() for day in pd.date_range(first, last, freq="D").difference(known)]


def _share(count: float, whole: float) -> tuple[float, float, float]:
    low, high = wilson([count], [whole])
    return (count / whole if whole else float("nan")), float(low[0]), float(high[0])


def _within(articles: pd.DataFrame, span: tuple[pd.Timestamp, pd.Timestamp]) -> pd.DataFrame:
    when = articles["published_at"]
    return articles[(when >= span[0]) & (when < span[1])]


def _figures(
    now: dict[str, float],
    share: tuple[float, float, float],
    recent: dict[str, float] | None,
    before: dict[str, float] | None,
    parts: dict[str, Any],
) -> pd.DataFrame:
    nothing = float("nan")
    rows: list[tuple[Any, ...]] = []
    for name in ("articles", "texts", "events", "outlets"):
        was = (recent[name], before[name]) if recent and before else (nothing, nothing)
        ratio: tuple[float, ...] = (nothing, nothing, nothing)
        if recent and before and name in {"articles", "texts", "events"}:
            ratio = tuple(float(end[0]) for end in rate_ratio([was[0]], [was[1]]))
        rows.append((name, now[name], nothing, nothing, *was, *ratio))
    if parts:
        corpus, total = parts["corpus growth"], parts["total"]
        then, after = ((total[k] / corpus[k] if corpus[k] else nothing) for k in ("before", "after"))
        grown = corpus["after"] / corpus["before"] if corpus["before"] else nothing
        ratio = tuple(float(end[0]) for end in rate_ratio([total["after"]], [total["before"]], grown))
        rows.insert(0, ("share", *share, after, then, *ratio))
    else:
        rows.insert(0, ("share", *share, *(nothing,) * 5))
    middle = (recent["quality"], before["quality"]) if recent and before else (nothing, nothing)
    rows.append(("quality", now["quality"], nothing, nothing, *middle, *(nothing,) * 3))
    rows[0], rows[1] = rows[1], rows[0]
    return pd.DataFrame(rows, columns=list(KEY_FIGURES)).astype(KEY_FIGURES)


def _days(asking: Asking, span: Any) -> tuple[Any, Any] | None:
    return None if span is None else (asking.day(span[0]), asking.last_day(span[1]))


def _moved(figures: pd.DataFrame, parts: dict[str, Any]) -> dict[str, Any] | None:
    """What the text says of the change: the counts, the ratio with its interval, and the largest part of it."""
    if not parts:
        return None
    by_name = {row["figure"]: row for row in figures.to_dict("records")}
    row, share = by_name["articles"], by_name["share"]
    total = parts["total"]
    causes = {name: part["change"] for name, part in parts.items() if name != "total"}
    along = {name: size for name, size in causes.items() if size * total["change"] > 0}
    return {
        "before": int(total["before"]),
        "after": int(total["after"]),
        "ratio": float(row["ratio"]),
        "low": float(row["ratio_low"]),
        "high": float(row["ratio_high"]),
        "status": str(total["status"]),
        "cause": max(along, key=lambda name: abs(along[name])) if along else "",
        "cause_change": max(along.values(), key=abs) if along else 0.0,
        "change": float(total["change"]),
        "share_recent": float(share["recent"]),
        "share_before": float(share["before"]),
        "share_ratio_low": float(share["ratio_low"]),
        "share_ratio_high": float(share["ratio_high"]),
    }
