"""What the collector kept: the records with their related lists, and the whole demo put together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from analysis.demo.coverage import Article, Desk
from analysis.demo.dice import Dice, cycle
from analysis.demo.events import Calendar, Cast, Event, Scheduler
from analysis.demo.library import briefs, stories
from analysis.demo.world import Outlet, make_outlets
from analysis.errors import NewsgaugeError

__all__ = ["N_LOST", "Corpus", "DemoSizeError", "Kept", "collect"]

N_LOST = 3  # files that hold no readable record
_SMALLEST = 200
_STORY_SHARE = 0.86
_BRIEF_FACTS = {
    "city": "town", "city2": "town", "person": "person", "expert": "person", "firm": "company", "firm2": "company",
    "uni": "university", "group": "group", "sector": "sector", "craft": "craft", "n": "12-94", "big": "1120-9870",
    "pct": "7-64", "money": "2-90", "few": "3-9",
}  # fmt: skip


class DemoSizeError(NewsgaugeError):
    """Too few records were asked for."""


@dataclass(frozen=True)
class Kept:
    """One record: its article, the address as the record gives it, and its related list."""

    article: Article
    url: str
    related: tuple[Article, ...]


@dataclass(frozen=True)
class Corpus:
    """The demo before it is written: `articles` are those seen in a record or in a related list."""

    calendar: Calendar
    outlets: tuple[Outlet, ...]
    events: tuple[Event, ...]
    articles: tuple[Article, ...]
    records: tuple[Kept, ...]


@lru_cache(maxsize=2)
def collect(seed: int, n_records: int) -> Corpus:
    """The demo for a seed, with so many files in all.

    Raises:
        DemoSizeError: fewer than 200 records.
    """
    if n_records < _SMALLEST:
        raise DemoSizeError(f"n_records must be at least {_SMALLEST}, got {n_records}")
    dice = Dice(f"{seed}/{n_records}")
    calendar = Calendar.of(n_records)
    n_outlets = max(18, round(60 * (n_records / 3000) ** 0.5))
    outlets = make_outlets(n_outlets, dice)
    desk = Desk(outlets, calendar, dice)
    n_twins = n_records // 250
    n_distinct = n_records - N_LOST - n_twins
    events, articles = _stories(n_records, round(_STORY_SHARE * n_distinct), desk, calendar, dice)
    articles += _background(n_distinct - sum(a.is_collected for a in articles), desk, calendar, dice)
    articles.sort(key=lambda article: (article.published_at, article.url))
    records = _records(articles, n_twins, dice)
    seen = {a.url for kept in records for a in (kept.article, *kept.related)}
    return Corpus(
        calendar, outlets, tuple(events), tuple(a for a in articles if a.url in seen), tuple(records)
    )


def _stories(
    n_records: int, wanted: int, desk: Desk, calendar: Calendar, dice: Dice
) -> tuple[list[Event], list[Article]]:
    """The events of all stories and their articles: bursts first, then single events until enough are collected."""
    told = stories()[: max(3, min(len(stories()), round(n_records / 200)))]
    schedulers = [Scheduler(story, i, calendar, dice) for i, story in enumerate(told)]
    waiting = [event for scheduler in schedulers for burst in scheduler.bursts() for event in burst]
    events: list[Event] = []
    articles: list[Article] = []
    n_collected, n_full, turn = (
        0,
        0,
        cycle([schedulers[0], *schedulers], dice),
    )  # the first story is the richest
    while n_collected < wanted and n_full < len(schedulers):
        event = waiting.pop(0) if waiting else next(turn).single()
        if event is None:  # this story has no room left; when all say so, the rest is background
            n_full += 1
            continue
        n_full, written = 0, desk.cover(event)
        events.append(event)
        articles += written
        n_collected += sum(article.is_collected for article in written)
    return events, articles


def _background(n: int, desk: Desk, calendar: Calendar, dice: Dice) -> list[Article]:
    """So many articles that belong to no story; each item is used once before any is used again."""
    groups: list[int] = []
    while (left := n - sum(groups)) > 0:
        groups.append(min(left, 1 + (dice.integer(1, 6) if dice.chance(0.18) else 0)))
    every = [day for day in range(calendar.n_days) if day not in calendar.gap]
    every = every if len(every) <= len(groups) else []  # no day is empty by chance
    days = sorted([*every, *(calendar.weekday_draw(dice) for _ in groups[len(every) :])])
    items, cast = cycle(briefs(), dice), Cast(dice)
    out: list[Article] = []
    for number, (day, size) in enumerate(zip(days, groups, strict=True)):
        written: list[Article] = []
        while not written:
            written = desk.brief(next(items), cast.facts(_BRIEF_FACTS), day, size - 1, number)
        out += written
    return out


def _records(articles: list[Article], n_twins: int, dice: Dice) -> list[Kept]:
    """The collected articles as records with related lists; a few once more under a second spelling."""
    by_event: dict[str, list[Article]] = defaultdict(list)
    by_story: dict[str | None, list[Article]] = defaultdict(list)
    for article in articles:
        by_event[article.event].append(article)
        by_story[article.story].append(article)
    places = {a.url: i for pool in by_story.values() for i, a in enumerate(pool)}
    records = []
    for article in articles:
        if article.is_collected:
            pool, place = by_story[article.story], places[article.url]
            around = pool[max(0, place - 40) : place + 40]
            listed = _related(article, by_event[article.event], around, dice)
            tracked = article.outlet.tracked and dice.chance(0.6)
            records.append(Kept(article, _tracked(article.url, "rss") if tracked else article.url, listed))
    twice = sorted(dice.weighted(range(len(records)), [1.0] * len(records), n_twins))
    twins = [records[i] for i in twice]
    return records + [
        Kept(kept.article, _tracked(kept.article.url, "newsletter"), kept.related) for kept in twins
    ]


def _related(article: Article, same: list[Article], around: list[Article], dice: Dice) -> tuple[Article, ...]:
    """Five to twelve related articles, or none: some of the event, the rest of the same story or topic."""
    if not dice.chance(0.72 if article.story else 0.2):
        return ()
    length = dice.integer(5, 12)
    own = [other for other in same if other is not article]
    # What the collector missed is listed most often: a list is how it is known at all.
    own.sort(key=lambda other: other.is_collected)
    missed = sum(not other.is_collected for other in own)
    own = [*own[: min(2, missed)], *dice.shuffled(own[min(2, missed) :])][: max(2, length - 3)]
    others = [other for other in around if other.event != article.event]
    if article.story is None:
        near = [other for other in others if set(other.topics) & set(article.topics)]
        others = near if len(near) >= 5 else others
    return tuple(dice.shuffled([*own, *dice.shuffled(others)[: length - len(own)]]))


def _tracked(url: str, medium: str) -> str:
    """The address as a feed or a newsletter spells it."""
    return f"{url}?utm_source=demo&utm_medium={medium}"
