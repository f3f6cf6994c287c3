from __future__ import annotations

from itertools import product

import pytest

from dashboard.article_rows import COLUMNS, rows, safe_href

ALL = {"startRow": 0, "endRow": 100}


def ids(found):
    return [row["article_id"] for row in found["rowData"]]


def test_newest_first_unless_sorted(seed):
    found = rows(seed, ALL)
    assert found["rowCount"] == 6
    assert [row["outlet"] for row in found["rowData"]] == [
        "Sky", "Express & Star", "MediaNama", "Privacy International", "Biometric Companies", "Diginomica",
    ]  # fmt: skip
    assert found["rowData"][1]["published_at"] == "23 Aug 2021, 05:30"
    assert found["rowData"][1]["topics"] == "AI, Computer Vision"
    assert found["rowData"][1]["heat"] is None


@pytest.mark.parametrize(("column", "way"), list(product(COLUMNS, ["asc", "desc"])))
def test_pages_of_any_order_have_every_row_once(seed, column, way):
    model = {"sortModel": [{"colId": column, "sort": way}]}
    pages = [rows(seed, {"startRow": at, "endRow": at + 2} | model) for at in (0, 2, 4)]
    assert [len(page["rowData"]) for page in pages] == [2, 2, 2]
    assert len({one for page in pages for one in ids(page)}) == 6


@pytest.mark.parametrize(
    ("column", "condition", "outlets"),
    [
        ("title", {"type": "contains", "filter": "BAN "}, ["Diginomica", "Express & Star", "Sky"]),
        ("title", {"type": "notContains", "filter": "facial"}, []),
        ("outlet", {"type": "contains", "filter": "sk"}, ["Sky"]),
        ("outlet", {"type": "equals", "filter": "sky"}, ["Sky"]),
        ("quality", {"type": "greaterThanOrEqual", "filter": 58}, ["Diginomica", "Sky"]),
        ("quality", {"type": "lessThanOrEqual", "filter": 12}, ["MediaNama"]),
        ("seen_as", {"type": "equals", "filter": "record"}, ["Express & Star"]),
    ],
)
def test_filters(seed, column, condition, outlets):
    found = rows(seed, ALL | {"filterModel": {column: condition}})
    assert sorted(row["outlet"] for row in found["rowData"]) == outlets
    assert found["rowCount"] == len(outlets)


def test_heat_that_was_not_measured_is_blank(seed):
    assert rows(seed, ALL | {"filterModel": {"heat": {"type": "blank"}}})["rowCount"] == 6
    assert rows(seed, ALL | {"filterModel": {"heat": {"type": "notBlank"}}})["rowCount"] == 0


@pytest.mark.parametrize(
    "request_",
    [
        {"sortModel": [{"colId": "title; DROP TABLE articles", "sort": "asc"}]},
        {"sortModel": [{"colId": None}]},
        {"filterModel": {"1=1) --": {"type": "contains", "filter": "x"}}},
        {"filterModel": {"quality": {"type": "greaterThanOrEqual", "filter": "1 OR 1=1"}}},
        {"filterModel": {"quality": {"type": "lessThanOrEqual", "filter": float("nan")}}},
        {"filterModel": {"title": {"type": "contains", "filter": 7}}},
        {"filterModel": {"published_at": {"type": "equals", "filter": "2021"}}},
        {"startRow": None, "endRow": 10**9},
    ],
)
def test_what_is_not_understood_is_ignored(seed, request_):
    assert rows(seed, ALL | request_)["rowCount"] == 6


def test_values_are_bound(seed):
    condition = {"type": "contains", "filter": "' OR 1=1 --"}
    assert rows(seed, ALL | {"filterModel": {"outlet": condition}})["rowCount"] == 0


def test_only_web_addresses_are_links():
    assert [safe_href(url) for url in ("http://a.uk", "JAVASCRIPT:alert(1)", "data:text/html,x", None)] == [
        "http://a.uk", None, None, None,
    ]  # fmt: skip


def test_headlines_are_marked_where_the_query_hits(seed):
    found = rows(seed.select("ban*"), ALL)["rowData"]
    assert found[0]["title"][-2:] == [["bans", True], [" facial recognition cameras", False]]
