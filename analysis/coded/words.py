"""Where words stand, as a build has prepared it: what a query asks of texts, answered without reading any.

The tables `words` and `occurrences` of `analysis.store.prepared` say for every word where it stands: in which text, and
as which of its words, as one number. Words that follow one another in a text have numbers that do. The answer is that
of `Query.apply`, to the article: both see the same folded words.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce
from typing import TypeAlias

import duckdb
import numpy as np
import numpy.typing as npt

from analysis.query_syntax import And, Near, Node, Not, Or, Term

__all__ = ["Mask", "WordIndex", "has_words"]

Mask: TypeAlias = npt.NDArray[np.bool_]
"""One value an article, at its place."""

Stands: TypeAlias = npt.NDArray[np.int64]
_LAST = "\U0010ffff"  # sorts after every letter


def has_words(node: Node | None) -> bool:
    """Whether a query, or a part of one, asks for words.

    >>> from analysis.query import parse
    >>> has_words(parse("quality>50 (topic:AI OR NOT ban)").tree), has_words(parse("topic:AI").tree)
    (True, False)
    """
    if isinstance(node, And | Or):
        return any(has_words(part) for part in node.parts)
    return has_words(node.part) if isinstance(node, Not) else isinstance(node, Term | Near)


class WordIndex:
    """The words of a prepared snapshot, for one thread."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, n_articles: int) -> None:
        """An index in the views of a cursor, of so many articles."""
        self._cursor, self._size = cursor, n_articles
        self._bits = int(cursor.execute("SELECT bits FROM stand_bits").fetchall()[0][0])

    def find(self, node: Node, ask: Callable[[Node], Mask]) -> Mask:
        """The articles that a query asks for.

        Args:
            node: the query's tree.
            ask: called with each largest part that asks for no words.
        """
        if isinstance(node, And | Or):
            join = operator.and_ if isinstance(node, And) else operator.or_
            plain = tuple(part for part in node.parts if not has_words(part))
            masks = [self.find(part, ask) for part in node.parts if has_words(part)]
            masks += [ask(type(node)(plain) if len(plain) > 1 else plain[0])] if plain else []
            return reduce(join, masks)
        if not has_words(node):
            return ask(node)
        if isinstance(node, Not):
            return ~self.find(node.part, ask)
        assert isinstance(node, Term | Near)  # noqa: S101 - nothing else has words
        mask = np.zeros(self._size, dtype=np.bool_)
        if isinstance(node, Term) and len(node.words) == 1:
            mask[self._places(node)] = True
        else:
            stands = self._near(node) if isinstance(node, Near) else self._starts(node)
            mask[stands >> (self._bits + 1)] = True
        return mask

    def _places(self, term: Term) -> npt.NDArray[np.int32]:
        """The articles with a term of one word, in no order, each as often as it has it."""
        numbers = self._numbers(term.words[0], prefix=term.prefix)
        if numbers is None:
            return np.empty(0, dtype=np.int32)
        rows = f"SELECT (stand >> {self._bits + 1})::INTEGER AS place FROM occurrences WHERE {numbers}"
        if term.title:
            rows += f" AND stand >> {self._bits} & 1 = 0"
        return np.asarray(self._cursor.execute(rows).fetchnumpy()["place"])

    def _near(self, near: Near) -> Stands:
        """Where a word of each text stands in which two terms have at most `distance` words between them."""
        left, right = (self._starts(term) for term in (near.left, near.right))
        ways = ((left, len(near.left.words), right), (right, len(near.right.words), left))
        return np.concatenate([self._before(*way, near.distance) for way in ways])

    def _before(self, one: Stands, length: int, other: Stands, distance: int) -> Stands:
        """Where a word stands between the start of a term of so many words and another that follows it closely."""
        if not (len(one) and len(other)):
            return one[:0]
        last = one + (length - 1)
        if len(one) < len(other):  # the fewer are looked for among the more
            follows = other[np.minimum(np.searchsorted(other, last, side="right"), len(other) - 1)]
        else:
            follows, last = other, last[np.maximum(np.searchsorted(last, other) - 1, 0)]
        between = follows - last - 1
        near = (between >= 0) & (between <= distance) & (follows >> self._bits == last >> self._bits)
        found: Stands = last[near]
        return found

    def _starts(self, term: Term) -> Stands:
        """Where a term begins, in ascending order."""
        last = len(term.words) - 1
        words = [
            self._stands(word, prefix=term.prefix and place == last) for place, word in enumerate(term.words)
        ]
        rarest = min(range(len(words)), key=lambda place: len(words[place]))
        starts = words[rarest] - rarest
        for place, stands in enumerate(words):
            if place != rarest:
                starts = starts[_among(starts + place, stands)]
        if last:
            starts = starts[starts >> self._bits == (starts + last) >> self._bits]
        found: Stands = starts[starts >> self._bits & 1 == 0] if term.title else starts
        return found

    def _stands(self, word: str, *, prefix: bool) -> Stands:
        """Where a word stands, or any that begins so, in ascending order."""
        numbers = self._numbers(word, prefix=prefix)
        if numbers is None:
            return np.empty(0, dtype=np.int64)
        rows = f"SELECT stand FROM occurrences WHERE {numbers}"
        stands = np.asarray(self._cursor.execute(rows).fetchnumpy()["stand"])
        if (stands[1:] < stands[:-1]).any():  # of several words
            stands.sort()
        return stands

    def _numbers(self, word: str, *, prefix: bool) -> str | None:
        """SQL that is true of the numbers of a word, or of all that begin so; None where there is none."""
        until = word + _LAST if prefix else word
        ends = "SELECT min(number), max(number) FROM words WHERE word BETWEEN ? AND ?"
        first, last = self._cursor.execute(ends, [word, until]).fetchall()[0]
        return None if first is None else f"word BETWEEN {first} AND {last}"


def _among(wanted: Stands, stands: Stands) -> Mask:
    """Which of the stands wanted there are; those there are ascend."""
    if not len(stands):
        return np.zeros(len(wanted), dtype=np.bool_)
    place = np.searchsorted(stands, wanted)
    found: Mask = stands[np.minimum(place, len(stands) - 1)] == wanted
    return found
