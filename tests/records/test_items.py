"""Related lists are cut as splitting them would cut them, whatever was cut before."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.records.content import BEGIN, content_digest, digest_of_parts, item_hash
from analysis.records.items import Items

PIECES = st.sampled_from(
    ["", "a", "b", "b\n    c", "a\n", "\n", "\n\nq: 1", "\n- x", "\nd:\n", "\n  - ", "x\n  -", "\n "]
)
TEXTS = st.builds(
    lambda head, pieces: (head + "\nrelated:\n  - " + "\n  - ".join(pieces)).encode(),
    st.sampled_from(["", "t: 1", "t: 1\ntopics:\n  - AI"]),
    st.lists(st.lists(PIECES, min_size=1, max_size=2).map("".join), min_size=1, max_size=6),
)


def split(text):
    """Head and items, by splitting; None where what follows the list is indented or a list."""
    head, _, listed = text.partition(b"\nrelated:\n  - ")
    items, rest = listed.split(b"\n  - "), b""
    for place, item in enumerate(items):
        dedent = re.search(rb"\n(?!  )", item)
        if dedent:
            rest = b"\n  - ".join([item[dedent.end() :], *items[place + 1 :]])
            items[place:] = [item[: dedent.start()]]
            break
    return None if rest.lstrip(b"\n")[:1] in (b" ", b"-") else (head + b"\n" + rest, items)


@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_lists_are_cut_as_splitting_would_cut_them(texts):
    items = Items()
    for text in texts:
        cut = items.cut(text)
        assert (cut and (cut.head, [items[number] for number in cut.items])) == split(text)


@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_a_digest_does_not_depend_on_what_is_hashed_already(texts):
    items = Items()
    for text in texts:
        data, cut = b"---\n" + text + b"\n---\n", items.cut(text)
        if cut:
            hashes = [item_hash(items[number]) for number in cut.items[:-1]]
            parts = data[: cut.first + BEGIN], hashes, data[cut.last + BEGIN :]
            assert digest_of_parts(*parts) == content_digest(data)


def test_an_item_is_known_by_all_its_bytes():
    items = Items()
    assert items.cut(b"\nrelated:\n  - a\n  - b\n  - c").items == [0, 1, 2]
    assert items.cut(b"\nrelated:\n  - a\n  - bb\n  - c\n  - b").items == [0, 3, 2, 1]
    assert items.cut(b"\nrelated:\n  - a\n  - b\n\nquality: 1").items == [0, 1]
    assert len(items) == 4


FIRST = b"---\nt: 1\nrelated:\n  - a\n  - b\n  - c\n---\n"


@pytest.mark.parametrize(
    "other",
    [
        FIRST + b"\n",
        FIRST[:-5] + b"\n  - \n---\n",
        FIRST.replace(b"a", b"d"),
        FIRST.replace(b"c", b"d"),
        FIRST.replace(b"t: 1\nrelated:", b"related:"),
        FIRST.replace(b"  - a\n", b""),
        FIRST.replace(b"a\n  - b", b"b\n  - a"),
        # the hash of an item in place of the item
        FIRST.replace(b"related:\n  - a\n", b"related:\n  - " + item_hash(b"a") + b"\n"),
        b"---\nt: 1\nrelated:\n  - " + item_hash(b"a") + item_hash(b"b") + b"c\n---\n",
    ],
)
def test_files_that_differ_have_other_digests(other):
    assert content_digest(other) != content_digest(FIRST)
