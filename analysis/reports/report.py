"""A report before it is written: every number and frame, gathered once. No words, no pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.reports.carried import Carried
from analysis.reports.provenance import Provenance
from analysis.reports.spec import ReportSpec
from analysis.reports.stretch import Stretches

__all__ = ["Measured", "Report", "Section"]


@dataclass(frozen=True, eq=False)
class Measured:
    """A frame, and the Python that gives the same one.

    Attributes:
        frame: as the measure gave it; whoever gets it must not change it.
        python: an expression in `selection`, with the imports that it needs before it.
    """

    frame: pd.DataFrame
    python: str


@dataclass(frozen=True, eq=False)
class Section:
    """One section: the numbers its text is said from, and its frames by name.

    Attributes:
        key: one of `analysis.reports.spec.SECTIONS`.
        facts: name -> number, day, text or list of these, as the section's template wants them.
        frames: name -> frame; the names are those of `analysis.reports.columns.LAYOUTS`.
    """

    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    frames: Mapping[str, Measured] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Report:
    """A whole report, before it is written.

    Attributes:
        spec: what was asked.
        title: what it is about.
        provenance: where it comes from.
        stretches: the times it is about.
        sections: in order.
        articles: the selection's articles, whole, as `Selection.articles`.
        carried: what a later report can compare itself with.
    """

    spec: ReportSpec
    title: str
    provenance: Provenance
    stretches: Stretches
    sections: tuple[Section, ...]
    articles: pd.DataFrame
    carried: Carried

    def frame(self, name: str) -> pd.DataFrame:
        """A copy of one frame by its name.

        Raises:
            KeyError: the report has none of this name; names those it has.
        """
        return self.measured(name).frame.copy()

    def measured(self, name: str) -> Measured:
        """One frame by its name, with its Python.

        Raises:
            KeyError: the report has none of this name; names those it has.
        """
        known = self.frames
        if name not in known:
            raise KeyError(f"frame must be one of {', '.join(known)}; got {name!r}")
        return known[name]

    @property
    def frames(self) -> dict[str, Measured]:
        """Every frame by its name, in the order of the sections; `articles` last."""
        found = {name: one for section in self.sections for name, one in section.frames.items()}
        return found | {"articles": Measured(self.articles, "selection.articles")}
