"""The notebook's face: a corpus whose selections answer with every measure, chart and report, and show what they are.

>>> import tempfile
>>> from analysis import build_corpus, open_corpus
>>> from data import RECORDS
>>> store = tempfile.mkdtemp()
>>> _ = build_corpus(RECORDS, store)
>>> ban = open_corpus(store).select("ban*")
>>> int(ban.volume(every="week", share="corpus")["count"].sum())
4
>>> ban.charts.volume().layout.meta["title"]
'Coverage was highest on 23 August 2021, with 2 articles'
"""

from __future__ import annotations

from analysis.notebook.charts import Charts
from analysis.notebook.measured import Measured
from analysis.notebook.selection import Corpus, Selection, open_corpus

__all__ = ["Charts", "Corpus", "Measured", "Selection", "open_corpus"]
