"""The topics: clusters of the selection's texts, and the labels that records carry."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update

from analysis.charts.clusters import cluster_choice_chart, cluster_map_chart
from analysis.charts.strands import cluster_tree_chart, strands_chart
from analysis.charts.theme import Theme
from analysis.charts.topic_pairs import topic_pairs_chart
from analysis.measures.topic_pairs import topic_pairs
from dashboard.answers import Answers
from dashboard.components.chart import chart, filled, said
from dashboard.components.work import WorkIds, register_work, work_card
from dashboard.facts import loosen
from dashboard.ids import Ids
from dashboard.jobs import Tell, jobs_of
from dashboard.pages.topic_tables import (
    choice_table,
    cluster_list,
    cluster_rows,
    merges_table,
    pairs_table,
    strands_table,
)
from dashboard.topic_frames import LIMIT, Clustered, clustered, strands
from dashboard.url_state import Page, View, create_url, view_at
from dashboard.words import counted, number

__all__ = ["layout", "register"]

_ABOUT_MAP = (
    "Headlines and excerpts as TF-IDF of words and phrases, reduced to ten dimensions (latent semantic analysis, "
    "Deerwester et al. 1990) and divided by k-means; the map is the plane in which the clusters differ most. What "
    "lies near on the map may be apart in the other dimensions. Copies of a text lie on one spot. A clustering is one "
    "way to divide, not a fact: compare other numbers of clusters."
)
_ABOUT_STRANDS = (
    "Articles of each cluster in each period, all on one scale. No bar is none; a grey band was not collected, so "
    "nothing is known of it; a hatched bar was collected only on some of its days. Undated articles are left out."
)
_ABOUT_TREE = (
    "The clusters' centres merged step by step, the nearest first (average link; distance is 1 − cosine in the ten "
    "dimensions). The numbers are those of the map. A joint opens all articles under it."
)
_ABOUT_CHOICE = (
    "The silhouette (Rousseeuw 1987) says how much nearer articles are to their own cluster than to the next, on "
    "average: 1 is apart, 0 is none. The fewest clusters that reach 95 % of the best are chosen: fewer are easier "
    "to read. Low values throughout mean that the articles are not of clearly separate strands."
)
_ABOUT_PAIRS = (
    "Labels that the records carry, not our clusters. Chance: the share of the one times the share of the other. The "
    "interval is Wilson's, 95 %, of the share with both. A column's number is that of the row of the same name; each "
    "pair stands once."
)
_PAIRED = 10  # topics of the matrix
_AT_ONCE = 400  # articles that are clustered while the page waits: half a second
_WORK = WorkIds(
    Ids.CLUSTER_WORK, Ids.CLUSTER_SAID, Ids.CLUSTER_BAR, Ids.CLUSTER_CANCEL, Ids.CLUSTER_TIMER, Ids.CLUSTER_JOB,
    Ids.CLUSTER_DONE,
)  # fmt: skip
_KEY = (Input(Ids.LIVE, "data"), Input(Ids.SCHEME, "data"))
_READY = (
    Input(Ids.CLUSTERS_READY, "data"),
    Input(Ids.SCHEME, "data"),
)  # the address, once its clusters are known
_MARKS = {
    Ids.CLUSTER_MAP: "spot",
    Ids.STRANDS: "strand",
    Ids.CLUSTER_TREE: "cluster",
    Ids.TOPIC_PAIRS: "both",
}


def layout() -> html.Div:
    """The page, empty."""
    return html.Div(
        id=Ids.PAGE_TOPICS,
        className="page page-topics",
        hidden=True,
        children=[
            html.Div(id=Ids.TOPICS_EMPTY, className="empty", hidden=True),
            work_card(_WORK, "Topic clusters"),
            dcc.Store(id=Ids.CLUSTERS_READY),
            html.Div(
                id=Ids.TOPICS_FOUND,
                children=[
                    html.Div(id=Ids.TOPICS_WORDS, **{"aria-live": "polite"}),
                    html.Div(
                        className="findings",
                        children=[
                            chart(Ids.CLUSTER_MAP, Ids.CLUSTER_MAP_TEXT, Ids.CLUSTER_MAP_TABLE, about=_ABOUT_MAP,
                                  class_name="two-thirds"),
                            html.Section(id=Ids.CLUSTER_LIST, className="card one-third listing"),
                            chart(Ids.STRANDS, Ids.STRANDS_TEXT, Ids.STRANDS_TABLE, about=_ABOUT_STRANDS),
                            html.Div(
                                className="stack",
                                children=[
                                    chart(Ids.CLUSTER_TREE, Ids.CLUSTER_TREE_TEXT, Ids.CLUSTER_TREE_TABLE,
                                          about=_ABOUT_TREE),
                                    chart(Ids.CLUSTER_CHOICE, Ids.CLUSTER_CHOICE_TEXT, Ids.CLUSTER_CHOICE_TABLE,
                                          about=_ABOUT_CHOICE),
                                ],
                            ),
                            chart(Ids.TOPIC_PAIRS, Ids.TOPIC_PAIRS_TEXT, Ids.TOPIC_PAIRS_TABLE, about=_ABOUT_PAIRS,
                                  class_name="wide"),
                        ],
                    ),
                    html.Section(id=Ids.CLUSTER_ROWS, className="event-rows"),
                ],
            ),
        ],
    )  # fmt: skip


def register(app: Dash, answers: Answers) -> None:
    """Fill the page from the address."""
    _register_marks(app)
    _register_work(app, answers)
    _register_words(app, answers)

    @app.callback(
        *filled(Ids.CLUSTER_MAP, Ids.CLUSTER_MAP_TEXT),
        *filled(Ids.STRANDS, Ids.STRANDS_TEXT),
        *filled(Ids.CLUSTER_TREE, Ids.CLUSTER_TREE_TEXT),
        *_READY,
    )
    def draw(address: str | None, scheme: str | None) -> tuple[Any, ...]:
        view = view_at(address, Page.TOPICS)
        if view is None or scheme is None:
            return (no_update,) * 9
        found, theme = _clusters(answers, view), answers.theme(view, scheme)
        parts = found.found
        figures = (
            cluster_map_chart(
                found.members, parts.clusters, n_articles=found.n_articles,
                snapshot=_snapshot(answers, view), theme=theme,
            ),
            _strands(answers, view, theme),
            cluster_tree_chart(parts.tree, parts.clusters, snapshot=_snapshot(answers, view), theme=theme),
        )  # fmt: skip
        return tuple(part for figure in figures for part in said(figure))

    @app.callback(*filled(Ids.CLUSTER_CHOICE, Ids.CLUSTER_CHOICE_TEXT), *_READY)
    def draw_choice(address: str | None, scheme: str | None) -> tuple[Any, ...]:
        view = view_at(address, Page.TOPICS)
        if view is None or scheme is None:
            return (no_update,) * 3
        choice = _clusters(answers, replace(view, clusters=None)).found.choice
        figure = cluster_choice_chart(
            choice, snapshot=_snapshot(answers, view), theme=answers.theme(view, scheme)
        )
        return said(figure)

    @app.callback(*filled(Ids.TOPIC_PAIRS, Ids.TOPIC_PAIRS_TEXT), *_KEY)
    def draw_pairs(address: str | None, scheme: str | None) -> tuple[Any, ...]:
        view = view_at(address, Page.TOPICS)
        if view is None or scheme is None or not answers.totals(view).articles:
            return (no_update,) * 3
        figure = topic_pairs_chart(
            answers.measured(topic_pairs, view, top=_PAIRED),
            snapshot=_snapshot(answers, view),
            theme=answers.theme(view, scheme),
        )
        return said(figure)


def _register_work(app: Dash, answers: Answers) -> None:
    """Find the clusters: few articles at once, many as work in the background, whose progress is shown."""
    jobs = jobs_of(app.server)
    register_work(app, _WORK)

    @app.callback(
        Output(Ids.TOPICS_EMPTY, "children"),
        Output(Ids.TOPICS_EMPTY, "hidden"),
        Output(Ids.TOPICS_FOUND, "hidden"),
        Output(_WORK.job, "data"),
        Output(Ids.CLUSTERS_READY, "data"),
        Input(Ids.LIVE, "data"),
    )
    def begin(address: str | None) -> tuple[Any, ...]:
        view = view_at(address, Page.TOPICS)
        if view is None:
            return (no_update,) * 5
        n = answers.totals(view).articles
        if not n:
            advice = [html.H2("No article matches"), html.P(loosen(answers, view))]
            return advice, False, True, None, no_update
        if n <= _AT_ONCE:
            return [], True, False, None, address
        key, here = _key(answers, view), answers.at(view)
        job = jobs.start(lambda tell: _find(here, view, tell), kind="clusters", key=key)
        now = jobs.progress(job)
        if now is not None and now.state == "done":
            return [], True, False, None, address
        return [], True, False, job, no_update

    @app.callback(
        Output(_WORK.box, "hidden", allow_duplicate=True),
        Output(Ids.CLUSTERS_READY, "data", allow_duplicate=True),
        Input(_WORK.finished, "data"),
        State(Ids.LIVE, "data"),
        prevent_initial_call=True,
    )
    def end(job: str | None, address: str | None) -> tuple[Any, Any]:
        view = view_at(address, Page.TOPICS)
        if view is None or job is None or jobs.result(job) != _key(answers, view):
            return no_update, no_update
        return True, address


def _key(answers: Answers, view: View) -> tuple[Any, ...]:
    """What clusters depend on."""
    corpus = answers.at(view).corpus
    return corpus.snapshot.id, corpus.zone, answers.selection(view).filters, view.clusters


def _find(answers: Answers, view: View, tell: Tell) -> tuple[Any, ...]:
    """Let the clusters be known, and give back of what."""
    steps = 1 if view.clusters is None else 2
    tell("Dividing the articles", 0, steps)
    _clusters(answers, view)
    if view.clusters is not None:
        tell("Trying other numbers of clusters", 1, steps)
        _clusters(answers, replace(view, clusters=None))
    return _key(answers, view)


def _register_words(app: Dash, answers: Answers) -> None:
    @app.callback(
        output={
            "words": Output(Ids.TOPICS_WORDS, "children"),
            "list": Output(Ids.CLUSTER_LIST, "children"),
            "rows": Output(Ids.CLUSTER_ROWS, "children"),
            "map": Output(Ids.CLUSTER_MAP_TABLE, "children"),
            "strands": Output(Ids.STRANDS_TABLE, "children"),
            "tree": Output(Ids.CLUSTER_TREE_TABLE, "children"),
            "choice": Output(Ids.CLUSTER_CHOICE_TABLE, "children"),
            "pairs": Output(Ids.TOPIC_PAIRS_TABLE, "children"),
        },
        inputs={"address": Input(Ids.CLUSTERS_READY, "data")},
    )
    def words(address: str | None) -> dict[str, Any]:
        view = view_at(address, Page.TOPICS)
        if view is None:
            return dict.fromkeys("words list rows map strands tree choice pairs".split(), no_update)
        found = _clusters(answers, view)
        choice = _clusters(answers, replace(view, clusters=None)).found.choice
        return {
            "words": _lead(view, found, choice),
            "list": cluster_list(view, found),
            "rows": cluster_rows(view, found, answers.at(view).zone),
            "map": cluster_list(view, found)[-1],
            "strands": strands_table(view, found, _strand_frame(answers, view), answers.every(view)),
            "tree": merges_table(view, found),
            "choice": choice_table(view, choice),
            "pairs": pairs_table(view, answers.measured(topic_pairs, view, top=_PAIRED)),
        }  # fmt: skip


def _register_marks(app: Dash) -> None:
    """Clicks change the address, in the browser."""
    for graph, kind in {**_MARKS, Ids.CLUSTER_CHOICE: "number"}.items():
        app.clientside_callback(
            ClientsideFunction("newsgauge", f"open_{kind}"),
            Output(Ids.ADDRESS, "search", allow_duplicate=True),
            Output(graph, "clickData"),
            Input(graph, "clickData"),
            State(Ids.ADDRESS, "search"),
            prevent_initial_call=True,
        )


def _clusters(answers: Answers, view: View) -> Clustered:
    return answers.measured(clustered, view, k=view.clusters)


def _snapshot(answers: Answers, view: View) -> str:
    return answers.at(view).corpus.snapshot.label


def _strand_frame(answers: Answers, view: View) -> pd.DataFrame:
    here = answers.at(view)
    first, last = answers.drawn(view)
    span = None
    if first and last:
        days = pd.Timestamp(first, tz=here.zone), pd.Timestamp(last, tz=here.zone) + pd.DateOffset(days=1)
        span = days
    return strands(
        _clusters(answers, view), every=answers.every(view), span=span, zone=here.corpus.zone,
        collection=here.corpus.collection,
    )  # fmt: skip


def _strands(answers: Answers, view: View, theme: Theme) -> go.Figure:
    return strands_chart(
        _strand_frame(answers, view), _clusters(answers, view).found.clusters, every=answers.every(view),
        snapshot=_snapshot(answers, view), theme=theme,
    )  # fmt: skip


def _lead(view: View, found: Clustered, choice: pd.DataFrame) -> list[Any]:
    """What was clustered, and into how many; other numbers to choose."""
    n, placed = found.n_articles, int(found.members["cluster_id"].notna().sum())
    k = len(found.found.clusters)
    parts = [f"{counted(placed, 'article')} in {counted(k, 'cluster')} of like words"]
    if n > LIMIT:
        parts.append(f"a fixed random sample of {number(n)}, since more would take long and say no more")
    if without := min(n, LIMIT) - placed:
        parts.append(f"{number(without)} without any word in headline or excerpt left out")
    chosen = choice.loc[choice["chosen"], "k"]
    by_itself = int(chosen.iloc[0]) if len(chosen) else k
    links: list[Any] = [html.Span("Clusters", className="muted"), _number(view, None, f"chosen: {by_itself}")]
    links += [_number(view, int(other), str(other)) for other in choice["k"] if other > 1]
    return [
        html.P(". ".join(parts) + ".", className="lead"),
        html.Nav(links, className="ranks numbers", **{"aria-label": "Number of clusters"})
        if len(choice) > 1
        else None,
    ]


def _number(view: View, k: int | None, text: str) -> html.Span:
    current = {"aria-current": "true"} if view.clusters == k else {}
    href = create_url(replace(view.closed(), clusters=k))
    return html.Span(dcc.Link(text, href=href), className="rank", **current)
