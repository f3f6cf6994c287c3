"""Which texts are alike: blocked products of sparse rows, within a window of time, never all against all.

Whether a pair is compared depends on the two texts and on what lies between them in time, never on where a block
begins, so that a part of a corpus gives the same numbers as the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.grouping.features import strongest

__all__ = ["Pairs", "Window", "nearest", "pair_dots", "similar_pairs"]

_Triple = tuple[np.ndarray, np.ndarray, np.ndarray]  # rows, columns, values
_BLOCK = 1000
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
class Pairs:
    """Pairs of texts, the later first: int64 ``late``, int64 ``early`` and float64 ``similarity``, sorted by both."""

    late: np.ndarray
    early: np.ndarray
    similarity: np.ndarray

    def __len__(self) -> int:
        return len(self.late)

    def where(self, keep: np.ndarray) -> Pairs:
        """The pairs for which ``keep`` (bool) is true."""
        return Pairs(self.late[keep], self.early[keep], self.similarity[keep])


def pair_dots(
    weights: sparse.csr_array, dense: np.ndarray | None, left: np.ndarray, right: np.ndarray
) -> np.ndarray:
    """The similarity of rows ``left[i]`` and ``right[i]``: float64, rounded to 6 digits (see ``_blend``)."""
    out = np.empty(len(left))
    for start in range(0, len(left), _CHUNK):
        one, two = left[start : start + _CHUNK], right[start : start + _CHUNK]
        words = np.asarray(weights[one].multiply(weights[two]).sum(axis=1)).ravel()
        meaning = None if dense is None else np.einsum("ij,ij->i", dense[one], dense[two])
        out[start : start + _CHUNK] = _blend(words, meaning)
    return out


def _blend(words: np.ndarray, meaning: np.ndarray | None) -> np.ndarray:
    """Cosine of words, or its mean with the cosine of embeddings, which is .2 for texts that have nothing in common."""
    blended = words if meaning is None else 0.5 * words + 0.5 * (meaning - 0.2) / 0.8
    return np.round(blended.astype(np.float64), 6)


def _blocks(day: np.ndarray, window: Window, *, both_sides: bool) -> Iterator[tuple[int, int, int, int]]:
    """Row ranges (start, stop) and the range of rows (low, high) that each may meet."""
    n = len(day)
    for start in range(0, n, _BLOCK):
        stop = min(start + _BLOCK, n)
        low = max(int(np.searchsorted(day, day[start] - window.days)), start - window.reach, 0)
        high = stop
        if both_sides:
            high = min(
                int(np.searchsorted(day, day[stop - 1] + window.days, side="right")), stop + window.reach, n
            )
        yield start, stop, low, high


def _in_threads(
    work: Callable[[tuple[int, int, int, int]], _Triple], jobs: Iterator[tuple[int, int, int, int]]
) -> _Triple:
    # The products release the interpreter's lock; results come back in order.
    with ThreadPoolExecutor(_THREADS) as pool:
        parts = list(pool.map(work, jobs))
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    row, col, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    return row, col, value


def _product(
    weights: sparse.csr_array, dense: np.ndarray | None, block: tuple[int, int, int, int], floor: float
) -> _Triple:
    """The entries of one block of similarities that reach the floor."""
    start, stop, low, high = block
    words = weights[start:stop] @ weights[low:high].T
    if dense is None:
        found = words.tocoo()
        value = np.round(found.data.astype(np.float64), 6)
        row, col = found.coords
    else:
        table = _blend(words.toarray(), dense[start:stop] @ dense[low:high].T)
        row, col = np.nonzero(table >= floor)
        value = table[row, col]
    keep = value >= floor
    return row[keep].astype(np.int64) + start, col[keep].astype(np.int64) + low, value[keep]


def nearest(
    weights: sparse.csr_array,
    rare: sparse.csr_array,
    day: np.ndarray,
    window: Window,
    count: int,
    dense: np.ndarray | None = None,
) -> sparse.csr_array:
    """The nearest texts of each text, with their similarities.

    Within ``window.reach`` ranks every pair is compared; beyond, up to ``window.days``, pairs that share a rare term.

    Args:
        weights: rows of length 1, sorted by day.
        rare: the same with rare terms only.
        day: float64, ascending.
        window: how far apart two texts may be.
        count: neighbours of a text.
        dense: rows of length 1 to average with, from an embedder.

    Returns:
        Sparse float32 (texts x texts) with at most ``count`` entries a row, none on the diagonal.
    """
    floor = 0.05

    def work(block: tuple[int, int, int, int]) -> _Triple:
        row, col, value = _product(weights, dense, block, floor)
        near = (
            (np.abs(row - col) <= window.reach) & (np.abs(day[row] - day[col]) <= window.days) & (row != col)
        )
        row, col, value = row[near], col[near], value[near]
        far_row, far_col, far_value = _far(weights, rare, day, window, block, dense)
        row, col, value = np.r_[row, far_row], np.r_[col, far_col], np.r_[value, far_value]
        local = strongest(row - block[0], col, value, count)
        return row[local], col[local], value[local]

    row, col, value = _in_threads(work, _blocks(day, window, both_sides=True))
    shape = (len(day), len(day))
    return sparse.coo_array(
        (value.astype(np.float32), (row.astype(np.int32), col.astype(np.int32))), shape=shape
    ).tocsr()


def _far(
    weights: sparse.csr_array,
    rare: sparse.csr_array,
    day: np.ndarray,
    window: Window,
    block: tuple[int, int, int, int],
    dense: np.ndarray | None,
) -> _Triple:
    """Pairs beyond the reach and within the days that share a rare term."""
    start, stop = block[:2]
    low = int(np.searchsorted(day, day[start] - window.days))
    high = int(np.searchsorted(day, day[stop - 1] + window.days, side="right"))
    if stop - 1 - low <= window.reach and high - 1 - start <= window.reach:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    row, col, _ = _product(rare, None, (start, stop, low, high), 0.05)
    far = (np.abs(row - col) > window.reach) & (np.abs(day[row] - day[col]) <= window.days)
    row, col = row[far], col[far]
    return row, col, pair_dots(weights, dense, row, col)


def similar_pairs(
    weights: sparse.csr_array,
    day: np.ndarray,
    window: Window,
    need: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
    floor: float,
    most: int,
    dense: np.ndarray | None = None,
    extra: tuple[np.ndarray, np.ndarray] | None = None,
) -> Pairs:
    """The pairs of texts that are alike enough.

    Args:
        weights: rows of length 1, sorted by day.
        day: float64, ascending.
        window: how far apart two texts may be.
        need: given late, early and similarity, which pairs (bool) are alike enough.
        floor: no pair below it is; saves asking.
        most: pairs kept a text with earlier ones, the most similar.
        dense: rows of length 1 to average with.
        extra: late and early ranks of pairs beyond the window's reach to look at as well.
    """

    def work(block: tuple[int, int, int, int]) -> _Triple:
        row, col, value = _product(weights, dense, block, floor)
        keep = (col < row) & (row - col <= window.reach) & (day[row] - day[col] <= window.days)
        row, col, value = row[keep], col[keep], value[keep]
        keep = need(row, col, value)
        row, col, value = row[keep], col[keep], value[keep]
        local = strongest(row - block[0], col, value, most)
        return row[local], col[local], value[local]

    row, col, value = _in_threads(work, _blocks(day, window, both_sides=False))
    if extra is not None:
        far = extra[0] - extra[1] > window.reach
        late, early = extra[0][far], extra[1][far]
        similarity = pair_dots(weights, dense, late, early)
        keep = need(late, early, similarity)
        row, col = np.r_[row, late[keep]], np.r_[col, early[keep]]
        value = np.r_[value, similarity[keep]]
        order = np.lexsort((col, row))
        row, col, value = row[order], col[order], value[order]
    return Pairs(row, col, value)
