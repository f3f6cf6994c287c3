"""A snapshot from the one before: row groups with touched articles are written anew, all else is copied as it lies.

What is copied is read and compared with the digest of the snapshot before, so that no damage is carried on.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

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
SELECT epoch_us(published_at), article_id FROM {rows}
WHERE file_row_number IN (SELECT unnest($1::BIGINT[])) ORDER BY file_row_number
"""
_Key = tuple[
    bool, int, str
]  # of an article in the order of its table: whether it has no time, the time, its id


class _Place(NamedTuple):
    """The row groups, by their numbers, in which an article had rows, and the one into which its rows come, if any."""

    was: Sequence[int]
    comes: int | None


class _Run(NamedTuple):
    """Row groups side by side that are written anew, by their numbers, and the articles that come into them."""

    first: int
    after: int
    come: list[str]


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
        self._groups: dict[str, list[RowGroup]] = {}
        self._digests: dict[str, str] = {}
        self._checking = Thread(target=self._check, daemon=True)
        self._checking.start()

    def look_back(self, articles: Sequence[str]) -> None:
        """Make tables of what the snapshot before has on articles: `before_articles` and so on.

        Raises:
            Unusual: the files of the snapshot before are not as a build writes them now.
        """
        for name in BY_ARTICLE:
            groups = self._groups[name] = read_groups(self._old.path(name))
            if sum(group.n_rows for group in groups) != self.sums[name].n_rows:
                raise Unusual(f"{self._old.path(name)} has other rows than were written")
            if name == "articles":  # sorted by time: any group may hold any article
                rows = read_parquet([self._old.path(name)])
            else:
                rows = self._cut(name, _holding(groups, articles))
            self._con.execute(
                f"CREATE TABLE before_{name} AS FROM {rows} SEMI JOIN touched USING (article_id)"
            )

    def write(self, touch: Touch) -> Sequence[tuple[Any, ...]]:
        """Write every table, from those that `analysis.store.touched` makes.

        Args:
            touch: what else has become of the change.

        Returns:
            How many problems there are of each severity and kind.
        """
        self._write_by_article()
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

    def _write_by_article(self) -> None:
        """Write the tables that are sorted by articles, from those of the touched ones."""
        for name in BY_ARTICLE:
            table = TABLES_BY_NAME[name]
            self._con.execute(f"CREATE TABLE now_{name} AS FROM {name} SEMI JOIN touched USING (article_id)")
            before = row_sums(self._con, table, f"before_{name}", "article_id")
            now = row_sums(self._con, table, f"now_{name}", "article_id")
            differing = sorted(
                each for each in before.keys() | now.keys() if before.get(each) != now.get(each)
            )
            for each in differing:
                self.sums[name] = self.sums[name].replaced(before.get(each, Sums()), now.get(each, Sums()))
            if differing:
                self._splice(name, differing)

    def _splice(self, name: str, articles: list[str]) -> None:
        """Write a table of which some articles have changed."""
        groups, path = self._groups[name], self._folder / f"{name}.parquet"
        self._require(name)
        together = rows_together(self.sums[name].n_rows)
        self._con.execute(
            "CREATE OR REPLACE TABLE differing AS SELECT unnest($1::VARCHAR[]) AS article_id", [articles]
        )
        pieces: list[RowGroup] = []
        done = 0
        for number, run in enumerate(_runs(self._places(name, articles), len(groups))):
            pieces += groups[done : run.first]
            done = run.after
            part = self._scratch / f"{name}-{number}.parquet"
            pieces += self._write_run(name, run, part, together)
        pieces += groups[done:]
        if pieces:
            self.files[path.name] = list(write_groups(path, pieces))
        else:
            write_rows(self._con, ordered(name, f"(FROM {name} LIMIT 0)"), path, together)
            self.files[path.name] = [path.stat().st_size, file_digest(path)]

    def _places(self, name: str, articles: list[str]) -> dict[str, _Place]:
        """In which row groups articles have rows, and into which they come."""
        groups = self._groups[name]
        if name != "articles":
            return {article: _place(groups, article) for article in articles}
        firsts = self._first_keys()
        before, now = self._keys("before_articles"), self._keys("now_articles")

        def at(key: _Key | None) -> int | None:
            return None if key is None else max(bisect_right(firsts, key) - 1, 0)

        was = {article: at(before.get(article)) for article in articles}
        return {
            article: _Place([] if place is None else [place], at(now.get(article)))
            for article, place in was.items()
        }

    def _first_keys(self) -> list[_Key]:
        """What the first row of each group of articles is sorted by."""
        numbers = list(accumulate((group.n_rows for group in self._groups["articles"]), initial=0))[:-1]
        rows = read_parquet([self._old.path("articles")])[:-1] + ", file_row_number = true)"
        return [_key(*row) for row in self._con.execute(_FIRST.format(rows=rows), [numbers]).fetchall()]

    def _keys(self, rows: str) -> dict[str, _Key]:
        query = f"SELECT epoch_us(published_at), article_id FROM {rows}"
        return {row[1]: _key(*row) for row in self._con.execute(query).fetchall()}

    def _write_run(self, name: str, run: _Run, part: Path, together: int) -> list[RowGroup]:
        """Write row groups anew."""
        groups = self._groups[name][run.first : run.after]
        self._con.execute(
            "CREATE OR REPLACE TABLE coming AS SELECT unnest($1::VARCHAR[]) AS article_id", [run.come]
        )
        columns = ", ".join(f'"{column}"' for column in TABLES_BY_NAME[name].names)
        rows = f"SELECT {columns} FROM now_{name} SEMI JOIN coming USING (article_id)"
        if groups:
            kept = f"{self._cut(name, range(run.first, run.after))} ANTI JOIN differing USING (article_id)"
            rows = f"SELECT {columns} FROM {kept} UNION ALL {rows}"
        n_rows = sum(group.n_rows for group in groups)
        write_rows(
            self._con, ordered(name, f"({rows})"), part, together if n_rows >= 2 * together else 2 * together
        )
        return read_groups(part)

    def _cut(self, name: str, numbers: Sequence[int]) -> str:
        """SQL that reads row groups of the snapshot before, given by their numbers."""
        groups = self._groups[name]
        if not numbers:
            return f"(FROM {read_parquet([self._old.path(name)])} LIMIT 0)"
        path = self._scratch / f"{name}-{numbers[0]}-{numbers[-1]}-{len(numbers)}-before.parquet"
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
        self.sums[table.name] = row_sums(self._con, table)[None]
        write_rows(self._con, ordered(table.name), path, rows_together(self.sums[table.name].n_rows))
        self.files[path.name] = [path.stat().st_size, file_digest(path)]

    def _copy(self, name: str) -> None:
        """Copy a table that is as it was."""
        self._require(name)
        path = self._folder / f"{name}.parquet"
        with self._old.path(name).open("rb") as source, path.open("wb") as copied:
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

    def _require(self, name: str) -> None:
        """Let nothing be taken from a damaged file.

        Raises:
            Unusual: a table of the snapshot before does not hold what was written.
        """
        self._checking.join()
        if self._digests.get(name) != self._old.files[f"{name}.parquet"][1]:
            raise Unusual(f"{self._old.path(name)} does not hold what was written")


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


def _key(time: int | None, article: str) -> _Key:
    return time is None, time or 0, article


def _runs(places: Mapping[str, _Place], n_groups: int) -> list[_Run]:
    """Which row groups are to be written anew for articles that change, or come, or are gone."""
    coming: dict[int, list[str]] = {number: [] for place in places.values() for number in place.was}
    for article, place in places.items():
        if place.comes is not None:
            coming.setdefault(place.comes, []).append(article)
    runs: list[_Run] = []
    for number, come in sorted(coming.items()):
        if runs and runs[-1].after == number:
            runs[-1] = _Run(runs[-1].first, number + 1, [*runs[-1].come, *come])
        else:
            runs.append(_Run(number, min(number + 1, n_groups), come))
    return runs
