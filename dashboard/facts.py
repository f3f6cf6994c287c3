"""From a view to the facts that the summary is said from, and to what may be loosened where nothing matches."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from dashboard.answers import Answers, span_of
from dashboard.complaint import complaint
from dashboard.url_state import View
from dashboard.words import Facts, counted

__all__ = ["days_of", "facts_of", "loosen"]

_FIRST = 3  # outlets named as the first in this corpus


def facts_of(answers: Answers, view: View) -> Facts:
    """The facts of a view."""
    now, whole = answers.totals(view), answers.everything(view)
    earlier = answers.before(view)
    base = answers.everything(earlier[0]).articles if earlier else 0
    before = answers.totals(earlier[0]).articles if earlier else None
    outlets = answers.ranking(view)
    first, last = span_of(view, now)
    days = answers.daily(view).dropna(subset=["count"])
    peak = None if days.empty else days.iloc[int(days["count"].astype("float64").to_numpy().argmax())]
    return Facts(
        n_articles=now.articles,
        n_outlets=now.outlets,
        first=first,
        last=last,
        subject=_subject(answers, view),
        narrowed=_is_narrowed(answers, view),
        share=now.articles / whole.articles if whole.articles else None,
        share_before=before / base if before is not None and base else None,
        n_before=before,
        days_before=earlier[1] if earlier else 0,
        n_copies=answers.n_copies(view),
        peak=None if peak is None else pd.Timestamp(peak["period"]).date(),
        n_peak=0 if peak is None else int(peak["count"]),
        earliest=tuple(outlets.nsmallest(_FIRST, "first_seen")["name"].str.slice(0, 60)),
        n_unscored=int((outlets["quality_status"] == "unknown").sum()),
        missed=answers.missed(view),
    )  # fmt: skip


def _is_narrowed(answers: Answers, view: View) -> bool:
    """Whether anything but the dates narrows the selection; a story that is not there does not."""
    story = view.story if answers.story(view) else None
    bare = replace(view.closed(), since=None, until=None, sort=(), columns=(), story=story)
    return bare != bare.unfiltered()


def _subject(answers: Answers, view: View) -> str:
    """What is asked for: the story, or the query where it is short and can be read."""
    if story := answers.story(view):
        return f"the story “{story.name}”"
    return view.query if len(view.query) <= 120 and not complaint(view.query) else ""


def loosen(answers: Answers, view: View) -> str:
    """What to change so that something matches: each filter without which there are articles, with how many."""
    tries = {
        "the query": replace(view, query="", story=None),
        "the topics": replace(view, topics=()),
        "the outlets": replace(view, providers=()),
        "the dates": replace(view, since=None, until=None),
        "the quality": replace(view, min_quality=None, max_quality=None),
    }
    counts = {name: answers.totals(tried).articles for name, tried in tries.items() if tried != view}
    helps = [f"without {name} ({counted(n, 'article')})" for name, n in counts.items() if n]
    if not counts:
        return "This corpus holds no article. Build it from a folder of records: newsgauge build FOLDER"
    if not helps:
        return "No single filter is the reason; clear all of them and begin again."
    return f"There would be some {' or '.join(helps)}."


def days_of(answers: Answers, view: View) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """The days that charts of a view are about, as the times between which they lie; None where there are none."""
    first, last = span_of(view, answers.totals(View(zone=view.zone)))
    return (pd.Timestamp(first), pd.Timestamp(last) + pd.Timedelta(1, "D")) if first and last else None
