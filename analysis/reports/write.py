"""Writing a report: each format asked for, as files named for what they hold."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

from analysis.corpus import Selection
from analysis.reports.bundle import to_bundle
from analysis.reports.document import Document, document
from analysis.reports.earlier import Earlier
from analysis.reports.gather import gather
from analysis.reports.html import to_html
from analysis.reports.markdown import to_markdown
from analysis.reports.pdf import find_browser, to_pdf
from analysis.reports.report import Report
from analysis.reports.spec import BadReport, ReportSpec
from analysis.reports.style import PLAIN, Style

__all__ = ["FORMATS", "file_stem", "write_report"]

Tell = Callable[[str, int, int], None]


def write_report(
    selection: Selection,
    folder: str | Path,
    *,
    formats: Sequence[str] = ("html",),
    spec: ReportSpec | None = None,
    style: Style = PLAIN,
    earlier: Earlier | None = None,
    tell: Tell | None = None,
) -> list[Path]:
    """Gather a report and write it.

    Args:
        selection: what it is about.
        folder: where to; made where it is missing. Files of the same report and snapshot are replaced, each at once.
        formats: some of `FORMATS`; `csv`, `parquet` and `jsonl` are a zip each.
        spec: kind, title and sections; a brief unless given.
        style: logo, colour and font.
        earlier: a report to compare with, from `open_earlier`.
        tell: called before each step with what it is, how many are done and how many there are; what it raises stops
            the report, and leaves no half-written file.

    Returns:
        The files, in the order of `formats`.

    Raises:
        BadReport: an unknown format.
        NoBrowser: PDF is asked for and Chromium or the extra `reports` is missing.

    >>> import tempfile
    >>> from analysis import build_corpus, open_corpus
    >>> from data import RECORDS
    >>> store = tempfile.mkdtemp()
    >>> _ = build_corpus(RECORDS, store)
    >>> paths = write_report(open_corpus(store).select("ban*"), store, formats=("html", "md"))
    >>> [path.name.rpartition("-")[0] for path in paths], paths[0].suffix
    (['brief-ban', 'brief-ban'], '.html')
    """
    for name in formats:
        if name not in FORMATS:
            raise BadReport(f"format must be one of {', '.join(FORMATS)}; got {name!r:.80}")
    if "pdf" in formats:
        find_browser()  # before all is gathered in vain
    spec = spec or ReportSpec()
    steps = len(spec.contents) + len(formats)

    def told(step: str, done: int, _: int = 0) -> None:
        if tell is not None:
            tell(step, done, steps)

    report = gather(selection, spec, told, earlier=earlier)
    laid_out = document(report, style)
    target = Path(folder).expanduser()
    target.mkdir(parents=True, exist_ok=True)
    paths = []
    for done, name in enumerate(formats, start=len(spec.contents)):
        told(name, done)
        paths.append(
            _write(target / f"{file_stem(report)}{_ENDINGS[name]}", FORMATS[name](report, laid_out, style))
        )
    return paths


def file_stem(report: Report) -> str:
    """The name of a report's files without ending: kind, title and snapshot, in letters that cannot be a path.

    Titles of which nothing is left in ASCII go by the digest only.
    """
    plain = unicodedata.normalize("NFKD", report.title).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-")
    return "-".join(part for part in (report.spec.kind, slug, report.provenance.digest[:8]) if part)


def _write(path: Path, content: bytes) -> Path:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def _html(_: Report, laid_out: Document, style: Style) -> bytes:
    return to_html(laid_out, style).encode()


def _pdf(report: Report, laid_out: Document, style: Style) -> bytes:
    return to_pdf(to_html(laid_out, style), laid_out, report.provenance.built_at)


def _md(_: Report, laid_out: Document, __: Style) -> bytes:
    return to_markdown(laid_out).encode()


def _xlsx(report: Report, laid_out: Document, _: Style) -> bytes:
    from analysis.reports.xlsx import to_xlsx  # noqa: PLC0415 - a tenth of the time to start, and few ask for it

    return to_xlsx(report, laid_out)


def _data(kind: str) -> Callable[[Report, Document, Style], bytes]:
    return lambda report, laid_out, _: to_bundle(report, laid_out, kind)


FORMATS: dict[str, Callable[[Report, Document, Style], bytes]] = {
    "html": _html,
    "pdf": _pdf,
    "md": _md,
    "xlsx": _xlsx,
    "csv": _data("csv"),
    "parquet": _data("parquet"),
    "jsonl": _data("jsonl"),
}
"""Name of a format -> how a report is written in it."""

_ENDINGS = {name: f".{name}.zip" if name in {"csv", "parquet", "jsonl"} else f".{name}" for name in FORMATS}
