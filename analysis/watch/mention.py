"""A story's first mention."""

from __future__ import annotations

import pandas as pd

from analysis.reports.words import counted, day, quoted
from analysis.watch.alert import Behind, Finding
from analysis.watch.look import Look

__all__ = ["find_first_mention"]


def find_first_mention(look: Look) -> list[Finding]:
    """The first articles of a story that had none on the look before, or begins in the newest days."""
    table = look.selection.table("articles").order("published_at NULLS LAST, article_id")
    rows = table.project("epoch_us(published_at), title, provider_id").limit(1).fetchall()
    if not rows:
        return []
    published, title, provider = rows[0]
    when = None if published is None else pd.Timestamp(published, unit="us", tz=look.corpus.zone)
    had_none = look.noted.get("n_articles") == 0
    if not had_none and (look.end is None or when is None or when < _newest(look)):
        return []
    n = len(look.selection)
    dated = f", {day(when.date())}" if when is not None else ""
    rest = f"; {counted(n, 'article')} so far" if n > 1 else ""
    text = f"First in this corpus {look.named}: {quoted(title)}, {provider}{dated}{rest}."
    facts = {"n_articles": n, "first": when.isoformat() if when is not None else None, "provider": provider}
    return [Finding("first-mention", text, facts, Behind())]


def _newest(look: Look) -> pd.Timestamp:
    return look.stretch(look.followed.threshold("first-mention").days)[0]
