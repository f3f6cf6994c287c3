"""Where a report comes from: enough for somebody else to make the same frame a year later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from analysis import __version__
from analysis.corpus import Filters, Selection
from analysis.words import counted

__all__ = ["Provenance", "provenance_of"]


@dataclass(frozen=True)
class Provenance:
    """Where a report comes from.

    Attributes:
        query, filters: what selected the articles; `filters` in words, without the query.
        zone: IANA name; days are cut at its midnights.
        snapshot_id, snapshot_label, digest, built_at: of the snapshot.
        version: of Newsgauge.
        sources: what the snapshot was built from: path, files and digest.
        python: one line that gives the selection's articles as a pandas frame, of this snapshot and no later one.
        selection: the expression in it that gives the selection, for further measures.
    """

    query: str
    filters: str
    zone: str
    snapshot_id: str
    snapshot_label: str
    digest: str
    built_at: str
    version: str
    sources: tuple[tuple[str, int, str], ...]
    python: str
    selection: str


def provenance_of(selection: Selection) -> Provenance:
    """The provenance of a selection.

    >>> from analysis import build_corpus, open_corpus
    >>> import tempfile
    >>> from data import RECORDS
    >>> store = tempfile.mkdtemp()
    >>> _ = build_corpus(RECORDS, store)
    >>> found = provenance_of(open_corpus(store).select("ban*", min_quality=40))
    >>> found.query, found.filters
    ('ban*', 'quality from 40')
    """
    snapshot, filters = selection.corpus.snapshot, selection.filters
    store = str(snapshot.folder.parent.parent)
    zone = "" if selection.zone == "UTC" else f", zone={selection.zone!r}"
    opened = f"open_corpus({store!r}, snapshot={snapshot.id!r}{zone})"
    given = ", ".join(_arguments(filters))
    chosen = opened + (f".select({given})" if given else "")
    return Provenance(
        query=filters.query,
        filters=_words(filters),
        zone=selection.zone,
        snapshot_id=snapshot.id,
        snapshot_label=snapshot.label,
        digest=snapshot.digest,
        built_at=snapshot.built_at,
        version=__version__,
        sources=tuple((source.path, source.n_files, source.digest) for source in snapshot.sources),
        python=f"from analysis import open_corpus; articles = {chosen}.articles",
        selection=chosen,
    )


def _arguments(filters: Filters) -> list[str]:
    given = [repr(filters.query)] if filters.query else []
    for name in ("topics", "providers"):
        given += [f"{name}={list(getattr(filters, name))!r}"] if getattr(filters, name) else []
    for name in ("since", "until"):
        value = getattr(filters, name)
        given += [] if value is None else [f"{name}={_iso(value)!r}"]
    for name in ("min_quality", "max_quality"):
        value = getattr(filters, name)
        given += [] if value is None else [f"{name}={value!r}"]
    given += [] if filters.ids is None else [f"ids={list(filters.ids)!r}"]
    return given


def _iso(value: str | date | datetime) -> str:
    return value if isinstance(value, str) else value.isoformat()


def _words(filters: Filters) -> str:
    parts = [f"topic {' or '.join(filters.topics)}"] if filters.topics else []
    parts += [f"outlet {' or '.join(filters.providers)}"] if filters.providers else []
    parts += [f"from {_iso(filters.since)}"] if filters.since is not None else []
    parts += [f"until {_iso(filters.until)}"] if filters.until is not None else []
    parts += [f"quality from {filters.min_quality:g}"] if filters.min_quality is not None else []
    parts += [f"quality up to {filters.max_quality:g}"] if filters.max_quality is not None else []
    parts += [] if filters.ids is None else [f"{counted(len(filters.ids), 'article')} chosen one by one"]
    return "; ".join(parts)
