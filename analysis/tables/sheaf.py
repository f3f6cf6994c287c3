"""Files gathered until there are many, and staged together: what is usual column by column, the rest one by one."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple, cast

from analysis.records import Problem, Reader, Reading, SourceFile, fast
from analysis.records.frontmatter import healthy_text
from analysis.tables.columns import Statement, statements
from analysis.tables.staging import Staging

__all__ = ["Sheaf"]

_MANY = 128  # files that are staged together
_MANY_BYTES = 8 * 2**20
_WAITS, _UNUSUAL = "", "-"  # in place of a number: nobody has listed it yet; the plain path has to read it


class _Waiting(NamedTuple):
    """A file that waits: its content, and what it holds where its form is usual: a head, and numbers of items."""

    file: SourceFile
    data: bytes | Problem
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
        self._items: dict[bytes, int] = {}  # distinct related items, by number
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
        head: bytes | None = None
        items: list[int] = []
        if not isinstance(data, Problem):
            self._n_bytes += len(data)
            text = _between_dashes(data) if Reader.is_markdown(file.path) else None
            if text is not None:
                head, items = self._split(text)
        self._waiting.append(_Waiting(file, data, head, items))
        if len(self._waiting) >= _MANY or self._n_bytes >= _MANY_BYTES:
            self._stage()

    def _split(self, text: bytes) -> tuple[bytes, list[int]]:
        """The head of front matter, and the numbers of the items that it lists."""
        found = fast.split_related(text, self._items)
        if not found:
            return text, []
        head, items, known = found
        if None in known:
            known = [
                self._new(item) if number is None else number
                for item, number in zip(items, known, strict=True)
            ]
        return head, cast("list[int]", known)

    def _new(self, item: bytes) -> int:
        return self._items.setdefault(item, len(self._items))

    def staged(self) -> Staging:
        """The stage, with all files that were given."""
        self._stage()
        return self._staging

    def _stage(self) -> None:
        waiting, self._waiting, self._n_bytes = self._waiting, [], 0
        heads = _texts(each.head for each in waiting if each.head is not None)
        items = [_dedented(text) for text in _texts(islice(self._items, len(self._said), None))]
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
            self._staging.add_usual(each.file, each.data, own, listed)
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
