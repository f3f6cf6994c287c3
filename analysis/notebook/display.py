"""What a notebook shows of a selection: a summary in HTML, of the same size for six articles and for a million.

Record text is escaped and cut. Colours are the notebook's own, so that it can be read on light and on dark.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from duckdb import ColumnExpression, ConstantExpression

from analysis.corpus import Corpus, Selection
from analysis.reports.provenance import provenance_of

__all__ = ["summary_html"]

_TOP = 5  # outlets and headlines shown
_CUT = 160  # characters of a headline, a name or a query
_CELL = (
    "text-align:left;vertical-align:top;padding:1px 16px 1px 0;border:0;background:none;white-space:normal"
)
_FAINT = "opacity:.7"


@dataclass(frozen=True)
class _Facts:
    """What one pass over the articles gives; `newest` are rows of headline, outlet and day."""

    n_articles: int
    n_unscored: int
    median_quality: float | None
    first: date | None
    last: date | None
    outlets: dict[str, int]
    newest: list[dict[str, Any]]


def summary_html(selection: Selection) -> str:
    """A selection in a few lines of HTML: what was asked, how much there is, by whom, and the newest headlines.

    >>> import tempfile
    >>> from analysis import build_corpus, open_corpus
    >>> from data import RECORDS
    >>> store = tempfile.mkdtemp()
    >>> _ = build_corpus(RECORDS, store)
    >>> "<b>4</b> articles from <b>4</b> outlets" in summary_html(open_corpus(store).select("ban*"))
    True
    """
    facts = _facts(selection)
    parts = [
        f'<div style="{_FAINT}">{_asked(selection)}</div>',
        f"<div>{_counted(facts, selection.zone)}</div>",
    ]
    if facts.n_articles:
        parts.append(f"<div>{_quality(facts)}{_missed(selection, facts)}</div>")
        outlets = _table("Most articles", _outlets(selection.corpus, facts.outlets))
        newest = _table("Newest", [_headline(row) for row in facts.newest])
        parts.append(f'<div style="display:flex;flex-wrap:wrap;gap:0 32px">{outlets}{newest}</div>')
    snapshot = selection.corpus.snapshot
    parts.append(f'<div style="{_FAINT}">snapshot {escape(snapshot.label)} · id {escape(snapshot.id)}</div>')
    name = "Corpus" if selection.corpus is selection else "Selection"
    return f'<div style="max-width:72em;line-height:1.5"><strong>{name}</strong>{"".join(parts)}</div>'


def _facts(selection: Selection) -> _Facts:
    zone = selection.zone.replace("'", "''")
    day = f"(published_at AT TIME ZONE '{zone}')::DATE"
    shown = f"{{'title': title, 'outlet': provider_id, 'day': {day}}}"
    articles = selection.table("articles").aggregate(
        f"count(*), count(*) FILTER (WHERE quality IS NULL), median(quality), min({day}), max({day}), "
        f"histogram(provider_id), arg_max({shown}, (published_at, article_id), {_TOP}) "
        "FILTER (WHERE title IS NOT NULL AND published_at IS NOT NULL)"
    )
    n, unscored, median, first, last, outlets, newest = articles.fetchall()[0]
    return _Facts(n, unscored, median, first, last, outlets or {}, newest or [])


def _asked(selection: Selection) -> str:
    asked = provenance_of(selection)
    query = f"<code>{_text(asked.query)}</code>" if asked.query else "every article"
    return query + (f" · {_text(asked.filters)}" if asked.filters else "")


def _counted(facts: _Facts, zone: str) -> str:
    if not facts.n_articles:
        return "No article matches."
    outlets = len(facts.outlets)
    days = ""
    if facts.first is not None and facts.last is not None:
        same = facts.first == facts.last
        days = f", {_day(facts.first)}{'' if same else f' to {_day(facts.last)}'} ({escape(zone)})"
    return (
        f"<b>{facts.n_articles:,}</b> article{'s' * (facts.n_articles != 1)} from "
        f"<b>{outlets:,}</b> outlet{'s' * (outlets != 1)}{days}"
    )


def _quality(facts: _Facts) -> str:
    if facts.median_quality is None:
        return "no article has a quality score"
    without = f"; {facts.n_unscored:,} without a score" if facts.n_unscored else ""
    return f"median quality {facts.median_quality:g}{without}"


def _missed(selection: Selection, facts: _Facts) -> str:
    """The days among the selection's own on which nothing was collected."""
    if facts.first is None or facts.last is None:
        return ""
    day = ColumnExpression("day")
    inside = (day >= ConstantExpression(facts.first)) & (day <= ConstantExpression(facts.last))
    gone = selection.table("collection").filter(inside).filter("status = 'not collected'")
    n = int(gone.aggregate("count(*)").fetchall()[0][0])
    return f" · nothing was collected on {n:,} day{'s' * (n != 1)}" if n else ""


def _outlets(corpus: Corpus, counts: dict[str, int]) -> list[tuple[str, str]]:
    top = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_TOP]
    chosen = ColumnExpression("provider_id").isin(*(ConstantExpression(domain) for domain, _ in top))
    named = dict(corpus.table("providers").filter(chosen).project("provider_id, name").fetchall())
    rest = len(counts) - len(top)
    rows = [(f"{n:,}", f"<bdi>{_text(named.get(domain) or domain)}</bdi>") for domain, n in top]
    return rows + ([("", f"and {rest:,} more outlet{'s' * (rest != 1)}")] if rest else [])


def _headline(row: dict[str, Any]) -> tuple[str, str]:
    return _day(
        row["day"]
    ), f'<bdi>{_text(row["title"])}</bdi> <span style="{_FAINT}">{_text(row["outlet"])}</span>'


def _table(head: str, rows: list[tuple[str, str]]) -> str:
    if not rows:
        return ""
    body = "".join(
        f'<tr style="background:none"><td style="{_CELL};white-space:nowrap">{left}</td>'
        f'<td style="{_CELL}">{right}</td></tr>'
        for left, right in rows
    )
    style = "margin:0;border:0;border-collapse:collapse;font:inherit;color:inherit"
    caption = f'<div style="margin-top:6px;{_FAINT}">{head}</div>'
    return f'<div>{caption}<table style="{style}"><tbody>{body}</tbody></table></div>'


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _text(text: str) -> str:
    """Text of a record or a user as HTML that shows it as it is."""
    cut = text if len(text) <= _CUT else f"{text[: _CUT - 1]}…"
    return escape(" ".join(cut.split()))
