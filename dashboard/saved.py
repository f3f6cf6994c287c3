"""What a user keeps: stories and views, as YAML in the folder of settings, where they can be read and edited by hand.

A view is a file ``views/my-morning.yaml`` with `name` and `address`. What is deleted stays in ``deleted`` until
something of the same key is, so that it can be brought back.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from analysis.errors import NewsgaugeError
from analysis.story import COLOURS, Story, StoryError, key_of, read_story, stories, write_story
from dashboard.url_state import create_url, parse_url
from data import STORIES

__all__ = ["BadName", "Saved", "SavedView"]

_NAME = 120  # letters
_MOST = 500  # files of a kind that are read
_KINDS = ("stories", "views")


class BadName(NewsgaugeError):
    """A name is empty or too long, or there is no folder to save in."""


@dataclass(frozen=True)
class SavedView:
    """An address under a name."""

    key: str
    name: str
    address: str


class Saved:
    """The stories and views of a user; beside them the stories that come with Newsgauge.

    Args:
        folder: the folder of settings; None where nothing can be saved.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._read: dict[Path, tuple[tuple[int, int], Story | SavedView | NewsgaugeError]] = {}

    def stories(self) -> dict[str, Story]:
        """The stories by key, in their order: by colour, then key. One of the user's hides one that is built in."""
        own = {story.key: story for _, story in self._of("stories", read_story) if isinstance(story, Story)}
        every = {story.key: story for story in stories((STORIES,))} | own
        colours = list(COLOURS.values())
        return {
            one.key: one
            for one in sorted(every.values(), key=lambda one: (colours.index(one.colour), one.key))
        }

    def is_own(self, key: str) -> bool:
        """Whether a story is the user's."""
        return self._path("stories", key) is not None

    def views(self) -> list[SavedView]:
        """The views by name."""
        found = (view for _, view in self._of("views", _read_view) if isinstance(view, SavedView))
        return sorted(found, key=lambda view: (view.name.casefold(), view.key))

    def faults(self) -> list[str]:
        """What is wrong with the files that cannot be read."""
        kept = [*self._of("stories", read_story), *self._of("views", _read_view)]
        return [str(one) for _, one in kept if isinstance(one, NewsgaugeError)]

    def save_story(
        self, name: str, query: str, *, description: str = "", colour: str = "", key: str = ""
    ) -> Story:
        """Save a story, under its key or, for a new one, under a key made of its name.

        Raises:
            BadName: the name is empty or too long.
            StoryError: the query or the colour is none.
        """
        before = self.stories().get(key)
        story = Story(
            key if before else self._free("stories", key_of(_name(name))), _name(name), description.strip()[:2000],
            " ".join(query.split()), colour, before.annotations if before else (),
        )  # fmt: skip
        write_story(story, self._folder("stories"))
        return story

    def save_view(self, name: str, address: str) -> SavedView:
        """Save an address; one of the same name is replaced."""
        same = [view.key for view in self.views() if view.name == _name(name)]
        key = same[0] if same else self._free("views", key_of(_name(name)))
        path, _, search = address.partition("?")
        view = SavedView(key, _name(name), create_url(parse_url(path, search)))
        folder = self._folder("views")
        unfinished = folder / f".{key}.{os.getpid()}.unfinished"
        tree = {"name": view.name, "address": view.address}
        unfinished.write_text(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False), "utf-8")
        unfinished.replace(folder / f"{key}.yaml")
        return view

    def delete(self, kind: str, key: str) -> None:
        """Take away a story or view of the user's; `restore` brings it back."""
        if path := self._path(kind, key):
            path.replace(self._folder(f"deleted/{kind}") / path.name)

    def restore(self, kind: str, key: str) -> None:
        """Bring back what was deleted last under a key, unless another has taken its place."""
        path = self._path(f"deleted/{kind}", key)
        if path and kind in _KINDS and self._path(kind, key) is None:
            path.replace(self._folder(kind) / path.name)

    def _folder(self, kind: str) -> Path:
        if self.folder is None:
            raise BadName("nothing can be saved here: the dashboard was started without a folder of settings")
        folder = self.folder / kind
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _files(self, kind: str) -> list[Path]:
        if self.folder is None:
            return []
        return sorted(path for path in (self.folder / kind).glob("*.yaml") if not path.name.startswith("."))[
            :_MOST
        ]

    def _path(self, kind: str, key: str) -> Path | None:
        """The file of a key: one of those that are there, so that no key leads out of the folder."""
        return next((path for path in self._files(kind) if path.stem == key), None)

    def _free(self, kind: str, key: str) -> str:
        taken = {path.stem for path in self._files(kind)}
        taken |= {story.key for story in stories((STORIES,))} if kind == "stories" else set()
        place = 2
        free = key
        while free in taken:
            free, place = f"{key}-{place}", place + 1
        return free

    def _of(self, kind: str, read: Callable[[Path], Any]) -> Iterator[tuple[Path, Any]]:
        """Each file with what it holds or what is wrong with it; read again when it has changed."""
        for path in self._files(kind):
            try:
                stat = path.stat()
                stamp = stat.st_mtime_ns, stat.st_size
                if self._read.get(path, (None,))[0] != stamp:
                    self._read[path] = stamp, _tried(read, path)
                yield path, self._read[path][1]
            except OSError:  # gone in the meantime
                continue


def _tried(read: Callable[[Path], Any], path: Path) -> Any:
    try:
        return read(path)
    except NewsgaugeError as error:
        return error


def _name(name: str) -> str:
    """A name on one line, without what does not print."""
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    if not text or len(text) > _NAME:
        raise BadName(f"a name must have 1 to {_NAME} letters, got {len(text)}")
    return text


def _read_view(path: Path) -> SavedView:
    try:
        tree = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - makes text only
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StoryError(f"{path}: the file must be YAML in UTF-8; {error}") from None
    fields = tree if isinstance(tree, dict) else {}
    name, address = fields.get("name"), fields.get("address")
    if not isinstance(name, str) or not isinstance(address, str) or not name.strip():
        raise StoryError(f"{path}: a view must have a name and an address")
    where, _, search = address.partition("?")
    return SavedView(path.stem, name[:_NAME], create_url(parse_url(where, search)))
