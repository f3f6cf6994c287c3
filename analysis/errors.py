"""What can go wrong in the use of Newsgauge. Faults of content are never raised: they are rows of `problems`."""

from __future__ import annotations

__all__ = ["NewsgaugeError"]


class NewsgaugeError(ValueError):
    """The base of every error that Newsgauge raises for wrong use; its text says what to do."""
