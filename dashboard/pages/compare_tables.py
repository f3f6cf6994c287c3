"""What the page of comparison says in rows: those compared with their numbers, and its charts as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
from dash import dcc, html

from analysis.charts.bars import shortened
from analysis.charts.bursts import burst_days
from analysis.charts.time_axis import span_name
from analysis.charts.wording import percent, period_name
from analysis.measures.coverage import OBSERVED
from analysis.measures.intervals import wilson
from analysis.measures.scores import scores
from dashboard.answers import Answers
from dashboard.compare_frames import TERMS, apart, standing
from dashboard.compared import Item, moved, without
from dashboard.components.chart import marks_table
from dashboard.url_state import MOST_BESIDE, Page, View, create_url, opened_url
from dashboard.words import TOO_FEW, counted, listed, number, short_day

__all__ = [
    "bursts_list",
    "covers_table",
    "overlap_table",
    "scoreboard",
    "scores_table",
    "story_key",
    "suggestions",
    "terms_columns",
    "volumes_table",
]

_ROWS = 200  # of the longest table
_SHOWN = 2  # bursts named of each
_OFFERED = 3  # topics offered as queries
_HEADS = (
    "Story or query",
    "Articles",
    "Share of everything, 95 %",
    "Texts",
    "Outlets",
    "Quality, 95 %",
    "First",
    "Last",
    "",
)


def square(item: Item) -> html.Span:
    """The colour of one, which every panel has it in."""
    return html.Span("■", className="square", style={"color": item.colour}, **{"aria-hidden": "true"})


def story_key(shown: tuple[Item, ...]) -> html.P:
    """Which colour is whose, for screens too narrow for names in the chart."""
    parts = [html.Span([square(item), html.Bdi(shortened(item.name, 40))]) for item in shown]
    return html.P(parts, className="story-key", **{"aria-hidden": "true"})


def scoreboard(answers: Answers, view: View, shown: tuple[Item, ...]) -> html.Table:
    """Those compared, a row each: what it is, how much, how good, since when; and the ways to move and to remove it."""
    head = html.Thead(
        html.Tr([html.Th(text or html.Span("Change", className="sr-only"), scope="col") for text in _HEADS])
    )
    everything = answers.everything(view).articles
    rows = [
        _wrong_row(view, shown, item) if item.wrong else _row(answers, view, shown, item, everything)
        for item in shown
    ]
    return html.Table([head, html.Tbody(rows)], className="rows scoreboard")


def _row(answers: Answers, view: View, shown: tuple[Item, ...], item: Item, everything: int) -> html.Tr:
    held = standing(answers, view, item)
    quality = answers.measured(scores, item.view(view)).iloc[0].to_dict()
    opens = opened_url(view, "compared", str(item.place))
    articles = dcc.Link(number(held.articles), href=opens, title=f"{counted(held.articles, 'article')} of it")
    return html.Tr([
        _named(view, item),
        _cell("Articles", articles if held.articles else "none"),
        _cell("Share", _share(held.articles, everything)),
        _cell("Texts", "not looked for" if held.texts is None else number(held.texts)),
        _cell("Outlets", number(held.outlets)),
        _cell("Quality", _quality(quality)),
        _cell("First", _day(held.first)),
        _cell("Last", _day(held.last)),
        _changes(view, shown, item),
    ])  # fmt: skip


def _named(view: View, item: Item) -> html.Th:
    own = item.view(view)
    own = (
        replace(own, query="", story=item.key.removeprefix("story:"))
        if item.key.startswith("story:")
        else own
    )
    notes = ["from the filter bar"] if item.in_bar else []
    notes += ["its own colour is taken here"] if item.recoloured else []
    return html.Th(
        [
            square(item), dcc.Link(html.Bdi(item.name), href=create_url(replace(own, page=Page.OVERVIEW))),
            html.Div(" · ".join(notes), className="meta") if notes else None,
        ],
        scope="row", className="compared",
    )  # fmt: skip


def _wrong_row(view: View, shown: tuple[Item, ...], item: Item) -> html.Tr:
    return html.Tr([
        html.Th([square(item), html.Bdi(item.name)], scope="row", className="compared"),
        html.Td([html.Span("Left out: it cannot be read.", className="muted"),
                 html.Pre(item.wrong, className="query-error")], colSpan=len(_HEADS) - 2),
        _changes(view, shown, item),
    ])  # fmt: skip


def _share(n: int, whole: int) -> str:
    if not whole:
        return "nothing collected"
    low, high = (float(end[0]) for end in wilson([n], [whole]))
    return f"{percent(n / whole)} ({percent(low).removesuffix(' %')}–{percent(high)})".replace(
        " %", "\u00a0%"
    )


def _quality(row: dict[Any, Any]) -> str:
    scored = int(row["n_scored"])
    if not scored:
        return "no score"
    few = f", {counted(scored, 'score')}: too few" if scored < TOO_FEW else ""
    if pd.isna(row["mean_low"]):
        return f"{row['mean']:.0f}{few}"
    return f"{row['mean']:.0f} ({row['mean_low']:.0f}–{row['mean_high']:.0f}){few}"


def _changes(view: View, shown: tuple[Item, ...], item: Item) -> html.Td:
    links: list[Any] = []
    for steps, sign, what in ((-1, "↑", "up"), (1, "↓", "down")):
        target = moved(view, shown, item, steps)
        if target is None:
            links.append(html.Span(sign, className="off", **{"aria-hidden": "true"}))
        else:
            links.append(_action(sign, f"Move {item.name} {what}", create_url(target)))
    links.append(_action("×", f"Remove {item.name}", create_url(without(view, shown, item))))
    return html.Td(links, className="changes")


def _action(sign: str, label: str, href: str) -> dcc.Link:
    name = html.Span(label, className="sr-only")
    return dcc.Link(
        [html.Span(sign, **{"aria-hidden": "true"}), name], href=href, title=label, className="action"
    )


def suggestions(answers: Answers, view: View, shown: tuple[Item, ...]) -> list[Any]:
    """The saved stories that are not there yet; where there are few, frequent topics as queries too."""
    if len(shown) >= MOST_BESIDE:
        return []
    queries = {item.query for item in shown}
    keys = tuple(item.key for item in shown if not item.in_bar)

    def link(name: str, key: str) -> dcc.Link:
        href = create_url(replace(view.closed(), beside=(*keys, key)))
        return dcc.Link(html.Bdi(name[:60]), href=href, className="offer")

    stories = answers.at(view).stories.values()
    offers = [link(story.name, f"story:{story.key}") for story in stories if story.query not in queries]
    if len(shown) < 2:
        base = View(since=view.since, until=view.until, zone=view.zone)
        labels = [str(one) for one in answers.topics(base)["topic"].head(_OFFERED + 3)]
        asked = [(label, f'q:topic:"{label}"') for label in labels if '"' not in label and len(label) < 60]
        topics = [
            link(f"topic {label}", key) for label, key in asked if key.removeprefix("q:") not in queries
        ]
        offers = [*topics[:_OFFERED], *offers]
    return [html.Span("or ", className="muted"), *_joined(offers)] if offers else []


def _joined(parts: list[Any]) -> list[Any]:
    return [piece for place, part in enumerate(parts) for piece in ([" · ", part] if place else [part])]


def volumes_table(answers: Answers, view: View, shown: tuple[Item, ...], frame: pd.DataFrame) -> html.Table:
    """The strips, of `volumes`, as one table: a row a period, the latest first, a column each."""
    every, head = answers.every(view), ["Period", *(item.name for item in shown)]
    latest = frame["period"].drop_duplicates().nlargest(_ROWS)
    by_period: dict[pd.Timestamp, dict[str, dict[Any, Any]]] = {period: {} for period in latest}
    for row in frame[frame["period"].isin(latest)].to_dict("records"):
        by_period[row["period"]][row["selection"]] = row
    rows = []
    for period, by_name in by_period.items():
        start = period.tz_localize(None)
        cells = [_count(view, item, start, by_name.get(item.name), shares="share" in frame) for item in shown]
        rows.append(html.Tr([html.Th(period_name(start, every), scope="row"), *cells]))
    heads = [html.Th(html.Bdi(text[:60]), scope="col") for text in head]
    return html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)])


def _count(
    view: View, item: Item, start: pd.Timestamp, row: dict[Any, Any] | None, *, shares: bool
) -> html.Td:
    if row is None or pd.isna(row["count"]):
        return html.Td("not collected" if row is not None else "", className="tabular")
    n = int(row["count"])
    share = f", {percent(row['share'])}" if shares and pd.notna(row.get("share")) else ""
    note = "" if row["status"] == OBSERVED else f" ({row['status']})"
    text = number(n) + share + note
    href = _opens(view, item, f"period:{start.date().isoformat()}")
    return html.Td(dcc.Link(text, href=href) if n else text, className="tabular")


def covers_table(
    view: View, shown: tuple[Item, ...], frame: pd.DataFrame, names: dict[str, str]
) -> html.Table:
    """Who covers which, all outlets up to the longest table: a column each."""
    table = frame.pivot_table(index="provider_id", columns="selection", values="count", aggfunc="sum").fillna(
        0
    )
    table = table.reindex(columns=[item.name for item in shown], fill_value=0).astype("int64")
    table = table.assign(n=table.sum(axis=1)).sort_values("n", ascending=False, kind="stable").head(_ROWS)
    of_outlet = replace(view.closed(), page=Page.PROVIDERS, beside=())
    rows = []
    for domain, row in zip(table.index, table.to_dict("records"), strict=True):
        page = create_url(replace(of_outlet, outlet=str(domain)))
        cells = [
            html.Td(
                dcc.Link(number(n), href=_opens(view, item, f"outlet:{domain}"))
                if (n := int(row[item.name]))
                else "0",
                className="tabular",
            )
            for item in shown
        ]
        rows.append(
            html.Tr(
                [
                    html.Th(dcc.Link(html.Bdi(names.get(str(domain), str(domain))), href=page), scope="row"),
                    *cells,
                ]
            )
        )
    heads = [html.Th(html.Bdi(text[:60]), scope="col") for text in ("Outlet", *(item.name for item in shown))]
    return html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)])


def scores_table(view: View, shown: tuple[Item, ...], frame: pd.DataFrame) -> html.Table:
    """Mean quality of each."""
    by_name = {row["selection"]: row for row in frame.to_dict("records")}
    rows = [(item.name, _opens(view, item), _quality(by_name[item.name])) for item in shown]
    return marks_table(("Story or query", "Mean quality, 95 %"), rows)


def overlap_table(view: View, shown: tuple[Item, ...], frame: pd.DataFrame, unit: str) -> html.Table:
    """What every two share."""
    place = {item.name: item.place for item in shown}
    noun = {"articles": "Articles of both", "providers": "Outlets of both"}[unit]
    rows = []
    for row in frame[frame["unit"] == unit].to_dict("records"):
        n, names = int(row["n_both"]), (row["one"], row["other"])
        value = f"{place[names[0]]}/{place[names[1]]}/{unit}"
        href = opened_url(view, "shared", value) if n else ""
        share = f", {percent(row['jaccard'])} of those of either" if pd.notna(row["jaccard"]) else ""
        rows.append((" and ".join(shortened(str(name), 60) for name in names), href, number(n) + share))
    return marks_table(("Pair", noun), rows)


def bursts_list(
    answers: Answers, view: View, shown: tuple[Item, ...], found: dict[str, pd.DataFrame]
) -> list[Any]:
    """The heaviest bursts of each in words: what telephones, keyboards and ears use."""
    zone = answers.at(view).corpus.zone
    rows: list[Any] = []
    for item in shown:
        first = found[item.name]
        first = first[first["level"] == 1]
        for row in first.head(_SHOWN).to_dict("records"):
            about = shortened(str(row["headlines"][0]), 90) if len(row["headlines"]) else "no headline"
            when = span_name(row["start"], row["end"], zone=zone)
            href = _opens(view, item, f"burst:{burst_days(row)}")
            many = counted(int(row["n_articles"]), "article")
            rows.append(html.Li([
                square(item), html.Span(f"{item.name}, ", className="sr-only"), dcc.Link(when, href=href),
                f", {many}: ", html.Bdi(about, className="headline small"),
            ]))  # fmt: skip
        if (more := len(first) - _SHOWN) > 0:
            rows.append(html.Li([square(item), f"and {counted(more, 'weaker burst')}"], className="muted"))
    return [html.Ul(rows)] if rows else []


def terms_columns(answers: Answers, view: View, shown: tuple[Item, ...]) -> list[Any]:
    """What sets each apart: a list each in its colour's column; a term opens the articles that have it."""
    columns: list[Any] = []
    firsts: list[str] = []
    for item in shown:
        found = apart(answers, view, item)
        rows: list[Any] = [html.Li(_term(view, item, row)) for row in found.to_dict("records")]
        of = int(found["of"].iloc[0]) if len(found) else 0
        if not rows:
            rows = [html.Li("No term in two texts sets it apart.", className="muted")]
        elif of < TOO_FEW:
            rows.insert(0, html.Li(f"{counted(of, 'text')}: too few to rank", className="muted"))
        else:
            firsts.append(shortened(str(found["shown"].iloc[0]), 28))
        columns.append(html.Div([html.H3([square(item), html.Bdi(shortened(item.name, 60))]), html.Ol(rows)]))
    named = listed([f"“{first}”" for first in firsts])
    title = f"{named} set{'s' if len(firsts) == 1 else ''} {'it' if len(shown) == 1 else 'them'} apart most"
    basis = f"texts that have the term, copies counted once · the {TERMS} that set each most apart from the corpus"
    return [
        html.H2(title if firsts else "Too few texts to say what sets these apart"),
        html.P(f"{basis} · snapshot {answers.at(view).corpus.snapshot.label}", className="basis"),
        html.Div(columns, className="apart"),
    ]


def _term(view: View, item: Item, row: dict[Any, Any]) -> list[Any]:
    href = _opens(view, item, f"term:{row['term']}")
    return [
        dcc.Link(html.Bdi(shortened(str(row["shown"]), 40)), href=href),
        html.Span(f" {number(row['n_texts'])} of {number(row['of'])}", className="muted tabular"),
    ]


def _opens(view: View, item: Item, inner: str = "") -> str:
    value = f"{item.place}/{inner}" if inner else str(item.place)
    return opened_url(view, "compared", value)


def _cell(head: str, children: Any) -> html.Td:
    return html.Td(children, className="tabular", **{"data-head": head})


def _day(moment: date | None) -> str:
    return "no date" if moment is None else short_day(moment)
