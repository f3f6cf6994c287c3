from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.store.row_groups import Unusual, read_groups, write_groups, write_rows
from analysis.store.thrift import read_struct, write_struct

ROWS = "SELECT lpad(n::VARCHAR, 9, '0') AS id, n % 7 AS b, if(n % 3 = 0, NULL, [n::VARCHAR, NULL]) AS c FROM range({}) t (n)"


@cache
def database():
    return duckdb.connect()


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A file of five row groups."""
    path = tmp_path_factory.mktemp("groups") / "large.parquet"
    write_rows(database(), ROWS.format(10_000) + " ORDER BY n", path, 2_048)
    return path


def test_groups_say_what_they_hold(large):
    groups = read_groups(large)
    assert [group.n_rows for group in groups] == [2_048] * 4 + [1_808]
    assert (groups[1].lowest, groups[1].highest) == (b"000002048", b"000004095")
    assert (groups[0].start, groups[1].start) == (4, 4 + groups[0].n_bytes)


def test_all_groups_of_a_file_make_the_same_file(large, tmp_path):
    size, digest = write_groups(tmp_path / "same", read_groups(large))
    assert (tmp_path / "same").read_bytes() == large.read_bytes()
    assert (size, len(digest)) == (large.stat().st_size, 32)


@given(numbers=st.lists(st.integers(0, 4), min_size=1, max_size=6))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_groups_make_a_file_of_their_rows(large, tmp_path, numbers):
    groups, whole, path = read_groups(large), pq.ParquetFile(large), tmp_path / "some.parquet"
    write_groups(path, [groups[number] for number in numbers])
    expected = pa.concat_tables([whole.read_row_group(number) for number in numbers])
    assert pq.read_table(path).equals(expected)
    told = database().execute(f"SELECT id, b, c FROM read_parquet('{path}')").fetchall()
    assert told == [tuple(row.values()) for row in expected.to_pylist()]
    assert [group.n_rows for group in read_groups(path)] == [groups[number].n_rows for number in numbers]


def test_groups_of_another_schema_are_refused(large, tmp_path):
    other = tmp_path / "other.parquet"
    write_rows(database(), "SELECT 'a' AS id", other, 2_048)
    with pytest.raises(Unusual, match="several schemas"):
        write_groups(tmp_path / "both", [*read_groups(large), *read_groups(other)])


@pytest.mark.parametrize(
    "harm", [lambda data: data[:-1], lambda data: data[:-2_000] + data[-8:], lambda _: b""]
)
def test_a_damaged_file_is_unusual(large, tmp_path, harm):
    (tmp_path / "damaged").write_bytes(harm(large.read_bytes()))
    with pytest.raises(Unusual):
        read_groups(tmp_path / "damaged")


def test_a_file_with_filters_beside_its_groups_is_unusual(tmp_path):
    path = tmp_path / "filters.parquet"
    database().execute(f"COPY (SELECT 'a' AS id FROM range(5000)) TO '{path}' (FORMAT parquet)")
    with pytest.raises(Unusual, match="apart"):
        read_groups(path)


def test_a_file_that_was_cut_after_it_was_looked_at(large, tmp_path):
    path = tmp_path / "cut.parquet"
    path.write_bytes(large.read_bytes())
    groups = read_groups(path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(Unusual, match="ends before"):
        write_groups(tmp_path / "out", groups)


VALUES = st.deferred(
    lambda: st.one_of(
        st.tuples(st.sampled_from([4, 5, 6]), st.integers(-(2**63), 2**63 - 1)),
        st.tuples(st.sampled_from([1, 2]), st.none()),
        st.tuples(st.just(8), st.binary(max_size=200)),
        st.tuples(st.just(7), st.binary(min_size=8, max_size=8)),
        st.tuples(st.just(9), st.tuples(st.just(6), st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20))),
        st.tuples(st.just(12), STRUCTS),
    )
)
STRUCTS = st.dictionaries(st.integers(1, 40), VALUES, max_size=4).map(
    lambda fields: dict(sorted(fields.items()))
)


@given(STRUCTS)
def test_what_is_written_is_read_again(fields):
    data = write_struct(fields)
    assert read_struct(data) == (fields, len(data))
    assert write_struct(read_struct(data)[0]) == data


def test_the_foot_of_a_file_is_read_as_others_read_it(large):
    data = Path(large).read_bytes()
    foot, end = read_struct(data[-8 - int.from_bytes(data[-8:-4], "little") : -8])
    told = pq.read_metadata(large)
    assert (foot[3][1], len(foot[4][1][1])) == (told.num_rows, told.num_row_groups)
    assert end == told.serialized_size
