"""Staged records on disk, kept from build to build, so that unchanged files are not parsed again.

A stage is a folder of four Parquet files, written under a temporary name and then renamed: it is there whole or not at
all. A build that was killed leaves its finished stages, and the next one goes on from them.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.records import SourceFile
from analysis.store.snapshot import read_parquet
from analysis.tables.columns import column, table
from analysis.tables.staging import SCHEMAS, STAGING_VERSION

if TYPE_CHECKING:
    import duckdb  # the processes that read do without

__all__ = ["StagedFile", "Stages"]

_MOST_STAGES = 64  # when more stages than this are small, and never during a build, they are written together
_SMALL = 200  # live files
_JOINED_FILES = 2_000


@dataclass(frozen=True)
class StagedFile:
    """A file that has been read: where it is staged, and what it gave. The digest is empty if it could not be read."""

    stage: str
    file_id: int
    file: SourceFile
    digest: str
    n_entries: int
    n_records: int
    n_secured: int


class Stages:
    """The stages of a store."""

    def __init__(self, store: Path) -> None:
        self.folder = store / "stages" / f"v{STAGING_VERSION}"
        self._build = 0

    def prepare(self) -> None:
        """Make the folder; remove what killed builds and older versions left behind."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for other in self.folder.parent.iterdir():
            if other != self.folder:
                shutil.rmtree(other, ignore_errors=True)
        for unfinished in self.folder.glob(".*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        self._build = max((int(name.split("-")[0]) for name in self.names()), default=0) + 1

    def new_name(self) -> str:
        """A name for a new stage: stages of later builds sort after it, whatever the clock says."""
        return f"{self._build:08}-{uuid.uuid4().hex}"

    def write(self, stage: str, tables: dict[str, pa.Table]) -> None:
        """Write a stage; it appears whole."""
        unfinished = self.folder / f".{stage}"
        unfinished.mkdir()
        for name, rows in tables.items():
            pq.write_table(rows, unfinished / f"{name}.parquet", compression="zstd", compression_level=1)
        unfinished.rename(self.folder / stage)

    def names(self) -> list[str]:
        """The finished stages."""
        if not self.folder.is_dir():
            return []
        return sorted(path.name for path in self.folder.iterdir() if not path.name.startswith("."))

    def files(self) -> dict[tuple[str, str], StagedFile]:
        """Every file read so far, by root and path; where one was read twice, as it was last."""
        found: dict[tuple[str, str], StagedFile] = {}
        for name in self.names():
            for row in _read(self.folder / name / "files.parquet").to_pylist():
                staged = StagedFile(
                    name,
                    row["file_id"],
                    SourceFile(row["path"], row["size"], row["mtime_ns"]),
                    row["digest"],
                    row["n_entries"],
                    row["n_records"],
                    row["n_secured"],
                )
                found[row["root"], row["path"]] = staged
        return found

    def open(self, con: duckdb.DuckDBPyConnection, live: pa.Table) -> None:
        """Show what is staged of the live files as `staged_records`, `staged_facts` and `staged_problems`.

        Args:
            con: the connection that gets the views.
            live: `stage`, `file_id` and `path` (as the tables are to show it) of the files that count.
        """
        con.register("live", live)
        used = sorted(set(live.column("stage").to_pylist()))
        for name in ("records", "facts", "problems"):
            if not used:
                con.register(f"all_{name}", table([], SCHEMAS[name]))
                continue
            files = read_parquet([self.folder / stage / f"{name}.parquet" for stage in used])
            con.execute(f"CREATE TEMP VIEW all_{name} AS SELECT * FROM {files}")
        con.execute(
            "CREATE TEMP TABLE staged_records AS SELECT * FROM all_records JOIN live USING (stage, file_id)"
        )
        con.execute("CREATE TEMP VIEW staged_facts AS SELECT * FROM all_facts")
        con.execute(
            "CREATE TEMP VIEW staged_problems AS SELECT * FROM all_problems JOIN live USING (stage, file_id)"
        )

    def tidy(self, live: Iterable[StagedFile]) -> None:
        """Drop stages that hold no live file; write many small ones together."""
        kept: dict[str, list[int]] = {}
        for staged in live:
            kept.setdefault(staged.stage, []).append(staged.file_id)
        for name in self.names():
            if name not in kept:
                shutil.rmtree(self.folder / name)
        small = {name: ids for name, ids in kept.items() if len(ids) < _SMALL}
        if len(small) > _MOST_STAGES:
            for together in _groups(small):
                self._join(together)

    def _join(self, kept: dict[str, list[int]]) -> None:
        import pyarrow.compute as pc  # noqa: PLC0415 - slow to import, and seldom needed

        joined, offset = self.new_name(), 0
        parts: dict[str, list[pa.Table]] = {name: [] for name in SCHEMAS}
        for stage, ids in kept.items():
            tables = {name: _read(self.folder / stage / f"{name}.parquet") for name in SCHEMAS}
            for name, rows in tables.items():
                if "file_id" in rows.column_names:
                    live = rows.filter(pc.is_in(rows["file_id"], column(ids, pa.int32())))
                    moved = pc.add(live["file_id"], pa.scalar(offset, pa.int32()))
                    live = live.set_column(live.column_names.index("file_id"), "file_id", moved)
                    named = column([joined] * len(live), pa.string())
                    parts[name].append(live.set_column(0, "stage", named))
                else:
                    parts[name].append(rows)
            offset += len(tables["files"])
        self.write(joined, {name: pa.concat_tables(rows) for name, rows in parts.items()})
        for stage in kept:
            shutil.rmtree(self.folder / stage)


def _groups(stages: dict[str, list[int]]) -> Iterator[dict[str, list[int]]]:
    """Stages to be written together, in their order: so many files that one group fits into memory with ease."""
    group: dict[str, list[int]] = {}
    for name, ids in stages.items():
        group[name] = ids
        if sum(map(len, group.values())) >= _JOINED_FILES:
            yield group
            group = {}
    if group:
        yield group


def _read(path: Path) -> pa.Table:
    with pq.ParquetFile(path) as file:  # read_table would import much that a build does not need
        return file.read()
