"""Text to numbers: distinct texts, their weighted stems and word pairs, and TF-IDF by the weeks around.

Columns are hashes of stems, so that a part of a corpus gives the same numbers as the whole, and inverse document
frequency is taken over the weeks around a text only, so that a new article changes nothing far away in time.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.grouping.languages import STOP_WORDS, guess_language, stem
from analysis.grouping.rarity import rarity
from analysis.text import tokens

__all__ = [
    "COLUMNS",
    "Texts",
    "Tokenizer",
    "Weights",
    "Worded",
    "distinct_texts",
    "fullness",
    "least_kept",
    "strongest",
    "strongest_terms",
    "term_weights",
    "unit_rows",
]

COLUMNS = 1 << 22
_CHUNK = 20_000  # texts at a time: bounds memory
_TABLE = 500  # rows
_RARE = 50  # texts of five weeks
STOP = -1  # the column of a stop word
_MIX = np.int64(0x9E3779B1)


class Columns(dict[str, int]):
    """From a word of a language to the column of its stem, -1 for a stop word; remembers every word asked for."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._stops = STOP_WORDS.get(language, frozenset())

    def __missing__(self, word: str) -> int:
        column = STOP if word in self._stops else crc32(stem(word, self._language).encode()) % COLUMNS
        self[word] = column
        return column


class Tokenizer:
    """Words to hashed stems, remembering every word that it has seen.

    >>> Tokenizer().stems("Cameras and a camera", "en")
    [('cameras', 1895941), ('camera', 1895941)]
    """

    def __init__(self) -> None:
        self._columns: dict[str, Columns] = {}

    def lookup(self, language: str) -> Callable[[str], int]:
        """The function from a word of a language to the column of its stem, -1 for a stop word."""
        columns = self._columns.get(language)
        if columns is None:
            columns = self._columns[language] = Columns(language)
        return columns.__getitem__

    def stems(self, text: str, language: str) -> list[tuple[str, int]]:
        """The words of a text that are no stop words, each with the column of its stem."""
        words = tokens(text)
        columns = map(self.lookup(language), words)
        return [(word, column) for word, column in zip(words, columns, strict=True) if column != STOP]

    def first_forms(self, text: str, language: str) -> dict[int, str]:
        """The column of each stem of a text, stop words left out, and how the text writes it first."""
        words = tokens(text)[::-1]
        forms = dict(zip(map(self.lookup(language), words), words, strict=True))
        forms.pop(STOP, None)
        return forms


@dataclass(frozen=True)
class Texts:
    """Distinct texts of a day, in order of time: what is compared, once, however many articles carry it.

    Attributes:
        of_article: int64 (articles): the text of each article.
        article: int64 (texts): the first article with the text.
        day: float64 (texts): days since 1970 of that article.
        counts: sparse float32 (texts x columns): weighted counts of stems and pairs of stems.
        n_terms: int64 (texts): distinct stems; 0 where there is nothing to compare.
        n_words: int64 (texts): words, stop words included.
        language: str (texts): ISO 639-1 code, or empty.
        provider: int64 (texts): outlet of that article, numbered from 0; -1 where unknown.
        tokenizer: what made the columns; it remembers the words.
    """

    of_article: np.ndarray
    article: np.ndarray
    day: np.ndarray
    counts: sparse.csr_array
    n_terms: np.ndarray
    n_words: np.ndarray
    language: np.ndarray
    provider: np.ndarray
    tokenizer: Tokenizer

    def __len__(self) -> int:
        return len(self.article)

    def of(self, kept: np.ndarray) -> Texts:
        """The texts of some articles: bool (articles), true of all articles with a text or of none of them."""
        texts = np.unique(self.of_article[kept])
        place = np.cumsum(kept) - 1  # of an article among those that are kept
        return Texts(
            np.searchsorted(texts, self.of_article[kept]),
            place[self.article[texts]],
            self.day[texts],
            self.counts[texts],
            self.n_terms[texts],
            self.n_words[texts],
            self.language[texts],
            self.provider[texts],
            self.tokenizer,
        )


def _signature(title: list[str], excerpt: list[str]) -> int:
    text = " ".join(title) + "\n" + " ".join(excerpt)
    return int.from_bytes(
        blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest(), "big", signed=True
    )


def _language(title: list[str], excerpt: list[str], raw: str, locale: str) -> str:
    if locale[:2].lower() in STOP_WORDS:
        return locale[:2].lower()
    return guess_language(title + excerpt, is_ascii=raw.isascii())


def distinct_texts(articles: pd.DataFrame) -> Texts:
    """Tokenise the articles; those with the same words on the same day (UTC) become one text.

    A text without any word stands for its article alone.

    Args:
        articles: as ``frame.in_order`` gives them.

    >>> from analysis.grouping.frame import in_order
    >>> frame = pd.DataFrame({"article_id": list("abc"), "title": ["Ban it", "BAN IT!", "Keep it"]})
    >>> distinct_texts(in_order(frame)).of_article.tolist()
    [0, 0, 1]
    """
    known: dict[int, int] = {}  # the texts of one day, as articles come by day
    of_article = np.empty(len(articles), dtype=np.int64)
    first = array("q")
    languages: list[str] = []
    tokenizer = Tokenizer()
    words = _WordColumns(tokenizer)
    days = articles["day"].to_numpy()
    day_begins = np.floor(days) != np.floor(np.r_[np.nan, days[:-1]])
    for row, (title, excerpt, locale) in enumerate(_written(articles)):
        if day_begins[row]:
            known.clear()
        title_words, excerpt_words = tokens(title), tokens(excerpt)
        empty = not title_words and not excerpt_words
        key = _signature(title_words, excerpt_words)
        unit = known.get(key)
        if unit is None or empty:
            unit = known[key] = len(first)
            first.append(row)
            languages.append(_language(title_words, excerpt_words, title + excerpt, locale))
            words.add(title_words, excerpt_words, languages[-1])
        of_article[row] = unit
    counts, n_terms, n_words = words.counts()
    article = np.array(first, dtype=np.int64)
    names = articles["provider_id"].iloc[article]
    provider = pd.factorize(names.where(names != ""), sort=True)[0].astype(np.int64)
    language = np.asarray(languages, dtype=object)
    return Texts(of_article, article, days[article], counts, n_terms, n_words, language, provider, tokenizer)


def _written(articles: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    """Title, excerpt and locale of each article; as Python text only some thousands at a time."""
    for start in range(0, len(articles), _CHUNK):
        part = articles.iloc[start : start + _CHUNK]
        yield from zip(*(part[name].tolist() for name in ("title", "excerpt", "locale")), strict=True)


class _WordColumns:
    """Collects the columns of the words of many texts, and counts them some thousands at a time."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._done: list[tuple[sparse.csr_array, np.ndarray, np.ndarray]] = []
        self._clear()

    def _clear(self) -> None:
        self._column = array("i")
        self._single = array("b")  # 1: a character of a script without blanks, whose pairs are its words
        self._length = array("i")  # words kept of title, excerpt, title, excerpt, …
        self._all = array("i")

    def add(self, title: list[str], excerpt: list[str], language: str) -> None:
        lookup = self._tokenizer.lookup(language)
        for part in (title, excerpt):
            kept = [column for column in map(lookup, part) if column != STOP]
            self._column.extend(kept)
            if language:
                self._single.extend(bytes(len(kept)))
            else:
                self._single.extend([len(w) == 1 and ord(w) > 0xE00 for w in part if lookup(w) != STOP])
            self._length.append(len(kept))
        self._all.append(len(title) + len(excerpt))
        if len(self._all) == _CHUNK:
            self._done.append(self._counted())
            self._clear()

    def counts(self) -> tuple[sparse.csr_array, np.ndarray, np.ndarray]:
        """Weighted counts (texts x columns), distinct stems and words of each text."""
        if self._all or not self._done:
            self._done.append(self._counted())
        parts, n_terms, n_words = zip(*self._done, strict=True)
        self._done = []
        begins = np.cumsum([0, *(part.nnz for part in parts)])
        indptr = np.concatenate(
            [[0], *(part.indptr[1:] + begin for part, begin in zip(parts, begins, strict=False))]
        )
        data = np.concatenate([part.data for part in parts])
        for part in parts:  # one array after the other, so that never both are there twice
            part.data = np.empty(0, dtype=np.float32)
        indices = np.concatenate([part.indices for part in parts])
        shape = (len(indptr) - 1, COLUMNS)
        matrix = sparse.csr_array((data, indices, indptr.astype(np.int32)), shape=shape)
        return matrix, np.concatenate(n_terms), np.concatenate(n_words)

    def _counted(self) -> tuple[sparse.csr_array, np.ndarray, np.ndarray]:
        """Weighted counts: a title's word counts twice, a pair of words half as much as a word."""
        column = np.asarray(self._column, dtype=np.int64)
        length = np.asarray(self._length, dtype=np.int64)
        n = len(self._all)
        part = np.repeat(np.arange(2 * n), length)
        weight = np.where(part % 2 == 0, 2.0, 1.0).astype(np.float32)
        single = np.asarray(self._single, dtype=bool)
        together = part[1:] == part[:-1]
        pair = ((column[:-1] * _MIX) ^ (column[1:] + _MIX)) % COLUMNS
        pair_weight = np.where(single[1:] & single[:-1], 1.0, 0.5) * weight[1:]
        words = sparse.coo_array((weight, (part // 2, column)), shape=(n, COLUMNS)).tocsr()
        row = np.concatenate([part // 2, part[1:][together] // 2]).astype(np.int32)
        col = np.concatenate([column, pair[together]]).astype(np.int32)
        value = np.concatenate([weight, pair_weight[together].astype(np.float32)])
        matrix = sparse.coo_array((value, (row, col)), shape=(n, COLUMNS)).tocsr()
        return matrix, np.diff(words.indptr).astype(np.int64), np.asarray(self._all, dtype=np.int64)


def unit_rows(matrix: sparse.csr_array) -> sparse.csr_array:
    """The matrix, changed in place, with every row scaled to length 1; empty rows stay empty."""
    for start in range(0, matrix.shape[0], _CHUNK):
        indptr = matrix.indptr[start : start + _CHUNK + 1]
        data = matrix.data[indptr[0] : indptr[-1]]
        rows = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
        length = np.sqrt(np.bincount(rows, weights=data.astype(np.float64) ** 2, minlength=len(indptr) - 1))
        data[:] = data / np.where(length > 0, length, 1)[rows]
    return matrix


def fullness(n_terms: np.ndarray) -> np.ndarray:
    """How much a text says, from 0 (a headline of 7 stems or fewer) to 1 (40 stems or more), by the logarithm.

    Thresholds go by it: the more two texts say, the more they must share.

    >>> fullness(np.array([5, 17, 80])).round(2).tolist()
    [0.0, 0.51, 1.0]
    """
    low, high = np.log(7), np.log(40)
    return np.asarray(np.clip((np.log(np.maximum(n_terms, 1)) - low) / (high - low), 0, 1))


@dataclass(frozen=True)
class Weights:
    """TF-IDF of the distinct texts.

    Attributes:
        rows: sparse float32 (texts x terms), rows of length 1; its entries are those of ``texts.counts``.
        rare: bool, for each entry whether few texts of the weeks around have the term.
        idf: float32, inverse document frequency of each entry.
    """

    rows: sparse.csr_array
    rare: np.ndarray
    idf: np.ndarray

    def of(self, texts: np.ndarray) -> Weights:
        """The weights of some texts, by position."""
        length = np.diff(self.rows.indptr)[texts]
        ends = np.cumsum(length)
        entry = np.repeat(self.rows.indptr[texts] - ends + length, length) + np.arange(length.sum())
        return Weights(self.rows[texts], self.rare[entry], self.idf[entry])


def term_weights(texts: Texts) -> Weights:
    """Weigh the terms: (1 + ln tf) * idf ** p, rows scaled to length 1 (Salton and Buckley 1988).

    idf is that of ``rarity.rarity``; p runs from 1 for headlines to 2 for texts with
    an excerpt (see ``fullness``): a long text shares common words with many, so its rare words decide.
    """
    counts = texts.counts
    column, width = counts.indices, counts.shape[1]
    used = np.zeros(width, dtype=bool)
    used[column] = True
    if 2 * used.sum() < width:  # else the numbers would take more room than the empty columns
        column, width = (np.cumsum(used) - 1).astype(np.int32)[column], max(int(used.sum()), 1)
    idf, df = rarity(column, counts.indptr, texts.day, texts.provider)
    rare = df <= _RARE
    del df
    data = np.log(counts.data)
    data += 1
    power = (1 + fullness(texts.n_terms)).astype(np.float32)
    for start in range(0, len(texts), _CHUNK):
        indptr = counts.indptr[start : start + _CHUNK + 1]
        part = slice(indptr[0], indptr[-1])
        data[part] *= idf[part] ** np.repeat(power[start : start + _CHUNK], np.diff(indptr))
    rows = unit_rows(sparse.csr_array((data, column, counts.indptr), shape=(counts.shape[0], width)))
    return Weights(rows, rare, idf)


class Worded(NamedTuple):
    """The distinct texts of some articles, and their weights: what copies and events both begin with."""

    texts: Texts
    weights: Weights

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Worded:
        """Those of articles as ``frame.in_order`` gives them."""
        texts = distinct_texts(frame)
        return cls(texts, term_weights(texts))


def strongest_terms(matrix: sparse.csr_array, most: int) -> sparse.csr_array:
    """The matrix with at most ``most`` entries a row, the greatest, ties to the first; rows of length 1."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    kept = strongest(rows, matrix.indices, matrix.data, most)
    indptr = np.r_[0, np.cumsum(np.bincount(rows[kept], minlength=matrix.shape[0]))]
    return unit_rows(sparse.csr_array((matrix.data[kept], matrix.indices[kept], indptr), shape=matrix.shape))


def strongest(row: np.ndarray, col: np.ndarray, value: np.ndarray, most: int) -> np.ndarray:
    """Positions of the ``most`` greatest values of each row, ties to the smaller column; sorted by row and column.

    Args:
        row: int, ascending.
        col: int, in any order within a row.
        value: float; compared as float32.
        most: positions kept of a row.
    """
    length = np.bincount(row)
    if not len(length) or length.max() <= most:
        kept = np.arange(len(row))
    else:
        value = value.astype(np.float32, copy=False)
        least = least_kept(length, value, most)[row]
        over, level = value > least, np.flatnonzero(value == least)
        # Of those that equal the last value kept, the first columns fill what is left.
        level = level[np.lexsort((col[level], row[level]))]
        left = most - np.bincount(row[over], minlength=len(length))
        begins = np.searchsorted(row[level], row[level])
        kept = np.r_[np.flatnonzero(over), level[np.arange(len(level)) - begins < left[row[level]]]]
    return kept[np.argsort(row[kept].astype(np.int64) * (1 << 32) + col[kept])]


def least_kept(length: np.ndarray, value: np.ndarray, most: int) -> np.ndarray:
    """The value of rank ``most`` in each row (float32), below everything in rows that have fewer."""
    least = np.full(len(length), -np.inf, dtype=np.float32)
    begins = np.cumsum(length) - length
    crowded = np.flatnonzero(length > most)
    crowded = crowded[np.argsort(length[crowded], kind="stable")]
    for start in range(0, len(crowded), _TABLE):
        rows = crowded[start : start + _TABLE]
        width = int(length[rows].max())
        place = begins[rows, None] + np.arange(width)
        inside = np.arange(width) < length[rows, None]
        table = np.where(inside, value[np.minimum(place, len(value) - 1)], -np.inf)
        least[rows] = np.partition(table, width - most, axis=1)[:, width - most]
    return least
