"""Measure news coverage: how much, by whom, how good, about what, since when, and who followed whom.

>>> import tempfile
>>> from analysis import build_corpus, open_corpus
>>> from data import RECORDS
>>> store = tempfile.mkdtemp()
>>> report = build_corpus(RECORDS, store)
>>> corpus = open_corpus(store)
>>> corpus.select('"facial recognition" AND ban*').articles["provider_id"].tolist()
['diginomica.com', 'privacyinternational.org', 'expressandstar.com', 'sky.com']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.corpus import Filters
    from analysis.errors import NewsgaugeError
    from analysis.notebook import Corpus, Selection, open_corpus
    from analysis.store import build_corpus

__version__ = "0.1.0"
__all__ = ["Corpus", "Filters", "NewsgaugeError", "Selection", "build_corpus", "open_corpus"]

_HOMES = {
    "Corpus": "analysis.notebook",
    "Filters": "analysis.corpus",
    "NewsgaugeError": "analysis.errors",
    "Selection": "analysis.notebook",
    "build_corpus": "analysis.store",
    "open_corpus": "analysis.notebook",
}


def __getattr__(name: str) -> Any:
    """Import public names when they are asked for: the processes that read records need neither pandas nor DuckDB."""
    if name not in _HOMES:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - kept out of the package's names

    return getattr(import_module(_HOMES[name]), name)
