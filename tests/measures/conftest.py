from functools import cache
from itertools import count

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

COLUMNS = {
    "article_id": "str",
    "url": "str",
    "title": "str",
    "excerpt": "str",
    "published_at": "datetime64[us, UTC]",
    "time_precision": "str",
    "provider_id": "str",
    "quality": "float64",
    "heat": "float64",
    "seen_as": "str",
    "record_path": "str",
    "copy_group_id": "str",
    "is_original": "boolean",
    "event_id": "str",
    "search_title": "str",
    "search_excerpt": "str",
}


def as_articles(rows):
    """Articles of the schema from mappings; what a row leaves out is missing."""
    plain = {
        "provider_id": "sky.com",
        "seen_as": "record",
        "time_precision": "time",
        "search_title": "",
        "search_excerpt": "",
    }
    filled = [{**plain, "article_id": f"a{place}", **row} for place, row in enumerate(rows)]
    table = pd.DataFrame(filled, columns=list(COLUMNS))
    table["published_at"] = pd.to_datetime(table["published_at"], utc=True, format="ISO8601")
    return table.astype(COLUMNS)


def as_collection(days):
    """The table `collection` from day -> records; a day of no records was not collected."""
    table = pd.DataFrame(
        {"day": pd.to_datetime(list(days)).astype("datetime64[us]"), "n_records": list(days.values())}
    )
    table["status"] = ["observed" if n else "not collected" for n in days.values()]
    return table.assign(expected=table["n_records"].astype("float64"))


NUMBERS = count()


@cache  # to open a database takes longer than most of what is asked of it
def database():
    return duckdb.connect()


class Tables:
    """A selection of plain tables, as relations of one DuckDB connection; each in a schema of its own."""

    zone = "UTC"

    def __init__(self, **tables):
        self.connection, schema = database().cursor(), f"selection_{next(NUMBERS)}"
        self.connection.execute(f"CREATE SCHEMA {schema}; USE {schema}")
        self.connection.execute("SET TimeZone='UTC'")
        for name, table in tables.items():
            self.connection.register(f"_{name}", pa.Table.from_pandas(table, preserve_index=False))
            self.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM _{name}")

    def table(self, name):
        return self.connection.table(name)

    def tables(self, *names):
        return tuple(self.table(name) for name in names)


@pytest.fixture(scope="session")
def articles():
    return as_articles


@pytest.fixture(scope="session")
def collection():
    return as_collection


@pytest.fixture(scope="session")
def tables():
    return Tables


@pytest.fixture(scope="session")
def both():
    """Run a measure on pandas and on DuckDB, with rows in another order; both must be equal to the last digit."""

    def run(measure, articles, *more, **options):
        before = articles.copy(deep=True)
        frames = {name: value for name, value in options.items() if isinstance(value, pd.DataFrame)}
        by_pandas = measure(articles, *more, **options)
        duck = Tables(_main=articles.iloc[::-1], **frames)
        relations = {name: duck.table(name) for name in frames}
        by_duckdb = measure(duck.table("_main"), *more, **{**options, **relations})
        pd.testing.assert_frame_equal(by_pandas, by_duckdb, check_exact=True)
        pd.testing.assert_frame_equal(articles, before)
        return by_pandas

    return run
