"""Who had each event when, of articles that a corpus holds as numbers.

An engine sorts and joins these rows several times; held as arrays in the order of events and providers, they are
gone through once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.measures.numbers import Numbers, in_order

__all__ = ["COMPARED", "Openings", "copied", "exact", "openings"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
COMPARED = ("article_id", "event_id", "provider_id", "published_at", "time_precision", "is_original")
"""The columns that openings are found by."""
_LATEST = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Openings:
    """One row an event and provider, by both: arrays of `int64`.

    Attributes:
        event_id, provider_id: their numbers.
        m, n: the provider's articles of the event, and all of it.
        k: how many providers have the event.
        t: how many of its articles share its first time.
        own_at, first_at: first times, the provider's and the event's, in microseconds from 1970.
        article_id: the provider's article of that time, the first by name.
    """

    event_id: Ints
    provider_id: Ints
    m: Ints
    n: Ints
    k: Ints
    t: Ints
    own_at: Ints
    first_at: Ints
    article_id: Ints

    @property
    def is_first(self) -> npt.NDArray[np.bool_]:
        """Whether the provider is the first, or one of these."""
        found: npt.NDArray[np.bool_] = self.own_at == self.first_at
        return found

    def lags(self) -> tuple[Ints, Ints]:
        """The providers that were not first, and how late they were in microseconds: by both, in order."""
        late = ~self.is_first
        provider, lag = in_order(self.provider_id[late], (self.own_at - self.first_at)[late])
        return provider, lag


def exact(articles: Numbers) -> Mask:
    """Whether the time of day is known; a date alone would put an article first or last by its midnight."""
    return articles.equal("time_precision", "time") & articles.known("published_at")


def copied(articles: Numbers) -> Mask:
    """Whether an article is known to be a copy."""
    return articles.equal("is_original", value=False)


def openings(articles: Numbers, provider: int | None = None) -> Openings:
    """Who had each event when, of the articles that may be compared: at a known time, no copy.

    Args:
        articles: has the columns `COMPARED`.
        provider: only the events that this one has; all unless given.
    """
    usable = articles.known("event_id") & exact(articles) & ~copied(articles)
    event, outlet, article = (
        articles.ints(name)[usable].astype(np.int64) for name in ("event_id", "provider_id", "article_id")
    )
    at = articles.moments("published_at")[usable]
    if provider is not None:
        theirs = np.zeros(event.max(initial=-1) + 1, dtype=np.bool_)
        theirs[event[outlet == provider]] = True
        event, outlet, article, at = (column[theirs[event]] for column in (event, outlet, article, at))
    pair = event * (outlet.max(initial=0) + 1) + outlet
    order = np.argsort(pair)
    event, outlet, article, at = event[order], outlet[order], article[order], at[order]
    starts = np.flatnonzero(np.diff(pair[order], prepend=-1))
    m, own_at = _sizes(starts, len(pair)), _least(at, starts)
    earliest = np.where(at == np.repeat(own_at, m), article, _LATEST)
    # Of the pairs, those of one event stand together.
    firsts = np.flatnonzero(np.diff(event[starts], prepend=-1))
    k = _sizes(firsts, len(starts))
    n, first_at = np.add.reduceat(m, firsts) if len(firsts) else k, _least(own_at, firsts)
    shares = (at == np.repeat(first_at, n)).astype(np.int64)
    t = np.add.reduceat(shares, starts[firsts]) if len(firsts) else k
    return Openings(
        event_id=event[starts], provider_id=outlet[starts], m=m, n=np.repeat(n, k), k=np.repeat(k, k),
        t=np.repeat(t, k), own_at=own_at, first_at=np.repeat(first_at, k), article_id=_least(earliest, starts),
    )  # fmt: skip


def _sizes(starts: Ints, n: int) -> Ints:
    """How many rows there are from each start to the next."""
    return np.diff(starts, append=n)


def _least(values: Ints, starts: Ints) -> Ints:
    """The least value from each start to the next."""
    return np.minimum.reduceat(values, starts) if len(starts) else values[:0]
