"""The four counting bases: what one unit of coverage is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.measures.frames import Frame, one_of, present
from analysis.measures.numbers import Numbers, times_of

__all__ = ["BASES", "basis_needs", "copies", "count", "count_coded"]

Ints = npt.NDArray[np.integer[Any]]
Mask = npt.NDArray[np.bool_]

BASES = ("articles", "originals", "events", "providers")
_NEEDS = {
    "articles": frozenset[str](),
    "originals": frozenset({"is_original"}),
    "events": frozenset({"article_id", "event_id"}),
    "providers": frozenset({"provider_id"}),
}


def basis_needs(basis: str) -> frozenset[str]:
    """The columns of `articles` that a basis counts by.

    Raises:
        BadOption: an unknown basis.

    >>> sorted(basis_needs("events"))
    ['article_id', 'event_id']
    """
    return _NEEDS[one_of("basis", basis, BASES)]


def count(frame: Frame, basis: str, keys: Sequence[str], into: str = "n") -> Frame:
    """How much coverage each group of rows is.

    `articles`: rows. `originals`: texts, each where its original stands; an article whose copies were not looked
    for counts as one. `events`: distinct events; an article without one is an event of its own. `providers`:
    distinct outlets. The last two of several groups do not add up to those of all.

    Args:
        frame: has the columns of `basis_needs` and the keys.
        basis: one of `BASES`.
        keys: columns to group by.
        into: name of the count.

    Returns:
        One row a group: keys and count.

    >>> import pandas as pd
    >>> articles = pd.DataFrame({"provider_id": ["sky.com", "sky.com"], "day": 1})
    >>> count(nw.from_native(articles).lazy(), "providers", ["day"]).collect().to_native()
       day  n
    0    1  1
    """
    # The unit is a column before the rows are grouped: pandas groups fast only by plain sums and counts of columns.
    match one_of("basis", basis, BASES):
        case "originals":
            unit, total = (~copies()).cast(nw.Int64()), nw.col("_unit").sum()
        case "events":
            unit, total = nw.coalesce(nw.col("event_id"), nw.col("article_id")), nw.col("_unit").n_unique()
        case "providers":
            unit, total = nw.col("provider_id"), nw.col("_unit").n_unique()
        case _:
            unit, total = nw.lit(1), nw.len()
    return frame.with_columns(unit.alias("_unit")).group_by(*keys).agg(total.alias(into))


def count_coded(articles: Numbers, basis: str, chosen: Mask, **keys: Ints) -> pd.DataFrame:
    """The same of articles that a corpus holds as numbers.

    Args:
        articles: has the columns of `basis_needs`.
        basis: one of `BASES`.
        chosen: which articles to count.
        keys: of these, numbers not below 0 to group by.

    Returns:
        One row a group, in order: keys and `n`.

    >>> import pyarrow as pa
    >>> articles = Numbers(pa.table({"provider_id": pa.array([0, 0, 1], pa.int32())}), pa.array(["bbc.com", "sky.com"]))
    >>> chosen = np.array([True, True, False])
    >>> count_coded(articles, "providers", chosen, day=np.array([1, 1])).to_numpy().tolist()
    [[1, 1]]
    """
    match one_of("basis", basis, BASES):
        case "originals":
            own = ~articles.equal("is_original", value=False)[chosen]
            found = times_of(**keys, _own=own.astype(np.int64))
            found["n"] = found["times"] * found["_own"]  # a group of copies only is one, of none
            return found.groupby(list(keys))["n"].sum().reset_index()
        case "events":
            event, article = articles.ints("event_id")[chosen], articles.ints("article_id")[chosen]
            keys = _distinct(keys, np.where(event < 0, article, event))
        case "providers":
            keys = _distinct(keys, articles.ints("provider_id")[chosen])
    return times_of(**keys).rename(columns={"times": "n"})


def _distinct(keys: Mapping[str, Ints], unit: Ints) -> dict[str, Ints]:
    """The keys of every different unit."""
    found = times_of(**keys, _unit=unit)
    return {name: found[name].to_numpy() for name in keys}


def copies() -> nw.Expr:
    """Whether an article is known to be a copy."""
    return present(~nw.col("is_original"))
