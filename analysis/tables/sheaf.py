"""Files gathered until there are many, and staged together: what is usual column by column, the rest one by one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from analysis.records import Problem, Reader, Reading, SourceFile, fast
from analysis.records.content import BEGIN, content_digest, digest_of_parts, item_hash
from analysis.records.frontmatter import healthy_text
from analysis.records.items import Cut, Items
from analysis.tables.columns import Statement, statements
from analysis.tables.staging import Staging

__all__ = ["Sheaf"]

_MANY = 128  # files that are staged together
_MANY_BYTES = 8 * 2**20
_WAITS, _UNUSUAL = "", "-"  # in place of a number: nobody has listed it yet; the plain path has to read it
_NONE: list[int] = []


class _Waiting(NamedTuple):
    """A file that waits: its content, and where its form is usual the digest, head and numbers of items."""

    file: SourceFile
    data: bytes | Problem
    digest: str
    head: bytes | None
    items: list[int]


class Sheaf:
    r"""Stages files in their order; what it stages is what `Staging.add` would stage of what `Reader.read` gives.

    >>> sheaf = Sheaf(Staging(1, "/news"), Reader())
    >>> data = b"---\nwebUrl: https://sky.com/a\ntitle: Ban\npublishedDateTime: 2021-08-23\n---\n"
    >>> sheaf.add(SourceFile("a.md", len(data), 0), data)
    >>> len(sheaf.staged().lines["records"])
    1
    """

    def __init__(self, staging: Staging, reader: Reader) -> None:
        self._staging, self._reader = staging, reader
        self._waiting: list[_Waiting] = []
        self._n_bytes = 0
        self._items = Items()
        self._hashes: list[bytes] = []  # of each item
        self._said: list[
            Statement | None
        ] = []  # of each item but the newest; None for the plain path to read
        self._numbers: list[str] = []  # of what each item says in the stage

    @property
    def root(self) -> str:
        """The source's folder."""
        return self._staging.root

    @property
    def n_files(self) -> int:
        """Files given so far."""
        return len(self._staging.files) + len(self._waiting)

    @property
    def n_bytes(self) -> int:
        """Bytes kept in memory, nearly."""
        return self._staging.n_bytes + self._n_bytes

    def add(self, file: SourceFile, data: bytes | Problem) -> None:
        """Take a file, or the problem that it cannot be had."""
        digest, items = "", _NONE
        head: bytes | None = None
        if not isinstance(data, Problem):
            self._n_bytes += len(data)
            text = _between_dashes(data) if Reader.is_markdown(file.path) else None
            if text is not None:
                cut = self._items.cut(text)
                head, items = (cut.head, cut.items) if cut else (text, _NONE)
                digest = self._digest(data, cut) if cut else content_digest(data)
        self._waiting.append(_Waiting(file, data, digest, head, items))
        if len(self._waiting) >= _MANY or self._n_bytes >= _MANY_BYTES:
            self._stage()

    def _digest(self, data: bytes, cut: Cut) -> str:
        """The digest of a file whose front matter is cut; the last item is hashed with all that follows it."""
        hashes = self._hashes
        hashes += map(item_hash, self._items.since(len(hashes)))
        known = list(map(hashes.__getitem__, cut.items[:-1]))
        return digest_of_parts(data[: cut.first + BEGIN], known, data[cut.last + BEGIN :])

    def staged(self) -> Staging:
        """The stage, with all files that were given."""
        self._stage()
        return self._staging

    def _stage(self) -> None:
        waiting, self._waiting, self._n_bytes = self._waiting, [], 0
        heads = _texts(each.head for each in waiting if each.head is not None)
        items = [_dedented(text) for text in _texts(self._items.since(len(self._said)))]
        said = iter(_said([*heads, *items]))
        own = [next(said) if each.head is not None else None for each in waiting]
        self._said += said
        self._numbers += [_WAITS if one else _UNUSUAL for one in self._said[len(self._numbers) :]]
        for each, statement in zip(waiting, own, strict=True):
            self._stage_one(each, statement)

    def _stage_one(self, each: _Waiting, own: Statement | None) -> None:
        if isinstance(each.data, Problem):
            self._staging.add(each.file, b"", Reading([], [each.data]))
            return
        listed = list(map(self._numbers.__getitem__, each.items))
        if own and own.is_whole and _UNUSUAL not in listed:
            if _WAITS in listed:
                known = zip(each.items, listed, strict=True)
                listed = [self._number(item) if number == _WAITS else number for item, number in known]
            self._staging.add_usual(each.file, each.digest, own, listed)
        else:
            self._staging.add(each.file, each.data, self._reader.read(each.file.path, each.data))

    def _number(self, item: int) -> str:
        """The number of what an item says in the stage, which it gets when a record is staged that lists it."""
        said = self._said[item]
        if said:
            self._numbers[item] = str(self._staging.state(said.line, said.pictures, said.folded))
            self._said[item] = None  # its room is wanted
        return self._numbers[item]


def _between_dashes(data: bytes) -> bytes | None:
    """The front matter of a file that is nothing else; None for one that is, or that has to be looked at."""
    if not data.startswith(b"---\n"):
        return None
    if data.endswith(b"\n---\n"):
        return data[4:-5]
    whole = data.rstrip(b" \t\n")
    return whole[4:-4] if whole.endswith(b"\n---") else None


def _said(texts: list[str | None]) -> list[Statement | None]:
    usual = iter(fast.many_lines([text for text in texts if text is not None]))
    return statements([None if text is None else next(usual) for text in texts])


def _texts(parts: Iterable[bytes]) -> list[str | None]:
    """Parts of records as text; None for one that needs repair."""
    return [healthy_text(part) for part in parts]


def _dedented(text: str | None) -> str | None:
    try:
        return None if text is None else fast.dedented(text)
    except fast.Unusual:
        return None
