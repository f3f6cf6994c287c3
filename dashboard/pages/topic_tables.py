"""What the page of topics says in rows: the clusters, their typical articles, and each chart as a table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pandas as pd
from dash import dcc, html

from analysis.charts.clusters import short_label
from analysis.charts.wording import percent, period_name
from dashboard.article_rows import clock
from dashboard.components.chart import marks_table
from dashboard.topic_frames import Clustered
from dashboard.url_state import View, create_url, opened_url
from dashboard.words import counted, number, times

__all__ = ["choice_table", "cluster_list", "cluster_rows", "merges_table", "pairs_table", "strands_table"]

_TYPICAL = 3  # headlines of a cluster
_TERMS = 8
_TOPICS = 3  # curated topics of a cluster
_ROWS = 200  # of the longest table
_LETTERS = 200  # of a headline


def cluster_list(view: View, found: Clustered) -> list[Any]:
    """The clusters with their numbers on the map: each leads to its articles."""
    rows = [
        html.Tr([
            html.Td(str(place), className="tabular muted"),
            html.Th(
                html.Bdi(dcc.Link(short_label(row["label"], 60), href=_open(view, "cluster", row["cluster_id"]))),
                scope="row",
            ),
            html.Td(number(row["size"]), className="tabular"),
            html.Td(percent(row["share"]), className="tabular"),
        ])
        for place, row in enumerate(found.found.clusters.to_dict("records"), 1)
    ]  # fmt: skip
    heads = ("", "Cluster", "Articles", "Share")
    head = html.Thead(html.Tr([html.Th(text, scope="col") if text else html.Td() for text in heads]))
    return [
        html.H2("The clusters"),
        html.P("by the terms that set them apart, the largest first", className="basis"),
        html.Div(html.Table([head, html.Tbody(rows)]), className="cluster-table"),
    ]


def cluster_rows(view: View, found: Clustered, zone: ZoneInfo) -> list[Any]:
    """Each cluster with its terms, its most typical articles and the labels that its records carry."""
    parts = found.found
    items = []
    for place, row in enumerate(parts.clusters.to_dict("records"), 1):
        key = row["cluster_id"]
        terms = parts.terms.loc[parts.terms["cluster_id"] == key, "term"].head(_TERMS)
        typical = found.typical[found.typical["cluster_id"] == key]
        several = typical[~typical["title"].str.casefold().duplicated()].head(_TYPICAL).to_dict("records")
        name = [html.Span(f"{place} ", className="muted"), html.Bdi(short_label(row["label"], 60))]
        size = f"{counted(int(row['size']), 'article')}, {percent(row['share'])}"
        items.append(
            html.Section(
                className="cluster",
                children=[
                    html.H3(dcc.Link(name, href=_open(view, "cluster", key))),
                    html.P([size, *_labels(parts.topics[parts.topics["cluster_id"] == key])], className="meta"),
                    html.P(html.Bdi(" · ".join(term[:80] for term in terms)), className="terms"),
                    html.Ul([_typical(view, one, zone) for one in several]),
                ],
            )
        )  # fmt: skip
    basis = "typical: what says most of what its whole cluster says · labels: as records carry them, against all here"
    return [
        html.H2("What they are about"),
        html.P(basis, className="basis"),
        html.Div(items, className="clusters"),
    ]


def _labels(topics: pd.DataFrame) -> list[Any]:
    """The curated topics that stand on a cluster more often than elsewhere."""
    more = topics[(topics["lift"] > 1.2) & (topics["n_articles"] >= 5)].sort_values(
        ["n_articles", "topic"], ascending=[False, True]
    )
    said: list[Any] = []
    for row in more.head(_TOPICS).to_dict("records"):
        said += [" · ", html.Bdi(row["topic"][:60]), f" {times(row['lift'])}"]
    return said


def _typical(view: View, row: dict[Any, Any], zone: ZoneInfo) -> html.Li:
    moment = row["published_at"]
    time = clock(None if pd.isna(moment) else moment.timestamp(), row["time_precision"], zone)
    title = row["title"] if isinstance(row["title"], str) and row["title"] else "(no headline)"
    href = create_url(replace(view, mark=None, article=row["article_id"]))
    return html.Li([
        dcc.Link(html.Bdi(title[:_LETTERS]), href=href, className="headline small"),
        html.Div([html.Bdi(str(row["outlet"])[:80]), f" · {time}"], className="meta"),
    ])  # fmt: skip


def strands_table(view: View, found: Clustered, frame: pd.DataFrame, every: str) -> html.Table:
    """Each bar of the strands as a row: the fullest first."""
    names = dict(zip(found.found.clusters["cluster_id"], found.found.clusters["label"], strict=True))
    full = frame[frame["count"].notna() & (frame["count"] > 0)]
    full = full.sort_values(["count", "period", "cluster_id"], ascending=[False, False, True])[:_ROWS]
    rows = []
    for row in full.to_dict("records"):
        start = pd.Timestamp(row["period"]).tz_localize(None)
        href = _open(view, "strand", f"{row['cluster_id']}/{start.date().isoformat()}")
        name = f"{short_label(names[row['cluster_id']])}, {period_name(start, every)}"
        status = "" if row["status"] == "observed" else f" ({row['status']})"
        rows.append((name, href, number(row["count"]) + status))
    return marks_table(("Cluster and period", "Articles"), rows)


def merges_table(view: View, found: Clustered) -> html.Table:
    """The tree as rows: what merges at each step."""
    parts = found.found
    names = {row["cluster_id"]: short_label(row["label"]) for row in parts.clusters.to_dict("records")}
    rows = []
    for row in parts.tree.to_dict("records"):
        key = f"step {row['step']}"
        pair = " with ".join(names.get(row[side], row[side]) for side in ("left", "right"))
        names[key] = f"step {row['step']}"
        rows.append(
            (f"Step {row['step']}: {pair}", _open(view, "cluster", f"step-{row['step']}"), f"{row['distance']:.2f}")
        )  # fmt: skip
    return marks_table(("Merge", "Distance"), rows)


def choice_table(view: View, choice: pd.DataFrame) -> html.Table:
    """The numbers of clusters that were tried; each row divides so."""
    rows = [
        (
            counted(int(row["k"]), "cluster") + (", chosen" if row["chosen"] else ""),
            create_url(replace(view.closed(), clusters=int(row["k"]))) if row["k"] > 1 else "",
            "not known" if pd.isna(row["score"]) else f"{row['score']:.2f}",
        )
        for row in choice.to_dict("records")
    ]
    return marks_table(("Number", "Silhouette"), rows)


def pairs_table(view: View, frame: pd.DataFrame) -> html.Table:
    """The pairs of topics that stand together, the most frequent first."""
    some = frame[frame["n_both"] > 0].sort_values(
        ["n_both", "topic", "other"], ascending=[False, True, True]
    )[:_ROWS]
    rows = [
        (
            f"{row['topic'][:60]} and {row['other'][:60]}",
            _open(view, "both", f"{quote(row['topic'], safe='')}/{quote(row['other'], safe='')}"),
            f"{number(row['n_both'])}, {times(row['lift'])} as by chance",
        )
        for row in some.to_dict("records")
    ]  # fmt: skip
    return marks_table(("Topics", "Articles"), rows)


def _open(view: View, kind: str, value: str) -> str:
    return opened_url(view, kind, value)
