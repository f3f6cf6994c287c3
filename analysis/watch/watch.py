"""The watch: follows sources, builds on change, looks at each new snapshot, and tells what it finds, once."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from analysis.corpus import Corpus
from analysis.errors import NewsgaugeError
from analysis.reports.words import counted
from analysis.store import BuildReport, NoSnapshot, build_corpus, current_snapshot
from analysis.watch.alert import Address, Finding, alert_of
from analysis.watch.burst import find_bursts
from analysis.watch.changes import Changes, signature
from analysis.watch.drop import find_quality_drop
from analysis.watch.leader import find_new_leader, leader_of
from analysis.watch.look import Look
from analysis.watch.memory import BadMemory, Memory, Sending
from analysis.watch.mention import find_first_mention
from analysis.watch.rules import BadRules, Followed, Rules
from analysis.watch.stopped import Rhythm, find_stop, rhythm_of
from analysis.watch.targets import File, Target, Undelivered

__all__ = ["AlreadyWatched", "Watch"]

_FIND: dict[str, Callable[[Look], list[Finding]]] = {
    "burst": find_bursts,
    "first-mention": find_first_mention,
    "new-top-provider": find_new_leader,
    "quality-drop": find_quality_drop,
}
_PATIENCE = 300.0  # seconds between two tries to build, at most
_BUSY = 20  # a look at the sources takes at most one part in so many of the time
_WAITS = 1000  # waits for something new that are remembered
_NOTED = 0.25  # hours of waiting after which it is written down
_WATCH = "watch"  # notes of the watch itself


class AlreadyWatched(NewsgaugeError):
    """Another watch is going on over the same store."""


class Watch:
    """A watch over sources and their store.

    Use it as a context: it keeps others from watching the same store. `step` is one round; `run` goes on for ever.

    Args:
        sources: folders, files or archives.
        store: folder of the store.
        rules: what is watched, and where alerts go.
        say: told what the watch does and what fails, a sentence at a time.
        zone: IANA zone of days.
        interval: seconds between two looks at the sources.
        clock: gives the time, with zone.
        address: gives the dashboard's address for the articles behind an alert.

    Raises:
        AlreadyWatched: another watch has the store.
        BadMemory: what was said before cannot be read.

    >>> import tempfile
    >>> from analysis.watch import default_rules
    >>> from data import RECORDS
    >>> said = []
    >>> with Watch([RECORDS], Path(tempfile.mkdtemp()), default_rules(), say=said.append) as watch:
    ...     watch.once()
    True
    >>> said[0].partition(":")[0]
    '1 file, 1 of them new or changed'
    """

    def __init__(
        self,
        sources: Sequence[str | Path],
        store: str | Path,
        rules: Rules,
        *,
        say: Callable[[str], None],
        zone: str = "UTC",
        interval: float = 2.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        address: Address | None = None,
    ) -> None:
        self._sources, self._store, self._rules = list(sources), Path(store).expanduser().resolve(), rules
        self._say, self._zone, self._interval = say, zone, interval
        self._clock, self._address = clock, address
        self._changes, self._failures, self._retry = Changes(), 0, 0.0
        self._rhythm: Rhythm | None = None
        self._corpus: Corpus | None = None
        self._missing, self._fault = "", ""
        _refuse_files_among_sources(self._sources, rules)
        folder = self._store / "watch"
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(folder / ".lock", timeout=0)
        self._memory: Memory
        self._folder = folder

    def __enter__(self) -> Self:
        """Take the store."""
        try:
            self._lock.acquire()
        except Timeout:
            raise AlreadyWatched(f"another watch is going on over {self._store}; end it first") from None
        try:
            self._memory = Memory(self._folder / "alerts.sqlite")
        except NewsgaugeError:
            self._lock.release()
            raise
        self._settle()
        return self

    def __exit__(self, *_error: object) -> None:
        """Give the store back."""
        self._memory.close()
        self._lock.release()

    def run(self, wait: Callable[[float], None] = time.sleep) -> None:
        """Go on until something raises: an interrupt does."""
        while True:
            wait(self.step())

    def step(self) -> float:
        """One round: build if the sources have changed and come to rest, look, and send; returns seconds to wait."""
        began = time.perf_counter()
        found = self._signature()
        listing = time.perf_counter() - began
        now = self._clock()
        if found is not None and self._changes.ready(found, now) and now.timestamp() >= self._retry:
            self._build(found)
        self._look()
        self._send()
        return max(self._interval, listing * _BUSY)

    def once(self) -> bool:
        """Build, look and send at once; says whether the build succeeded."""
        found = self._signature()
        built = found is not None and self._build(found)
        self._look()
        self._send()
        return built

    def _signature(self) -> int | None:
        try:
            found = signature(self._sources, self._store)
        except (NewsgaugeError, OSError) as error:
            if str(error) != self._missing:  # said once, not every two seconds
                self._say(f"Sources cannot be read: {error}. Waiting for them.")
            self._missing = str(error)
            return None
        self._missing = ""
        return found

    def _build(self, found: int) -> bool:
        """Build; what fails is said, and tried again later and later."""
        try:
            report = build_corpus(self._sources, self._store)
        except Exception as error:  # noqa: BLE001 - a full disk, another builder, a fault: none may end the watch
            wait = min(_PATIENCE, self._interval * 2.0 ** min(self._failures, 10))
            self._failures, self._retry = self._failures + 1, self._clock().timestamp() + wait
            self._say(f"Build failed: {_reason(error)}. Trying again in {_seconds(wait)}.")
            return False
        self._failures, self._retry = 0, 0.0
        self._changes.built(found)
        if report.is_new:
            self._say(_told(report))
        return True

    def _look(self) -> None:
        """Look at the current snapshot, if it was not looked at before; and whether collection goes on."""
        try:
            snapshot = current_snapshot(self._store)
        except NoSnapshot:
            return
        try:
            if self._corpus is None or self._corpus.snapshot.id != snapshot.id:
                self._open(Corpus(snapshot, zone=self._zone))
            self._check_collection()
        except Exception as error:  # noqa: BLE001 - a fault in one snapshot must not end the watch
            fault = f"Looking at snapshot {snapshot.label} failed: {_reason(error)}."
            if fault != self._fault:
                self._say(f"{fault} Trying again.")
            self._corpus, self._fault = None, fault

    def _open(self, corpus: Corpus) -> None:
        noted = self._memory.noted(_WATCH)
        seen = (corpus.snapshot.id, [followed.key for followed in self._rules.followed])
        if noted.get("looked_at") != list(seen):
            whole = [self._look_for(followed, corpus) for followed in self._rules.followed]
            self._memory.note(_WATCH, looked_at=seen if all(whole) else None)
        self._rhythm = rhythm_of(corpus, self._clock(), self._memory.raised("collection-stopped"))
        self._note_wait(noted)
        self._corpus = corpus

    def _look_for(self, followed: Followed, corpus: Corpus) -> bool:
        """Every kind of alert on one thing followed; then what the next look needs to know. Says if all went well."""
        now, whole = self._clock(), True
        look = Look(corpus, followed, now, self._memory.noted(followed.key))
        for kind in followed.wanted:
            if kind in _FIND:
                try:
                    findings = _FIND[kind](look)
                except Exception as error:  # noqa: BLE001 - the other kinds are looked for all the same
                    self._say(f"Looking for {kind} in {followed.name!r} failed: {_reason(error)}.")
                    whole = False
                    continue
                for finding in findings:
                    self._tell(finding, followed, corpus)
        if not whole:  # what was not found now is new on the next look too
            return False
        notes: dict[str, Any] = {"n_articles": len(look.selection)}
        if "new-top-provider" in followed.wanted:
            given = followed.threshold("new-top-provider")
            notes["leader"] = leader_of(look, given.days, given.articles) or look.noted.get("leader")
        self._memory.note(followed.key, **notes)
        return True

    def _note_wait(self, noted: dict[str, Any]) -> None:
        """When something new has come, remember how long nothing had, as it was last seen."""
        newest = None if self._rhythm is None else self._rhythm.newest.isoformat()
        if newest == noted.get("newest"):
            return
        waited = list(noted.get("waited", []))
        if noted.get("newest") and noted.get("quiet"):
            waited.append(noted["quiet"])
        self._memory.note(_WATCH, newest=newest, waited=waited[-_WAITS:], quiet=0.0)

    def _check_collection(self) -> None:
        """Whether collection has stopped by now."""
        if self._rhythm is None or self._corpus is None:
            return
        now, noted = self._clock(), self._memory.noted(_WATCH)
        quiet = (now - self._rhythm.newest).total_seconds() / 3600
        if quiet - noted.get("quiet", 0.0) >= _NOTED:
            self._memory.note(_WATCH, quiet=round(quiet, 2))
        for followed in self._rules.followed:
            if "collection-stopped" in followed.wanted:
                given = followed.threshold("collection-stopped")
                for finding in find_stop(self._rhythm, now, given, noted.get("waited", [])):
                    self._tell(finding, followed, self._corpus)

    def _tell(self, finding: Finding, followed: Followed, corpus: Corpus) -> None:
        """Raise an alert, unless it was raised before."""
        if not self._memory.knows(finding, followed):
            alert = alert_of(finding, followed, corpus, self._clock(), self._address)
            self._memory.raise_alert(
                alert, finding, followed, [target.name for target in self._rules.targets]
            )

    def _settle(self) -> None:
        """Of what was being delivered when the last watch ended: done, or nobody knows. Never sent twice."""
        targets = {target.name: target for target in self._rules.targets}
        for sending in self._memory.cut_short():
            if sending.target in targets and targets[sending.target].has(sending.content):
                self._memory.sent(sending)
            elif sending.target.startswith("file "):
                self._memory.failed(sending, "cut short", datetime.fromtimestamp(0, UTC))
            else:
                self._memory.unknown(sending)
                self._say(
                    f"The watch ended while alert {sending.id} went to {sending.target}; it is not sent again: "
                    f"{sending.content['text']}"
                )

    def _send(self) -> None:
        """Send what is due; what fails is said, and tried again later."""
        targets = {target.name: target for target in self._rules.targets}
        try:
            for sending in self._memory.due(list(targets), self._clock()):
                self._deliver(sending, targets[sending.target])
        except (
            BadMemory,
            sqlite3.Error,
        ) as error:  # a full disk: what was not noted down as begun is sent later
            self._say(f"Alerts cannot be sent now: {error}.")

    def _deliver(self, sending: Sending, target: Target) -> None:
        self._memory.trying(sending)
        try:
            target.deliver(sending.content)
        except Undelivered as error:
            wait = self._memory.failed(sending, str(error), self._clock())
            self._say(
                f"Alert {sending.id} did not reach {target.name}: {error}. Trying again in {_seconds(wait)}."
            )
        else:
            self._memory.sent(sending)


def _refuse_files_among_sources(sources: Sequence[str | Path], rules: Rules) -> None:
    """Alerts written among the records would be read as records, and so on for ever."""
    roots = [Path(source).expanduser().resolve() for source in sources]
    for target in rules.targets:
        if isinstance(target, File) and any(target.path.is_relative_to(root) for root in roots):
            raise BadRules(f"a file of alerts must lie outside the sources; got {target.path}")


def _told(report: BuildReport) -> str:
    tables = report.snapshot.tables
    articles, outlets = tables["articles"]["rows"], tables["providers"]["rows"]
    wrong = f"; {counted(report.n_errors, 'record')} could not be read" if report.n_errors else ""
    return (
        f"{counted(report.n_files, 'file')}, {report.n_parsed:,} of them new or changed: "
        f"{counted(articles, 'article')} from {counted(outlets, 'outlet')}{wrong}. Snapshot {report.snapshot.label}."
    )


def _reason(error: Exception) -> str:
    """The first line of what an error says."""
    return next(iter(str(error).strip().splitlines()), "") or type(error).__name__


def _seconds(wait: float) -> str:
    return counted(round(wait / 60), "minute") if wait >= 120 else f"{wait:g} s"
