"""What the page shows, as an address: pure functions between a `View` and the path and query of the address bar.

An address is short (what is at its default is left out), versioned, and never refused: what it says that is
unknown or impossible is ignored, so that an old or a damaged link still opens a page.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum, unique
from functools import cache, lru_cache
from urllib.parse import parse_qsl, urlencode
from zoneinfo import available_timezones

__all__ = [
    "BASES",
    "EVERY",
    "MOST_BESIDE",
    "RANKS",
    "VERSION",
    "ColumnFilter",
    "Mark",
    "Page",
    "View",
    "create_url",
    "opened_url",
    "parse_url",
    "view_at",
    "zones",
]

VERSION = 1
BASES = ("articles", "originals", "events", "providers")
EVERY = ("day", "week", "month", "quarter", "year")
OPERATORS = (
    "contains",
    "notContains",
    "equals",
    "greaterThanOrEqual",
    "lessThanOrEqual",
    "blank",
    "notBlank",
)
RANKS = ("size", "recency", "spread")
MARK_KINDS = (
    "period", "outlet", "topic", "event", "burst", "change", "day",
    "cluster", "spot", "strand", "both", "listing", "between", "listed",
    "compared", "shared", "term", "first", "followed", "copied", "near",
    "rising", "falling",
)  # fmt: skip
MOST_BESIDE = 6  # as many as there are colours for stories
_LONGEST = 10_000  # characters of a query, as the query language has it
_MOST = 200  # values of one filter
_NAME = re.compile(r"[a-z_]{1,40}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CLUSTERS = re.compile(r"[2-9]|[1-3][0-9]|40")
_KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")
_QUALITY = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)?~([0-9]{1,9}(?:\.[0-9]{1,6})?)?")


@unique
class Page(StrEnum):
    """The pages; the value is the path."""

    OVERVIEW = "/"
    COMPARE = "/compare"
    EVENTS = "/events"
    PROVIDERS = "/providers"
    TOPICS = "/topics"
    LINKS = "/links"
    ARTICLES = "/articles"
    DATA = "/data"


@dataclass(frozen=True)
class Mark:
    """A mark of a chart that is opened.

    Its kind, with what its value is: `period` (first day), `outlet` (domain), `topic` (label), `event` (id), `burst`
    (first and last day, with a slash), `change` (the part) or `day`. Of topic clusters: `cluster`, `spot` and `strand`
    as `dashboard.topic_frames.ids_behind` has them, and `both` (two topics). Of related lists: `listing` (articles
    whose list names this one), `between` (two domains: what the one's lists name of the other) and `listed` (a domain:
    its articles known only from lists). Of the comparison: `compared` and `shared` as `dashboard.compared` has them,
    and `term` (as it is searched). Of outlets: `first`, `followed`, `copied` and `near` as `dashboard.outlet_marks` has
    them. Of terms: `rising` and `falling` (as it is searched).
    """

    kind: str
    value: str


@dataclass(frozen=True)
class ColumnFilter:
    """A condition on one column of the table of articles."""

    column: str
    operator: str
    value: str = ""


@dataclass(frozen=True)
class View:
    """Everything that decides what the page shows, beside the corpus and the viewer's colour scheme.

    Attributes:
        page: which page.
        query: text in the query language, as typed; empty where a story is shown.
        story: key of the saved story whose query is asked.
        topics, providers: labels and domains, any of which an article has.
        since, until: first and last day.
        min_quality, max_quality: range of the quality score.
        basis: what is counted, one of `BASES`.
        share: whether the volume is drawn as a share of everything collected.
        every: length of a period, one of `EVERY`; None chooses by the span.
        mark: the mark whose articles are listed beside the page.
        article: id of the article that is shown beside the page.
        sort: columns of the table with whether they descend.
        columns: conditions on columns of the table.
        event: id of the event that the page of events shows; None shows the list of them.
        rank: by what events are listed, one of `RANKS`.
        hidden: columns of the table of articles that are not shown.
        beside: what the page of comparison sets beside each other, each `story:` and a key, or `q:` and a query.
        outlet: domain of the outlet that the page of outlets shows; None shows the table of them.
        clusters: how many topic clusters are asked for; None lets the measure choose.
        zone: IANA name of the time zone of days; None is the one that is served.
    """

    page: Page = Page.OVERVIEW
    query: str = ""
    story: str | None = None
    topics: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    min_quality: float | None = None
    max_quality: float | None = None
    basis: str = "articles"
    share: bool = False
    every: str | None = None
    mark: Mark | None = None
    article: str | None = None
    sort: tuple[tuple[str, bool], ...] = ()
    columns: tuple[ColumnFilter, ...] = ()
    event: str | None = None
    rank: str = "size"
    hidden: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    outlet: str | None = None
    clusters: int | None = None
    zone: str | None = None

    @property
    def n_filters(self) -> int:
        """How many kinds of filter narrow the selection, the query not counted."""
        quality = self.min_quality is not None or self.max_quality is not None
        dates = self.since is not None or self.until is not None
        return sum(map(bool, (self.topics, self.providers, dates, quality)))

    def unfiltered(self) -> View:
        """The same page with every filter taken away."""
        return View(
            page=self.page, basis=self.basis, share=self.share, every=self.every, event=self.event, rank=self.rank,
            beside=self.beside, outlet=self.outlet, clusters=self.clusters, zone=self.zone,
        )  # fmt: skip

    def closed(self) -> View:
        """The same view with nothing opened beside it."""
        return replace(self, mark=None, article=None)


def view_at(address: str | None, page: Page) -> View | None:
    """The view of an address in full, where a page shows it; None of another page's, and before there is one.

    >>> view_at("/events?v=1&q=ban", Page.EVENTS).query
    'ban'
    >>> view_at("/events", Page.TOPICS), view_at(None, Page.EVENTS)
    (None, None)
    """
    path, _, search = (address or "").partition("?")
    view = parse_url(path, search) if address else None
    return view if view and view.page is page else None


def create_url(view: View) -> str:
    """The address of a view, from the path on.

    >>> create_url(View(query='"facial recognition" AND ban*', since=date(2021, 8, 17), mark=Mark("topic", "AI")))
    '/?v=1&q=%22facial+recognition%22+AND+ban%2A&from=2021-08-17&open=topic%3AAI'
    >>> create_url(View(page=Page.ARTICLES))
    '/articles'
    """
    pairs: list[tuple[str, str]] = [("q", view.query)] if view.query else []
    pairs += [("story", view.story)] if view.story else []
    pairs += [("topic", topic) for topic in view.topics]
    pairs += [("outlet", provider) for provider in view.providers]
    pairs += [("from", view.since.isoformat())] if view.since else []
    pairs += [("to", view.until.isoformat())] if view.until else []
    if view.min_quality is not None or view.max_quality is not None:
        pairs.append(("quality", f"{_number(view.min_quality)}~{_number(view.max_quality)}"))
    pairs += [("count", view.basis)] if view.basis != "articles" else []
    pairs += [("as", "share")] if view.share else []
    pairs += [("by", view.every)] if view.every else []
    pairs += (
        [("sort", ",".join(f"-{name}" if down else name for name, down in view.sort))] if view.sort else []
    )
    pairs += [("where", f"{c.column}:{c.operator}:{c.value}") for c in view.columns]
    pairs += [("e", view.event)] if view.event else []
    pairs += [("rank", view.rank)] if view.rank != "size" else []
    pairs += [("hide", ",".join(view.hidden))] if view.hidden else []
    pairs += [("with", one) for one in view.beside]
    pairs += [("of", view.outlet)] if view.outlet else []
    pairs += [("k", str(view.clusters))] if view.clusters else []
    pairs += [("tz", view.zone)] if view.zone else []
    pairs += [("open", f"{view.mark.kind}:{view.mark.value}")] if view.mark else []
    pairs += [("article", view.article)] if view.article else []
    return view.page.value + (
        "?" + urlencode([("v", str(VERSION)), *pairs], errors="replace") if pairs else ""
    )


def opened_url(view: View, kind: str, value: str) -> str:
    """The address of a view with a mark opened beside it, as `create_url` gives it; for the many marks of one page.

    >>> opened_url(View(query="ban", article="a"), "topic", "AI & us")
    '/?v=1&q=ban&open=topic%3AAI+%26+us'
    >>> opened_url(View(page=Page.LINKS), "listing", "a")
    '/links?v=1&open=listing%3Aa'
    """
    return _closed_url(view) + urlencode({"open": f"{kind}:{value}"}, errors="replace")


@lru_cache(maxsize=64)
def _closed_url(view: View) -> str:
    """The address of a view with nothing opened, up to where that is said."""
    url = create_url(view.closed())
    return f"{url}&" if "?" in url else f"{url}?v={VERSION}&"


def parse_url(path: str | None, search: str | None = "") -> View:
    """The view of an address; raises for none.

    Args:
        path: the path, such as ``/articles``; an unknown one is the overview.
        search: the query with or without its question mark.

    >>> parse_url("/articles", "?v=1&quality=40~&by=fortnight&to=2021-08-27&nonsense=1").until
    datetime.date(2021, 8, 27)
    """
    known = {page.value: page for page in Page}
    page = known.get("/" + (path or "").strip("/"), Page.OVERVIEW)
    given = _values(search or "")

    def one(name: str) -> str:
        return given.get(name, [""])[-1]

    low, high = _quality(one("quality"))
    query = one("q").replace("\0", "").strip()[:_LONGEST].strip()
    return View(
        page=page,
        query=query,
        story=one("story") if _KEY.fullmatch(one("story")) and not query else None,
        topics=_several(given.get("topic", [])),
        providers=_several(given.get("outlet", [])),
        since=_day(one("from")),
        until=_day(one("to")),
        min_quality=low,
        max_quality=high,
        basis=one("count") if one("count") in BASES else "articles",
        share=one("as") == "share",
        every=one("by") if one("by") in EVERY else None,
        mark=_mark(one("open")),
        article=one("article") if _ID.fullmatch(one("article")) else None,
        sort=_sort(one("sort")),
        columns=_columns(given.get("where", [])),
        event=one("e") if _ID.fullmatch(one("e")) else None,
        rank=one("rank") if one("rank") in RANKS else "size",
        hidden=tuple(dict.fromkeys(filter(_NAME.fullmatch, one("hide").split(","))))[:20],
        beside=tuple(text for text in _several(given.get("with", [])) if text.startswith(("story:", "q:")))[
            :MOST_BESIDE
        ],
        outlet=one("of") if 0 < len(one("of")) <= 253 else None,
        clusters=int(one("k")) if _CLUSTERS.fullmatch(one("k")) else None,
        zone=one("tz") if one("tz") in zones() else None,
    )


@cache
def zones() -> frozenset[str]:
    """The time zones that this machine knows, by their IANA names."""
    return frozenset(name for name in available_timezones() if name[0].isupper() and "/" in name) | {"UTC"}


def _values(search: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(search.removeprefix("?"), max_num_fields=1000)
    except ValueError:  # more fields than a page ever writes
        return found
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _several(values: list[str]) -> tuple[str, ...]:
    """The values in their order, each once."""
    return tuple(dict.fromkeys(value for value in values if value and len(value) <= 500))[:_MOST]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def _quality(text: str) -> tuple[float | None, float | None]:
    match = _QUALITY.fullmatch(text)
    low, high = ((float(part) if part else None) for part in match.groups()) if match else (None, None)
    return low, high


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _mark(text: str) -> Mark | None:
    kind, _, value = text.partition(":")
    if kind not in MARK_KINDS or not value or len(value) > 500:
        return None
    days = {"period": 1, "day": 1, "burst": 2}.get(kind)
    parts = value.split("/")
    known = days is None or (len(parts) == days and all(map(_day, parts)))
    return Mark(kind, value) if known else None


def _sort(text: str) -> tuple[tuple[str, bool], ...]:
    names = dict.fromkeys(text.split(","))
    pairs = ((name.removeprefix("-"), name.startswith("-")) for name in names)
    return tuple((name, down) for name, down in pairs if _NAME.fullmatch(name))[:8]


def _columns(values: list[str]) -> tuple[ColumnFilter, ...]:
    found: dict[str, ColumnFilter] = {}
    for text in values:
        column, operator, value = (*text.split(":", 2), "", "")[:3]
        if not _NAME.fullmatch(column) or operator not in OPERATORS or len(value) > 500:
            continue
        if operator in {"greaterThanOrEqual", "lessThanOrEqual"} and not _is_number(value):
            continue
        if bool(value) != (operator not in {"blank", "notBlank"}):
            continue
        found[column] = ColumnFilter(column, operator, value)
    return tuple(found.values())[:20]


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
