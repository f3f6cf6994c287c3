import duckdb
import narwhals as nw
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.measures.instants import lag, microseconds


def frame_on(engine, **columns):
    frame = pd.DataFrame(columns)
    if engine == "duckdb":
        connection = duckdb.connect()
        connection.execute("SET TimeZone='UTC'")
        native = connection.from_arrow(pa.Table.from_pandas(frame))
    else:
        native = frame
    return nw.from_native(native).lazy()


def on(engine, times):
    frame = frame_on(engine, published_at=times)
    return frame.select(at=microseconds()).collect("pandas").to_native()["at"].tolist()


@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
@settings(max_examples=settings.default.max_examples // 5)
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


@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
@settings(max_examples=settings.default.max_examples // 5)
@given(st.lists(st.tuples(*[st.integers(-2_000_000_000_000_000, 2_000_000_000_000_000)] * 2), min_size=1))
def test_a_lag_is_the_difference_of_unix_times(engine, stamps):
    at, first = (
        pd.to_datetime(pd.Series(side), unit="us", utc=True).astype("datetime64[us, UTC]")
        for side in zip(*stamps, strict=True)
    )
    frame = frame_on(engine, at=at, first=first)
    found = frame.select(lag=lag(frame, "at", "first")).collect("pandas").to_native()
    assert found["lag"].tolist() == [at - first for at, first in stamps]


@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
def test_a_lag_from_or_to_a_missing_time_is_missing(engine):
    times = pd.Series([pd.NaT, pd.Timestamp("2021-08-23T05:30Z")], dtype="datetime64[us, UTC]")
    frame = frame_on(engine, at=times, first=times[::-1].reset_index(drop=True))
    assert frame.select(lag=lag(frame, "at", "first")).collect("pandas").to_native()["lag"].isna().all()
