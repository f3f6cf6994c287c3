"""The measures: each takes a selection or a frame of articles of any engine, and returns tidy pandas."""

from __future__ import annotations

from analysis.measures.bursts import bursts
from analysis.measures.change import change
from analysis.measures.compare import compare, overlap
from analysis.measures.diversity import diversity
from analysis.measures.kleinberg import batched_bursts, offset_bursts
from analysis.measures.providers import providers
from analysis.measures.terms import rising_terms, terms
from analysis.measures.timeliness import lags, timeliness
from analysis.measures.volume import volume

__all__ = [
    "batched_bursts",
    "bursts",
    "change",
    "compare",
    "diversity",
    "lags",
    "offset_bursts",
    "overlap",
    "providers",
    "rising_terms",
    "terms",
    "timeliness",
    "volume",
]
