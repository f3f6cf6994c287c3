"""Names as whole numbers: what `frames.coded_of` may give in place of ids, outlets and topics, and back again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Names", "code_dtype", "code_of", "codes", "named"]

Names: TypeAlias = pa.Array | None
"""Names at the places that their codes say, each kind in ascending order; None where nothing is coded."""


def code_dtype(names: Names) -> str:
    """The dtype in which `collect` gives names without writing them: for what is looked up, or asked again.

    >>> code_dtype(None), code_dtype(pa.array(["sky.com"]))
    ('str', 'int64')
    """
    return "str" if names is None else "int64"


def codes(values: Sequence[str], names: Names) -> list[Any]:
    """The values as a frame of `coded_of` has them: themselves, or their codes; without those it cannot have.

    >>> codes(["sky.com"], pa.array(["bbc.com", "sky.com"])), codes(["sky.com"], None)
    ([1], ['sky.com'])
    """
    if names is None:
        return list(values)
    wanted = pc.is_in(names, value_set=pa.array(list(values), names.type))
    places: list[int] = pc.indices_nonzero(wanted).to_pylist()
    return places


def code_of(value: str, names: pa.Array) -> int:
    """The first code of a name, found without reading on; -1 where there is none.

    >>> code_of("sky.com", pa.array(["bbc.com", "sky.com"])), code_of("pa.org", pa.array(["bbc.com"]))
    (1, -1)
    """
    place: int = pc.index(names, pa.scalar(value, names.type)).as_py()
    return place


def named(codes: pd.Series[Any], names: Names) -> pd.Series[Any]:
    """The names that collected codes stand for; names are those already.

    Args:
        codes: collected as `code_dtype`; missing ones make the others floats.
        names: of `coded_of`.

    Returns:
        `str`, same index; missing where the code is.

    >>> named(pd.Series([1, 0]), pa.array(["bbc.com", "sky.com"])).tolist()
    ['sky.com', 'bbc.com']
    """
    if names is None:
        return codes
    missing = codes.isna().to_numpy()
    places = pa.array(codes.fillna(0).to_numpy(dtype=np.int64), mask=missing if missing.any() else None)
    return pd.Series(pd.array(names.take(places), dtype="str"), index=codes.index)
