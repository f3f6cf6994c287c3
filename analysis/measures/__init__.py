"""The measures: each takes a selection or a frame of articles of any engine, and returns tidy pandas."""

from __future__ import annotations

from analysis.measures.volume import volume

__all__ = ["volume"]
