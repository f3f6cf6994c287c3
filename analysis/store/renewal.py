"""A snapshot from the one before: row groups with touched articles are written anew, all else is copied as it lies.

What is copied is read and compared with the digest of the snapshot before, so that no damage is carried on.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import accumulate, count
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.store.carried import BY_GROUP
from analysis.store.digest import Sums, row_sums
from analysis.store.publish import COUNTED_PROBLEMS
from analysis.store.row_groups import RowGroup, Unusual, read_groups, rows_together, write_groups, write_rows
from analysis.store.snapshot import Snapshot, file_digest, read_parquet
from analysis.tables.merge import PROVIDERS, fill_collection, ordered
from analysis.tables.schema import COLLECTION, PROBLEMS, TABLES, TABLES_BY_NAME, Table
from analysis.tables.schema import PROVIDERS as PROVIDERS_TABLE

if TYPE_CHECKING:
    import duckdb

    from analysis.store.touched import Touch

__all__ = ["BY_ARTICLE", "Renewal"]

BY_ARTICLE = ("articles", "related_links", "article_topics", "article_tags", "images", "conflicts")
"""The tables that are sorted by articles."""

_AT_ONCE = 2**20  # bytes


_FIRST = """
SELECT {key} FROM {rows}
WHERE file_row_number IN (SELECT unnest($1::BIGINT[])) ORDER BY file_row_number
"""
_Unit = tuple[Any, ...]
"""The article, or kind and group or article, that rows are about."""
_Key = tuple[Any, ...]
"""By what the rows of a unit are sorted; of an article whether it has no time, the time, and its id."""


class _Place(NamedTuple):
    """The row groups, by their numbers, in which a unit had rows, and the one into which its rows come, if any."""

    was: Sequence[int]
    comes: int | None


class _Run(NamedTuple):
    """Row groups side by side that are written anew, by their numbers, and the units that come into them."""

    first: int
    after: int
    come: list[_Unit]


class Renewal:
    """Writes the tables of a new snapshot into a folder.

    Attributes:
        sums: of the rows of each table, as far as they are written.
        files: size and digest of each file that is written.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        old: Snapshot,
        folder: Path,
        scratch: Path,
        sums: Mapping[str, Sums],
    ) -> None:
        self._con, self._old, self._folder, self._scratch = con, old, folder, scratch
        self.sums = dict(sums)
        self.files: dict[str, list[Any]] = {}
        self._digests: dict[str, str] = {}
        self._cuts = count()
        self._checking = Thread(target=self._check, daemon=True)
        self._checking.start()

    def look_back(self, articles: Sequence[str]) -> None:
        """Make tables of what the snapshot before has on articles: `before_articles` and so on.

        Raises:
            Unusual: the files of the snapshot before are not as a build writes them now.
        """
        for name in BY_ARTICLE:
            groups = self._row_groups(name)
            if name == "articles":  # sorted by time: any group may hold any article
                rows = read_parquet([self._old.path(name)])
            else:
                rows = self._cut(name, groups, _holding(groups, articles))
            self._con.execute(
                f"CREATE TABLE before_{name} AS FROM {rows} SEMI JOIN touched USING (article_id)"
            )

    def look_at_what_is(self) -> None:
        """Make tables of what is settled of the touched articles: `now_articles` and so on."""
        for name in BY_ARTICLE:
            self._con.execute(f"CREATE TABLE now_{name} AS FROM {name} SEMI JOIN touched USING (article_id)")

    @property
    def n_articles(self) -> int:
        """How many articles there are now, as long as no others are looked at than the touched ones."""
        counted = "SELECT (SELECT count(*) FROM now_articles) - (SELECT count(*) FROM before_articles)"
        ((more,),) = self._con.execute(counted).fetchall()
        return self.sums["articles"].n_rows + int(more)

    def write(self, touch: Touch) -> Sequence[tuple[Any, ...]]:
        """Write every table, from those before and now.

        Args:
            touch: what else has become of the change.

        Returns:
            How many problems there are of each severity and kind.
        """
        for name in (*BY_ARTICLE, *(BY_GROUP if self._old.grouped else ())):
            self._renew(name)
        self._write_providers(renames=touch.renames)
        if touch.redates:
            self._write_collection()
        problems = self._write_problems() if touch.has_problems else self._old.problems
        for table in TABLES:
            if f"{table.name}.parquet" not in self.files:
                self._copy(table.name)
        return problems

    def _is_same(self, one: str, other: str) -> bool:
        """Whether two queries give the same rows."""
        differing = "SELECT 1 FROM (({}) EXCEPT ALL ({})) LIMIT 1"
        both = (differing.format(one, other), differing.format(other, one))
        return not any(self._con.execute(query).fetchall() for query in both)

    def _renew(self, name: str) -> None:
        """Write a table of which the rows of some articles or groups differ, if any do."""
        table, unit = TABLES_BY_NAME[name], _unit(name)
        before = row_sums(self._con, table, f"before_{name}", unit)
        now = row_sums(self._con, table, f"now_{name}", unit)
        differing = sorted(each for each in before.keys() | now.keys() if before.get(each) != now.get(each))
        if differing:
            groups = self._row_groups(name)
            for each in differing:
                self.sums[name] = self.sums[name].replaced(before.get(each, Sums()), now.get(each, Sums()))
            self._splice(name, groups, self._places(name, groups, differing))

    def _row_groups(self, name: str) -> list[RowGroup]:
        """The row groups of a table of the snapshot before.

        Raises:
            Unusual: the file has other rows than were written.
        """
        groups = read_groups(self._old.path(name))
        if sum(group.n_rows for group in groups) != self.sums[name].n_rows:
            raise Unusual(f"{self._old.path(name)} has other rows than were written")
        return groups

    def _splice(self, name: str, groups: list[RowGroup], places: Mapping[_Unit, _Place]) -> None:
        """Write a table of which the rows of some articles or groups differ, which lie in these places."""
        path = self._folder / self.whole(name).name
        self._give("differing", name, list(places))
        pieces: list[RowGroup] = []
        done = 0
        for number, run in enumerate(_runs(places, len(groups))):
            pieces += groups[done : run.first]
            done = run.after
            part = self._scratch / f"{name}-{number}.parquet"
            pieces += self._write_run(name, groups[run.first : run.after], run.come, part)
        pieces += groups[done:]
        if pieces:
            self.files[path.name] = list(write_groups(path, pieces))
        else:
            write_rows(self._con, ordered(name, f"(FROM now_{name} LIMIT 0)"), path, rows_together(0))
            self.files[path.name] = [path.stat().st_size, file_digest(path)]

    def _places(self, name: str, groups: list[RowGroup], units: Sequence[_Unit]) -> dict[_Unit, _Place]:
        """In which row groups units have rows, and into which they come."""
        if name in BY_ARTICLE and name != "articles":
            return {unit: _place(groups, *unit) for unit in units}
        firsts = self._first_keys(name, groups)
        before, now = self._keys(name, "before"), self._keys(name, "now")
        return {unit: _sorted_in(firsts, before.get(unit), now.get(unit)) for unit in units}

    def _first_keys(self, name: str, groups: Sequence[RowGroup]) -> list[_Key]:
        """By what the first row of each row group is sorted."""
        numbers = list(accumulate((group.n_rows for group in groups), initial=0))[:-1]
        rows = read_parquet([self._old.path(name)])[:-1] + ", file_row_number = true)"
        return self._con.execute(_FIRST.format(key=_sorted_by(name), rows=rows), [numbers]).fetchall()

    def _keys(self, name: str, when: str) -> dict[_Unit, _Key]:
        """By what the rows of each unit that differs are sorted, before or now."""
        unit = ", ".join(_unit(name))
        query = f"SELECT DISTINCT {unit}, {_sorted_by(name)} FROM {when}_{name}"
        n_columns = len(_unit(name))
        return {row[:n_columns]: row[n_columns:] for row in self._con.execute(query).fetchall()}

    def _write_run(
        self, name: str, groups: Sequence[RowGroup], come: Sequence[_Unit], part: Path
    ) -> list[RowGroup]:
        """Write row groups anew."""
        self._give("coming", name, come)
        unit = ", ".join(_unit(name))
        columns = ", ".join(f'"{column}"' for column in TABLES_BY_NAME[name].names)
        rows = f"SELECT {columns} FROM now_{name} SEMI JOIN coming USING ({unit})"
        if groups:
            kept = f"{self._cut(name, groups, range(len(groups)))} ANTI JOIN differing USING ({unit})"
            rows = f"SELECT {columns} FROM {kept} UNION ALL {rows}"
        n_rows, together = sum(group.n_rows for group in groups), rows_together(self.sums[name].n_rows)
        write_rows(
            self._con, ordered(name, f"({rows})"), part, together if n_rows >= 2 * together else 2 * together
        )
        return read_groups(part)

    def _give(self, made: str, name: str, units: Iterable[_Unit]) -> None:
        """Make a table of units of another table."""
        columns = _unit(name)
        values = ", ".join(f"unnest(${n}::VARCHAR[]) AS {column}" for n, column in enumerate(columns, 1))
        told = [list(column) for column in zip(*units, strict=True)] or [[] for _ in columns]
        self._con.execute(f"CREATE OR REPLACE TABLE {made} AS SELECT {values}", told)

    def _cut(self, name: str, groups: Sequence[RowGroup], numbers: Sequence[int]) -> str:
        """SQL that reads row groups of the snapshot before, given by their numbers."""
        if not numbers:
            return f"(FROM {read_parquet([self._old.path(name)])} LIMIT 0)"
        path = self._scratch / f"{name}-{next(self._cuts)}-before.parquet"
        write_groups(path, [groups[number] for number in numbers])
        return read_parquet([path])

    def _write_providers(self, *, renames: bool) -> None:
        """Write the providers: of the articles as they are written, and the names that the ledger is to have."""
        facts = "SELECT provider_id, published_at FROM {}_articles"
        if not renames and self._is_same(facts.format("before"), facts.format("now")):
            return
        self._con.execute("ALTER TABLE articles RENAME TO articles_touched")
        self._con.execute("ALTER TABLE ranked RENAME TO ranked_touched")
        folder = self._folder if "articles.parquet" in self.files else self._old.folder
        written = read_parquet([folder / "articles.parquet"])
        self._con.execute(f"CREATE VIEW articles AS SELECT provider_id, published_at FROM {written}")
        self._con.execute("CREATE VIEW ranked AS SELECT *, n AS n_own, 0 AS n_items FROM new_names")
        self._con.execute(PROVIDERS)
        self._write(PROVIDERS_TABLE)

    def _write_collection(self) -> None:
        """Write the days that were collected, from those that the ledger is to have."""
        fill_collection(self._con, dict(self._con.execute("SELECT day, n FROM new_days").fetchall()))
        self._write(COLLECTION)

    def _write_problems(self) -> list[tuple[Any, ...]]:
        """Write the problems without those of files that are gone, with those of the ones that have come.

        Returns:
            How many there are of each severity and kind.
        """
        self._con.execute("ALTER TABLE problems RENAME TO problems_come")
        self._con.execute(f"""
            CREATE TABLE problems AS
            SELECT * FROM {read_parquet([self._old.path("problems")])}
            ANTI JOIN (SELECT path AS source FROM gone_paths) USING (source)
            UNION ALL BY NAME FROM problems_come
        """)
        self._write(PROBLEMS)
        return self._con.execute(COUNTED_PROBLEMS).fetchall()

    def _write(self, table: Table) -> None:
        path = self._folder / f"{table.name}.parquet"
        self.sums[table.name] = row_sums(self._con, table)[()]
        write_rows(self._con, ordered(table.name), path, rows_together(self.sums[table.name].n_rows))
        self.files[path.name] = [path.stat().st_size, file_digest(path)]

    def _copy(self, name: str) -> None:
        """Copy a table that is as it was."""
        path = self._folder / f"{name}.parquet"
        with self.whole(name).open("rb") as source, path.open("wb") as copied:
            while data := source.read(_AT_ONCE):
                copied.write(data)
            size = copied.tell()
        if size != self._old.files[path.name][0]:
            raise Unusual(f"{self._old.path(name)} has another length than was written")
        self.files[path.name] = self._old.files[path.name]

    def _check(self) -> None:
        """Read the files of the snapshot before, beside all else: DuckDB and hashing leave each other a core."""
        for table in TABLES:
            with suppress(OSError):  # then it is not whole
                self._digests[table.name] = file_digest(self._old.path(table.name))

    def whole(self, name: str) -> Path:
        """The file of a table of the snapshot before, from which nothing may be taken where it is damaged.

        Raises:
            Unusual: a table of the snapshot before does not hold what was written.
        """
        self._checking.join()
        if self._digests.get(name) != self._old.files[f"{name}.parquet"][1]:
            raise Unusual(f"{self._old.path(name)} does not hold what was written")
        return self._old.path(name)


def _holding(groups: Sequence[RowGroup], articles: Sequence[str]) -> list[int]:
    """The numbers of the row groups in which rows of articles may lie."""
    highest, found = [group.highest for group in groups], set[int]()
    for article in articles:
        number = bisect_left(highest, article.encode())
        while number < len(groups) and groups[number].lowest <= article.encode():
            found.add(number)
            number += 1
    return sorted(found)


def _place(groups: Sequence[RowGroup], article: str) -> _Place:
    """Where an article is in a table that is sorted by ids: maybe in several groups, of which all are written anew."""
    found = _holding(groups, [article])
    if found or not groups:
        return _Place(found, found[0] if found else 0)
    after = bisect_left([group.highest for group in groups], article.encode())
    return _Place([], min(after, len(groups) - 1))


def _unit(name: str) -> tuple[str, ...]:
    """The columns by which rows of a table are looked for."""
    return BY_GROUP.get(name, ("article_id",))


def _sorted_by(name: str) -> str:
    """SQL of what the rows of a unit are sorted by."""
    if name == "articles":
        return "published_at IS NULL, coalesce(epoch_us(published_at), 0), article_id"
    return ", ".join(_unit(name))


def _sorted_in(firsts: Sequence[_Key], before: _Key | None, now: _Key | None) -> _Place:
    """Where a unit is in a table of which the first row of each row group is known."""

    def last(key: _Key) -> int:
        return max(bisect_right(firsts, key) - 1, 0)

    was = () if before is None else range(max(bisect_left(firsts, before) - 1, 0), last(before) + 1)
    return _Place(was, None if now is None else last(now))


def _runs(places: Mapping[_Unit, _Place], n_groups: int) -> list[_Run]:
    """Which row groups are to be written anew for units that change, or come, or are gone."""
    coming: dict[int, list[_Unit]] = {number: [] for place in places.values() for number in place.was}
    for unit, place in places.items():
        if place.comes is not None:
            coming.setdefault(place.comes, []).append(unit)
    runs: list[_Run] = []
    for number, come in sorted(coming.items()):
        if runs and runs[-1].after == number:
            runs[-1] = _Run(runs[-1].first, number + 1, [*runs[-1].come, *come])
        else:
            runs.append(_Run(number, min(number + 1, n_groups), come))
    return runs
