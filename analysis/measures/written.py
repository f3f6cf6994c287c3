"""How a folded term is written: most often in the titles and excerpts that have it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, pairwise

import numpy as np
import pandas as pd

from analysis.text import spaced_out, tokens

__all__ = ["most_written"]

_READ = 40  # texts read to see how a term is written
_WORD = re.compile(r"[^\W_]+")
_JOINTS = frozenset({"", " ", "-", "'", "\u2019"})


def most_written(terms: Sequence[str], texts: pd.DataFrame) -> list[str]:
    """Each term as it is written most often; ties by letter, and a term that nobody writes as it is.

    Args:
        terms: folded words between single blanks, as `analysis.text.fold` makes them.
        texts: has `title` and `excerpt`, and folded `search_title` and `search_excerpt`.

    >>> texts = pd.DataFrame({"title": ["Ban the GPT-3", "The gpt 3 and GPT-3"], "excerpt": None})
    >>> texts = texts.assign(search_title=[" ban the gpt 3 ", " the gpt 3 and gpt 3 "], search_excerpt="")
    >>> most_written(["gpt 3", "ban"], texts)
    ['GPT-3', 'Ban']
    """
    sides = [
        _Side(texts[name], texts[search])
        for search, name in (("search_title", "title"), ("search_excerpt", "excerpt"))
    ]
    return [_most(term, sides) for term in terms]


class _Side:
    """Texts, found by what they are folded to: all of that in one string, which is searched in a stroke."""

    def __init__(self, plain: pd.Series, folded: pd.Series) -> None:
        self._plain = plain.to_numpy(object)
        parts = folded.tolist()
        self._ends = np.cumsum([len(part) + 1 for part in parts])
        self._joined = "\n".join(parts)

    def having(self, padded: str) -> Iterator[str]:
        """The texts that have a folded term between blanks, in their order."""
        at = self._joined.find(padded)
        while at >= 0:
            place = int(np.searchsorted(self._ends, at, side="right"))
            if pd.notna(self._plain[place]):
                yield self._plain[place]
            at = self._joined.find(padded, int(self._ends[place]))


def _most(term: str, sides: Sequence[_Side]) -> str:
    words, forms = term.split(), Counter[str]()
    even = re.compile(rf"(?<![^ ])(?={' +'.join(f'({word})' for word in words)}(?![^ ]))")
    for side in sides:
        for raw in islice(side.having(f" {term} "), _READ):
            spaced = spaced_out(raw)
            if spaced is None:
                forms.update(_forms(unicodedata.normalize("NFC", raw), words))
            else:
                forms.update(_form(raw, [found.span(n + 1) for n in range(len(words))])
                             for found in even.finditer(spaced))  # fmt: skip
    return min(forms, key=lambda form: (-forms[form], form)) if forms else term


def _forms(raw: str, words: list[str]) -> list[str]:
    """The places of a text where the words follow one another, as they are written there."""
    spans = [span for match in _WORD.finditer(raw) for span in _spans(match)]
    length = len(words)
    forms = []
    for place in range(len(spans) - length + 1):
        part = spans[place : place + length]
        if [word for word, _, _ in part] == words:
            forms.append(_form(raw, [(start, end) for _, start, end in part]))
    return forms


def _form(raw: str, spans: list[tuple[int, int]]) -> str:
    """What is written from the first word to the last: the words alone where more than a joint parts them."""
    joints = {raw[left[1] : right[0]] for left, right in pairwise(spans)}
    if joints <= _JOINTS:
        return raw[spans[0][0] : spans[-1][1]]
    return " ".join(raw[start:end] for start, end in spans)


def _spans(match: re.Match[str]) -> list[tuple[str, int, int]]:
    """Folded words of a run of letters, each with where it is written."""
    start, end = match.span()
    folded = _folded(match.group())
    if len(folded) == end - start:  # a script without blanks: each character is a word
        return [(word, start + place, start + place + 1) for place, word in enumerate(folded)]
    return [(word, start, end) for word in folded]


@lru_cache(maxsize=10_000)
def _folded(word: str) -> tuple[str, ...]:
    return tuple(tokens(word))
