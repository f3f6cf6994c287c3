"""Ids that last: a group that still exists keeps the id that an earlier grouping gave it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from analysis.grouping.result import Grouping

__all__ = ["keep_ids"]


def keep_ids(
    grouping: Grouping, previous: Grouping | pd.DataFrame, elsewhere: Collection[str] = ()
) -> Grouping:
    """The grouping with the ids of the earlier one, wherever a group still exists.

    A group's own id derives from its earliest article, so it changes when an earlier article turns up. Here each new
    group takes the id of the old group with which it shares most articles, best matches first; where a group split,
    the larger part keeps the id (of equal parts the one whose own id comes first). What is new keeps its own id.

    Args:
        grouping: the new grouping.
        previous: the earlier one, or its ``article_id, group_id``.
        elsewhere: ids of groups that are not among the new ones, which none of these may get.

    Returns:
        The same groups; ``group_id`` renamed in all three frames, each sorted by its key again.

    >>> from analysis.grouping.events import find_events
    >>> frame = pd.DataFrame({"article_id": ["b", "c"], "title": ["EU weighs ban on cameras"] * 2})
    >>> earlier = pd.DataFrame({"article_id": ["c"], "group_id": ["e-old"]})
    >>> keep_ids(find_events(frame), earlier).members["group_id"].tolist()
    ['e-old', 'e-old']
    """
    old = previous.members if isinstance(previous, Grouping) else previous
    both = grouping.members[["article_id", "group_id"]].merge(
        old[["article_id", "group_id"]].rename(columns={"group_id": "old_id"}), on="article_id"
    )
    shared = both.groupby(["group_id", "old_id"]).size().rename("n").reset_index()
    # Its own former id first among equals, so that nothing moves without a reason.
    shared["moves"] = shared["group_id"] != shared["old_id"]
    shared = shared.sort_values(["n", "moves", "group_id", "old_id"], ascending=[False, True, True, True])
    names: dict[str, str] = {}
    taken = set(elsewhere)
    for new_id, old_id in zip(shared["group_id"], shared["old_id"], strict=True):
        if new_id not in names and old_id not in taken:
            names[new_id] = old_id
            taken.add(old_id)
    return _renamed(grouping, _free(grouping, names, taken))


def _free(grouping: Grouping, names: dict[str, str], taken: set[str]) -> dict[str, str]:
    """Names for all: a new group whose own id went to another gets a suffix."""
    out = dict(names)
    for own in grouping.groups["group_id"]:
        if own in names:
            continue
        name, number = own, 2
        while name in taken:
            name, number = f"{own}-{number}", number + 1
        taken.add(name)
        out[own] = name
    return out


def _renamed(grouping: Grouping, names: dict[str, str]) -> Grouping:
    def rename(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(group_id=frame["group_id"].map(names).astype("str"))

    return replace(
        grouping,
        members=rename(grouping.members),
        groups=rename(grouping.groups).sort_values("group_id", ignore_index=True),
        merges=rename(grouping.merges).sort_values(["group_id", "article_id", "other_id"], ignore_index=True),
    )
