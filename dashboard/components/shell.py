"""What stands around the pages: the rail, the head with the filter bar, the theme switch and the copy buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from dashboard.answers import Answers
from dashboard.complaint import complaint
from dashboard.components import filters, help_window, panel, stories
from dashboard.ids import Ids
from dashboard.python_code import python_of
from dashboard.url_state import Page, create_url, parse_url

__all__ = ["layout", "register"]

_PAGES = (
    (Page.OVERVIEW, Ids.NAV_OVERVIEW, Ids.PAGE_OVERVIEW, "Overview"),
    (Page.COMPARE, Ids.NAV_COMPARE, Ids.PAGE_COMPARE, "Compare"),
    (Page.EVENTS, Ids.NAV_EVENTS, Ids.PAGE_EVENTS, "Events"),
    (Page.PROVIDERS, Ids.NAV_PROVIDERS, Ids.PAGE_PROVIDERS, "Outlets"),
    (Page.TOPICS, Ids.NAV_TOPICS, Ids.PAGE_TOPICS, "Topics"),
    (Page.LINKS, Ids.NAV_LINKS, Ids.PAGE_LINKS, "Links"),
    (Page.ARTICLES, Ids.NAV_ARTICLES, Ids.PAGE_ARTICLES, "Articles"),
    (Page.DATA, Ids.NAV_DATA, Ids.PAGE_DATA, "Data"),
)
_THEME = {
    "primaryColor": "ink",
    "colors": {
        "ink": [
            "#EEF4F8", "#D5E5EF", "#A9C9DE", "#7FB0CF", "#56B4E9",
            "#3D9BD3", "#0072B2", "#00619A", "#065081", "#06436B",
        ],
    },
    "primaryShade": {"light": 6, "dark": 4},
    "defaultRadius": "xs",
    "fontFamily": "var(--sans)",
    "cursorType": "pointer",
    "respectReducedMotion": True,
}  # fmt: skip


def layout(answers: Answers, pages: list[Any], tools: Sequence[Any] = ()) -> dmc.MantineProvider:
    """The whole page: head, rail, pages and panel; `tools` stand beside those that every page has."""
    head = dmc.AppShellHeader(
        filters.layout(answers, _brand(), _schemes()), withBorder=False, className="head"
    )
    main = dmc.AppShellMain([
        html.Div(
            className="title-row",
            children=[
                html.H1(id=Ids.HEADLINE),
                html.Div(
                    className="title-tools",
                    children=[
                        html.Span(
                            f"snapshot {answers.corpus.snapshot.label}", id=Ids.SNAPSHOT, className="muted tabular"
                        ),
                        _copy(Ids.COPY_LINK, "Copy link"),
                        _copy(Ids.COPY_PYTHON, "Copy Python"),
                        *tools,
                    ],
                ),
            ],
        ),
        *pages,
    ], id="main")  # fmt: skip
    return dmc.MantineProvider(
        id=Ids.PROVIDER,
        theme=_THEME,
        children=[
            dcc.Location(id=Ids.ADDRESS, refresh=False),
            dcc.Store(id=Ids.SCHEME),
            *(dcc.Store(id=live) for live in (Ids.LIVE, Ids.COMPARE_LIVE, Ids.OUTLETS_LIVE, Ids.OUTLET_LIVE)),
            dcc.Store(id=Ids.SINK),
            dcc.Store(id=Ids.QUERY_ASKED),
            html.A("Skip to the content", href="#main", className="skip"),
            html.Div(
                "The server does not answer. This page tries again every few seconds and loads what it showed.",
                id=Ids.LOST,
                className="lost",
                role="alert",
                hidden=True,
            ),
            html.Div(
                [
                    html.Span(id=Ids.NEWER_SAID),
                    html.Button("Open", id=Ids.NEWER_OPEN, className="quiet", type="button"),
                ],
                id=Ids.NEWER,
                className="newer",
                role="status",
                hidden=True,
            ),
            dmc.AppShell(
                [head, dmc.AppShellNavbar(_rail(), withBorder=False), main],
                id=Ids.SHELL,
                header={"height": "auto"},
                navbar={"width": 76, "breakpoint": "sm", "collapsed": {"mobile": True}},
                layout="alt",
                padding=0,
                mode="static",
            ),
            panel.layout(),
            help_window.layout(),
            stories.layout(),
        ],
    )


def _copy(button: Ids, label: str) -> dmc.CopyButton:
    look = {"variant": "subtle", "size": "compact-sm", "fw": 400}
    return dmc.CopyButton(id=button, value="", children=label, copiedChildren="Copied", buttonProps=look)


def _brand() -> html.Div:
    return html.Div(
        className="brand-row",
        children=[
            html.Span("Newsgauge", className="brand"),
            html.Nav(
                [dcc.Link(name, href=page.value, className="narrow-link") for page, _, _, name in _PAGES],
                className="narrow-only narrow-nav",
                **{"aria-label": "Pages, short"},
            ),
        ],
    )


def _schemes() -> dmc.SegmentedControl:
    names = {"system": "Auto", "light": "Light", "dark": "Dark"}
    return dmc.SegmentedControl(
        id=Ids.SCHEME_CHOICE, size="xs", persistence=True, persistence_type="local", value="system",
        data=[{"value": value, "label": name} for value, name in names.items()], className="schemes",
        attributes={"root": {"aria-label": "Colours"}},
    )  # fmt: skip


def _rail() -> html.Nav:
    links = [
        dcc.Link(name, id=link, href=page.value, className="rail-link") for page, link, _, name in _PAGES
    ]
    return html.Nav(
        [html.Div("N", className="mark", **{"aria-hidden": "true"}), *links], **{"aria-label": "Pages"}
    )


def register(app: Dash, answers: Answers) -> None:
    """Show the page of the address, in the viewer's colours."""

    @app.callback(
        Output(Ids.HEADLINE, "children"),
        Output(Ids.COPY_PYTHON, "value"),
        *(Output(link, "href") for _, link, _, _ in _PAGES),
        Input(Ids.ADDRESS, "pathname"),
        Input(Ids.ADDRESS, "search"),
    )
    def name(path: str, search: str) -> tuple[str, ...]:
        view = parse_url(path, search)
        story = answers.story(view)
        typed = view.query if view.query and not complaint(view.query) else "All coverage"
        own = {Page.DATA: "The data", Page.COMPARE: "Side by side"}
        title = own.get(view.page) or (story.name if story else typed)
        title = title if len(title) <= 90 else title[:89] + "…"
        links = (create_url(_on(page, view)) for page, _, _, _ in _PAGES)
        return title, python_of(answers, view), *links

    app.clientside_callback(
        ClientsideFunction("newsgauge", "live"),
        Output(Ids.LIVE, "data"),
        *(Output(shown, "hidden") for _, _, shown, _ in _PAGES),
        Output(Ids.COPY_LINK, "value"),
        Input(Ids.ADDRESS, "pathname"),
        Input(Ids.ADDRESS, "search"),
    )
    app.clientside_callback(
        ClientsideFunction("newsgauge", "scheme"),
        Output(Ids.SCHEME, "data"),
        Output(Ids.PROVIDER, "forceColorScheme"),
        Input(Ids.SCHEME_CHOICE, "value"),
    )
    app.clientside_callback(
        ClientsideFunction("newsgauge", "toggle_filters"),
        Output(Ids.FILTERS, "className"),
        Output(Ids.FILTER_TOGGLE, "aria-expanded"),
        Input(Ids.FILTER_TOGGLE, "n_clicks"),
        prevent_initial_call=True,
    )


def _on(page: Page, view: Any) -> Any:
    # A kind of problem is no column of articles.
    view = replace(view, columns=()) if view.page is Page.DATA else view
    return replace(view.closed(), page=page, event=None, outlet=None)
