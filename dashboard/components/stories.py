"""The window in which stories and views are saved, edited, renamed, deleted and brought back."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update

from analysis.errors import NewsgaugeError
from analysis.story import COLOURS
from dashboard.answers import Answers
from dashboard.complaint import complaint
from dashboard.ids import Ids
from dashboard.saved import Saved
from dashboard.url_state import View, create_url, parse_url
from dashboard.words import counted

__all__ = ["button", "layout", "register"]

_ADDRESS = (State(Ids.ADDRESS, "pathname"), State(Ids.ADDRESS, "search"))
_FORM = {
    "name": State(Ids.STORY_NAME, "value"),
    "about": State(Ids.STORY_ABOUT, "value"),
    "query": State(Ids.STORY_QUERY, "value"),
    "colour": State(Ids.STORY_COLOUR, "value"),
    "key": State(Ids.STORY_KEY, "data"),
}
_FILLED = {
    "name": Output(Ids.STORY_NAME, "value"),
    "about": Output(Ids.STORY_ABOUT, "value"),
    "query": Output(Ids.STORY_QUERY, "value"),
    "colour": Output(Ids.STORY_COLOUR, "value"),
    "key": Output(Ids.STORY_KEY, "data"),
    "save": Output(Ids.STORY_SAVE, "children"),
}


def button(*, hidden: bool) -> html.Button:
    """What opens the window; hidden where nothing can be saved."""
    return html.Button(
        "Saved", id=Ids.SAVED_OPEN, className="quiet save", type="button", hidden=hidden,
        title="Stories and views: save this one, open or edit another", **{"aria-haspopup": "dialog"},
    )  # fmt: skip


def layout() -> dmc.Modal:
    """The window, closed."""
    colours = [{"value": value, "label": name.title()} for name, value in COLOURS.items()]
    return dmc.Modal(
        id=Ids.SAVED, title="Stories and views", opened=False, size="lg", closeButtonProps={"aria-label": "Close"},
        children=[
            html.Div(
                [html.Span(id=Ids.SAVED_SAID), html.Button("Undo", id=Ids.SAVED_UNDO, className="quiet", hidden=True)],
                className="saved-said", role="status",
            ),
            dcc.Store(id=Ids.SAVED_GONE),
            dcc.Store(id=Ids.STORY_KEY),
            html.H3("A story: a query under a name, with a colour of its own"),
            dmc.TextInput(id=Ids.STORY_NAME, label="Name", size="xs"),
            dmc.Textarea(id=Ids.STORY_QUERY, label="Query", size="xs", autosize=True, minRows=2, debounce=250),
            html.Pre(id=Ids.STORY_FOUND, className="story-found", role="status"),
            dmc.TextInput(id=Ids.STORY_ABOUT, label="Description (may stay empty)", size="xs"),
            dmc.Select(id=Ids.STORY_COLOUR, label="Colour", size="xs", data=colours, allowDeselect=False, w=160),
            html.Div(
                [
                    html.Button("Save story", id=Ids.STORY_SAVE, className="do", type="button"),
                    html.Button("Begin a new one", id=Ids.STORY_NEW, className="quiet", type="button"),
                ],
                className="saved-buttons",
            ),
            html.Ul(id=Ids.STORY_ROWS, className="saved-rows"),
            html.H3("A view: this page with all its filters, under a name"),
            html.Div(
                [
                    dmc.TextInput(
                        id=Ids.VIEW_NAME, size="xs", attributes={"input": {"aria-label": "Name of the view"}}
                    ),
                    html.Button("Save view", id=Ids.VIEW_SAVE, className="do", type="button"),
                ],
                className="saved-line",
            ),
            html.Ul(id=Ids.VIEW_ROWS, className="saved-rows"),
        ],
    )  # fmt: skip


def register(app: Dash, answers: Answers) -> None:
    """Open and fill the window, check the query as it is typed, and save, delete and bring back."""
    _register_form(app, answers)
    _register_saving(app, answers)

    @app.callback(
        Output(Ids.STORY_FOUND, "children"), Output(Ids.STORY_SAVE, "disabled"), Input(Ids.STORY_QUERY, "value"),
        prevent_initial_call=True,
    )  # fmt: skip
    def check(query: str | None) -> tuple[str, bool]:
        asked = (query or "").strip()
        if not asked:
            return "A story needs a query.", True
        if wrong := complaint(asked):
            return wrong, True
        return f"{counted(answers.totals(View(query=asked)).articles, 'article')} in this corpus.", False


def _register_form(app: Dash, answers: Answers) -> None:
    @app.callback(
        output={
            "opened": Output(Ids.SAVED, "opened"),
            "form": _FILLED,
            "view": Output(Ids.VIEW_NAME, "value"),
        },
        inputs={
            "_clicks": (Input(Ids.SAVED_OPEN, "n_clicks"), Input(Ids.STORY_NEW, "n_clicks")),
            "path": _ADDRESS[0],
            "search": _ADDRESS[1],
        },
        prevent_initial_call=True,
    )
    def fill(_clicks: tuple[int | None, ...], path: str, search: str) -> dict[str, Any]:
        view = parse_url(path, search)
        key = view.story if ctx.triggered_id == Ids.SAVED_OPEN else None
        return {"opened": True, "form": _form(answers, view, key), "view": ""}

    # Apart from the others: rows that are drawn anew set it off too, and a click on those would be forgotten over it.
    @app.callback(
        output={
            name: Output(o.component_id, o.component_property, allow_duplicate=True)
            for name, o in _FILLED.items()
        },
        inputs={
            "edits": Input({"type": "story-edit", "key": ALL}, "n_clicks"),
            "path": _ADDRESS[0],
            "search": _ADDRESS[1],
        },
        prevent_initial_call=True,
    )
    def edit(edits: list[int | None], path: str, search: str) -> dict[str, Any]:
        if not any(edits):
            return dict.fromkeys(_FILLED, no_update)
        return _form(answers, parse_url(path, search), ctx.triggered_id["key"])


def _form(answers: Answers, view: View, key: str | None) -> dict[str, Any]:
    """The fields as they are for a story that is edited, else for a new one that asks what is asked now."""
    story = answers.stories.get(key or "")
    if story:
        return {
            "name": story.name, "about": story.description, "query": story.query, "colour": story.colour,
            "key": story.key, "save": "Save changes",
        }  # fmt: skip
    used = {one.colour for one in answers.stories.values()}
    free = next((colour for colour in COLOURS.values() if colour not in used), COLOURS["blue"])
    query = "" if view.story else view.query
    return {"name": "", "about": "", "query": query, "colour": free, "key": None, "save": "Save story"}


def _register_saving(app: Dash, answers: Answers) -> None:
    saved = answers.saved

    @app.callback(
        output={
            "search": Output(Ids.ADDRESS, "search", allow_duplicate=True),
            "said": Output(Ids.SAVED_SAID, "children"),
            "no_undo": Output(Ids.SAVED_UNDO, "hidden"),
            "gone": Output(Ids.SAVED_GONE, "data"),
            "stories": Output(Ids.STORY_ROWS, "children"),
            "views": Output(Ids.VIEW_ROWS, "children"),
            "options": Output(Ids.STORY, "data", allow_duplicate=True),
        },
        inputs={
            "_clicks": {
                "opened": Input(Ids.SAVED, "opened"),
                "story": Input(Ids.STORY_SAVE, "n_clicks"),
                "view": Input(Ids.VIEW_SAVE, "n_clicks"),
                "undo": Input(Ids.SAVED_UNDO, "n_clicks"),
                "delete": Input({"type": "saved-delete", "kind": ALL, "key": ALL}, "n_clicks"),
            },
            "form": _FORM,
            "view_name": State(Ids.VIEW_NAME, "value"),
            "gone": State(Ids.SAVED_GONE, "data"),
            "path": _ADDRESS[0],
            "search": _ADDRESS[1],
        },
        prevent_initial_call=True,
    )
    def act(
        _clicks: dict[str, Any], form: dict[str, Any], view_name: str | None, gone: list[str] | None,
        path: str, search: str,
    ) -> dict[str, Any]:  # fmt: skip
        by = ctx.triggered_id
        pressed = bool(ctx.triggered and ctx.triggered[0]["value"])
        view, done = parse_url(path, search), _Done()
        try:
            if by == Ids.STORY_SAVE:
                done = _save_story(saved, view, form)
            elif by == Ids.VIEW_SAVE:
                named = saved.save_view(view_name or "", create_url(view))
                done = _Done(f"The view “{named.name}” is saved.")
            elif by == Ids.SAVED_UNDO and gone:
                saved.restore(*gone)
                done = _Done("It is back.")
            elif isinstance(by, dict) and pressed:
                saved.delete(by["kind"], by["key"])
                done = _Done("It is deleted.", gone=[by["kind"], by["key"]])
        except (NewsgaugeError, OSError) as error:
            text = str(error)
            done = _Done(text[0].upper() + text[1:])
        return _rows(saved) | {
            "search": done.search,
            "said": done.said,
            "no_undo": not done.gone,
            "gone": done.gone,
        }


class _Done:
    """What was done: words, what can be brought back, and the address that shows it."""

    def __init__(self, said: str = "", *, gone: list[str] | None = None, search: Any = no_update) -> None:
        self.said, self.gone, self.search = said, gone, search


def _save_story(saved: Saved, view: View, form: dict[str, Any]) -> _Done:
    story = saved.save_story(
        form["name"] or "", form["query"] or "", description=form["about"] or "", colour=form["colour"] or "",
        key=form["key"] or "",
    )  # fmt: skip
    shown = View(page=view.page, story=story.key, since=view.since, until=view.until, zone=view.zone)
    return _Done(f"The story “{story.name}” is saved.", search=create_url(shown)[len(view.page.value) :])


def _rows(saved: Saved) -> dict[str, Any]:
    """The lists of the window, and the choices of the picker."""
    stories = [
        html.Li([
            html.Span(className="swatch", style={"background": story.colour}),
            html.Bdi(story.name[:120]),
            html.Span("" if saved.is_own(key) else "built in", className="muted"),
            _press("Edit", f"Edit {story.name[:80]}", {"type": "story-edit", "key": key}),
            _press("Delete", f"Delete {story.name[:80]}", {"type": "saved-delete", "kind": "stories", "key": key})
            if saved.is_own(key) else None,
        ])
        for key, story in saved.stories().items()
    ]  # fmt: skip
    views = [
        html.Li([
            dcc.Link(html.Bdi(view.name), href=view.address),
            _press("Delete", f"Delete {view.name}", {"type": "saved-delete", "kind": "views", "key": view.key}),
        ])
        for view in saved.views()
    ]  # fmt: skip
    faults = [html.Li(text, className="muted") for text in saved.faults()]
    options = [{"value": key, "label": story.name[:80]} for key, story in saved.stories().items()]
    return {
        "stories": [*stories, *faults],
        "views": views or [html.Li("None yet.", className="muted")],
        "options": options,
    }


def _press(text: str, name: str, identity: dict[str, str]) -> html.Button:
    return html.Button(text, id=identity, className="quiet", type="button", **{"aria-label": name})
