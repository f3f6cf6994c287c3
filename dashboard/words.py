"""Numbers in plain English: what the page says, from figures that measures computed. Pure functions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

from analysis.words import between, counted, day, listed, number, percent, short_day

__all__ = [
    "TOO_FEW",
    "Facts",
    "between",
    "change",
    "counted",
    "few",
    "listed",
    "number",
    "percent",
    "short_day",
    "summary",
    "times",
]

TOO_FEW = 10
"""Below so many articles nothing is ranked or compared."""

_SMALL = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


@dataclass(frozen=True)
class Facts:
    """What the summary is said from.

    Attributes:
        n_articles, n_outlets: in the selection.
        first, last: first and last day with an article; None where there is none with a time.
        subject: what was searched for, or empty for everything.
        narrowed: whether anything narrows the selection beside its dates.
        share, share_before: of everything collected in the same days and in the days before; None where unknown.
        n_before: articles in as many days before; None where there is no such time in the corpus.
        days_before: how many days that is.
        n_copies: articles that repeat another's text; None where copies were not looked for.
        peak, n_peak: the day with most articles, and how many.
        earliest: names of the outlets that were first, in order.
        n_unscored: outlets without any quality score.
        missed: days of the selection on which nothing was collected.
    """

    n_articles: int
    n_outlets: int = 0
    first: date | None = None
    last: date | None = None
    subject: str = ""
    narrowed: bool = False
    share: float | None = None
    share_before: float | None = None
    n_before: int | None = None
    days_before: int = 0
    n_copies: int | None = None
    peak: date | None = None
    n_peak: int = 0
    earliest: tuple[str, ...] = ()
    n_unscored: int = 0
    missed: tuple[date, ...] = ()


def few(value: int) -> str:
    """A count as prose has it: small ones as words.

    >>> few(3), few(14)
    ('three', '14')
    """
    return _SMALL[value] if 0 < value < len(_SMALL) else number(value)


def times(ratio: float) -> str:
    """A ratio.

    >>> times(3.4), times(12.2)
    ('3.4x', '12x')
    """
    return f"{ratio:.1f}x" if ratio < 10 else f"{ratio:,.0f}x"


def change(now: float, before: float | None) -> str:
    """A number against the one before, for a tile.

    >>> change(84, 42), change(30, 40), change(7, 0), change(5, 5), change(5, None)
    ('2.0x the 42 before', '25 % less than the 40 before', '0 before', 'as before', '')
    """
    if before is None or math.isnan(before):
        return ""
    if not before:
        return "0 before" if now else "as before"
    ratio, was = now / before, number(before)
    if ratio >= 2:
        return f"{times(ratio)} the {was} before"
    if abs(ratio - 1) < 0.005:
        return "as before"
    return f"{percent(abs(ratio - 1))} {'more' if ratio > 1 else 'less'} than the {was} before"


def summary(facts: Facts) -> str:
    """The paragraph at the top of the page.

    >>> print(summary(Facts(6, 6, date(2021, 8, 19), date(2021, 8, 23), earliest=("Diginomica", "Sky"))))
    Between 19 and 23 August 2021, 6 articles from 6 outlets were collected. Too few to rank or to compare.
    """
    if not facts.n_articles:
        return "No article matches."
    too_few = "Too few to rank or to compare." if facts.n_articles < TOO_FEW else ""
    parts = [_opening(facts), too_few, _copies(facts), _peak(facts), _earliest(facts), _gaps(facts)]
    return " ".join(part for part in parts if part)


def _opening(facts: Facts) -> str:
    has = "was" if facts.n_articles == 1 else "were"
    who = f"{counted(facts.n_articles, 'article')} from {counted(facts.n_outlets, 'outlet')}"
    what = (
        f"matched {facts.subject}"
        if facts.subject
        else f"{has} {'selected' if facts.narrowed else 'collected'}"
    )
    when = f"{between(facts.first, facts.last)}, " if facts.first and facts.last else ""
    return f"{when}{who} {what}{_share(facts)}."


def _share(facts: Facts) -> str:
    before = f"the {few(facts.days_before)} days before" if facts.days_before > 1 else "the day before"
    if facts.narrowed and facts.share is not None:
        text = f": {percent(facts.share)} of everything collected"
        if facts.share_before is None:
            return text
        was = percent(facts.share_before)
        moved = "up from" if facts.share > facts.share_before else "down from"
        return (
            f"{text}, as in {before}" if was == percent(facts.share) else f"{text}, {moved} {was} in {before}"
        )
    if facts.n_before is None:
        return ""
    return f", after {number(facts.n_before)} in {before}"


def _copies(facts: Facts) -> str:
    if not facts.n_copies:
        return ""
    texts = facts.n_articles - facts.n_copies
    verb = "is a copy" if facts.n_copies == 1 else "are copies"
    return f"{number(facts.n_copies)} {verb}; counting each text once, {number(texts)}."


def _peak(facts: Facts) -> str:
    if facts.peak is None or facts.n_articles < TOO_FEW or facts.first == facts.last:
        return ""
    year = facts.first is None or facts.last is None or facts.first.year != facts.last.year
    return f"The busiest day was {day(facts.peak, year=year)}, with {number(facts.n_peak)}."


def _earliest(facts: Facts) -> str:
    if not facts.narrowed or not facts.earliest or facts.n_articles < TOO_FEW:
        return ""
    verb = "was" if len(facts.earliest) == 1 else "were"
    return f"{listed(facts.earliest)} {verb} among the first in this corpus."


def _gaps(facts: Facts) -> str:
    parts = []
    if facts.n_unscored:
        parts.append(f"There is no quality score for {counted(facts.n_unscored, 'outlet')}.")
    if len(facts.missed) == 1:
        parts.append(f"Nothing was collected on {day(facts.missed[0])}.")
    elif facts.missed:
        stretch = facts.missed[-1] - facts.missed[0] == timedelta(days=len(facts.missed) - 1)
        dates = between(facts.missed[0], facts.missed[-1])
        days = f"Not collected on {number(len(facts.missed))} days"
        parts.append(f"{days}, {dates[0].lower()}{dates[1:]}." if stretch else f"{days}.")
    return " ".join(parts)
