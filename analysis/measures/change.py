"""Why coverage rose or fell: the difference between two stretches of time, split exactly.

With N0 and N1 articles before and after, and a corpus that grew by the factor g = D1 / D0,

    N1 - N0 = (g - 1) N0                      growth of the corpus: the selection's part of it, had its share stayed
            + sum of o1 - g o0 by outlet      originals: of new outlets, of lost ones, of those in both stretches
            + c1 - g c0                       copies

where o are an outlet's originals and c all copies. Every part is a whole number over D0, so the parts add up exactly.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from analysis.measures.counting import copies
from analysis.measures.coverage import collected_days, statuses
from analysis.measures.frames import Frame, coded_of, collect, count_true, frame_of, is_selection, present
from analysis.measures.numbers import Numbers, numbers_of
from analysis.measures.openings import copied
from analysis.measures.spans import Span, as_span, within

__all__ = ["CREATES", "PARTS", "REQUIRES", "change"]

REQUIRES = frozenset({"published_at", "provider_id", "is_original"})
PARTS = ("new providers", "lost providers", "more per provider", "copies", "corpus growth", "total")
CREATES = {
    "part": "str",
    "before": "int64",
    "after": "int64",
    "change": "float64",
    "exact": "object",
    "n_providers": "int64",
    "status": "str",
}
_COUNTS = ("before", "after", "copies_before", "copies_after")
_Stretch = tuple[pd.Timestamp, pd.Timestamp]


def change(
    data: Any, period: Span, baseline: Span | None = None, *, denominator: Any = None, collection: Any = None
) -> pd.DataFrame:
    """The change of coverage from a baseline to a period, in articles, by what caused it.

    Args:
        data: a selection, or a frame of articles with the columns `REQUIRES`. It must hold the articles of both
            stretches: a selection's own bounds of time hold for both.
        period: (first instant, end), with zone.
        baseline: the stretch it is held against; as long as the period and right before it unless given.
        denominator: frame of the whole corpus, where `data` is a plain frame. Without one the corpus counts as
            unchanged.
        collection: frame of `collection`, where `data` is a plain frame.

    Returns:
        One row for each of `PARTS`, the last the whole: `before` and `after` (`int64`: originals of the outlets
        concerned; copies; articles of the corpus; articles in all), `change` (`float64`, in articles), `exact`
        (the same as `fractions.Fraction`; the parts add up to the total), `n_providers` (outlets concerned), and
        `status` of both stretches together (`observed`, `partial`, `not collected`). A new outlet has no article in
        the baseline, a lost one none in the period. An article whose copies were not looked for is an original.

    Raises:
        BadOption: a span as in `as_span`.
        NotAFrame, MissingColumns, WrongZone: as `frame_of`.

    >>> times = pd.to_datetime(["2021-08-22T09:00Z", "2021-08-23T09:00Z", "2021-08-23T10:00Z"])
    >>> frame = pd.DataFrame({"published_at": times, "provider_id": ["a.com", "a.com", "b.com"], "is_original": True})
    >>> change(frame, ("2021-08-23T00:00Z", "2021-08-24T00:00Z"))[["part", "change"]]
                    part  change
    0      new providers     1.0
    1     lost providers     0.0
    2  more per provider     0.0
    3             copies     0.0
    4      corpus growth     0.0
    5              total     1.0
    """
    after = as_span("period", period)
    before = (
        (after[0] - (after[1] - after[0]), after[0]) if baseline is None else as_span("baseline", baseline)
    )
    articles = numbers_of(data, sorted(REQUIRES))
    outlets = (
        _outlets(frame_of(data, needs=REQUIRES), before, after)
        if articles is None
        else _coded_outlets(articles, before, after)
    )
    if denominator is None and is_selection(data):
        denominator = getattr(data, "corpus", data)
    if denominator is data:
        whole = int(outlets["before"].sum()), int(outlets["after"].sum())
    else:
        whole = (0, 0) if denominator is None else _totals(denominator, before, after)
    rows = _parts(outlets, *whole)
    status = _status(
        data, collection, before, after, known=int(outlets[["before", "after"]].to_numpy().sum())
    )
    table = pd.DataFrame(rows, columns=["part", "before", "after", "exact", "n_providers"])
    table = table.assign(change=[float(exact) for exact in table["exact"]], status=status)
    return table[list(CREATES)].astype(CREATES)


def _parts(
    outlets: pd.DataFrame, corpus_before: int, corpus_after: int
) -> list[tuple[str, int, int, Fraction, int]]:
    """(part, before, after, exact change, outlets) for each of `PARTS`."""
    # Without a corpus, or with none before, there is nothing to say of its growth.
    growth = Fraction(corpus_after, corpus_before) if corpus_before else Fraction(1)
    total_before, total_after = int(outlets["before"].sum()), int(outlets["after"].sum())
    rows = []
    for part, chosen in (
        ("new providers", outlets["before"] == 0),
        ("lost providers", outlets["after"] == 0),
        ("more per provider", (outlets["before"] > 0) & (outlets["after"] > 0)),
    ):
        some = outlets[chosen]
        old = int((some["before"] - some["copies_before"]).sum())
        new = int((some["after"] - some["copies_after"]).sum())
        rows.append((part, old, new, new - growth * old, len(some)))
    old, new = int(outlets["copies_before"].sum()), int(outlets["copies_after"].sum())
    n_copiers = int(((outlets["copies_before"] > 0) | (outlets["copies_after"] > 0)).sum())
    rows.append(("copies", old, new, new - growth * old, n_copiers))
    rows.append(("corpus growth", corpus_before, corpus_after, (growth - 1) * total_before, len(outlets)))
    rows.append(("total", total_before, total_after, Fraction(total_after - total_before), len(outlets)))
    return rows


def _outlets(frame: Frame, before: _Stretch, after: _Stretch) -> pd.DataFrame:
    """Articles and copies of each outlet in both stretches."""
    then, now, copy = within(before, frame), within(after, frame), copies()
    counts = {"before": then, "after": now, "copies_before": then & copy, "copies_after": now & copy}
    frame = _between(frame, before, after).filter(present(then | now))
    frame = frame.with_columns(*(present(held).cast(nw.Int64()).alias(name) for name, held in counts.items()))
    counted = frame.group_by("provider_id").agg(*(nw.col(name).sum() for name in counts))
    counted = counted.filter((nw.col("before") > 0) | (nw.col("after") > 0))
    return collect(counted.select(*_COUNTS), dict.fromkeys(_COUNTS, "int64"))


def _coded_outlets(articles: Numbers, before: _Stretch, after: _Stretch) -> pd.DataFrame:
    """The same of articles that are coded."""
    then, now, copy = articles.within(before), articles.within(after), copied(articles)
    counts = {"before": then, "after": now, "copies_before": then & copy, "copies_after": now & copy}
    outlet = articles.ints("provider_id")
    size = int(outlet.max(initial=-1)) + 1
    table = pd.DataFrame({name: np.bincount(outlet[held], minlength=size) for name, held in counts.items()})
    return table[(table["before"] > 0) | (table["after"] > 0)]


def _between(frame: Frame, before: _Stretch, after: _Stretch) -> Frame:
    """What lies from the first instant of both to the last: an engine that has times in order skips the rest."""
    return frame.filter(within((min(before[0], after[0]), max(before[1], after[1])), frame))


def _totals(denominator: Any, before: _Stretch, after: _Stretch) -> tuple[int, int]:
    frame = coded_of(denominator, {"articles": {"published_at"}})[0]["articles"]
    counted = _between(frame, before, after).select(
        count_true(within(before, frame)).alias("before"), count_true(within(after, frame)).alias("after")
    )
    table = counted.collect("pandas").to_native().fillna(0)
    return int(table["before"].iloc[0]), int(table["after"].iloc[0])


def _status(data: Any, collection: Any, before: _Stretch, after: _Stretch, known: int) -> str:
    days = collected_days(data, collection)
    starts, ends = (pd.DatetimeIndex([before[i], after[i]]) for i in (0, 1))
    found = statuses(starts, ends, days, np.full(2, known))
    return str(found[0]) if found[0] == found[1] else "partial"
