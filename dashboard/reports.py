"""A report on what a page shows: which kinds there are of it, and the work of writing one."""

from __future__ import annotations

import secrets
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.corpus import Selection
from analysis.reports.document import TITLES
from analysis.reports.spec import ReportSpec
from analysis.reports.write import FORMATS, write_report
from dashboard.answers import Answers
from dashboard.jobs import Tell, Work
from dashboard.url_state import Page, View

__all__ = ["FORMAT_NAMES", "Subject", "forget_old", "kinds_of", "subject_of", "writing"]

FORMAT_NAMES = {
    "html": "Web page (HTML), with charts that answer the pointer",
    "pdf": "PDF, to print and to send",
    "md": "Markdown, to paste",
    "xlsx": "Spreadsheet (XLSX), with every row",
    "csv": "Tables (CSV in a zip), with every row",
}
_KINDS = {
    "brief": "Brief: two pages",
    "full": "Full report",
    "provider": "Profile of the outlet",
    "comparison": "Comparison",
    "data": "Data quality",
}
_LONGEST = 200  # of a title
_KEPT_SECONDS = 3600


@dataclass(frozen=True, eq=False)
class Subject:
    """What a report is about: its articles, and what it is called."""

    selection: Selection
    title: str
    description: str = ""
    stories: tuple[tuple[str, str], ...] = ()


def kinds_of(view: View) -> dict[str, str]:
    """The kinds of report that there can be of a page, that which suits it best first, with their names.

    >>> list(kinds_of(View())), list(kinds_of(View(page=Page.DATA)))
    (['brief', 'full', 'data'], ['data', 'brief', 'full'])
    """
    names = ["brief", "full", "data"]
    if view.page is Page.COMPARE and len(view.beside) > 1:
        names.insert(0, "comparison")
    if view.page is Page.PROVIDERS and view.outlet:
        names.insert(0, "provider")
    if view.page is Page.DATA:
        names = ["data", "brief", "full"]
    return {name: _KINDS[name] for name in names}


def subject_of(answers: Answers, view: View) -> Subject:
    """What a page shows, as the subject of a report: the selection of its filters, or the one event or outlet."""
    answers = answers.at(view)
    view = view.closed()
    if view.page is Page.EVENTS and view.event:
        return Subject(
            answers.corpus.select(f"event:{view.event}"),
            answers.headline(view, view.event)[:_LONGEST],
        )
    if view.page is Page.PROVIDERS and view.outlet:
        names = answers.corpus.select(providers=(view.outlet,)).providers["name"]
        selection = answers.selection(replace(view, providers=(view.outlet,)))
        return Subject(selection, str(names.iloc[0] if len(names) else view.outlet)[:_LONGEST])
    story, selection = answers.story(view), answers.selection(view)
    beside = tuple(_named(answers, one) for one in view.beside) if view.page is Page.COMPARE else ()
    if story:
        return Subject(selection, story.name, story.description, beside)
    return Subject(selection, selection.filters.query[:_LONGEST], "", beside)


def _named(answers: Answers, beside: str) -> tuple[str, str]:
    """Name and query of what is set beside others."""
    what, _, value = beside.partition(":")
    story = answers.stories.get(value) if what == "story" else None
    return (story.name, story.query) if story else (value[:_LONGEST], value)


def writing(subject: Subject, spec: ReportSpec, form: str, folder: Path) -> Work:
    """The work of writing a report in one format: what it returns is the path of the file.

    Args:
        subject: what it is about.
        spec: its kind and what it counts.
        form: one of `FORMAT_NAMES`.
        folder: where to; each report gets a folder of its own in it.
    """

    def write(tell: Tell) -> Path:
        def told(step: str, done: int, steps: int) -> None:
            tell(TITLES.get(step, f"Writing {step.upper()}" if step in FORMATS else step), done, steps)

        target = folder / secrets.token_hex(8)
        return write_report(subject.selection, target, formats=(form,), spec=spec, tell=told)[0]

    return write


def forget_old(folder: Path) -> None:
    """Remove reports that were written an hour ago."""
    for old in folder.iterdir():
        if old.stat().st_mtime < time.time() - _KEPT_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
