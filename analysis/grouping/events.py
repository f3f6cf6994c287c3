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
    distinct_texts,
    fullness,
    strongest_terms,
    term_weights,
)
from analysis.grouping.frame import in_order
from analysis.grouping.linkage import Items, average_link
from analysis.grouping.result import Grouping, Linked, assemble
from analysis.grouping.similarity import Pairs, Window, nearest, similar_pairs

__all__ = ["WINDOW", "find_events", "link_events"]

WINDOW = Window(days=5.0)
_DOUBT = 0.5  # see linkage.Items
_FADE = 7.0  # days apart at which a similarity counts 1/e
_NEIGHBOURS = 20
_BLOCK = 5000  # texts
_TERMS = 128  # kept of a smoothed text: bounds memory
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


def link_events(frame: pd.DataFrame, embedder: Embedder | None = None) -> Linked:
    """The linkage behind ``find_events``, on articles as ``in_order`` gives them."""
    texts = distinct_texts(frame)
    weights = term_weights(texts)
    dense = None if embedder is None else embed_texts(embedder, frame, texts)
    levels = _WORDS if dense is None else _WORDS_AND_MEANING
    items, around = _smoothed(texts, weights, dense, levels)

    def enough(late: np.ndarray, early: np.ndarray, similarity: np.ndarray) -> np.ndarray:
        return items.score(late, early, similarity) >= 1

    late, early = (np.asarray(side, dtype=np.int64) for side in around.tocoo().coords)
    pairs = similar_pairs(
        items.weights, texts.day, WINDOW, enough, min(levels.merge), _PARTNERS, items.dense, (late, early)
    )
    label = average_link(items, pairs)
    own, rival = _nearness(items, pairs, label)
    of = texts.of_article
    confidence = own / np.maximum(own + rival, 1e-9)
    return Linked(texts, weights, pairs, texts.article[label][of], confidence[of], own[of])


def _by_length(levels: tuple[float, float], texts: Texts) -> np.ndarray:
    headline, full = levels
    return headline + (full - headline) * fullness(texts.n_terms)


def _smoothed(
    texts: Texts, weights: Weights, dense: np.ndarray | None, levels: _Levels
) -> tuple[Items, sparse.csr_array]:
    """Each text plus its neighbours, weighted by how far their similarity passes the level; and the neighbours."""
    around = nearest(weights.rows, weights.rare, texts.day, WINDOW, _NEIGHBOURS, dense)
    row, col = around.tocoo().coords
    level = _by_length(levels.neighbour, texts)
    excess = around.data - np.maximum(level[row], level[col]).astype(np.float32)
    pull = sparse.csr_array((np.maximum(excess, 0), around.indices, around.indptr), shape=around.shape)
    rows = _mixed(weights.rows, pull)
    if dense is not None:
        dense = dense + pull @ dense
        dense = dense / np.maximum(np.linalg.norm(dense, axis=1, keepdims=True), 1e-9)
    return Items(rows, dense, texts.day, _by_length(levels.merge, texts), _FADE, _DOUBT), around


def _mixed(rows: sparse.csr_array, pull: sparse.csr_array) -> sparse.csr_array:
    """Rows plus what they take from their neighbours, the strongest terms of each; in blocks, as they grow long."""
    blocks = []
    for start in range(0, rows.shape[0], _BLOCK):
        mixed = rows[start : start + _BLOCK] + pull[start : start + _BLOCK] @ rows
        mixed.sort_indices()
        blocks.append(strongest_terms(mixed, _TERMS))
    return sparse.csr_array(sparse.vstack(blocks)) if blocks else rows


def _nearness(items: Items, pairs: Pairs, label: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each text its mean similarity to the rest of its own group, and to the nearest other group.

    A text that is alone has the similarity that it would have needed as its own.
    """
    n = len(label)
    size = np.bincount(label, minlength=n)
    gather = sparse.csr_array((np.ones(n, np.float32), (label, np.arange(n))), shape=(n, n))
    sums = gather @ items.weights
    sums.sort_indices()
    total = np.empty(n)
    for start in range(0, n, _BLOCK):
        part = slice(start, start + _BLOCK)
        total[part] = np.asarray(items.weights[part].multiply(sums[label[part]]).sum(axis=1)).ravel() - 1.0
    own = np.where(size[label] > 1, total / np.maximum(size[label] - 1, 1), items.need)
    here, there = np.r_[pairs.late, pairs.early], np.r_[pairs.early, pairs.late]
    value = np.r_[pairs.similarity, pairs.similarity]
    other = label[here] != label[there]
    key, where = np.unique(here[other] * n + label[there[other]], return_inverse=True)
    mean = np.bincount(where, weights=value[other], minlength=len(key)) / size[key % n]
    rival = np.zeros(n)
    np.maximum.at(rival, key // n, mean)
    return np.maximum(np.round(own, 6), 0), np.round(rival, 6)
