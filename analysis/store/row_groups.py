"""Row groups of Parquet files, put together in a new file as they lie on disk: nothing of them is decoded.

A Parquet file is groups of rows, one after another, and a foot that says where the columns of each begin. So a file of
which few groups are written anew costs those groups, and the copying of the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.store.thrift import Struct, read_struct, write_struct

if TYPE_CHECKING:
    import duckdb  # a build of unchanged files does without

__all__ = ["RowGroup", "Unusual", "read_groups", "rows_together", "write_groups", "write_rows"]

# All that belongs to a group lies in one piece.
_WRITTEN = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, WRITE_BLOOM_FILTER false"
_FEW_ROWS, _MANY_ROWS = 2_048, 50_000  # of a row group; DuckDB does not write fewer
_MOST_GROUPS = 256  # of a table, where this gives groups between few rows and many
_MAGIC = b"PAR1"
_AT_ONCE = 2**20  # bytes
# Fields of the foot, by their numbers in the format; the first two lists stand in groups, the last in columns.
_SCHEMA, _N_ROWS, _GROUPS = 2, 3, 4
_COLUMNS, _GROUP_BYTES, _GROUP_ROWS, _GROUP_OFFSET, _PACKED_BYTES, _ORDINAL = 1, 2, 3, 5, 6, 7
_COLUMN_OFFSET, _COLUMN = 2, 3
_COLUMN_BYTES, _PAGES, _INDEX, _WORDS, _STATISTICS = 7, 9, 10, 11, 12
_HIGHEST, _LOWEST = 5, 6
_ELSEWHERE = {4, 6}  # of a column: places of indexes, which lie apart from the group
_BLOOM = 14


class Unusual(ValueError):
    """A Parquet file is not as a build writes it."""


class RowGroup(NamedTuple):
    """A group of rows: in which file, where it lies there, and the least and greatest value of its first column."""

    path: Path
    start: int
    n_bytes: int
    n_rows: int
    lowest: bytes
    highest: bytes
    head: Struct
    foot: Struct
    """Of the whole file."""


def rows_together(n_rows: int) -> int:
    """How many rows make a group of a table: so few that a change of some rows writes a small part of the table anew.

    >>> rows_together(1_000), rows_together(10**6), rows_together(10**8)
    (2048, 4096, 50000)
    """
    return min(_MANY_ROWS, -(-max(n_rows, 1) // (_MOST_GROUPS * _FEW_ROWS)) * _FEW_ROWS)


def write_rows(con: duckdb.DuckDBPyConnection, query: str, path: Path, n_rows: int) -> None:
    """Write the rows of a query as a file.

    Args:
        con: a connection.
        query: gives the rows in their order.
        path: the file.
        n_rows: rows of a group, or a few more.
    """
    quoted = str(path).replace("'", "''")
    con.execute(f"COPY ({query}) TO '{quoted}' ({_WRITTEN}, ROW_GROUP_SIZE {n_rows})")


def read_groups(path: Path) -> list[RowGroup]:
    """The row groups of a file, in their order.

    Raises:
        Unusual: the file is damaged, or was not written by a build.
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - 8))
        last = stream.read()
        length = int.from_bytes(last[:4], "little")
        if last[4:] != _MAGIC or length + 12 > size:
            raise Unusual(f"{path} does not end as Parquet does")
        stream.seek(size - 8 - length)
        data = stream.read(length)
    try:
        foot, _ = read_struct(data)
        return [_group(path, head, foot) for head in foot[_GROUPS][1][1]]
    except (ValueError, LookupError, TypeError) as error:
        raise Unusual(f"{path} has row groups that a build does not write: {error!r}") from error


def _group(path: Path, head: Struct, foot: Struct) -> RowGroup:
    """A group, if its columns lie one after another and the least and greatest value of the first one are known."""
    columns = head[_COLUMNS][1][1]
    start = end = _begins(columns[0][_COLUMN][1])
    for column in columns:
        told = column[_COLUMN][1]
        if _begins(told) != end or _BLOOM in told or _ELSEWHERE & column.keys():
            raise Unusual(f"{path} has columns apart from their row group")
        end += told[_COLUMN_BYTES][1]
    bounds = columns[0][_COLUMN][1][_STATISTICS][1]
    lowest, highest = (bounds[each][1] for each in (_LOWEST, _HIGHEST))
    return RowGroup(path, start, end - start, head[_GROUP_ROWS][1], lowest, highest, head, foot)


def _begins(column: Struct) -> int:
    place: int = min(column[field][1] for field in (_WORDS, _PAGES) if field in column)
    return place


def write_groups(path: Path, groups: Sequence[RowGroup]) -> tuple[int, str]:
    """Write row groups of one schema, one at least, as a file; returns its size and BLAKE2b, 32 hexadecimal digits.

    Raises:
        Unusual: the groups are not of one schema.

    >>> import tempfile
    >>> import duckdb
    >>> folder = Path(tempfile.mkdtemp())
    >>> for number in "12":
    ...     write_rows(duckdb, f"SELECT 'a{number}' AS id", folder / f"{number}.parquet", 1)
    >>> _ = write_groups(folder / "both", [read_groups(folder / f"{n}.parquet")[0] for n in "21"])
    >>> duckdb.execute(f"FROM read_parquet('{folder}/both')").fetchall()
    [('a2',), ('a1',)]
    """
    foot = groups[0].foot
    if any(group.foot is not foot and group.foot[_SCHEMA] != foot[_SCHEMA] for group in groups):
        raise Unusual(f"{path} cannot hold row groups of several schemas")
    heads: list[Struct] = []
    place = len(_MAGIC)
    for group in groups:
        heads.append(_moved(group.head, place - group.start, len(heads)))
        place += group.n_bytes
    n_rows = sum(group.n_rows for group in groups)
    told = write_struct({**foot, _N_ROWS: (foot[_N_ROWS][0], n_rows), _GROUPS: (9, (12, heads))})
    whole, last = hashlib.blake2b(digest_size=16), told + len(told).to_bytes(4, "little") + _MAGIC
    with path.open("wb") as out:
        for data in chain([_MAGIC], _bytes(groups), [last]):
            whole.update(data)
            out.write(data)
    return place + len(last), whole.hexdigest()


def _bytes(groups: Sequence[RowGroup]) -> Iterator[bytes]:
    """What lies in row groups; those that lie together in a file are read together."""
    runs: list[tuple[Path, int, int]] = []
    for group in groups:
        if runs and runs[-1][0] == group.path and sum(runs[-1][1:]) == group.start:
            runs[-1] = (group.path, runs[-1][1], runs[-1][2] + group.n_bytes)
        else:
            runs.append((group.path, group.start, group.n_bytes))
    for path, start, n_bytes in runs:
        left = n_bytes
        with path.open("rb", buffering=0) as stream:
            stream.seek(start)
            while left:
                data = stream.read(min(left, _AT_ONCE))
                if not data:
                    raise Unusual(f"{path} ends before its row groups do")
                left -= len(data)
                yield data


def _moved(head: Struct, by: int, number: int) -> Struct:
    """What the foot says of a group that lies elsewhere, as the group of another number."""

    def shifted(fields: Struct, *places: int) -> Struct:
        there = {
            each: (fields[each][0], fields[each][1] + by) for each in places if fields.get(each, (0, 0))[1]
        }
        return {**fields, **there}

    kind, columns = head[_COLUMNS][1]
    moved: list[Any] = []
    for column in columns:
        told = shifted(column[_COLUMN][1], _PAGES, _INDEX, _WORDS)
        moved.append({**shifted(column, _COLUMN_OFFSET), _COLUMN: (12, told)})
    there = {**shifted(head, _GROUP_OFFSET), _COLUMNS: (9, (kind, moved))}
    if _ORDINAL in there:
        there[_ORDINAL] = (there[_ORDINAL][0], number)
    return there
