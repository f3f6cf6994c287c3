"""Answers over whichever snapshot and time zone is looked at, so that a newer snapshot opens without a restart.

A tab keeps to the snapshot that it was opened on: its page says which, and the browser says it with every request. Who
says none gets the newest. A snapshot that its store has removed is answered from the newest, and the answer says so.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from flask import Flask, Response, g, has_request_context, jsonify, request

from analysis.corpus import Corpus
from analysis.store import NoSnapshot, Snapshot, current_snapshot, find_snapshot
from dashboard.answers import Answers
from dashboard.saved import Saved
from dashboard.url_state import Page, View

__all__ = ["HEADER", "Editions"]

HEADER = "X-Newsgauge-Snapshot"
"""Of a request: the id of the snapshot to answer from. Of a response: the id of the one that was answered from."""

_KEPT = 6  # snapshots, each in one time zone, that stay open


class Editions(Answers):
    """Answers over every snapshot of a store, each in any time zone; safe to share between threads."""

    def __init__(self, corpus: Corpus, saved: Saved | None = None) -> None:
        super().__init__(corpus, saved=saved)
        self._store = corpus.snapshot.folder.parent.parent
        self._lock = Lock()
        self._open: OrderedDict[tuple[str, str], Answers] = OrderedDict()
        self._open[corpus.snapshot.id, corpus.zone] = Answers(corpus, saved=self.saved)

    def at(self, view: View) -> Answers:
        """The answers over the snapshot that is asked for, else the newest, in the zone of a view, else the served."""
        wanted = asked_snapshot() or self.newest().id
        zone = view.zone or self.served
        if view.page is Page.DATA:  # days of collection are those of UTC
            zone = "UTC"
        with self._lock:
            found = self._open.get((wanted, zone))
            if found is None:
                found = Answers(self._corpus(wanted, zone), self.served, self.saved)
            key = found.corpus.snapshot.id, found.corpus.zone
            self._open[key] = found
            self._open.move_to_end(key)
            while len(self._open) > _KEPT:
                self._open.popitem(last=False)
        if has_request_context():
            g.snapshot = key[0]
        return found

    def newest(self) -> Snapshot:
        """The newest snapshot; the one that was served first where the store cannot be read."""
        try:
            return current_snapshot(self._store)
        except NoSnapshot:
            return self.corpus.snapshot

    def _corpus(self, wanted: str, zone: str) -> Corpus:
        """The snapshot in the zone; the newest where the store no longer has it, else the one served first."""
        known = {answers.corpus.snapshot.id: answers.corpus.snapshot for answers in self._open.values()}
        try:
            return Corpus(known.get(wanted) or find_snapshot(self._store, wanted), zone=zone)
        except NoSnapshot:
            pass
        try:
            return Corpus(self.newest(), zone=zone)
        except NoSnapshot:
            return Corpus(self.corpus.snapshot, zone=zone)

    def announce(self, server: Flask) -> None:
        """Let pages ask which snapshot is the newest, and tell them which one answered."""

        @server.get("/_newest")
        def newest_snapshot() -> Response:
            snapshot = self.newest()
            return jsonify(id=snapshot.id, label=snapshot.label)

        @server.after_request
        def name_snapshot(response: Response) -> Response:
            if "snapshot" in g:
                response.headers[HEADER] = g.snapshot
            return response


def asked_snapshot() -> str | None:
    """The id of the snapshot that the request being answered asks for."""
    if not has_request_context():
        return None
    return request.headers.get(HEADER) or request.args.get("snapshot")
