"""Names of groups: the title that most texts carry, or the phrases that their titles share and other texts lack."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

import numpy as np
import pandas as pd

from analysis.grouping.features import Texts, Tokenizer, Weights
from analysis.text import tokens

__all__ = ["group_labels", "phrases"]

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
# What may stand between two words of a phrase: blanks, hyphens, en dash, apostrophes, "&" and a full stop.
_JOINT = re.compile(r"^[ \-\u2010\u2011\u2013'\u2019&.]{0,2}$")
_LONGEST = 4
_TITLES = 40  # of a group: more do not change its name
_LENGTH = 60  # characters of a title
_CHUNK = 20_000  # groups

_Word = tuple[int, int, int]  # start, end, column of the stem or -1


def phrases(
    titles: Sequence[tuple[str, str]],
    idf: Mapping[int, float],
    tokenizer: Tokenizer,
    most: int = 3,
    least: int = 2,
) -> list[str]:
    """The phrases that name a group of titles, best first.

    A phrase of up to four words scores the number of titles that have it times the sum of its words' inverse document
    frequencies: c-TF-IDF (Grootendorst 2022) on phrases. Phrases that share a stem with a better one are left out.

    Args:
        titles: title and language code of each text.
        idf: inverse document frequency by column of the stem (see ``features.Tokenizer``); words without are ignored.
        tokenizer: what maps words to columns.
        most: phrases given.
        least: titles that a phrase is in, if there are so many.

    >>> titles = [("EU weighs ban on Face Recognition", "en"), ("Face Recognition: EU ban nears", "en")]
    >>> tokenizer = Tokenizer()
    >>> idf = {column: 1.0 for title, code in titles for _, column in tokenizer.stems(title, code)}
    >>> phrases(titles, idf, tokenizer)
    ['Face Recognition', 'EU', 'ban']
    """
    count: Counter[tuple[int, ...]] = Counter()
    written: dict[tuple[int, ...], Counter[str]] = {}
    least = min(least, len(titles))
    worded = [(title, _words(title, language, idf, tokenizer)) for title, language in titles]
    stems = Counter(chain.from_iterable({column for *_, column in words} for _, words in worded))
    seldom = {column for column, number in stems.items() if column >= 0 and number < least}
    for title, words in worded:
        found = dict(_candidates(title, words, seldom))
        count.update(found.keys())
        for key, surface in found.items():
            written.setdefault(key, Counter())[surface] += 1
    scored = [
        (-number * sum(idf.get(column, 0.0) for column in key), key)
        for key, number in count.items()
        if number >= least
    ]
    chosen: list[str] = []
    taken: set[int] = set()
    for _, key in sorted(scored):
        telling = {column for column in key if column >= 0}
        if telling & taken:
            continue
        taken |= telling
        forms = written[key]
        chosen.append(min(forms, key=lambda form: (-forms[form], form)))
        if len(chosen) == most:
            break
    return chosen


def _words(title: str, language: str, idf: Mapping[int, float], tokenizer: Tokenizer) -> list[_Word]:
    lookup = tokenizer.lookup(language)
    out: list[_Word] = []
    for match in _WORD.finditer(title):
        parts = tokens(match.group())
        if not parts:
            continue
        if len(parts) == len(match.group()) > 1:  # a script without blanks: every character is a word
            out += [
                (match.start() + i, match.start() + i + 1, _known(lookup(p), idf))
                for i, p in enumerate(parts)
            ]
        else:
            out.append((*match.span(), _known(lookup(parts[0]), idf)))
    return out


def _known(column: int, idf: Mapping[int, float]) -> int:
    return column if column in idf else -1


def _candidates(
    title: str, words: list[_Word], seldom: Container[int]
) -> Iterable[tuple[tuple[int, ...], str]]:
    """The phrases of a title that begin and end with a telling word: their stems, and how they are written.

    Phrases with a stem that is in too few titles are left out.
    """
    for i, (start, _, column) in enumerate(words):
        if column < 0 or column in seldom:
            continue
        key: list[int] = []
        for j in range(i, min(i + _LONGEST, len(words))):
            if j > i and not _JOINT.match(title[words[j - 1][1] : words[j][0]]):
                break
            if words[j][2] in seldom:
                break
            key.append(words[j][2])
            if words[j][2] >= 0 and len(set(key)) == len(key):
                yield tuple(key), title[start : words[j][1]]


def group_labels(frame: pd.DataFrame, texts: Texts, weights: Weights, label: np.ndarray) -> Iterator[str]:
    """The label of each group, by its first article: the title that most of its texts carry, cut; else phrases.

    Args:
        frame: the articles, as ``frame.in_order`` gives them.
        texts: their distinct texts.
        weights: the TF-IDF of these.
        label: int64 (articles): the first article of each article's group.
    """
    firsts = np.unique(label)
    group = label[texts.article]
    order = np.argsort(group, kind="stable")
    begins, ends = (np.searchsorted(group[order], firsts, side) for side in ("left", "right"))
    for start in range(0, len(firsts), _CHUNK):  # titles as Python text only some thousands at a time
        units = [
            order[begin : min(end, begin + _TITLES)] if end > begin else texts.of_article[[first]]
            for first, begin, end in zip(
                *(column[start : start + _CHUNK] for column in (firsts, begins, ends)), strict=True
            )
        ]
        titles = iter(frame["title"].iloc[texts.article[np.concatenate(units)]].tolist())
        for some in units:
            yield _name(list(islice(titles, len(some))), some, texts, weights)


def _name(titles: list[str], units: np.ndarray, texts: Texts, weights: Weights) -> str:
    """The label of one group from the titles of its texts."""
    title, number = Counter(titles).most_common(1)[0]
    if 2 * number > len(titles):
        return _cut(title)
    counts = texts.counts
    idf: dict[int, float] = {}
    for unit in units.tolist():
        span = slice(counts.indptr[unit], counts.indptr[unit + 1])
        idf.update(zip(counts.indices[span].tolist(), weights.idf[span].tolist(), strict=True))
    languages = texts.language[units].tolist()
    named = phrases(list(zip(titles, languages, strict=True)), idf, texts.tokenizer)
    return ", ".join(named) or _cut(titles[0])


def _cut(title: str) -> str:
    """A title, cut after a word where it is long.

    >>> _cut("Council votes to ban face recognition in every station, school and stadium of the town")
    'Council votes to ban face recognition in every station,…'
    """
    whole = " ".join(title.split())
    return whole if len(whole) <= _LENGTH else f"{whole[:_LENGTH].rsplit(' ', 1)[0]}…"
