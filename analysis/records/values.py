"""What a field may hold: text, numbers, times, addresses and lists, checked one by one; all else is complained of."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from analysis.records.canonical import is_web_url
from analysis.records.frontmatter import clean_controls
from analysis.records.record import Path

__all__ = [
    "Complain",
    "as_boolean",
    "as_labels",
    "as_list",
    "as_name",
    "as_number",
    "as_text",
    "as_time",
    "as_url",
    "kind_of",
    "shown",
]

Complain = Callable[[str, str, Path], None]
"""Called with a problem's code, message and field path."""

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?")
_TIME = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:[Tt]|[ \t]+)(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?"
    r"(?:\s*(Z|z|UTC|GMT|[-+]\d\d?(?::?\d\d)?))?"
)
_BOOLEANS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}
_FIRST_YEAR, _LAST_YEAR = 1900, 2100  # a clock gone wrong must not stretch a chart over millennia


def as_list(value: Any, path: Path, complain: Complain) -> list[Any]:
    """A list as it is, one value as a list of it, nothing as the empty list."""
    if value is None or (isinstance(value, str) and value in _NULL):
        return []
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        return [value]
    complain("bad-type", f"expected a list, got {kind_of(value)}", path)
    return []


def as_labels(value: Any, path: Path, complain: Complain) -> tuple[str, ...]:
    """Topics or tags: each once, in their order, without empty ones."""
    found: dict[str, None] = {}
    for place, item in enumerate(as_list(value, path, complain)):
        if item is None or (isinstance(item, str) and item.strip() in _NULL):
            complain("null-topic", "an empty label was left out", (*path, place))
            continue
        label = as_text(item, (*path, place), complain)
        if label:
            found[label] = None
    return tuple(found)


def as_text(value: Any, path: Path, complain: Complain) -> str | None:
    """Text on one line, without control characters."""
    if value is None:
        return None
    if not isinstance(value, str):
        if isinstance(value, bool):
            return str(value).lower()
        complain("bad-type", f"expected text, got {kind_of(value)}", path)
        return None
    if not value.isprintable():
        clean = clean_controls(value)
        if clean != value:
            complain("control-character", "control characters were replaced or removed", path)
        value = " ".join(clean.split())
    value = value.strip()
    return None if value in ("", "~", "null") else value


def as_number(value: Any, path: Path, complain: Complain, unmeasured: float | None = None) -> float | None:
    """A finite number from 0 up; `unmeasured` stands for a missing one."""
    if value is None or (isinstance(value, str) and value.strip() in _NULL):
        return None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        number = float(value)
        if number == unmeasured:
            return None
        if math.isfinite(number) and number >= 0:
            return number
    complain("bad-number", f"expected a number from 0 up, got {shown(value)}", path)
    return None


def as_boolean(value: Any, path: Path, complain: Complain) -> bool | None:
    """True or false, in the spellings of YAML."""
    if value is None or isinstance(value, bool) or (isinstance(value, str) and value.strip() in _NULL):
        return value if isinstance(value, bool) else None
    found = _BOOLEANS.get(value.strip().lower()) if isinstance(value, str) else None
    if found is None:
        complain("bad-boolean", f"expected true or false, got {shown(value)}", path)
    return found


def as_time(value: Any, path: Path, complain: Complain) -> tuple[datetime | None, str | None]:
    """A moment in UTC and how exactly it is known: `time`, or `date` for a day without time of day."""
    if value is None or (isinstance(value, str) and value.strip() in _NULL):
        return None, None
    try:
        found = _parsed_time(value.strip(), path, complain) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        found = None
    if found and _FIRST_YEAR <= found[0].year <= _LAST_YEAR:
        return found
    allowed = f"a time such as 2021-08-23T05:30:00Z, {_FIRST_YEAR} to {_LAST_YEAR}"
    complain("bad-time", f"expected {allowed}, got {shown(value)}", path)
    return None, None


def _parsed_time(text: str, path: Path, complain: Complain) -> tuple[datetime, str] | None:
    if len(text) == 20 and text[19] == "Z" and text[10] == "T":
        return datetime.fromisoformat(text), "time"
    if _DATE.fullmatch(text):
        year, month, day = map(int, text.split("-"))
        return datetime(year, month, day, tzinfo=UTC), "date"
    match = _TIME.fullmatch(text)
    if not match:
        return None
    *parts, fraction, zone = match.groups()
    moment = datetime(*(int(part or 0) for part in parts), tzinfo=UTC)  # type: ignore[misc, arg-type]
    moment += timedelta(microseconds=int((fraction or "0").ljust(6, "0")[:6]))
    if zone is None:
        complain("naive-time", f"no time zone in {shown(text)}; read as UTC", path)
    elif zone[0] in "+-":
        hours, minutes = int(zone[1:3].rstrip(":")), int(zone[-2:]) if len(zone) > 3 else 0
        offset = timedelta(hours=hours, minutes=minutes)
        moment += -offset if zone[0] == "+" else offset
    return moment, "time"


def as_url(value: Any, path: Path, complain: Complain) -> str | None:
    """An http or https address, or nothing."""
    if value is None:
        return None
    text = value.strip() if isinstance(value, str) else ""
    if text in _NULL and isinstance(value, str):
        return None
    if is_web_url(text):
        return text
    if is_web_url(text.replace(" ", "%20")):
        complain("repaired-url", f"blanks were encoded in {shown(value)}", path)
        return text.replace(" ", "%20")
    complain("bad-url", f"expected an http or https address, got {shown(value)}", path)
    return None


def kind_of(value: Any) -> str:
    """What a value is, in a word, as an error message says it."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else shown(value)


def as_name(text: str) -> str:
    r"""The name of a field, as an error message says it: as it is, unless it is hostile.

    >>> as_name("webUrl"), as_name("a\x00b")
    ('webUrl', "'a\\x00b'")
    """
    return text if text.isprintable() and len(text) <= 60 else shown(text)


def shown(value: Any) -> str:
    """A value as an error message shows it."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
