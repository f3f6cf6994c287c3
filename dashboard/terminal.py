"""What the command line prints: progress with counts and time left, what a build did, numbers with their nouns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from analysis.records import CODES
from analysis.store import BuildReport

__all__ = ["console", "count", "plain_table", "print_table", "progress", "report_build", "score"]

console = Console(stderr=True, highlight=False)
_REDRAWN = 0.1  # seconds at least between two drawings of the progress


def print_table(table: Table) -> None:
    """Print a table to standard output."""
    Console(highlight=False).print(table)


def plain_table(*columns: str) -> Table:
    """A table without lines."""
    return Table(*columns, box=None, pad_edge=False, header_style="bold")


class _Rate(ProgressColumn):
    """Files a second."""

    def render(self, task: Task) -> Text:
        """The rate so far, or nothing before the first file."""
        return Text(f"{task.speed:,.0f} a second" if task.speed else "")


@contextmanager
def progress() -> Iterator[Any]:
    """Show files done, of how many, how fast, and the time left."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(24),
        MofNCompleteColumn(),
        TextColumn("files"),
        _Rate(),
        TimeRemainingColumn(),
    )
    words = {
        "reading": "Reading",
        "comparing": "Comparing",
        "settling": "Settling articles",
        "grouping": "Grouping",
        "writing": "Writing tables",
    }
    # It is drawn when there is something to tell: a thread that draws would keep a build from forking its readers.
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as bar:
        task = bar.add_task("Looking for files", total=None)
        drawn = 0.0

        def tell(step: str, done: int, total: int) -> None:
            nonlocal drawn
            if step in ("reading", "comparing"):
                bar.update(task, description=words[step], completed=done, total=total)
            else:
                bar.update(task, description=words.get(step, step))
            now = monotonic()
            if step != "reading" or now - drawn >= _REDRAWN:
                drawn = now
                bar.refresh()

        yield tell


def report_build(report: BuildReport) -> None:
    """What a build did, with problems by kind."""
    tables = report.snapshot.tables
    n_articles, n_providers = tables["articles"]["rows"], tables["providers"]["rows"]
    parsed = (
        "all read" if report.n_parsed == report.n_files else f"{report.n_parsed:,} of them new or changed"
    )
    payloads = "encrypted payload was" if report.n_secured == 1 else "encrypted payloads were"
    secured = f" {report.n_secured:,} {payloads} left out." if report.n_secured else ""
    click.echo(
        f"{count(report.n_files, 'file')} ({parsed}): {count(report.n_records, 'record')}, "
        f"{count(n_articles, 'article')} from {count(n_providers, 'provider')}.{secured}"
    )
    if report.n_compared:
        click.echo(f"{count(report.n_compared, 'file')} read by PyYAML alone as well: no difference.")
    if report.problems:
        shown = plain_table("problem", "severity", "count", "what it means")
        for (severity, code), number in report.problems.items():
            shown.add_row(code, severity, f"{number:,}", escape(CODES[code][1]))
        print_table(shown)
    state = "is new" if report.is_new else "has not changed"
    click.echo(f"Snapshot {report.snapshot.label} {state}.")


def score(value: float) -> str:
    """A score with three digits; nothing where there is none.

    >>> score(0.98765), score(float("nan"))
    ('0.988', '')
    """
    return "" if math.isnan(value) else f"{value:.3f}"


def count(number: int, noun: str) -> str:
    """A number with its noun.

    >>> count(1, "file"), count(1312, "file")
    ('1 file', '1,312 files')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
