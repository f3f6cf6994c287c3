"""What holds of reading, whatever the bytes are: the fuzzers ask it of every input, the fast tests of a few hundred.

No crash, no hang, files = records + errors, the fast path says what the plain one says, and every value is of the kind
that the floors above trust it to be.
"""

from __future__ import annotations

import json
import math
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

from analysis.records import CODES, Facts, NoSource, Problem, Reader, Reading, SourceFile, open_source
from analysis.records.canonical import article_id, canonical_url, is_web_url
from analysis.records.frontmatter import decode
from analysis.tables.sheaf import Sheaf
from analysis.tables.staging import BETWEEN, COLUMNS, Staging

__all__ = ["Hang", "check_archive", "check_file", "limited"]

_SECONDS = 2.0  # of processor time: others who use the machine make no input slow
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_USUAL = b"""---
title: Ban
webUrl: https://a.example/1
publishedDateTime: 2021-08-23T05:30:00Z
provider:
  name: A
  domain: a.example
related:
  - title: Ban
    webUrl: https://a.example/2
    provider:
      domain: a.example
---
"""
_MESSAGE = 1_000  # characters of a problem as it is printed


class Hang(Exception):
    """An input takes more of the processor's time than any input may."""


@contextmanager
def limited(seconds: float = _SECONDS) -> Iterator[None]:
    """Raise Hang in what takes longer."""

    def stop(_signal: int, _frame: object) -> None:
        raise Hang(f"took more than {seconds:g} s")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def check_file(name: str, data: bytes) -> Reading:
    """Read one file on either path, and hold what comes of it to what is promised."""
    with limited():
        reading = Reader().read(name, data)
    with limited():
        plain = Reader(fast_path=False).read(name, data)
    assert reading == plain, f"fast: {reading}\nplain: {plain}"
    errors = [problem for problem in reading.problems if problem.severity == "error"]
    assert len(reading.records) + len(errors) == _expected_entries(name, data)
    for problem in reading.problems:
        _check_problem(name, problem)
    for record in reading.records:
        assert record.path == name
        for label in (*record.topics, *record.tags):
            _check_text(label)
        for facts in (record.facts, *record.related):
            _check_facts(facts)
    _check_staged(name, data, reading)
    return reading


def check_archive(path: Path) -> int:
    """Read a file as an archive; returns how many entries it has: each of its files is read once, or is a problem."""
    try:
        with limited():
            source = open_source(path)
            files = source.files()
    except NoSource:
        return 0
    paths = [file.path for file in files]
    assert len(set(paths)) == len(paths), f"a path is listed twice: {paths}"
    assert all(-(2**63) <= file.mtime_ns < 2**63 and file.size >= 0 for file in files), files
    with limited():
        contents = list(source.read(paths))
    assert sorted(name for name, _ in contents) == sorted(paths)
    n_entries = 0
    for name, content in contents:
        if isinstance(content, Problem):
            _check_problem(name, content)
            n_entries += 1
        else:
            n_entries += check_file(name, content).n_entries
    return n_entries


def _expected_entries(name: str, data: bytes) -> int:
    """How many records a file should hold, counted without the reader."""
    ending = name.rsplit(".", 1)[-1].lower()
    if ending not in ("json", "jsonl", "ndjson"):
        return 1
    text = decode(data, name, [])
    if ending != "json":
        return max(1, sum(1 for line in text.split("\n") if line.strip()))
    try:
        tree = json.loads(text, parse_int=str)
    except (ValueError, RecursionError):
        return 1
    articles = tree.get("value") if isinstance(tree, dict) else tree
    return len(articles) if isinstance(articles, list) else 1


def _check_problem(name: str, problem: Problem) -> None:
    assert problem.source == name
    assert problem.code in CODES
    assert problem.line is None or problem.line >= 1
    assert problem.column is None or problem.column >= 1
    said = str(problem._replace(source=""))
    assert not _CONTROL.search(said), repr(said)
    assert len(said) <= _MESSAGE, f"{len(said)} characters: {said[:200]!r}"


def _check_text(text: str | None) -> None:
    if text is not None:
        assert text
        assert text == text.strip()
        assert not _CONTROL.search(text), repr(text)


def _check_facts(facts: Facts) -> None:
    assert is_web_url(facts.url)
    assert is_web_url(facts.canonical_url), (facts.url, facts.canonical_url)
    assert canonical_url(facts.canonical_url) == facts.canonical_url == canonical_url(facts.url), facts.url
    assert facts.article_id == article_id(facts.canonical_url)
    addresses = (
        facts.original_url,
        facts.amp_url,
        facts.amp_cache_url,
        *(image.url for image in facts.images),
    )
    assert all(is_web_url(address) for address in addresses if address is not None)
    assert facts.provider_id
    assert facts.provider_id == facts.provider_id.lower()
    texts = (facts.title, facts.excerpt, facts.provider_id, facts.provider_name, facts.article_type)
    for text in (*texts, facts.category, facts.locale, *(image.title for image in facts.images)):
        _check_text(text)
    sizes = [size for image in facts.images for size in (image.width, image.height)]
    for number in (facts.quality, facts.heat, *sizes):
        assert number is None or (math.isfinite(number) and number >= 0)
    assert facts.is_published in (None, True, False)
    assert (facts.published_at is None) == (facts.time_precision is None)
    assert facts.published_at is None or (
        facts.published_at.tzinfo is UTC and 1900 <= facts.published_at.year <= 2100
    )
    assert facts.extra is None or isinstance(json.loads(facts.extra), dict)


def _check_staged(name: str, data: bytes, reading: Reading) -> None:
    """Every line that is staged has as many values as its table has columns; staged among others, it is the same."""
    staging, sheaf = Staging(1, "/news"), Sheaf(Staging(1, "/news"), Reader())
    for path, content in (("a.md", _USUAL), (name, data), ("b.md", _USUAL)):
        file = SourceFile(path, len(content), 0)
        staging.add(file, content, reading if content is data else Reader().read(path, content))
        sheaf.add(file, content)
    found = sheaf.staged()
    assert (found.lines, found.files) == (staging.lines, staging.files)
    for table, lines in staging.lines.items():
        for line in lines:
            assert line.count(BETWEEN) == len(COLUMNS[table]) - 1, (table, line)
            assert "\n" not in line, (table, line)
    assert len(staging.lines["records"]) == len(reading.records) + 2
