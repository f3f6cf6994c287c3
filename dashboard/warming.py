"""Have ready what the first viewers will ask, while the server already answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from analysis.charts.providers import providers_chart
from analysis.coded import COLUMNS, TEXTS
from analysis.measures.blindspots import blindspots
from analysis.measures.syndication import copiers
from analysis.measures.timeliness import lag_quartiles, timeliness
from dashboard.answers import Answers
from dashboard.pages.overview_tiles import courses
from dashboard.term_frames import terms_of
from dashboard.url_state import View

__all__ = ["warming"]


def warming(answers: Answers) -> list[Callable[[], object]]:
    """What reads the columns that most are asked of into memory, answers what pages ask that show all, and draws once.

    Args:
        answers: of the snapshot that is current.

    Returns:
        Steps of some 100 milliseconds each for a million articles, those first that the first page waits for.

    >>> import tempfile
    >>> from analysis import build_corpus, open_corpus
    >>> from data import RECORDS
    >>> store = tempfile.mkdtemp()
    >>> _ = build_corpus(RECORDS, store)
    >>> answers = Answers(open_corpus(store))
    >>> for step in warming(answers):
    ...     _ = step()
    >>> answers.totals(View()).articles  # at once
    6
    """
    view = View()
    here = answers.at(view)
    held, some = here.corpus.held, replace(view, min_quality=0)
    pages = (here.totals, here.bursts, here.ranking, here.outlets, here.events, here.topics)
    of_outlets = (timeliness, lag_quartiles, copiers, blindspots)
    of_data = ("days", "fields", "codes", "conflicts", "fresh", "gaps")
    return [
        partial(held.hold, COLUMNS),
        *(partial(ask, view) for ask in pages),
        # Plotly loads what it draws with when it first draws.
        lambda: providers_chart(here.ranking(view), top=1),
        lambda: held.narrow(here.corpus.cursor(), TEXTS),
        lambda: held.lists(here.corpus.cursor()),
        partial(here.belongings, some),  # of some articles: counts them for all
        partial(courses, here, view),
        partial(terms_of, here, view),
        partial(here.change, view),
        *(partial(here.measured, measure, view) for measure in of_outlets),
        *(partial(getattr, here.health, name) for name in of_data),
    ]
