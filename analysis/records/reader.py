"""The content of one file -> its records and problems. Nothing here raises for bad content."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from analysis.records import border, fast
from analysis.records.frontmatter import FrontMatter, decode, front_matter, healthy_text
from analysis.records.items import Items
from analysis.records.json_places import find_places
from analysis.records.limits import MAX_DEPTH
from analysis.records.problem import Problem
from analysis.records.record import Facts, Path, Record
from analysis.records.values import Complain, as_name

__all__ = ["Reader", "Reading"]

_MAX_ITEMS = 20_000  # distinct related items remembered, about 2 KB each; changes no result


class Reading(NamedTuple):
    """What a file gave. `n_entries` is the number of records it should have held: records + errors."""

    records: list[Record]
    problems: list[Problem]

    @property
    def n_entries(self) -> int:
        """Records read plus entries lost."""
        return len(self.records) + sum(problem.severity == "error" for problem in self.problems)


_Noted = tuple[Path, str, str]
"""What is to be reported of JSON: the field, a problem's code and message; its place is found later."""


class _Json(NamedTuple):
    """JSON as text, with the line of the file on which it begins, and as a tree."""

    text: str
    first_line: int
    tree: Any
    has_repeated: bool  # fields of one name in an object


class _Slow(Exception):
    """The fast way does not suffice: the record is unusual, or has something to report."""


class Reader:
    r"""Reads files one after the other and remembers the related items that they repeat word for word.

    >>> reading = Reader().read("a.md", b"---\nwebUrl: https://sky.com/a\nquality: high\n---\n")
    >>> reading.records[0].facts.url, str(reading.problems[1])
    ('https://sky.com/a', "a.md:3:10: warning bad-number: quality: expected a number from 0 up, got 'high'")
    """

    def __init__(self, *, fast_path: bool = True) -> None:
        self._fast_path = fast_path
        self.forget()

    def forget(self) -> None:
        """Give back the room of what is remembered."""
        self._items = Items()
        self._facts: dict[int, Facts] = {}  # by the numbers of the items

    def read(self, path: str, data: bytes) -> Reading:
        """Read one file by its ending: `.json` a page of articles, `.jsonl` one article a line, else Markdown."""
        if len(self._items) >= _MAX_ITEMS:
            self.forget()
        if self.is_markdown(path):
            return self._read_markdown(path, data)
        return (_read_json if path.lower().endswith(".json") else _read_json_lines)(path, data)

    @staticmethod
    def is_markdown(path: str) -> bool:
        """Whether a file of this name is one record in Markdown."""
        return not path.lower().endswith((".json", ".jsonl", ".ndjson"))

    def _read_markdown(self, path: str, data: bytes) -> Reading:
        whole = data.rstrip(b" \t\n")
        if self._fast_path and whole.startswith(b"---\n") and whole.endswith(b"\n---"):
            try:
                return Reading([self._fast_record(path, whole[4:-3], "")], [])
            except (_Slow, fast.Unusual):
                pass
        problems: list[Problem] = []
        found = front_matter(decode(data, path, problems), path, problems)
        if isinstance(found, Problem):
            return Reading([], [*problems, found])
        if self._fast_path and (problems or found.body):
            try:
                return Reading([self._fast_record(path, found.yaml.encode(), found.body)], problems)
            except (_Slow, fast.Unusual):
                pass
        if self._fast_path:
            try:
                return _fast_reported(path, found, problems)
            except fast.Unusual:
                pass
        return _plain_record(path, found, problems)

    def _fast_record(self, path: str, data: bytes, body: str) -> Record:
        cut = self._items.cut(data)
        head = fast.parse(_text(cut.head if cut else data))
        if not isinstance(head, dict) or (cut and "related" in head):
            raise fast.Unusual
        related = [self._facts.get(item) or self._item(item) for item in cut.items] if cut else None
        if body:
            head["body"] = body
        try:
            return border.record(head, path, 0, related, _to_plain)
        except border.NoArticle:
            raise _Slow from None

    def _item(self, number: int) -> Facts:
        """What an item says that has not been read yet."""
        try:
            found = border.facts(fast.parse(fast.dedented(_text(self._items[number]))), (), _to_plain)
        except border.NoArticle:
            raise _Slow from None
        self._facts[number] = found
        return found


def _text(data: bytes) -> str:
    """Part of a record as text, if it needs no repair."""
    text = healthy_text(data)
    if text is None:
        raise fast.Unusual
    return text


def _to_plain(_code: str, _message: str, _path: Path) -> None:
    """The fast way does not know places: whatever is to be reported is read again by the plain way, which does."""
    raise _Slow


def _fast_reported(path: str, matter: FrontMatter, problems: list[Problem]) -> Reading:
    """A record of the usual shape with something to report of values that stand on a line."""
    prefixes, values = fast.lines(matter.yaml)
    places = fast.layout(prefixes)
    tree, found = fast.filled(places, values), list(problems)
    if not isinstance(tree, dict):
        raise fast.Unusual
    if matter.body:
        tree["body"] = matter.body

    def complain(code: str, message: str, field: Path) -> None:
        at: Any = places
        for step in field:
            try:
                at = at[step]
            except (LookupError, TypeError):
                raise fast.Unusual from None
        if not isinstance(at, int):
            raise fast.Unusual
        place = at + matter.first_line, len(prefixes[at]) + 1
        found.append(Problem(path, code, message, _named(field), *place))

    return _checked(tree, path, 0, found, complain, matter.first_line)


def _plain_record(path: str, matter: FrontMatter, problems: list[Problem]) -> Reading:
    from analysis.records import plain  # noqa: PLC0415 - PyYAML is slow to import, and few records need it

    try:
        loaded = plain.load(matter.yaml)
    except plain.YamlFault as fault:
        line = None if fault.line is None else fault.line + matter.first_line
        column = None if fault.column is None else fault.column + 1
        return Reading([], [*problems, Problem(path, fault.code, str(fault), None, line, column)])

    def place(field: Path) -> tuple[int | None, int | None]:
        while field and field not in loaded.places:
            field = field[:-1]
        line, column = loaded.places.get(field, (0, 0))
        return line + matter.first_line, column + 1

    def complain(code: str, message: str, field: Path) -> None:
        problems.append(Problem(path, code, message, _named(field), *place(field)))

    for repeated in loaded.duplicates:
        complain("duplicate-key", "the field is given twice; the last one counts", repeated)
    if matter.body and isinstance(loaded.tree, dict):
        loaded.tree["body"] = matter.body
    return _checked(loaded.tree, path, 0, problems, complain, matter.first_line)


def _checked(
    tree: Any, path: str, entry: int, problems: list[Problem], complain: Complain, line: int | None
) -> Reading:
    """A record through the border, or the error that there is none; only warnings of a record that exists are kept."""
    try:
        return Reading([border.record(tree, path, entry, None, complain)], problems)
    except border.NoArticle as fault:
        return Reading([], [*problems, Problem(path, fault.code, str(fault), None, line)])


def _read_json(path: str, data: bytes) -> Reading:
    """A page `{"value": [article, …]}`, a list of articles, or one article."""
    problems: list[Problem] = []
    text = decode(data, path, problems)
    if not text.strip():
        return Reading([], [*problems, Problem(path, "empty-file", "expected JSON, the file has no content")])
    read = _json(path, text, 1)
    if isinstance(read, Problem):
        return Reading([], [*problems, read])
    tree = read.tree
    articles: list[tuple[Path, Any]]
    if isinstance(tree, dict) and isinstance(tree.get("value"), list):
        articles = [(("value", at), article) for at, article in enumerate(tree["value"])]
    else:
        articles = (
            [((at,), article) for at, article in enumerate(tree)] if isinstance(tree, list) else [((), tree)]
        )
    noted: list[_Noted] = []
    records = [
        record
        for at, (where, article) in enumerate(articles)
        for record in _article(path, at, where, article, noted)
    ]
    return Reading(records, [*problems, *_placed(path, read, noted)])


def _read_json_lines(path: str, data: bytes) -> Reading:
    problems: list[Problem] = []
    lines = decode(data, path, problems).split("\n")
    records: list[Record] = []
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not filled:
        return Reading(
            [], [*problems, Problem(path, "empty-file", "expected JSON lines, the file has no content")]
        )
    for entry, (number, line) in enumerate(filled):
        read = _json(path, line, number)
        if isinstance(read, Problem):
            problems.append(read)
            continue
        noted: list[_Noted] = []
        records += _article(path, entry, (), read.tree, noted)
        problems += _placed(path, read, noted)
    return Reading(records, problems)


def _article(path: str, entry: int, where: Path, tree: Any, noted: list[_Noted]) -> list[Record]:
    """The record of an article that stands somewhere in JSON, or none; what is to be reported is noted."""
    if _is_too_deep(tree):
        noted.append((where, "too-deep", f"at most {MAX_DEPTH} levels are allowed"))
        return []
    try:
        return [
            border.record(
                tree,
                path,
                entry,
                None,
                lambda code, message, field: noted.append(((*where, *field), code, message)),
            )
        ]
    except border.NoArticle as fault:
        noted.append((where, fault.code, str(fault)))
        return []


def _placed(path: str, read: _Json, noted: list[_Noted]) -> list[Problem]:
    """What was noted as problems with their places, after the fields that are given twice."""
    if not noted and not read.has_repeated:
        return []
    places = find_places(read.text, [field for field, _, _ in noted])
    repeated = [
        (field, "duplicate-key", "the field is given twice; the last one counts") for field in places.repeated
    ]
    problems = []
    for field, code, message in [*repeated, *noted]:
        line, column = places.of(field)
        problems.append(Problem(path, code, message, _named(field), read.first_line + line, column + 1))
    return problems


def _is_too_deep(tree: Any) -> bool:
    """Whether an article of JSON nests deeper than one in YAML may."""
    level = [tree] if isinstance(tree, dict | list) else []
    for _ in range(MAX_DEPTH):
        inside = [node.values() if isinstance(node, dict) else node for node in level]
        level = [below for node in inside for below in node if isinstance(below, dict | list)]
        if not level:
            return False
    return True


def _json(path: str, text: str, first_line: int) -> _Json | Problem:
    """JSON with numbers as text, or the problem that it is none."""
    has_repeated = False

    def fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal has_repeated
        found = dict(pairs)
        has_repeated = has_repeated or len(found) < len(pairs)
        return found

    try:
        tree = json.loads(text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=fields)
    except json.JSONDecodeError as error:
        return Problem(path, "bad-json", error.msg, None, first_line + error.lineno - 1, error.colno)
    except RecursionError:
        return Problem(path, "too-deep", "fields are nested too deep", None, first_line)
    return _Json(text, first_line, tree, has_repeated)


def _named(path: Path) -> str | None:
    """A field path as text.

    >>> _named(("related", 3, "quality"))
    'related[3].quality'
    """
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{as_name(part)}" for part in path)
    return text.removeprefix(".") or None
