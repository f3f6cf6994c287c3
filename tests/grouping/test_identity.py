from __future__ import annotations

import pandas as pd

from analysis.grouping import find_events, keep_ids


def test_groups_that_still_exist_keep_their_ids_when_articles_arrive(stream):
    old = find_events(stream[~stream["article_id"].str.endswith("-0")])
    new = keep_ids(find_events(stream), old)
    both = old.members.merge(new.members, on="article_id", suffixes=("_old", "_new"))
    assert (both["group_id_old"] == both["group_id_new"]).all()
    assert find_events(stream).members["group_id"].ne(new.members["group_id"]).any()


def test_later_articles_change_no_id_even_without_the_old_grouping(stream):
    old = find_events(stream[~stream["article_id"].str.endswith("-3")]).members
    new = find_events(stream).members
    both = old.merge(new, on="article_id", suffixes=("_old", "_new"))
    assert (both["group_id_old"] == both["group_id_new"]).all()


def test_the_larger_part_of_a_split_keeps_the_id(stream):
    found = find_events(stream)
    earlier = found.members[["article_id", "group_id"]].assign(group_id="e-all")
    kept = keep_ids(found, earlier)
    sizes = kept.groups.set_index("group_id")["size"]
    assert sizes["e-all"] == sizes.max()
    assert kept.groups["group_id"].is_unique
    assert kept.groups["group_id"].is_monotonic_increasing


def test_a_name_that_went_to_another_group_is_not_given_twice(stream):
    found = find_events(stream)
    one, two = found.groups["group_id"].iloc[:2]
    swapped = found.members.loc[found.members["group_id"] == one, ["article_id"]].assign(group_id=two)
    kept = keep_ids(found, swapped)
    assert kept.groups["group_id"].is_unique
    pd.testing.assert_series_equal(
        kept.groups["size"].sort_values(ignore_index=True),
        found.groups["size"].sort_values(ignore_index=True),
    )
