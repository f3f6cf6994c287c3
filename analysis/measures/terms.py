"""Which words and short phrases set a selection apart from the rest, or one period from another.

For a term in y of n texts here and in y' of n' texts of the rest, and a prior of a = A (y + y') / (n + n'),

    log-odds = ln((y + a) / (n + A - y - a)) - ln((y' + a) / (n' + A - y' - a))
    z        = log-odds / sqrt(1 / (y + a) + 1 / (y' + a))

the log-odds ratio with an informative Dirichlet prior of Monroe, Colaresi & Quinn, "Fightin' Words",
Political Analysis 16 (2008), with texts in place of tokens: a word repeated in one excerpt is not evidence
twice, and the count is what a search for the term finds. A is `PRIOR` texts, or all where they are fewer.

Terms are words, and phrases of two and three, of title or excerpt; copies count once. Left out are terms that
begin or end with a stop word (English list of scikit-learn; in any language, a word that over 50 % of the
texts of both sides have, alike to a factor of 1.5), a number or a lone letter, and terms that a longer one
covers.

Limits: z ranks; it tests nothing, since thousands of terms are looked at. At most `LIMIT` articles a side are
read, the first by article_id, which is a hash and so a fixed random sample; `of` and `of_rest` say how many
texts were counted. Text is fetched and counted here, because engines differ in how they cut text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.measures.frames import BadOption
from analysis.measures.spans import Span, as_span
from analysis.measures.texts import LIMIT, REQUIRES, ArticleTexts
from analysis.measures.written import most_written

__all__ = ["CREATES", "LIMIT", "PRIOR", "REQUIRES", "rising_terms", "terms", "texts_with"]

CREATES = {
    "term": "str",  # as it is searched
    "shown": "str",  # as it is written most often
    "n_texts": "int64",
    "of": "int64",
    "n_rest": "int64",
    "of_rest": "int64",
    "log_odds": "float64",
    "z": "float64",
}
PRIOR = 500.0

_COMMON, _ALIKE = 0.5, 1.5  # a word this frequent on both sides, and this alike, is a stop word
_COVERED = 0.9  # a longer term that stands for so many of a term's texts makes it redundant
_READ = 40  # titles, and excerpts, that are read to see how a term is written
_BREAK = "|"  # ends a title or excerpt; folded text has letters, digits and blanks only
_FOLDED = ("search_title", "search_excerpt")
_CONTRACTED = "aren couldn didn doesn don isn ll ve wasn weren wouldn"  # what folding leaves of them
_STOP = frozenset(
    word
    for line in (resources.files(__package__) / "stop_words.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
).union(_CONTRACTED.split())

Ints = npt.NDArray[np.int64]


def terms(data: Any, rest: Any = None, *, top: int = 50, min_texts: int = 2) -> pd.DataFrame:
    """The terms that a selection has more often than the rest.

    Args:
        data: a selection, or a frame of articles with the columns `REQUIRES`.
        rest: what it is held against; its articles and texts that are in `data` too are left out of it. The
            selection's whole corpus unless given.
        top: how many terms at most.
        min_texts: a term in fewer texts of `data` is not considered.

    Returns:
        One row a term, columns `CREATES`, the highest z first. Empty where a side has no text.

    Raises:
        BadOption: `top` or `min_texts` under 1, or no `rest` beside a plain frame.
        NotAFrame, MissingColumns: as `frame_of`.

    >>> titles = ["Ban Clearview", "Ban Clearview now", "Robots win", "Robots dance"]
    >>> frame = pd.DataFrame({"article_id": list("abcd"), "title": titles})
    >>> frame = frame.assign(copy_group_id=None, is_original=None, excerpt=None, search_excerpt="")
    >>> frame["search_title"] = " " + frame["title"].str.lower() + " "
    >>> terms(frame[:2], frame)[["shown", "n_texts", "of", "n_rest", "of_rest"]]
               shown  n_texts  of  n_rest  of_rest
    0  Ban Clearview        2   2       0        2
    """
    _check(top, min_texts)
    if rest is None and (rest := getattr(data, "corpus", None)) is None:
        raise BadOption("rest must be given beside a plain frame: the articles to compare with")
    own, other = ArticleTexts.of(data), ArticleTexts.of(rest)
    if own.names is not other.names:
        own, other = ArticleTexts.written(data), ArticleTexts.written(rest)
    (here,) = own.distinct()
    # The rest counts each text by its original; a copy whose original is elsewhere is not its text.
    (others,) = other.originals().distinct()
    if len(others):
        others = others.filter(pa.array(~own.has(others)))
    if not len(here) or not len(others):
        return pd.DataFrame(columns=list(CREATES)).astype(CREATES)
    words = _words(here, others)
    best = _best(_score(words, min_texts), words, here, 0, top, min_texts).assign(
        of=len(here), of_rest=len(others)
    )
    return best[list(CREATES)].astype(CREATES).reset_index(drop=True)


def rising_terms(
    data: Any, period: Span, baseline: Span, *, top: int = 25, min_texts: int = 2
) -> pd.DataFrame:
    """The terms that became more frequent from one period to another, and those that became less so.

    Args:
        data: a selection, or a frame of articles with the columns `REQUIRES` and `published_at`.
        period: (first instant, end), with zone: the later stretch.
        baseline: the stretch it is held against.
        top: how many terms at most in each direction.
        min_texts: a term is considered where one of the periods has it in so many texts.

    Returns:
        One row a term: `direction` ("rising", z above 0, or "falling"), then `CREATES`; `n_texts` and `of`
        are of the period, `n_rest` and `of_rest` of the baseline. A text counts once in each period.

    Raises:
        BadOption: `top` or `min_texts` under 1, or a span as in `as_span`.
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> times = pd.to_datetime(["2021-08-22T05:30Z"] * 2 + ["2021-08-23T05:30Z"] * 2)
    >>> frame = pd.DataFrame({"article_id": list("abcd"), "published_at": times})
    >>> frame["title"] = ["Robots win", "Robots dance", "Ban Clearview", "Ban Clearview now"]
    >>> frame = frame.assign(copy_group_id=None, is_original=None, excerpt=None, search_excerpt="")
    >>> frame["search_title"] = " " + frame["title"].str.lower() + " "
    >>> spans = ("2021-08-23T00:00Z", "2021-08-24T00:00Z"), ("2021-08-22T00:00Z", "2021-08-23T00:00Z")
    >>> rising_terms(frame, *spans)[["direction", "shown"]].to_numpy().tolist()
    [['rising', 'Ban Clearview'], ['falling', 'Robots']]
    """
    _check(top, min_texts)
    spans = as_span("period", period), as_span("baseline", baseline)
    late, early = ArticleTexts.of(data, timed=True).distinct(spans)
    columns = {"direction": "str", **CREATES}
    if not len(late) or not len(early):
        return pd.DataFrame(columns=list(columns)).astype(columns)
    words = _words(late, early)
    scored = _score(words, min_texts)
    swap = {"n_texts": "n_rest", "n_rest": "n_texts"}
    rising = _best(scored, words, late, 0, top, min_texts).assign(direction="rising")
    mirrored = scored.rename(columns=swap).assign(z=-scored["z"])
    falling = _best(mirrored, words, early, len(late), top, min_texts).assign(direction="falling")
    falling = falling.rename(columns=swap).assign(z=-falling["z"])
    both = pd.concat([rising, falling]).assign(of=len(late), of_rest=len(early))
    return both[list(columns)].astype(columns).reset_index(drop=True)


def texts_with(data: Any, term: str, *, span: Span | None = None) -> list[str]:
    """The texts that a term was counted in: as many as `n_texts` says, each by its first article.

    Args:
        data: what was measured, with the columns `REQUIRES` and, where a span is given, `published_at`.
        term: as it is searched: `term` of the measures' frames.
        span: (first instant, end), with zone: a stretch that `rising_terms` was asked for.

    Returns:
        Values of `article_id`, sorted.

    Raises:
        BadOption: a span as in `as_span`.
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> frame = pd.DataFrame({"article_id": ["a", "b"], "title": ["Ban it", "Robots"], "search_excerpt": ""})
    >>> frame = frame.assign(search_title=[" ban it ", " robots "], excerpt=None, copy_group_id=None, is_original=None)
    >>> texts_with(frame, "ban")
    ['a']
    """
    spans = [] if span is None else [as_span("span", span)]
    (texts,) = ArticleTexts.written(data, timed=bool(spans)).distinct(spans)
    title, excerpt = (
        pc.match_substring(texts[side], f" {term} ") for side in ("search_title", "search_excerpt")
    )
    found: list[str] = texts.filter(pc.or_kleene(title, excerpt))["article_id"].to_pylist()
    return found


def _check(top: int, min_texts: int) -> None:
    for name, value in (("top", top), ("min_texts", min_texts)):
        if value < 1:
            raise BadOption(f"{name} must be at least 1; got {value}")


@dataclass(frozen=True)
class _Words:
    """The words of the texts of two sides, one after the other, a break after each title and excerpt.

    A key spells a term: the codes of its words, from 1, are digits to the base of the vocabulary.
    """

    codes: npt.NDArray[np.int32]
    vocabulary: list[str]
    n_here: int
    n_rest: int

    @cached_property
    def end(self) -> int:
        """The code of a break."""
        return self.vocabulary.index(_BREAK)

    @cached_property
    def part(self) -> npt.NDArray[np.int32]:
        """Of each word: two times the number of its text, and one more where it is in the excerpt."""
        return np.cumsum(self.codes == self.end, dtype=np.int32)

    def spelled(self, key: int) -> list[int]:
        """The codes of a term."""
        codes: list[int] = []
        while key:
            key, digit = divmod(key, len(self.vocabulary) + 1)
            codes.insert(0, digit - 1)
        return codes

    def having(self, key: int) -> npt.NDArray[np.int32]:
        """The parts that have a term, in order."""
        first, *others = self.spelled(key)
        at = np.flatnonzero(self.codes[: len(self.codes) - len(others)] == first)
        for place, code in enumerate(others, 1):
            at = at[self.codes[at + place] == code]
        parts = self.part[at]
        return parts[np.diff(parts, prepend=np.int32(-1)) > 0]


def _words(here: pa.Table, rest: pa.Table) -> _Words:
    title, excerpt = (pa.chunked_array([*here[side].chunks, *rest[side].chunks]) for side in _FOLDED)
    broken, blank = (pa.scalar(sign, pa.large_string()) for sign in (_BREAK, " "))
    both = pc.binary_join_element_wise(
        title, broken, excerpt, broken, blank, null_handling="replace", null_replacement=""
    )
    split = pc.ascii_split_whitespace(pc.ascii_trim_whitespace(both.combine_chunks()))
    coded = pc.list_flatten(split).dictionary_encode()
    codes = coded.indices.to_numpy()[:-1]  # nothing follows the last break
    return _Words(codes, coded.dictionary.to_pylist(), len(here), len(rest))


def _best(
    scored: pd.DataFrame, words: _Words, texts: pa.Table, first: int, top: int, min_texts: int
) -> pd.DataFrame:
    """The terms of the highest z, without those that a longer one covers, as the texts of their side write them."""
    best = scored[(scored["n_texts"] >= min_texts) & (scored["z"] > 0)]
    best = best.sort_values(["z", "key"], ascending=[False, True]).head(10 * top)
    best["term"] = [" ".join(words.vocabulary[code] for code in words.spelled(key)) for key in best["key"]]
    best = best[~_covered(best)].sort_values(["z", "term"], ascending=[False, True]).head(top)
    written = [_present(texts[name]) for name in ("title", "excerpt")]
    best["shown"] = [
        most_written(term, _having(words.having(key) - 2 * first, written))
        for key, term in zip(best["key"], best["term"], strict=True)
    ]
    return best


def _present(texts: pa.ChunkedArray) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """Texts, and which of them there are."""
    return texts.combine_chunks(), texts.is_valid().to_numpy()


def _having(
    parts: npt.NDArray[np.int32], written: list[tuple[pa.Array, npt.NDArray[np.bool_]]]
) -> Iterator[str]:
    """The first titles, then excerpts, of the parts that are those of a side."""
    for kind, (texts, there) in enumerate(written):
        places = parts[(parts >= 0) & (parts < 2 * len(texts)) & (parts % 2 == kind)] // 2
        yield from texts.take(places[there[places]][:_READ]).to_pylist()


@dataclass(frozen=True)
class _BySide:
    """In how many texts of either side something stands."""

    here: Ints
    rest: Ints


@dataclass(frozen=True)
class _Counted:
    """Terms as arrays: a key that spells each, and in how many texts of either side it stands."""

    keys: Ints
    here: Ints
    rest: Ints


def _count(words: _Words) -> _Counted:
    """Count the texts of each word, and of each phrase of two and three words, that may be a term."""
    codes, size, end = words.codes, len(words.vocabulary) + 1, words.end
    text = words.part // 2
    alone = _by_side(words, codes, text, len(words.vocabulary))
    edge = np.array([_may_edge(word) for word in words.vocabulary]) & ~_common(words, alone)
    long = np.flatnonzero(edge & np.array([len(word) > 1 for word in words.vocabulary]))
    parts = [(long + 1, alone.here[long], alone.rest[long])]
    may, inside = edge[codes], codes != end
    pairs = np.flatnonzero(may[:-1] & may[1:])
    triples = np.flatnonzero(may[:-2] & inside[1:-1] & may[2:])
    for first, length in ((pairs, 2), (triples, 3)):
        spelled = sum(
            (codes[first + place] + np.int64(1)) * size ** (length - 1 - place) for place in range(length)
        )
        ids, keys = pd.factorize(np.asarray(spelled))
        counted = _by_side(words, ids, text[first], len(keys))
        parts.append((keys, counted.here, counted.rest))
    return _Counted(*map(np.concatenate, zip(*parts, strict=True)))


def _by_side(
    words: _Words, ids: npt.NDArray[np.signedinteger[Any]], text: npt.NDArray[np.int32], size: int
) -> _BySide:
    """In how many texts of either side each of the ids below `size` stands."""
    n_texts = words.n_here + words.n_rest
    bits = n_texts.bit_length()
    kind = np.int32 if size << bits < 2**31 else np.int64  # sorted in half the time
    both = np.left_shift(ids, bits, dtype=kind)
    both |= text
    both.sort()
    first = np.ones(len(both), dtype=np.bool_)
    first[1:] = both[1:] != both[:-1]
    both = both[first]
    term, inside = both >> bits, both & (1 << bits) - 1 < words.n_here
    here = np.bincount(term[inside], minlength=size)
    return _BySide(here, np.bincount(term, minlength=size) - here)


def _common(words: _Words, counted: _BySide) -> npt.NDArray[np.bool_]:
    """Which words of the vocabulary are so frequent, and so alike, on both sides that they say nothing."""
    here, rest = counted.here / words.n_here, counted.rest / words.n_rest
    low, high = np.minimum(here, rest), np.maximum(here, rest)
    return (low > _COMMON) & (high < _ALIKE * low)


def _may_edge(word: str) -> bool:
    """Whether a term may begin or end with the word."""
    lone = len(word) == 1 and word.isascii()
    return not (lone or word in _STOP or word.isnumeric() or word == _BREAK)


def _score(words: _Words, min_texts: int) -> pd.DataFrame:
    """Every term that either side has in so many texts: its log-odds and z, by the formula at the head of the file."""
    counted, n_here, n_rest = _count(words), words.n_here, words.n_rest
    total = n_here + n_rest
    everywhere = counted.here + counted.rest == total  # the odds are infinite on both sides
    seldom = np.maximum(counted.here, counted.rest) < min_texts
    kept = ~(everywhere | seldom)
    key, y, y_rest = (part[kept] for part in (counted.keys, counted.here, counted.rest))
    prior = min(PRIOR, total)
    a = prior * (y + y_rest) / total
    log_odds = np.log((y + a) / (n_here + prior - y - a)) - np.log(
        (y_rest + a) / (n_rest + prior - y_rest - a)
    )
    z = log_odds / np.sqrt(1 / (y + a) + 1 / (y_rest + a))
    return pd.DataFrame({"key": key, "n_texts": y, "n_rest": y_rest, "log_odds": log_odds, "z": z})


def _covered(best: pd.DataFrame) -> pd.Series[bool]:
    """Which terms are part of a longer one that stands in nearly all their texts."""
    longest: dict[str, int] = {}
    for term, n_texts in zip(best["term"], best["n_texts"], strict=True):
        words = term.split()
        for size in range(1, len(words)):
            for start in range(len(words) - size + 1):
                part = " ".join(words[start : start + size])
                longest[part] = max(longest.get(part, 0), n_texts)
    return best["term"].map(longest).fillna(0) >= _COVERED * best["n_texts"]
