"""Copies: articles that carry the same text, whole or cut short; the earliest is the original.

Two texts are copies when their words weigh nearly the same (cosine of TF-IDF) or when most runs of five words of the
shorter stand in the longer (containment), which finds truncated copies that a symmetric measure loses (Broder 1997).
Short texts are alike by chance: the less two texts say, the nearer in time they must be.
"""

from __future__ import annotations

from array import array
from zlib import crc32

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.grouping.features import COLUMNS, Texts, Worded
from analysis.grouping.forms import forms_of
from analysis.grouping.frame import in_order
from analysis.grouping.nearby import Nearby
from analysis.grouping.rarity import rarity
from analysis.grouping.result import Grouping, Linked, assemble
from analysis.grouping.similarity import Pairs, Wanted, Window, similar_pairs
from analysis.text import tokens

__all__ = ["WINDOW", "find_copies", "link_copies"]

WINDOW = Window(days=14.0)
_COSINE = 0.7
_CONTAINMENT = 0.4
_RUN = 5  # words
_LEAST_RUNS = 20.0  # weight of shared runs: four that are rare
_LEAST_TERMS = 4  # a text of fewer stems tells nothing
_TERMS_PER_DAY = 4.0
_PARTNERS = 64
_CHUNK = 20_000  # texts


def find_copies(articles: pd.DataFrame) -> Grouping:
    """Group articles that carry the same text.

    Every article is in exactly one group, alone if need be; the order of the rows changes nothing. An article joins a
    group when it is a copy of at least half of those members that came before it, so that copies of copies cannot
    drift. Texts of fewer than four stems ("Morning briefing") are never called copies.

    Args:
        articles: one row an article: ``article_id, title`` and, where known, ``excerpt, published_at, provider_id``.

    Returns:
        A ``Grouping`` of kind ``copies``; ``is_original`` marks the earliest of each group.

    Raises:
        MissingColumnError: ``article_id`` or ``title`` is absent.
        DuplicateArticleError: an ``article_id`` occurs twice.

    >>> frame = pd.DataFrame(
    ...     {
    ...         "article_id": ["a", "b", "c"],
    ...         "title": ["Council votes to ban face recognition"] * 2 + ["Rain expected over Spain tonight"],
    ...         "published_at": ["2020-01-17T08:00Z", "2020-01-17T11:00Z", "2020-01-17T12:00Z"],
    ...     }
    ... )
    >>> find_copies(frame).members["is_original"].tolist()
    [True, False, True]
    """
    frame = in_order(articles)
    return assemble("copies", frame, link_copies(frame), None)


def link_copies(frame: pd.DataFrame, worded: Worded | None = None, nearby: Nearby | None = None) -> Linked:
    """The linkage behind ``find_copies``, on articles as ``in_order`` gives them.

    Args:
        frame: the articles.
        worded: their texts and weights, where they are known.
        nearby: what is wanted, if not all is; the other texts stay alone, and have no pairs.

    Raises:
        BeyondEdge: what is wanted reaches too far.
    """
    texts, weights = worded or Worded.of(frame)
    later = nearby.later(texts.day, WINDOW.days) if nearby else None
    telling = texts.n_terms >= _LEAST_TERMS

    same_form = forms_of(frame, texts)

    def near(late: np.ndarray, early: np.ndarray) -> np.ndarray:
        days = np.minimum(texts.n_terms[late], texts.n_terms[early]) / _TERMS_PER_DAY
        return np.asarray(telling[late] & telling[early] & (texts.day[late] - texts.day[early] <= days))

    def same_words(late: np.ndarray, early: np.ndarray, similarity: np.ndarray) -> np.ndarray:
        found = (similarity >= _COSINE) & near(late, early)
        found[found] = ~same_form(late[found], early[found])
        return np.asarray(found)

    wanted = Wanted(_COSINE, _PARTNERS)
    alike = similar_pairs(weights.rows, texts.day, WINDOW, same_words, wanted, rows=later)
    runs, total = _runs(frame, texts)

    def contained(late: np.ndarray, early: np.ndarray, shared: np.ndarray) -> np.ndarray:
        # What an outlet shares with itself under another headline is its standing text, not a copy.
        other = (texts.provider[late] != texts.provider[early]) | (texts.provider[late] < 0)
        enough = shared >= _CONTAINMENT * np.minimum(total[late], total[early])
        return np.asarray(other & enough & near(late, early))

    wanted = Wanted(_LEAST_RUNS, _PARTNERS)
    inside = similar_pairs(runs, texts.day, WINDOW, contained, wanted, rows=later)
    share = np.minimum(inside.similarity / np.minimum(total[inside.late], total[inside.early]), 1.0)
    pairs = _union(alike, Pairs(inside.late, inside.early, np.round(share, 6)), len(texts))
    if nearby:
        pairs = pairs.where(nearby.affected(texts.day, pairs)[pairs.late])
    unit_label, strength = _follow(pairs, len(texts))
    of = texts.of_article
    # Twins of a text that tells nothing stay apart.
    label = np.where(telling[of], texts.article[unit_label][of], np.arange(len(frame)))
    return Linked(texts, weights, pairs, label, strength[of], strength[of])


class _Hashes(dict[str, int]):
    """A number for each word, remembered."""

    def __missing__(self, word: str) -> int:
        number = self[word] = crc32(word.encode(errors="surrogatepass"))
        return number


def _runs(frame: pd.DataFrame, texts: Texts) -> tuple[sparse.csr_array, np.ndarray]:
    """Runs of five words of each text, weighted so that products add up their idf; and the total of each text."""
    hashed = _Hashes()
    parts = []
    for start in range(0, len(texts), _CHUNK):
        some = frame.iloc[texts.article[start : start + _CHUNK]]
        parts.append(_runs_of(some["title"].tolist(), some["excerpt"].tolist(), hashed))
    columns = [column for column, _ in parts]
    indptr = np.r_[0, np.cumsum(np.concatenate([[0], *(length for _, length in parts)])[1:])]
    used = np.zeros(COLUMNS, dtype=bool)
    for column in columns:
        used[column] = True
    number = (np.cumsum(used) - 1).astype(np.int32)
    place = np.concatenate([np.empty(0, np.int32), *(number[column] for column in columns)])
    weight = rarity(place, indptr, texts.day, texts.provider)[0]
    row = np.repeat(np.arange(len(texts), dtype=np.int32), np.diff(indptr))
    total = np.bincount(row, weights=weight, minlength=len(texts))
    shape = (len(texts), max(int(used.sum()), 1))
    matrix = sparse.csr_array((np.sqrt(weight), place, indptr.astype(np.int32)), shape=shape)
    return matrix, np.maximum(total, 1e-9)


def _runs_of(titles: list[str], excerpts: list[str], hashed: _Hashes) -> tuple[np.ndarray, np.ndarray]:
    """The runs of some texts (int32, each once a text, ascending), and how many each text has."""
    ids, length = array("Q"), array("i")
    for title, excerpt in zip(titles, excerpts, strict=True):
        for part in (title, excerpt):
            words = tokens(part)
            ids.extend(map(hashed.__getitem__, words))
            length.append(len(words))
    part_of = np.repeat(np.arange(len(length)), np.asarray(length, dtype=np.int64))
    whole = (
        np.flatnonzero(part_of[_RUN - 1 :] == part_of[: 1 - _RUN]) if len(ids) >= _RUN else np.empty(0, int)
    )
    run = _rolled(np.asarray(ids, dtype=np.uint64))[whole] if len(whole) else np.empty(0, np.int64)
    key = np.unique((part_of[whole] // 2) * COLUMNS + run)
    return (key % COLUMNS).astype(np.int32), np.bincount(key // COLUMNS, minlength=len(titles))


def _rolled(ids: np.ndarray) -> np.ndarray:
    """A number below ``COLUMNS`` for each run of five ids (uint64, wrapping)."""
    value = np.zeros(len(ids) - _RUN + 1, dtype=np.uint64)
    for i in range(_RUN):
        value = value * np.uint64(0x9E3779B97F4A7C15) + ids[i : len(ids) - _RUN + 1 + i]
    return ((value ^ (value >> np.uint64(29))) % np.uint64(COLUMNS)).astype(np.int64)


def _union(one: Pairs, two: Pairs, n: int) -> Pairs:
    """The pairs of either, each with its greater similarity."""
    key = np.r_[one.late, two.late].astype(np.int64) * n + np.r_[one.early, two.early]
    unique, where = np.unique(key, return_inverse=True)
    best = np.zeros(len(unique))
    np.maximum.at(best, where, np.r_[one.similarity, two.similarity])
    return Pairs(unique // n, unique % n, best)


def _follow(pairs: Pairs, n: int) -> tuple[np.ndarray, np.ndarray]:
    """In order of time, each text joins the group of which it copies most, if that is half; else it leads a new one.

    Returns:
        int64 (texts): the first text of each text's group; float64 (texts): the mean similarity to those copied, 1
        where the text is the original.
    """
    label = np.arange(n)
    strength = np.ones(n)
    size = np.ones(n, dtype=np.int64)
    late, begins = np.unique(pairs.late, return_index=True)
    for text, start, stop in zip(late, begins, np.r_[begins, len(pairs)][1:], strict=True):
        leaders, copied = np.unique(label[pairs.early[start:stop]], return_counts=True)
        most = int(np.argmax(copied))
        leader = leaders[most]
        if 2 * copied[most] < min(size[leader], _PARTNERS):
            continue
        label[text] = leader
        size[leader] += 1
        mine = label[pairs.early[start:stop]] == leader
        strength[text] = round(float(pairs.similarity[start:stop][mine].mean()), 6)
    return label, strength
