"""The measures: each takes a selection or a frame of articles of any engine, and returns tidy pandas."""

from __future__ import annotations

__all__: list[str] = []
