"""YAML by PyYAML, all scalars as text: the authority on what a record says.

PyYAML scans and parses; the tree is built here from its events, without recursion, so that nesting and aliases can be
limited, duplicate keys seen and every value's place known. The values are those of `yaml.CBaseLoader`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from analysis.records.limits import MAX_ALIASED_NODES, MAX_DEPTH
from analysis.records.record import Path

__all__ = ["Loaded", "YamlFault", "load"]

try:
    from yaml import CBaseLoader as _Loader
except ImportError:  # PyYAML without libyaml is slower and says the same
    from yaml import BaseLoader as _Loader  # type: ignore[assignment]


class YamlFault(Exception):
    """The text is not YAML that a record may hold; carries a problem code, a message and the place (from 0)."""

    def __init__(self, code: str, message: str, line: int | None, column: int | None) -> None:
        """Store what `Problem` needs."""
        super().__init__(message)
        self.code, self.line, self.column = code, line, column


@dataclass
class Loaded:
    """A tree of dict, list and str; the place of every value as (line, column) from 0; and repeated keys."""

    tree: Any = None
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    duplicates: list[Path] = field(default_factory=list)


@dataclass
class _Open:
    """A mapping or sequence whose end has not been seen."""

    value: Any
    path: Path
    anchor: str | None
    key: str | None = None
    size: int = 1


def load(text: str) -> Loaded:
    r"""Read one YAML document.

    Raises:
        YamlFault: with code bad-yaml, too-deep or too-many-aliases.

    >>> load("quality: 39\nprovider: {name: No}").tree
    {'quality': '39', 'provider': {'name': 'No'}}
    """
    try:
        return _Builder().build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(part for part in (error.context, error.problem) if part)
        raise YamlFault(
            "bad-yaml", said, mark.line if mark else None, mark.column if mark else None
        ) from None
    except (yaml.YAMLError, ValueError) as error:
        raise YamlFault("bad-yaml", str(error).split("\n", 1)[0], None, None) from None


class _Builder:
    """Builds the tree of one document from PyYAML's events."""

    def __init__(self) -> None:
        self.loaded = Loaded()
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.aliased = 0
        self.documents = 0

    def build(self, text: str) -> Loaded:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.ScalarEvent):
                self.check_anchor(event)
                self.add(event.value, event, 1)
                self.remember(event.anchor, event.value, 1)
            elif isinstance(event, yaml.AliasEvent):
                self.alias(event)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self.start({} if isinstance(event, yaml.MappingStartEvent) else [], event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self.end()
            elif isinstance(event, yaml.DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    raise _fault("bad-yaml", "a record is one document, found a second one", event)
        return self.loaded

    def start(self, value: Any, event: Any) -> None:
        self.check_anchor(event)
        if len(self.open) >= MAX_DEPTH:
            raise _fault("too-deep", f"at most {MAX_DEPTH} levels are allowed", event)
        path = self.add(value, event, 0)
        self.open.append(_Open(value, path, event.anchor))

    def end(self) -> None:
        done = self.open.pop()
        self.remember(done.anchor, done.value, done.size)
        if self.open:
            self.open[-1].size += done.size

    def check_anchor(self, event: Any) -> None:
        name = event.anchor
        if name is not None and (name in self.anchors or any(outer.anchor == name for outer in self.open)):
            raise _fault("bad-yaml", f"found anchor {name!r:.60} twice", event)

    def alias(self, event: yaml.AliasEvent) -> None:
        if event.anchor not in self.anchors:
            raise _fault("bad-yaml", f"found undefined alias {event.anchor!r:.60}", event)
        value, size = self.anchors[event.anchor]
        self.aliased += size
        if self.aliased > MAX_ALIASED_NODES:
            raise _fault(
                "too-many-aliases", f"aliases may repeat {MAX_ALIASED_NODES:,} values at most", event
            )
        self.add(value, event, size)

    def remember(self, anchor: str | None, value: Any, size: int) -> None:
        if anchor is not None:
            self.anchors[anchor] = (value, size)

    def add(self, value: Any, event: Any, size: int) -> Path:
        """Put a value where it belongs and return its path."""
        path: Path = ()
        if not self.open:
            self.loaded.tree = value
        else:
            parent = self.open[-1]
            parent.size += size
            if isinstance(parent.value, list):
                path = (*parent.path, len(parent.value))
                parent.value.append(value)
            elif parent.key is None:
                if not isinstance(value, str):
                    raise _fault("bad-yaml", "a field's name must be text", event)
                parent.key = value
                return (*parent.path, value)
            else:
                path = (*parent.path, parent.key)
                if parent.key in parent.value:
                    self.loaded.duplicates.append(path)
                parent.value[parent.key] = value
                parent.key = None
        self.loaded.places[path] = (event.start_mark.line, event.start_mark.column)
        return path


def _fault(code: str, message: str, event: Any) -> YamlFault:
    return YamlFault(code, message, event.start_mark.line, event.start_mark.column)
