"""Coverage volume: how much per period, by what, and as a share of what.

Count and share are of one counting basis. A share is that of articles of the period's denominator; its interval is
Wilson's for 95 %. A period that was not collected has no count: missing is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.measures.codes import Names, code_dtype, named
from analysis.measures.counting import basis_needs, count, count_coded
from analysis.measures.coverage import NOT_COLLECTED, OBSERVED, PARTIAL, collected_days, statuses
from analysis.measures.frames import (
    BadOption,
    Frame,
    coded_of,
    collect,
    frames_of,
    instant,
    is_selection,
    one_of,
)
from analysis.measures.intervals import wilson
from analysis.measures.numbers import Numbers, numbers_of
from analysis.measures.periods import Periods
from analysis.measures.spans import Span, as_span
from analysis.measures.tiers import TIERS, tier
from analysis.query import Query, parse

__all__ = ["BY", "CREATES", "REQUIRES", "SHARES", "volume", "with_share"]

REQUIRES = frozenset({"published_at"})
CREATES = ("period", "count", "of", "share", "share_low", "share_high", "rolling", "status")
BY = ("topic", "provider", "story", "tier")
SHARES = ("corpus", "topic", "provider")
Limits: TypeAlias = tuple[pd.Timestamp | None, pd.Timestamp | None]
_SECOND, _DAY = 1_000_000, 86_400_000_000  # in microseconds
_INSTANT, _NOON = pd.Timedelta(1, "us"), pd.Timedelta(12, "h")
_NEEDS = {"topic": "article_id", "provider": "provider_id", "tier": "quality"}


def volume(  # noqa: PLR0913 - each is one choice of the screen, or a table of a plain frame
    data: Any,
    *,
    every: str = "day",
    by: str | None = None,
    basis: str = "articles",
    share: str | None = None,
    rolling: int | None = None,
    zone: str | None = None,
    week_start: str = "monday",
    span: Span | None = None,
    stories: Mapping[str, str | Query] | None = None,
    denominator: Any = None,
    topics: Any = None,
    collection: Any = None,
) -> pd.DataFrame:
    """Coverage per period.

    Args:
        data: a selection or corpus, or a frame of articles of any engine.
        every: `hour`, `day`, `week`, `month`, `quarter` or `year`.
        by: one series for each `topic`, `provider`, `tier` of quality, or `story`; one in all unless given.
        basis: what is counted: `articles`, `originals`, `events` or `providers`.
        share: of all of the `corpus` in the period; with `by` the same, of all of the corpus with that `topic`,
            or of that `provider`'s own output.
        rolling: mean over so many periods up to and with this one, of those observed; missing where fewer than half
            are, or where the window begins before the range.
        zone: IANA zone whose clock cuts the periods; the selection's, or UTC.
        week_start: first day of the week, in English and small letters.
        span: (first instant, end) to look at. The selection's own period unless given; else from the first to the
            last of its articles and of the days collected. A period that reaches beyond it is partial.
        stories: with ``by="story"``: name -> query.
        denominator: frame of the whole corpus, where `data` is a plain frame and `share` is asked for.
        topics: frame of `article_topics`, where `data` is a plain frame and topics are asked for.
        collection: frame of `collection`, where `data` is a plain frame; every period counts as observed without.

    Returns:
        One row a period and group, every period of the range present: `period` (its beginning, `datetime64[us, zone]`),
        the group under the name of `by`, `count` (`Int64`, missing where not collected), with `share` also `of`
        (`Int64`, the denominator), `share`, `share_low`, `share_high` (0 to 1), with `rolling` also `rolling`, and
        `status` (`observed`, `partial`, `not collected`).

    Raises:
        BadOption: an option has a value that is not allowed, or the denominator lacks articles of `data`.
        NotAFrame, MissingTable, MissingColumns, WrongZone: as `frame_of`.

    >>> times = pd.to_datetime(["2021-08-23T05:30Z", "2021-08-23T09:27Z", "2021-08-25T00:00Z"])
    >>> volume(pd.DataFrame({"published_at": times}))
                         period  count    status
    0 2021-08-23 00:00:00+00:00      2  observed
    1 2021-08-24 00:00:00+00:00      0  observed
    2 2021-08-25 00:00:00+00:00      1  observed
    """
    _check(by, share, rolling, stories)
    periods = Periods(every, zone or str(getattr(data, "zone", "UTC")), week_start)
    ask = _Ask(periods, basis, by, _limits(data, span), stories or {})
    given = {"article_topics": topics}
    counted = ask.counts(data, given)
    days = collected_days(data, collection)
    starts = ask.range(counted, days)
    groups = ask.groups(counted)
    grid = _grid(counted, starts, groups)
    # An article may have no topic, or be of no story: then it is known all the same.
    known = (
        _grid(ask.without_groups().counts(data, given), starts, [""]) if by in {"topic", "story"} else grid
    )
    status = ask.cut_off(starts, statuses(starts, periods.ends(starts), days, known.sum(axis=1)))
    columns: dict[str, Any] = {"period": starts.repeat(len(groups))}
    if by is not None:
        columns[by] = pd.Index(groups, dtype="str").take(np.tile(np.arange(len(groups)), len(starts)))
    columns["count"] = grid.ravel()
    if share is not None:
        whole = _whole(data, denominator, share)
        same = (ask if share == by else ask.without_groups()).inside(starts)
        alike = whole is data and (share == by or by is None)
        of = grid if alike else _grid(same.counts(whole, given), starts, groups if share == by else [""])
        columns |= _shares(grid, np.broadcast_to(of, grid.shape))
    if rolling is not None:
        columns["rolling"] = _rolling(grid, status, rolling).ravel()
    columns["status"] = pd.Index(status, dtype="str").repeat(len(groups))
    return _tidy(pd.DataFrame(columns))


def with_share(counted: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """A volume with its share of another: what ``share="corpus"`` gives, where that of the corpus is known already.

    Args:
        counted: from `volume`, without `by`.
        whole: from `volume` of the corpus, with the same periods and counting basis.

    Returns:
        `counted` with `of`, `share`, `share_low` and `share_high`, as `volume` has them.

    Raises:
        BadOption: the periods differ, or the corpus has fewer articles in one.

    >>> times = pd.to_datetime(["2021-08-23T05:30Z", "2021-08-23T09:27Z"])
    >>> some, all_of_them = (volume(pd.DataFrame({"published_at": these})) for these in (times[:1], times))
    >>> with_share(some, all_of_them)[["count", "of", "share"]].to_numpy().tolist()
    [[1, 2, 0.5]]
    """
    if not counted["period"].equals(whole["period"]):
        raise BadOption("whole must have the periods of counted; they differ")
    own, of = (frame["count"].fillna(0).to_numpy("int64") for frame in (counted, whole))
    shared = counted.drop(columns="status").assign(**_shares(own, of), status=counted["status"])
    return _tidy(shared)


def _check(by: str | None, share: str | None, rolling: int | None, stories: Mapping[str, Any] | None) -> None:
    if by is not None:
        one_of("by", by, BY)
    if share is not None:
        one_of("share", share, SHARES)
    if share in {"topic", "provider"} and by != share:
        raise BadOption(f"share of the {share} needs by={share!r}; got by={by!r}")
    if (by == "story") != (stories is not None):
        raise BadOption(f"stories must be given with by='story', and only then; got by={by!r}")
    if rolling is not None and rolling < 1:
        raise BadOption(f"rolling must be at least 1; got {rolling}")


@dataclass(frozen=True)
class _Ask:
    """What is to be counted, of any data."""

    periods: Periods
    basis: str
    by: str | None
    limits: Limits
    stories: Mapping[str, str | Query]

    def without_groups(self) -> _Ask:
        return replace(self, by=None, stories={})

    def inside(self, starts: pd.DatetimeIndex) -> _Ask:
        """The same, of the periods shown only: a corpus need not be read beyond them."""
        if starts.empty:
            return self
        start, end = self.limits
        limits = starts[0] if start is None else start, self.periods.ends(starts)[-1] if end is None else end
        return replace(self, limits=limits)

    def counts(self, data: Any, given: Mapping[str, Any]) -> pd.DataFrame:
        """`period` (beginning), `group` and `n`, without the periods that have none."""
        if self.by == "story":
            queries = {name: parse(q) if isinstance(q, str) else q for name, q in self.stories.items()}
            each = [
                self._count(data, given, query=query).assign(group=name) for name, query in queries.items()
            ]
            return pd.concat(each, ignore_index=True) if each else self._count(data, given)[:0]
        return self._count(data, given)

    def _count(self, data: Any, given: Mapping[str, Any], query: Query | None = None) -> pd.DataFrame:
        needs: dict[str, frozenset[str]] = {"articles": REQUIRES | basis_needs(self.basis)}
        if self.by in _NEEDS:
            needs["articles"] |= {_NEEDS[self.by]}
        if self.by == "topic" or (query is not None and query.topics):
            needs["article_topics"] = frozenset({"article_id", "topic"})
        if query is None and self.by in {None, "provider"}:
            articles = numbers_of(data, sorted(needs["articles"]))
            if articles is not None:
                return self._coded_count(articles)
        # A query looks for names and words.
        frames, names = (
            coded_of(data, needs, given) if query is None else (frames_of(data, needs, given), None)
        )
        frame = frames["articles"]
        if query is not None:
            frame = query.apply(frame, frames.get("article_topics"), zone=self.periods.zone)
        start, end = self.limits
        span = None if start is None or end is None else (start, end)
        if span is None and names is not None and self.periods.zone != "UTC":
            # All of the corpus is asked sooner than a selection.
            span = self.periods.span(coded_of(data.corpus, {"articles": REQUIRES})[0]["articles"])
        frame = self.periods.cut(frame.filter(*_within(frame, self.limits)), span=span)
        if self.by == "topic":
            frame = frame.join(frames["article_topics"].select("article_id", "topic"), on="article_id")
        dtype = code_dtype(names) if self.by in {"topic", "provider"} else "str"
        table = collect(
            count(_grouped(frame, self.by), self.basis, ["period", "group"]),
            {"period": "datetime64[us, UTC]", "group": dtype, "n": "int64"},
            names=names,
        )
        table["period"] = self.periods.starts_of(table["period"])
        return table if dtype == "str" else table.assign(group=_named_once(table["group"], names))

    def _coded_count(self, articles: Numbers) -> pd.DataFrame:
        """The same of articles that are coded."""
        at, chosen = articles.moments("published_at"), articles.within(self.limits)
        grain = _SECOND if self.periods.every == "hour" else _DAY
        marks = self.periods.marks(at[chosen]) // grain
        first = marks.min() if len(marks) else 0
        keys = {} if self.by is None else {"group": articles.ints("provider_id")[chosen]}
        table = count_coded(articles, self.basis, chosen, period=marks - first, **keys)
        starts = pd.to_datetime((table["period"] + first) * grain, unit="us", utc=True)
        table["period"] = self.periods.starts_of(starts)
        return table.assign(group="" if self.by is None else _named_once(table["group"], articles.names))

    def range(self, counted: pd.DataFrame, days: pd.DatetimeIndex | None) -> pd.DatetimeIndex:
        """The beginnings of the periods to show."""
        seen = list(counted["period"].agg(["min", "max"])) if len(counted) else []
        if days is not None and len(days):
            # By their noons, so that no day of the zone is shown for the sake of a few hours of a day of UTC.
            seen += [days[0] + _NOON, days[-1] + _NOON]
        start, end = self.limits
        low = start if start is not None else min(seen, default=None)
        high = end - _INSTANT if end is not None else max(seen, default=None)
        if low is None or high is None or high < low:
            return pd.DatetimeIndex([], dtype=f"datetime64[us, {self.periods.zone}]")
        return self.periods.range(low, high)

    def cut_off(self, starts: pd.DatetimeIndex, status: npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
        """The statuses, where a period that reaches beyond the limits is partial."""
        start, end = self.limits
        beyond = np.zeros(len(starts), dtype=bool)
        if start is not None:
            beyond |= np.asarray(starts < start)
        if end is not None:
            beyond |= np.asarray(self.periods.ends(starts) > end)
        return np.where(beyond & (status == OBSERVED), PARTIAL, status)

    def groups(self, counted: pd.DataFrame) -> list[str]:
        if self.by == "story":
            return list(self.stories)
        if self.by == "tier":
            return list(TIERS)
        return [""] if self.by is None else sorted(counted["group"].unique())


def _limits(data: Any, span: Span | None) -> Limits:
    """The first instant and the end to look at, each None where nobody said."""
    if span is not None:
        return as_span("span", span)
    start, end = getattr(data, "period", (None, None))
    return (None if start is None else pd.Timestamp(start)), (None if end is None else pd.Timestamp(end))


def _within(frame: Frame, limits: Limits) -> list[nw.Expr]:
    when, (start, end) = nw.col("published_at"), limits
    tests = [~when.is_null()]
    tests += [] if start is None else [when >= instant(frame, start)]
    tests += [] if end is None else [when < instant(frame, end)]
    return tests


def _grouped(frame: Frame, by: str | None) -> Frame:
    if by in {"topic", "provider"}:
        return frame.with_columns(nw.col("topic" if by == "topic" else "provider_id").alias("group"))
    return frame.with_columns((tier() if by == "tier" else nw.lit("")).alias("group"))


def _named_once(groups: pd.Series[int], names: Names) -> pd.Series[Any]:
    """The names of coded groups as a categorical: there are few of them on many rows."""
    places, distinct = pd.factorize(groups, sort=True)
    kinds = named(pd.Series(distinct), names)
    return pd.Series(pd.Categorical.from_codes(places, kinds.array), index=groups.index)


def _grid(counted: pd.DataFrame, starts: pd.DatetimeIndex, groups: list[str]) -> npt.NDArray[np.int64]:
    """Counts as periods x groups, 0 where there are none."""
    grid = np.zeros((len(starts), len(groups)), dtype=np.int64)
    row = starts.get_indexer(pd.DatetimeIndex(counted["period"]))
    places, found = pd.factorize(counted["group"])
    column = pd.Index(groups, dtype="str").get_indexer(pd.Index(found, dtype="str"))[places]
    inside = (row >= 0) & (column >= 0)
    grid[row[inside], column[inside]] = counted["n"].to_numpy()[inside]
    return grid


def _whole(data: Any, denominator: Any, share: str) -> Any:
    if denominator is not None:
        return denominator
    if is_selection(data):
        return getattr(data, "corpus", data)
    raise BadOption(f"share of the {share} of a plain frame needs denominator=<frame of the whole corpus>")


def _shares(grid: npt.NDArray[np.int64], of: npt.NDArray[np.int64]) -> dict[str, Any]:
    if (grid > of).any():
        raise BadOption("denominator must hold every article of the data; it has fewer in some period")
    low, high = wilson(grid.ravel(), of.ravel())
    with np.errstate(invalid="ignore"):
        share = grid.ravel() / of.ravel()
    return {"of": of.ravel(), "share": share, "share_low": low, "share_high": high}


def _rolling(
    grid: npt.NDArray[np.int64], status: npt.NDArray[np.str_], window: int
) -> npt.NDArray[np.float64]:
    """Trailing means of the observed periods of each window."""
    seen = (status == OBSERVED).astype(np.int64)
    zero = np.zeros((1, grid.shape[1]), dtype=np.int64)
    total = np.vstack([zero, np.cumsum(grid * seen[:, None], axis=0)])
    number = np.concatenate([[0], np.cumsum(seen)])
    result = np.full(grid.shape, np.nan)
    if len(grid) >= window:
        n = (number[window:] - number[:-window])[:, None]
        enough = np.where(2 * n >= max(window, 1), n, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            result[window - 1 :] = np.where(enough > 0, (total[window:] - total[:-window]) / n, np.nan)
    return result


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    """Nothing is known of a period that was not collected."""
    gone = table["status"] == NOT_COLLECTED
    for name in ("count", "of"):
        if name in table:
            table[name] = table[name].astype("Int64").mask(gone)
    for name in ("share", "share_low", "share_high"):
        if name in table:
            table[name] = table[name].mask(gone)
    return table
