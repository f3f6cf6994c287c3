"""The sentences of a report: Jinja2 templates over the numbers of a section, giving plain text."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from analysis.reports import words
from analysis.reports.report import Section

__all__ = ["paragraphs"]


def paragraphs(section: Section) -> tuple[str, ...]:
    """What a section says of its numbers: plain text, which each format escapes in its own way.

    >>> paragraphs(Section("overlap", {"pairs": [("Ban", "Police", 3, 10, 12)]}))
    ('Ban (10) and Police (12) share 3 articles.',)
    """
    said = _environment().get_template(f"{section.key}.j2").render(section.facts)
    joined = (re.sub(r"\s+", " ", part).strip() for part in re.split(r"\n\s*\n", said))
    return tuple(part for part in joined if part)


@cache
def _environment() -> Environment:
    # No escaping here: this is text for every format, and each escapes all of it.
    made = Environment(
        loader=PackageLoader("analysis.reports", "text"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text, see above
    )
    made.filters |= {name: getattr(words, name) for name in words.__all__}
    made.filters |= {"join_and": _join_and, "hours": _hours, "counted_whole": _counted_whole}
    return made


def _join_and(parts: list[str]) -> str:
    return " and ".join([*([", ".join(parts[:-1])] if parts[:-1] else []), *parts[-1:]])


def _hours(value: float) -> str:
    if value < 1:
        return words.counted(round(value * 60), "minute")
    return words.counted(round(value), "hour") if value < 48 else words.counted(round(value / 24), "day")


def _counted_whole(value: Any, noun: str) -> str:
    return words.counted(round(value), noun)
