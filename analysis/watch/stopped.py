"""Collection that has stopped: nothing new for longer than is usual in this corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from analysis.corpus import Corpus
from analysis.measures.coverage import NOT_COLLECTED
from analysis.reports.words import counted, day
from analysis.watch.alert import Behind, Finding
from analysis.watch.rules import CollectionStopped

__all__ = ["Rhythm", "find_stop", "rhythm_of"]

_DAYS = 90  # that say what is usual
_LEAST = 10  # records without which nothing is usual


@dataclass(frozen=True)
class Rhythm:
    """How new records come.

    Attributes:
        newest: when the newest record was published, up to now.
        usual: the longest wait for the next record, in hours; None where too few are known.
        n_records: records from which that is known.
        zone: of days.
    """

    newest: pd.Timestamp
    usual: float | None
    n_records: int
    zone: str


def rhythm_of(corpus: Corpus, now: datetime, told: Sequence[datetime] = ()) -> Rhythm | None:
    """The rhythm of a corpus, from its latest 90 days; None where no record has a time.

    The usual wait is the longest between two records, but for waits in which the table `collection` has a day that was
    not collected, or in which it was told that collection had stopped: one stop must not hide the next.

    Args:
        corpus: the snapshot.
        now: the time, with zone.
        told: when it was told that collection had stopped, with zone.
    """
    records = corpus.table("articles").filter("seen_as <> 'related' AND published_at IS NOT NULL")
    rows = records.filter(f"epoch(published_at) <= {now.timestamp()!r}").project("published_at").distinct()
    times = pd.DatetimeIndex(rows.order("published_at").to_arrow_table().to_pandas()["published_at"])
    if times.empty:
        return None
    latest = times[times >= times[-1] - pd.Timedelta(days=_DAYS)]
    usual = _longest(latest, corpus.collection, told) if len(latest) >= _LEAST else None
    return Rhythm(times[-1], usual, len(latest), corpus.zone)


def _longest(times: pd.DatetimeIndex, collection: pd.DataFrame, told: Sequence[datetime]) -> float:
    """The longest wait, in hours, that no lack of collection explains."""
    missed = pd.DatetimeIndex(collection.loc[collection["status"] == NOT_COLLECTED, "day"]).tz_localize("UTC")
    explained = missed.append(pd.DatetimeIndex(pd.to_datetime(list(told), utc=True))).sort_values()
    n_explained = explained.searchsorted(times[1:]) - explained.searchsorted(times[:-1])
    waits = (times[1:] - times[:-1]).total_seconds().to_numpy() / 3600
    known = waits[n_explained == 0]
    return float(known.max()) if len(known) else 0.0


def find_stop(
    rhythm: Rhythm, now: datetime, given: CollectionStopped, waited: Sequence[float] = ()
) -> list[Finding]:
    """Whether collection has stopped by now.

    Args:
        rhythm: of the corpus.
        now: the time, with zone.
        given: what is set.
        waited: hours that the watch itself saw pass before something new came: records may come in late, all at once.
            What was seen once only, and one in twenty of the others, is taken to be no usual wait.
    """
    quiet = (now.timestamp() - rhythm.newest.timestamp()) / 3600
    known = sorted(waited)[:-1]
    learned = float(np.quantile(known, 0.95)) if known else 0.0
    if rhythm.usual is None or quiet <= max(given.hours, given.times * max(rhythm.usual, learned)):
        return []
    usual = max(rhythm.usual, learned)
    last = rhythm.newest.tz_convert(rhythm.zone)
    text = (
        f"Nothing new since {day(last.date())}, {last:%H:%M}: {_lasting(quiet)}, where the longest usual wait is "
        f"{_lasting(usual)} ({counted(rhythm.n_records, 'time')} of publication in {_DAYS} days)."
    )
    facts = {"newest": rhythm.newest.isoformat(), "hours": quiet, "usual_hours": usual}
    about = rhythm.newest.isoformat()
    return [Finding("collection-stopped", text, facts, Behind(last.date(), last.date()), about=about)]


def _lasting(hours: float) -> str:
    if hours < 48:
        return counted(round(hours), "hour")
    return counted(round(hours / 24), "day")
