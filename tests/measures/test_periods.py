from functools import cache

import duckdb
import narwhals as nw
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.measures.frames import BadOption
from analysis.measures.periods import EVERY, WEEKDAYS, Periods

ZONES = [
    "UTC",
    "Europe/London",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "America/Havana",
    "Pacific/Apia",
]
ODD = {"Europe/London", "America/Havana", "Pacific/Apia"}  # an hour twice, midnight twice, a day that was not


@cache  # to open a database takes longer than all that is asked of it
def database():
    return duckdb.connect()


def cut(periods, times, engine="pandas"):
    frame = pd.DataFrame(
        {"published_at": pd.to_datetime(pd.Series(times), utc=True).astype("datetime64[us, UTC]")}
    )
    native = frame
    if engine == "arrays":
        marks = periods.marks(pd.DatetimeIndex(frame["published_at"]).asi8)
        return periods.starts_of(pd.Series(pd.to_datetime(marks, unit="us", utc=True)))
    if engine == "duckdb":
        connection = database()
        connection.execute("SET TimeZone='UTC'")
        native = connection.from_df(frame)
    table = periods.cut(nw.from_native(native).lazy()).collect("pandas").to_native()
    return periods.starts_of(pd.to_datetime(table["period"], utc=True).astype("datetime64[us, UTC]"))


@pytest.mark.parametrize(
    ("every", "zone", "week_start", "instant", "start"),
    [
        ("day", "UTC", "monday", "2021-08-23T05:30Z", "2021-08-23T00:00Z"),
        ("day", "America/New_York", "monday", "2021-08-23T03:30Z", "2021-08-22T00:00-04:00"),
        ("hour", "Asia/Kolkata", "monday", "2021-08-23T05:20Z", "2021-08-23T10:00+05:30"),
        ("hour", "Europe/London", "monday", "2021-10-31T00:30Z", "2021-10-31T01:00+01:00"),
        ("hour", "Europe/London", "monday", "2021-10-31T01:30Z", "2021-10-31T01:00Z"),
        ("week", "UTC", "monday", "2021-08-22T12:00Z", "2021-08-16T00:00Z"),
        ("week", "UTC", "sunday", "2021-08-22T12:00Z", "2021-08-22T00:00Z"),
        ("week", "UTC", "saturday", "2021-08-20T12:00Z", "2021-08-14T00:00Z"),
        ("month", "Europe/London", "monday", "2021-07-31T23:30Z", "2021-08-01T00:00+01:00"),
        ("quarter", "UTC", "monday", "2021-08-23T05:30Z", "2021-07-01T00:00Z"),
        ("year", "Asia/Tokyo", "monday", "2020-12-31T15:00Z", "2021-01-01T00:00+09:00"),
        # Clocks in Brazil went from 23:59:59 on the 3rd to 01:00 on the 4th.
        ("day", "America/Sao_Paulo", "monday", "2018-11-04T12:00Z", "2018-11-04T01:00-02:00"),
        # Clocks in Cuba went back from 01:00 to 00:00: the day begins at the first of the two midnights.
        ("day", "America/Havana", "monday", "2021-11-07T12:00Z", "2021-11-07T00:00-04:00"),
    ],
)
@pytest.mark.parametrize("engine", ["pandas", "duckdb", "arrays"])
def test_a_period_begins_on_the_clock_of_the_zone(every, zone, week_start, instant, start, engine):
    assert cut(Periods(every, zone, week_start), [instant], engine)[0] == pd.Timestamp(start)


@pytest.mark.parametrize(
    "zone", [pytest.param(zone, marks=() if zone in ODD else pytest.mark.slow) for zone in ZONES]
)
@pytest.mark.parametrize("every", EVERY)
def test_every_instant_lies_in_exactly_one_period_of_the_range(every, zone):
    times = pd.date_range("2011-12-25", "2012-01-05", freq="7h", tz="UTC").append(
        pd.date_range("2018-10-30", "2018-11-08", freq="35min", tz="UTC")
    )
    periods = Periods(every, zone)
    starts = periods.range(times[0], times[-1])
    ends = periods.ends(starts)
    assert (ends > starts).all()
    assert (starts[1:] == ends[:-1]).all()
    expected = starts[starts.searchsorted(times, side="right") - 1]
    assert (cut(periods, times) == expected).all()
    assert (cut(periods, times, "arrays") == expected).all()


@given(
    st.lists(st.datetimes(pd.Timestamp(1905, 1, 1), pd.Timestamp(2025, 1, 1)), min_size=1, max_size=5),
    st.sampled_from([*ZONES, "America/St_Johns"]),
    st.sampled_from(EVERY),
    st.sampled_from(WEEKDAYS),
)
@settings(deadline=None)
def test_arrays_are_cut_as_frames_are(instants, zone, every, week_start):
    periods = Periods(every, zone, week_start)
    times = [pd.Timestamp(instant, tz="UTC") for instant in instants]
    assert cut(periods, times, "arrays").tolist() == cut(periods, times).tolist()


@given(
    st.datetimes(pd.Timestamp(2005, 1, 1), pd.Timestamp(2025, 1, 1)),
    st.sampled_from(ZONES),
    st.sampled_from(WEEKDAYS),
)
def test_days_and_weeks_agree_with_pandas_own_conversion(instant, zone, week_start):
    stamp = pd.Timestamp(instant, tz="UTC")
    local = stamp.tz_convert(zone).tz_localize(None).normalize()
    back = (local.day_of_week - WEEKDAYS.index(week_start)) % 7
    midnight = {"ambiguous": True, "nonexistent": "shift_forward"}
    assert Periods("day", zone).floor(stamp) == local.tz_localize(zone, **midnight)
    assert Periods("week", zone, week_start).floor(stamp) == (local - pd.Timedelta(days=back)).tz_localize(
        zone, **midnight
    )


def test_a_row_without_a_time_has_no_period():
    starts = cut(Periods("day", "Europe/London"), ["2021-08-23T05:30Z", None])
    assert starts.isna().tolist() == [False, True]
    assert cut(Periods("day"), [None]).isna().all()


@pytest.mark.parametrize(
    "options", [{"every": "fortnight"}, {"zone": "Mars/Phobos"}, {"zone": ""}, {"week_start": "Mon"}]
)
def test_an_unknown_period_zone_or_weekday_is_refused(options):
    (name,) = options
    with pytest.raises(BadOption, match=f"^{name} must be"):
        Periods(**options)


def test_ends_of_some_periods_are_those_they_have_among_all():
    periods = Periods("day", "Europe/London")
    every = periods.range(pd.Timestamp("2021-10-29T12:00Z"), pd.Timestamp("2021-11-02T12:00Z"))
    some = every[[0, 2, 4]]  # the third, 31 October, has 25 hours
    assert list(periods.ends_of(some) - some) == [pd.Timedelta(hours=h) for h in (24, 25, 24)]
    assert periods.ends_of(every[:0]).empty
