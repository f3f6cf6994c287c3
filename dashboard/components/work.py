"""A card that shows how far a long piece of work is, with a button to cancel it.

How a page uses it, for instance for topic clusters of a large selection:

    _WORK = WorkIds(Ids.CLUSTER_WORK, Ids.CLUSTER_SAID, Ids.CLUSTER_BAR, Ids.CLUSTER_CANCEL, Ids.CLUSTER_TIMER,
                    Ids.CLUSTER_JOB, Ids.CLUSTER_DONE)

1. its layout has ``work_card(_WORK, "Topic clusters")`` where the answer will stand;
2. its callback, once it knows that the answer takes long, starts a job and gives its id to
   ``Output(_WORK.job, "data")``:
   ``jobs_of(app.server).start(lambda tell: clusters(selection, tell), kind="clusters", key=(snapshot_id, filters))``.
   With a `key` the same work is done once for all viewers. The selection is taken before (``answers.selection(view)``):
   the work runs outside the request. ``tell(step, done, steps)`` before each step is what makes it cancellable;
3. ``register_work(app, _WORK)`` shows the progress;
4. a callback with ``Input(_WORK.finished, "data")`` gets the job's id when it is done, and draws
   ``jobs_of(app.server).result(job)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update

from dashboard.ids import Ids
from dashboard.jobs import Progress, jobs_of

__all__ = ["WorkIds", "register_work", "said_of", "work_card"]

_EVERY = 400  # milliseconds between two looks
_GONE = Progress("failed", error="The server was started again in the meantime. Start this anew.")


@dataclass(frozen=True)
class WorkIds:
    """The ids of one card: its box, words, bar, button and timer, and the job shown and the job finished."""

    box: Ids
    said: Ids
    bar: Ids
    cancel: Ids
    timer: Ids
    job: Ids
    finished: Ids


def work_card(ids: WorkIds, label: str) -> html.Div:
    """The card, hidden until a job is given to it."""
    return html.Div([
        html.Div(
            id=ids.box,
            className="work",
            hidden=True,
            children=[
                html.P(id=ids.said, role="status"),
                html.Progress(id=ids.bar, value="0", max="1", **{"aria-label": label}),
                html.Button("Cancel", id=ids.cancel, className="quiet", type="button"),
            ],
        ),
        dcc.Interval(id=ids.timer, interval=_EVERY, disabled=True),
        dcc.Store(id=ids.job),
        dcc.Store(id=ids.finished),
    ])  # fmt: skip


def register_work(app: Dash, ids: WorkIds) -> None:
    """Show how far the job is, and cancel it when that is asked for."""
    jobs = jobs_of(app.server)

    @app.callback(
        Output(ids.box, "hidden"),
        Output(ids.said, "children"),
        Output(ids.bar, "value"),
        Output(ids.cancel, "hidden"),
        Output(ids.timer, "disabled"),
        Output(ids.finished, "data"),
        Input(ids.job, "data"),
        Input(ids.timer, "n_intervals"),
        Input(ids.cancel, "n_clicks"),
        State(ids.finished, "data"),
        prevent_initial_call=True,
    )
    def look(
        job: str | None, _ticks: int | None, _clicks: int | None, finished: str | None
    ) -> tuple[Any, ...]:
        if not job:
            return True, "", "0", True, True, no_update
        if ctx.triggered_id == ids.cancel:
            jobs.cancel(job)
        now = jobs.progress(job) or _GONE
        share = now.done / now.steps if now.steps else 0.0
        ended = job if now.state == "done" and finished != job else no_update
        return False, said_of(now), f"{share:.3f}", now.is_over, now.is_over, ended


def said_of(now: Progress) -> str:
    """How far a job is, in words.

    >>> said_of(Progress("running", "Outlets", 3, 12, 6.2))
    'Outlets: 3 of 12 steps done, about 7 seconds left'
    >>> said_of(Progress("cancelled"))
    'Cancelled.'
    """
    if now.state == "failed":
        return now.error[0].upper() + now.error[1:] if now.error else "It failed."
    if now.state != "running":
        return {"waiting": "Waiting for other work to end", "done": "Done.", "cancelled": "Cancelled."}[
            now.state
        ]
    if not now.steps:
        return "Beginning"
    return f"{now.step}: {now.done} of {now.steps} steps done{_left(now.seconds_left)}"


def _left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds > 90:
        return f", about {round(seconds / 60)} minutes left"
    whole = int(seconds) + 1
    return f", about {whole} second{'s' if whole > 1 else ''} left"
