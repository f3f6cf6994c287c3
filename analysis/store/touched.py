"""What a change of some files touches, settled apart by the same rules as the whole.

Touched are the articles of the records in these files, as they were and as they are, and what these records list more
often or less often than before. What is staged on touched articles is brought together: every statement, and every
record of them. Two things are known from elsewhere: how often other records list a statement, which the ledger counts;
and how many list an article, which follows from the snapshot before and the links that have changed. Of articles that
are listed but not touched, the ids will do: they are staged as statements that say nothing else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.records import SourceFile
from analysis.store.removal import scratch_folder
from analysis.store.stages import StagedFile, Stages, opening
from analysis.tables.abreast import Job, abreast
from analysis.tables.merge import settling
from analysis.tables.staging import BETWEEN, BETWEEN_ITEMS, COLUMNS

if TYPE_CHECKING:
    import duckdb

__all__ = ["Change", "Touch", "settle_touched", "tidy"]

Place = tuple[int, int]
"""A stage, and the number of a statement or file in it."""

_FACT = tuple(COLUMNS["facts"])
_KEY, _ARTICLE, _TIME = (_FACT.index(name) for name in ("fact_key", "article_id", "published_at"))
_PROVIDER, _NAME = _FACT.index("provider_id"), _FACT.index("provider_name")
_AT_HAND = 8  # stages, with two thousand files each
_NO_FILE = SourceFile("", 0, 0)
_SILENT = BETWEEN * (len(_FACT) - 1 - _ARTICLE)
_MADE_ELSEWHERE = {"providers", "collection", "groups", "group_members", "merges", "room"}
_LISTED = """
CREATE TABLE listed AS
SELECT DISTINCT statements.fact AS fact, n FROM staged_facts AS facts
JOIN statements ON id = (stage << 32) + facts.fact JOIN counted USING (fact_key)
"""
_INCOMING = """
CREATE TABLE incoming AS
SELECT article_id, sum(n)::BIGINT AS n FROM (
    SELECT article_id, n_listed AS n FROM before_articles
    UNION ALL SELECT related_article_id, -1 FROM before_related_links
    UNION ALL SELECT related_article_id, 1 FROM related_links
) GROUP BY article_id
"""


class Change(NamedTuple):
    """Files that are no longer as they were, by their paths as tables show them; and files that were read since."""

    gone: list[str]
    come: list[tuple[StagedFile, str]]


class Touch(NamedTuple):
    """What has become of a change.

    Attributes:
        gone: the files as they were staged before, by their paths as tables show them.
        has_problems: whether any had or has problems.
        renames: whether providers are called otherwise, or more often or less often, than before.
        redates: whether the records are of other times.
        update: lets the ledger say what holds henceforth.
    """

    gone: dict[str, StagedFile]
    has_problems: bool
    renames: bool
    redates: bool
    update: Callable[[duckdb.DuckDBPyConnection], None]


def settle_touched(
    con: duckdb.DuckDBPyConnection,
    stages: Stages,
    change: Change,
    look_back: Callable[[Sequence[str]], None],
) -> Touch:
    """Settle the articles that a change touches.

    Args:
        con: a connection to which the ledger is attached. It gets the tables `touched`, of ids, and those of the schema
            that are about articles, and `problems`; they also have rows of articles that are not touched, which do not
            count. And it gets `new_names` and `new_days`, as the ledger is to have them.
        stages: of the store.
        change: what has changed.
        look_back: given ids of articles, makes `before_articles` and `before_related_links` of the snapshot before.

    Raises:
        LookupError: the ledger and what is staged do not agree.
    """
    lines = _Lines(stages)
    _give(con, "gone_paths", {"path": "VARCHAR"}, [(path,) for path in change.gone])
    con.execute("CREATE TABLE gone AS FROM ledger.files SEMI JOIN gone_paths USING (path)")
    was = {path: (stage, file) for stage, file, path in con.execute("FROM gone ORDER BY ALL").fetchall()}
    gone = list(was.values())
    if sorted(was) != sorted(change.gone) or len(set(gone)) != len(gone):
        raise LookupError("the ledger has not each file once")
    uses = _Uses(lines)
    uses.count(-1, gone)
    uses.count(1, [(file.stage, file.number) for file, _ in change.come])
    _give(con, "touched", {"article_id": "VARCHAR"}, [(article,) for article in sorted(uses.touched())])
    _give(con, "looked_at", {"article_id": "VARCHAR"}, [(article,) for article in sorted(uses.articles())])
    uses.add(con.execute(_KNOWN).fetchall())
    look_back(sorted(uses.touched()))
    with scratch_folder(stages.folder / ".touched") as folder:
        jobs = _bring_together(con, folder, lines, uses, change)
        own = [_making(*each) for each in _OWN]
        left_out = _MADE_ELSEWHERE | {job.makes for job in own}
        abreast(con, [*jobs, *own, *(job for job in settling() if job.makes not in left_out)])
    uses.give_changes(con)
    _give(con, "come", _FILES, [(file.stage, file.number, path) for file, path in change.come])
    had = any(lines.problems(stage).get(file) for stage, file in gone)
    has = any(lines.problems(file.stage).get(file.number) for file, _ in change.come)
    before = {path: lines.file(*place) for path, place in was.items()}
    return Touch(before, had or has, uses.rename(), uses.redate(), _update)


_FILES = {"stage": "BIGINT", "file": "INTEGER", "path": "VARCHAR"}
_COME = {"stage": "BIGINT", "file": "INTEGER", "said": "INTEGER"}
_PLACED = {
    "stage": "BIGINT",
    "fact": "INTEGER",
    "fact_key": "VARCHAR",
    "article_id": "VARCHAR",
    "n_own": "BIGINT",
    "n_items": "BIGINT",
}
_OWN = (
    ("listed", _LISTED, ("statements", "staged_facts")),
    ("incoming", _INCOMING, ("related_links",)),
)
_KNOWN = """
SELECT stage, fact, fact_key, article_id, n_own, n_items FROM ledger.facts SEMI JOIN looked_at USING (article_id)
"""


def _update(con: duckdb.DuckDBPyConnection) -> None:
    """Let the ledger say what holds henceforth."""
    for statement in (
        "DELETE FROM ledger.facts USING placed WHERE facts.stage = placed.stage AND facts.fact = placed.fact",
        "INSERT INTO ledger.facts FROM placed WHERE n_own > 0 OR n_items > 0",
        "DELETE FROM ledger.records USING gone WHERE records.stage = gone.stage AND records.file = gone.file",
        "INSERT INTO ledger.records FROM come_records",
        "DELETE FROM ledger.files USING gone WHERE files.stage = gone.stage AND files.file = gone.file",
        "INSERT INTO ledger.files FROM come",
        "DELETE FROM ledger.names",
        "INSERT INTO ledger.names FROM new_names",
        "DELETE FROM ledger.days",
        "INSERT INTO ledger.days FROM new_days",
    ):
        con.execute(statement)


def tidy(con: duckdb.DuckDBPyConnection, stages: Stages) -> None:
    """Drop stages that hold no live file, write many small ones together, and let the ledger know."""
    n_live = dict(
        con.execute("SELECT stage, count(*) FROM ledger.files GROUP BY ALL ORDER BY ALL").fetchall()
    )
    stages.drop_all_but(n_live)
    for together in stages.scattered(n_live):
        query = "SELECT stage, file, path FROM ledger.files WHERE stage IN $1 ORDER BY ALL"
        files = con.execute(query, [together]).fetchall()
        kept: dict[int, list[int]] = {}
        for stage, file, _ in files:
            kept.setdefault(stage, []).append(file)
        joined = stages.join(kept)
        _move(
            con, _Lines(stages), together, [(joined, number, path) for number, (*_, path) in enumerate(files)]
        )


def _move(
    con: duckdb.DuckDBPyConnection, lines: _Lines, stages: list[int], files: list[tuple[int, int, str]]
) -> None:
    """Let the ledger know the files of some stages as those of another."""
    uses = _Uses(lines)
    uses.count(1, [(stage, file) for stage, file, _ in files])
    with con.cursor() as own:
        own.execute("BEGIN")
        for name in ("facts", "records", "files"):
            own.execute(f"DELETE FROM ledger.{name} WHERE stage IN $1", [stages])
        _insert(own, "ledger.facts", _PLACED, uses.placed())
        _insert(own, "ledger.records", _COME, uses.come)
        _insert(own, "ledger.files", _FILES, files)
        own.execute("COMMIT")


class _Lines:
    """The lines of stages, by what they are about; of the stages asked for last they are at hand."""

    def __init__(self, stages: Stages) -> None:
        self._stages = stages
        at_hand = lru_cache(_AT_HAND)
        self.facts = at_hand(self._facts)
        self.records = at_hand(lambda stage: self._by_number(stage, "records"))
        self.pictures = at_hand(lambda stage: self._by_number(stage, "pictures"))
        self.problems = at_hand(lambda stage: self._by_number(stage, "problems"))
        self._told = at_hand(stages.whole)

    def file(self, stage: int, number: int) -> StagedFile:
        """A file, as it was staged."""
        return self._stages.staged(stage, number, self._told(stage))

    def fact(self, place: Place) -> list[str]:
        """A statement: its values."""
        stage, number = place
        values: list[str] = self.facts(stage)[number].split(BETWEEN)
        if values[:2] != [str(stage), str(number)]:
            raise LookupError(f"stage {stage} does not count its statements")
        return values

    def _facts(self, stage: int) -> list[str]:
        return self._read(stage, "facts")

    def _by_number(self, stage: int, name: str) -> dict[int, list[str]]:
        found = defaultdict[int, list[str]](list)
        for line in self._read(stage, name):
            found[int(line.split(BETWEEN, 2)[1])].append(line)
        return dict(found)

    def _read(self, stage: int, name: str) -> list[str]:
        self._told(stage)
        return (
            (self._stages.folder / str(stage) / f"{name}.txt").read_bytes().decode("utf-8").split("\n")[:-1]
        )


class _Record(NamedTuple):
    """A record: the line, what it says of its own article, and what it lists."""

    line: str
    own: Place
    related: list[Place]


def _records(lines: _Lines, files: Iterable[Place]) -> Iterator[_Record]:
    for stage, file in files:
        for line in lines.records(stage).get(file, ()):
            _, _, _, said, _, _, related = line.split(BETWEEN)
            listed = [(stage, int(number)) for number in related.split(BETWEEN_ITEMS) if number]
            yield _Record(line, (stage, int(said)), listed)


class _Use:
    """How a statement is used: by how many records of their own article, and how often it is listed."""

    def __init__(self, key: str, article: str) -> None:
        self.key, self.article = key, article
        self.n_own = self.n_items = 0


class _Uses:
    """The statements on the articles that a change is about, and how it changes their use."""

    def __init__(self, lines: _Lines) -> None:
        self._lines = lines
        self._all: dict[Place, _Use] = {}
        self._moved: dict[Place, list[str]] = {}
        self._own_articles: set[str] = set()
        self._links = Counter[tuple[str, str, str]]()
        self._names = Counter[tuple[str, str]]()
        self._times = Counter[str]()
        self.come: list[tuple[int, int, int]] = []

    def count(self, by: int, files: Iterable[Place]) -> None:
        """Count what the records of files say: 1 for files that have come, -1 for those that are gone."""
        for stage, file in files:
            for record in _records(self._lines, [(stage, file)]):
                own = self._move(record.own)
                self._all[record.own].n_own += by
                self._own_articles.add(own[_ARTICLE])
                self._times[own[_TIME]] += by
                for place in (record.own, *record.related):
                    said = self._move(place)
                    self._names[said[_PROVIDER], said[_NAME]] += by
                for place in record.related:
                    said = self._move(place)
                    self._all[place].n_items += by
                    self._links[own[_ARTICLE], said[_KEY], said[_ARTICLE]] += by
                if by > 0:
                    self.come.append((stage, file, record.own[1]))

    def _move(self, place: Place) -> list[str]:
        if place not in self._moved:
            self._moved[place] = values = self._lines.fact(place)
            self._all[place] = _Use(values[_KEY], values[_ARTICLE])
        return self._moved[place]

    def articles(self) -> set[str]:
        """Articles of the records, and what they list."""
        return {values[_ARTICLE] for values in self._moved.values()}

    def touched(self) -> set[str]:
        """Articles of the records, and what they list more often or less often than before."""
        return self._own_articles | {article for (_, _, article), n in self._links.items() if n}

    def add(self, known: Iterable[tuple[int, int, str, str, int, int]]) -> None:
        """Add what the ledger knows of the articles."""
        for stage, fact, key, article, n_own, n_items in known:
            use = self._all.setdefault((stage, fact), _Use(key, article))
            if (use.key, use.article) != (key, article):
                raise LookupError("the ledger knows another statement than is staged")
            use.n_own += n_own
            use.n_items += n_items
        if any(use.n_own < 0 or use.n_items < 0 for use in self._all.values()):
            raise LookupError("the ledger does not know what is gone")

    def of_touched(self) -> dict[Place, _Use]:
        """The statements on touched articles that are in use."""
        touched = self.touched()
        return {
            place: use
            for place, use in self._all.items()
            if use.article in touched and (use.n_own or use.n_items)
        }

    def rename(self) -> bool:
        """Whether providers are called otherwise, or more often or less often, than before."""
        return any(n for (_, name), n in self._names.items() if name)

    def redate(self) -> bool:
        """Whether the records are of other times."""
        return any(n for time, n in self._times.items() if time)

    def placed(self) -> list[tuple[int, int, str, str, int, int]]:
        """The statements in the files, as the ledger is to have them."""
        moved = ((place, self._all[place]) for place in self._moved)
        return [(*place, use.key, use.article, use.n_own, use.n_items) for place, use in moved]

    def give_changes(self, con: duckdb.DuckDBPyConnection) -> None:
        """Make the tables of what the ledger is to say: `placed`, `come_records`, `new_names` and `new_days`."""
        _give(con, "placed", _PLACED, self.placed())
        _give(con, "come_records", _COME, self.come)
        names = [(provider or None, name, n) for (provider, name), n in self._names.items() if name]
        _give(con, "more_names", {"provider_id": "VARCHAR", "provider_name": "VARCHAR", "n": "BIGINT"}, names)
        times = [(time, n) for time, n in self._times.items() if time]
        _give(con, "more_times", {"published_at": "TIMESTAMPTZ", "n": "BIGINT"}, times)
        con.execute("""
            CREATE TABLE new_names AS
            SELECT provider_id, provider_name, sum(n)::BIGINT AS n FROM (FROM ledger.names UNION ALL FROM more_names)
            GROUP BY ALL HAVING sum(n) > 0
        """)
        con.execute("""
            CREATE TABLE new_days AS
            SELECT day, sum(n)::BIGINT AS n FROM (
                FROM ledger.days
                UNION ALL SELECT (published_at AT TIME ZONE 'UTC')::DATE AS day, n FROM more_times
            ) GROUP BY ALL HAVING sum(n) > 0
        """)


def _bring_together(
    con: duckdb.DuckDBPyConnection, folder: Path, lines: _Lines, uses: _Uses, change: Change
) -> list[Job]:
    """Stage what is said of touched articles in a folder of its own; returns what shows it as tables."""
    found = uses.of_touched()
    own = [place for place, use in found.items() if use.n_own]
    _give(con, "own_facts", {"stage": "BIGINT", "said": "INTEGER"}, own)
    kept = con.execute("""
        SELECT stage, file, path FROM ledger.files
        SEMI JOIN (FROM ledger.records SEMI JOIN own_facts USING (stage, said)) USING (stage, file)
        ANTI JOIN gone USING (stage, file) ORDER BY ALL
    """).fetchall()
    come = [(file.stage, file.number, path) for file, path in change.come]
    shown = [
        (StagedFile(stage, number, _NO_FILE, "", 0, 0, 0), path) for stage, number, path in (*kept, *come)
    ]
    staged: dict[str, list[str]] = {name: [] for name in COLUMNS}
    counted = Counter[str]()
    wanted = {use.key: place for place, use in found.items()}
    places = set(wanted.values())
    for record in _records(lines, [(stage, file) for stage, file, _ in (*kept, *come)]):
        if record.own in found:
            staged["records"].append(record.line)
            places.update((record.own, *record.related))
    for use in found.values():
        counted[use.key] += use.n_items
    for place in sorted(places):
        values = lines.fact(place)
        if place in found:
            staged["facts"].append(BETWEEN.join(values))
            staged["pictures"] += lines.pictures(place[0]).get(place[1], ())
        else:
            staged["facts"].append(BETWEEN.join(values[: _ARTICLE + 1]) + _SILENT)
            counted[values[_KEY]] = 1
    for stage, file, _ in come:
        staged["problems"] += lines.problems(stage).get(file, ())
    longest = 0
    for name, told in staged.items():
        text = "\n".join([*told, ""])
        (folder / f"{name}.txt").write_text(text, "utf-8", newline="")
        longest = max(longest, *map(len, told), 0)
    _give(
        con, "counted", {"fact_key": "VARCHAR", "n": "BIGINT"}, [each for each in counted.items() if each[1]]
    )
    return opening([folder], 4 * longest, shown)


def _making(name: str, query: str, needs: tuple[str, ...]) -> Job:
    return Job(lambda con: con.execute(query), name, needs)


def _give(
    con: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str], rows: Sequence[Sequence[Any]]
) -> None:
    """Make a table of rows."""
    told = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    con.execute(f"CREATE TABLE {name} ({told})")
    _insert(con, name, columns, rows)


def _insert(
    con: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str], rows: Sequence[Sequence[Any]]
) -> None:
    if rows:
        values = ", ".join(f"unnest(${place}::{kind}[])" for place, kind in enumerate(columns.values(), 1))
        con.execute(
            f"INSERT INTO {name} SELECT {values}", [list(column) for column in zip(*rows, strict=True)]
        )
