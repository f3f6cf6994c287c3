"""What a measure accepts and gives back: any engine's frames in, tidy pandas out.

A measure takes a selection (anything with ``table(name)``), or the frame of articles itself: pandas, a DuckDB
relation or a Spark DataFrame. Inside, it is a narwhals lazy frame; `collect` makes the same pandas of every
engine, to the last digit.

Four habits keep the engines equal: the unknown answer of a comparison is settled (`present`), a boolean is
cast before it is summed (`count_true`), means and quantiles are computed from counted values (`mean_of`,
`quantile_of`) because engines add floats in different orders, and what is collected is sorted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeAlias, runtime_checkable

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.errors import NewsgaugeError
from analysis.measures.codes import Names, named

__all__ = [
    "BadOption",
    "Frame",
    "HasTables",
    "MissingColumns",
    "MissingTable",
    "NotAFrame",
    "WrongZone",
    "coded_of",
    "collect",
    "count_true",
    "frame_of",
    "frames_of",
    "instant",
    "is_selection",
    "mean_of",
    "one_of",
    "present",
    "quantile_of",
]

Frame: TypeAlias = nw.LazyFrame[Any]
_UTC = frozenset(
    {"UTC", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "Zulu", "GMT", "Etc/GMT", "+00:00"}
)


class NotAFrame(NewsgaugeError):
    """The data is neither a selection nor a frame that narwhals knows."""


class MissingColumns(NewsgaugeError):
    """A frame lacks columns that the measure needs."""


class MissingTable(NewsgaugeError):
    """A measure of plain frames needs a second table that was not given."""


class WrongZone(NewsgaugeError):
    """A frame's times are not in UTC, so the engine would cut days in another zone."""


class BadOption(NewsgaugeError):
    """An option has a value that is not allowed."""


@runtime_checkable
class HasTables(Protocol):
    """A corpus, a selection, or anything else that gives its tables by name."""

    def table(self, name: str) -> Any:
        """The native frame of one table of `analysis.tables.schema`."""


def is_selection(data: Any) -> bool:
    """Whether the data is a selection (or corpus) that gives tables by name, not a plain frame.

    >>> is_selection(pd.DataFrame())
    False
    """
    # Neither a DuckDB relation nor a Spark DataFrame has `table`. A DuckDB connection has, and serves.
    return isinstance(data, HasTables) and not isinstance(data, pd.DataFrame)


def frame_of(data: Any, table: str = "articles", *, needs: Collection[str] = (), given: Any = None) -> Frame:
    """One table as a lazy narwhals frame.

    Args:
        data: a selection or corpus, or the native frame of the articles.
        table: name of the table.
        needs: columns that must be there. NaN in float columns among them is made missing.
        given: the table's native frame where `data` is a plain frame; wins over the selection's own.

    Raises:
        NotAFrame: `data` or `given` is of no known kind.
        MissingTable: the table is not `articles`, `data` is a plain frame and `given` is None.
        MissingColumns: names the columns needed and those present.
        WrongZone: a needed column of times is not in UTC.

    >>> frame = frame_of(pd.DataFrame({"article_id": ["a"]}), needs={"article_id"})
    >>> frame.collect_schema().names()
    ['article_id']
    >>> frame_of(pd.DataFrame({"article_id": ["a"]}), needs={"heat"})
    Traceback (most recent call last):
    ...
    analysis.measures.frames.MissingColumns: articles needs the column heat; it has article_id
    """
    return _checked(_native(data, table, given), table, needs)


def frames_of(
    data: Any, needs: Mapping[str, Collection[str]], given: Mapping[str, Any] | None = None
) -> dict[str, Frame]:
    """Several tables that can be joined with each other: of one engine and one connection.

    Args:
        data: a selection or corpus, or the native frame of the articles.
        needs: table name -> columns that must be there.
        given: table name -> native frame, for the tables other than `articles` of a plain frame.

    Returns:
        Table name -> lazy frame. A selection that has ``tables(*names)`` is asked for all at once, because
        DuckDB joins only relations of one connection.

    Raises:
        NotAFrame, MissingTable, MissingColumns, WrongZone: as `frame_of`.
    """
    given = {name: frame for name, frame in (given or {}).items() if frame is not None}
    if is_selection(data) and not given and hasattr(data, "tables"):
        natives = dict(zip(needs, data.tables(*needs), strict=True))
    else:
        natives = {name: _native(data, name, given.get(name)) for name in needs}
    return {name: _checked(native, name, needs[name]) for name, native in natives.items()}


def coded_of(
    data: Any, needs: Mapping[str, Collection[str]], given: Mapping[str, Any] | None = None
) -> tuple[dict[str, Frame], Names]:
    """As `frames_of`, where ids, outlets and topics are only compared, sorted and counted.

    A corpus may then give them as whole numbers in the order of the names, and times in UTC without zone, which its
    engine handles several times as fast, and labels and links are distinct, as a build writes them; any other data
    comes as it is. What a measure may not do with such columns: look for a name, or take one for a text.

    Returns:
        Table name -> lazy frame, and what `collect` needs to write names again.

    >>> frames, names = coded_of(pd.DataFrame({"article_id": ["a"]}), {"articles": {"article_id"}})
    >>> names is None
    True
    """
    given = {name: frame for name, frame in (given or {}).items() if frame is not None}
    if is_selection(data) and not given and hasattr(data, "coded"):
        found = data.coded(needs)
        if found is not None:
            natives, names = found
            pairs = zip(needs, natives, strict=True)
            return {name: nw.from_native(native).lazy() for name, native in pairs}, names
    return frames_of(data, needs, given), None


def instant(frame: Frame, when: pd.Timestamp, column: str = "published_at") -> datetime:
    """A moment as the frame's times are written: in UTC, with the zone or without it.

    >>> instant(nw.from_native(pd.DataFrame({"at": pd.to_datetime([])})).lazy(),
    ...     pd.Timestamp("2021-08-23T07:30+02:00"), "at")
    datetime.datetime(2021, 8, 23, 5, 30)
    """
    kind = frame.collect_schema()[column]
    moment = when.tz_convert("UTC")
    zoned = isinstance(kind, nw.Datetime) and kind.time_zone is not None
    return (moment if zoned else moment.tz_localize(None)).to_pydatetime()


def _native(data: Any, table: str, given: Any) -> Any:
    if given is not None:
        return given
    if is_selection(data):
        return data.table(table)
    if table == "articles":
        return data
    raise MissingTable(
        f"{table} must be given beside a plain frame of articles: pass {table}=<frame>, or a selection"
    )


def _checked(native: Any, table: str, needs: Collection[str]) -> Frame:
    try:
        frame: Frame = nw.from_native(native).lazy()
    except TypeError:
        kinds = "a selection, a pandas DataFrame, a DuckDB relation or a Spark DataFrame"
        raise NotAFrame(f"{table} must be {kinds}, got {type(native).__name__}") from None
    schema = frame.collect_schema()
    missing = sorted(set(needs) - set(schema))
    if missing:
        noun = "column" if len(missing) == 1 else "columns"
        raise MissingColumns(
            f"{table} needs the {noun} {', '.join(missing)}; it has {', '.join(schema) or 'none'}"
        )
    for name in sorted(needs):
        kind = schema[name]
        if isinstance(kind, nw.Datetime) and kind.time_zone is not None and kind.time_zone not in _UTC:
            raise WrongZone(
                f"{table}.{name} must be in UTC, got {kind.time_zone}; "
                "in DuckDB run SET TimeZone='UTC', in pandas use .dt.tz_convert('UTC')"
            )
    floats = [name for name in sorted(needs) if schema[name].is_float()]
    return frame.with_columns(nw.col(*floats).fill_nan(None)) if floats else frame


def present(condition: nw.Expr) -> nw.Expr:
    """A condition with a missing answer counted as no.

    SQL says that a comparison with a missing value is unknown, and so is its negation; pandas says False and
    True. After this both say False and True.

    >>> frame = nw.from_native(pd.DataFrame({"quality": [50.0, None]})).lazy()
    >>> frame.filter(~present(nw.col("quality") > 60)).collect().shape
    (2, 1)
    """
    return condition.fill_null(value=False)


def count_true(condition: nw.Expr) -> nw.Expr:
    """How many rows of a whole frame meet a condition, as an aggregation.

    In groups, make the condition a column of whole numbers first and sum that: pandas groups fast, and groups no rows
    at all, only by aggregations of plain columns.

    >>> frame = nw.from_native(pd.DataFrame({"quality": [50.0, None, 70.0]})).lazy()
    >>> frame.select(n=count_true(nw.col("quality") > 60)).collect().to_native()["n"].tolist()
    [1]
    """
    return present(condition).cast(nw.Int64()).sum()


def collect(
    frame: Frame, dtypes: Mapping[str, str], *, sort: Sequence[str] | None = None, names: Names = None
) -> pd.DataFrame:
    """Run the query: tidy pandas of stated columns, dtypes and order, the same from every engine.

    Args:
        frame: what to run.
        dtypes: column -> pandas dtype: `int64` (never missing), `float64`, `str`, `bool`, `boolean` or
            `datetime64[us, UTC]`.
        sort: columns to sort by, missing values last; all columns, in order, unless given.
        names: of `coded_of`; columns of `str` that come as whole numbers are codes of them.

    Returns:
        A frame with those columns in that order, and an index from 0.

    >>> frame = nw.from_native(pd.DataFrame({"n": [2.0, 1.0], "k": ["a", "b"]})).lazy()
    >>> collect(frame, {"k": "str", "n": "int64"}, sort=["n"])
       k  n
    0  b  1
    1  a  2
    """
    keys = list(sort or dtypes)
    asked = frame.select(*dtypes)
    # Codes come from one engine, which sorts them faster, and as pandas would.
    table = (asked if names is None else asked.sort(*keys, nulls_last=True)).collect("pandas").to_native()
    is_code = {
        name: names is not None and dtype == "str" and pd.api.types.is_numeric_dtype(table[name].dtype)
        for name, dtype in dtypes.items()
    }
    columns = {
        name: table[name] if is_code[name] else _cast(table[name], dtype) for name, dtype in dtypes.items()
    }
    tidy = pd.DataFrame(columns, columns=list(dtypes))
    if names is None:
        return tidy.sort_values(keys, kind="stable", na_position="last", ignore_index=True)
    return tidy.assign(**{name: named(tidy[name], names) for name in dtypes if is_code[name]})


def _cast(column: pd.Series[Any], dtype: str) -> pd.Series[Any]:
    if dtype.startswith("datetime64"):
        column = pd.to_datetime(column, utc="UTC" in dtype)
    cast: pd.Series[Any] = column.astype(pd.api.types.pandas_dtype(dtype))
    return cast


def mean_of(values: npt.ArrayLike, counts: npt.ArrayLike) -> float:
    """The mean of counted values: exact in the order of the values, so the same on every engine.

    Args:
        values: distinct values, any order.
        counts: how often each occurs.

    Returns:
        The mean; NaN where there is nothing.

    >>> mean_of([60.0, 50.0], [1, 3])
    52.5
    """
    value, count = _counted(values, counts)
    total = int(count.sum())
    return float((value * count).sum() / total) if total else float("nan")


def quantile_of(values: npt.ArrayLike, counts: npt.ArrayLike, q: float = 0.5) -> float:
    """A quantile of counted values, by linear interpolation (type 7 of Hyndman & Fan 1996).

    Args:
        values: distinct values, any order.
        counts: how often each occurs.
        q: between 0 and 1; the median by default.

    Returns:
        The quantile; NaN where there is nothing.

    >>> quantile_of([10.0, 20.0], [1, 3]), quantile_of([1.0, 2.0], [1, 1])
    (20.0, 1.5)
    """
    value, count = _counted(values, counts)
    total = int(count.sum())
    if not total:
        return float("nan")
    place = q * (total - 1)
    below = int(np.floor(place))
    ends = np.cumsum(count)
    low, high = (
        value[np.searchsorted(ends, rank, side="right")] for rank in (below, min(below + 1, total - 1))
    )
    return float(low + (high - low) * (place - below))


def _counted(
    values: npt.ArrayLike, counts: npt.ArrayLike
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    value, count = np.asarray(values, dtype=np.float64), np.asarray(counts, dtype=np.int64)
    order = np.argsort(value, kind="stable")
    return value[order], count[order]


def one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    """The value, where it is allowed.

    Raises:
        BadOption: names the option, what is allowed and what came.

    >>> one_of("every", "fortnight", ("day", "week"))
    Traceback (most recent call last):
    ...
    analysis.measures.frames.BadOption: every must be one of day, week; got 'fortnight'
    """
    if value not in allowed:
        raise BadOption(f"{name} must be one of {', '.join(allowed)}; got {value!r}")
    return value
