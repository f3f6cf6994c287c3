"""Random draws that are the same on every machine and Python version."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from typing import TypeVar

__all__ = ["Dice", "cycle"]

T = TypeVar("T")


class Dice:
    """Draws from a seed of text.

    Only ``random.random()`` is used, the one method whose sequence Python promises to keep; all else is made from it.

    >>> Dice("a").integer(1, 6) == Dice("a").integer(1, 6)
    True
    """

    def __init__(self, seed: str) -> None:
        self._next = random.Random(seed).random  # noqa: S311 - a made-up corpus needs no secrecy

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self._next() < probability

    def uniform(self, low: float, high: float) -> float:
        """A number from low up to high."""
        return low + (high - low) * self._next()

    def integer(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int((high - low + 1) * self._next())

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, all equally likely."""
        return items[int(len(items) * self._next())]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in random order (Fisher and Yates); the input is left alone."""
        out = list(items)
        for i in range(len(out) - 1, 0, -1):
            j = int((i + 1) * self._next())
            out[i], out[j] = out[j], out[i]
        return out

    def weighted(self, items: Sequence[T], weights: Sequence[float], n: int) -> list[T]:
        """Up to n different items, likelier ones first (Efraimidis and Spirakis, 2006); weight 0 is never drawn."""
        keyed = [
            (math.log(1 - self._next()) / w, i) if w > 0 else (-math.inf, i) for i, w in enumerate(weights)
        ]
        best = sorted(keyed, reverse=True)[:n]
        return [items[i] for key, i in best if key > -math.inf]

    def exponential(self, mean: float) -> float:
        """A waiting time with this mean."""
        return -mean * math.log(1 - self._next())

    def lognormal(self, median: float, spread: float) -> float:
        """A positive number around a median; spread is the standard deviation of its logarithm (Box and Muller)."""
        normal = math.sqrt(-2 * math.log(1 - self._next())) * math.cos(2 * math.pi * self._next())
        return median * math.exp(spread * normal)


def cycle(items: Sequence[T], dice: Dice) -> Iterator[T]:
    """The items in random order, again and again in a new order: none returns before all have had a turn.

    >>> three = cycle("abc", Dice("x"))
    >>> sorted(next(three) for _ in range(3))
    ['a', 'b', 'c']
    """
    while True:
        yield from dice.shuffled(items)
