"""Measure news coverage: how much, by whom, how good, about what, since when, and who followed whom."""

__version__ = "0.1.0"
