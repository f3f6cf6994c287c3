"""How a folded term is written most often in the texts that have it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from analysis.text import spaced_out, tokens

__all__ = ["most_written"]

_WORD = re.compile(r"[^\W_]+")
_JOINTS = frozenset({"", " ", "-", "'", "\u2019"})
_END = "\0"  # of a text, where several are looked through as one
_BLANKED = "".join(str(spaced_out(chr(code))) if chr(code) != _END else _END for code in range(128))


def most_written(term: str, texts: Iterable[str]) -> str:
    """A term as it is written most often; ties by letter, and a term that nobody writes as it is.

    Args:
        term: folded words between single blanks, as `analysis.text.fold` makes them.
        texts: what to look through.

    >>> most_written("gpt 3", ["Ban the GPT-3", "The gpt 3 and GPT-3"])
    'GPT-3'
    """
    words, forms = term.split(), Counter[str]()
    edge = f"[^ {_END}]"
    even = re.compile(rf"(?<!{edge})(?={' +'.join(f'({word})' for word in words)}(?!{edge}))")
    plain = []
    for raw in texts:
        if raw.isascii() and _END not in raw:
            plain.append(raw)
        elif (spaced := spaced_out(raw)) is None:
            forms.update(_forms(unicodedata.normalize("NFC", raw), words))
        else:
            forms.update(_found(even, raw, spaced))
    whole = _END.join(plain)
    forms.update(_found(even, whole, whole.translate(_BLANKED)))
    return min(forms, key=lambda form: (-forms[form], form)) if forms else term


def _found(even: re.Pattern[str], raw: str, spaced: str) -> Iterator[str]:
    """The places where a pattern finds the words, each a group, as they are written there."""
    for match in even.finditer(spaced):
        yield _form(raw, [match.span(place + 1) for place in range(even.groups)])


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
