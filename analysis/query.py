"""The query language: from a query's text to the articles that it asks for, the same on every engine.

Text is matched folded (`analysis.text.fold`): without case and accents, word by word. A condition on what is
missing does not hold, so its NOT does. `query_syntax` has the grammar.
"""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import reduce
from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw

from analysis.errors import NewsgaugeError
from analysis.query_syntax import And, Compare, Day, Field, Near, Node, Not, Or, QueryError, Term, read
from analysis.text import tokens

__all__ = ["Query", "QueryError", "Unsearchable", "parse"]

_OPERATORS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq}
_SEEN = {"record": ["record", "both"], "related": ["related", "both"], "both": ["both"]}
_TITLE = ("search_title",)
_TEXT = ("search_title", "search_excerpt")
_FIELD_COLUMNS = {
    "provider": ("provider_id",),
    "url": ("url", "canonical_url"),
    "type": ("article_type",),
    "seen": ("seen_as",),
    "is": ("is_original",),
    "event": ("event_id",),
    "topic": ("article_id",),
}
# A word with the marks written over its letters, as it stands in a headline.
_WRITTEN = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")


class Unsearchable(NewsgaugeError):
    """A frame lacks what a query needs to be answered."""


@dataclass(frozen=True)
class Query:
    """A query that was read. `str(query)` is its normal form, which reads back as the same query.

    Attributes:
        tree: its parts; None for the empty query, which asks for every article.

    >>> print(parse("Facial-recognition  (BAN* OR Moratorium) NOT title:“Clearview AI”"))
    "facial recognition" AND (ban* OR moratorium) AND NOT title:"clearview ai"
    """

    tree: Node | None

    def __str__(self) -> str:
        return "" if self.tree is None else str(self.tree)

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that it names, sorted; `apply` needs the table `article_topics` for them."""
        return tuple(
            sorted({n.value for n in _nodes(self.tree) if isinstance(n, Field) and n.name == "topic"})
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of `articles` that it reads, sorted."""
        return tuple(sorted({column for node in _nodes(self.tree) for column in _columns(node)}))

    def apply(self, articles: Any, article_topics: Any = None, *, zone: str = "UTC") -> Any:
        """The articles that it asks for.

        Args:
            articles: frame of articles: pandas, DuckDB relation, Spark DataFrame, or a narwhals frame of one.
            article_topics: frame of the same engine and connection with `article_id` and `topic`; only needed
                where `topics` is not empty.
            zone: IANA time zone whose midnight `after:` and `before:` mean.

        Returns:
            Rows of `articles`, all of its columns, of the kind that came; in no stated order.

        Raises:
            Unsearchable: a column or the topics are missing.

        >>> import pandas as pd
        >>> frame = pd.DataFrame({"search_title": [" ban it ", " so what "], "search_excerpt": ["", ""]})
        >>> parse("ban*").apply(frame).index.tolist()
        [0]
        """
        frame = nw.from_native(articles)
        names = frame.collect_schema().names()
        missing = sorted(set(self.columns) - set(names))
        if missing:
            raise Unsearchable(
                f"the query needs the columns {', '.join(missing)}; the frame has {', '.join(names)}"
            )
        if self.tree is None:
            return articles
        if self.topics:
            frame = self._with_topics(frame, article_topics)
        found = frame.filter(self.predicate(zone)).select(*names)
        return found if isinstance(articles, nw.DataFrame | nw.LazyFrame) else found.to_native()

    def predicate(self, zone: str = "UTC") -> nw.Expr:
        """The condition on rows of `articles`, never unknown; topics are marks that `apply` joins."""
        marks = {name: _mark(place) for place, name in enumerate(self.topics)}
        return nw.lit(value=True) if self.tree is None else _condition(self.tree, zone, marks)

    def highlights(self) -> tuple[str, ...]:
        """What a screen highlights: words, phrases and prefixes not under a NOT, in normal form, sorted.

        >>> parse('"facial recognition" AND (ban* OR title:halt) NOT police').highlights()
        ('"facial recognition"', 'ban*', 'halt')
        """
        return tuple(sorted({str(Term(term.words, prefix=term.prefix)) for term in _wanted(self.tree)}))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where a text has what `highlights` names: (start, end) of characters; neighbours are one.

        >>> parse("ban* OR cafe").spans("Café bans — and banned cafés")
        [(0, 9), (16, 22)]
        """
        written = [pair for match in _WRITTEN.finditer(text) for pair in _placed(match)]
        words = [word for word, _ in written]
        marked: set[int] = set()
        for term in _wanted(self.tree):
            size = len(term.words)
            for first in range(len(words) - size + 1):
                found = words[first : first + size]
                last = found[-1].startswith(term.words[-1]) if term.prefix else found[-1] == term.words[-1]
                if last and found[:-1] == list(term.words[:-1]):
                    marked.update(range(first, first + size))
        spans: list[tuple[int, int]] = []
        for place in sorted(marked):
            start, end = written[place][1]
            if spans and place - 1 in marked:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
        return spans

    def _with_topics(self, frame: Any, article_topics: Any) -> Any:
        """The articles with one mark for each topic named: true, or missing."""
        if article_topics is None:
            raise Unsearchable(f"the query names the topic {self.topics[0]!r}: pass the frame article_topics")
        topics = nw.from_native(article_topics)
        labels = (
            topics.lazy().select("topic").unique().collect("pandas").to_native()["topic"].dropna().tolist()
        )
        topics = topics.lazy() if isinstance(frame, nw.LazyFrame) else topics
        for place, name in enumerate(self.topics):
            # Folded here and not by the engines, which differ in what is the lower case of a letter.
            same = sorted(label for label in labels if _same(label) == _same(name))
            marked = topics.filter(nw.col("topic").is_in(same)).select("article_id").unique()
            marked = marked.with_columns(nw.lit(value=True).alias(_mark(place)))
            frame = frame.join(marked, on="article_id", how="left")
        return frame


def parse(text: str) -> Query:
    """Read a query.

    Args:
        text: for example ``"facial recognition" AND (ban* OR moratorium) NOT title:phone after:2021-08-17``.

            ==================  ======================================================================
            ``ban``             the word, in title or excerpt; case and accents do not matter
            ``ban*``            a word that begins so; also the last of a phrase: ``"face scan*"``
            ``"live facial"``   the words one after the other
            ``a near/5 b``      both, in either order, at most five words between
            ``AND OR NOT ( )``  in capitals; side by side means AND; AND binds tighter than OR
            ``title:ban``       in the title only
            ``topic:"AI"``      has the label, whatever its case
            ``provider:sky.com``  the domain, or one below it
            ``url:2021/08``     the address contains it (case matters)
            ``type:video``      the record's type
            ``quality>=50``     also ``heat``, and ``<= > < =``; a missing value never fulfils it
            ``after:2021-08-17``  published on the day or later; ``before:``, earlier than the day
            ``seen:record``     known from a record, or also from one; ``related``, ``both``
            ``is:original``     the earliest of its copies; ``is:copy``
            ``event:e-58431bb44506``  of one event, by its id in the tables
            ==================  ======================================================================

    Raises:
        QueryError: says where and what was expected.

    >>> parse("ban AND")
    Traceback (most recent call last):
    ...
    analysis.query_syntax.QueryError: at character 8, expected a word, a "phrase", a field or "(" after AND
      ban AND
             ^
    """
    return Query(read(text))


def _nodes(node: Node | None) -> Iterator[Node]:
    if node is None:
        return
    yield node
    for part in _parts(node):
        yield from _nodes(part)


def _parts(node: Node) -> tuple[Node, ...]:
    if isinstance(node, And | Or):
        return node.parts
    return (node.part,) if isinstance(node, Not) else ()


def _wanted(node: Node | None) -> Iterator[Term]:
    """The terms that are not under a NOT."""
    if isinstance(node, Term):
        yield node
    elif isinstance(node, Near):
        yield from (node.left, node.right)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from _wanted(part)


def _placed(match: re.Match[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    """The tokens of a run of letters and where each is written: the whole run, unless it is written as several."""
    found = tokens(match.group())
    end = match.start()
    for word in found:
        start = match.string.find(word, end, match.end()) if len(found) > 1 else -1
        end = start + len(word) if start >= 0 else end
        yield word, (start, end) if start >= 0 else match.span()


def _columns(node: Node) -> tuple[str, ...]:
    if isinstance(node, Field):
        return _FIELD_COLUMNS[node.name]
    if isinstance(node, Compare | Day):
        return (node.name,) if isinstance(node, Compare) else ("published_at",)
    if isinstance(node, Term | Near):
        return _TITLE if isinstance(node, Term) and node.title else _TEXT
    return ()


def _mark(place: int) -> str:
    return f"_topic_{place}"


def _same(label: str) -> str:
    return unicodedata.normalize("NFKC", label).casefold().strip()


def _condition(node: Node, zone: str, marks: dict[str, str]) -> nw.Expr:
    if isinstance(node, And | Or):
        join = operator.and_ if isinstance(node, And) else operator.or_
        return _balanced(join, [_condition(part, zone, marks) for part in node.parts])
    if isinstance(node, Not):
        return ~_condition(node.part, zone, marks)
    # Unknown counts as no, before any NOT: SQL keeps it unknown, pandas does not.
    return _leaf(node, zone, marks).fill_null(value=False)


def _balanced(join: Callable[[nw.Expr, nw.Expr], nw.Expr], parts: list[nw.Expr]) -> nw.Expr:
    """The parts joined as a shallow tree: engines walk expressions recursively, and a chain of 400 is too deep."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return join(_balanced(join, parts[:middle]), _balanced(join, parts[middle:]))


def _leaf(node: Term | Near | Field | Compare | Day, zone: str, marks: dict[str, str]) -> nw.Expr:
    match node:
        case Term():
            return _term(node)
        case Near():
            return _near(node)
        case Field(name="topic"):
            return ~nw.col(marks[node.value]).is_null()
        case Field():
            return _field(node)
        case Compare():
            found: nw.Expr = _OPERATORS[node.operator](nw.col(node.name).fill_nan(None), node.value)
        case Day():
            midnight = datetime.combine(node.day, time.min, ZoneInfo(zone)).astimezone(UTC)
            when = nw.col("published_at")
            found = when >= midnight if node.name == "after" else when < midnight
    return found


def _has(names: tuple[str, ...], pattern: str, *, literal: bool = True) -> nw.Expr:
    tests = (nw.col(name).str.contains(pattern, literal=literal).fill_null(value=False) for name in names)
    return reduce(operator.or_, tests)


def _term(term: Term) -> nw.Expr:
    blank = "" if term.prefix else " "
    return _has(_TITLE if term.title else _TEXT, f" {' '.join(term.words)}{blank}")


def _near(near: Near) -> nw.Expr:
    # Folded words are letters and digits only, so nothing needs escaping; no look-around, which RE2 has not.
    left, right = (
        " " + " ".join(term.words) + ("[^ ]*" if term.prefix else "") for term in (near.left, near.right)
    )
    between = f"(?: [^ ]+){{0,{near.distance}}}"
    return _has(_TEXT, f"{left}{between}{right} |{right}{between}{left} ", literal=False)


def _field(field: Field) -> nw.Expr:
    value = field.value
    match field.name:
        case "provider":
            domain = value.lower().removeprefix("www.").strip(".")
            return (nw.col("provider_id") == domain) | nw.col("provider_id").str.ends_with(f".{domain}")
        case "url":
            return _has(_FIELD_COLUMNS["url"], value)
        case "type":
            return nw.col("article_type").is_in(sorted({value, value.lower()}))
        case "seen":
            return nw.col("seen_as").is_in(_SEEN[value])
        case "event":
            return nw.col("event_id") == value
    return nw.col("is_original") == (value == "original")
