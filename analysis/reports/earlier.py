"""An earlier report to compare with: from its snapshot where the store still has it, else from what it carries."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.corpus import Corpus, Selection
from analysis.reports.carried import Carried, carried_of, read_carried
from analysis.reports.provenance import provenance_of
from analysis.reports.spec import BadReport
from analysis.reports.words import tidy
from analysis.store.snapshot import NoSnapshot, find_snapshot, snapshot_names

__all__ = ["Earlier", "open_earlier"]


@dataclass(frozen=True, eq=False)
class Earlier:
    """An earlier report.

    Attributes:
        path: its file, as it was given.
        carried: its key figures and article ids; all ids where its snapshot is still there.
        articles: the articles it was about; None where its snapshot is gone.
    """

    path: str
    carried: Carried
    articles: pd.DataFrame | None


def open_earlier(selection: Selection, path: str | Path) -> Earlier:
    """An earlier report on the same selection.

    Args:
        selection: what the new report is about.
        path: the earlier report, as HTML or Markdown.

    Raises:
        BadReport: it is no report, or one of another query, other filters or another zone.

    >>> import tempfile
    >>> from analysis import build_corpus, open_corpus
    >>> from analysis.reports import write_report
    >>> from data import RECORDS
    >>> store = tempfile.mkdtemp()
    >>> _ = build_corpus(RECORDS, store)
    >>> ban = open_corpus(store).select("ban*")
    >>> (old,) = write_report(ban, store, formats=("md",))
    >>> open_earlier(ban, old).carried.n_articles
    4
    """
    carried, source = read_carried(path), provenance_of(selection)
    for name, word in (("query", "query"), ("filters", "filters"), ("zone", "time zone")):
        was, now = getattr(carried, name), getattr(source, name)
        if was != now:
            raise BadReport(
                f"--since-report must be of the same {word}: {tidy(now, 120) or 'none'!r}; it is of "
                f"{tidy(was, 120) or 'none'!r}"
            )
    then = _still_there(selection, carried)
    if then is None:
        return Earlier(str(path), carried, None)
    articles = then.articles
    return Earlier(str(path), carried_of(then, articles, most=None), articles)


def _still_there(selection: Selection, carried: Carried) -> Selection | None:
    """The same selection of the earlier report's snapshot, where the store still has it as it was."""
    store = selection.corpus.snapshot.folder.parent.parent
    try:
        if carried.snapshot not in snapshot_names(store):
            return None
        snapshot = find_snapshot(store, carried.snapshot)
        if snapshot.digest != carried.digest:
            return None
        return Selection(Corpus(snapshot, zone=selection.zone), selection.filters)
    except NoSnapshot:
        return None
