"""Which texts are alike: blocked products of sparse rows, within a window of time, never all against all.

Whether a pair is compared depends on the two texts and on what lies between them in time, never on where a block
begins, so that a part of a corpus gives the same numbers as the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from typing import TypeVar

import numpy as np
from scipy import sparse

from analysis.grouping.features import least_kept, strongest
from analysis.grouping.pruned import Candidates, candidates, common_terms, sample_of
from analysis.grouping.sparse_rows import MixedRows, rows_at

__all__ = ["Pairs", "Wanted", "Window", "nearest", "pair_dots", "similar_pairs"]

_Triple = tuple[np.ndarray, np.ndarray, np.ndarray]  # rows, columns, values
_Block = tuple[int, int, int, int]  # rows from, to; rows that they may meet, from, to
_Job = TypeVar("_Job")
_BLOCK = 1000
_BLOCKS_AT_ONCE = 8
_LEAST_RARE = 0.05  # similarity by rare terms that makes a far pair worth a look
_CHUNK = 50_000
_THREADS = 2


@dataclass(frozen=True)
class Window:
    """How far apart two texts may be.

    Attributes:
        days: greatest distance in time, in days.
        reach: greatest distance in rank, in texts: bounds the work where very much is published.
    """

    days: float
    reach: int = 4000


@dataclass(frozen=True)
class Wanted:
    """Which pairs are looked for.

    Attributes:
        floor: no pair below it is alike enough.
        most: pairs kept a text with earlier ones, the most similar.
    """

    floor: float
    most: int


@dataclass(frozen=True)
class Pairs:
    """Pairs of texts, the later first: int32 ``late``, int32 ``early`` and float64 ``similarity``, sorted by both."""

    late: np.ndarray
    early: np.ndarray
    similarity: np.ndarray

    def __len__(self) -> int:
        return len(self.late)

    def where(self, keep: np.ndarray) -> Pairs:
        """The pairs for which ``keep`` (bool) is true."""
        return Pairs(self.late[keep], self.early[keep], self.similarity[keep])


def pair_dots(
    weights: sparse.csr_array | MixedRows, dense: np.ndarray | None, left: np.ndarray, right: np.ndarray
) -> np.ndarray:
    """The similarity of rows ``left[i]`` and ``right[i]``: float64, rounded to 6 digits (see ``_blend``)."""
    out = np.empty(len(left))
    for start in range(0, len(left), _CHUNK):
        one, two = left[start : start + _CHUNK], right[start : start + _CHUNK]
        product = rows_at(weights, one).astype(np.float64).multiply(rows_at(weights, two))
        words = np.asarray(product.sum(axis=1)).ravel()
        meaning = None if dense is None else np.einsum("ij,ij->i", dense[one], dense[two])
        out[start : start + _CHUNK] = _blend(words, meaning)
    return out


def _blend(words: np.ndarray, meaning: np.ndarray | None) -> np.ndarray:
    """Cosine of words, or its mean with the cosine of embeddings, which is .2 for texts that have nothing in common."""
    blended = words if meaning is None else 0.5 * words + 0.5 * (meaning - 0.2) / 0.8
    return np.round(blended.astype(np.float64), 6)


def _blocks(
    day: np.ndarray, window: Window, wanted: np.ndarray | None, *, both_sides: bool
) -> Iterator[_Block]:
    """Row ranges (start, stop) that hold the wanted rows, and the range of rows (low, high) that each may meet."""
    n = len(day)
    for start, stop in _ranges(n, wanted):
        low = max(int(np.searchsorted(day, day[start] - window.days)), start - window.reach, 0)
        high = stop
        if both_sides:
            high = min(
                int(np.searchsorted(day, day[stop - 1] + window.days, side="right")), stop + window.reach, n
            )
        yield start, stop, low, high


def _ranges(n: int, wanted: np.ndarray | None) -> Iterator[tuple[int, int]]:
    """Ranges (start, stop) of rows, none too long; only of the wanted ones (bool), if not of all."""
    edges = [0, n] if wanted is None else np.flatnonzero(np.diff(np.r_[False, wanted, False])).tolist()
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        for start in range(first, last, _BLOCK):
            yield start, min(start + _BLOCK, last)


def _in_threads(work: Callable[[_Job], _Triple], jobs: Iterable[_Job]) -> _Triple:
    # The products release the interpreter's lock; results come back in order.
    with ThreadPoolExecutor(_THREADS) as pool:
        parts = list(pool.map(work, jobs))
    if not parts:
        return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0)
    columns = [list(column) for column in zip(*parts, strict=True)]
    del parts
    # One column after the other, each let go when it is whole: at a million texts they are half of the memory.
    row, col, value = (np.concatenate(columns.pop(0)) for _ in range(3))
    return row, col, value


def _sought(
    left: sparse.csr_array,
    right: sparse.csr_array,
    dense: tuple[np.ndarray, np.ndarray] | None,
    common: np.ndarray,
    floor: float,
) -> Candidates:
    """The pairs of rows whose similarity may reach the floor, by row."""
    if dense is None:
        return candidates(left, right, common, floor)
    table = _blend((left @ right.T).toarray(), dense[0] @ dense[1].T)
    row, col = np.nonzero(table >= floor)
    return Candidates(row, col, table[row, col], table[row, col], left, right)


def _common(weights: sparse.csr_array | MixedRows, n: int, floor: float) -> np.ndarray:
    return common_terms(rows_at(weights, sample_of(n)), floor)


def _batched(blocks: Iterator[_Block]) -> Iterator[list[_Block]]:
    for first in blocks:
        yield list(chain([first], islice(blocks, _BLOCKS_AT_ONCE - 1)))


def _only(matrix: sparse.csr_array, chosen: np.ndarray, start: int, stop: int) -> sparse.csr_array:
    """Some rows of a matrix with the chosen entries only."""
    begin, end = matrix.indptr[start], matrix.indptr[stop]
    keep = chosen[begin:end]
    indptr = np.r_[0, np.cumsum(keep)][matrix.indptr[start : stop + 1] - begin].astype(np.int32)
    data, indices = matrix.data[begin:end][keep], matrix.indices[begin:end][keep]
    return sparse.csr_array((data, indices, indptr), shape=(stop - start, matrix.shape[1]))


def _cut(dense: np.ndarray | None, block: _Block) -> tuple[np.ndarray, np.ndarray] | None:
    start, stop, low, high = block
    return None if dense is None else (dense[start:stop], dense[low:high])


def nearest(
    weights: sparse.csr_array,
    rare: np.ndarray,
    day: np.ndarray,
    window: Window,
    count: int,
    dense: np.ndarray | None = None,
    rows: np.ndarray | None = None,
) -> sparse.csr_array:
    """The nearest texts of each text, with their similarities.

    Within ``window.reach`` ranks every pair is compared; beyond, up to ``window.days``, pairs that share a rare term.

    Args:
        weights: rows of length 1, sorted by day.
        rare: bool, which entries are of rare terms.
        day: float64, ascending.
        window: how far apart two texts may be.
        count: neighbours of a text.
        dense: rows of length 1 to average with, from an embedder.
        rows: bool, of which texts they are wanted, if not of all; none are given of the others.

    Returns:
        Sparse float32 (texts x texts) with at most ``count`` entries a row, none on the diagonal.
    """
    floor = 0.05
    common = _common(weights, len(day), floor)

    def near(block: _Block, far: _Triple) -> _Triple:
        start, stop, low, high = block
        pairs = _sought(weights[start:stop], weights[low:high], _cut(dense, block), common, floor)
        row, col = pairs.row + start, pairs.col + low
        keep = np.abs(row - col) <= window.reach
        keep &= (np.abs(day[row] - day[col]) <= window.days) & (row != col)
        pairs = _among_most(pairs.where(keep), stop - start, count)
        row, col, value = pairs.row + start, pairs.col + low, pairs.values()
        keep = value >= floor
        row, col, value = row[keep], col[keep], value[keep]
        span = slice(*np.searchsorted(far[0], [start, stop]))
        if span.stop > span.start:
            row, col, value = (np.r_[one, two[span]] for one, two in zip((row, col, value), far, strict=True))
            order = np.argsort(row, kind="stable")
            row, col, value = row[order], col[order], value[order]
        kept = strongest(row - start, col, value, count)
        return row[kept].astype(np.int32), col[kept].astype(np.int32), value[kept].astype(np.float32)

    def work(blocks: list[_Block]) -> _Triple:
        far = _far(weights, rare, day, window, (blocks[0][0], blocks[-1][1]), dense)
        parts = [near(block, far) for block in blocks]
        row, col, value = (np.concatenate(column) for column in zip(*parts, strict=True))
        return row, col, value

    row, col, value = _in_threads(work, _batched(_blocks(day, window, rows, both_sides=True)))
    indptr = np.searchsorted(row, np.arange(len(day) + 1)).astype(np.int32)
    return sparse.csr_array((value.astype(np.float32, copy=False), col, indptr), shape=(len(day), len(day)))


def _far(
    weights: sparse.csr_array,
    rare: np.ndarray,
    day: np.ndarray,
    window: Window,
    rows: tuple[int, int],
    dense: np.ndarray | None,
) -> _Triple:
    """Pairs of the rows with what lies beyond the reach and within the days and shares a rare term, by row."""
    start, stop = rows
    own = np.arange(start, stop)
    first = np.searchsorted(day, day[start:stop] - window.days)
    last = np.searchsorted(day, day[start:stop] + window.days, side="right")
    if max(int((own - first).max()), int((last - 1 - own).max())) <= window.reach:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    low, high = int(first[0]), int(last[-1])
    words = _only(weights, rare, start, stop) @ _only(weights, rare, low, high).T
    keep = np.flatnonzero(words.data >= _LEAST_RARE)
    row = np.searchsorted(words.indptr, keep, side="right") - 1 + start
    col = words.indices[keep].astype(np.int64) + low
    far = (np.abs(row - col) > window.reach) & (np.abs(day[row] - day[col]) <= window.days)
    row, col = row[far], col[far]
    return row, col, pair_dots(weights, dense, row, col)


def _among_most(pairs: Candidates, n: int, count: int) -> Candidates:
    """Without those that cannot be among the ``count`` greatest of their row, of ``n`` rows."""
    length = np.bincount(pairs.row, minlength=n)
    least = least_kept(length, pairs.least, count)
    return pairs.where(pairs.most >= least[pairs.row] - 1e-6)


def similar_pairs(
    weights: sparse.csr_array | MixedRows,
    day: np.ndarray,
    window: Window,
    need: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
    wanted: Wanted,
    dense: np.ndarray | None = None,
    extra: tuple[np.ndarray, np.ndarray] | None = None,
    rows: np.ndarray | None = None,
) -> Pairs:
    """The pairs of texts that are alike enough.

    Args:
        weights: rows, sorted by day.
        day: float64, ascending.
        window: how far apart two texts may be.
        need: given late, early and similarity, which pairs (bool) are alike enough; never fewer of greater ones.
        wanted: how alike and how many.
        dense: rows of length 1 to average with.
        extra: late (ascending) and early ranks of pairs beyond the window's reach to look at as well.
        rows: bool, the later texts of the pairs that are wanted, if not all are.
    """
    common = _common(weights, len(day), wanted.floor)

    def work(block: _Block) -> _Triple:
        start, stop, low, high = block
        pairs = _sought(weights[start:stop], weights[low:high], _cut(dense, block), common, wanted.floor)
        row, col = pairs.row + start, pairs.col + low
        keep = (col < row) & (row - col <= window.reach) & (day[row] - day[col] <= window.days)
        pairs = pairs.where(keep)
        pairs = pairs.where(need(pairs.row + start, pairs.col + low, pairs.most + 1e-6))
        row, col, value = pairs.row + start, pairs.col + low, pairs.values()
        keep = (value >= wanted.floor) & need(row, col, value)
        row, col, value = row[keep], col[keep], value[keep]
        kept = strongest(row - start, col, value, wanted.most)
        found = row[kept], col[kept], value[kept]
        if extra is not None:
            further = _further(weights, dense, extra, (start, stop), need)
            late, early, similarity = (np.concatenate(both) for both in zip(found, further, strict=True))
        else:
            late, early, similarity = found
        order = np.lexsort(
            (early, late)
        )  # blocks come in order, so all pairs are sorted when each block's are
        return late[order].astype(np.int32), early[order].astype(np.int32), similarity[order]

    return Pairs(*_in_threads(work, _blocks(day, window, rows, both_sides=False)))


def _further(
    weights: sparse.csr_array | MixedRows,
    dense: np.ndarray | None,
    extra: tuple[np.ndarray, np.ndarray],
    rows: tuple[int, int],
    need: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
) -> _Triple:
    """Those pairs among the extra ones whose later text is among the rows, and which are alike enough."""
    span = slice(*np.searchsorted(extra[0], rows))
    late, early = extra[0][span], extra[1][span]
    # Few rows of a wide stretch: mixing all of it would take longer than all else.
    asked, place = np.unique(np.concatenate([late, early]), return_inverse=True)
    near = None if dense is None else dense[asked]
    similarity = pair_dots(rows_at(weights, asked), near, place[: len(late)], place[len(late) :])
    keep = need(late, early, similarity)
    return late[keep], early[keep], similarity[keep]
