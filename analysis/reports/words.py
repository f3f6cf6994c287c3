"""Numbers, days and names as reports write them: plain text, which every format escapes in its own way."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from analysis import words
from analysis.words import between, counted, day, number, percent, stretch

__all__ = [
    "between",
    "cause",
    "counted",
    "day",
    "days",
    "listed",
    "number",
    "percent",
    "quoted",
    "ratio",
    "score",
    "stretch",
    "tidy",
    "within",
]

_CAUSES = {
    "new providers": "outlets that had nothing on it before",
    "lost providers": "outlets that no longer had anything on it",
    "more per provider": "outlets that covered it in both",
    "copies": "copies of texts",
    "corpus growth": "the size of the whole collection",
}


def tidy(text: Any, most: int = 240) -> str:
    r"""Text from a record as one line that cannot disturb what stands around it.

    Control characters and those that turn the direction of writing are left out, blanks are joined.

    >>> tidy("  Ban\n\n# now \u202e"), tidy("x" * 9, 5)
    ('Ban # now', 'xxxx…')
    """
    if text is None or (isinstance(text, float) and math.isnan(text)):
        return ""
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in str(text))
    kept = "".join(
        c for c in kept if unicodedata.category(c) not in {"Cf", "Cs", "Co"} or c in "\u200c\u200d"
    )
    line = re.sub(r"\s+", " ", kept).strip()
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def within(text: Any, most: int = 240) -> str:
    r"""Text from a record to stand in a sentence: writing from right to left turns nothing around it.

    >>> within("Sky"), ascii(within("\u05d4\u05d0"))
    ('Sky', "'\\u2068\\u05d4\\u05d0\\u2069'")
    """
    line = tidy(text, most)
    turns = any(unicodedata.bidirectional(c) in {"R", "AL"} for c in line)
    return f"\u2068{line}\u2069" if turns else line


def quoted(text: Any, most: int = 160) -> str:
    """A headline in quotation marks.

    >>> quoted("Ban now")
    '“Ban now”'
    """
    return f"“{within(text, most)}”"


def ratio(value: Any) -> str:
    """How many times as much.

    >>> ratio(1.26), ratio(0.704), ratio(12.2), ratio(float("inf")), ratio(float("nan"))
    ('1.3x', '0.70x', '12x', 'no limit', '–')
    """
    if pd.isna(value):
        return "–"
    if math.isinf(value):
        return "no limit"
    return f"{value:.2f}x" if value < 0.995 else f"{value:.1f}x" if value < 9.95 else f"{value:,.0f}x"


def score(value: Any) -> str:
    """A quality score.

    >>> score(52.5), score(58.0)
    ('52.5', '58')
    """
    return "–" if pd.isna(value) else f"{value:.1f}".removesuffix(".0")


def days(missed: Sequence[date]) -> str:
    """Days on which nothing was collected, as a clause.

    >>> days([date(2021, 8, 21)]), days([date(2021, 8, 21), date(2021, 8, 22)])
    ('on 21 August 2021', 'on 2 days, 21 to 22 August 2021')
    """
    if len(missed) == 1:
        return f"on {day(missed[0])}"
    whole = missed[-1] - missed[0] == timedelta(days=len(missed) - 1)
    between = stretch(missed[0], missed[-1]) if whole else f"between {day(missed[0])} and {day(missed[-1])}"
    return f"on {len(missed):,} days{', ' if whole else ' '}{between}"


def listed(names: Sequence[Any]) -> str:
    r"""Names from records as a sentence has them.

    >>> listed(["Sky"]), listed(["Sky", "Digi\nnomica"])
    ('Sky', 'Sky and Digi nomica')
    """
    return words.listed([within(name, 80) for name in names])


def cause(part: str) -> str:
    """What a part of `analysis.measures.change` stands for, as prose has it.

    >>> cause("copies")
    'copies of texts'
    """
    return _CAUSES[part]
