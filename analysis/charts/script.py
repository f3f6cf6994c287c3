"""The script that draws charts in a browser, for pages and reports: no larger than what our charts are made of."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["TRACES", "plotly_script"]

TRACES = frozenset({"bar", "scatter"})
"""What charts may be made of; a test holds every chart to it."""


@cache
def plotly_script() -> str:
    """plotly.js with its basic traces, of the version that the Python package has; the licence lies beside it.

    It is `plotly.min.js` of the npm package `plotly.js-basic-dist-min`, a third of the whole.

    >>> from plotly.offline import get_plotlyjs_version
    >>> f"(basic - minified) v{get_plotlyjs_version()}" in plotly_script()[:100]
    True
    """
    return (files("analysis.charts") / "plotly-basic.min.js").read_text("utf-8")
