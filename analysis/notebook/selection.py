"""A corpus and its selections as a notebook has them: with measures, charts, reports and a summary to look at."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from analysis import corpus as plain
from analysis.notebook.charts import Charts
from analysis.notebook.display import summary_html
from analysis.notebook.measured import Measured
from analysis.reports import FORMATS, BadReport, ReportSpec, write_report
from analysis.store import current_snapshot, find_snapshot, store_folder
from analysis.store.engines import check_engine
from data import STORIES

if TYPE_CHECKING:
    from analysis.notebook.spark import SparkCorpus

__all__ = ["Corpus", "Selection", "open_corpus"]


@overload
def open_corpus(
    store: str | Path, *, snapshot: str | None = None, zone: str = "UTC", engine: Literal["duckdb"] = "duckdb"
) -> Corpus: ...
@overload
def open_corpus(
    store: str | Path,
    *,
    snapshot: str | None = None,
    zone: str = "UTC",
    engine: Literal["spark"],
    master: str | None = None,
) -> SparkCorpus: ...
def open_corpus(
    store: str | Path,
    *,
    snapshot: str | None = None,
    zone: str = "UTC",
    engine: str = "duckdb",
    master: str | None = None,
) -> Corpus | SparkCorpus:
    """Open a snapshot of a store.

    Args:
        store: folder that `build_corpus` or ``newsgauge build`` made; or an address such as ``s3://bucket/news``, which
            needs the extra ``s3``. Its snapshot is downloaded once, into NEWSGAUGE_CACHE or a folder of this user.
        snapshot: id or label of an earlier snapshot; the current one unless given. A store keeps the last five.
        zone: IANA name of the time zone whose days and midnights are meant, such as ``Europe/London``.
        engine: ``duckdb``, which is embedded, or ``spark``, for a corpus that outgrows one machine.
        master: for Spark, where the work is done, such as ``spark://host:7077``; ``local[*]`` unless given.

    Raises:
        BadEngine: the engine is not one of the two, or a master is given to one that has none.
        NoSpark: Spark is not installed or cannot be started.
        RemoteFault: the address cannot be reached.
        NoSnapshot: nothing has been built there, or the snapshot is not there; says which are.
        BadFilter: the zone is not known.

    >>> import tempfile
    >>> from analysis import build_corpus
    >>> from data import RECORDS
    >>> store = tempfile.mkdtemp()
    >>> _ = build_corpus(RECORDS, store)
    >>> corpus = open_corpus(store)
    >>> corpus.articles[["provider_id", "quality"]].head(2)
               provider_id  quality
    0       diginomica.com     74.0
    1  biometricupdate.com     37.0
    >>> open_corpus(store, snapshot=corpus.snapshot.id).snapshot == corpus.snapshot
    True
    """
    check_engine(engine, master)
    folder = store_folder(store, snapshot)
    found = current_snapshot(folder) if snapshot is None else find_snapshot(folder, snapshot)
    if engine == "spark":
        from analysis.notebook.spark import SparkCorpus  # noqa: PLC0415 - an extra

        return SparkCorpus(found, zone=zone, master=master)
    return Corpus(found, zone=zone)


class Selection(Measured, plain.Selection):
    """Articles of a corpus, narrowed by filters: their tables, every measure and chart of them, and reports.

    Tables are properties (`articles`, `providers`, …; see `analysis.corpus.Selection`), measures are methods (see
    `Measured`), charts are under `charts`. In a notebook a selection shows a summary of itself.

    >>> import tempfile
    >>> from analysis import build_corpus, open_corpus
    >>> from data import RECORDS
    >>> store = tempfile.mkdtemp()
    >>> _ = build_corpus(RECORDS, store)
    >>> ban = open_corpus(store).select("ban*")
    >>> ban.provider_profiles()[["provider_id", "count", "quality_mean"]].head(1)
          provider_id  count  quality_mean
    0  diginomica.com      1          74.0
    """

    corpus: Corpus

    def select(self, query: str = "", **filters: Any) -> Selection:
        """Narrow further: the query is added with AND, other filters replace those of the same name.

        Args:
            query: text in the query language, see `analysis.query.parse`.
            filters: fields of `Filters`: topics, providers, since, until, min_quality, max_quality.

        Raises:
            QueryError: the query cannot be read; points at the character.
            BadFilter: a filter is unknown or has a value that is not allowed.
        """
        return Selection(self.corpus, super().select(query, **filters).filters)

    def story(self, key: str, folders: Sequence[str | Path] = (STORIES,)) -> Selection:
        """The articles of a saved story: the selection narrowed by its query.

        Args:
            key: the story's key, such as ``facial-recognition-ban``; see `analysis.story`.
            folders: where stories are kept; earlier ones hide a story of the same key in later ones.

        Raises:
            UnknownStory: there is none of this key.
            StoryError: its file does not hold a story.
        """
        return Selection(self.corpus, super().story(key, folders).filters)

    @property
    def charts(self) -> Charts:
        """Every chart of the selection, as the dashboard and reports draw it."""
        return Charts(self)

    def report(self, path: str | Path, *, kind: str = "brief", title: str = "") -> Path:
        """Write a report on the selection; `analysis.reports.write_report` has more choices.

        Args:
            path: the file, whose ending says the format: .html, .pdf, .md, .xlsx, or .csv.zip, .parquet.zip or
                .jsonl.zip for its tables. Replaced when it exists, once all is written.
            kind: `brief`, `full`, `provider` or `data`.
            title: what it is about; the query unless given.

        Returns:
            The path written.

        Raises:
            BadReport: an unknown ending or kind.
            NoBrowser: PDF is asked for and Chromium or the extra `reports` is missing.

        >>> import tempfile
        >>> from analysis import build_corpus, open_corpus
        >>> from data import RECORDS
        >>> store = tempfile.mkdtemp()
        >>> _ = build_corpus(RECORDS, store)
        >>> open_corpus(store).select("ban*").report(f"{store}/ban.md").name
        'ban.md'
        """
        target = Path(path).expanduser()
        name = target.name.lower()
        form = next((form for form in FORMATS if name.endswith((f".{form}", f".{form}.zip"))), None)
        if form is None or name.endswith(".zip") != (form in {"csv", "parquet", "jsonl"}):
            endings = ", ".join(f".{form}{_ZIPPED.get(form, '')}" for form in FORMATS)
            raise BadReport(f"path must end in one of {endings}; got {target.name!r:.80}")
        spec = ReportSpec(kind=kind, title=title)
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".report-") as folder:
            (written,) = write_report(self, folder, formats=(form,), spec=spec)
            written.replace(target)
        return target

    def _repr_html_(self) -> str:
        return summary_html(self)


_ZIPPED = dict.fromkeys(("csv", "parquet", "jsonl"), ".zip")


class Corpus(Selection, plain.Corpus):
    """An open snapshot: the selection of every article. Made by `open_corpus`; may be shared by threads."""
