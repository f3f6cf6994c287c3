"""A fall of quality scores beyond noise."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.measures.intervals import wilson
from analysis.measures.quality import quality
from analysis.measures.tiers import BOUNDS
from analysis.reports.words import number, percent, stretch
from analysis.watch.alert import Behind, Finding
from analysis.watch.look import Look, days_of

__all__ = ["find_quality_drop"]

_TEXTS = "NOT is:copy"  # copies of one text are not so many judgements of quality


@dataclass(frozen=True)
class _Share:
    """So many of the scored articles of a stretch, as a share with its 95 % interval."""

    count: int
    of: int

    @property
    def value(self) -> float:
        return self.count / self.of

    @property
    def interval(self) -> tuple[float, float]:
        low, high = wilson([self.count], [self.of])
        return float(low[0]), float(high[0])

    def __str__(self) -> str:
        low, high = self.interval
        ends = f"{percent(low).removesuffix(' %')} to {percent(high)}"
        return f"{percent(self.value)} of {number(self.of)} scored (95 % interval {ends})"


def find_quality_drop(look: Look) -> list[Finding]:
    """More articles of low quality, or fewer of high, than before: so much that the two intervals do not meet.

    The shares are those of `analysis.measures.quality`, of articles that are no copies and have a score, with Wilson's
    95 % intervals. Intervals that do not meet ask for more than a difference that is significant at 5 %, since the
    same is looked at every day.
    """
    given = look.followed.threshold("quality-drop")
    if look.end is None:
        return []
    recent, before = look.stretch(given.days), look.stretch(given.before, before=given.days)
    now, then = (_tiers(look, span) for span in (recent, before))
    if min(sum(now.values()), sum(then.values())) < given.articles:
        return []
    for tier, below, words in (
        ("low", BOUNDS["medium"], f"articles with a quality score under {BOUNDS['medium']:g}"),
        ("high", BOUNDS["high"], f"articles with a quality score of {BOUNDS['high']:g} and more"),
    ):
        latest, earlier = (_Share(found[tier], sum(found.values())) for found in (now, then))
        rose, fell = latest.interval[0] > earlier.interval[1], latest.interval[1] < earlier.interval[0]
        if rose if tier == "low" else fell:
            text = (
                f"Quality fell {look.named}: {'more' if tier == 'low' else 'fewer'} {words}, {latest}, "
                f"{stretch(*days_of(recent))}, after {earlier} in the {given.before} days before. Copies left out."
            )
            facts = {"tier": tier, **_facts("recent", latest), **_facts("before", earlier)}
            return [Finding("quality-drop", text, facts, Behind(*days_of(recent), below=below), span=recent)]
    return []


def _tiers(look: Look, span: tuple[pd.Timestamp, pd.Timestamp]) -> dict[str, int]:
    """Scored articles of a stretch by tier."""
    counted = quality(look.within(span, _TEXTS), every="day")
    total = counted.groupby("tier")["count"].sum()
    return {tier: int(total.get(tier, 0)) for tier in ("high", "medium", "low")}


def _facts(name: str, share: _Share) -> dict[str, float]:
    low, high = share.interval
    return {
        f"{name}_count": share.count,
        f"{name}_of": share.of,
        f"{name}_share": share.value,
        f"{name}_low": low,
        f"{name}_high": high,
    }
