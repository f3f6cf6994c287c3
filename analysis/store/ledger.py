"""The ledger of a store: what its snapshot was settled from, so that the next build settles what a change touches.

No part of any snapshot, and never needed: where it is missing, damaged, of another version, or of another snapshot than
the current one, a build settles everything, and writes it anew. It is a database in a file beside a listing (see
`analysis.store.listing`); both name the state that they are in, which a build changes in both, one after the other. A
build that was killed in between leaves two that do not belong together.

Narrow tables: `files` (the live files: where each is staged, and its path as tables show it), `facts` (how often live
records say each staged statement of their own article, and how often they list it), `records` (which statement each
says), `names` (how often providers are called what), `days` (records of each day), `sums` (of the tables' rows).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.store.digest import Sums
from analysis.store.listing import Listing, read_listing, write_listing
from analysis.tables.abreast import Job
from analysis.tables.merge import SETTLING_VERSION
from analysis.tables.staging import STAGING_VERSION

if TYPE_CHECKING:
    import duckdb  # a build of unchanged files does without

__all__ = ["FEWEST", "LEDGER_VERSION", "Ledger"]

FEWEST = 20_000
"""Files from which on a build keeps a ledger: fewer are settled anew in a moment."""

LEDGER_VERSION = 1  # raised when other tables are kept, or tables are written in another way

_TABLES = {
    "files": ("SELECT stage, file, path FROM live", "live"),
    "facts": (
        """
        SELECT stage, fact, fact_key, article_id, coalesce(own.n, 0) AS n_own, coalesce(items.n, 0) AS n_items
        FROM staged_facts
        LEFT JOIN (SELECT stage, said AS fact, count(*) AS n FROM staged_records GROUP BY ALL) AS own
            USING (stage, fact)
        LEFT JOIN (
            SELECT id >> 32 AS stage, (id & 4294967295)::INTEGER AS fact, count(*) AS n FROM lists GROUP BY id
        ) AS items USING (stage, fact)
        WHERE own.n IS NOT NULL OR items.n IS NOT NULL
        """,
        "staged_facts",
        "staged_records",
        "lists",
    ),
    "records": ("SELECT stage, file, said FROM staged_records", "staged_records"),
    "names": (
        """
        SELECT provider_id, provider_name, sum(n_own + n_items)::BIGINT AS n
        FROM ranked WHERE provider_name IS NOT NULL GROUP BY ALL
        """,
        "ranked",
    ),
    "days": (
        """
        SELECT (published_at AT TIME ZONE 'UTC')::DATE AS day, count(*) AS n
        FROM records WHERE published_at IS NOT NULL GROUP BY ALL
        """,
        "records",
    ),
}


class Ledger:
    """The ledger in a store's folder; its tables are seen as `ledger.files` and so on, where it is attached."""

    def __init__(self, store: Path) -> None:
        self.folder = store / "ledger"
        self._path, self._listing = self.folder / "ledger.duckdb", self.folder / "listing"

    def listing(self) -> Listing | None:
        """What the current state was built from; None where there is no ledger, or one of another version."""
        listing = read_listing(self._listing) if self._path.exists() else None
        return listing if listing and listing.state.startswith(f"{_VERSION} ") else None

    def begin(self, con: duckdb.DuckDBPyConnection) -> list[Job]:
        """What writes a new ledger beside the old one, while tables are settled in a database."""
        self.forget()
        self.folder.mkdir(exist_ok=True)
        con.execute(f"ATTACH {_quoted(self._path)} AS ledger")

        def writing(name: str, query: str, *needs: str) -> Job:
            statement = f"CREATE TABLE ledger.{name} AS {query}"
            return Job(lambda con: con.execute(statement), f"ledger.{name}", needs)

        return [writing(name, *query) for name, query in _TABLES.items()]

    def finish(self, con: duckdb.DuckDBPyConnection, moment: str, sums: Mapping[str, Sums]) -> str:
        """Write a new ledger to its end and let it go; returns its state, which a listing is to name."""
        state = f"{_VERSION} {moment}"
        con.execute("CREATE TABLE ledger.sums (name VARCHAR, n_rows BIGINT, upper VARCHAR, lower VARCHAR)")
        con.execute("CREATE TABLE ledger.state (state VARCHAR)")
        _say(con, state, sums)
        con.execute("CHECKPOINT ledger")
        con.execute("DETACH ledger")
        return state

    def open(self, con: duckdb.DuckDBPyConnection, listing: Listing) -> dict[str, Sums]:
        """Attach the ledger; returns the sums of the tables' rows.

        Raises:
            LookupError: it is in another state than the listing says.
        """
        con.execute(f"ATTACH {_quoted(self._path)} AS ledger")
        if con.execute("SELECT state FROM ledger.state").fetchall() != [(listing.state,)]:
            raise LookupError("the ledger is of another build")
        rows = con.execute("SELECT name, n_rows, upper, lower FROM ledger.sums").fetchall()
        return {name: Sums(*map(int, numbers)) for name, *numbers in rows}

    def update(
        self,
        con: duckdb.DuckDBPyConnection,
        moment: str,
        sums: Mapping[str, Sums],
        change: Callable[[duckdb.DuckDBPyConnection], object],
    ) -> str:
        """Change the tables in one step; returns the state that the ledger is in then."""
        state = f"{_VERSION} {moment}"
        with con.cursor() as own:
            own.execute("BEGIN")
            change(own)
            own.execute("DELETE FROM ledger.sums")
            own.execute("DELETE FROM ledger.state")
            _say(own, state, sums)
            own.execute("COMMIT")
        return state

    def belong(self, listing: Listing) -> None:
        """Say what the ledger, as it is now, was built from."""
        write_listing(self._listing, listing)

    def forget(self) -> None:
        """Remove the ledger, the listing first."""
        for path in (self._listing, self._path.with_name(f"{self._path.name}.wal"), self._path):
            path.unlink(missing_ok=True)


_VERSION = f"{LEDGER_VERSION}.{STAGING_VERSION}.{SETTLING_VERSION}"


def _say(con: duckdb.DuckDBPyConnection, state: str, sums: Mapping[str, Sums]) -> None:
    con.execute("INSERT INTO ledger.state VALUES ($1)", [state])
    rows = [(name, each.n_rows, str(each.upper), str(each.lower)) for name, each in sums.items()]
    columns = [list(column) for column in zip(*rows, strict=True)]
    con.execute("INSERT INTO ledger.sums SELECT unnest($1), unnest($2), unnest($3), unnest($4)", columns)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
