"""A Spark cluster as the engine of a build: what `analysis.store.build` asks of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.records import Source, SourceFile
from analysis.store import publish
from analysis.store.engine import connect
from analysis.store.removal import remove_folder
from analysis.store.snapshot import Snapshot, SourceInfo
from analysis.store.spark.reading import read_files
from analysis.store.spark.session import open_session
from analysis.store.spark.settling import gather, settle_shares
from analysis.store.stages import StagedFile, Stages
from analysis.tables.merge import empty
from analysis.tables.schema import GROUP_MEMBERS, GROUPS, MERGES

if TYPE_CHECKING:
    import duckdb

__all__ = ["Cluster"]

Progress = Callable[[str, int, int], None]


class Cluster:
    """The workers of one Spark master, who see sources and store under the paths that they have here.

    Args:
        master: as Spark writes it; see `open_session`.
        store: folder of the store; Spark's temporary files lie in it.

    Raises:
        NoSpark: Spark is not installed or cannot be started.
    """

    def __init__(self, master: str | None, store: Path) -> None:
        self._store = store
        self._spark = open_session(master, store / ".spark").sparkContext

    def read(self, todo: list[tuple[Source, list[SourceFile]]], stages: Stages) -> Iterator[int]:
        """Stage files; yields how many more are read, now and then."""
        return read_files(self._spark, todo, stages)

    def publish(
        self,
        stages: Stages,
        live: Sequence[tuple[StagedFile, str]],
        sources: tuple[SourceInfo, ...],
        counts: dict[str, int],
        tell: Progress,
        *,
        grouped: bool,
    ) -> tuple[Snapshot, bool]:
        """Settle what is staged and make it the current snapshot, unless the tables come out as they were.

        Args:
            stages: what is staged.
            live: the files that count, and their paths as the tables are to show them.
            sources: what is built from.
            counts: of files and encrypted payloads.
            tell: told of each step.
            grouped: whether copies and events are looked for.

        Returns:
            The current snapshot, and whether it is new.
        """
        spill = self._store / ".spill"
        remove_folder(spill)  # of a build that was killed
        parts = spill / "parts"
        parts.mkdir(parents=True)
        _follow("settling", settle_shares(self._spark, stages, live, parts), tell)
        with connect(self._store, few=False) as con:
            gather(con, parts)
            if grouped:
                self._group(con, parts, tell)
            else:
                for table in (GROUPS, GROUP_MEMBERS, MERGES):
                    con.execute(empty(table))
            return publish.publish_settled(con, self._store, sources, counts, tell, grouped=grouped)

    def _group(self, con: duckdb.DuckDBPyConnection, parts: Path, tell: Progress) -> None:
        from analysis.store.spark.grouping import group_windows, show_groups  # noqa: PLC0415 - slow to load

        _follow("grouping", group_windows(self._spark, con, parts), tell)
        show_groups(con, parts, publish.earlier_groups(self._store))


def _follow(step: str, steps: Iterator[int], tell: Progress) -> None:
    """Go through the steps of a job, of which there are a thousand, and tell how far it has come."""
    done = 0
    tell(step, 0, 1000)
    for count in steps:
        done = min(done + count, 1000)
        tell(step, done, 1000)
