"""What outlets are called: each domain's name, told apart where two domains share one."""

from __future__ import annotations

from collections import Counter

from analysis.corpus import Selection
from dashboard.answers import Answers
from dashboard.url_state import View

__all__ = ["names_of", "outlet_names"]

_LETTERS = 120


def outlet_names(selection: Selection) -> dict[str, str]:
    """Domain -> name of every outlet of the corpus; with the domain, where two have one name."""
    rows = selection.corpus.table("providers").project("provider_id, name").fetchall()
    known = {str(domain): str(name or domain)[:_LETTERS] for domain, name in rows}
    shared = Counter(known.values())
    return {
        domain: name if shared[name] == 1 or name == domain else f"{name} ({domain})"
        for domain, name in known.items()
    }


def names_of(answers: Answers, view: View) -> dict[str, str]:
    """The names of the snapshot of a view; shared, so not to be changed."""
    return answers.measured(outlet_names, View(zone=view.zone))
