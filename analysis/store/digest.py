"""The digest of a table: the same for the same rows, however they were batched, compressed or written."""

from __future__ import annotations

import hashlib

import pyarrow as pa

from analysis.tables.columns import lengths_and_content

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
        self._inner = [hashlib.blake2b(digest_size=16) for _ in schema]  # lengths of what lists hold
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
        for place, field in enumerate(self._schema):
            hashes = [self._lengths[place], self._contents[place]]
            if pa.types.is_list(field.type):
                hashes.append(self._inner[place])
            said = ":".join(each.hexdigest() for each in hashes)
            whole.update(f";{field.name}:{field.type}:{said}".encode())
        return whole.hexdigest()

    def _add(self, place: int, values: pa.Array) -> None:
        lengths, content = lengths_and_content(values)
        self._lengths[place].update(lengths)
        if isinstance(content, pa.Array):  # a list of texts
            lengths, content = lengths_and_content(content)
            self._inner[place].update(lengths)
        self._contents[place].update(content)
