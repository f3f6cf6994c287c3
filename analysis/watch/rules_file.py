"""Rules from a YAML file; what is wrong in it is said with its line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import yaml

from analysis.query import QueryError, parse
from analysis.story import UnknownStory, load_story
from analysis.watch.rules import KINDS, THRESHOLDS, BadRules, Followed, Rules, default_rules
from analysis.watch.targets import Command, File, Target, Terminal, Webhook
from data import STORIES

__all__ = ["read_rules"]

_TOP = ("follow", "thresholds", "send")
_FOLLOW = ("story", "query", "everything", "name", "alerts", "thresholds")
_SEND = ("terminal", "file", "command", "webhook", "timeout")
_MOST_SECONDS = 600.0


def read_rules(
    path: str | Path, *, terminal: Terminal | None = None, folders: Sequence[str | Path] = (STORIES,)
) -> Rules:
    r"""The rules of a YAML file; what it leaves out is as in `default_rules`.

    Args:
        path: a mapping with some of ``follow``, ``thresholds`` and ``send``; docs/watching.md has every field. Files
            that alerts go to are relative to its folder.
        terminal: what alerts to the terminal are printed by.
        folders: where saved stories are looked for, in order.

    Raises:
        BadRules: it cannot be read, or has a field or value that is not allowed; names file, line and field.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "rules.yaml"
    >>> _ = path.write_text("follow:\n  - query: ban*\n    alerts: [burst, first-mention]\nsend: [terminal]\n")
    >>> read_rules(path).followed[0].wanted
    ('burst', 'first-mention')
    >>> _ = path.write_text("follow:\n  - query: ban*\n    alerts: [burts]\n")
    >>> try:
    ...     read_rules(path)
    ... except BadRules as error:
    ...     print(str(error).partition("rules.yaml")[2])
    :3: follow[0].alerts[0] must be one of burst, first-mention, new-top-provider, quality-drop; got 'burts'
    """
    source = Path(path)
    try:
        tree = yaml.compose(source.read_text("utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadRules(f"{path}: rules must be YAML in UTF-8; {error}") from None
    terminal = terminal or Terminal()
    usual = default_rules(terminal, folders)
    if tree is None:
        return usual
    top = _At(str(path), "", tree).mapping(_TOP)
    common = _thresholds(top["thresholds"], KINDS) if "thresholds" in top else {}
    followed = usual.followed
    if "follow" in top:
        followed = tuple(_followed(each, folders) for each in top["follow"].sequence())
        _refuse_doubles(top["follow"], followed)
    followed = tuple(replace(each, thresholds={**common, **each.thresholds}) for each in followed)
    targets = usual.targets
    if "send" in top:
        targets = tuple(_target(each, source.parent, terminal) for each in top["send"].sequence())
    return Rules(followed, tuple(dict.fromkeys(targets)))


@dataclass(frozen=True)
class _At:
    """A node of the file, and what it is called."""

    path: str
    field: str
    node: yaml.Node

    def refuse(self, allowed: str, node: yaml.Node | None = None, field: str | None = None) -> NoReturn:
        """Raise: this must be something else."""
        node = node or self.node
        kind = "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
        shown = repr(node.value) if isinstance(node, yaml.ScalarNode) else kind
        shown = shown if len(shown) <= 80 else f"{shown[:77]}..."
        line = node.start_mark.line + 1
        raise BadRules(
            f"{self.path}:{line}: {field or self.field or 'the file'} must be {allowed}; got {shown}"
        )

    def mapping(self, allowed: tuple[str, ...]) -> dict[str, _At]:
        """Its entries by name, each one of those allowed."""
        if not isinstance(self.node, yaml.MappingNode):
            self.refuse(f"a mapping with some of {', '.join(allowed)}")
        found: dict[str, _At] = {}
        for key, value in self.node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else None
            if name not in allowed:
                self.refuse(f"one of {', '.join(allowed)}", key, f"each field of {self.field or 'the file'}")
            if name in found:
                self.refuse("given once", key, f"{self.field}.{name}".lstrip("."))
            found[name] = _At(self.path, f"{self.field}.{name}".lstrip("."), value)
        return found

    def sequence(self) -> Iterator[_At]:
        """Its entries, at least one."""
        if not isinstance(self.node, yaml.SequenceNode) or not self.node.value:
            self.refuse("a list of one or more")
        for place, value in enumerate(self.node.value):
            yield _At(self.path, f"{self.field}[{place}]", value)

    def text(self) -> str:
        """Its text, not empty."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            self.refuse("a text")
        return str(self.node.value)

    def true(self) -> None:
        """Refuse anything but true."""
        if not isinstance(self.node, yaml.ScalarNode) or self.node.value.lower() not in {"true", "yes"}:
            self.refuse("true")

    def whole(self) -> int:
        """A whole number, 1 or more."""
        value = self.node.value if isinstance(self.node, yaml.ScalarNode) else ""
        if not (value.isascii() and value.isdigit() and len(value) <= 6 and int(value) >= 1):
            self.refuse("a whole number from 1 to 999999")
        return int(value)

    def seconds(self) -> float:
        """Seconds, up to ten minutes."""
        try:
            value = float(self.node.value if isinstance(self.node, yaml.ScalarNode) else "")
        except ValueError:
            value = math.nan
        if not 0 < value <= _MOST_SECONDS:
            self.refuse(f"a number of seconds above 0, at most {_MOST_SECONDS:g}")
        return value


def _followed(given: _At, folders: Sequence[str | Path]) -> Followed:
    entry = given.mapping(_FOLLOW)
    which = [name for name in ("story", "query", "everything") if name in entry]
    if len(which) != 1:
        given.refuse("a mapping with one of story, query and everything")
    name = entry["name"].text() if "name" in entry else ""
    story = query = ""
    if which == ["story"]:
        story = entry["story"].text()
        try:
            saved = load_story(story, folders)
        except UnknownStory as error:
            entry["story"].refuse(str(error).removeprefix("story must be ").partition("; got")[0])
        story, query, name = saved.key, saved.query, name or saved.name
    elif which == ["query"]:
        query = _query(entry["query"])
        name = name or query
    else:
        entry["everything"].true()
        name = name or "Everything collected"
    made = Followed(name, query, story or None)
    kinds = tuple(_one_of(each, made.possible) for each in _list(entry.get("alerts")))
    thresholds = _thresholds(entry["thresholds"], made.possible) if "thresholds" in entry else {}
    return replace(made, kinds=kinds, thresholds=thresholds)


def _list(given: _At | None) -> Iterator[_At]:
    return iter(()) if given is None else given.sequence()


def _query(given: _At) -> str:
    text = " ".join(given.text().split())
    try:
        if parse(text).tree is None:
            given.refuse("a query with a word or a field in it")
    except QueryError as error:
        given.refuse(f"a query, see docs/watching.md: {' '.join(str(error).split())}")
    return text


def _one_of(given: _At, allowed: tuple[str, ...]) -> str:
    text = given.node.value if isinstance(given.node, yaml.ScalarNode) else None
    if text not in allowed:
        given.refuse(f"one of {', '.join(allowed)}")
    return str(text)


def _thresholds(given: _At, kinds: tuple[str, ...]) -> dict[str, Any]:
    found = {}
    for kind, settings in given.mapping(kinds).items():
        allowed = tuple(one.name for one in fields(THRESHOLDS[kind]))
        values = {name: value.whole() for name, value in settings.mapping(allowed).items()}
        found[kind] = THRESHOLDS[kind](**values)
    return found


def _refuse_doubles(given: _At, followed: tuple[Followed, ...]) -> None:
    seen: dict[str, int] = {}
    for place, (entry, each) in enumerate(zip(given.sequence(), followed, strict=True)):
        if each.key in seen:
            entry.refuse(f"another query than follow[{seen[each.key]}]")
        seen[each.key] = place


def _target(given: _At, folder: Path, terminal: Terminal) -> Target:
    if isinstance(given.node, yaml.ScalarNode) and given.node.value == "terminal":
        return terminal
    entry = given.mapping(_SEND)
    which = [name for name in ("terminal", "file", "command", "webhook") if name in entry]
    if len(which) != 1:
        given.refuse("terminal, or a mapping with one of terminal, file, command and webhook")
    (kind,) = which
    timed = {"timeout": entry["timeout"].seconds()} if "timeout" in entry else {}
    if timed and kind not in {"command", "webhook"}:
        entry["timeout"].refuse("left out: only a command and a webhook have one")
    match kind:
        case "terminal":
            entry[kind].true()
            return terminal
        case "file":
            return File((folder / Path(entry[kind].text()).expanduser()).resolve())
        case "command":
            return Command(_argv(entry[kind]), **timed)
        case _:
            return Webhook(_address(entry[kind]), **timed)


def _argv(given: _At) -> tuple[str, ...]:
    if not isinstance(given.node, yaml.SequenceNode):
        given.refuse("a list of program and arguments, such as [mail, -s, News, desk@example.org]")
    argv = tuple(each.text() for each in given.sequence())
    if any("\0" in part for part in argv):
        given.refuse("a list of texts without null characters")
    return argv


def _address(given: _At) -> str:
    text = given.text()
    try:
        parts = urlsplit(text)
        _ = parts.port
        known = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        known = False
    if not known or any(c.isspace() or not c.isascii() for c in text):
        given.refuse("an address that begins with http:// or https://")
    return text
