from functools import cache

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.store.digest import table_digest
from analysis.tables.schema import Table, _columns

TABLE = Table(
    "t", "one row", ("a",), _columns(("a", "str?", ""), ("b", "float64?", ""), ("c", "object?", ""))
)
CELLS = st.tuples(
    st.none() | st.text(alphabet="ab\x1e,", max_size=3),
    st.none() | st.floats(allow_nan=False),
    st.none() | st.lists(st.none() | st.text(alphabet='a,"', max_size=2), max_size=2),
)


@cache  # to open a database takes longer than all that is asked of it
def database():
    return duckdb.connect()


def digest(rows):
    con = database()
    con.execute("CREATE OR REPLACE TABLE t (a VARCHAR, b DOUBLE, c VARCHAR[])")
    if rows:
        con.executemany("INSERT INTO t VALUES ($1, $2, $3)", rows)
    return table_digest(con, TABLE)


@given(st.lists(CELLS, max_size=5), st.randoms())
def test_the_order_of_rows_does_not_matter_and_their_number_does(rows, chance):
    other = rows.copy()
    chance.shuffle(other)
    assert digest(rows) == digest(other)
    assert digest(rows) != digest([*rows, (None, None, None)])
    assert digest(rows) != digest([*rows, *rows, (None, 1.0, None)])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", None, None), (None, None, ["a"])),
        (("", None, None), (None, None, None)),
        ((None, None, []), (None, None, None)),
        ((None, None, ["a", "b"]), (None, None, ["a, b"])),
        ((None, 1.0, None), (None, 1.0000000000000002, None)),
        ((None, None, [None]), (None, None, ["null"])),
    ],
)
def test_values_are_told_apart(one, other):
    assert digest([one]) != digest([other])


def test_another_type_is_another_table():
    con = duckdb.connect()
    con.execute("CREATE TABLE t (a VARCHAR, b DOUBLE, c VARCHAR[])")
    same = Table("t", "one row", ("a",), _columns(("a", "str?", "")))
    renamed = Table("t", "one row", ("a",), _columns(("b", "float64?", "")))
    assert table_digest(con, same) != table_digest(con, renamed)


def test_the_time_zone_of_a_session_does_not_matter():
    table = Table("t", "one row", ("a",), _columns(("a", "datetime64[us, UTC]", "")))
    found = set()
    for zone in ("UTC", "Asia/Tokyo"):
        con = duckdb.connect()
        con.execute(f"SET TimeZone = '{zone}'")
        con.execute("CREATE TABLE t AS SELECT TIMESTAMPTZ '2021-08-23 05:30:00+00' AS a")
        found.add(table_digest(con, table))
    assert len(found) == 1
