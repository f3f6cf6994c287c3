"""What a watch remembers, in the store: what was said, to whom, and what it needs to know for the next look.

A SQLite file beside the snapshots: every change is made whole or not at all, also when the machine stops in the middle.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from analysis.errors import NewsgaugeError
from analysis.watch.alert import Alert, Finding
from analysis.watch.rules import Followed

__all__ = ["BadMemory", "Memory", "Sending"]

_TABLES = """
CREATE TABLE IF NOT EXISTS alerts (
    id TEXT PRIMARY KEY, kind TEXT, key TEXT, about TEXT, first REAL, last REAL, raised_at TEXT, content TEXT
);
CREATE TABLE IF NOT EXISTS sendings (
    id TEXT, target TEXT, state TEXT, attempts INTEGER DEFAULT 0, due REAL DEFAULT 0, error TEXT DEFAULT '',
    PRIMARY KEY (id, target)
);
CREATE TABLE IF NOT EXISTS notes (key TEXT, name TEXT, value TEXT, PRIMARY KEY (key, name));
"""
_LONGEST = 3600.0  # seconds between two tries
_SHORTEST = 60.0


class BadMemory(NewsgaugeError):
    """The file of what was said cannot be read or written; says which."""


@dataclass(frozen=True)
class Sending:
    """One alert that is to go to one target, and how often that was tried."""

    id: str
    target: str
    attempts: int
    content: dict[str, Any]


class Memory:
    """What a watch remembers.

    Args:
        path: the file; made where it is missing.

    Raises:
        BadMemory: it cannot be opened, or is something else.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        try:
            self._con = sqlite3.connect(path, isolation_level=None)
            self._con.executescript(_TABLES)
        except sqlite3.Error as error:
            raise BadMemory(f"{path} cannot be used ({error}); move it away to begin anew") from error

    def close(self) -> None:
        """Let go of the file."""
        self._con.close()

    @contextmanager
    def _whole(self) -> Iterator[sqlite3.Connection]:
        """One change."""
        try:
            self._con.execute("BEGIN IMMEDIATE")
            try:
                yield self._con
            except BaseException:
                self._con.execute("ROLLBACK")
                raise
            self._con.execute("COMMIT")
        except sqlite3.Error as error:
            raise BadMemory(f"{self._path} cannot be written: {error}") from error

    def knows(self, finding: Finding, followed: Followed) -> bool:
        """Whether it was said before: the same, over a stretch that meets this one, which is then taken in."""
        if finding.span is None:
            asked = "SELECT 1 FROM alerts WHERE kind = ? AND key = ? AND about = ?"
            return bool(self._con.execute(asked, (finding.kind, followed.key, finding.about)).fetchone())
        first, last = (instant.timestamp() for instant in finding.span)
        same = "kind = ? AND key = ? AND about = ? AND first <= ? AND last >= ?"
        given = (finding.kind, followed.key, finding.about, last, first)
        row = self._con.execute(f"SELECT id, first, last FROM alerts WHERE {same}", given).fetchone()
        if row is None:
            return False
        if first < row[1] or last > row[2]:
            with self._whole() as con:
                reach = (min(first, row[1]), max(last, row[2]), row[0])
                con.execute("UPDATE alerts SET first = ?, last = ? WHERE id = ?", reach)
        return True

    def raise_alert(self, alert: Alert, finding: Finding, followed: Followed, targets: Sequence[str]) -> None:
        """Remember an alert, and to whom it is to go, in one step."""
        first, last = (t.timestamp() for t in finding.span) if finding.span else (None, None)
        content = json.dumps(alert.content(), ensure_ascii=False)
        row = (alert.id, alert.kind, followed.key, finding.about, first, last, alert.raised_at, content)
        with self._whole() as con:
            added = con.execute("INSERT OR IGNORE INTO alerts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row).rowcount
            if added:
                waiting = [(alert.id, target) for target in targets]
                con.executemany("INSERT INTO sendings (id, target, state) VALUES (?, ?, 'waiting')", waiting)

    def raised(self, kind: str) -> list[datetime]:
        """When alerts of a kind were raised, with zone."""
        rows = self._con.execute("SELECT raised_at FROM alerts WHERE kind = ? ORDER BY raised_at", (kind,))
        return [datetime.fromisoformat(raised_at) for (raised_at,) in rows.fetchall()]

    def note(self, key: str, **values: Any) -> None:
        """Remember values, by name."""
        rows = [(key, name, json.dumps(value)) for name, value in values.items()]
        with self._whole() as con:
            con.executemany("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", rows)

    def noted(self, key: str) -> dict[str, Any]:
        """The values remembered, by name."""
        rows = self._con.execute("SELECT name, value FROM notes WHERE key = ?", (key,)).fetchall()
        return {name: json.loads(value) for name, value in rows}

    def due(self, targets: Sequence[str], now: datetime) -> list[Sending]:
        """What is to be sent now, in the order in which it was raised."""
        marks = ", ".join("?" * len(targets))
        rows = self._con.execute(
            f"""SELECT id, target, attempts, content FROM sendings JOIN alerts USING (id)
            WHERE state = 'waiting' AND due <= ? AND target IN ({marks}) ORDER BY alerts.rowid, sendings.rowid""",
            (now.timestamp(), *targets),
        ).fetchall()
        return [Sending(key, target, attempts, json.loads(text)) for key, target, attempts, text in rows]

    def cut_short(self) -> list[Sending]:
        """Deliveries that were under way when the watch before this one ended."""
        asked = (
            "SELECT id, target, attempts, content FROM sendings JOIN alerts USING (id) WHERE state = 'trying'"
        )
        return [
            Sending(key, target, n, json.loads(text)) for key, target, n, text in self._con.execute(asked)
        ]

    def trying(self, sending: Sending) -> None:
        """Remember that a delivery has begun."""
        self._set(sending, "trying", 0.0, "")

    def sent(self, sending: Sending) -> None:
        """Remember that it got there."""
        self._set(sending, "sent", 0.0, "")

    def unknown(self, sending: Sending) -> None:
        """Remember that nobody knows whether it got there; it is not sent again."""
        self._set(sending, "unknown", 0.0, "cut short")

    def failed(self, sending: Sending, error: str, now: datetime) -> float:
        """Remember that it did not get there; returns the seconds until it is tried again."""
        wait = min(_LONGEST, _SHORTEST * 2.0 ** min(sending.attempts, 10))
        self._set(sending, "waiting", now.timestamp() + wait, error)
        return wait

    def _set(self, sending: Sending, state: str, due: float, error: str) -> None:
        attempts = sending.attempts + (state != "trying")
        with self._whole() as con:
            con.execute(
                "UPDATE sendings SET state = ?, attempts = ?, due = ?, error = ? WHERE id = ? AND target = ?",
                (state, attempts, due, error, sending.id, sending.target),
            )
