"""Whether two builds gave the same snapshot."""

from __future__ import annotations

import pyarrow.parquet as pq

from analysis.tables.schema import TABLES


def assert_alike(one, other):
    """The reports of two builds: rows in their order, what is said of them, and counts; of whole files."""
    one, other = one.snapshot, other.snapshot
    for table in TABLES:
        left, right = (pq.read_table(each.path(table.name)) for each in (one, other))
        assert left.equals(right), table.name
    assert (one.digest, one.tables, one.sources) == (other.digest, other.tables, other.sources)
    assert (one.counts, one.problems, one.grouped) == (other.counts, other.problems, other.grouped)
    assert one.damage(thorough=True) is None
