r"""Records -> staged lines: what files say, before it is settled which articles there are.

Four tables: `records` (each with its labels and the numbers of what it lists), `facts` (every distinct statement on an
article, once), `pictures` of statements and `problems`. They hold no knowledge of other files, so that they are made in
parallel and kept from build to build.

A row is a line, its values stand between U+001F, those of a list between U+001E; nothing is nothing at all. The border
lets no control characters through, so that nothing has to be quoted: making and reading such lines takes a fraction of
the time that Parquet takes for tables that are read once or twice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from analysis.records import Facts, Problem, Reading, Record, SourceFile
from analysis.records.content import content_digest
from analysis.text import fold

if TYPE_CHECKING:
    from analysis.tables.columns import Statement

__all__ = [
    "BETWEEN",
    "BETWEEN_ITEMS",
    "COLUMNS",
    "FILE_COLUMNS",
    "STAGING_VERSION",
    "Staging",
    "said_by_file",
]

STAGING_VERSION = 6  # raised when reading or staging changes what is staged: older stages are then read anew

BETWEEN, BETWEEN_ITEMS = "\x1f", "\x1e"
_CONTROLS = re.compile(r"[\x00-\x1f]")
_TYPES = {
    "published_at": "TIMESTAMPTZ",
    "quality": "DOUBLE",
    "heat": "DOUBLE",
    "is_published": "BOOLEAN",
}
# Columns and their types in SQL. `stage` numbers the stage, `file` a file in it, `fact` and `said` a statement in it.
COLUMNS: dict[str, dict[str, str]] = {
    "records": {
        "stage": "BIGINT",
        "file": "INTEGER",
        "entry": "INTEGER",
        "said": "INTEGER",
        "topics": "VARCHAR",
        "tags": "VARCHAR",
        "related": "VARCHAR",
    },
    "facts": {
        "stage": "BIGINT",
        "fact": "INTEGER",
        "fact_key": "VARCHAR",
        **{name: _TYPES.get(name, "VARCHAR") for name in Facts._fields if name != "images"},
        "search_title": "VARCHAR",
        "search_excerpt": "VARCHAR",
    },
    "pictures": {
        "stage": "BIGINT",
        "fact": "INTEGER",
        "position": "INTEGER",
        "url": "VARCHAR",
        "width": "DOUBLE",
        "height": "DOUBLE",
        "title": "VARCHAR",
        "is_cached": "BOOLEAN",
    },
    "problems": {
        "stage": "BIGINT",
        "file": "INTEGER",
        "line": "DOUBLE",
        "column": "DOUBLE",
        "field": "VARCHAR",
        "code": "VARCHAR",
        "message": "VARCHAR",
        "severity": "VARCHAR",
    },
}
FILE_COLUMNS = ("root", "path", "size", "mtime_ns", "digest", "n_entries", "n_records", "n_secured")
_folded = lru_cache(4_096)(fold)  # several statements on an article say the same


class Staging:
    r"""Collects what files gave, line by line.

    >>> from analysis.records import Reader
    >>> staging = Staging(1, "/news")
    >>> data = b"---\nwebUrl: https://sky.com/a\ntitle: Ban\n---\n"
    >>> staging.add(SourceFile("a.md", len(data), 0), data, Reader().read("a.md", data))
    >>> staging.lines["facts"][0].split(BETWEEN)[-2]
    ' ban '
    """

    def __init__(self, stage: int, root: str) -> None:
        self.stage, self.root = stage, root
        self._begin = str(stage)  # of every line
        self.lines: dict[str, list[str]] = {name: [] for name in COLUMNS}
        self.files: list[tuple[Any, ...]] = []  # in the order of their numbers, as FILE_COLUMNS has them
        self.n_bytes = 0  # of what is kept in memory, nearly
        # by identity, and kept alive: the reader shares repeated items
        self._seen: dict[int, tuple[Facts, int]] = {}
        self._keys: dict[str, int] = {}

    def add(self, file: SourceFile, data: bytes, reading: Reading) -> None:
        """Stage one file."""
        number = len(self.files)
        for record in reading.records:
            self._add_record(number, record)
        was_read = True
        for problem in reading.problems:
            self._add_problem(number, problem)
            was_read = was_read and problem.code != "unreadable"
        n_secured = sum(record.n_secured for record in reading.records)
        digest = content_digest(data) if was_read else ""
        self._add_file(file, digest, reading.n_entries, len(reading.records), n_secured)

    def add_usual(self, file: SourceFile, digest: str, said: Statement, related: Sequence[str]) -> None:
        """Stage a file of one record with nothing to report, of which everything is known as lines.

        Args:
            file: the file.
            digest: of its content, as `analysis.records.content` has it.
            said: what the record says of its own article.
            related: the numbers of the statements that it lists, as `state` gave them.
        """
        own = self.state(said.line, said.pictures, said.folded)
        listed = BETWEEN_ITEMS.join(related)
        self._put("records", str(len(self.files)), "0", str(own), said.topics, said.tags, listed)
        self._add_file(file, digest, 1, 1, said.n_secured)

    def state(self, line: str, pictures: Sequence[str], folded: str) -> int:
        """Stage a statement, unless it is staged already, and return its number; its key is a hash of all it says.

        Args:
            line: the statement, but for what follows.
            pictures: each as a line.
            folded: title and excerpt as they are searched.
        """
        whole = ("\n".join((line, *pictures)) if pictures else line).encode("utf-8", "replace")
        key = hashlib.blake2b(whole, digest_size=10).hexdigest()
        number = self._keys.get(key)
        if number is None:
            number = self._keys[key] = len(self._keys)
            self._put("facts", str(number), key, line, folded)
            for position, picture in enumerate(pictures):
                self._put("pictures", str(number), str(position), picture)
            self.n_bytes += 2 * len(whole)
        return number

    def take(self, lines: Mapping[str, Iterable[str]], files: Mapping[int, tuple[Any, ...]]) -> None:
        """Take over what another stage holds of some of its files, given by their numbers there."""
        numbers = {str(old): str(new) for new, old in enumerate(files, len(self.files))}
        self.files += files.values()
        facts: dict[str, str] = {}
        added = set()
        for line in lines["facts"]:
            _, old, key, rest = line.split(BETWEEN, 3)
            number = self._keys.setdefault(key, len(self._keys))
            facts[old] = str(number)
            if number == len(self.lines["facts"]):
                added.add(old)
                self._put("facts", facts[old], key, rest)
        for line in lines["pictures"]:
            _, old, rest = line.split(BETWEEN, 2)
            if old in added:
                self._put("pictures", facts[old], rest)
        for line in lines["records"]:
            _, file, entry, said, topics, tags, related = line.split(BETWEEN)
            if file in numbers:
                listed = BETWEEN_ITEMS.join([facts[old] for old in related.split(BETWEEN_ITEMS) if old])
                self._put("records", numbers[file], entry, facts[said], topics, tags, listed)
        for line in lines["problems"]:
            _, file, rest = line.split(BETWEEN, 2)
            if file in numbers:
                self._put("problems", numbers[file], rest)

    def _put(self, name: str, *values: str) -> None:
        self.lines[name].append(BETWEEN.join((self._begin, *values)))

    def _add_record(self, number: int, record: Record) -> None:
        seen = self._seen
        related = []
        for item in record.related:
            known = seen.get(id(item))
            related.append(str(known[1] if known else self._fact(item)))
        lists = (BETWEEN_ITEMS.join(each) for each in (record.topics, record.tags, related))
        self._put("records", str(number), str(record.entry), str(self._fact(record.facts)), *lists)

    def _add_problem(self, number: int, problem: Problem) -> None:
        place = (problem.line, problem.column, problem.field)
        said = _line((*place, problem.code, problem.message, problem.severity))
        self._put("problems", str(number), said)

    def _add_file(
        self, file: SourceFile, digest: str, n_entries: int, n_records: int, n_secured: int
    ) -> None:
        counts = (n_entries, n_records, n_secured)
        self.files.append((self.root, file.path, file.size, file.mtime_ns, digest, *counts))

    def _fact(self, facts: Facts) -> int:
        """The number of a statement."""
        known = self._seen.get(id(facts))
        if known:
            return known[1]
        pictures = [_line(picture) for picture in facts.images]
        folded = BETWEEN.join((_folded(facts.title or ""), _folded(facts.excerpt or "")))
        number = self.state(_said(facts), pictures, folded)
        self._seen[id(facts)] = (facts, number)
        return number


def said_by_file(lines: Mapping[str, Iterable[str]]) -> dict[int, bytes]:
    """A hash of what lines of a stage say of each file, by its number; equal where another stage says the same."""
    keys = dict(line.split(BETWEEN, 3)[1:3] for line in lines["facts"])
    said: dict[int, list[str]] = {}
    for line in lines["records"]:
        _, file, entry, own, topics, tags, related = line.split(BETWEEN)
        listed = [keys[number] for number in related.split(BETWEEN_ITEMS) if number]
        said.setdefault(int(file), []).append(BETWEEN.join((entry, keys[own], topics, tags, *listed)))
    for line in lines["problems"]:
        _, file, rest = line.split(BETWEEN, 2)
        said.setdefault(int(file), []).append(rest)
    return {
        file: hashlib.blake2b("\n".join(told).encode("utf-8", "replace"), digest_size=16).digest()
        for file, told in said.items()
    }


def _said(facts: Facts) -> str:
    """A statement as a line, without its pictures; written out, because most of a stage is such lines."""
    article_id, canonical, url, original, amp, cache, title, excerpt, published_at, *_ = facts
    precision, provider_id, provider, kind, category, quality, heat, is_published, locale, _, extra = facts[
        9:
    ]
    said = (
        article_id,
        canonical,
        url,
        original or "",
        amp or "",
        cache or "",
        title or "",
        excerpt or "",
        published_at.isoformat() if published_at else "",
        precision or "",
        provider_id,
        provider or "",
        kind or "",
        category or "",
        "" if quality is None else str(quality),
        "" if heat is None else str(heat),
        "" if is_published is None else str(is_published),
        locale or "",
        extra or "",
    )
    line = BETWEEN.join(said)
    return line if _is_whole(line, len(said)) else _line(said)


def _line(values: Sequence[Any]) -> str:
    """Values as a line, whatever they hold."""
    texts = ["" if value is None else value if value.__class__ is str else str(value) for value in values]
    line = BETWEEN.join(texts)
    if _is_whole(line, len(texts)):
        return line
    return BETWEEN.join([_CONTROLS.sub(" ", text) for text in texts])


def _is_whole(line: str, n_values: int) -> bool:
    """Whether a line of values can be cut into them again."""
    return line.count(BETWEEN) < n_values and "\n" not in line and "\r" not in line and "\0" not in line
