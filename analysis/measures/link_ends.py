"""The links between the articles of a selection as arrays of numbers, where its corpus holds them coded.

An engine looks the ends of millions of links up in joins; here each is a place of an array.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.measures.codes import Names

__all__ = ["LinkEnds", "first_of", "link_ends"]

Ints = npt.NDArray[np.integer[Any]]
_LINKS = {"related_links": ("article_id", "related_article_id")}


@dataclass(frozen=True)
class LinkEnds:
    """The links of related lists between articles of a selection, of no article to itself; each once.

    Attributes:
        names: of the numbers, as `analysis.measures.frames.coded_of` gives them.
        n_articles: articles of the selection.
        n_outside: listings of articles that are not in it.
        source, target: number of the article whose list it is, and of the one listed.
        provider: the outlet's number at an article's number; -1 where the selection has no such article.
    """

    names: Names
    n_articles: int
    n_outside: int
    source: Ints
    target: Ints
    provider: Ints

    @cached_property
    def n_listed(self) -> Ints:
        """In how many lists an article stands, at its number."""
        return np.bincount(self.target, minlength=len(self.provider))

    @cached_property
    def n_lists(self) -> Ints:
        """How many an article lists, at its number."""
        return np.bincount(self.source, minlength=len(self.provider))


def link_ends(data: Any, given: Any = None) -> LinkEnds | None:
    """The links of a selection; None where they are not coded.

    Args:
        data: a selection, or a frame of articles; or its links, which are given back.
        given: a frame of related links; then nothing is coded.

    >>> import pandas as pd
    >>> link_ends(pd.DataFrame({"article_id": ["a"]}), pd.DataFrame()) is None
    True
    """
    if isinstance(data, LinkEnds):
        return data
    whole = getattr(data, "corpus", data)
    if given is not None or not hasattr(whole, "coded") or not hasattr(data, "coded"):
        return None
    asked = data.coded({"articles": ("article_id", "provider_id")}), whole.coded(_LINKS)
    if asked[0] is None or asked[1] is None or asked[0][1] is not asked[1][1]:
        return None
    ((articles,), names), ((links,), _) = asked
    ids, outlets = _columns(articles, "article_id", "provider_id")
    source, target = _columns(links, *_LINKS["related_links"])
    provider = np.full(len(names), -1, dtype=np.int32)
    provider[ids] = outlets
    known = provider >= 0
    others = known[source] & (source != target)
    source, target = source[others], target[others]
    inside = known[target]
    return LinkEnds(
        names=names, n_articles=len(ids), n_outside=int(len(inside) - inside.sum()),
        source=source[inside], target=target[inside], provider=provider,
    )  # fmt: skip


def first_of(counts: Ints, top: int) -> Ints:
    """The places of highest count, at most `top`: of equal ones the first come first; none of no count.

    >>> first_of(np.array([1, 0, 3, 1]), 2).tolist()
    [2, 0]
    """
    some = np.flatnonzero(counts)
    if len(some) > top > 0:
        least = np.partition(counts[some], len(some) - top)[len(some) - top]
        some = some[counts[some] >= least]
    found: Ints = some[np.lexsort((some, -counts[some]))][:top]
    return found


def _columns(table: Any, *names: str) -> tuple[Ints, ...]:
    rows = table.project(", ".join(names)).to_arrow_table()
    return tuple(rows.column(name).to_numpy() for name in names)
