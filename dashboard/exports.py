"""Articles as files: exactly those that a panel or the page of articles shows, for spreadsheets and programs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from dash import html
from flask import Flask, Response, abort, request

from analysis.corpus import Selection
from analysis.export import BadExport, export_table
from dashboard.answers import Answers
from dashboard.article_rows import ids_of
from dashboard.url_state import Page, View, create_url, parse_url

__all__ = ["export_links", "serve_exports", "shown_articles"]

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_CHUNK = 1 << 18


def shown_articles(answers: Answers, view: View) -> Selection:
    """The articles behind the mark that is opened; else those of the page of articles, as its columns narrow them."""
    found = answers.opened(view)
    if view.mark is None and view.page is Page.ARTICLES and view.columns:
        return found.select(ids=ids_of(found, view.columns))
    return found


def export_links(answers: Answers, view: View, n_articles: int) -> list[html.A]:
    """Links to the articles of a view as files, named for what they hold."""
    held = {"page": view.page.value, "snapshot": answers.at(view).corpus.snapshot.id}
    query = create_url(view).partition("?")[2]
    noun = "article" if n_articles == 1 else "articles"
    return [
        html.A(
            form.upper(), href=f"/_export/articles.{form}?{query}&{urlencode(held)}".replace("?&", "?"), download="",
            title=f"Save {n_articles:,} {noun} as {form.upper()}",
        )
        for form in _TYPES
    ]  # fmt: skip


def serve_exports(server: Flask, answers: Answers) -> None:
    """Answer the links: a file is written, sent in pieces and removed."""

    @server.get("/_export/articles.<form>")
    def export_articles(form: str) -> Response:
        if form not in _TYPES:
            abort(404, f"articles are exported as {' or '.join(_TYPES)}")
        view = parse_url(request.args.get("page", "/"), request.query_string.decode("ascii", "replace"))
        chosen = shown_articles(answers, view)
        folder = tempfile.TemporaryDirectory(prefix="newsgauge-export-")
        path = Path(folder.name) / f"articles.{form}"
        try:
            rows = export_table(chosen, "articles", path)
        except BadExport as error:
            folder.cleanup()
            abort(400, str(error))
        snapshot = chosen.corpus.snapshot.label.replace(" ", "-")
        name = f"newsgauge-{snapshot}-{rows}-article{'s' * (rows != 1)}.{form}"
        response = Response(_pieces(path, folder), mimetype=_TYPES[form])
        response.headers["Content-Disposition"] = f"attachment; filename={name}"
        response.headers["Content-Length"] = str(path.stat().st_size)
        return response


def _pieces(path: Path, folder: tempfile.TemporaryDirectory[str]) -> Iterator[bytes]:
    """The file in pieces; its folder is removed after the last, or when the browser gives up."""
    with folder, path.open("rb") as stream:
        while piece := stream.read(_CHUNK):
            yield piece
