"""From files to records: sources, dialects, and the border where every value is checked.

>>> from data import RECORDS
>>> [record.facts.provider_name for record in read_source(RECORDS)]
['Express & Star']
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from analysis.records.problem import CODES, Problem
from analysis.records.reader import Reader, Reading
from analysis.records.record import Facts, Image, Record
from analysis.records.sources import NoSource, Source, SourceFile, open_source

__all__ = [
    "CODES",
    "Facts",
    "Image",
    "NoSource",
    "Problem",
    "Reader",
    "Reading",
    "Record",
    "Source",
    "SourceFile",
    "open_source",
    "read_source",
]


def read_source(path: str | Path) -> Iterator[Record | Problem]:
    """Every record of a source and every problem, file by file in the order of their paths.

    Args:
        path: a folder (read with its subfolders), a Markdown, JSON or JSON Lines file, or a zip or tar archive.

    Raises:
        NoSource: nothing is there, or nothing that can hold records.

    >>> from data import RECORDS
    >>> [len(record.related) for record in read_source(RECORDS)]
    [5]
    """
    source, reader = open_source(path), Reader()
    for name, content in source.read([file.path for file in source.files()]):
        reading = Reading([], [content]) if isinstance(content, Problem) else reader.read(name, content)
        yield from reading.records
        yield from reading.problems
