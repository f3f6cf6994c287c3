"""A report as a document: its sentences, tables cut with a word, and pictures; still no format."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.reports.carried import to_text
from analysis.reports.cells import NUMERIC, Cell, cell
from analysis.reports.columns import LAYOUTS, Layout
from analysis.reports.figures import Picture, pictures
from analysis.reports.report import Report, Section
from analysis.reports.style import Style
from analysis.reports.text import paragraphs
from analysis.reports.words import counted, day, number, percent, ratio, score, stretch, tidy

__all__ = ["TITLES", "Chapter", "Document", "Grid", "Tile", "document"]

TITLES = {
    "summary": "Summary",
    "since": "What changed",
    "volume": "Coverage over time",
    "timeline": "Events and who was first",
    "providers": "Outlets",
    "quality": "Quality",
    "syndication": "Syndication",
    "topics": "Strands",
    "terms": "Distinctive terms",
    "blindspots": "Blind spots",
    "articles": "Notable articles",
    "compared": "The stories",
    "overlap": "What they share",
    "collection": "What was collected",
    "health": "Data health",
    "problems": "Problems",
    "method": "Method and limits",
}
"""Section -> the title of its chapter."""

_KINDS = {
    "brief": "Brief",
    "full": "Report",
    "comparison": "Comparison of stories",
    "provider": "Outlet profile",
    "data": "Data quality report",
}
_FIGURES = {
    "articles": "Articles",
    "share": "Share of everything collected",
    "texts": "Texts, copies once",
    "events": "Events",
    "outlets": "Outlets",
    "quality": "Median quality score",
}
_BRIEF_GRIDS = frozenset({"events", "notable", "since_figures", "since_came"})  # its key figures are tiles
_BRIEF_ROWS = {"since_came": 3}  # fewer than other tables, so that all stays on two pages


@dataclass(frozen=True)
class Grid:
    """A table: headings with whether their column is of numbers, the rows shown, and how many there are."""

    key: str
    title: str
    headings: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int
    note: str = ""

    @property
    def cut(self) -> str:
        """What is not shown, and where it is; empty where all is shown."""
        if self.total <= len(self.rows):
            return ""
        return (
            f"{len(self.rows):,} of {self.total:,} shown; all are in the spreadsheet and data editions of this report, "
            f"table {self.key}."
        )


@dataclass(frozen=True)
class Tile:
    """A figure to be seen first: the number, what it is, and what is to be known of it."""

    value: str
    label: str
    note: str


@dataclass(frozen=True)
class Chapter:
    """One section as a document has it."""

    key: str
    title: str
    paragraphs: tuple[str, ...]
    pictures: tuple[Picture, ...]
    grids: tuple[Grid, ...]
    tiles: tuple[Tile, ...] = ()

    @property
    def is_beside(self) -> bool:
        """Whether, in a brief, its paragraphs stand beside its figure or first table."""
        return (self.key == "providers" and bool(self.pictures)) or (self.key == "since" and bool(self.grids))

    @property
    def is_short(self) -> bool:
        """Whether it is a paragraph or two, which can stand in a column."""
        return not (self.pictures or self.grids or self.tiles or self.key in {"summary", "method"})


@dataclass(frozen=True)
class Document:
    """A whole report as a document.

    Attributes:
        title, kind, description: of its head.
        brief: whether it is to stay on two pages.
        dates: what time it is about, in words.
        chapters: its sections.
        about: label and value of its provenance.
        python: one line that gives its articles.
        label: of the snapshot.
        carried: what a later report compares with, as text.
    """

    title: str
    brief: bool
    kind: str
    description: str
    dates: str
    chapters: tuple[Chapter, ...]
    about: tuple[tuple[str, str], ...]
    python: str
    label: str
    carried: str


def document(report: Report, style: Style) -> Document:
    """A report with its words, tables and pictures.

    Args:
        report: from `analysis.reports.gather`.
        style: for the colours of its pictures.
    """
    chapters = tuple(_chapter(report, section, style) for section in report.sections)
    return Document(
        title=tidy(report.title, 160),
        brief=report.spec.kind == "brief",
        kind=_KINDS[report.spec.kind],
        description=tidy(report.spec.description, 400),
        dates=_dates(report),
        chapters=chapters,
        about=_about(report),
        python=report.provenance.python,
        label=report.provenance.snapshot_label,
        carried=to_text(report.carried),
    )


def _chapter(report: Report, section: Section, style: Style) -> Chapter:
    grids = []
    for key, measured in section.frames.items():
        layout, frame = LAYOUTS[key], measured.frame
        if report.spec.kind == "brief" and key not in _BRIEF_GRIDS:
            continue
        if key == "key_figures":
            grids += [_key_figures(frame, section.facts)] if section.facts["n_articles"] else []
        elif key == "since_figures":
            grids.append(_then_and_now(frame, section.facts))
        elif key == "change" and not frame[["before", "after"]].iloc[-1].any():
            continue  # nothing in both stretches has no parts
        elif layout.shown and len(frame):
            grids.append(_grid(key, layout, frame, report))
    tiles = _tiles(section) if section.key == "summary" and section.facts["n_articles"] else ()
    title = TITLES[section.key]
    title += f" since {day(section.facts['date'])}" if section.key == "since" else ""
    return Chapter(
        section.key, title, paragraphs(section), pictures(report, section, style), tuple(grids), tiles
    )


def _grid(key: str, layout: Layout, frame: pd.DataFrame, report: Report) -> Grid:
    most, zone = report.spec.shown_rows, report.provenance.zone
    if report.spec.kind == "brief" and not report.spec.rows:
        most = _BRIEF_ROWS.get(key, most)
    chosen = frame
    if layout.best and len(frame) > most:
        order = frame.sort_values(layout.best, ascending=False, kind="stable").head(most)
        chosen = frame.loc[order.index.sort_values()]
    rows: list[dict[Hashable, Any]] = chosen.head(most).to_dict("records")
    note = layout.note
    if layout.best and len(frame) > most:
        note = f"Shown are those in most outlets. {note}"
    if report.spec.kind == "provider" and key in {"events", "texts"}:
        note = f"Articles of other outlets are counted too. {note}".strip()
    times = any(shown.kind == "time" for shown in layout.shown)
    return Grid(
        key,
        layout.title + (f" (times in {zone})" if times else ""),
        tuple((shown.label, shown.kind in NUMERIC) for shown in layout.shown),
        tuple(tuple(cell(row, shown, zone) for shown in layout.shown) for row in rows),
        len(frame),
        note,
    )


def _key_figures(frame: pd.DataFrame, facts: Any) -> Grid:
    compared = facts["recent"] is not None and facts["before"] is not None
    headings = [("Figure", False), ("In all", True)]
    if compared:
        headings += [
            (stretch(*facts["recent"]), True),
            (stretch(*facts["before"]), True),
            ("Change (95 % interval)", True),
        ]
    rows = []
    for row in frame.to_dict("records"):
        name = str(row["figure"])
        if name == "share" and not facts["narrowed"]:
            continue  # everything is 100 % of everything
        cells = [Cell(_FIGURES[name]), Cell(_with_ends(name, row["value"], row["low"], row["high"]))]
        if compared:
            cells += [
                Cell(_figure(name, row["recent"])),
                Cell(_figure(name, row["before"])),
                Cell(_changed(row)),
            ]
        rows.append(tuple(cells))
    note = (
        "Outlets and medians are not counts of independent articles: no interval is given for their change. A text "
        "counts where its original stands, and not in a stretch in which only copies of it ran."
    )
    return Grid(
        "key_figures", "Key figures", tuple(headings), tuple(rows), len(rows), note if compared else ""
    )


def _then_and_now(frame: pd.DataFrame, facts: Any) -> Grid:
    headings = (("Figure", False), ("Then", True), ("Now", True), ("Difference", True))
    rows = []
    for row in frame.to_dict("records"):
        name = str(row["figure"])
        both = (
            Cell(_with_ends(name, *(row[key + end] for end in ("", "_low", "_high"))))
            for key in ("then", "now")
        )
        rows.append((Cell(_FIGURES[name]), *both, Cell(_difference(name, row["difference"]))))
    note = (
        f"Then: snapshot {facts['label']}. In brackets: 95 % intervals. Shares differ in percentage points."
    )
    return Grid("since_figures", "Then and now", headings, tuple(rows), len(rows), note)


def _with_ends(name: str, value: Any, low: Any, high: Any) -> str:
    if pd.isna(low) or pd.isna(high):
        return _figure(name, value)
    return f"{_figure(name, value)} ({_figure(name, low).removesuffix(' %')} to {_figure(name, high)})"


def _difference(name: str, value: Any) -> str:
    if pd.isna(value):
        return "–"
    shown = (
        f"{value * 100:+,.2f}"
        if name == "share"
        else f"{value:+,.1f}"
        if name == "quality"
        else f"{value:+,.0f}"
    )
    shown = "0" if float(shown.replace(",", "")) == 0 else shown.replace("-", "−")
    return f"{shown} points" if name == "share" else shown


def _figure(name: str, value: Any) -> str:
    return percent(value) if name == "share" else score(value) if name == "quality" else number(value)


def _changed(row: Any) -> str:
    if pd.isna(row["ratio"]):
        return "–"
    return f"{ratio(row['ratio'])} ({ratio(row['ratio_low'])} to {ratio(row['ratio_high'])})"


def _tiles(section: Section) -> tuple[Tile, ...]:
    facts = section.facts
    once = "are originals" if facts["n_elsewhere"] else "with copies once"
    tiles = [
        Tile(number(facts["n_articles"]), "article" if facts["n_articles"] == 1 else "articles",
             f"{number(facts['n_texts'])} {once}" if facts["copies_known"] else "copies not looked for"),
        Tile(number(facts["n_outlets"]), "outlet" if facts["n_outlets"] == 1 else "outlets",
             counted(facts["n_events"], "event") if facts["events_known"] else ""),
    ]  # fmt: skip
    if facts["narrowed"]:
        ends = f"{percent(facts['share_low']).removesuffix(' %')} to {percent(facts['share_high'])}"
        tiles.append(Tile(percent(facts["share"]), "of everything collected", f"95 % interval {ends}"))
    moved = facts["moved"]
    if moved and facts["narrowed"] and not math.isnan(moved["share_recent"] + moved["share_before"]):
        last = tiles[-1]
        said = (
            f"{last.note}; {percent(moved['share_before'])} before, {percent(moved['share_recent'])} latest"
        )
        tiles[-1] = Tile(last.value, last.label, said)
    if moved and moved["before"] + moved["after"] >= 10:
        interval = f"95 % interval {ratio(moved['low'])} to {ratio(moved['high'])}"
        tiles.append(
            Tile(ratio(moved["ratio"]), f"{moved['after']:,} articles after {moved['before']:,}", interval)
        )
    else:
        tiles.append(
            Tile(score(facts["median_quality"]), "median quality", f"{number(facts['n_scored'])} scored")
        )
    return tuple(tiles)


def _dates(report: Report) -> str:
    drawn = report.stretches.drawn
    if drawn is None:
        return "no dates known"
    zone = report.provenance.zone
    first, last = drawn[0].tz_convert(zone), (drawn[1] - pd.Timedelta(1, "us")).tz_convert(zone)
    return stretch(first.date(), last.date())


def _about(report: Report) -> tuple[tuple[str, str], ...]:
    source = report.provenance
    basis = {
        "articles": "articles",
        "originals": "texts, copies counted once",
        "events": "events",
        "providers": "outlets",
    }
    rows = [
        ("Query", source.query or "every article"),
        ("Filters", source.filters or "none"),
        ("Time shown", _dates(report)),
        ("Time zone", source.zone),
        ("Counting basis", f"{basis[report.spec.basis]}, per {report.stretches.every}"),
        ("Snapshot", f"{source.snapshot_label}, id {source.snapshot_id}, built {source.built_at}"),
        ("Digest", source.digest),
        *(
            ("Source", f"{path} ({counted(n, 'file')}, digest {digest})")
            for path, n, digest in source.sources
        ),
        ("Newsgauge", f"version {source.version}"),
    ]
    rows += [(f"Story: {tidy(name, 60)}", query) for name, query in report.spec.stories]
    if unseen := _unseen(report):
        rows.append(("Not shown", f"{'; '.join(unseen)}: in the spreadsheet and data editions"))
    return tuple((label, tidy(value, 2000)) for label, value in rows)


def _unseen(report: Report) -> list[str]:
    """Titles of the tables that a brief leaves out."""
    if report.spec.kind != "brief":
        return []
    told = {*_BRIEF_GRIDS, "key_figures", "articles"}
    return [
        LAYOUTS[key].title
        for key, one in report.frames.items()
        if key not in told and LAYOUTS[key].shown and len(one.frame)
    ]
