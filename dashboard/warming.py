"""Have ready what the first viewers will ask, while the server already answers."""

from __future__ import annotations

from dataclasses import replace

from analysis.charts.providers import providers_chart
from analysis.coded import COLUMNS, TEXTS
from analysis.measures.blindspots import blindspots
from analysis.measures.syndication import copiers
from analysis.measures.timeliness import lag_quartiles, timeliness
from dashboard.answers import Answers
from dashboard.pages.overview_tiles import courses
from dashboard.term_frames import terms_of
from dashboard.url_state import View

__all__ = ["warm"]


def warm(answers: Answers) -> None:
    """Read the columns that most are asked of into memory, answer what pages ask that show all, and draw once.

    >>> import tempfile
    >>> from analysis import build_corpus, open_corpus
    >>> from data import RECORDS
    >>> store = tempfile.mkdtemp()
    >>> _ = build_corpus(RECORDS, store)
    >>> answers = Answers(open_corpus(store))
    >>> warm(answers)
    >>> answers.totals(View()).articles  # at once
    6
    """
    view = View()
    here = answers.at(view)
    held = here.corpus.held
    held.hold(COLUMNS)
    for ask in (here.totals, here.bursts, here.ranking, here.outlets, here.events, here.topics):
        ask(view)
    providers_chart(here.ranking(view), top=1)  # Plotly loads what it draws with when it is first drawn with
    held.narrow(here.corpus.cursor(), TEXTS)
    here.belongings(replace(view, min_quality=0))  # of some articles: counts them for all
    courses(here, view)
    terms_of(here, view)
    here.change(view)
    for measure in (timeliness, lag_quartiles, copiers, blindspots):  # the page of outlets
        here.measured(measure, view)
    health = here.health  # the page of data
    _ = health.days, health.fields, health.codes, health.conflicts, health.fresh, health.gaps
