"""Texts of one outlet that have their form in common and differ in what they are about.

"Deep Learning Market 2020: Trends, Sales, Growth" and "Neural Network Market 2020: Trends, Sales, Growth" share most
of their words, and none of them says what the text is about. Between outlets the same is one happening in two
wordings; an outlet does not report one happening twice in one sentence with another subject.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher

import numpy as np
import pandas as pd

from analysis.grouping.features import STOP, Texts
from analysis.text import tokens

__all__ = ["SameForm", "forms_of"]

_FRAME = 4.0  # words that two titles share around the slot
_BODY = 10  # words of an excerpt that tell whether two are one text
_SHARED = 0.7  # of the shorter's words
_SPELLED = 0.7  # alike to the letter: a slip of the pen, mended

SameForm = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Two int arrays of texts in, bool out: whether each pair has only its form in common."""


def forms_of(frame: pd.DataFrame, texts: Texts) -> SameForm:
    """The function that tells which pairs of texts (two int arrays) have only their form in common: bool.

    These are pairs of one outlet whose titles are the same but for one place, where each has words of its own: four
    words or more are the same (a character of a script without blanks counts half), and at least as many as differ.
    Numbers, small words and the spelling make no difference: a toll that rises is one happening still. Where the
    excerpts are one text, and do not differ as the titles do, these are two headlines of one article.

    Args:
        frame: the articles, as ``frame.in_order`` gives them.
        texts: their distinct texts.

    >>> from analysis.grouping.features import distinct_texts
    >>> from analysis.grouping.frame import in_order
    >>> titles = ["All we know about Druid skills", "All we know about Barbarian skills", "Druid skills shown"]
    >>> articles = pd.DataFrame({"article_id": list("abc"), "title": titles, "provider_id": "games.example"})
    >>> frame = in_order(articles)
    >>> forms_of(frame, distinct_texts(frame))(np.array([1, 2]), np.array([0, 0])).tolist()
    [True, False]
    """
    titles, excerpts, first, provider = frame["title"], frame["excerpt"], texts.article, texts.provider

    def words(text: int) -> list[str]:
        return tokens(titles.iloc[first[text]])

    def body(text: int) -> set[str]:
        return set(tokens(excerpts.iloc[first[text]]))

    def same_form(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        out = np.zeros(len(left), dtype=bool)
        own = provider[left]
        for place in np.flatnonzero((own == provider[right]) & (own >= 0)).tolist():
            one, two = int(left[place]), int(right[place])
            column = texts.tokenizer.lookup(str(texts.language[one]))
            slot = _slot(words(one), words(two), column)
            out[place] = slot is not None and not _same_body(body(one), body(two), *slot)
        return out

    return same_form


def _slot(one: list[str], two: list[str], column: Callable[[str], int]) -> tuple[list[str], list[str]] | None:
    """The words in which two titles differ, if these are in one place and telling on either side."""
    shorter = min(len(one), len(two))
    before = 0
    while before < shorter and one[before] == two[before]:
        before += 1
    after = 0
    while after < shorter - before and one[-1 - after] == two[-1 - after]:
        after += 1
    mine, theirs = one[before : len(one) - after], two[before : len(two) - after]
    frame = _size(one[:before]) + _size(one[len(one) - after :])
    if frame < max(_FRAME, _size(mine), _size(theirs)):
        return None
    telling = [{column(w) for w in words if not w.isdigit()} - {STOP} for words in (mine, theirs)]
    if not all(telling) or telling[0] & telling[1]:
        return None
    alike = SequenceMatcher(None, " ".join(mine), " ".join(theirs), autojunk=False).ratio()
    return (mine, theirs) if alike < _SPELLED else None


def _same_body(one: set[str], two: set[str], mine: list[str], theirs: list[str]) -> bool:
    """Whether two excerpts are one text and do not differ as the titles do, so that these head one article."""
    shorter = min(len(one), len(two))
    differ = (one - two) & set(mine) and (two - one) & set(theirs)
    return shorter >= _BODY and len(one & two) >= _SHARED * shorter and not differ


def _size(words: list[str]) -> float:
    return sum(0.5 if len(word) == 1 and ord(word) > 0xE00 else 1.0 for word in words)
