"""Bursts that reach into the newest days."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.measures.bursts import bursts
from analysis.reports.words import counted, listed, number, quoted, stretch
from analysis.watch.alert import Behind, Finding
from analysis.watch.look import Look, days_of, plain

__all__ = ["find_bursts"]

_SPAN = 100  # days that say what is usual


def find_bursts(look: Look) -> list[Finding]:
    """The bursts of `analysis.measures.bursts` per day, over the latest 100 days, that go on in the newest ones."""
    given = look.followed.threshold("burst")
    if look.end is None:
        return []
    newest = look.stretch(given.days)[0]
    found = bursts(look.selection, every="day", span=look.stretch(_SPAN))
    rows = [row for row in found.to_dict("records") if row["level"] == 1]
    current = [row for row in rows if row["end"] > newest and row["n_articles"] >= given.articles]
    return [_finding(look, row) for row in sorted(current, key=lambda row: row["start"])]


def _finding(look: Look, row: dict[Any, Any]) -> Finding:
    span = pd.Timestamp(row["start"]), pd.Timestamp(row["end"])
    first, last = days_of(span)
    share = "at the share of everything collected that it has" if look.followed.query else "at the rate"
    text = (
        f"A burst {look.named}: {counted(row['n_articles'], 'article')} from "
        f"{counted(row['n_providers'], 'outlet')}, {stretch(first, last)}; {number(row['usual'], 1)} would be usual, "
        f"{share} over {_SPAN} days."
    )
    if row["headlines"]:
        text += f" Largest: {quoted(row['headlines'][0], 120)}."
    if row["terms"]:
        text += f" Words that set it apart: {listed(row['terms'])}."
    facts = {
        "start": span[0].isoformat(),
        "end": span[1].isoformat(),
        "n_articles": int(row["n_articles"]),
        "n_providers": int(row["n_providers"]),
        "usual": plain(row["usual"]),
        "weight": plain(row["weight"]),
        "headlines": list(row["headlines"]),
        "terms": list(row["terms"]),
        "providers": list(row["providers"]),
    }
    return Finding("burst", text, facts, Behind(first, last), span=span)
