"""Thrift's compact protocol, in which a Parquet file says what it holds: bytes -> fields and values -> the same bytes.

Nothing is known here of what the fields mean. A struct is a dictionary from the number of a field to its type and
value, in the order in which they stand; a list is the type of its items and the items.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Struct", "read_struct", "write_struct"]

Struct = dict[int, tuple[int, Any]]
"""A field's number -> the type of its value, as the protocol numbers types, and the value."""

_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _STRUCT = 1, 2, 3, 7, 8, 9, 12
_NUMBERS = frozenset({4, 5, 6})  # of 16, 32 and 64 bits, written alike


def read_struct(data: bytes, at: int = 0) -> tuple[Struct, int]:
    """The struct that begins at a place, and where it ends.

    Raises:
        ValueError: it holds what Parquet does not use, a map or a set.
        IndexError: it goes on beyond the end.

    >>> read_struct(bytes([0x15, 4, 0x18, 2, 97, 98, 0]))
    ({1: (5, 2), 2: (8, b'ab')}, 7)
    """
    fields: Struct = {}
    number = 0
    while head := data[at]:
        at += 1
        kind = head & 15
        if head > 15:
            number += head >> 4
        else:
            number, at = _number(data, at)
        if kind in _NUMBERS:
            value = data[at]
            at += 1
            if value < 128:
                fields[number] = (kind, (value >> 1) ^ -(value & 1))
            else:
                value, at = _number(data, at - 1)
                fields[number] = (kind, value)
        elif kind <= _FALSE:
            fields[number] = (kind, None)
        else:
            found, at = _read(data, at, kind)
            fields[number] = (kind, found)
    return fields, at + 1


def write_struct(fields: Struct) -> bytes:
    """A struct as bytes.

    >>> write_struct({1: (5, 2), 2: (8, b"ab")}).hex()
    '15041802616200'
    """
    out = bytearray()
    _write_struct(fields, out)
    return bytes(out)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def _number(data: bytes, at: int) -> tuple[int, int]:
    value, at = _varint(data, at)
    return (value >> 1) ^ -(value & 1), at


def _read(data: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind == _STRUCT:
        return read_struct(data, at)
    if kind == _BINARY:
        length, at = _varint(data, at)
        if at + length > len(data):
            raise IndexError("text goes on beyond the end")
        return data[at : at + length], at + length
    if kind in _NUMBERS:
        return _number(data, at)
    if kind == _LIST:
        return _read_list(data, at)
    if kind in (_TRUE, _FALSE, _BYTE):  # booleans are bytes in lists
        return data[at], at + 1
    if kind == _DOUBLE:
        return data[at : at + 8], at + 8
    raise ValueError(f"expected a type that Parquet uses, got {kind}")


def _read_list(data: bytes, at: int) -> tuple[tuple[int, list[Any]], int]:
    size, kind = data[at] >> 4, data[at] & 15
    at += 1
    if size == 15:
        size, at = _varint(data, at)
    items = []
    for _ in range(size):
        item, at = _read(data, at, kind)
        items.append(item)
    return (kind, items), at


def _put_varint(value: int, out: bytearray) -> None:
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def _write_struct(fields: Struct, out: bytearray) -> None:
    before = 0
    for number, (kind, value) in fields.items():
        step = number - before
        if 0 < step < 16:
            out.append(step << 4 | kind)
        else:
            out.append(kind)
            _put_varint(number << 1, out)
        before = number
        if kind > _FALSE:
            _write(value, kind, out)
    out.append(0)


def _write(value: Any, kind: int, out: bytearray) -> None:
    if kind in _NUMBERS:
        _put_varint(value << 1 if value >= 0 else (-value << 1) - 1, out)
    elif kind == _BINARY:
        _put_varint(len(value), out)
        out += value
    elif kind == _STRUCT:
        _write_struct(value, out)
    elif kind == _LIST:
        _write_list(value, out)
    elif kind == _DOUBLE:
        out += value
    else:
        out.append(value)


def _write_list(value: tuple[int, list[Any]], out: bytearray) -> None:
    kind, items = value
    if len(items) < 15:
        out.append(len(items) << 4 | kind)
    else:
        out.append(15 << 4 | kind)
        _put_varint(len(items), out)
    for item in items:
        _write(item, kind, out)
