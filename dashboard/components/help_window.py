"""The keys that the page understands, and all that a query can say, in a window."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.ids import Ids

__all__ = ["KEYS", "SYNTAX", "button", "layout"]

KEYS = (
    ("/", "Search"),
    ("← →", "The page before, the page after"),
    ("↑ ↓", "The same, while the focus is in the rail"),
    ("Enter", "Ask what is typed; open the row or link in focus"),
    ("Esc", "Close the panel, a window or a list"),
    ("?", "This help"),
)
SYNTAX = (
    ("ban", "the word, in headline or excerpt; case and accents do not matter"),
    ("ban*", "words that begin so"),
    ('"live facial"', "the words one after the other"),
    ("face near/5 ban", "at most five words between"),
    ("AND OR NOT ( )", "side by side means AND"),
    ("title:ban", "in the headline only"),
    ('topic:"Computer Vision"', "carries the label"),
    ("provider:sky.com", "the outlet's domain"),
    ("url:politics", "part of the address"),
    ("type:article", "the kind that the record states"),
    ("seen:record", "has a record of its own; or related, both"),
    ("is:original", "the earliest of its copies; or copy"),
    ("event:ID", "of one event; its page has the id in its address"),
    ("after:2021-08-17", "on that day or later; before: means earlier than the day"),
    ("quality>=50", "also heat, and <= > < ="),
)


def button() -> html.Button:
    """What opens the window."""
    return html.Button(
        "?", id=Ids.HELP_OPEN, className="round", type="button", title="Keys, and what a query can say",
        **{"aria-label": "Help: keys, and what a query can say", "aria-haspopup": "dialog"},
    )  # fmt: skip


def layout() -> html.Dialog:
    """The window, closed; the browser keeps the focus in it and gives it back."""
    return html.Dialog(
        id=Ids.HELP,
        className="help",
        **{"aria-labelledby": "help-title"},
        children=[
            html.Div(
                [
                    html.H2("Help", id="help-title"),
                    html.Button("Close", id=Ids.HELP_CLOSE, className="quiet", type="button"),
                ],
                className="help-head",
            ),
            html.H3("What a query can say"),
            _table(SYNTAX, html.Code),
            html.H3("Keys"),
            _table(KEYS, html.Kbd),
            html.P(
                "A click on any mark of a chart opens exactly its articles; drag over the volume to choose days. Every "
                "chart has its numbers as a table, and can be copied or saved."
            ),
        ],
    )


def _table(rows: tuple[tuple[str, str], ...], kind: Any) -> html.Table:
    body = [html.Tr([html.Th(kind(name), scope="row"), html.Td(text)]) for name, text in rows]
    return html.Table(html.Tbody(body))
