"""The rows of the page's tables, each request answered by itself: what a late answer stands for is never in doubt."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, abort, jsonify, request

from dashboard.answers import Answers
from dashboard.article_rows import as_shown, rows
from dashboard.outlet_names import names_of
from dashboard.outlet_rows import outlet_rows
from dashboard.problem_rows import problem_code, problem_rows
from dashboard.url_state import parse_url

__all__ = ["serve_rows"]


def serve_rows(server: Flask, answers: Answers) -> None:
    """Answer the grids: the address that is shown and which rows, as JSON, in; `rowData` and `rowCount` out.

    Order and conditions are those of the address, so that rows are right whatever the grid still has to catch up with.
    """

    @server.post("/_rows/<grid>")
    def rows_of_grid(grid: str) -> Response:
        asked = _checked(request.get_json(silent=True))
        view = parse_url(asked.pop("path"), asked.pop("search"))
        match grid:
            case "articles":
                found = rows(answers.selection(view), asked | as_shown(view))
            case "panel" if view.mark is None:
                found = {"rowData": [], "rowCount": 0}
            case "panel":
                found = rows(answers.opened(view), asked)
            case "outlets":
                names, zone = names_of(answers, view), answers.at(view).zone
                found = outlet_rows(answers.outlets(view), names, asked | as_shown(view), zone)
            case "problems":
                found = problem_rows(answers.at(view).corpus, asked, problem_code(view))
            case _:
                abort(404)
        return jsonify(found)


def _checked(asked: Any) -> dict[str, Any]:
    """A request for rows whose parts have their types; anything else is refused."""
    given = asked if isinstance(asked, dict) else {}
    numbers = {name: given.get(name) for name in ("startRow", "endRow")}
    texts = {name: given.get(name) for name in ("path", "search")}
    if not all(isinstance(value, int) and 0 <= value < 2**53 for value in numbers.values()):
        abort(400, "startRow and endRow must be numbers of rows")
    if not all(isinstance(value, str) for value in texts.values()):
        abort(400, "path and search must be those of the address")
    return {**numbers, **texts}
