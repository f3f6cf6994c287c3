"""Products of sparse rows that reach a floor, without most of the work that common terms make.

Terms that many texts have are most of the work of such a product and least of its outcome. They are left out while
pairs are sought: what they would add is at most the product of the two lengths that were left out (Cauchy and
Schwarz), so no pair is lost, and only pairs that come near enough are added up in full. Sums are float64, so that a
value does not depend on the way it was added up in any digit that is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

__all__ = ["Candidates", "candidates", "common_terms", "sample_of"]

_LOOSE = 0.03  # share of texts that may consist of common terms, mostly; they are compared in full
_SAMPLE = 2000  # rows
_SHARES = (0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005)
_FEWEST = 5  # rows of the sample, below which a term is not common
_MARGIN = 1e-6  # values are rounded to six digits
_AT_ONCE = 50_000  # pairs


def common_terms(sample: sparse.csr_array, floor: float) -> np.ndarray:
    """Which columns to leave out while pairs are sought: bool, by column.

    As many of the most frequent as leave nearly all rows with too little in them to reach the floor by these alone.

    Args:
        sample: rows, representative of all.
        floor: product from which a pair counts.

    >>> rows = sparse.csr_array(np.eye(50, 3, k=-9) + [[0.1, 0, 0]] * 50)
    >>> common_terms(rows, 0.1).tolist()
    [True, False, False]
    """
    n, width = sample.shape
    frequency = np.bincount(sample.indices, minlength=width)
    row = np.repeat(np.arange(n), np.diff(sample.indptr))
    often, square = frequency[sample.indices], sample.data.astype(np.float64) ** 2
    chosen = np.zeros(width, dtype=bool)
    for share in _SHARES:
        least = max(share * n, _FEWEST)
        length = np.bincount(row[often >= least], weights=square[often >= least], minlength=n)
        if (length > floor).sum() > _LOOSE * n:
            break
        chosen = frequency >= least
    return chosen


def sample_of(n: int) -> np.ndarray:
    """Positions of rows, evenly spread, to choose common terms by."""
    return np.unique(np.linspace(0, max(n - 1, 0), min(n, _SAMPLE)).astype(np.int64))


@dataclass(frozen=True)
class _Side:
    """Rows, parted into rare and common terms; float64."""

    whole: sparse.csr_array
    rare: sparse.csr_array
    common: sparse.csr_array
    length: np.ndarray  # of the common part
    loose: np.ndarray  # bool: may reach the floor by common terms alone


def _side(rows: sparse.csr_array, common: np.ndarray, floor: float) -> _Side:
    whole = rows.astype(np.float64)
    chosen = common[rows.indices]
    part = _entries(whole, chosen)
    length = np.sqrt(np.asarray(part.multiply(part).sum(axis=1)).ravel())
    return _Side(whole, _entries(whole, ~chosen), part, length, length**2 > floor - _MARGIN)


def _entries(matrix: sparse.csr_array, chosen: np.ndarray) -> sparse.csr_array:
    """The matrix with the chosen entries only."""
    indptr = np.r_[0, np.cumsum(chosen)][matrix.indptr].astype(np.int32)
    return sparse.csr_array((matrix.data[chosen], matrix.indices[chosen], indptr), shape=matrix.shape)


def _dots(one: sparse.csr_array, two: sparse.csr_array, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The product of row ``left[i]`` of one matrix and row ``right[i]`` of another, float64."""
    out = np.empty(len(left))
    for start in range(0, len(left), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        product = one[left[some]].astype(np.float64).multiply(two[right[some]])
        out[some] = np.asarray(product.sum(axis=1)).ravel()
    return out


@dataclass(frozen=True)
class Candidates:
    """Pairs of rows that may reach the floor, sorted by row: positions, and bounds of the product."""

    row: np.ndarray
    col: np.ndarray
    least: np.ndarray
    most: np.ndarray
    left: sparse.csr_array
    right: sparse.csr_array

    def where(self, keep: np.ndarray) -> Candidates:
        """The candidates for which ``keep`` (bool, or positions) holds."""
        return Candidates(
            self.row[keep], self.col[keep], self.least[keep], self.most[keep], self.left, self.right
        )

    def values(self) -> np.ndarray:
        """The products themselves: float64, rounded to 6 digits."""
        value = self.least.copy()
        still = np.flatnonzero(self.most > self.least)
        value[still] += _dots(self.left, self.right, self.row[still], self.col[still])
        return np.round(value, 6)


def candidates(
    left: sparse.csr_array, right: sparse.csr_array, common: np.ndarray, floor: float
) -> Candidates:
    """The pairs of rows whose product may reach the floor, none missing.

    Args:
        left: rows, of positive entries.
        right: rows with the same columns.
        common: bool (columns), as ``common_terms`` chooses them; any choice gives the same pairs in the end.
        floor: above 0.

    >>> one = sparse.csr_array(np.array([[0.6, 0.8], [1.0, 0.0]]))
    >>> found = candidates(one, one, np.array([True, False]), 0.7)
    >>> list(zip(found.row.tolist(), found.col.tolist(), found.values().tolist()))
    [(0, 0, 1.0), (1, 1, 1.0)]
    """
    one, two = _side(left, common, floor), _side(right, common, floor)
    parts = [_tight(one, two, floor)]
    if one.loose.any():
        rows = np.flatnonzero(one.loose)
        row, col, value = _reaching(one.whole[rows], two.whole, floor)
        parts.append((rows[row], col, value, value))
    if two.loose.any():
        cols = np.flatnonzero(two.loose)
        row, col, value = _reaching(one.whole, two.whole[cols], floor)
        new = ~one.loose[row]
        parts.append((row[new], cols[col[new]], value[new], value[new]))
    row, col, least, most = (np.concatenate(column) for column in zip(*parts, strict=True))
    found = Candidates(row, col, least, most, one.common, two.common)
    return found if len(parts) == 1 else found.where(np.argsort(row, kind="stable"))


def _reaching(
    left: sparse.csr_array, right: sparse.csr_array, floor: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, columns and values of the whole product that reach the floor."""
    product = left @ right.T
    keep = np.flatnonzero(product.data >= floor - _MARGIN)
    row = np.searchsorted(product.indptr, keep, side="right") - 1
    return row, product.indices[keep].astype(np.int64), product.data[keep]


def _tight(one: _Side, two: _Side, floor: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of rows that cannot reach the floor by common terms alone."""
    slack = one.length[~one.loose].max(initial=0) * two.length[~two.loose].max(initial=0)
    row, col, least = _reaching(one.rare, two.rare, floor - slack)
    most = least + one.length[row] * two.length[col]
    keep = (most >= floor - _MARGIN) & ~one.loose[row] & ~two.loose[col]
    return row[keep], col[keep], least[keep], most[keep]
