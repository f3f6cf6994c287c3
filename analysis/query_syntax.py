"""What can be said in a query: its text, read into a tree of small frozen parts, and written back.

```
query   = or                              an empty query is everything
or      = and ("OR" and)*
and     = not ("AND"? not)*               side by side means AND
not     = "NOT" not | "(" or ")" | term | term "near/5" term | field
term    = word | prefix* | "some words" | "some wor*"
field   = title:term topic:name provider:domain url:part type:name seen:where is:what event:id
        | after:2021-08-17 before:2021-08-28 | quality>=50 heat<100
```
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NoReturn, TypeAlias

from analysis.errors import NewsgaugeError
from analysis.text import tokens

__all__ = [
    "And",
    "Compare",
    "Day",
    "Field",
    "Near",
    "Node",
    "Not",
    "Or",
    "QueryError",
    "Term",
    "read",
]

LONGEST = 10_000
DEEPEST = 40
MOST_TERMS = 400
FURTHEST = 50
SEEN = ("record", "related", "both")
IS = ("original", "copy")
TEXT_FIELDS = ("title", "topic", "provider", "url", "type", "seen", "is", "event", "after", "before")
NUMBER_FIELDS = ("quality", "heat")
_FIELDS = ", ".join([f"{name}:" for name in TEXT_FIELDS] + [f"{name}>=" for name in NUMBER_FIELDS])

_QUOTES = str.maketrans("“”„‟«»", '""""""')  # as word processors type them
_PIECE = re.compile(r'\s+|[()]|"[^"]*"?|[^\s()"]+')
_FIELD = re.compile(r"([A-Za-z]+):(.*)", re.DOTALL)
_COMPARE = re.compile(r"([A-Za-z]+)(>=|<=|=|>|<)(.*)", re.DOTALL)
_NEAR = re.compile(r"near/(.*)", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class QueryError(NewsgaugeError):
    """A query that cannot be read.

    Attributes:
        text: the query.
        position: index of the character at fault; its length where more was expected at the end.
        expected: what was expected there.
    """

    def __init__(self, text: str, position: int, expected: str) -> None:
        self.text, self.position, self.expected = text, position, expected
        # One line around the place, so that a long query does not push the caret out of sight.
        first = max(0, position - 60)
        line = re.sub(r"\s", " ", text[first : position + 40])
        super().__init__(
            f"at character {position + 1}, expected {expected}\n  {line}\n  {' ' * (position - first)}^"
        )


@dataclass(frozen=True)
class Term:
    """Consecutive words, the last perhaps only begun; in the title only, or in title or excerpt."""

    words: tuple[str, ...]
    prefix: bool = False
    title: bool = False

    def __str__(self) -> str:
        text = " ".join(self.words) + "*" * self.prefix
        text = f'"{text}"' if len(self.words) > 1 else text
        return f"title:{text}" if self.title else text


@dataclass(frozen=True)
class Near:
    """Two terms in either order, at most `distance` words between them, in the title or in the excerpt."""

    left: Term
    right: Term
    distance: int

    def __str__(self) -> str:
        return f"{self.left} near/{self.distance} {self.right}"


@dataclass(frozen=True)
class Field:
    """A field that has a value: `topic`, `provider`, `url`, `type`, `seen`, `is` or `event`."""

    name: str
    value: str

    def __str__(self) -> str:
        bare = re.fullmatch(r"[^\s()\"]+", self.value)
        return f"{self.name}:{self.value}" if bare else f'{self.name}:"{self.value}"'


@dataclass(frozen=True)
class Compare:
    """A number compared: `quality` or `heat`, one of ``>= <= > < =``, and the number."""

    name: str
    operator: str
    value: float

    def __str__(self) -> str:
        number = f"{self.value:.6f}".rstrip("0").rstrip(".")
        return f"{self.name}{self.operator}{number}"


@dataclass(frozen=True)
class Day:
    """`after`: published from midnight of the day on; `before`: before midnight of the day."""

    name: str
    day: date

    def __str__(self) -> str:
        return f"{self.name}:{self.day.isoformat()}"


@dataclass(frozen=True)
class Not:
    """Everything but the part."""

    part: Node

    def __str__(self) -> str:
        return f"NOT ({self.part})" if isinstance(self.part, And | Or) else f"NOT {self.part}"


@dataclass(frozen=True)
class And:
    """All parts hold."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " AND ".join(f"({part})" if isinstance(part, And | Or) else str(part) for part in self.parts)


@dataclass(frozen=True)
class Or:
    """At least one part holds."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)


Node: TypeAlias = Term | Near | Field | Compare | Day | Not | And | Or


def read(text: str) -> Node | None:
    """The tree of a query; None for an empty one, which asks for everything.

    Raises:
        QueryError: for any text that is not a query, and for one that is too long or too deep.

    >>> read("quality>=50 NOT type:video")
    And(parts=(Compare(name='quality', operator='>=', value=50.0), Not(part=Field(name='type', value='video'))))
    """
    if len(text) > LONGEST:
        raise QueryError(text, LONGEST, f"the end: a query has at most {LONGEST:,} characters")
    return _Parser(text).query()


@dataclass(frozen=True)
class _Piece:
    """A parenthesis, a quoted text or a run without blanks, and where it begins."""

    text: str
    position: int


class _Parser:
    """Reads pieces from left to right, one method for each line of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text
        found = _PIECE.finditer(text.translate(_QUOTES))
        self.pieces = [_Piece(m.group(), m.start()) for m in found if not m.group().isspace()]
        self.at = 0
        self.depth = 0
        self.terms = 0

    def query(self) -> Node | None:
        if not self.pieces:
            return None
        tree = self.either()
        if self.at < len(self.pieces):
            self.fail('the end, or "(" before this ")"')
        return tree

    def fail(self, expected: str, *, shift: int = 0, back: int = 0) -> NoReturn:
        """Point at the piece that comes next, or `back` pieces before it, `shift` characters into it."""
        place = self.at - back
        start = self.pieces[place].position + shift if place < len(self.pieces) else len(self.text.rstrip())
        raise QueryError(self.text, start, expected)

    def peek(self) -> str:
        """The next piece's text; empty at the end."""
        return self.pieces[self.at].text if self.at < len(self.pieces) else ""

    def either(self) -> Node:
        return self.joined(self.both, Or, more=lambda: self.skip("OR"))

    def both(self) -> Node:
        return self.joined(self.one, And, more=lambda: self.skip("AND") or self.peek() not in {"", ")", "OR"})

    def joined(self, part: Callable[[], Node], kind: type[And | Or], *, more: Callable[[], bool]) -> Node:
        parts: list[Node] = []
        while not parts or more():
            node = part()
            parts += node.parts if isinstance(node, kind) else [node]
        return kind(tuple(parts)) if len(parts) > 1 else parts[0]

    def skip(self, word: str) -> bool:
        if self.peek() != word:
            return False
        self.at += 1
        return True

    def one(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(f"a simpler query: at most {DEEPEST} parentheses and NOTs inside each other")
        try:
            if self.skip("NOT"):
                return Not(self.one())
            if self.skip("("):
                inside = self.either()
                if not self.skip(")"):
                    self.fail('")"')
                return inside
            return self.leaf()
        finally:
            self.depth -= 1

    def leaf(self) -> Node:
        piece = self.peek()
        if piece in {"", ")", "AND", "OR"}:
            after = f" after {self.pieces[self.at - 1].text}" if self.at else ""
            self.fail(f'a word, a "phrase", a field or "("{after}')
        self.terms += 1
        if self.terms > MOST_TERMS:
            self.fail(f"the end: a query has at most {MOST_TERMS} words, phrases and fields")
        node = self.named() if not piece.startswith('"') else self.term()
        distance = self.distance()
        if distance is None:
            return node
        if not isinstance(node, Term) or node.title:
            self.fail("a word or phrase before near/", back=1)
        following = self.peek()
        if (
            following in {"", "(", ")", "AND", "OR", "NOT"}
            or _FIELD.match(following)
            or _COMPARE.match(following)
        ):
            self.fail("a word or phrase after near/")
        right = self.term()
        if _NEAR.fullmatch(self.peek()):
            self.fail("AND, OR or the end: near/ joins two terms")
        return Near(node, right, distance)

    def distance(self) -> int | None:
        match = _NEAR.fullmatch(self.peek())
        if match is None:
            return None
        number = match.group(1)
        if not re.fullmatch(r"[0-9]{1,2}", number) or int(number) > FURTHEST:
            self.fail(f"a number of words from 0 to {FURTHEST} after near/", shift=len("near/"))
        self.at += 1
        return int(number)

    def term(self, *, title: bool = False, cut: int = 0) -> Term:
        """A word, prefix or phrase; `cut` characters of the piece are the field's name."""
        piece = self.peek()[cut:]
        quoted = piece.startswith('"')
        if quoted and (len(piece) == 1 or not piece.endswith('"')):
            self.fail('a closing "', shift=len(piece) + cut)
        inner = piece.strip('"').rstrip() if quoted else piece
        prefix = inner.endswith("*")
        body = inner.removesuffix("*")
        if "*" in body:
            self.fail("* only at the end of a word", shift=cut + piece.index("*"))
        words = tuple(tokens(body))
        if not quoted and body.startswith("-") and words:
            self.fail(f"NOT {body[1:]}, rather than {body}", shift=cut)
        if not words or (prefix and not tokens(body[-1])):
            self.fail("a word with letters or digits", shift=cut)
        self.at += 1
        return Term(words, prefix=prefix, title=title)

    def named(self) -> Node:
        piece = self.peek()
        if compare := _COMPARE.fullmatch(piece):
            return self.number(*compare.groups())
        match = _FIELD.fullmatch(piece)
        if match is None:
            if _NEAR.fullmatch(piece):
                self.fail("a word or phrase before near/")
            return self.term()
        name, value = match.group(1).lower(), match.group(2)
        if name not in TEXT_FIELDS:
            self.fail(f'one of the fields {_FIELDS} (or quote it: "{piece}")')
        cut = len(name) + 1
        if not value:
            self.adjacent(name)
            cut = 0
        if name == "title":
            return self.term(title=True, cut=cut)
        return self.valued(name, cut)

    def adjacent(self, name: str) -> None:
        """Step to the quoted value that must follow a field's colon at once."""
        end = self.pieces[self.at].position + len(name) + 1
        self.at += 1
        if not self.peek().startswith('"') or self.pieces[self.at].position != end:
            raise QueryError(self.text, end, f"a value right after {name}:")

    def valued(self, name: str, cut: int) -> Node:
        piece = self.peek()[cut:]
        if piece.startswith('"') and (len(piece) == 1 or not piece.endswith('"')):
            self.fail('a closing "', shift=len(piece) + cut)
        value = piece.strip('"').strip()
        if not value:
            self.fail(f"a value for {name}:", shift=cut)
        if name in {"after", "before"}:
            return self.day(name, value, cut)
        allowed = {"seen": SEEN, "is": IS}.get(name)
        if allowed and value.lower() not in allowed:
            self.fail(f"{name}: one of {', '.join(allowed)}", shift=cut)
        self.at += 1
        return Field(name, value.lower() if allowed else value)

    def day(self, name: str, value: str, cut: int) -> Day:
        try:
            day = date.fromisoformat(value) if _DAY.fullmatch(value) else date.min
        except ValueError:
            day = date.min
        # Midnight of any other year might not be a time that every engine can hold.
        if not 1900 <= day.year <= 2199:
            self.fail(f"a day such as 2021-08-17 after {name}:", shift=cut)
        self.at += 1
        return Day(name, day)

    def number(self, name: str, operator: str, value: str) -> Compare:
        if name.lower() not in NUMBER_FIELDS:
            self.fail(f"one of {', '.join(NUMBER_FIELDS)} before {operator}")
        if not _NUMBER.fullmatch(value):
            self.fail(f"a number such as 50 after {operator}", shift=len(name) + len(operator))
        self.at += 1
        return Compare(name.lower(), operator, float(value))
