"""An alert: what was found, in a sentence and in numbers, with the articles behind it."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

import pandas as pd

from analysis.corpus import Corpus, Selection
from analysis.query_syntax import Field
from analysis.reports.provenance import provenance_of
from analysis.reports.words import tidy
from analysis.watch.rules import Followed

__all__ = ["Address", "Alert", "Behind", "Finding", "alert_of"]

_SHOWN = 20  # articles that an alert carries; it says how many there are and how to find the rest


@dataclass(frozen=True)
class Behind:
    """The articles behind an alert, as they are selected.

    Attributes:
        since, until: first and last day, in the zone of the corpus.
        providers: domains.
        below: quality scores below this only.
    """

    since: date | None = None
    until: date | None = None
    providers: tuple[str, ...] = ()
    below: float | None = None

    def of(self, selection: Selection) -> Selection:
        """These articles of a selection."""
        given: dict[str, Any] = {}
        given |= {"since": self.since.isoformat()} if self.since else {}
        given |= {"until": self.until.isoformat()} if self.until else {}
        given |= {"providers": self.providers} if self.providers else {}
        return selection.select(f"quality<{self.below:g}" if self.below is not None else "", **given)


@dataclass(frozen=True)
class Finding:
    """Something found, before it is known whether it was found before.

    Attributes:
        kind: kind of alert.
        about: what, beside kind and query, it is about: an outlet, or the last article before collection stopped.
        span: stretch of time that it is about; the same finding over a stretch that meets it is the same. None where it
            is said once for ever.
        text: a sentence or two.
        facts: its numbers.
        behind: its articles.
    """

    kind: str
    text: str
    facts: dict[str, Any]
    behind: Behind
    about: str = ""
    span: tuple[pd.Timestamp, pd.Timestamp] | None = None


@dataclass(frozen=True)
class Alert:
    """A finding that nobody was told of before.

    Attributes:
        id: digest of what it is about; the same for the same finding.
        kind: one of `analysis.watch.rules.KINDS`.
        name, story, query: what is followed: its name, its key where it is a saved story, its query.
        text: what was found.
        facts: the numbers in it.
        since, until, providers, below: what narrows the query to the articles behind it.
        n_articles: how many these are.
        articles: the first of them, at most 20, with article_id, published_at, provider, title and url.
        found_by: a query that finds them.
        python: a line of Python that gives them as a frame.
        command: a command that writes them to a file.
        address: path and query of the dashboard's page on them; empty where there is no dashboard.
        raised_at: when, ISO 8601 in UTC.
        snapshot_id, snapshot_label: what it was found in.
    """

    id: str
    kind: str
    name: str
    story: str | None
    query: str
    text: str
    facts: dict[str, Any]
    since: str | None
    until: str | None
    providers: tuple[str, ...]
    below: float | None
    n_articles: int
    articles: tuple[dict[str, Any], ...]
    found_by: str
    python: str
    command: str
    raised_at: str
    snapshot_id: str
    snapshot_label: str
    address: str = field(default="")

    def content(self) -> dict[str, Any]:
        """The alert as JSON has it."""
        return asdict(self)


Address = Callable[[Followed, Behind], str]
"""Gives the address of the dashboard's page on the articles behind something followed."""


def alert_of(
    finding: Finding, followed: Followed, corpus: Corpus, now: datetime, address: Address | None = None
) -> Alert:
    """A finding with its articles.

    Args:
        finding: what was found.
        followed: in what.
        corpus: and in which snapshot.
        now: the time, with zone.
        address: gives the dashboard's address; none unless given.
    """
    chosen = finding.behind.of(corpus.select(followed.query))
    table = chosen.table("articles")
    columns = "article_id, epoch_us(published_at), provider_id, title, url"
    rows = table.order("published_at NULLS LAST, article_id").limit(_SHOWN).project(columns).fetchall()
    found_by = _as_query(finding.behind, followed, corpus)
    store = corpus.snapshot.folder.parent.parent
    given = {"--store": str(store), "--query": found_by, "--out": f"alert-{_id(finding, followed)[:8]}.csv"}
    zoned = "" if corpus.zone == "UTC" else f" (days in {corpus.zone})"
    return Alert(
        id=_id(finding, followed),
        kind=finding.kind,
        name=tidy(followed.name, 200),
        story=followed.story,
        query=followed.query,
        text=f"{tidy(finding.text, 1000)}{zoned}",
        facts=finding.facts,
        since=finding.behind.since.isoformat() if finding.behind.since else None,
        until=finding.behind.until.isoformat() if finding.behind.until else None,
        providers=finding.behind.providers,
        below=finding.behind.below,
        n_articles=int(table.aggregate("count(*)").fetchall()[0][0]),
        articles=tuple(map(_article, rows)),
        found_by=found_by,
        python=provenance_of(chosen).python,
        command="newsgauge export articles "
        + " ".join(f"{k} {shlex.quote(v)}" for k, v in given.items() if v),
        raised_at=now.isoformat(timespec="seconds"),
        snapshot_id=corpus.snapshot.id,
        snapshot_label=corpus.snapshot.label,
        address=address(followed, finding.behind) if address else "",
    )


def _article(row: tuple[Any, ...]) -> dict[str, Any]:
    key, published, provider, title, url = row
    when = None if published is None else pd.Timestamp(published, unit="us", tz="UTC").isoformat()
    return {"article_id": key, "published_at": when, "provider": provider, "title": tidy(title), "url": url}


def _as_query(behind: Behind, followed: Followed, corpus: Corpus) -> str:
    """One query that finds the articles, for where a query is all that can be given."""
    parts = [f"({followed.query})"] if followed.query else []
    parts += [f"after:{behind.since}"] if behind.since else []
    parts += [f"before:{date.fromordinal(behind.until.toordinal() + 1)}"] if behind.until else []
    parts += [f"quality<{behind.below:g}"] if behind.below is not None else []
    for domain in behind.providers:
        parts.append(str(Field("provider", domain)))
        # A domain stands for those below it too, which are other outlets.
        lower = corpus.table("providers").project("provider_id").fetchall()
        parts += [f"NOT {Field('provider', name)}" for (name,) in lower if name.endswith(f".{domain}")]
    return " AND ".join(parts)


def _id(finding: Finding, followed: Followed) -> str:
    start = finding.span[0].isoformat() if finding.span else ""
    said = repr((finding.kind, followed.key, finding.about, start))
    return hashlib.blake2b(said.encode(), digest_size=10).hexdigest()
