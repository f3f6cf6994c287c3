from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.store.digest import TableDigest
from analysis.tables.columns import column, fitted, table

TEXT = st.none() | st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=6)
MOMENT = st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
KINDS = {
    "string": (pa.string(), TEXT),
    "float": (pa.float64(), st.none() | st.floats(allow_nan=False)),
    "integer": (pa.int64(), st.none() | st.integers(-(2**63), 2**63 - 1)),
    "boolean": (pa.bool_(), st.none() | st.booleans()),
    "moment": (pa.timestamp("us", "UTC"), MOMENT),
    "list": (pa.list_(pa.string()), st.none() | st.lists(TEXT, max_size=3)),
}


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
def test_a_column_is_what_pyarrow_makes_of_the_values(name, data):
    kind, values = KINDS[name]
    given_values = data.draw(st.lists(values, max_size=20))
    made = column(given_values, kind)
    made.validate(full=True)
    assert made.equals(pa.array(given_values, kind))


def test_a_column_of_structs():
    kind = pa.struct([("url", pa.string()), ("width", pa.float64())])
    made = column([[("a", 1.0), ("b", None)], []], pa.list_(kind))
    assert made.to_pylist() == [[{"url": "a", "width": 1.0}, {"url": "b", "width": None}], []]


@given(st.lists(st.tuples(*(values for _, values in KINDS.values())), max_size=12), st.integers(0, 12))
def test_a_digest_does_not_depend_on_batches_and_tells_values_apart(rows, cut):
    schema = pa.schema([(name, kind) for name, (kind, _) in KINDS.items()])
    whole = table(rows, schema)
    digests = [TableDigest(schema) for _ in range(3)]
    digests[0].update(whole)
    digests[1].update(whole.slice(0, cut))
    digests[1].update(whole.slice(cut))
    digests[2].update(table([*rows, (None,) * len(schema)], schema))
    assert digests[0].hexdigest() == digests[1].hexdigest() != digests[2].hexdigest()


def test_a_digest_passes_over_what_nulls_hide():
    hidden = pa.Array.from_buffers(
        pa.string(),
        2,
        [pa.py_buffer(b"\x01"), pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0"), pa.py_buffer(b"ax")],
    )
    plain = column(["a", None], pa.string())
    digests = []
    for values in (hidden, plain):
        digest = TableDigest(pa.schema([("x", pa.string())]))
        digest.update(pa.table({"x": values}))
        digests.append(digest.hexdigest())
    assert digests[0] == digests[1]


def test_a_batch_gets_the_schemas_names_for_list_elements():
    schema = pa.schema([("names", pa.list_(pa.field("item", pa.string())))])
    other = pa.record_batch({"names": pa.array([["a"], []], pa.list_(pa.field("l", pa.string())))})
    assert fitted(other, schema).schema == schema
    assert fitted(other.slice(1), schema).to_pylist() == [{"names": []}]
