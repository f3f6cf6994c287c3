"""The measures: each takes a selection or a frame of articles of any engine, and returns tidy pandas."""

from __future__ import annotations

from analysis.measures.bursts import bursts
from analysis.measures.kleinberg import batched_bursts, offset_bursts
from analysis.measures.volume import volume

__all__ = ["batched_bursts", "bursts", "offset_bursts", "volume"]
