"""Events: articles about the same happening.

Each text takes on a part of its nearest neighbours in time (one step of smoothing, so that two reports meet through a
third), and average-link clustering joins what is alike enough. What is enough depends on how much the texts say and on
how far apart in time they are; there is no fixed window, and a long story splits where it turns to something new.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.grouping.embeddings import Embedder, embed_texts
from analysis.grouping.features import (
    Texts,
    Weights,
    Worded,
    fullness,
)
from analysis.grouping.forms import SameForm, forms_of
from analysis.grouping.frame import in_order
from analysis.grouping.linkage import Items, average_link
from analysis.grouping.nearby import Nearby
from analysis.grouping.result import Grouping, Linked, assemble
from analysis.grouping.similarity import Pairs, Wanted, Window, nearest, similar_pairs
from analysis.grouping.sparse_rows import MixedRows

__all__ = ["WINDOW", "find_events", "link_events"]

WINDOW = Window(days=5.0, reach=2000)
_DOUBT = 0.3  # times ln(1 + texts within the window); see linkage.Items
_FADE = 7.0  # days apart at which a similarity counts 1/e
_NEIGHBOURS = 20
_BLOCK = 5000  # texts
_TERMS = 128  # kept of a smoothed text
_PARTNERS = 32  # earlier texts that a text may merge with


@dataclass(frozen=True)
class _Levels:
    """Similarities from which something counts: for a headline, and for a text with an excerpt."""

    neighbour: tuple[float, float]
    merge: tuple[float, float]


# Measured on headlines and on articles with excerpts; flat around these values.
_WORDS = _Levels(neighbour=(0.05, 0.10), merge=(0.12, 0.15))
_WORDS_AND_MEANING = _Levels(neighbour=(0.15, 0.20), merge=(0.20, 0.25))


def find_events(
    articles: pd.DataFrame, links: pd.DataFrame | None = None, embedder: Embedder | None = None
) -> Grouping:
    """Group articles about the same happening.

    Every article is in exactly one event, alone if need be. The order of the rows changes nothing. Undated articles
    meet only one another. Related links are shown as evidence and never join anything: ``related`` often means
    "also about this topic".

    Args:
        articles: one row an article: ``article_id, title`` and, where known, ``excerpt, published_at, provider_id``.
        links: ``article_id, related_article_id``, for the evidence.
        embedder: a sentence model whose cosine is averaged with that of the words (see ``load_embedder``).

    Returns:
        A ``Grouping`` of kind ``events``.

    Raises:
        MissingColumnError: ``article_id`` or ``title`` is absent.
        DuplicateArticleError: an ``article_id`` occurs twice.

    >>> frame = pd.DataFrame(
    ...     {
    ...         "article_id": ["a", "b", "c"],
    ...         "title": ["EU weighs ban on face recognition", "Face recognition ban weighed by EU", "Rain in Spain"],
    ...         "published_at": ["2020-01-17T08:00Z", "2020-01-17T11:00Z", "2020-01-17T12:00Z"],
    ...     }
    ... )
    >>> find_events(frame).members["group_id"].nunique()
    2
    """
    frame = in_order(articles)
    return assemble("events", frame, link_events(frame, embedder), links)


def link_events(
    frame: pd.DataFrame,
    embedder: Embedder | None = None,
    worded: Worded | None = None,
    nearby: Nearby | None = None,
) -> Linked:
    """The linkage behind ``find_events``, on articles as ``in_order`` gives them.

    Args:
        frame: the articles.
        embedder: as of ``find_events``.
        worded: their texts and weights, where they are known.
        nearby: what is wanted, if not all is; the other texts stay alone, and have no pairs.

    Raises:
        BeyondEdge: what is wanted reaches too far.
    """
    texts, weights = worded or Worded.of(frame)
    dense = None if embedder is None else embed_texts(embedder, frame, texts)
    pairs, label, own = _joined(texts, weights, dense, forms_of(frame, texts), nearby)
    of = texts.of_article
    confidence = own / np.maximum(own + _rival(pairs, label), 1e-9)
    return Linked(texts, weights, pairs, texts.article[label][of], confidence[of], own[of])


def _joined(
    texts: Texts,
    weights: Weights,
    dense: np.ndarray | None,
    same_form: SameForm,
    nearby: Nearby | None,
) -> tuple[Pairs, np.ndarray, np.ndarray]:
    """The pairs of wanted texts that may merge, the first text of each text's group, and its nearness to it."""
    levels = _WORDS if dense is None else _WORDS_AND_MEANING
    paired = nearby.paired(texts.day, WINDOW.days) if nearby else None
    items, far = _smoothed(texts, weights, dense, levels, same_form, paired)

    def enough(late: np.ndarray, early: np.ndarray, similarity: np.ndarray) -> np.ndarray:
        found = items.score(late, early, similarity) >= 1
        found[found] = ~same_form(late[found], early[found])
        return found

    wanted = Wanted(min(levels.merge), _PARTNERS)
    later = nearby.later(texts.day, WINDOW.days) if nearby else None
    pairs = similar_pairs(items.weights, texts.day, WINDOW, enough, wanted, items.dense, far, later)
    if nearby:
        pairs = pairs.where(nearby.affected(texts.day, pairs)[pairs.late])
    label, own = average_link(items, pairs)
    return pairs, label, np.where(np.isnan(own), items.need, own)


def _by_length(levels: tuple[float, float], texts: Texts) -> np.ndarray:
    headline, full = levels
    return headline + (full - headline) * fullness(texts.n_terms)


def _doubt(day: np.ndarray) -> np.ndarray:
    """The doubt of a lone pair: it is the best of all pairs that the window holds, so the more texts, the greater."""
    low, high = np.searchsorted(day, day - WINDOW.days), np.searchsorted(day, day + WINDOW.days, side="right")
    return np.asarray(_DOUBT * np.log1p(high - low))


def _smoothed(
    texts: Texts,
    weights: Weights,
    dense: np.ndarray | None,
    levels: _Levels,
    same_form: SameForm,
    paired: np.ndarray | None,
) -> tuple[Items, tuple[np.ndarray, np.ndarray]]:
    """Each text plus its neighbours, weighted by how far their similarity passes the level; some texts, if not all.

    Also late and early of the neighbours beyond the window's reach.
    """
    around = nearest(weights.rows, weights.rare, texts.day, WINDOW, _NEIGHBOURS, dense, paired)
    level = _by_length(levels.neighbour, texts).astype(np.float32)
    spans = (slice(start, start + _BLOCK) for start in range(0, len(texts), _BLOCK))
    beyond = [np.empty((2, 0), np.int64), *(_weaken(around, span, level, same_form) for span in spans)]
    late, early = np.concatenate(beyond, axis=1)
    around.eliminate_zeros()
    rows = MixedRows(weights.rows, around, _TERMS)
    if dense is not None:
        dense = dense + around @ dense
        dense = dense / np.maximum(np.linalg.norm(dense, axis=1, keepdims=True), 1e-9)
    need = _by_length(levels.merge, texts)
    return Items(rows, dense, texts.day, need, _doubt(texts.day), texts.provider, _FADE), (late, early)


def _weaken(around: sparse.csr_array, texts: slice, level: np.ndarray, same_form: SameForm) -> np.ndarray:
    """Leave of some texts' similarities to their neighbours what passes the level, nothing where only forms are alike.

    Returns:
        int64 (2, pairs): late and early of the pairs beyond the window's reach.
    """
    ends = around.indptr[texts.start : texts.stop + 1]
    part, length = slice(int(ends[0]), int(ends[-1])), np.diff(ends)
    row = np.repeat(np.arange(texts.start, texts.start + len(length)), length)
    col = around.indices[part].astype(np.int64)
    pull = around.data[part]
    pull -= np.maximum(level[row], level[col])
    pull[pull < 0] = 0
    pulls = np.flatnonzero(pull)
    pull[pulls[same_form(row[pulls], col[pulls])]] = 0
    beyond = row - col > WINDOW.reach
    return np.stack([row[beyond], col[beyond]])


def _rival(pairs: Pairs, label: np.ndarray) -> np.ndarray:
    """For each text its mean similarity to the nearest other group; 0 where no pair leads to one."""
    n = len(label)
    size = np.bincount(label, minlength=n)[label]
    apart = pairs.where(label[pairs.late] != label[pairs.early])
    by_early = np.argsort(apart.early, kind="stable")
    rival = np.zeros(n)
    for start in range(0, n, _BLOCK):
        one = slice(*np.searchsorted(apart.late, [start, start + _BLOCK]))
        two = by_early[slice(*np.searchsorted(apart.early, [start, start + _BLOCK], sorter=by_early))]
        here = np.r_[apart.late[one], apart.early[two]].astype(np.int64)
        there = np.r_[apart.early[one], apart.late[two]]
        value = np.r_[apart.similarity[one], apart.similarity[two]]
        key, where = np.unique(here * n + label[there], return_inverse=True)
        mean = np.bincount(where, weights=value, minlength=len(key)) / size[key % n]
        np.maximum.at(rival, key // n, mean)
    return np.round(rival, 6)
