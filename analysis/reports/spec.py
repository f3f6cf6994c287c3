"""What a report is asked to be: its kind, its subject, what it counts and which sections it has."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from analysis.errors import NewsgaugeError
from analysis.measures.counting import BASES
from analysis.measures.periods import EVERY

__all__ = ["KINDS", "SECTIONS", "BadReport", "ReportSpec", "read_spec"]


class BadReport(NewsgaugeError):
    """A report is asked for that cannot be made; says which argument, what is allowed and what came."""


_STORY = (
    "summary",
    "volume",
    "timeline",
    "providers",
    "syndication",
    "topics",
    "terms",
    "blindspots",
    "articles",
)
KINDS = {
    "brief": tuple(name for name in (*_STORY, "method") if name != "topics"),
    "full": (*_STORY, "health", "method"),
    "comparison": ("compared", "overlap", "method"),
    "provider": ("summary", "volume", "quality", "timeline", "syndication", "terms", "articles", "method"),
    "data": ("collection", "health", "problems", "quality", "method"),
}
"""Kind of report -> its sections, in order."""

SECTIONS = tuple(dict.fromkeys(name for sections in KINDS.values() for name in sections))
"""Every section that a report may have."""

_ROWS = {"brief": 5}


@dataclass(frozen=True)
class ReportSpec:
    """What a report is asked to be. Which articles it is about is said by the selection.

    Attributes:
        kind: one of `KINDS`.
        title: what it is about; the query unless given.
        description: a sentence; may be empty.
        basis: what is counted over time: `articles`, `originals`, `events` or `providers`.
        every: length of a period; by the length of time unless given.
        sections: some of `SECTIONS`, in the order wanted; those of the kind unless given.
        rows: rows of a table that HTML, PDF and Markdown show at most; 5 in a brief and 20 else, unless given.
        stories: of a comparison: pairs of name and query, two or more.

    Raises:
        BadReport: a value that is not allowed.

    >>> ReportSpec("brief").shown_rows
    5
    >>> ReportSpec("leaflet")
    Traceback (most recent call last):
    ...
    analysis.reports.spec.BadReport: kind must be one of brief, full, comparison, provider, data; got 'leaflet'
    """

    kind: str = "brief"
    title: str = ""
    description: str = ""
    basis: str = "articles"
    every: str = ""
    sections: tuple[str, ...] = ()
    rows: int = 0
    stories: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        _one_of("kind", self.kind, KINDS)
        _one_of("basis", self.basis, BASES)
        _one_of("every", self.every or "day", EVERY)
        for section in self.sections:
            _one_of("each section", section, SECTIONS)
        if len(set(self.sections)) < len(self.sections):
            raise BadReport(f"sections must each stand once; got {', '.join(self.sections)}")
        if isinstance(self.rows, bool) or not isinstance(self.rows, int) or self.rows < 0:
            raise BadReport(f"rows must be a whole number, 0 or more; got {self.rows!r}")
        if {"compared", "overlap"} & set(self.contents) and len(dict(self.stories)) < 2:
            raise BadReport(
                f"stories must be two or more of different names to compare; got {len(dict(self.stories))}. "
                "On the command line they stand in the file of --spec"
            )

    @property
    def contents(self) -> tuple[str, ...]:
        """The sections that the report has."""
        return self.sections or KINDS[self.kind]

    @property
    def shown_rows(self) -> int:
        """Rows of a table that a document shows at most."""
        return self.rows or _ROWS.get(self.kind, 20)


def read_spec(path: str | Path, **given: Any) -> ReportSpec:
    r"""A report as a YAML file asks for it.

    Args:
        path: a mapping with some of the fields of `ReportSpec`, such as ``sections: [summary, volume, method]``.
        given: fields that win over the file's.

    Raises:
        BadReport: the file cannot be read as one, or has a value that is not allowed.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "weekly.yaml"
    >>> _ = path.write_text("kind: brief\nevery: week\nsections: [summary, volume, method]\n")
    >>> read_spec(path).contents
    ('summary', 'volume', 'method')
    """
    try:
        tree = yaml.safe_load(Path(path).read_text("utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadReport(f"{path}: a report must be YAML in UTF-8; {error}") from None
    known = [field.name for field in fields(ReportSpec)]
    if not isinstance(tree, dict):
        raise BadReport(
            f"{path}: a report must be a mapping with some of {', '.join(known)}; got {tree!r:.80}"
        )
    for name, value in tree.items():
        _one_of(f"{path}: each field", name, known)
        if name == "sections" and not isinstance(value, list):
            raise BadReport(f"{path}: sections must be a list; got {value!r:.80}")
        if name == "stories" and not isinstance(value, dict):
            raise BadReport(f"{path}: stories must be a mapping of name and query; got {value!r:.80}")
        if name not in {"sections", "stories", "rows"} and not isinstance(value, str):
            raise BadReport(f"{path}: {name} must be a text; got {value!r:.80}")
    if "sections" in tree:
        tree["sections"] = tuple(map(str, tree["sections"]))
    if "stories" in tree:
        tree["stories"] = tuple((str(name), str(query)) for name, query in tree["stories"].items())
    return ReportSpec(**{**tree, **given})


def _one_of(name: str, value: Any, allowed: Any) -> None:
    if value not in allowed:
        raise BadReport(f"{name} must be one of {', '.join(allowed)}; got {value!r:.80}")
