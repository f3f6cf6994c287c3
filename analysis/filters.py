"""What narrows a selection: filters, checked, with their days as moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analysis.errors import NewsgaugeError

__all__ = ["BadFilter", "Filters", "Moment", "checked", "moment_of"]

Moment = str | date | datetime
"""A day (`2021-08-23`), which means midnight in the corpus's zone, or a moment with or without a zone."""


class BadFilter(NewsgaugeError):
    """A filter has a value that is not allowed."""


@dataclass(frozen=True)
class Filters:
    """What narrows a selection; everything empty selects every article.

    Attributes:
        query: text in the query language, see `analysis.query.parse`.
        topics: articles that carry any of these labels.
        providers: articles of any of these domains.
        since: the first day, or moment, included.
        until: the last day, included; or the moment before which an article was published.
        min_quality: least quality; articles without a score are left out when it is given.
        max_quality: greatest quality; likewise.
        ids: only these articles, by `article_id`; None for no such filter.
    """

    query: str = ""
    topics: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    since: Moment | None = None
    until: Moment | None = None
    min_quality: float | None = None
    max_quality: float | None = None
    ids: tuple[str, ...] | None = None


def checked(filters: dict[str, Any]) -> dict[str, Any]:
    """Filters as `Filters` holds them."""
    found = dict(filters)
    known = [name for name in Filters.__dataclass_fields__ if name != "query"]
    for name in found:
        if name not in known:
            raise BadFilter(f"filter must be one of {', '.join(known)}; got {name!r}")
    for name in ("topics", "providers", "ids"):
        if name in found and not (name == "ids" and found[name] is None):
            value = found[name]
            found[name] = (value,) if isinstance(value, str) else tuple(value or ())
    for name in ("min_quality", "max_quality"):
        value = found.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise BadFilter(f"{name} must be a number, got {value!r}")
    return found


def moment_of(value: Moment, zone: ZoneInfo, name: str, *, last: bool = False) -> datetime:
    """A moment in UTC; a day means its first moment, or with `last` the first one after it."""
    try:
        parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise BadFilter(f"{name} must be a day such as 2021-08-23 or a time, got {value!r}") from None
    is_day = not isinstance(parsed, datetime) or (isinstance(value, str) and len(value) <= 10)
    if not isinstance(parsed, datetime):
        parsed = datetime.combine(parsed, time())
    if is_day and last:
        parsed += timedelta(days=1)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)).astimezone(UTC)
