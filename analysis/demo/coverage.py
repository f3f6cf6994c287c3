"""Who writes what about an event: independent reports, wire copies, and reports that the collector never saw."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from analysis.demo.dice import Dice
from analysis.demo.events import Calendar, Event
from analysis.demo.freshness import Freshness
from analysis.demo.library import Brief, closers
from analysis.demo.phrasing import phrase, slug, title_case
from analysis.demo.world import Outlet

__all__ = ["Article", "Desk"]

_FACT = re.compile(r"\{(\w+?)(?:_last|_cap|_bare|_word)?\}")
_PERSON = re.compile(r"\{(\w+?)(?:_last)?\}")
_SHORTEST = 25  # words of an excerpt that need no further sentence


@dataclass(frozen=True, slots=True)
class Article:
    """One published article, and the truth about it. `copied_from` is the address of the text's first publication."""

    url: str
    outlet: Outlet
    title: str
    excerpt: str
    published_at: datetime
    topics: tuple[str, ...]
    story: str | None
    event: str
    copied_from: str
    is_truncated: bool = False
    is_collected: bool = True


class Desk:
    """Writes articles; remembers headlines and addresses, so that none is given twice."""

    def __init__(self, outlets: tuple[Outlet, ...], calendar: Calendar, dice: Dice) -> None:
        self._outlets = outlets
        self._by_id = {outlet.provider_id: outlet for outlet in outlets}
        self._calendar = calendar
        self._dice = dice
        self._headlines: set[str] = set()
        self._urls: set[str] = set()
        self._freshness = Freshness()

    # ---- events of a story

    def cover(self, event: Event) -> list[Article]:
        """All articles about an event; none after the last day."""
        dice, kind = self._dice, event.kind
        limit = min(len(kind.leads), len(kind.details), len(kind.headlines))
        n_own = max(1, min(limit, round(event.size * dice.lognormal(4, 0.35))))
        n_unseen = 0 if n_own == limit else dice.integer(0, min(2, limit - n_own))
        writers = self._writers(n_own + n_unseen, event)
        texts = self._texts(event, writers)
        own = [
            self._own(event, outlet, text, i, is_collected=i < n_own)
            for i, (outlet, text) in enumerate(zip(writers, texts, strict=True))
            if text
        ]
        own = [
            article for article in own if self._calendar.offset(article.published_at) < self._calendar.n_days
        ]
        n_copies = round(event.size * dice.lognormal(2.9, 0.6))
        return own + self._copies(own, n_copies)

    def _writers(self, n: int, event: Event) -> list[Outlet]:
        """Outlets that write themselves, an agency first in seven of ten events, trade papers in their field only."""
        weights = [o.reach * (1 - o.copying) * (2 if o.style == "agency" else 1) for o in self._outlets]
        if not event.story.name.startswith(("calls", "platform", "children", "exam", "algorithms")):
            weights = [0 if o.style == "advocacy" else w for o, w in zip(self._outlets, weights, strict=True)]
        drawn = self._dice.weighted(self._outlets, weights, n)
        if self._dice.chance(0.7):
            drawn.sort(key=lambda outlet: outlet.style != "agency")
        return drawn

    def _own(
        self, event: Event, outlet: Outlet, text: tuple[str, str], place: int, *, is_collected: bool
    ) -> Article:
        """An independent report, on time by its outlet's habit."""
        hours = outlet.speed * self._dice.lognormal(0.6, 0.5)
        if place:
            hours += self._dice.exponential(11)
        when = self._office_hours(event.start + timedelta(minutes=round(60 * hours)), outlet)
        topics = self._topics(event.story.topics, event.kind.topics)
        url = self._url(outlet, text[0], when)
        collected = is_collected and self._calendar.collects(when)
        return Article(
            url, outlet, *text, when, topics, event.story.name, event.event_id, url, is_collected=collected
        )

    def _topics(self, always: tuple[str, ...], special: tuple[str, ...]) -> tuple[str, ...]:
        """One to four labels, the story's main one among them most of the time."""
        rest = self._dice.shuffled([*always[1:], *special])
        chosen = [always[0]] if self._dice.chance(0.85) else []
        return tuple((chosen + rest)[: self._dice.integer(1, 4)])

    def _texts(self, event: Event, writers: list[Outlet]) -> list[tuple[str, str] | None]:
        """Headline and excerpt for each writer, no two from one template; None where nothing new is left."""
        dice, kind = self._dice, event.kind
        heads = dice.shuffled(kind.headlines)
        styled = {style: dice.shuffled(lines) for style, lines in kind.styled.items()}
        parts = self._parts(event, len(writers))
        texts = []
        for outlet, part in zip(writers, parts, strict=True):
            own = styled.get(outlet.style, []) if dice.chance(0.75) else []
            excerpt, day = self._excerpt(part, event.facts), self._calendar.offset(event.start)
            title = self._new_headline([own, heads], event.facts, outlet)
            texts.append((title, excerpt) if title and self._freshness.admit(excerpt, day) else None)
        return texts

    def _parts(self, event: Event, n: int) -> list[list[str]]:
        """The sentences of n excerpts: a lead and a detail each that do not repeat a fact; short ones get another."""
        kind, dice, case = event.kind, self._dice, set(event.kind.cases[0])

        def fitting(lines: list[str]) -> list[str]:
            told = set(_FACT.findall(" ".join(lines))) & case
            return [detail for detail in spare if not told & set(_FACT.findall(detail))]

        spare = dice.shuffled(kind.details)
        parts = [[lead] for lead in dice.shuffled(kind.leads)[:n]]
        for part in sorted(parts, key=lambda lines: len(fitting(lines))):
            part.append((fitting(part) or spare)[0])
            spare.remove(part[-1])
        context = dice.shuffled(event.story.context)
        for part in parts:
            for stock in ([d for d in fitting(part) if d in spare], context):
                if stock and len(self._excerpt(part, event.facts).split()) < _SHORTEST:
                    part.append(stock.pop())
                    spare = [detail for detail in spare if detail != part[-1]]
        return parts

    def _new_headline(self, stock: list[list[str]], facts: dict[str, str], outlet: Outlet) -> str | None:
        """A headline never used before, from the first stock that has one; used lines are taken off the stock."""
        for lines in stock:
            while lines:
                title = self._headline(lines.pop(), facts, outlet)
                if title.casefold() not in self._headlines:
                    self._headlines.add(title.casefold())
                    return title
        return None

    def _excerpt(self, parts: list[str], facts: dict[str, str]) -> str:
        """Sentences in a row; a person who would be met by surname first is given in full."""
        met: set[str] = set()

        def introduced(match: re.Match[str]) -> str:
            name = match[1]
            is_new = name not in met
            met.add(name)
            return f"{{{name}}}" if is_new else match[0]

        return " ".join(phrase(_PERSON.sub(introduced, part), facts, self._dice) for part in parts)

    def _headline(self, line: str, facts: dict[str, str], outlet: Outlet) -> str:
        """A headline in the outlet's manner."""
        title = phrase(line, facts, self._dice)
        return title_case(title) if outlet.titled else title

    # ---- copies

    def _copies(self, own: list[Article], n: int) -> list[Article]:
        """Copies of agency reports (or of the first report, where no agency wrote) by outlets that did not write."""
        agency = [article for article in own if article.outlet.style == "agency"][:2] or own[:1]
        taken = {article.outlet.provider_id for article in own}
        free = [outlet for outlet in self._outlets if outlet.provider_id not in taken and outlet.copies_from]
        out = []
        for outlet in self._dice.weighted(free, [o.copying * o.reach for o in free], n if agency else 0):
            usual = [article for article in agency if article.outlet.provider_id in outlet.copies_from]
            original = self._dice.pick(usual or agency)
            when = self._office_hours(self._later(original.published_at, outlet), outlet)
            if self._calendar.offset(when) < self._calendar.n_days:
                out.append(self._copy(original, outlet, when))
        return out

    def _later(self, when: datetime, outlet: Outlet) -> datetime:
        """When a copy appears: sooner than a report of the outlet's own."""
        return when + timedelta(minutes=5 + round(60 * self._dice.lognormal(0.35 * outlet.speed, 0.8)))

    def _copy(self, original: Article, outlet: Outlet, when: datetime) -> Article:
        """The same text elsewhere, in four of ten cases cut short; the headline may be set in the outlet's manner."""
        dice = self._dice
        title, excerpt, is_cut = original.title, original.excerpt, dice.chance(0.4)
        if is_cut:
            words = excerpt.split(" ")
            excerpt = " ".join(words[: round(len(words) * dice.uniform(0.5, 0.8))]).rstrip(",;:.") + " ..."
        if dice.chance(0.12):
            title = f"{title} | {outlet.name}"
        elif outlet.titled and dice.chance(0.6):
            title = title_case(title)
        return replace(
            original,
            url=self._url(outlet, title, when),
            outlet=outlet,
            title=title,
            excerpt=excerpt,
            published_at=when,
            copied_from=original.url,
            is_truncated=is_cut,
            is_collected=self._calendar.collects(when),
        )

    # ---- background

    def brief(
        self, brief: Brief, facts: dict[str, str], offset: int, n_copies: int, number: int
    ) -> list[Article]:
        """A background item and its copies, all on one day; an empty list where it was told before."""
        agencies = [outlet for outlet in self._outlets if outlet.style == "agency"]
        weights = [o.reach * (1 - o.copying / 2) for o in self._outlets]
        outlet = self._dice.pick(agencies) if n_copies else self._dice.weighted(self._outlets, weights, 1)[0]
        title = self._headline(brief.headline, facts, outlet)
        ending = [self._dice.pick(closers())] if len(brief.excerpt.split()) < _SHORTEST else []
        excerpt = self._excerpt([brief.excerpt, *ending], facts)
        if title.casefold() in self._headlines or not self._freshness.admit(excerpt, offset):
            return []
        self._headlines.add(title.casefold())
        when = self._calendar.moment(offset, min(20, max(0.2, self._dice.lognormal(11, 0.35))))
        url = self._url(outlet, title, when)
        topics = tuple(self._dice.shuffled(brief.topics)[: self._dice.integer(1, len(brief.topics))])
        first = Article(url, outlet, title, excerpt, when, topics, None, f"00-{number:05d}", url)
        free = [o for o in self._outlets if o.copies_from and o is not outlet]
        copiers = self._dice.weighted(free, [o.copying * o.reach for o in free], n_copies)
        later = [when + timedelta(minutes=self._dice.integer(5, 220)) for _ in copiers]
        return [first, *(self._copy(first, o, t) for o, t in zip(copiers, later, strict=True))]

    # ---- time and address

    def _office_hours(self, when: datetime, outlet: Outlet) -> datetime:
        """The time moved out of the night, and mostly out of the weekend; agencies never sleep."""
        if outlet.style == "agency":
            return when
        if when.weekday() > 4 and self._dice.chance(0.45):
            when += timedelta(days=7 - when.weekday())
            when = when.replace(hour=0) + timedelta(hours=self._dice.integer(6, 10))
        if when.hour < 5 and self._dice.chance(0.8):
            when = when.replace(hour=self._dice.integer(5, 9))
        return when

    def _url(self, outlet: Outlet, title: str, when: datetime) -> str:
        """A new address for an article."""
        part, number = slug(title), self._dice.integer(1_000_000, 9_999_999)
        url, n = outlet.page(part, when, number), 2
        while url in self._urls:
            url, n = outlet.page(f"{part}-{n}", when, number), n + 1
        self._urls.add(url)
        return url
