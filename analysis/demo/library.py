"""The texts the demo is written from: stories, background items and names, read from the files in ``text/``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

__all__ = ["Brief", "Kind", "Story", "briefs", "closers", "names", "outlets", "stories"]

_TEXT = Path(__file__).parent / "text"


@dataclass(frozen=True)
class Kind:
    """A kind of event: the facts it needs, and the ways to tell it."""

    name: str
    topics: tuple[str, ...]
    facts: dict[str, str]
    cases: tuple[dict[str, str], ...]
    headlines: tuple[str, ...]
    styled: dict[str, tuple[str, ...]]
    leads: tuple[str, ...]
    details: tuple[str, ...]


@dataclass(frozen=True)
class Story:
    """A story: its name, topics, sentences that fit any of its events, and kinds of event, the main one first."""

    name: str
    topics: tuple[str, ...]
    context: tuple[str, ...]
    kinds: tuple[Kind, ...]


@dataclass(frozen=True)
class Brief:
    """A background item that belongs to no story: topics, headline and excerpt."""

    topics: tuple[str, ...]
    headline: str
    excerpt: str


def _load(name: str) -> Any:
    """One file of texts."""
    return yaml.load((_TEXT / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _lines(block: str) -> tuple[str, ...]:
    """The lines of a block."""
    return tuple(line.strip() for line in block.splitlines() if line.strip())


def _listed(text: str) -> tuple[str, ...]:
    """The members of a list with semicolons."""
    return tuple(part.strip() for part in text.split(";"))


def _table(block: str) -> tuple[dict[str, str], ...]:
    """The rows of a table with ``|`` between cells and names in its first row."""
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in _lines(block))
    return tuple(dict(zip(head, row, strict=True)) for row in rows)


def _kind(name: str, raw: dict[str, Any]) -> Kind:
    """A kind of event from its part of a story file. A headline such as ``tabloid> …`` is for outlets of that style."""
    split = [line.split("> ", 1) if "> " in line[:12] else ["", line] for line in _lines(raw["headlines"])]
    styles = sorted({style for style, _ in split if style})
    return Kind(
        name=name,
        topics=_listed(raw["topics"]),
        facts={key: str(value) for key, value in raw["facts"].items()},
        cases=_table(raw["cases"]),
        headlines=tuple(text for style, text in split if not style),
        styled={style: tuple(text for own, text in split if own == style) for style in styles},
        leads=_lines(raw["leads"]),
        details=_lines(raw["details"]),
    )


@cache
def stories() -> tuple[Story, ...]:
    """All stories, in the order of their files; the first is the richest.

    >>> stories()[0].name
    'calls to ban facial recognition'
    """
    out = []
    for path in sorted((_TEXT / "stories").glob("*.yaml")):
        raw = _load(f"stories/{path.name}")
        kinds = tuple(_kind(name, kind) for name, kind in raw["kinds"].items())
        out.append(Story(raw["story"], _listed(raw["topics"]), _lines(raw["context"]), kinds))
    return tuple(out)


@cache
def briefs() -> tuple[Brief, ...]:
    """All background items: blocks of three lines (topics, headline, excerpt).

    >>> len(briefs()) >= 100
    True
    """
    blocks = (_TEXT / "background.txt").read_text(encoding="utf-8").strip().split("\n\n")
    return tuple(
        Brief(_listed(topics), head, text) for topics, head, text in (_lines(block) for block in blocks)
    )


@cache
def closers() -> tuple[str, ...]:
    """Sentences that may end any background item."""
    return _lines((_TEXT / "closers.txt").read_text(encoding="utf-8"))


@cache
def names() -> dict[str, tuple[str, ...]]:
    """Lists of invented names by what they name: towns, surnames, companies.

    >>> "town" in names()
    True
    """
    return {key: _listed(" ".join(text.split())) for key, text in _load("names.yaml").items()}


@cache
def outlets() -> dict[str, tuple[dict[str, str], ...]]:
    """The outlets by style; each row has ``name``, ``domain`` and ``scored`` (yes or no).

    >>> sum(len(rows) for rows in outlets().values())
    60
    """
    return {style: _table(block) for style, block in _load("outlets.yaml").items()}
