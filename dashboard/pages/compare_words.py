"""The paragraph at the top of the comparison: who has most, what they share, and what is too little to say."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.charts.bars import shortened
from dashboard.answers import Answers
from dashboard.compare_frames import in_common, standing, valued
from dashboard.compared import Item
from dashboard.url_state import View
from dashboard.words import TOO_FEW, between, counted, few, listed, number, percent, times

__all__ = ["compare_summary"]

_LETTERS = 60


def compare_summary(answers: Answers, view: View, shown: tuple[Item, ...]) -> str:
    """What the comparison shows, in plain English.

    Args:
        answers: of the view's snapshot.
        view: what is shown.
        shown: those compared whose queries can be read; at least one.
    """
    held = {item.name: standing(answers, view, item) for item in shown}
    sizes = sorted(((one.articles, name) for name, one in held.items()), key=lambda pair: -pair[0])
    whole = answers.everything(view).articles
    days = [day for one in held.values() for day in (one.first, one.last) if day]
    when = f"{between(min(days), max(days))}, " if days else ""
    most, first = sizes[0]
    text = [f"{when}{_called(first)} had {_most(sizes, whole)}."]
    if len(sizes) > 2:
        text.append(f"{_others(sizes[2:])}")
    if len(shown) > 1:
        text += [_common(in_common(answers, view, shown)), _better(valued(answers, view, shown))]
    poor = [name for n, name in sizes if 0 < n < TOO_FEW]
    if poor and most >= TOO_FEW:
        text.append(f"Too few to rank: {listed([_called(name) for name in poor])}.")
    none = [name for n, name in sizes if not n]
    if none:
        text.append(
            f"{listed([_called(name) for name in none])} {'has' if len(none) == 1 else 'have'} no article here."
        )
    missed = answers.missed(view)
    if missed:
        text.append(f"Not collected on {counted(len(missed), 'day')}.")
    return " ".join(part for part in text if part).replace(" %", "\u00a0%")


def _called(name: str) -> str:
    """A name in quotation marks; a query that has its own keeps those.

    >>> _called("Deepfakes"), _called('"machine learning"')
    ('“Deepfakes”', '“machine learning”')
    """
    bare = name[1:-1] if name.startswith('"') and name.endswith('"') and name.count('"') == 2 else name
    return f"“{shortened(bare, _LETTERS)}”"


def _most(sizes: list[tuple[int, str]], whole: int) -> str:
    """The first with its share, against the second."""
    most, share = sizes[0][0], percent(sizes[0][0] / whole) if whole else ""
    of = f", {share} of everything collected" if share else ""
    if len(sizes) == 1:
        return f"{counted(most, 'article')}{of}"
    second, name = sizes[1]
    if most < TOO_FEW:
        return f"most, with {counted(most, 'article')}: too few to compare"
    if second == most:
        return f"as many articles as {_called(name)}, {number(most)} each{of}"
    if not second:
        return f"{counted(most, 'article')}{of}"
    against = f"{times(most / second)} the {number(second)} of {_called(name)}"
    return f"most coverage: {counted(most, 'article')}{of}, {against}"


def _others(rest: list[tuple[int, str]]) -> str:
    some = [f"{_called(name)} {number(n)}" for n, name in rest if n]
    return f"Then {listed(some)}." if some else ""


def _common(frame: pd.DataFrame) -> str:
    """The two that share most."""
    some = frame[(frame["unit"] == "articles") & frame["jaccard"].notna()]
    if some.empty:
        return ""
    top: dict[Any, Any] = some.sort_values("jaccard", ascending=False, kind="stable").iloc[0].to_dict()
    n = int(top["n_both"])
    if not n:
        return "No article is of two of them." if len(some) > 1 else "They have no article in common."
    pair = f"{_called(str(top['one']))} and {_called(str(top['other']))}" if len(some) > 1 else "They"
    verb = "share most" if len(some) > 1 else "share"
    return f"{pair} {verb}: {few(n)} article{'' if n == 1 else 's'}, {percent(top['jaccard'])} of those of either."


def _better(frame: pd.DataFrame) -> str:
    """The best scored, where its interval lies above that of every other with enough scores."""
    known = frame[frame["n_scored"] >= TOO_FEW].sort_values("mean", ascending=False, kind="stable")
    if len(known) < 2:
        return "" if (frame["n_scored"] > 0).any() else "None of the articles has a quality score."
    best, second = known.iloc[0], known.iloc[1]
    if best["mean_low"] <= second["mean_high"]:
        return "None is clearly better scored than all the others."
    return f"{_called(str(best['selection']))} is the best scored, {best['mean']:.0f} on average."
