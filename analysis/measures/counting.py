"""The four counting bases: what one unit of coverage is."""

from __future__ import annotations

import narwhals as nw

from analysis.measures.frames import one_of, present

__all__ = ["BASES", "basis_needs", "copies", "count_of"]

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


def count_of(basis: str) -> nw.Expr:
    """How much coverage the rows of a group are, as an aggregation.

    `articles`: rows. `originals`: texts, each where its original stands; an article whose copies were not looked
    for counts as one. `events`: distinct events; an article without one is an event of its own. `providers`:
    distinct outlets. The last two of several periods do not add up to those of all.

    >>> import pandas as pd
    >>> frame = nw.from_native(pd.DataFrame({"provider_id": ["sky.com", "sky.com"]})).lazy()
    >>> frame.select(n=count_of("providers")).collect().to_native()["n"].tolist()
    [1]
    """
    match one_of("basis", basis, BASES):
        case "originals":
            return (~copies()).cast(nw.Int64()).sum()
        case "events":
            return nw.coalesce(nw.col("event_id"), nw.col("article_id")).n_unique()
        case "providers":
            return nw.col("provider_id").n_unique()
        case _:
            return nw.len()


def copies() -> nw.Expr:
    """Whether an article is known to be a copy."""
    return present(~nw.col("is_original"))
