"""The paragraphs at the top of the pages of outlets, in plain English."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.charts.bars import shortened
from analysis.charts.timeliness import lag_name
from analysis.measures.providers import FEW
from dashboard.answers import Answers, span_of
from dashboard.outlet_frames import around
from dashboard.url_state import View
from dashboard.words import TOO_FEW, between, counted, few, number, percent

__all__ = ["outlet_summary", "outlets_summary"]

_TOP = 10  # outlets whose share together is said
_LETTERS = 60


def outlets_summary(answers: Answers, view: View, names: dict[str, str]) -> str:
    """Who publishes most of a selection, how concentrated it is, who is good, and what is not known.

    Args:
        answers: of the view's snapshot.
        view: what is shown.
        names: domain -> name.
    """
    table = answers.ranking(view)
    n = int(table["count"].sum())
    totals = answers.totals(view)
    first, last = span_of(view, totals)
    when = f"{between(first, last)}, " if first and last else ""
    text = [f"{when}{counted(len(table), 'outlet')} published {counted(n, 'article')}."]
    if n < TOO_FEW:
        return f"{text[0]} Too few to rank."
    top = table.iloc[0]
    text.append(f"{_named(top, names)} published most: {number(top['count'])}, {percent(top['share'])}.")
    if len(table) > _TOP:
        text.append(f"The {few(_TOP)} largest have {percent(table['count'].head(_TOP).sum() / n)} of all.")
    text += [_best(table, names), _copied(table), _unknown(table)]
    return " ".join(part for part in text if part).replace(" %", "\u00a0%")


def _named(row: Any, names: dict[str, str]) -> str:
    return shortened(names.get(row["provider_id"], row["provider_id"]), _LETTERS)


def _best(table: pd.DataFrame, names: dict[str, str]) -> str:
    ranked = table[(table["quality_status"] == "known") & ~table["few"]]
    if ranked.empty:
        return ""
    best = ranked.sort_values(["quality_low", "provider_id"], ascending=[False, True]).iloc[0]
    band = f"{best['quality']:.0f} ({best['quality_low']:.0f} to {best['quality_high']:.0f})"
    return f"Of {number(len(ranked))} with {FEW} or more scores, {_named(best, names)} is the best scored: {band}."


def _copied(table: pd.DataFrame) -> str:
    compared = int(table["n_compared"].sum())
    if not compared:
        return "Copies were not looked for in this snapshot."
    copies = compared - round(float((table["originality"] * table["n_compared"]).fillna(0).sum()))
    if not copies:
        return "No text ran twice."
    of = int((table["originality"] < 1).sum())
    verb = "is a copy" if copies == 1 else "are copies"
    return f"{number(copies)} {verb}, at {counted(of, 'outlet')} ({percent(copies / compared)} of all)."


def _unknown(table: pd.DataFrame) -> str:
    unscored, small = int((table["quality_status"] == "unknown").sum()), int(table["few"].sum())
    text = f"There is no quality score for {counted(unscored, 'outlet')}. " if unscored else ""
    return text + (f"{counted(small, 'outlet')} {_have(small)} too few articles to rank." if small else "")


def _have(n: int) -> str:
    return "has" if n == 1 else "have"


def outlet_summary(answers: Answers, view: View, name: str) -> str:
    """What one outlet has of a selection: how much, how good, how original, how late.

    Args:
        answers: of the view's snapshot.
        view: with the outlet's domain.
        name: what it is called.
    """
    everyone = answers.outlets(around(view))
    mine = everyone[everyone["provider_id"] == view.outlet]
    if mine.empty:
        return f"{name} has no article under the filters above."
    row: dict[Any, Any] = mine.iloc[0].to_dict()
    n, whole = int(row["count"]), int(everyone["count"].sum())
    zone = answers.at(view).zone
    days = [
        None if pd.isna(row[end]) else row[end].tz_convert(zone).date() for end in ("first_seen", "last_seen")
    ]
    when = f"{between(days[0], days[1])}, " if days[0] and days[1] else ""
    share = f", {percent(n / whole)} of what all outlets have here" if whole else ""
    text = [f"{when}{name} published {counted(n, 'article')}{share}."]
    if n < FEW:
        text.append(f"Fewer than {few(FEW)}: too few to rank.")
    text += [_quality(row), _originality(row), _lateness(row)]
    return " ".join(part for part in text if part).replace(" %", "\u00a0%")


def _quality(row: dict[Any, Any]) -> str:
    scored = int(row["n_scored"])
    if not scored:
        return "None has a quality score."
    if row["quality_status"] == "few":
        return (
            f"Quality is {row['quality_mean']:.0f} on average of {counted(scored, 'score')}: too few to rank."
        )
    band = f"{row['quality_mean']:.0f} on average of {counted(scored, 'score')}"
    if pd.notna(row["quality_low"]):
        ends = f"{row['quality_low']:.0f} to {row['quality_high']:.0f}"
        band += f"; beside the others, {row['quality']:.0f} is to be believed ({ends})"
    return f"Quality is {band}."


def _originality(row: dict[Any, Any]) -> str:
    n = int(row["n_compared"])
    if not n:
        return "Copies were not looked for in this snapshot."
    copies = n - round(row["originality"] * n)
    if not copies:
        return "None repeats an earlier text in this corpus."
    verb = "repeats" if copies == 1 else "repeat"
    return f"{number(copies)} {verb} an earlier text in this corpus ({percent(copies / n)})."


def _lateness(row: dict[Any, Any]) -> str:
    n = int(row["n_followed"])
    if not n:
        return ""
    late = f"It took up {counted(n, 'event')} that others had first"
    if n < FEW:
        return f"{late}, too few to say how late."
    return f"{late}, half of them within {lag_name(row['lag_median_hours'])}."
