"""What happens and when: the days of the demo, its bursts, and events with their facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from analysis.demo.dice import Dice, cycle
from analysis.demo.library import Kind, Story, names
from analysis.demo.phrasing import in_words

__all__ = ["Calendar", "Cast", "Event", "Scheduler"]

_LAST_DAY = date(2021, 9, 15)
_LETTER_DAY = date(2021, 8, 22)  # the first story's great burst: the days of the sample record
_WEEKDAYS = (1.0, 1.05, 1.05, 1.0, 0.9, 0.5, 0.45)  # Monday first
_APART = 6  # days between two events of one kind, so that a reader can tell them apart


@dataclass(frozen=True)
class Calendar:
    """The days covered, and those on which nothing was collected (offsets from the first day)."""

    first: date
    n_days: int
    gap: tuple[int, ...]

    @classmethod
    def of(cls, n_records: int) -> Calendar:
        """The days for so many records: 120 for 3,000.

        >>> Calendar.of(3000).first
        datetime.date(2021, 5, 19)
        """
        n_days = max(40, round(120 * (n_records / 3000) ** 0.9))
        middle = n_days // 2
        return cls(_LAST_DAY - timedelta(days=n_days - 1), n_days, (middle - 1, middle, middle + 1))

    def day(self, offset: int) -> date:
        """The date of an offset."""
        return self.first + timedelta(days=offset)

    def offset(self, when: datetime) -> int:
        """The offset of a time; outside the days covered it is negative or `n_days` and more."""
        return (when.date() - self.first).days

    def collects(self, when: datetime) -> bool:
        """Whether the collector was at work."""
        offset = self.offset(when)
        return 0 <= offset < self.n_days and offset not in self.gap

    def weekday_draw(self, dice: Dice) -> int:
        """A day on which something was collected, weekdays more often than weekends."""
        while True:
            offset = dice.integer(0, self.n_days - 1)
            if offset not in self.gap and dice.uniform(0, 1.05) < _WEEKDAYS[self.day(offset).weekday()]:
                return offset

    def moment(self, offset: int, hour: float) -> datetime:
        """A time on a day."""
        return datetime.combine(self.day(offset), datetime.min.time(), UTC) + timedelta(
            minutes=round(60 * hour)
        )


@dataclass(frozen=True)
class Event:
    """One happening: what kind, when it became known, how much it moves, and its facts."""

    event_id: str
    story: Story
    kind: Kind
    start: datetime
    size: float
    burst: int | None
    facts: dict[str, str]


class Cast:
    """Draws the people, places and numbers of events; no name returns before the others had their turn."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._pools: dict[str, Iterator[str]] = {key: cycle(items, dice) for key, items in names().items()}

    def facts(self, wanted: dict[str, str]) -> dict[str, str]:
        """Facts by name: from a list of names, a `person`, or a number in a range such as `3-19`."""
        out: dict[str, str] = {}
        for name, spec in wanted.items():
            if spec == "person":
                out[f"{name}_last"] = next(self._pools["last"])
                out[name] = f"{next(self._pools['first'])} {out[f'{name}_last']}"
            elif spec in self._pools:
                out[name] = next(self._pools[spec])
            else:
                number = self._number(spec)
                out[name], out[f"{name}_word"] = f"{number:,}", in_words(number)
        return _with_forms(out)

    def event_facts(self, kind: Kind, case: int) -> dict[str, str]:
        """The facts of an event of this kind, with those of one of its cases."""
        return _with_forms(kind.cases[case]) | self.facts(kind.facts)

    def _number(self, spec: str) -> int:
        """A number in a range; large ones do not come out round."""
        low, high = map(int, spec.split("-"))
        return self._dice.integer(low, high)


def _with_forms(facts: dict[str, str]) -> dict[str, str]:
    """The facts, each also with a capital (`_cap`) and without its article (`_bare`)."""
    out = dict(facts)
    for name, text in facts.items():
        out[f"{name}_cap"] = text[:1].upper() + text[1:]
        head, _, rest = text.partition(" ")
        out[f"{name}_bare"] = rest if head in {"a", "an", "the"} else text
    return out


class Scheduler:
    """Puts the events of one story on the calendar."""

    def __init__(self, story: Story, number: int, calendar: Calendar, dice: Dice) -> None:
        self.story = story
        self._number = number
        self._calendar = calendar
        self._dice = dice
        self._cast = Cast(dice)
        self._days: dict[str, list[tuple[int, int]]] = {kind.name: [] for kind in story.kinds}  # day, case
        self._n_events = 0

    def bursts(self) -> list[list[Event]]:
        """The bursts planned for the story, each a list of events within a few days; the first event is the largest."""
        n = max(1, round(self._calendar.n_days / 60))
        starts = [self._calendar.offset(datetime.combine(_LETTER_DAY, datetime.min.time(), UTC))]
        if self._number:
            starts = []
        for _ in range(200):
            if len(starts) == n:
                break
            start = self._dice.integer(3, self._calendar.n_days - 9)
            near_gap = -8 < start - self._calendar.gap[0] < 4
            weekend = self._calendar.day(start).weekday() > 3
            if not near_gap and not weekend and all(abs(start - other) > 20 for other in starts):
                starts.append(start)
        return [self._burst(i, start) for i, start in enumerate(sorted(starts))]

    def _burst(self, number: int, start: int) -> list[Event]:
        """One burst: the opening event and others of different kinds that follow on its heels."""
        opening = self.story.kinds[0] if self._number == 0 else self._freshest(start)
        others = [kind for kind in self._dice.shuffled(self.story.kinds) if kind.name != opening.name]
        events = [self._event(opening, start, self._dice.uniform(2.2, 2.8), number)]
        for i, kind in enumerate(others[: 1 + len(others) // 2]):
            events.append(self._event(kind, start + 1 + i, self._dice.uniform(1.2, 1.7), number))
        return events

    def single(self) -> Event | None:
        """An event outside the bursts, or None where the story has no room left for one."""
        for _ in range(60):
            offset = self._calendar.weekday_draw(self._dice)
            kind = self._freshest(offset)
            if self._distance(kind, offset) >= _APART:
                return self._event(kind, offset, self._dice.uniform(0.4, 1.0), None)
        return None

    def _distance(self, kind: Kind, offset: int) -> int:
        """Days to the nearest event of the kind."""
        return min((abs(offset - day) for day, _ in self._days[kind.name]), default=1000)

    def _rarest_case(self, kind: Kind, offset: int) -> int:
        """The case whose nearest event lies farthest away."""
        used = self._days[kind.name]
        cases = self._dice.shuffled(range(len(kind.cases)))
        return max(
            cases, key=lambda case: min((abs(offset - day) for day, c in used if c == case), default=1000)
        )

    def _freshest(self, offset: int) -> Kind:
        """The kind whose nearest event lies farthest away."""
        return max(self._dice.shuffled(self.story.kinds), key=lambda kind: self._distance(kind, offset))

    def _event(self, kind: Kind, offset: int, size: float, burst: int | None) -> Event:
        """An event on a day, known from some time in the morning or afternoon."""
        case = self._rarest_case(kind, offset)
        self._days[kind.name].append((offset, case))
        self._n_events += 1
        return Event(
            event_id=f"{self._number + 1:02d}-{kind.name}-{self._n_events:04d}",
            story=self.story,
            kind=kind,
            start=self._calendar.moment(offset, self._dice.uniform(5.5, 15)),
            size=size,
            burst=burst,
            facts=self._cast.event_facts(kind, case),
        )
