"""Stories: queries that somebody follows, saved as YAML.

A story is a file ``facial-recognition-ban.yaml`` with `name`, `description`, `query`, `colour` and, where its chart
should name dates, `annotations`: a list of `day` and `text`. The file's name is the story's key.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import yaml

from analysis.errors import NewsgaugeError
from analysis.query import Query, QueryError, parse
from data import STORIES

__all__ = [
    "COLOURS",
    "Annotation",
    "Story",
    "StoryError",
    "UnknownStory",
    "key_of",
    "load_story",
    "read_story",
    "stories",
    "write_story",
]

# Okabe & Ito's colours, told apart by the colour-blind; a new story takes the first that is free.
COLOURS = {
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "orange": "#E69F00",
}
_FIELDS = ("name", "description", "query", "colour", "annotations")
_NEEDED = ("name", "query")
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")


class StoryError(NewsgaugeError):
    """A story's file does not hold a story; says which field, what is allowed and what came."""


class UnknownStory(NewsgaugeError):
    """No folder has a story of this name; says which there are."""


@dataclass(frozen=True)
class Annotation:
    """A day that the story's charts name, and what happened on it."""

    day: date
    text: str


@dataclass(frozen=True)
class Story:
    """One story.

    Attributes:
        key: the file's name without its ending.
        name: what screens call it.
        description: a sentence; may be empty.
        query: its text, in the query language.
        colour: as ``#rrggbb``, the same in every chart.
        annotations: by day.
    """

    key: str
    name: str
    description: str
    query: str
    colour: str
    annotations: tuple[Annotation, ...] = ()

    @property
    def parsed(self) -> Query:
        """The query, read."""
        return parse(self.query)


def stories(folders: Sequence[str | Path] = (STORIES,)) -> tuple[Story, ...]:
    """Every story of the folders, by colour in its fixed order, then by key.

    Args:
        folders: earlier ones hide a story of the same key in later ones. A folder that does not exist has none.

    Raises:
        StoryError: a file does not hold a story.

    >>> [story.key for story in stories()]
    ['facial-recognition-ban', 'police-facial-recognition', 'ai-regulation', 'deepfakes']
    """
    order = list(COLOURS.values())
    found = (read_story(path) for path in _paths(folders).values())
    return tuple(sorted(found, key=lambda story: (order.index(story.colour), story.key)))


def load_story(key: str, folders: Sequence[str | Path] = (STORIES,)) -> Story:
    """One story by its key.

    Args:
        key: the file's name, with or without ``.yaml``.
        folders: searched in order.

    Raises:
        UnknownStory: there is none; names those there are.
        StoryError: its file does not hold a story.

    >>> load_story("facial-recognition-ban").name
    'Calls to ban facial recognition'
    """
    paths = _paths(folders)
    path = paths.get(key.removesuffix(".yaml"))
    if path is None:
        raise UnknownStory(f"story must be one of {', '.join(sorted(paths)) or '(none)'}; got {key!r}")
    return read_story(path)


def key_of(name: str) -> str:
    """A key for a name: small Latin letters, digits and hyphens, so that it is safe as a file's name and in an address.

    >>> key_of("Calls to ban: facial recognition!"), key_of("../../etc/passwd"), key_of("Économie")
    ('calls-to-ban-facial-recognition', 'etc-passwd', 'economie')
    >>> key_of("顔認証")
    'story-caeffadb'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return words or f"story-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"


def write_story(story: Story, folder: str | Path) -> Path:
    """Write a story into a folder, in one step; replaces one of the same key.

    Args:
        story: its key must be one that `key_of` could give.
        folder: made where it is missing.

    Raises:
        StoryError: what would be written could not be read again.

    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> _ = write_story(Story("bans", "Bans", "", "ban*", COLOURS["green"]), folder)
    >>> load_story("bans", [folder]).query
    'ban*'
    """
    if not _KEY.fullmatch(story.key):
        raise StoryError(f"key must be small letters, digits and hyphens, at most 80; got {story.key[:80]!r}")
    colours = {value: name for name, value in COLOURS.items()}
    tree: dict[str, Any] = {
        "name": story.name,
        "description": story.description,
        "query": story.query,
        "colour": colours.get(story.colour, story.colour),
    }
    if story.annotations:
        tree["annotations"] = [{"day": one.day.isoformat(), "text": one.text} for one in story.annotations]
    target = Path(folder) / f"{story.key}.yaml"
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{story.key}.{os.getpid()}.unfinished")
    try:
        unfinished.write_text(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=100), "utf-8")
        read_story(unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target


def _paths(folders: Iterable[str | Path]) -> dict[str, Path]:
    """Key -> file; the first folder that has it wins."""
    paths: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(Path(folder).glob("*.yaml")):
            paths.setdefault(path.stem, path)
    return paths


def read_story(path: Path) -> Story:
    """The story of a file; its key is the file's name without the ending.

    Raises:
        StoryError: the file does not hold a story; says which field.

    >>> read_story(STORIES / "deepfakes.yaml").name
    'Deepfakes'
    """

    def refuse(field: str, allowed: str, came: Any) -> NoReturn:
        shown = repr(came) if len(repr(came)) <= 80 else repr(came)[:77] + "..."
        raise StoryError(f"{path}: {field} must be {allowed}; got {shown}")

    try:
        # Scalars as text: a story called No is called No.
        tree = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - makes text only
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StoryError(f"{path}: the file must be YAML in UTF-8; {error}") from None
    if not isinstance(tree, dict):
        refuse("a story", f"a mapping with {', '.join(_FIELDS)}", tree)
    for field in tree:
        if field not in _FIELDS:
            refuse("each field", f"one of {', '.join(_FIELDS)}", field)
    texts = {field: tree.get(field, "") for field in _FIELDS[:4]}
    for field, value in texts.items():
        if not isinstance(value, str) or (field in _NEEDED and not value.strip()):
            refuse(field, "a text", value)
    colour = texts["colour"] or "blue"
    if colour not in COLOURS:
        refuse("colour", f"one of {', '.join(COLOURS)}", colour)
    query = " ".join(texts["query"].split())
    try:
        parse(query)
    except QueryError as error:
        raise StoryError(f"{path}: query must be in the query language; {error}") from None
    annotations = _annotations(tree.get("annotations") or [], refuse)
    return Story(path.stem, texts["name"], texts["description"], query, COLOURS[colour], annotations)


def _annotations(value: Any, refuse: Any) -> tuple[Annotation, ...]:
    if not isinstance(value, list):
        refuse("annotations", "a list of day and text", value)
    found = []
    for place, entry in enumerate(value):
        field = f"annotations[{place}]"
        if not isinstance(entry, dict) or set(entry) != {"day", "text"}:
            refuse(field, "a day and a text", entry)
        try:
            day = date.fromisoformat(entry["day"])
        except (TypeError, ValueError):
            refuse(f"{field}.day", "a day such as 2021-08-23", entry["day"])
        if not isinstance(entry["text"], str) or not entry["text"].strip():
            refuse(f"{field}.text", "a text", entry["text"])
        found.append(Annotation(day, entry["text"]))
    return tuple(sorted(found, key=lambda one: (one.day, one.text)))
