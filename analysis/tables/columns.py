"""Python values -> Arrow columns, straight into Arrow's buffers.

`pyarrow.array` and `to_numpy` import pandas, which costs a build more time and memory than reading a thousand records.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

__all__ = ["column", "fitted", "lengths_and_content", "table"]

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_NUMBERS = {pa.int32(): "<i4", pa.int64(): "<i8", pa.float64(): "<f8"}


def table(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    """Rows as an Arrow table; values as `column` takes them.

    >>> table([("a", 1), (None, 2)], pa.schema([("x", pa.string()), ("y", pa.int64())])).to_pylist()
    [{'x': 'a', 'y': 1}, {'x': None, 'y': 2}]
    """
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [column(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Values as an Arrow array; None is null.

    Args:
        values: str, float, int, bool or datetime with zone, as `kind` asks; sequences of them for lists; tuples for
            structs, in the order of their fields.
        kind: string, int32, int64, float64, bool, timestamp in microseconds, or a list or struct of these.

    >>> column(["Zürich", None, ""], pa.string()).to_pylist()
    ['Zürich', None, '']
    >>> column([["a", "b"], []], pa.list_(pa.string())).to_pylist()
    [['a', 'b'], []]
    """
    valid = _bits([value is not None for value in values]) if None in values else None
    buffers: list[pa.Buffer | None]
    children = None
    if pa.types.is_string(kind):
        encoded = [b"" if value is None else value.encode() for value in values]
        buffers = [valid, _offsets(map(len, encoded)), pa.py_buffer(b"".join(encoded))]
    elif pa.types.is_list(kind):
        lists = [value or () for value in values]
        buffers = [valid, _offsets(map(len, lists))]
        children = [column(list(chain.from_iterable(lists)), kind.value_type)]
    elif pa.types.is_struct(kind):
        buffers = [valid]
        fields = list(zip(*values, strict=True)) if values else [()] * kind.num_fields
        children = [column(field, kind.field(place).type) for place, field in enumerate(fields)]
    elif pa.types.is_boolean(kind):
        buffers = [valid, _bits([bool(value) for value in values])]
    elif pa.types.is_timestamp(kind):
        moments = [0 if value is None else (value - _EPOCH) // _MICROSECOND for value in values]
        buffers = [valid, pa.py_buffer(np.array(moments, "<i8"))]
    else:
        numbers = np.array([0 if value is None else value for value in values], _NUMBERS[kind])
        buffers = [valid, pa.py_buffer(numbers)]
    return pa.Array.from_buffers(kind, len(values), buffers, children=children)


def lengths_and_content(values: pa.Array) -> tuple[bytes, pa.Array | bytes]:
    """How long each value is, -1 for null and 1 for what is no text or list; and what the values hold, nulls left out.

    Returns:
        Lengths as int64; and UTF-8 text, the values of lists as an Arrow array, or numbers, times and booleans as
        float64 or int64; all of it little-endian.

    >>> lengths, content = lengths_and_content(column(["ab", None, ""], pa.string()))
    >>> np.frombuffer(lengths, "<i8").tolist(), content
    ([2, -1, 0], b'ab')
    """
    count, start = len(values), values.offset
    bitmap, *rest = values.buffers()[:3]
    valid = np.ones(count, bool) if bitmap is None else _unpacked(bitmap, start, count)
    if pa.types.is_string(values.type) or pa.types.is_list(values.type):
        offsets = np.frombuffer(rest[0], "<i4", count + 1, start * 4) if count else np.zeros(1, "<i4")
        lengths = np.where(valid, np.diff(offsets), -1).astype("<i8")
        first, last = int(offsets[0]), int(offsets[-1])
        tidy = last - first == lengths[valid].sum()  # Arrow allows nulls to have content
        if pa.types.is_list(values.type):
            return lengths.tobytes(), values.values[first:last] if tidy else values.flatten()
        if tidy:
            return lengths.tobytes(), bytes(memoryview(rest[1])[first:last]) if rest[1] else b""
        return lengths.tobytes(), b"".join(text.as_py().encode() for text in values if text.is_valid)
    lengths = np.where(valid, 1, -1).astype("<i8")
    if pa.types.is_boolean(values.type):
        numbers = _unpacked(rest[0], start, count)
    else:
        kind = np.dtype("<f8" if pa.types.is_floating(values.type) else f"<i{values.type.bit_width // 8}")
        numbers = np.frombuffer(rest[0], kind, count, start * kind.itemsize) if count else np.zeros(0, kind)
    wide = numbers[valid].astype("<f8" if pa.types.is_floating(values.type) else "<i8")
    return lengths.tobytes(), wide.tobytes()


def fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.Table:
    """A batch under a schema of the same types, whatever names the batch has for the elements of lists."""
    arrays = [
        pa.Array.from_buffers(
            field.type, len(values), values.buffers()[:2], offset=values.offset, children=[values.values]
        )
        if pa.types.is_list(field.type)
        else values
        for values, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _offsets(lengths: Any) -> pa.Buffer:
    ends = np.cumsum(np.fromiter(lengths, "<i8"))
    return pa.py_buffer(np.concatenate([[0], ends]).astype("<i4"))


def _bits(flags: Sequence[bool]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(np.array(flags, bool), bitorder="little"))


def _unpacked(bitmap: pa.Buffer, start: int, count: int) -> np.ndarray:
    bits = np.unpackbits(np.frombuffer(bitmap, np.uint8), bitorder="little")
    return bits[start : start + count].astype(bool)
