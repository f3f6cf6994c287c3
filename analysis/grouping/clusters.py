"""Topic clusters: the strands of a selection, with their terms, their map and their course over time.

Latent semantic analysis (Deerwester et al. 1990) of TF-IDF, then k-means; the number of clusters is the least whose
silhouette (Rousseeuw 1987) comes near the best, and the scores of all that were tried are part of the result.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # comes with scikit-learn

from analysis.errors import NewsgaugeError
from analysis.grouping.course import strength_over_time, topics_of_clusters
from analysis.grouping.embeddings import Embedder, embed_texts
from analysis.grouping.features import Texts, distinct_texts, unit_rows
from analysis.grouping.frame import in_order
from analysis.grouping.labels import phrases
from analysis.grouping.result import group_id

__all__ = ["ClusterCountError", "TopicClusters", "cluster_topics"]

_DIMENSIONS = 10  # more, and the small differences of many terms hide the strands
_MOST_CLUSTERS = 16
_NEAR_BEST = 0.95  # of the best silhouette: fewer clusters that are almost as distinct are easier to read
_SAMPLE = 5000  # texts that k-means learns from; all are assigned
_SCORED = 1500  # texts that the silhouette looks at
_REPRESENTATIVES = 5
_TERMS = 10
_ENOUGH_TERMS = 3
_TITLES = 300  # of a cluster that its terms are taken from, the most typical
_TOLD = 0.08  # share of these titles that a term is in, at least, where any is


class ClusterCountError(NewsgaugeError):
    """The number of clusters asked for is not a positive whole number."""


@dataclass(frozen=True)
class TopicClusters:
    """Topic clusters of a selection; ``cluster_id`` is text, and stays while the most typical article does.

    Attributes:
        members: one row an article, by ``article_id``: ``cluster_id`` (str, missing where the article has no words),
            ``confidence`` (float64, 0 to 1: nearness to its own centre against the next), ``x`` and ``y`` (float64:
            place on the map, -1 to 1), ``representative`` (float64: 1 for the most typical, up to 5, else missing).
        clusters: one row a cluster, the largest first: ``cluster_id, label, headline`` (str), ``size`` (int64),
            ``share`` (float64, of all articles with words), ``x, y`` (float64: centre on the map).
        terms: ``cluster_id, rank, term``: ten phrases, the most distinctive first.
        choice: ``k`` (int64), ``score`` (float64: mean silhouette by cosine, -1 to 1), ``chosen`` (bool).
        strength: ``period`` (datetime64[us, UTC]), ``cluster_id``, ``n_articles`` (int64), ``share`` (float64, of the
            period; missing where nothing was published): days for up to six weeks, else weeks from Monday.
        topics: ``cluster_id, topic, n_articles, share`` (of the cluster) and ``lift`` (share over the topic's share of
            all), for curated topics; empty where none were given.
        tree: the order in which clusters would merge: ``step, left, right, distance`` (1 - cosine), ``size``; ``left``
            and ``right`` are cluster ids or ``step n``.
    """

    members: pd.DataFrame
    clusters: pd.DataFrame
    terms: pd.DataFrame
    choice: pd.DataFrame
    strength: pd.DataFrame
    topics: pd.DataFrame
    tree: pd.DataFrame


@dataclass(frozen=True)
class _Space:
    """The texts that have words, as points: their unit vectors, labels and the centres of their clusters.

    ``typical`` is how much of what its whole cluster says a text says: the points are too coarse to tell.
    """

    units: np.ndarray
    points: np.ndarray
    label: np.ndarray
    centres: np.ndarray
    typical: np.ndarray


def cluster_topics(
    articles: pd.DataFrame,
    k: int | None = None,
    article_topics: pd.DataFrame | None = None,
    embedder: Embedder | None = None,
) -> TopicClusters:
    """Divide a selection into strands.

    Args:
        articles: one row an article: ``article_id, title`` and, where known, ``excerpt, published_at``.
        k: number of clusters; None chooses. At most as many as there are different texts are made.
        article_topics: ``article_id, topic``, to show which curated topics a cluster holds.
        embedder: a sentence model whose cosine is averaged with that of the words (see ``load_embedder``).

    Returns:
        A ``TopicClusters``; with no article its frames are empty.

    Raises:
        ClusterCountError: ``k`` is not a positive whole number.
        MissingColumnError: ``article_id`` or ``title`` is absent.

    >>> titles = ["Ban on face recognition", "Face recognition ban urged", "Robot taxi tested", "Robot taxi crashes"]
    >>> found = cluster_topics(pd.DataFrame({"article_id": list("abcd"), "title": titles}), k=2)
    >>> found.clusters[["label", "size"]].values.tolist()
    [['Robot taxi', 2], ['Face recognition, Ban', 2]]
    """
    if k is not None and (isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1):
        raise ClusterCountError(f"k must be a whole number of 1 or more, or None; got {k!r}")
    frame = in_order(articles)
    texts = distinct_texts(frame)
    # One thread: on matrices of this size a pool of them takes many times the time.
    with threadpool_limits(1):
        weights = _weights(texts)
        units = np.flatnonzero(texts.n_terms > 0)
        points = _points(weights)
        if embedder is not None:  # the product of such rows is the mean of the two cosines
            points = np.hstack([points, embed_texts(embedder, frame, texts)[units]]) / math.sqrt(2)
        space, choice = _clustered(points, weights, units, k)
    names, order = _names(frame, texts, space)
    members = _members(frame, texts, space, names)
    clusters, terms = _described(frame, texts, space, names, members)
    return TopicClusters(
        members.sort_values("article_id", ignore_index=True).drop(columns="published_at"),
        clusters,
        terms,
        choice,
        strength_over_time(members, clusters["cluster_id"]),
        topics_of_clusters(members, clusters["cluster_id"], article_topics),
        _tree(space, names, np.bincount(space.label, minlength=len(names))[order][np.argsort(order)]),
    )


def _weights(texts: Texts) -> sparse.csr_array:
    """TF-IDF of the texts that have words, rows of length 1."""
    counts = texts.counts[np.flatnonzero(texts.n_terms > 0)]
    df = np.bincount(counts.indices, minlength=counts.shape[1])
    n = counts.shape[0]
    # A term of one text relates nothing, a term of most texts divides nothing.
    kept = np.flatnonzero((df >= min(2, n)) & (df <= max(n / 2, 2)))
    rows = counts[:, kept]
    data = (1 + np.log(rows.data)) * (1 + np.log((1 + n) / (1 + df[kept][rows.indices])))
    return unit_rows(sparse.csr_array((data.astype(np.float32), rows.indices, rows.indptr), shape=rows.shape))


def _points(weights: sparse.csr_array) -> np.ndarray:
    """The rows as unit vectors (float64) of few dimensions, by latent semantic analysis."""
    from sklearn.decomposition import TruncatedSVD  # noqa: PLC0415  # slow to import, and only clusters need it

    size = min(_DIMENSIONS, min(weights.shape) - 1)
    if size < 1:
        return np.ones((weights.shape[0], 1))
    points = TruncatedSVD(size, n_iter=7, random_state=0).fit_transform(weights).astype(np.float64)
    length = np.linalg.norm(points, axis=1, keepdims=True)
    return np.where(length > 1e-9, points / np.maximum(length, 1e-9), 0.0)


def _typical(weights: sparse.csr_array, label: np.ndarray) -> np.ndarray:
    """Cosine of each row with the sum of the rows of its cluster."""
    n = len(label)
    sums = sparse.csr_array((np.ones(n, np.float32), (label, np.arange(n)))) @ weights
    length = np.sqrt(np.asarray(sums.multiply(sums).sum(axis=1)).ravel())
    products = np.asarray(weights.multiply(sums[label]).sum(axis=1)).ravel()
    return np.asarray((products / np.maximum(length[label], 1e-9)).round(6))


def _clustered(
    points: np.ndarray, weights: sparse.csr_array, units: np.ndarray, k: int | None
) -> tuple[_Space, pd.DataFrame]:
    n = len(points)
    different = len(np.unique(points.round(6), axis=0)) if n else 0
    if k is not None or different < 4:
        tried = [min(k or 1, different)] if n else []
    else:
        tried = list(range(2, min(_MOST_CLUSTERS, different - 1, max(2, int(np.sqrt(n)))) + 1))
    step = max(1, n // _SAMPLE)
    seen = np.arange(0, n, max(1, n // _SCORED))
    made = [_divided(points, number, step, seen) for number in tried]
    if not made:
        return _Space(units, points, np.empty(0, np.int64), np.empty((0, 1)), np.empty(0)), _choice(
            [], [], -1
        )
    scores = [score for score, _, _ in made]
    known = np.nan_to_num(scores, nan=-1)
    best = float(known.max())
    least = best * _NEAR_BEST if best > 0 else best
    chosen = int(np.argmax(known >= least))
    _, label, centres = made[chosen]
    used, label = np.unique(label, return_inverse=True)
    return _Space(units, points, label, centres[used], _typical(weights, label)), _choice(
        tried, scores, tried[chosen]
    )


def _divided(
    points: np.ndarray, number: int, step: int, seen: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """The mean silhouette of a division into so many clusters, the cluster of each point, and the centres."""
    from sklearn.cluster import KMeans  # noqa: PLC0415  # slow to import, and only clusters need it
    from sklearn.metrics import silhouette_score  # noqa: PLC0415

    model = KMeans(number, n_init=4, random_state=0).fit(points[::step])
    label = model.predict(points)
    score = float("nan")
    if 1 < len(np.unique(label[seen])) < len(seen):
        score = float(silhouette_score(points[seen], label[seen], metric="cosine"))
    return score, label, model.cluster_centers_


def _choice(tried: list[int], scores: list[float], chosen: int) -> pd.DataFrame:
    table = pd.DataFrame(
        {"k": np.asarray(tried, dtype=np.int64), "score": np.asarray(scores, dtype=np.float64)}
    )
    return table.assign(chosen=table["k"] == chosen)


def _nearness(space: _Space) -> np.ndarray:
    """Cosine of each text with each centre."""
    centres = space.centres / np.maximum(np.linalg.norm(space.centres, axis=1, keepdims=True), 1e-9)
    return np.asarray(space.points @ centres.T)


def _names(frame: pd.DataFrame, texts: Texts, space: _Space) -> tuple[list[str], np.ndarray]:
    """An id for each cluster, from its most typical article; and the clusters by size."""
    ids = frame["article_id"].to_numpy()
    names = []
    for cluster in range(len(space.centres)):
        own = np.flatnonzero(space.label == cluster)
        typical = own[int(np.argmax(space.typical[own]))]
        names.append("t" + group_id("events", ids[texts.article[space.units[typical]]])[1:])
    order = np.argsort(-np.bincount(space.label, minlength=len(names)), kind="stable")
    return names, order


def _map(space: _Space) -> np.ndarray:
    """Two coordinates of each text, -1 to 1: the plane in which the centres differ most."""
    n, width = space.points.shape
    if n == 0 or width < 2:
        return np.zeros((n, 2))
    size = np.bincount(space.label)
    middle = space.points.mean(axis=0)
    between = (space.centres - middle) * np.sqrt(size / n)[:, None]
    # A little of the spread of all texts fixes the plane where the centres do not.
    within = (space.points - middle) * (0.1 / np.sqrt(n))
    _, _, axes = np.linalg.svd(np.vstack([between, np.linalg.qr(within, mode="r")]), full_matrices=False)
    axes = axes[:2] * np.sign(axes[:2][np.arange(2), np.abs(axes[:2]).argmax(axis=1)])[:, None]
    place = (space.points - middle) @ axes.T
    return np.asarray(np.round(place / max(float(np.abs(place).max()), 1e-9), 6))


def _members(frame: pd.DataFrame, texts: Texts, space: _Space, names: list[str]) -> pd.DataFrame:
    nearness = _nearness(space)
    n = len(texts)
    label = np.full(n, -1)
    label[space.units] = space.label
    confidence, place, rank = np.full(n, np.nan), np.full((n, 2), np.nan), np.full(n, np.nan)
    if len(space.units):
        own = nearness[np.arange(len(space.label)), space.label]
        others = nearness.copy()
        others[np.arange(len(space.label)), space.label] = 0
        rival = np.maximum(others.max(axis=1), 0)
        confidence[space.units] = np.round(
            np.clip(own, 0, 1) / np.maximum(np.clip(own, 0, 1) + rival, 1e-9), 4
        )
        place[space.units] = _map(space)
        rank[space.units] = _ranks(space.typical, space.label)
    of = texts.of_article
    first = texts.article[of] == np.arange(len(frame))
    out = pd.DataFrame({"article_id": frame["article_id"], "published_at": frame["published_at"]})
    out["cluster_id"] = pd.Series([names[c] if c >= 0 else None for c in label[of]], dtype="str")
    out["confidence"] = confidence[of]
    out["x"], out["y"] = place[of, 0], place[of, 1]
    out["representative"] = np.where(first & (rank[of] <= _REPRESENTATIVES), rank[of], np.nan)
    return out


def _ranks(own: np.ndarray, label: np.ndarray) -> np.ndarray:
    """1 for the most typical text of each cluster, and so on."""
    order = np.lexsort((np.arange(len(own)), -own, label))
    begins = np.flatnonzero(np.r_[True, label[order][1:] != label[order][:-1]])
    rank = np.empty(len(own))
    rank[order] = np.arange(len(own)) - np.repeat(begins, np.diff(np.r_[begins, len(own)])) + 1
    return rank


def _described(
    frame: pd.DataFrame, texts: Texts, space: _Space, names: list[str], members: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The clusters, largest first, and their terms."""
    titles = frame["title"].to_numpy()
    counts = texts.counts[space.units]
    everywhere = np.bincount(counts.indices, minlength=counts.shape[1])
    rows, terms = [], []
    for cluster, name in enumerate(names):
        mine = np.flatnonzero(space.label == cluster)
        mine = mine[np.lexsort((mine, -space.typical[mine]))]
        part = counts[mine]
        inside, n_inside = np.unique(part.indices, return_counts=True)
        lift = np.log((n_inside / len(mine)) / (everywhere[inside] / len(space.label)))
        telling = dict(zip(inside[lift > 0].tolist(), lift[lift > 0].tolist(), strict=True))
        units = space.units[mine[:_TITLES]]
        shown = [(titles[texts.article[unit]], texts.language[unit]) for unit in units]
        named = _terms(shown, telling, texts) or [titles[texts.article[units[0]]].strip()]
        here = members[members["cluster_id"] == name]
        rows.append(
            {
                "cluster_id": name,
                "label": ", ".join(named[:3]),
                "headline": titles[texts.article[units[0]]],
                "size": len(here),
                "share": len(here) / int(members["cluster_id"].notna().sum()),
                "x": here["x"].mean(),
                "y": here["y"].mean(),
            }
        )
        terms += [(name, rank, term) for rank, term in enumerate(named, 1)]
    columns = {"cluster_id": "str", "label": "str", "headline": "str", "size": "int64"}
    columns |= {"share": "float64", "x": "float64", "y": "float64"}
    clusters = pd.DataFrame(rows, columns=list(columns)).astype(columns)
    clusters = clusters.sort_values(["size", "cluster_id"], ascending=[False, True], ignore_index=True)
    spoken = pd.DataFrame(terms, columns=["cluster_id", "rank", "term"])
    return clusters, spoken.astype({"cluster_id": "str", "rank": "int64", "term": "str"})


def _terms(titles: list[tuple[str, str]], telling: dict[int, float], texts: Texts) -> list[str]:
    """Phrases that enough of the titles have, then, where these are few, any that some have."""
    often = phrases(titles, telling, texts.tokenizer, _TERMS, max(2, math.ceil(_TOLD * len(titles))))
    return often if len(often) >= _ENOUGH_TERMS else phrases(titles, telling, texts.tokenizer, _TERMS)


def _tree(space: _Space, names: list[str], sizes: np.ndarray) -> pd.DataFrame:
    columns = ["step", "left", "right", "distance", "size"]
    types = {"step": "int64", "left": "str", "right": "str", "distance": "float64", "size": "int64"}
    if len(names) < 2:
        return pd.DataFrame(columns=columns).astype(types)
    from scipy.cluster.hierarchy import linkage  # noqa: PLC0415  # slow to import, and only the tree needs it

    centres = space.centres / np.maximum(np.linalg.norm(space.centres, axis=1, keepdims=True), 1e-9)
    merges = linkage(centres, method="average", metric="cosine")
    called, weight, rows = list(names), sizes.tolist(), []
    for step, (left, right, distance, _) in enumerate(merges, 1):
        one, two = int(left), int(right)
        weight.append(weight[one] + weight[two])
        rows.append((step, called[one], called[two], round(float(distance), 6), weight[-1]))
        called.append(f"step {step}")
    return pd.DataFrame(rows, columns=columns).astype(types)
