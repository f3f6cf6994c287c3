import duckdb
import narwhals as nw
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.measures.instants import microseconds


def on(engine, times):
    frame = pd.DataFrame({"published_at": times})
    if engine == "duckdb":
        connection = duckdb.connect()
        connection.execute("SET TimeZone='UTC'")
        native = connection.from_arrow(pa.Table.from_pandas(frame))
    else:
        native = frame
    found = nw.from_native(native).lazy().select(at=microseconds()).collect("pandas").to_native()
    return found["at"].tolist()


@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
@settings(max_examples=20)
@given(st.lists(st.integers(-2_000_000_000_000_000, 8_900_000_000_000_000), min_size=1, max_size=20))
def test_it_is_the_unix_time_of_every_instant(engine, stamps):
    times = pd.to_datetime(pd.Series(stamps), unit="us", utc=True).astype("datetime64[us, UTC]")
    assert on(engine, times) == stamps


@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
def test_a_missing_time_has_none(engine):
    times = pd.Series([pd.NaT, pd.Timestamp("2000-02-29T23:59:59.999999Z")], dtype="datetime64[us, UTC]")
    missing, last = on(engine, times)
    assert pd.isna(missing)
    assert last == 951_868_799_999_999
