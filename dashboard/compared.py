"""What is set beside each other: stories and queries of the address, each with its colour, and what its marks open.

The filter bar's other filters (topics, outlets, dates, quality) hold for all. Its story or query is the first of them.
Where the address names none, the saved stories that have articles are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from analysis.charts.theme import STORY_COLOURS
from analysis.corpus import Filters
from analysis.measures.compare import overlap
from analysis.measures.scores import scores
from dashboard.complaint import complaint
from dashboard.url_state import MOST_BESIDE, Mark, View, parse_url

if TYPE_CHECKING:
    import pandas as pd

    from analysis.corpus import Selection
    from dashboard.answers import Answers

__all__ = ["LONGEST", "Item", "behind_compared", "inner_mark", "items", "moved", "overlaps", "without"]

LONGEST = 480  # characters of a query in the address, beside others
_NAME = 80  # letters


@dataclass(frozen=True)
class Item:
    """One of those compared.

    Attributes:
        place: among all that are set beside each other.
        key: `story:` and a key, or `q:` and a query, as the address has it.
        name: what the page calls it; no other has this name.
        query: its text, in the query language.
        colour: as ``#rrggbb``; no other has it.
        wrong: what is wrong with its query, with a caret under the place; empty where nothing is.
        in_bar: whether it is what the filter bar asks for.
        recoloured: whether its own colour was taken by one before it.
    """

    place: int
    key: str
    name: str
    query: str
    colour: str
    wrong: str = ""
    in_bar: bool = False
    recoloured: bool = False

    def view(self, view: View) -> View:
        """The view of this one alone, under the filters of another."""
        return replace(view.closed(), query=self.query, story=None, beside=())


def items(answers: Answers, view: View) -> tuple[Item, ...]:
    """What a view sets beside each other, at most as many as there are colours."""
    bar = [f"story:{view.story}"] if answers.story(view) else [f"q:{view.query}"] if view.query else []
    here = answers.at(view)
    chosen = view.beside or tuple(
        f"story:{key}" for key, story in here.stories.items() if _has_articles(answers, view, story.query)
    )
    found: list[Item] = []
    own = {f"story:{key}": story for key, story in here.stories.items()}
    keys = [key for key in dict.fromkeys([*bar, *chosen]) if key.startswith("q:") or key in own]
    kept = {own[key].colour for key in keys if key in own}
    for key in keys:
        query = own[key].query if key in own else key.removeprefix("q:")
        if len(found) == MOST_BESIDE or any(one.query == query for one in found):
            continue
        taken = {one.colour for one in found}
        free = [colour for colour in STORY_COLOURS if colour not in taken]
        wanted = own[key].colour if key in own else next((c for c in free if c not in kept), free[0])
        found.append(
            Item(
                place=len(found),
                key=key,
                name=_name(own[key].name if key in own else query, found),
                query=query,
                colour=free[0] if wanted in taken else wanted,
                wrong=complaint(query),
                in_bar=key in bar,
                recoloured=wanted in taken,
            )
        )
    return tuple(found)


def _has_articles(answers: Answers, view: View, query: str) -> bool:
    """Whether a saved story has any under the other filters."""
    alone = replace(view.closed(), query=query, story=None)
    return bool(answers.measured(scores, alone)["n_articles"].iloc[0])


def _name(text: str, found: list[Item]) -> str:
    name = text if len(text) <= _NAME else text[: _NAME - 1] + "…"
    n_same = sum(one.name.startswith(name) for one in found)
    return f"{name} ({n_same + 1})" if n_same else name


def without(view: View, shown: tuple[Item, ...], item: Item) -> View:
    """The view without one of those compared; what the filter bar asks for goes from the filter bar."""
    keys = tuple(one.key for one in shown if one is not item and not one.in_bar)
    left = replace(view.closed(), beside=keys)
    return replace(left, query="", story=None) if item.in_bar else left


def moved(view: View, shown: tuple[Item, ...], item: Item, steps: int) -> View | None:
    """The view with one of those compared moved down (or up); None where it is at that end.

    The order is the address's, so what the filter bar asked for is from then on one of them and no longer in the bar.
    """
    place = item.place + steps
    if not 0 <= place < len(shown) or any(len(one.key) > LONGEST + 2 for one in shown):
        return None
    keys = [one.key for one in shown if one is not item]
    keys.insert(place, item.key)
    return replace(view.closed(), query="", story=None, beside=tuple(keys))


def overlaps(selection: Selection, *, queries: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    """What every two of several queries of a selection have in common.

    Args:
        selection: what all are narrowed from.
        queries: name and text of each; at least one.

    Returns:
        Columns of `analysis.measures.compare.overlap`.
    """
    return overlap({name: selection.select(query) for name, query in queries})


def inner_mark(value: str) -> tuple[int, Mark | None]:
    """Which of those compared a mark is of, and the mark of that one alone; None for all of its articles.

    >>> inner_mark("1/period:2021-08-23")
    (1, Mark(kind='period', value='2021-08-23'))
    >>> inner_mark("0"), inner_mark("x/period:2021-08-23")
    ((0, None), (-1, Mark(kind='period', value='2021-08-23')))
    """
    place, _, inner = value.partition("/")
    mark = parse_url("/", f"?open={quote(inner)}").mark
    return (int(place) if place.isascii() and place.isdecimal() and len(place) < 3 else -1), mark


def behind_compared(
    answers: Answers, view: View, mark: Mark, filters: Filters, behind: Callable[..., Filters]
) -> Filters | None:
    """What a mark of the page of comparison counted, as filters; None where it is of nothing that is there.

    Args:
        answers: of the view's snapshot and zone.
        view: what is shown.
        mark: of the kind `compared` (a place and, after a slash, a mark of that one) or `shared` (two places, and
            `articles` or `providers`, with slashes between).
        filters: those of the filter bar.
        behind: `dashboard.marks.behind`.
    """
    shown = items(answers, view)
    if mark.kind == "shared":
        return _shared(answers, view, mark.value, filters, shown)
    place, inner = inner_mark(mark.value)
    if not 0 <= place < len(shown) or shown[place].wrong:
        return None
    own = replace(filters, query=shown[place].query)
    if inner is None or inner.kind in {"compared", "shared"}:
        return own if mark.value == str(place) else None
    return behind(answers, shown[place].view(view), inner, own)


def _shared(
    answers: Answers, view: View, value: str, filters: Filters, shown: tuple[Item, ...]
) -> Filters | None:
    """The articles of both of two; or those of either, of the outlets that have both."""
    known = {str(place): item for place, item in enumerate(shown) if not item.wrong}
    one, other, unit = (*value.split("/"), "", "", "")[:3]
    if one not in known or other not in known or unit not in {"articles", "providers"}:
        return None
    queries = [known[place].query for place in (one, other)]
    if unit == "articles":
        return replace(filters, query=f"({queries[0]}) AND ({queries[1]})")
    domains = [set(answers.ranking(known[place].view(view))["provider_id"]) for place in (one, other)]
    both = tuple(sorted(domains[0] & domains[1]))
    return replace(filters, query=f"({queries[0]}) OR ({queries[1]})", providers=both) if both else None
