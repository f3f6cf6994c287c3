"""The invented outlets and their habits: how good, how fast, and from whom they copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from analysis.demo.dice import Dice
from analysis.demo.library import names, outlets
from analysis.demo.phrasing import slug

__all__ = ["Outlet", "make_outlets"]


@dataclass(frozen=True)
class Outlet:
    """One outlet. `quality` is missing where nobody scores it; `speed` is its median delay in hours."""

    provider_id: str
    name: str
    other_name: str | None
    style: str
    reach: float
    quality: float | None
    speed: float
    copying: float
    copies_from: tuple[str, ...]
    amp: bool
    tracked: bool
    titled: bool
    address: str

    def page(self, part: str, when: datetime, number: int) -> str:
        """The address of an article."""
        path = self.address.format(part=part, year=when.year, month=when.month, day=when.day, number=number)
        return f"https://www.{self.provider_id}{path}"


@dataclass(frozen=True)
class _Habit:
    """What outlets of a style have in common; ranges are from, to."""

    reach: tuple[float, float]
    quality: tuple[float, float]
    speed: tuple[float, float]
    copying: tuple[float, float]
    titled: float


_HABITS = {
    "agency": _Habit((2.2, 3.0), (85, 120), (0.3, 0.9), (0, 0), 0),
    "broadsheet": _Habit((1.5, 2.2), (80, 140), (3, 8), (0.05, 0.15), 0.1),
    "tabloid": _Habit((1.0, 1.6), (30, 60), (2, 5), (0.2, 0.4), 0.2),
    "regional": _Habit((0.5, 1.1), (35, 75), (4, 10), (0.5, 0.9), 0.25),
    "trade": _Habit((0.5, 1.0), (50, 95), (8, 18), (0.1, 0.3), 0.6),
    "advocacy": _Habit((0.3, 0.6), (40, 70), (6, 20), (0, 0.1), 0.2),
    "blog": _Habit((0.2, 0.5), (8, 45), (24, 52), (0, 0.1), 0.3),
}
_ADDRESSES = (
    "/{year}/{month:02d}/{day:02d}/{part}/",
    "/news/{part}-{number}",
    "/{year}{month:02d}/{part}/",
    "/story/{number}/{part}",
    "/articles/{part}.html",
)
_MASTHEADS = ("Gazette", "Courier", "Evening Post", "Herald", "Chronicle", "Argus")


def make_outlets(n: int, dice: Dice) -> tuple[Outlet, ...]:
    """The first n outlets: all styles are among them; beyond the written list, more local papers are founded.

    >>> [outlet.style for outlet in make_outlets(20, Dice("x"))].count("agency")
    2
    """
    rows = _interleaved()
    if n > len(rows):
        rows += _founded(n - len(rows), {row["domain"] for _, row in rows}, dice)
    rows = rows[:n]
    agencies = [row["domain"] for style, row in rows if style == "agency"]
    return tuple(_outlet(style, row, agencies, dice) for style, row in rows)


def _interleaved() -> list[tuple[str, dict[str, str]]]:
    """All written outlets, mixed so that every beginning of the list has all styles in proportion; an agency first."""
    placed = [
        ((i + (0.1 if style == "agency" else 0.5)) / len(rows), style, row)
        for style, rows in outlets().items()
        for i, row in enumerate(rows)
    ]
    return [(style, row) for _, style, row in sorted(placed, key=lambda item: item[:2])]


def _founded(n: int, taken: set[str], dice: Dice) -> list[tuple[str, dict[str, str]]]:
    """More local papers, named after towns."""
    titles = [f"{town} {masthead}" for masthead in _MASTHEADS for town in dice.shuffled(names()["town"])]
    rows = [{"name": t, "domain": f"{slug(t).replace('-', '')}.example", "scored": "yes"} for t in titles]
    return [("regional", row) for row in rows if row["domain"] not in taken][:n]


def _outlet(style: str, row: dict[str, str], agencies: list[str], dice: Dice) -> Outlet:
    """One outlet with habits drawn from those of its style."""
    habit = _HABITS[style]
    name = row["name"]
    quality, copying = dice.uniform(*habit.quality), dice.uniform(*habit.copying)
    sources = dice.shuffled(agencies)[: dice.integer(1, 2)]
    return Outlet(
        provider_id=row["domain"],
        name=name,
        other_name=f"{name} Online" if dice.chance(0.2) else None,
        style=style,
        reach=dice.uniform(*habit.reach),
        quality=quality if row["scored"] == "yes" else None,
        speed=dice.uniform(*habit.speed),
        copying=copying,
        copies_from=tuple(sources) if copying > 0.02 else (),
        amp=dice.chance(0.35),
        tracked=dice.chance(0.25),
        titled=dice.chance(habit.titled),
        address=dice.pick(_ADDRESSES),
    )
