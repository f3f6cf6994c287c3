"""A frame whose every value a file can hold: lists as JSON, fractions as text."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pandas as pd

__all__ = ["flat"]


def flat(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with lists and tuples as JSON text, fractions as text, and everything else as it is.

    >>> flat(pd.DataFrame({"a": [("x", "y")], "b": [Fraction(1, 3)], "c": [1]})).to_numpy().tolist()
    [['["x", "y"]', '1/3', 1]]
    """
    columns = {
        name: values.map(_text).astype("str") if values.dtype == object else values
        for name, values in frame.items()
    }
    return pd.DataFrame(columns, columns=frame.columns)


def _text(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return json.dumps(list(value), ensure_ascii=False)
    return str(value) if isinstance(value, Fraction) else value
