"""The frames of the page of comparison, each of all that is set beside each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analysis.corpus import Selection
from analysis.measures.codes import named
from analysis.measures.compare import stacked
from analysis.measures.numbers import Numbers, numbers_of
from analysis.measures.scores import scores
from analysis.measures.terms import terms
from analysis.text import tokens
from dashboard.answers import Answers
from dashboard.compared import Item, overlaps
from dashboard.url_state import View

__all__ = ["Standing", "apart", "covers", "in_common", "standing", "valued", "volumes"]

TERMS = 8
_SHORT = 3  # letters
_ASKED = 32  # terms measured, of which those that are in the query are left out


@dataclass(frozen=True)
class Standing:
    """How much one of those compared holds.

    Attributes:
        articles, outlets: how many.
        texts: copies counted once; None where copies were not looked for.
        first, last: days of its first and last article, in the corpus's zone.
    """

    articles: int
    outlets: int
    texts: int | None
    first: date | None
    last: date | None


def standing(answers: Answers, view: View, item: Item) -> Standing:
    """How much one holds."""
    own = item.view(view)
    held = answers.totals(own)
    return Standing(held.articles, held.outlets, answers.measured(_n_texts, own), held.first, held.last)


def _n_texts(selection: Selection) -> int | None:
    articles = _numbers(selection, "article_id", "copy_group_id")
    group = articles.ints("copy_group_id")
    is_copied = group >= 0
    if not is_copied.any():
        return None
    # Texts are nearly as many as articles: to mark their numbers is faster than to count distinct ones.
    is_there = np.zeros(len(articles.names), dtype=np.bool_)
    is_there[np.where(is_copied, group, articles.ints("article_id"))] = True
    return int(is_there.sum())


def _numbers(selection: Selection, *columns: str) -> Numbers:
    articles = numbers_of(selection, columns)
    assert articles is not None  # noqa: S101 - these columns are always held
    return articles


def volumes(answers: Answers, view: View, shown: tuple[Item, ...]) -> pd.DataFrame:
    """Their volumes as `analysis.measures.compare.compare` gives them; with shares where these are drawn."""
    frame = stacked({item.name: answers.volume(item.view(view)) for item in shown})
    return (
        frame
        if view.share
        else frame.drop(columns=["of", "share", "share_low", "share_high"], errors="ignore")
    )


def in_common(answers: Answers, view: View, shown: tuple[Item, ...]) -> pd.DataFrame:
    """What every two have in common."""
    base = shown[0].view(view)
    queries = tuple((item.name, item.query) for item in shown)
    return answers.measured(overlaps, _without_query(base), queries=queries)


def _without_query(view: View) -> View:
    return View(
        page=view.page, topics=view.topics, providers=view.providers, since=view.since, until=view.until,
        min_quality=view.min_quality, max_quality=view.max_quality, zone=view.zone,
    )  # fmt: skip


def covers(answers: Answers, view: View, shown: tuple[Item, ...]) -> pd.DataFrame:
    """`selection`, `provider_id` and `count`: who covers which."""
    tables = [answers.measured(_by_outlet, item.view(view)).assign(selection=item.name) for item in shown]
    return pd.concat(tables, ignore_index=True)


def _by_outlet(selection: Selection) -> pd.DataFrame:
    """`provider_id` and `count`, those of most articles first."""
    articles = _numbers(selection, "provider_id")
    count = np.bincount(articles.ints("provider_id"))
    outlets = np.flatnonzero(count)
    table = pd.DataFrame({"provider_id": named(pd.Series(outlets), articles.names), "count": count[outlets]})
    return table.sort_values(["count", "provider_id"], ascending=[False, True], ignore_index=True)


def valued(answers: Answers, view: View, shown: tuple[Item, ...]) -> pd.DataFrame:
    """Their quality: rows of `analysis.measures.scores.scores` with `selection`."""
    tables = [answers.measured(scores, item.view(view)).assign(selection=item.name) for item in shown]
    return pd.concat(tables, ignore_index=True)


def apart(answers: Answers, view: View, item: Item) -> pd.DataFrame:
    """The terms that set one apart from the rest of the corpus, without those that its query asks for anyway."""
    own = item.view(view)
    found = answers.measured(terms, own, top=_ASKED)
    asked = _asked(item.query)
    others = [any(_is_new(word, asked) for word in str(term).split()) for term in found["term"]]
    return found[others].head(TERMS).reset_index(drop=True)


def _asked(query: str) -> tuple[set[str], tuple[str, ...]]:
    """The words of a query, and those that it gives the beginning of."""
    begun = tuple(word for part in re.findall(r"[^\s()\"]+(?=\*)", query) for word in tokens(part)[-1:])
    return set(tokens(query)), begun


def _is_new(word: str, asked: tuple[set[str], tuple[str, ...]]) -> bool:
    """Whether a word says more than the query asks for; short ones say nothing by themselves."""
    return len(word) > _SHORT and word not in asked[0] and not word.startswith(asked[1])
