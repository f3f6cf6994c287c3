"""Bursts: stretches in which a selection gets markedly more coverage than usual, and what they were about.

The automaton of `kleinberg` runs over counts per period: as a share of the corpus, where a fuller corpus is no burst,
or plain. With the default `gamma` of 1.5 fewer than 5 % of series of pure Poisson noise show a burst at all, between
14 and 365 periods and up to 30 articles a period (simulated in the tests). Real coverage is more uneven than noise,
and copies make it more so: ``basis="originals"`` or ``"events"`` leaves them out.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.measures.coverage import OBSERVED
from analysis.measures.frames import Frame, collect, frame_of, is_selection
from analysis.measures.kleinberg import batched_bursts
from analysis.measures.periods import Periods
from analysis.measures.spans import Span, within
from analysis.measures.terms import REQUIRES as TERMS_REQUIRE
from analysis.measures.terms import terms
from analysis.measures.volume import volume

__all__ = ["CREATES", "REQUIRES", "bursts", "bursts_in"]

REQUIRES = frozenset({*TERMS_REQUIRE, "published_at", "provider_id", "event_id"})
CREATES = {
    "level": "int64",
    "start": "datetime64[us, UTC]",
    "end": "datetime64[us, UTC]",
    "weight": "float64",
    "count": "int64",
    "usual": "float64",
    "n_articles": "int64",
    "n_providers": "int64",
    "headlines": "object",
    "providers": "object",
    "terms": "object",
}
TOP = 3
TOP_TERMS = 5
_FETCHED = {
    "article_id": "str",
    "published_at": "datetime64[us, UTC]",
    "provider_id": "str",
    "title": "str",
    "copy_group_id": "str",
    "event_id": "str",
}


def bursts(  # noqa: PLR0913 - each is one choice of the screen, or a table of a plain frame
    data: Any,
    *,
    every: str = "day",
    basis: str = "articles",
    relative: bool | None = None,
    s: float = 2.0,
    gamma: float = 1.5,
    levels: int = 3,
    zone: str | None = None,
    week_start: str = "monday",
    span: Span | None = None,
    denominator: Any = None,
    collection: Any = None,
) -> pd.DataFrame:
    """The bursts of a selection, the heaviest first.

    Args:
        data: a selection, or a frame of articles with the columns `REQUIRES`.
        every: `hour`, `day`, `week`, `month`, `quarter` or `year`.
        basis: what is counted: `articles`, `originals`, `events` or `providers`.
        relative: as a share of the corpus; so unless given, where the corpus is known and is more than `data`.
        s: how many times the coverage each level stands for has, of that of the level below.
        gamma: how hard it is to enter a burst.
        levels: how deep bursts in bursts are looked for.
        zone: IANA zone whose clock cuts the periods; the selection's, or UTC.
        week_start: first day of the week.
        span: (first instant, end) to look at.
        denominator: frame of the whole corpus, where `data` is a plain frame and `relative` is asked for.
        collection: frame of `collection`, where `data` is a plain frame.

    Returns:
        One row a burst, the heaviest first; bursts of a higher `level` lie within one of the level below. `start` and
        `end` (exclusive, `datetime64[us, zone]`), `weight` (nats that the burst's rate explains better than the level
        below), `count` on the basis, `usual` (what the periods would have at the rate of the whole series),
        `n_articles`, `n_providers`, and as tuples of text, most first: `headlines` of its `TOP` largest events (the
        earliest of the text most copied), `providers`, and `terms` that set it apart from the other articles of `data`
        (of level 1 only, else empty). Periods not collected are left out, plain also partial ones; a burst may reach
        over them.

    Raises:
        BadOption: as `volume` and `batched_bursts`.
        NotAFrame, MissingTable, MissingColumns, WrongZone: as `frame_of`.

    >>> days = pd.date_range("2021-08-01", periods=30, tz="UTC").repeat([1] * 20 + [12] * 2 + [1] * 8)
    >>> names = [f"a{place}" for place in range(len(days))]
    >>> frame = pd.DataFrame({"article_id": names, "published_at": days, "provider_id": "sky.com", "title": "Ban"})
    >>> frame = frame.assign(search_title=" ban ", search_excerpt="", excerpt=None, is_original=True)
    >>> bursts(frame.assign(copy_group_id=None, event_id=None), levels=1)[["start", "end", "count"]]
                          start                       end  count
    0 2021-08-21 00:00:00+00:00 2021-08-23 00:00:00+00:00     24
    """
    if relative is None:
        relative = denominator is not None or (
            is_selection(data) and getattr(data, "corpus", data) is not data
        )
    series = volume(
        data,
        every=every,
        basis=basis,
        share="corpus" if relative else None,
        zone=zone,
        week_start=week_start,
        span=span,
        denominator=denominator if relative else None,
        collection=collection,
    )
    return bursts_in(data, series, every=every, s=s, gamma=gamma, levels=levels, week_start=week_start)


def bursts_in(
    data: Any,
    series: pd.DataFrame,
    *,
    every: str = "day",
    s: float = 2.0,
    gamma: float = 1.5,
    levels: int = 3,
    week_start: str = "monday",
) -> pd.DataFrame:
    """The bursts of a volume that is known already: what `bursts` gives for the same question.

    Args:
        data: what `bursts` takes.
        series: what `volume` gives for it, on any basis; with its share of the corpus, bursts are relative to that.
        every: length of its periods.
        s: as in `bursts`.
        gamma: as in `bursts`.
        levels: as in `bursts`.
        week_start: first day of its weeks.

    Returns:
        As `bursts`.

    Raises:
        BadOption: as `batched_bursts`.
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> days = pd.date_range("2021-08-01", periods=30, tz="UTC").repeat([1] * 20 + [12] * 2 + [1] * 8)
    >>> names = [f"a{place}" for place in range(len(days))]
    >>> frame = pd.DataFrame({"article_id": names, "published_at": days, "provider_id": "sky.com", "title": "Ban"})
    >>> frame = frame.assign(search_title=" ban ", search_excerpt="", excerpt=None, is_original=True)
    >>> frame = frame.assign(copy_group_id=None, event_id=None)
    >>> bursts_in(frame, volume(frame), levels=1)["count"].tolist()
    [24]
    """
    relative, local = "of" in series, dict.fromkeys(("start", "end"), str(series["period"].dtype))
    ends = Periods(every, str(series["period"].dt.tz), week_start).ends(pd.DatetimeIndex(series["period"]))
    series = series.assign(end=ends, unit=series["of"].fillna(0) if relative else 1)
    usable = series["unit"] > 0 if relative else series["status"] == OBSERVED
    used = series[usable].astype({"count": "int64", "unit": "int64"}).reset_index(drop=True)
    found = batched_bursts(used["count"], used["unit"] if relative else None, s=s, gamma=gamma, levels=levels)
    found = found.sort_values(["weight", "level", "first"], ascending=[False, True, True], ignore_index=True)
    if found.empty and is_selection(data):  # which has its columns
        return pd.DataFrame(columns=list(CREATES)).astype({**CREATES, **local})
    frame = frame_of(data, needs=REQUIRES)
    rate = used["count"].sum() / max(used["unit"].sum(), 1)
    rows = [
        {
            "level": level,
            "weight": weight,
            **_content(frame, data, used[first : last + 1], rate, named=level == 1),
        }
        for level, first, last, weight in found.itertuples(index=False, name=None)
    ]
    return pd.DataFrame(rows, columns=list(CREATES)).astype({**CREATES, **local})


def _content(frame: Frame, data: Any, periods: pd.DataFrame, rate: float, *, named: bool) -> dict[str, Any]:
    """What the articles of a burst's periods were about."""
    start, end = periods["period"].iloc[0], periods["end"].iloc[-1]
    inside = frame.filter(within((start.tz_convert("UTC"), end.tz_convert("UTC"))))
    articles = collect(inside, _FETCHED, sort=["published_at", "article_id"])
    apart = terms(inside, data, top=TOP_TERMS)["shown"] if named else ()
    outlets = articles["provider_id"].value_counts(sort=False).reset_index()
    outlets = outlets.sort_values(["count", "provider_id"], ascending=[False, True])
    return {
        "start": start,
        "end": end,
        "count": periods["count"].sum(),
        "usual": rate * periods["unit"].sum(),
        "n_articles": len(articles),
        "n_providers": len(outlets),
        "headlines": _headlines(articles),
        "providers": tuple(outlets["provider_id"].head(TOP)),
        "terms": tuple(apart),
    }


def _headlines(articles: pd.DataFrame) -> tuple[str, ...]:
    """The earliest headline of the most copied text of each of the largest events; articles come earliest first."""
    text = articles["copy_group_id"].fillna(articles["article_id"])
    event = articles["event_id"].fillna(text)
    table = pd.DataFrame({"event": event, "text": text, "title": articles["title"]}).dropna(subset="title")
    size = table.groupby("event", sort=False)["text"].transform("size")
    copies = table.groupby(["event", "text"], sort=False)["title"].transform("size")
    table = table.assign(size=size, copies=copies, place=range(len(table)))
    table = table.sort_values(["size", "copies", "place"], ascending=[False, False, True])
    return tuple(table.drop_duplicates("event")["title"].head(TOP))
