"""What a grouping gives back: members, groups and the evidence of every merge, as tidy frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse
from scipy.sparse.csgraph import minimum_spanning_tree

from analysis.grouping.features import Texts, Weights
from analysis.grouping.labels import group_labels
from analysis.grouping.similarity import Pairs, pair_dots

__all__ = ["Grouping", "Kind", "Linked", "assemble", "curated", "group_id"]

Kind = Literal["copies", "events"]
_CHUNK = 20_000  # texts
_OF_GROUP = ["group_id", "size", "n_texts", "n_providers", "label", "headline", "first", "last"]
_OF_MERGE = ("group_id", "article_id", "other_id")  # what tells one from another


@dataclass(frozen=True)
class Grouping:
    """Groups of articles, and why.

    Attributes:
        kind: ``copies`` or ``events``.
        members: one row an article, by ``article_id``: ``group_id`` (str), ``published_at`` (datetime64[us, UTC]),
            ``confidence`` (float64, 0 to 1: how much nearer its own group is than the next), and ``is_original``
            (bool: the earliest of its group) and ``is_medoid`` (bool: nearest to all others of its group).
        groups: one row a group, by ``group_id``: ``size``, ``n_texts``, ``n_providers`` (int64), ``label`` (str: the
            title that most of its texts carry, or up to three phrases), ``headline`` (str: the medoid's title),
            ``first`` and ``last`` (datetime64[us, UTC]).
        merges: size - 1 rows a group, the strongest evidence that holds it together: ``group_id``, ``article_id`` and
            ``other_id`` (str; the later and the earlier), ``similarity`` (float64, cosine of the two texts alone),
            ``shared_terms`` (str, most telling first), ``hours_apart`` (float64, missing where a time is missing) and
            ``curated_link`` (bool: a related list connects the two).
    """

    kind: Kind
    members: pd.DataFrame
    groups: pd.DataFrame
    merges: pd.DataFrame


@dataclass(frozen=True)
class Linked:
    """The outcome of a linkage, before it is written out.

    Attributes:
        texts: the distinct texts.
        weights: their TF-IDF.
        pairs: the pairs of texts along which groups may form.
        label: int64 (articles): for each article the first article of its group, by position.
        confidence: float64 (articles).
        centrality: float64 (articles): mean similarity to the rest of the group.
    """

    texts: Texts
    weights: Weights
    pairs: Pairs
    label: np.ndarray
    confidence: np.ndarray
    centrality: np.ndarray

    def of(self, kept: np.ndarray) -> Linked:
        """The linkage of some articles: bool (articles), true of all articles that pairs connect or of none of them."""
        texts = np.unique(self.texts.of_article[kept])
        place = np.cumsum(kept) - 1  # of an article among those that are kept
        pairs = self.pairs.where(kept[self.texts.article[self.pairs.late]])
        return Linked(
            self.texts.of(kept),
            self.weights.of(texts),
            Pairs(np.searchsorted(texts, pairs.late), np.searchsorted(texts, pairs.early), pairs.similarity),
            place[self.label[kept]],
            self.confidence[kept],
            self.centrality[kept],
        )


def group_id(kind: Kind, anchor: str) -> str:
    """The id of the group whose earliest article is ``anchor``: stable while that article leads it.

    >>> group_id("events", "0123")
    'e-02d5bb64fc9ae380'
    """
    return f"{kind[0]}-{blake2b(anchor.encode(errors='surrogatepass'), digest_size=8).hexdigest()}"


def assemble(kind: Kind, frame: pd.DataFrame, linked: Linked, links: pd.DataFrame | None) -> Grouping:
    """Write a linkage out as frames, each sorted by its key.

    Args:
        kind: what the groups are.
        frame: the articles as ``frame.in_order`` gives them.
        linked: the linkage of these articles.
        links: related links, or None.
    """
    leaders, group = np.unique(linked.label, return_inverse=True)
    ids = _text(group_id(kind, anchor) for anchor in frame["article_id"].iloc[leaders])
    order = np.lexsort((np.arange(len(frame)), -linked.centrality, group))
    medoids = order[np.searchsorted(group[order], np.arange(len(leaders)))]
    is_medoid = np.zeros(len(frame), dtype=bool)
    is_medoid[medoids] = True
    members = pd.DataFrame(
        {
            "article_id": frame["article_id"],
            "group_id": ids.take(group),
            "published_at": frame["published_at"],
            "confidence": np.round(linked.confidence, 4),
            "is_original": linked.label == np.arange(len(frame)),
            "is_medoid": is_medoid,
        }
    )
    headline = frame["title"].array.take(medoids)
    groups = _groups(frame, linked, group).assign(group_id=ids, headline=headline)
    merges = curated(_merges(frame, linked, ids, group), links)
    return Grouping(
        kind,
        _by_key(members, "article_id"),
        _by_key(groups[_OF_GROUP], "group_id"),
        _by_key(merges, *_OF_MERGE),
    )


def _text(values: Iterable[str]) -> pd.api.extensions.ExtensionArray:
    """Text as a column, of which Python's own strings are there some thousands at a time only."""
    rest, parts = iter(values), [pd.Series([], dtype="str")]
    while some := list(islice(rest, _CHUNK)):
        parts.append(pd.Series(some, dtype="str"))
    return pd.concat(parts, ignore_index=True).array


def _by_key(frame: pd.DataFrame, *key: str) -> pd.DataFrame:
    """The rows by columns of text."""
    columns = pa.table({name: pa.array(frame[name]) for name in key})
    order = pc.sort_indices(columns, sort_keys=[(name, "ascending") for name in key])
    return frame.take(order.to_numpy()).reset_index(drop=True)


def _groups(frame: pd.DataFrame, linked: Linked, group: np.ndarray) -> pd.DataFrame:
    """What there is to say of each group but its medoid's title, by its number; ``group`` is that of each article."""
    table = pd.DataFrame(
        {
            "text": linked.texts.of_article,
            "provider": pd.factorize(frame["provider_id"].where(frame["provider_id"] != ""))[0],
            "published_at": frame["published_at"],
        }
    )
    by = table.groupby(group)
    outlets = table[table["provider"] >= 0].groupby(group[table["provider"] >= 0])["provider"].nunique()
    return pd.DataFrame(
        {
            "size": by.size().astype("int64"),
            "n_texts": by["text"].nunique().astype("int64"),
            "n_providers": outlets.reindex(range(by.ngroups), fill_value=0).astype("int64"),
            "label": _text(group_labels(frame, linked.texts, linked.weights, linked.label)),
            "first": by["published_at"].min(),
            "last": by["published_at"].max(),
        }
    )


def _merges(
    frame: pd.DataFrame, linked: Linked, ids: pd.api.extensions.ExtensionArray, group: np.ndarray
) -> pd.DataFrame:
    """The spanning tree of the most similar pairs of each group, and what the two of each pair share."""
    texts, first = linked.texts, linked.texts.article
    label = linked.label[first]  # of texts
    pairs = linked.pairs.where(label[linked.pairs.late] == label[linked.pairs.early])
    tree = _tree(pairs, label[pairs.late], len(frame))
    rows = np.arange(len(frame))
    twins = rows[(first[texts.of_article] != rows) & (linked.label != rows)]
    late = np.r_[first[pairs.late[tree]], twins]
    early = np.r_[first[pairs.early[tree]], first[texts.of_article[twins]]]
    order = np.lexsort((early, late))
    late, early = late[order], early[order]
    units = texts.of_article[late], texts.of_article[early]
    day = frame["day"].to_numpy()
    hours = (day[late] - day[early]) * 24
    hours[frame["published_at"].isna().to_numpy()[late]] = np.nan
    articles = frame["article_id"].array
    return pd.DataFrame(
        {
            "group_id": ids.take(group[late]),
            "article_id": articles.take(late),
            "other_id": articles.take(early),
            "similarity": np.clip(np.round(pair_dots(linked.weights.rows, None, *units), 4), 0, 1),
            "shared_terms": _text(_shared_terms(frame, linked, *units)),
            "hours_apart": np.round(hours, 2),
        }
    )


def _tree(pairs: Pairs, group: np.ndarray, n: int) -> np.ndarray:
    """Positions of the pairs that span each group with the greatest similarities; ``group`` is that of each pair."""
    by_group = np.argsort(group, kind="stable")
    ordered, chosen = group[by_group], []
    for start in range(0, n, _CHUNK):  # groups do not meet, so some thousands at a time are enough
        own = np.sort(by_group[slice(*np.searchsorted(ordered, [start, start + _CHUNK]))])
        if len(own):
            chosen.append(own[_spanning(pairs.where(own), n)])
    return np.sort(np.concatenate(chosen)) if chosen else np.empty(0, dtype=np.int64)


def _spanning(pairs: Pairs, n: int) -> np.ndarray:
    # Ranks instead of similarities: no two are equal, so there is one such tree.
    order = np.lexsort((pairs.early, pairs.late, -pairs.similarity))
    rank = np.empty(len(pairs))
    rank[order] = np.arange(1, len(pairs) + 1)
    graph = sparse.coo_array((rank, (pairs.late, pairs.early)), shape=(n, n)).tocsr()
    return np.asarray(order[minimum_spanning_tree(graph).data.astype(np.int64) - 1])


def _shared_terms(
    frame: pd.DataFrame, linked: Linked, left: np.ndarray, right: np.ndarray, most: int = 5
) -> Iterator[str]:
    """For each pair of texts the words they share, as the first writes them, the most telling first."""
    texts = linked.texts
    tokenizer = texts.tokenizer
    counts, idf = texts.counts, linked.weights.idf

    def written(units: np.ndarray) -> Iterator[dict[int, str]]:
        for start in range(0, len(units), _CHUNK):  # as Python text only some thousands at a time
            some = units[start : start + _CHUNK]
            part = frame.iloc[texts.article[some]]
            whole = (part["title"] + " " + part["excerpt"]).tolist()
            yield from map(tokenizer.first_forms, whole, texts.language[some])

    for one, mine, theirs in zip(left.tolist(), written(left), written(right), strict=True):
        span = slice(counts.indptr[one], counts.indptr[one + 1])
        told = (1 + np.log(counts.data[span])) * idf[span]
        weight = dict(zip(counts.indices[span].tolist(), told.tolist(), strict=True))
        both = sorted((-weight.get(column, 0.0), mine[column]) for column in mine.keys() & theirs.keys())
        yield ", ".join(word for _, word in both[:most])


def curated(merges: pd.DataFrame, links: pd.DataFrame | None) -> pd.DataFrame:
    """The merges with ``curated_link``: whether a related list connects the two, in either direction."""
    plain = merges.drop(columns="curated_link", errors="ignore")
    if links is None or not len(links):
        return plain.assign(curated_link=np.zeros(len(plain), dtype=bool))
    one = links["article_id"].astype("str").to_numpy()
    two = links["related_article_id"].astype("str").to_numpy()
    known = pd.MultiIndex.from_arrays([np.r_[one, two], np.r_[two, one]])
    asked = pd.MultiIndex.from_arrays([plain["article_id"].to_numpy(), plain["other_id"].to_numpy()])
    return plain.assign(curated_link=asked.isin(known))
