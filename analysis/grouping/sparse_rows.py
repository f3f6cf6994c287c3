"""Sparse rows that are not held all at once, and sparse rows that are added up a few at a time."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

import numpy as np
from scipy import sparse

from analysis.grouping.features import strongest_terms

__all__ = ["MixedRows", "Rows", "rows_at"]

_WIDE = 1000  # entries: a row so long is spread out once instead of walked along for every partner
_AT_ONCE = 4000  # pairs
_PART = 4000  # rows gathered at a time: bounds memory
_BLOCK = 1000  # rows made and remembered together
_SPARE_BLOCKS = 8  # remembered beyond those that were last asked for


def rows_at(matrix: sparse.csr_array | MixedRows, rows: np.ndarray) -> sparse.csr_array:
    """Rows of a matrix by position, as a matrix of their own."""
    if isinstance(matrix, MixedRows):
        return matrix.at(rows)
    return _gathered(
        matrix.data, matrix.indices, matrix.indptr[:-1][rows], matrix.indptr[1:][rows], matrix.shape[1]
    )


def _gathered(
    data: np.ndarray, indices: np.ndarray, begin: np.ndarray, end: np.ndarray, width: int
) -> sparse.csr_array:
    length = (end - begin).astype(np.int64)
    indptr = np.r_[0, np.cumsum(length)]
    place = np.repeat(begin - indptr[:-1], length) + np.arange(indptr[-1])
    return sparse.csr_array(
        (data[place], indices[place], indptr.astype(np.int32)), shape=(len(length), width)
    )


def _between(matrix: sparse.csr_array, low: int, high: int) -> sparse.csr_array:
    """The rows from ``low`` to before ``high``, whose entries are not copied."""
    indptr = matrix.indptr[low : high + 1]
    part = slice(int(indptr[0]), int(indptr[-1]))
    shape = (high - low, matrix.shape[1])
    return sparse.csr_array((matrix.data[part], matrix.indices[part], indptr - indptr[0]), shape=shape)


def _stacked(parts: list[sparse.csr_array]) -> sparse.csr_array:
    """The rows of several matrices, which are emptied, one below the other; one array is whole after the other."""
    shape = (sum(part.shape[0] for part in parts), parts[0].shape[1])
    indptr = np.r_[0, np.cumsum(np.concatenate([np.diff(part.indptr) for part in parts]))]
    data = np.concatenate([part.data for part in parts])
    for part in parts:
        part.data = np.empty(0, dtype=np.float32)
    indices = np.concatenate([part.indices for part in parts])
    return sparse.csr_array((data, indices, indptr), shape=shape)


class Rows:
    """Sparse rows; sums are appended, and the room of what they replace is taken back now and then.

    Args:
        matrix: the rows to begin with, columns sorted; float32.

    >>> rows = Rows(sparse.csr_array(np.array([[1.0, 0], [2, 3], [0, 5]], dtype=np.float32)))
    >>> rows.add(np.array([0]), np.array([1]))
    >>> rows.dots(np.array([0]), np.array([2])).tolist()
    [15.0]
    """

    def __init__(self, matrix: sparse.csr_array) -> None:
        self._data, self._indices = matrix.data, matrix.indices
        self._begin, self._end = matrix.indptr[:-1].astype(np.int64), matrix.indptr[1:].astype(np.int64)
        self._used = len(matrix.data)
        self._width = matrix.shape[1]
        self._line = np.zeros(0, dtype=np.float32)

    def keep(self, kept: np.ndarray) -> None:
        """Forget all rows but those for which ``kept`` (bool) is true."""
        self._begin, self._end = self._begin[kept], self._end[kept]

    def at(self, rows: np.ndarray) -> sparse.csr_array:
        """Some of the rows, by position."""
        return _gathered(self._data, self._indices, self._begin[rows], self._end[rows], self._width)

    def add(self, targets: np.ndarray, others: np.ndarray) -> None:
        """Add each of the others to its target; no row may be named twice."""
        sums = self.at(targets) + self.at(others)
        begin = self._room(sums.nnz)
        self._data[begin : begin + sums.nnz] = sums.data
        self._indices[begin : begin + sums.nnz] = sums.indices
        self._begin[targets], self._end[targets] = begin + sums.indptr[:-1], begin + sums.indptr[1:]

    def _room(self, size: int) -> int:
        """Where so many entries may be written."""
        if self._used + size > len(self._data):
            self._compact(2 * size)
        begin = self._used
        self._used += size
        return begin

    def _compact(self, spare: int) -> None:
        """Put the rows side by side, with room for half as much again and ``spare`` entries more."""
        ends = np.cumsum(self._end - self._begin)
        used = int(ends[-1]) if len(ends) else 0
        data = np.zeros(used + used // 2 + spare, dtype=np.float32)
        indices = np.zeros(len(data), dtype=self._indices.dtype)
        for start in range(0, len(ends), _PART):
            part = self.at(np.arange(start, min(start + _PART, len(ends))))
            place = slice(int(ends[start] - self._end[start] + self._begin[start]), None)
            data[place][: part.nnz], indices[place][: part.nnz] = part.data, part.indices
        self._begin, self._end = ends - (self._end - self._begin), ends
        self._data, self._indices, self._used = data, indices, used

    def dots(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """The product of rows ``left[i]`` and ``right[i]``, float64."""
        length = self._end - self._begin
        swap = length[left] < length[right]
        long, short = np.where(swap, right, left), np.where(swap, left, right)
        out = np.empty(len(left))
        narrow = np.flatnonzero(length[long] < _WIDE)
        for start in range(0, len(narrow), _AT_ONCE):
            part = narrow[start : start + _AT_ONCE]
            out[part] = np.asarray(self.at(long[part]).multiply(self.at(short[part])).sum(axis=1)).ravel()
        wide = np.flatnonzero(length[long] >= _WIDE)
        wide = wide[np.argsort(long[wide], kind="stable")]
        if len(wide) and not len(self._line):
            self._line = np.zeros(self._width, dtype=np.float32)
        for part in np.split(wide, np.flatnonzero(np.diff(long[wide])) + 1) if len(wide) else []:
            row = slice(self._begin[long[part[0]]], self._end[long[part[0]]])
            self._line[self._indices[row]] = self._data[row]
            out[part] = self._along_line(short[part])
            self._line[self._indices[row]] = 0
        return out

    def _along_line(self, rows: np.ndarray) -> np.ndarray:
        """The product of rows with the one that is spread out."""
        length = self._end[rows] - self._begin[rows]
        ends = np.cumsum(length)
        place = np.repeat(self._begin[rows] - ends + length, length) + np.arange(int(ends[-1]))
        product = self._data[place] * self._line[self._indices[place]]
        return np.bincount(np.repeat(np.arange(len(rows)), length), weights=product, minlength=len(rows))


class MixedRows:
    """Rows plus what they take from other rows, the strongest terms of each, made when they are asked for.

    Mixed rows are long; all at once they would be the largest thing that a grouping holds. What was asked for last is
    remembered, as who walks along the rows asks for each many times. Threads may share it.

    Args:
        rows: the rows to begin with.
        pull: how much each row (float32, rows x rows) takes from which others.
        most: terms kept of a row.

    >>> rows = sparse.csr_array(np.array([[1.0, 0], [0, 1]], dtype=np.float32))
    >>> pull = sparse.csr_array(np.array([[0, 1], [0, 0]], dtype=np.float32))
    >>> MixedRows(rows, pull, 2)[0:2].indices.tolist()
    [0, 1, 1]
    """

    def __init__(self, rows: sparse.csr_array, pull: sparse.csr_array, most: int) -> None:
        self._rows, self._pull, self._most = rows, pull, most
        self._blocks: OrderedDict[int, sparse.csr_array] = OrderedDict()
        self._lock = Lock()

    def at(self, rows: np.ndarray) -> sparse.csr_array:
        """Some of the rows, by position."""
        parts = [self._mixed(rows[start : start + _PART]) for start in range(0, max(len(rows), 1), _PART)]
        return parts[0] if len(parts) == 1 else _stacked(parts)

    def _mixed(self, rows: np.ndarray) -> sparse.csr_array:
        pull = rows_at(self._pull, rows)
        # Each row takes itself as well, and most take from near rows only, so a part of all is enough.
        ends = pull.indptr[1:]
        source, share = np.insert(pull.indices, ends, rows), np.insert(pull.data, ends, 1)
        high = int(source.max(initial=-1)) + 1
        low = int(source.min(initial=high))
        indptr = pull.indptr + np.arange(len(rows) + 1, dtype=pull.indptr.dtype)
        whole = sparse.csr_array((share, source - low, indptr), shape=(len(rows), high - low))
        return strongest_terms(whole @ _between(self._rows, low, high), self._most)

    def __getitem__(self, span: slice) -> sparse.csr_array:
        """The rows from ``span.start`` to before ``span.stop``."""
        first, last = span.start // _BLOCK, max(-(-span.stop // _BLOCK), span.start // _BLOCK + 1)
        with self._lock:
            blocks = [self._block(number) for number in range(first, last)]
            while len(self._blocks) > len(blocks) + _SPARE_BLOCKS:
                self._blocks.popitem(last=False)
        whole = sparse.vstack(blocks, format="csr") if len(blocks) > 1 else blocks[0]
        asked: sparse.csr_array = whole[span.start - first * _BLOCK : span.stop - first * _BLOCK]
        return asked

    def _block(self, number: int) -> sparse.csr_array:
        if number not in self._blocks:
            stop = min((number + 1) * _BLOCK, self._rows.shape[0])
            self._blocks[number] = self.at(np.arange(number * _BLOCK, stop))
        self._blocks.move_to_end(number)
        return self._blocks[number]
