"""Records -> staged Arrow tables: what files say, before it is settled which articles there are.

Four tables: `files` (what was read), `records` (each with its labels and the keys of what it lists), `facts` (every
distinct statement on an article, once) and `problems`. They hold no knowledge of other files, so that they are made in
parallel and kept from build to build.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pyarrow as pa

from analysis.records import Facts, Problem, Reading, SourceFile
from analysis.tables.columns import table
from analysis.text import fold

__all__ = ["SCHEMAS", "STAGING_VERSION", "Staging"]

STAGING_VERSION = 2  # raised when reading or staging changes what is staged: older stages are then read anew

_IMAGE = pa.struct(
    [
        ("url", pa.string()),
        ("width", pa.float64()),
        ("height", pa.float64()),
        ("title", pa.string()),
        ("is_cached", pa.bool_()),
    ]
)
_TYPES: dict[str, pa.DataType] = {
    "published_at": pa.timestamp("us", "UTC"),
    "quality": pa.float64(),
    "heat": pa.float64(),
    "is_published": pa.bool_(),
    "images": pa.list_(_IMAGE),
}
_TIME = Facts._fields.index("published_at")
_TEXTS = pa.list_(pa.string())
SCHEMAS: dict[str, pa.Schema] = {
    "files": pa.schema(
        [
            ("stage", pa.string()),
            ("file_id", pa.int32()),
            ("root", pa.string()),
            ("path", pa.string()),
            ("size", pa.int64()),
            ("mtime_ns", pa.int64()),
            ("digest", pa.string()),
            ("n_entries", pa.int32()),
            ("n_records", pa.int32()),
            ("n_secured", pa.int32()),
        ]
    ),
    "records": pa.schema(
        [
            ("stage", pa.string()),
            ("file_id", pa.int32()),
            ("entry", pa.int32()),
            ("fact_key", pa.string()),
            ("topics", _TEXTS),
            ("tags", _TEXTS),
            ("related", _TEXTS),
        ]
    ),
    "facts": pa.schema(
        [
            ("fact_key", pa.string()),
            *((name, _TYPES.get(name, pa.string())) for name in Facts._fields),
            ("search_title", pa.string()),
            ("search_excerpt", pa.string()),
        ]
    ),
    "problems": pa.schema(
        [
            ("stage", pa.string()),
            ("file_id", pa.int32()),
            ("line", pa.float64()),
            ("column", pa.float64()),
            ("field", pa.string()),
            ("code", pa.string()),
            ("message", pa.string()),
            ("severity", pa.string()),
        ]
    ),
}


class Staging:
    r"""Collects what files gave, column by column.

    >>> from analysis.records import Reader
    >>> staging = Staging("1", "/news")
    >>> data = b"---\nwebUrl: https://sky.com/a\ntitle: Ban\n---\n"
    >>> staging.add(SourceFile("a.md", len(data), 0), data, Reader().read("a.md", data))
    >>> staging.tables()["facts"].column("search_title").to_pylist()
    [' ban ']
    """

    def __init__(self, stage: str, root: str) -> None:
        self._stage, self._root = stage, root
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in SCHEMAS}
        self._seen: dict[
            int, tuple[Facts, str]
        ] = {}  # by identity, and kept alive: the reader shares repeated items
        self._keys: set[str] = set()

    def add(self, file: SourceFile, data: bytes, reading: Reading) -> None:
        """Stage one file."""
        file_id = len(self._rows["files"])
        records, problems = self._rows["records"], self._rows["problems"]
        for record in reading.records:
            own, related = self._key(record.facts), [self._key(item) for item in record.related]
            records.append(
                (self._stage, file_id, record.entry, own, list(record.topics), list(record.tags), related)
            )
        problems.extend(self._problem(file_id, problem) for problem in reading.problems)
        was_read = all(problem.code != "unreadable" for problem in reading.problems)
        digest = hashlib.blake2b(data, digest_size=16).hexdigest() if was_read else ""
        n_secured = sum(record.n_secured for record in reading.records)
        self._rows["files"].append(
            (
                self._stage,
                file_id,
                self._root,
                file.path,
                file.size,
                file.mtime_ns,
                digest,
                reading.n_entries,
                len(reading.records),
                n_secured,
            )
        )

    def tables(self) -> dict[str, pa.Table]:
        """The four tables, by name."""
        return {name: table(rows, SCHEMAS[name]) for name, rows in self._rows.items()}

    def _problem(self, file_id: int, problem: Problem) -> tuple[Any, ...]:
        place = (problem.line, problem.column)
        return (self._stage, file_id, *place, problem.field, problem.code, problem.message, problem.severity)

    def _key(self, facts: Facts) -> str:
        """The key of a statement: a hash of all that it says."""
        known = self._seen.get(id(facts))
        if known:
            return known[1]
        moment = facts.published_at and facts.published_at.isoformat()
        said = repr((*facts[:_TIME], moment, *facts[_TIME + 1 :]))  # the repr of a time is slow
        key = hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=10).hexdigest()
        self._seen[id(facts)] = (facts, key)
        if key not in self._keys:
            self._keys.add(key)
            self._rows["facts"].append((key, *facts, fold(facts.title or ""), fold(facts.excerpt or "")))
        return key
