"""What is watched, for what, and where alerts go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.errors import NewsgaugeError
from analysis.query import parse
from analysis.story import stories
from analysis.watch.targets import Target, Terminal
from data import STORIES

__all__ = [
    "KINDS",
    "THRESHOLDS",
    "BadRules",
    "Burst",
    "CollectionStopped",
    "FirstMention",
    "Followed",
    "NewTopProvider",
    "QualityDrop",
    "Rules",
    "default_rules",
]


class BadRules(NewsgaugeError):
    """Rules that cannot be followed; says the file, line and field, what is allowed and what came."""


@dataclass(frozen=True)
class Burst:
    """A burst of `analysis.measures.bursts` that reaches into the newest days.

    Attributes:
        days: how many days, up to the newest article's, count as newest.
        articles: fewest articles in it.
    """

    days: int = 3
    articles: int = 5


@dataclass(frozen=True)
class FirstMention:
    """The first article on a story.

    Attributes:
        days: on the first look at a story, how many days its first article may be older than the newest of all.
    """

    days: int = 3


@dataclass(frozen=True)
class NewTopProvider:
    """An outlet that has more articles than any other, and had not before.

    Attributes:
        days: length of the stretch that is counted, up to the newest article's day.
        articles: fewest articles that it must have.
    """

    days: int = 28
    articles: int = 5


@dataclass(frozen=True)
class QualityDrop:
    """A fall of quality scores beyond noise.

    Attributes:
        days: length of the latest stretch.
        before: length of the one before, which it is held against.
        articles: fewest scored articles in either, copies left out.
    """

    days: int = 7
    before: int = 28
    articles: int = 20


@dataclass(frozen=True)
class CollectionStopped:
    """Nothing new for longer than usual.

    Attributes:
        hours: never said before so many hours without a new record.
        times: nor before so many times the longest usual wait.
    """

    hours: int = 24
    times: int = 2


THRESHOLDS = {
    "burst": Burst,
    "first-mention": FirstMention,
    "new-top-provider": NewTopProvider,
    "quality-drop": QualityDrop,
    "collection-stopped": CollectionStopped,
}
"""Kind of alert -> what can be set of it."""

KINDS = tuple(THRESHOLDS)
_OF_A_QUERY = tuple(kind for kind in KINDS if kind != "collection-stopped")
_OF_EVERYTHING = tuple(kind for kind in KINDS if kind != "first-mention")


@dataclass(frozen=True)
class Followed:
    """What one part of the rules follows.

    Attributes:
        name: what alerts call it.
        query: its text; empty for everything collected.
        story: key of the saved story that it is, if it is one.
        kinds: kinds of alert, some of `KINDS`; all that make sense for it unless given.
        thresholds: kind -> one of the classes of `THRESHOLDS`; their defaults where missing.

    Raises:
        BadRules: an unknown kind, or one that makes no sense for it.
        QueryError: the query cannot be read.
    """

    name: str
    query: str = ""
    story: str | None = None
    kinds: tuple[str, ...] = ()
    thresholds: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parse(self.query)
        for kind in self.kinds:
            if kind not in self.possible:
                raise BadRules(
                    f"alerts of {self.name} must be some of {', '.join(self.possible)}; got {kind!r}"
                )

    @property
    def possible(self) -> tuple[str, ...]:
        """The kinds of alert that make sense for it."""
        return _OF_A_QUERY if self.query else _OF_EVERYTHING

    @property
    def wanted(self) -> tuple[str, ...]:
        """The kinds of alert that are looked for."""
        return self.kinds or self.possible

    @property
    def key(self) -> str:
        """What it is remembered by: its query in normal form, whatever it is called."""
        return str(parse(self.query)) or "everything"

    def threshold(self, kind: str) -> Any:
        """What is set for a kind of alert."""
        return self.thresholds.get(kind) or THRESHOLDS[kind]()


@dataclass(frozen=True)
class Rules:
    """What is watched and where alerts go.

    Attributes:
        followed: of different queries.
        targets: where every alert goes.
    """

    followed: tuple[Followed, ...]
    targets: tuple[Target, ...] = (Terminal(),)


def default_rules(terminal: Terminal | None = None, folders: Sequence[str | Path] = (STORIES,)) -> Rules:
    """The rules without a file: every saved story and everything collected, for all kinds, to the terminal.

    Args:
        terminal: what prints the alerts.
        folders: of saved stories; an earlier one hides a story of the same key in a later one. Of two stories with the
            same query one is followed.

    Raises:
        StoryError: a file there does not hold a story.

    >>> [followed.name for followed in default_rules().followed][-1]
    'Everything collected'
    """
    followed: dict[str, Followed] = {}
    for story in stories(folders):
        one = Followed(story.name, story.query, story.key)
        followed.setdefault(one.key, one)
    return Rules((*followed.values(), Followed("Everything collected")), (terminal or Terminal(),))
