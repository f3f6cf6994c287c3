"""The button that writes a report on what the page shows, and the window in which it is chosen, awaited and taken."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, html, no_update
from flask import abort, send_file
from werkzeug.wrappers import Response

from analysis.errors import NewsgaugeError
from analysis.reports.spec import ReportSpec
from dashboard.answers import Answers
from dashboard.components.work import WorkIds, register_work, work_card
from dashboard.ids import Ids
from dashboard.jobs import jobs_of
from dashboard.reports import FORMAT_NAMES, Subject, forget_old, kinds_of, subject_of, writing
from dashboard.url_state import View, parse_url
from dashboard.words import counted

__all__ = ["layout", "register"]

_WORK = WorkIds(
    Ids.REPORT_WORK, Ids.REPORT_SAID, Ids.REPORT_BAR, Ids.REPORT_CANCEL, Ids.REPORT_TIMER, Ids.REPORT_JOB,
    Ids.REPORT_DONE,
)  # fmt: skip
_COUNTED = {"articles": "articles", "originals": "texts", "events": "events", "providers": "outlets"}
_ADDRESS = (State(Ids.ADDRESS, "pathname"), State(Ids.ADDRESS, "search"))


def layout() -> list[Any]:
    """The button, and the window that it opens."""
    formats = [{"value": form, "label": name} for form, name in FORMAT_NAMES.items()]
    return [
        html.Button("Report", id=Ids.REPORT_OPEN, className="quiet", type="button"),
        dmc.Modal(
            id=Ids.REPORT,
            title="Write a report",
            opened=False,
            closeButtonProps={"aria-label": "Close"},
            children=[
                html.P(id=Ids.REPORT_SUBJECT, className="report-subject"),
                dmc.Select(id=Ids.REPORT_KIND, label="Kind", data=[], allowDeselect=False),
                dmc.Select(
                    id=Ids.REPORT_FORMAT, label="Format", data=formats, value="html", allowDeselect=False
                ),
                html.Button("Write it", id=Ids.REPORT_START, className="do", type="button"),
                html.P(id=Ids.REPORT_ERROR, className="report-error", role="alert"),
                work_card(_WORK, "Progress of the report"),
                html.P(html.A(id=Ids.REPORT_LINK, href="", hidden=True)),
            ],
        ),
    ]


def register(app: Dash, answers: Answers) -> None:
    """Choose, write, await, cancel and take a report."""
    jobs = jobs_of(app.server)
    folder = tempfile.TemporaryDirectory(prefix="newsgauge-reports-")  # removed when the server ends
    register_work(app, _WORK)
    _register_window(app, answers)
    _register_taking(app)

    @app.callback(
        Output(_WORK.job, "data"),
        Output(Ids.REPORT_ERROR, "children"),
        Input(Ids.REPORT_START, "n_clicks"),
        State(Ids.REPORT_KIND, "value"),
        State(Ids.REPORT_FORMAT, "value"),
        State(_WORK.job, "data"),
        *_ADDRESS,
        prevent_initial_call=True,
    )
    def start(
        clicks: int | None, kind: str, form: str, before: str | None, path: str, search: str
    ) -> tuple[Any, str]:
        if not clicks or form not in FORMAT_NAMES:
            return no_update, ""
        jobs.cancel(before or "")
        view = parse_url(path, search)
        forget_old(Path(folder.name))
        try:
            subject = subject_of(answers, view)
            work = writing(subject, _spec(answers, view, subject, kind), form, Path(folder.name))
            return jobs.start(work, kind=f"report {kind} {form}"), ""
        except NewsgaugeError as error:
            return None, str(error)

    @app.server.get("/_report/<job>")
    def give_report(job: str) -> Response:
        written = jobs.result(job)
        if not isinstance(written, Path) or not written.exists():
            abort(404, "This report is no longer kept. Write it again from its page.")
        return send_file(written, as_attachment=True, download_name=written.name)


def _register_window(app: Dash, answers: Answers) -> None:
    @app.callback(
        Output(Ids.REPORT, "opened"),
        Output(Ids.REPORT_SUBJECT, "children"),
        Output(Ids.REPORT_KIND, "data"),
        Output(Ids.REPORT_KIND, "value"),
        Output(Ids.REPORT_START, "disabled"),
        Input(Ids.REPORT_OPEN, "n_clicks"),
        *_ADDRESS,
        prevent_initial_call=True,
    )
    def open_window(_clicks: int | None, path: str, search: str) -> tuple[Any, ...]:
        view = parse_url(path, search)
        kinds = kinds_of(view)
        subject = subject_of(answers, view)
        n_articles = len(subject.selection)
        about = _about(answers, view, subject, n_articles)
        data = [{"value": kind, "label": name} for kind, name in kinds.items()]
        return True, about, data, next(iter(kinds)), not n_articles


def _register_taking(app: Dash) -> None:
    @app.callback(
        Output(Ids.REPORT_LINK, "href"),
        Output(Ids.REPORT_LINK, "children"),
        Output(Ids.REPORT_LINK, "hidden"),
        Input(_WORK.finished, "data"),
        Input(_WORK.job, "data"),
        prevent_initial_call=True,
    )
    def offer(finished: str | None, job: str | None) -> tuple[str, str, bool]:
        written = jobs_of(app.server).result(job) if job and finished == job else None
        if not isinstance(written, Path):
            return "", "", True
        size = max(1, round(written.stat().st_size / 1000))
        return f"/_report/{job}", f"Download {written.name} ({size:,} kB)", False

    app.clientside_callback(
        ClientsideFunction("newsgauge_work", "take"),
        Output(Ids.REPORT_LINK, "download"),
        Input(Ids.REPORT_LINK, "href"),
        prevent_initial_call=True,
    )


def _spec(answers: Answers, view: View, subject: Subject, kind: str) -> ReportSpec:
    return ReportSpec(
        kind if kind in kinds_of(view) else "brief", title=subject.title, description=subject.description,
        basis=answers.basis(view), every=view.every or "", stories=subject.stories,
    )  # fmt: skip


def _about(answers: Answers, view: View, subject: Subject, n_articles: int) -> str:
    if not n_articles:
        return "No article matches: there is nothing to report on. Loosen the filters first."
    named = f"{subject.title}: " if subject.title else "Everything collected: "
    basis = _COUNTED[answers.basis(view)]
    how = f"counted as {basis}, days of {answers.at(view).corpus.zone}"
    return (
        f"{named}{counted(n_articles, 'article')}, {how}, snapshot {answers.at(view).corpus.snapshot.label}."
    )
