"""Keeps independent texts apart: what two outlets wrote themselves must not look like a copy."""

from __future__ import annotations

from collections import Counter, defaultdict

from analysis.text import tokens

__all__ = ["Freshness"]

_WORDS = 5
_SHARED = 0.3  # of the shorter text's word 5-grams; copies, even truncated ones, share nearly all of them
_DAYS = 100  # further apart, nobody would take two texts for one


class Freshness:
    """Remembers texts by their runs of five words.

    >>> memory = Freshness()
    >>> memory.admit("the cat sat on the mat in the hall", 1)
    True
    >>> memory.admit("the cat sat on the mat in a house", 2)
    False
    >>> memory.admit("the cat sat on the mat in a house", 199)
    True
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._texts: list[tuple[int, int]] = []  # day, number of runs

    def admit(self, text: str, day: int) -> bool:
        """Whether the text is unlike every other one of these months; if so, it is remembered."""
        words = tokens(text)
        runs = {tuple(words[i : i + _WORDS]) for i in range(len(words) - _WORDS + 1)}
        shared = Counter(number for run in runs for number in self._seen.get(run, ()))
        for number, n in shared.items():
            other_day, size = self._texts[number]
            if abs(other_day - day) <= _DAYS and n > _SHARED * min(size, len(runs)):
                return False
        for run in runs:
            self._seen[run].append(len(self._texts))
        self._texts.append((day, len(runs)))
        return True
