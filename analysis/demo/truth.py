"""What is true of the demo, as frames: the answers that measures and grouping should find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.demo.collection import Corpus
from analysis.demo.coverage import Article
from analysis.demo.damage import Fault

__all__ = ["DemoTruth", "truth_of"]

_FADED = 0.25  # a burst is over when a day has less than this share of its strongest day


@dataclass(frozen=True)
class DemoTruth:
    """Known truth; every text column is `str`, times are `datetime64[us, UTC]`, days `datetime64[us]`.

    Attributes:
        articles: one row for each article seen, by address without tracking parameters: url, provider_id, title,
            published_at, story (missing for background), event, copy_group, is_copy (not the earliest of its texts
            here), is_truncated_copy, first_in_event, seen_as (`record`, `related` or `both`).
        records: one row for each readable record: file, url (as written in it), article (its url in `articles`).
        events: event, story, kind, started_at, burst (number within the story; missing outside bursts).
        bursts: story, burst, first_day, last_day (both included), n_articles (collected).
        gaps: day, for each day without collection.
        providers: provider_id, name, quality_mean (missing where not scored), speed (median hours of delay),
            copies_from (provider_ids), share_copied (copies in its records; missing where it has no record).
        malformed: file, code and severity expected (codes as in `analysis.records.CODES`), story of the fault.
    """

    articles: pd.DataFrame
    records: pd.DataFrame
    events: pd.DataFrame
    bursts: pd.DataFrame
    gaps: pd.DataFrame
    providers: pd.DataFrame
    malformed: pd.DataFrame


def truth_of(corpus: Corpus, files: Sequence[str], faults: Sequence[Fault]) -> DemoTruth:
    """The truth of a corpus whose records were written to these files, in this order."""
    articles = _articles(corpus)
    records = pd.DataFrame(
        {
            "file": list(files),
            "url": [kept.url for kept in corpus.records],
            "article": [kept.article.url for kept in corpus.records],
        }
    )
    events = _events(corpus)
    return DemoTruth(
        articles=articles,
        records=records,
        events=events,
        bursts=_bursts(articles, events),
        gaps=pd.DataFrame({"day": _days([corpus.calendar.day(offset) for offset in corpus.calendar.gap])}),
        providers=_providers(corpus, articles),
        malformed=pd.DataFrame(faults, columns=list(Fault._fields), dtype="str"),
    )


def _days(days: Sequence[date]) -> pd.Series:
    """Dates as midnights without zone."""
    return pd.Series(pd.to_datetime(list(days))).astype("datetime64[us]")


def _articles(corpus: Corpus) -> pd.DataFrame:
    """The articles, in the order of their times."""
    recorded = {kept.article.url for kept in corpus.records}
    listed = {article.url for kept in corpus.records for article in kept.related}
    earliest: dict[str, str] = {}
    first: dict[str, str] = {}
    for article in corpus.articles:  # in order of time, so the first one seen is the earliest
        earliest.setdefault(article.copied_from, article.url)
        first.setdefault(article.event, article.url)

    def row(article: Article) -> dict[str, object]:
        is_copy = earliest[article.copied_from] != article.url
        seen = [word for word, urls in (("record", recorded), ("related", listed)) if article.url in urls]
        return {
            "url": article.url,
            "provider_id": article.outlet.provider_id,
            "title": article.title,
            "published_at": article.published_at,
            "story": article.story,
            "event": article.event,
            "copy_group": earliest[article.copied_from],
            "is_copy": is_copy,
            "is_truncated_copy": is_copy and article.is_truncated,
            "first_in_event": first[article.event] == article.url,
            "seen_as": seen[0] if len(seen) == 1 else "both",
        }

    out = pd.DataFrame([row(article) for article in corpus.articles])
    out["story"] = out["story"].astype("str")
    out["published_at"] = out["published_at"].astype("datetime64[us, UTC]")
    return out


def _events(corpus: Corpus) -> pd.DataFrame:
    """The events of stories of which anything was seen, in the order of their start."""
    seen = {article.event for article in corpus.articles}
    rows = [
        {
            "event": event.event_id,
            "story": event.story.name,
            "kind": event.kind.name,
            "started_at": event.start,
            "burst": event.burst,
        }
        for event in sorted(corpus.events, key=lambda event: (event.start, event.event_id))
        if event.event_id in seen
    ]
    out = pd.DataFrame(rows)
    out["burst"] = out["burst"].astype("Int64")
    out["started_at"] = out["started_at"].astype("datetime64[us, UTC]")
    return out


def _bursts(articles: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """The bursts: from the first collected article of their events to the last day that is not faded."""
    collected = articles.loc[articles["seen_as"] != "related"].merge(events.dropna(), on=["event", "story"])
    collected["day"] = collected["published_at"].dt.tz_localize(None).dt.normalize()
    rows = []
    for (story, burst), part in collected.groupby(["story", "burst"], sort=True):
        counts = part.groupby("day").size()
        strong = counts[counts >= _FADED * counts.max()].index
        rows.append((story, burst, strong[0], strong[-1], len(part)))
    out = pd.DataFrame(rows, columns=["story", "burst", "first_day", "last_day", "n_articles"])
    return out.astype({"first_day": "datetime64[us]", "last_day": "datetime64[us]"})


def _providers(corpus: Corpus, articles: pd.DataFrame) -> pd.DataFrame:
    """The outlets and their habits, with the share of copies that came of them."""
    collected = articles.loc[articles["seen_as"] != "related"]
    n, n_copies = (
        Counter(collected["provider_id"]),
        Counter(collected.loc[collected["is_copy"], "provider_id"]),
    )
    rows = [
        {
            "provider_id": outlet.provider_id,
            "name": outlet.name,
            "quality_mean": float("nan") if outlet.quality is None else outlet.quality,
            "speed": outlet.speed,
            "copies_from": list(outlet.copies_from),
            "share_copied": n_copies[outlet.provider_id] / n[outlet.provider_id]
            if n[outlet.provider_id]
            else float("nan"),
        }
        for outlet in sorted(corpus.outlets, key=lambda outlet: outlet.provider_id)
    ]
    return pd.DataFrame(rows)
