"""Numbers, shares and days in plain English, the same on charts, pages and reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

__all__ = ["between", "counted", "day", "listed", "number", "percent", "short_day", "stretch"]

_MONTHS = "January February March April May June July August September October November December".split()
_PLURALS = {"copy": "copies", "has": "have", "is": "are", "was": "were"}


def number(value: Any, digits: int = 0) -> str:
    """A number with commas between thousands; a dash where it is missing.

    >>> number(1312), number(2.345, 1), number(float("nan"))
    ('1,312', '2.3', '–')
    """
    return "–" if pd.isna(value) else f"{value:,.{digits}f}"


def counted(value: int, noun: str) -> str:
    """A count with its noun.

    >>> counted(1, "article"), counted(6, "outlet"), counted(0, "copy")
    ('1 article', '6 outlets', '0 copies')
    """
    return f"{value:,} {noun if value == 1 else _PLURALS.get(noun, noun + 's')}"


def percent(share: Any) -> str:
    """A share between 0 and 1, with two significant digits; what is small is not said to be nothing.

    >>> percent(0.12), percent(0.031), percent(0.0004), percent(0), percent(1), percent(float("nan"))
    ('12 %', '3.1 %', '< 0.1 %', '0 %', '100 %', '–')
    """
    if pd.isna(share):
        return "–"
    value = share * 100
    if value and value < 0.1:
        return "< 0.1 %"
    if value >= 9.95 or value == 0:
        return f"{value:.0f} %" if value < 99.5 or value == 100 else "> 99 %"
    return f"{value:.1f} %"


def day(value: date | None, *, year: bool = True) -> str:
    """A day.

    >>> day(date(2021, 8, 23)), day(date(2021, 8, 23), year=False)
    ('23 August 2021', '23 August')
    """
    if value is None:
        return "an unknown day"
    return f"{value.day} {_MONTHS[value.month - 1]}" + (f" {value.year}" if year else "")


def short_day(value: date) -> str:
    """A day where there is little room.

    >>> short_day(date(2021, 8, 23))
    '23 Aug 2021'
    """
    return f"{value.day} {_MONTHS[value.month - 1][:3]} {value.year}"


def stretch(first: date, last: date) -> str:
    """Two days and what lies between, without repeating a month or year.

    >>> stretch(date(2021, 8, 17), date(2021, 8, 27)), stretch(date(2021, 8, 23), date(2021, 8, 23))
    ('17 to 27 August 2021', '23 August 2021')
    """
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day(last)}"
    return f"{day(first, year=first.year != last.year)} to {day(last)}"


def between(first: date, last: date) -> str:
    """Two days, to begin a sentence with.

    >>> between(date(2021, 8, 17), date(2021, 8, 27)), between(date(2021, 8, 23), date(2021, 8, 23))
    ('Between 17 and 27 August 2021', 'On 23 August 2021')
    >>> between(date(2021, 8, 30), date(2021, 9, 2))
    'Between 30 August and 2 September 2021'
    """
    if first == last:
        return f"On {day(first)}"
    return "Between " + stretch(first, last).replace(" to ", " and ")


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them.

    >>> listed(["Sky"]), listed(["Sky", "Diginomica"]), listed(["a", "b", "c"])
    ('Sky', 'Sky and Diginomica', 'a, b and c')
    """
    return " and ".join([*([", ".join(names[:-1])] if names[:-1] else []), *names[-1:]])
