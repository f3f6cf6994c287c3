"""The digest of a table: the same for the same rows, however they were batched, compressed or written."""

from __future__ import annotations

import hashlib

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["TableDigest"]


class TableDigest:
    """BLAKE2b over the schema and, column by column, the lengths and the content of the values; a null has length -1.

    >>> rows = pa.table({"a": ["x", None, "z"]})
    >>> whole, parts = TableDigest(rows.schema), TableDigest(rows.schema)
    >>> whole.update(rows)
    >>> parts.update(rows.slice(0, 1))
    >>> parts.update(rows.slice(1))
    >>> whole.hexdigest() == parts.hexdigest()
    True
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._lengths = [hashlib.blake2b(digest_size=16) for _ in schema]
        self._contents = [hashlib.blake2b(digest_size=16) for _ in schema]
        self.n_rows = 0

    def update(self, rows: pa.Table | pa.RecordBatch) -> None:
        """Add rows after those added before."""
        for place, column in enumerate(rows.columns):
            for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
                self._add(place, chunk)
        self.n_rows += rows.num_rows

    def hexdigest(self) -> str:
        """The digest so far, 32 hexadecimal digits."""
        whole = hashlib.blake2b(f"{self.n_rows}".encode(), digest_size=16)
        for field, lengths, contents in zip(self._schema, self._lengths, self._contents, strict=True):
            whole.update(f";{field.name}:{field.type}:{lengths.hexdigest()}:{contents.hexdigest()}".encode())
        return whole.hexdigest()

    def _add(self, place: int, values: pa.Array) -> None:
        if pa.types.is_list(values.type):
            self._count(place, pc.list_value_length(values))
            self._add(place, values.flatten())
        elif pa.types.is_string(values.type):
            self._count(place, pc.binary_length(values))
            self._contents[place].update("".join(values.drop_null().to_pylist()).encode())
        else:
            self._count(place, pc.if_else(values.is_valid(), 1, None))
            self._contents[place].update(_words(values.drop_null()))

    def _count(self, place: int, lengths: pa.Array) -> None:
        numbers = pc.fill_null(lengths.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
        self._lengths[place].update(numbers.astype("<i8").tobytes())


def _words(values: pa.Array) -> bytes:
    """Numbers, times and booleans as little-endian words of eight bytes."""
    kind = "<f8" if pa.types.is_floating(values.type) else "<i8"
    plain = values if kind == "<f8" else values.cast(pa.int64())
    return bytes(plain.to_numpy(zero_copy_only=False).astype(kind).tobytes())
