"""Have ready what the first viewer will ask, while the server already answers."""

from __future__ import annotations

from analysis.charts.providers import providers_chart
from analysis.coded import COLUMNS, TEXTS
from dashboard.answers import Answers
from dashboard.url_state import View

__all__ = ["warm"]


def warm(answers: Answers) -> None:
    """Read the columns that most questions are asked of into memory, answer what the first page asks, and draw once.

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
    for ask in (here.totals, here.bursts, here.outlets, here.events, here.topics):
        ask(view)
    providers_chart(here.outlets(view), top=1)  # Plotly loads what it draws with when it is first drawn with
    held.narrow(here.corpus.cursor(), TEXTS)
