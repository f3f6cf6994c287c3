"""The pictures of a report: the charts of its frames, with their titles beside them and nothing to click."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.blindspots import blindspots_chart
from analysis.charts.bursts import bursts_chart
from analysis.charts.change import change_chart
from analysis.charts.compare import compare_chart
from analysis.charts.describe import describe
from analysis.charts.providers import providers_chart
from analysis.charts.quality import quality_chart
from analysis.charts.syndication import syndication_chart
from analysis.charts.terms import rising_terms_chart, terms_chart
from analysis.charts.theme import Theme
from analysis.charts.timeliness import timeliness_chart
from analysis.charts.volume import volume_chart
from analysis.reports.report import Report, Section
from analysis.reports.style import Style

__all__ = ["Picture", "pictures"]

_TOP = 22  # pixels left above the marks once the title stands beside the figure
_DAY = pd.Timedelta(1, "D")
_CLICK = re.compile(r"<br>click for [^<]*")


@dataclass(frozen=True, eq=False)
class Picture:
    """One figure with its words.

    Attributes:
        key: names it in the document.
        figure: without title.
        title: the finding.
        subtitle: counting basis, denominator, period, zone.
        description: the whole in words.
    """

    key: str
    figure: go.Figure
    title: str
    subtitle: str
    description: str


def pictures(report: Report, section: Section, style: Style) -> tuple[Picture, ...]:
    """The pictures of one section, those that have something to show.

    Args:
        report: the whole, for its times.
        section: one of it.
        style: colours and font.
    """
    keys = _BRIEF if _is_brief(report) else _DRAWN
    made = (
        (key, _DRAW[key](report, section, style.theme))
        for key in keys.get(section.key, ())
        if _has(section, key)
    )
    return tuple(_picture(key, figure, style.font) for key, figure in made)


_BRIEF = {"volume": ("volume",), "providers": ("providers",)}
_DRAWN = {
    "summary": ("change",),
    "volume": ("volume", "bursts"),
    "timeline": ("first_movers",),
    "providers": ("providers",),
    "quality": ("quality",),
    "syndication": ("syndication",),
    "terms": ("terms", "rising_terms"),
    "blindspots": ("blindspots",),
    "compared": ("course",),
    "collection": ("collected",),
}
_MIN_ARTICLES = 10  # of fewer nothing is ranked
_MIN_EVENTS = 5


def _has(section: Section, key: str) -> bool:  # noqa: PLR0911 - one return a kind
    """Whether there is enough to draw: no ranking of a handful, no chart of nothing."""
    if key not in section.frames or section.frames[key].frame.empty:
        return False
    frame = section.frames[key].frame
    if key == "syndication":
        return bool((frame["multiplier"] > 1).any())
    if key in {"volume", "collected", "quality"}:
        return bool((frame["count"].fillna(0) > 0).any())
    if key == "providers":
        return int(frame["count"].sum()) >= _MIN_ARTICLES
    if key == "first_movers":
        return bool((frame["n_first"] > 0).any()) and int(frame["n_events"].max()) >= _MIN_EVENTS
    if key == "change":
        total = frame[frame["part"] == "total"]
        return int(total["before"].sum() + total["after"].sum()) >= _MIN_ARTICLES
    if key in {"terms", "rising_terms"}:
        return bool(frame[["of", "of_rest"]].min().min() >= _MIN_ARTICLES)
    return True


def _is_brief(report: Report) -> bool:
    return report.spec.kind == "brief"


def _picture(key: str, figure: go.Figure, font: str) -> Picture:
    meta = dict(figure.layout.meta or {})
    words = describe(figure).replace("Counted: .", "").strip()
    given = int(figure.layout.margin.t or _TOP)
    if figure.layout.height:
        figure.update_layout(height=int(figure.layout.height) - given + _TOP)
    figure.update_layout(title=None, margin={"t": _TOP}, meta=None)
    if font:
        figure.update_layout(font={"family": f"{font}, {figure.layout.font.family}"})
    for trace in figure.data:
        hover = trace.hovertext
        if isinstance(hover, str):
            trace.hovertext = _CLICK.sub("", hover)
        elif hover is not None:
            trace.hovertext = [_CLICK.sub("", str(one)) for one in hover]
    return Picture(key, figure, str(meta.get("title", "")), str(meta.get("subtitle", "")), words)


def _volume(report: Report, section: Section, theme: Theme) -> go.Figure:
    figure = volume_chart(
        section.frames["volume"].frame, every=report.stretches.every, basis=report.spec.basis, theme=theme
    )
    return figure.update_layout(height=figure.layout.height - 50) if _is_brief(report) else figure


def _bursts(report: Report, section: Section, theme: Theme) -> go.Figure:
    series, found = section.frames["volume"].frame, section.frames["bursts"].frame
    return bursts_chart(series, found, every=report.stretches.every, basis=report.spec.basis, theme=theme)


def _change(report: Report, section: Section, theme: Theme) -> go.Figure:
    spans = {"span": report.stretches.recent, "baseline": report.stretches.before}
    frame = section.frames["change"].frame
    figure = change_chart(frame, **_some(spans), zone=report.provenance.zone, theme=theme)
    # The text says whether there is a change at all; the title must not say more.
    total = float(frame.loc[frame["part"] == "total", "change"].sum())
    title = f"The difference of {total:+,.0f} articles, by what it is made of".replace("-", "\u2212")
    return figure.update_layout(meta={**figure.layout.meta, "title": title})


def _rising(report: Report, section: Section, theme: Theme) -> go.Figure:
    spans = {"span": report.stretches.recent, "baseline": report.stretches.before}
    frame = section.frames["rising_terms"].frame
    return rising_terms_chart(frame, **_some(spans), zone=report.provenance.zone, theme=theme)


def _some(spans: dict[str, Any]) -> dict[str, Any]:
    return {name: span for name, span in spans.items() if span is not None}


def _named(key: str, chart: Callable[..., go.Figure]) -> Callable[[Report, Section, Theme], go.Figure]:
    """A chart of a frame whose rows are outlets with `name`."""

    def draw(report: Report, section: Section, theme: Theme) -> go.Figure:
        frame = section.frames[key].frame
        names = dict(zip(frame["provider_id"], frame["name"], strict=True))
        return chart(frame, names=names, zone=report.provenance.zone, theme=theme)

    return draw


def _periodic(key: str, chart: Callable[..., go.Figure]) -> Callable[[Report, Section, Theme], go.Figure]:
    """A chart of a frame of periods, from where the report's own charts begin."""

    def draw(report: Report, section: Section, theme: Theme) -> go.Figure:
        frame, drawn = section.frames[key].frame, report.stretches.drawn
        if drawn is not None:
            frame = frame[frame["period"] >= drawn[0] - _longest(report.stretches.every)].reset_index(
                drop=True
            )
        return chart(frame, every=report.stretches.every, theme=theme)

    return draw


def _longest(every: str) -> Any:
    """A period may begin so long before the time it is drawn for."""
    return {"hour": 0, "day": 0, "week": 6, "month": 30, "quarter": 91, "year": 365}[every] * _DAY


def _outlets(report: Report, section: Section, theme: Theme) -> go.Figure:
    return providers_chart(section.frames["providers"].frame, top=5 if _is_brief(report) else 8, theme=theme)


def _terms(report: Report, section: Section, theme: Theme) -> go.Figure:
    return terms_chart(section.frames["terms"].frame, zone=report.provenance.zone, theme=theme)


_DRAW: dict[str, Callable[[Report, Section, Theme], go.Figure]] = {
    "blindspots": _named("blindspots", blindspots_chart),
    "bursts": _bursts,
    "change": _change,
    "collected": _periodic("collected", volume_chart),
    "course": _periodic("course", compare_chart),
    "first_movers": _named("first_movers", timeliness_chart),
    "providers": _outlets,
    "quality": _periodic("quality", quality_chart),
    "rising_terms": _rising,
    "syndication": _periodic("syndication", syndication_chart),
    "terms": _terms,
    "volume": _volume,
}
