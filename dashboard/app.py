"""The dashboard as a Dash app, made by a factory: nothing is shared between two apps, and nothing runs on import."""

from __future__ import annotations

from pathlib import Path

from dash import Dash, html

from analysis.corpus import Corpus
from dashboard.access import OPEN, Access, guard
from dashboard.charts_script import serve_charts_script
from dashboard.components import filters, panel, report, shell, stories
from dashboard.editions import Editions
from dashboard.exports import serve_exports
from dashboard.ids import Ids
from dashboard.outdated import turn_away_outdated
from dashboard.page_service import placed, register_pages, serve_pages, without_grid_script
from dashboard.pages import articles, compare, data, events, links, overview, providers, topics
from dashboard.row_service import serve_rows
from dashboard.saved import Saved
from dashboard.security import protect
from dashboard.url_state import View

__all__ = ["PAGES", "create_app"]

PAGES = (overview, compare, events, providers, topics, links, articles, data)
"""The modules of the pages, in the order of the rail; the first one's is built with the window, others when shown."""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
{%favicon%}
{%css%}
</head>
<body>
<noscript>Newsgauge needs JavaScript, all of which comes from this server.</noscript>
{%app_entry%}
<footer>
{%config%}
{%charts%}
{%scripts%}
{%renderer%}
</footer>
</body>
</html>
"""


def create_app(corpus: Corpus, access: Access = OPEN, settings: Path | None = None) -> Dash:
    """The dashboard over one corpus; `dashboard.serve.serve` serves it, or any WSGI server its `server`.

    Args:
        corpus: from `analysis.open_corpus`.
        access: who may read it; everybody who reaches the server unless given.
        settings: folder in which stories and views are saved; nothing can be saved unless given.

    >>> import tempfile
    >>> from analysis import build_corpus, open_corpus
    >>> from data import RECORDS
    >>> store = tempfile.mkdtemp()
    >>> _ = build_corpus(RECORDS, store)
    >>> app = create_app(open_corpus(store))
    >>> app.server.test_client().get("/", headers={"Host": "localhost"}).status_code
    200
    """
    app = Dash(
        __name__,
        title="Newsgauge",
        update_title="",
        serve_locally=True,
        suppress_callback_exceptions=True,  # most pages come later; a test holds callbacks to what stands on them
        compress=True,
        assets_folder=str(Path(__file__).parent / "assets"),
        meta_tags=[
            {"charset": "utf-8"},
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {"name": "color-scheme", "content": "light dark"},
        ],
    )
    app.server.config["COMPRESS_BR_LEVEL"] = 5  # a tenth smaller than its default, in the same time
    script = serve_charts_script(app.server)
    app.index_string = _PAGE.replace("{%charts%}", f'<script src="{script}"></script>')
    window = app.interpolate_index
    app.interpolate_index = lambda **parts: window(
        **parts | {"scripts": without_grid_script(parts["scripts"])}
    )
    protect(app.server)
    guard(app.server, access)
    turn_away_outdated(app)
    answers = Editions(corpus, Saved(settings))
    app.server.extensions["newsgauge"] = answers
    answers.announce(app.server)
    serve_rows(app.server, answers)
    serve_exports(app.server, answers)
    first, *others = [page.layout() for page in PAGES]
    serve_pages(app, {**{str(page.id): page for page in others}, Ids.PANEL_ROWS: panel.rows()})
    register_pages(app, {**{str(page.id): str(page.id) for page in others}, Ids.PANEL_ROWS: Ids.PANEL_LIST})
    sign_out = [html.A("Sign out", href="/logout", className="quiet")] if access.password else []
    app.layout = lambda: shell.layout(
        answers.at(View()), [first, *map(placed, others)], [*report.layout(), *sign_out]
    )
    for part in (shell, filters, stories, panel, report, *PAGES):
        part.register(app, answers)
    return app
