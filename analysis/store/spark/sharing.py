"""Stages -> shares: what is staged of each article, brought together, so that shares can be settled apart.

An article belongs to the share that its id, a hash, falls into. With it goes every statement on it and every record of
it. Two things lead from share to share, and are sent in little: a record lists articles of other shares, of which their
ids will do; and a statement is listed by records of other shares, of which the ids of their articles will do. Both are
staged as statements that say nothing but their `article_id`: strangers, left out of what the share gives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

from analysis.records import SourceFile
from analysis.store.stages import StagedFile, Stages
from analysis.tables.staging import BETWEEN, BETWEEN_ITEMS, COLUMNS, Staging

__all__ = ["Parcel", "Share", "open_parcels", "share_of"]

_FACT = tuple(COLUMNS["facts"])
_KEY, _ARTICLE = _FACT.index("fact_key"), _FACT.index("article_id")
_PROVIDER, _NAME = _FACT.index("provider_id"), _FACT.index("provider_name")
_SILENT = BETWEEN * (len(_FACT) - 1 - _ARTICLE)
_STRANGER = "@"  # begins the id of an article of another share, which is hexadecimal as keys are
_BYTES = 32 * 2**20  # of parcels staged together


@dataclass
class Parcel:
    """What a stage holds for one share: lines as in stages, but with keys of statements in place of their numbers."""

    facts: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    records: list[tuple[str, str, str, str, str, list[str]]] = field(default_factory=list)
    listings: list[tuple[str, list[str]]] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


def share_of(article: str, n_shares: int) -> int:
    """The share of an article, by its id.

    >>> share_of("7fffffffffffffffffff", 4), share_of("80000000000000000000", 4)
    (1, 2)
    """
    return int(article[:8], 16) * n_shares >> 32


def open_parcels(folder: Path, live: Mapping[str, str], n_shares: int) -> Iterator[tuple[int, Parcel]]:
    """What one stage holds for each share.

    Args:
        folder: of the stage.
        live: the files of it that count, by their numbers as text: their paths as the tables are to show them.
        n_shares: how many shares there are.
    """
    stage = _Opened(folder, n_shares)
    for line in _lines(folder, "records"):
        _, file, *rest = line.split(BETWEEN)
        if file in live:
            stage.add_record(live[file], *rest)
    stage.add_statements()
    for line in _lines(folder, "problems"):
        _, file, said = line.split(BETWEEN, 2)
        if file in live:
            share = crc32(live[file].encode("utf-8", "replace")) * n_shares >> 32
            stage.parcels[share].problems.append((live[file], said))
    yield from stage.parcels.items()


class _Opened:
    """A stage on its way into parcels: its statements, by their numbers, and the share of each."""

    def __init__(self, folder: Path, n_shares: int) -> None:
        self.parcels: defaultdict[int, Parcel] = defaultdict(Parcel)
        self._folder = folder
        self._facts = [line.split(BETWEEN, _ARTICLE + 1) for line in _lines(folder, "facts")]
        self._shares = [share_of(fact[_ARTICLE], n_shares) for fact in self._facts]
        self._used = set[int]()

    def add_record(self, path: str, entry: str, said: str, topics: str, tags: str, related: str) -> None:
        """Put a record into the share of its article, and what it lists into theirs."""
        facts, shares, own = self._facts, self._shares, int(said)
        listed = [int(number) for number in related.split(BETWEEN_ITEMS) if number]
        self._used.add(own)
        self._used.update(listed)
        names, abroad = [], defaultdict[int, list[str]](list)
        for number in listed:
            if shares[number] == shares[own]:
                names.append(facts[number][_KEY])
            else:
                names.append(_STRANGER + facts[number][_ARTICLE])
                abroad[shares[number]].append(facts[number][_KEY])
        self.parcels[shares[own]].records.append((path, entry, facts[own][_KEY], topics, tags, names))
        for share, keys in abroad.items():
            self.parcels[share].listings.append((facts[own][_ARTICLE], keys))

    def add_statements(self) -> None:
        """Put what the records use into the shares of the articles."""
        for number in sorted(self._used):
            self.parcels[self._shares[number]].facts.append(BETWEEN.join(self._facts[number][_KEY:]))
        for line in _lines(self._folder, "pictures"):
            _, fact, rest = line.split(BETWEEN, 2)
            number = int(fact)
            if number in self._used:
                picture = f"{self._facts[number][_KEY]}{BETWEEN}{rest}"
                self.parcels[self._shares[number]].pictures.append(picture)


def _lines(folder: Path, name: str) -> list[str]:
    return (folder / f"{name}.txt").read_bytes().decode("utf-8").split("\n")[:-1]


class Share:
    """A share of the articles, staged from parcels on disk of the worker that settles it.

    Attributes:
        strangers: articles of other shares that it knows by their ids.
        names: how often each statement is used, by provider and what it calls it.
        live: what `Stages.open` takes.
    """

    def __init__(self, folder: Path) -> None:
        self.stages = Stages(folder)
        self.stages.prepare()
        self.strangers: set[str] = set()
        self.names: dict[tuple[str, str], int] = {}
        self.live: list[tuple[StagedFile, str]] = []

    def add(self, parcels: Iterable[Parcel]) -> None:
        """Stage parcels, as many together as fit into memory with ease."""
        batch, size = _Batch(self, 1), 0
        for parcel in parcels:
            batch.add(parcel)
            size += sum(map(len, parcel.facts)) + 64 * len(parcel.listings) + 256 * len(parcel.records)
            if size >= _BYTES:
                self.stages.write(batch.staging)
                batch, size = _Batch(self, batch.staging.stage + 1), 0
        if batch.staging.files:
            self.stages.write(batch.staging)


class _Batch:
    """Parcels that become one stage."""

    def __init__(self, share: Share, stage: int) -> None:
        self.share, self.staging = share, Staging(stage, "")
        self._numbers: dict[str, int] = {}
        self._outlets: dict[str, tuple[str, str]] = {}
        self._files: dict[str, int] = {}

    def add(self, parcel: Parcel) -> None:
        numbers = self._numbers
        added = set[str]()
        for line in parcel.facts:
            key = line.split(BETWEEN, 1)[0]
            if key not in numbers:
                self._fact(key, line)
                added.add(key)
        for line in parcel.pictures:
            key, rest = line.split(BETWEEN, 1)
            if key in added:
                self._put("pictures", str(numbers[key]), rest)
        for path, entry, said, topics, tags, related in parcel.records:
            self._use(said)
            listed = BETWEEN_ITEMS.join(str(self._listed(name)) for name in related)
            self._put("records", self._file(path), entry, str(numbers[said]), topics, tags, listed)
        for article, keys in parcel.listings:
            listed = BETWEEN_ITEMS.join(str(self._listed(key)) for key in keys)
            own = str(self._listed(_STRANGER + article))
            self._put("records", self._file(""), "0", own, "", "", listed)
        for path, rest in parcel.problems:
            self._put("problems", self._file(path), rest)

    def _fact(self, key: str, line: str) -> None:
        number = self._numbers[key] = len(self._numbers)
        self._put("facts", str(number), line)
        if not key.startswith(_STRANGER):
            values = line.split(BETWEEN, _NAME - _KEY + 1)
            self._outlets[key] = (values[_PROVIDER - _KEY], values[_NAME - _KEY])

    def _listed(self, name: str) -> int:
        """The number of a statement that is listed, or of a stranger."""
        if not name.startswith(_STRANGER):
            self._use(name)
        elif name not in self._numbers:
            article = name.removeprefix(_STRANGER)
            self.share.strangers.add(article)
            self._fact(name, f"{name}{BETWEEN}{article}{_SILENT}")
        return self._numbers[name]

    def _use(self, key: str) -> None:
        outlet = self._outlets[key]
        if outlet[1]:
            self.share.names[outlet] = self.share.names.get(outlet, 0) + 1

    def _file(self, path: str) -> str:
        number = self._files.get(path)
        if number is None:
            number = self._files[path] = len(self._files)
            file = SourceFile(path, 0, 0)
            self.staging.files.append(("", path.encode("utf-8", "replace").decode(), 0, 0, "", 0, 0, 0))
            self.share.live.append((StagedFile(self.staging.stage, number, file, "", 0, 0, 0), path))
        return str(number)

    def _put(self, name: str, *values: str) -> None:
        self.staging.lines[name].append(BETWEEN.join((str(self.staging.stage), *values)))
