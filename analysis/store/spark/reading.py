"""Files -> stages, by the tasks of a Spark job: each reads a chunk of a source with the reader of every build.

A stage appears whole or not at all, under a number that no other attempt at a task has. So a worker that dies loses
what it had not finished, Spark has another one do it again, and a chunk that was read twice is staged twice, of which
the later counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from analysis.records import Source, SourceFile
from analysis.store.reading import batches, stage_files
from analysis.store.spark.following import followed
from analysis.store.stages import Stages

if TYPE_CHECKING:
    from pyspark import SparkContext

__all__ = ["read_files"]

Chunk = tuple[Source, list[SourceFile]]
_ARCHIVE_FILES, _ARCHIVE_BYTES = 2_000, 16 * 2**20  # at least so much of an archive goes into a stage
_CHUNKS_A_CORE = 4  # so that those that are slow to read do not keep the others waiting


def read_files(spark: SparkContext, todo: list[Chunk], stages: Stages) -> Iterator[int]:
    """Stage files; yields how many more have been read, now and then.

    Args:
        spark: the cluster, whose workers see sources and store under the paths that they have here.
        todo: sources, and which of their files are to be read.
        stages: where they are staged.
    """
    chunks = list(_chunks(todo, spark.defaultParallelism * _CHUNKS_A_CORE))
    if not chunks:
        return
    first, most, done = stages.next_number(), max(map(_most_stages, chunks)), spark.accumulator(0)

    def read(parts: Iterable[Chunk]) -> None:
        from pyspark import TaskContext  # noqa: PLC0415 - on the worker

        task = TaskContext.get()
        begin = first + most * (task.taskAttemptId() if task else 0)
        for source, files in parts:
            for count in stage_files(source, files, stages, range(begin, begin + most)):
                done.add(count)

    work = spark.parallelize(chunks, len(chunks))
    yield from followed(lambda: work.foreachPartition(read), lambda: int(done.value))


def _chunks(todo: list[Chunk], wanted: int) -> Iterator[Chunk]:
    """Folders in as many chunks as keep everybody busy, none greater than a stage; archives whole."""
    size = sum(file.size for source, files in todo if source.kind == "folder" for file in files)
    for source, files in todo:
        if source.kind != "folder":
            yield from [(source, files)] if files else []
            continue
        for batch in batches(files, min(_ARCHIVE_BYTES, 1 + size // wanted)):
            yield source, batch


def _most_stages(chunk: Chunk) -> int:
    """How many stages a chunk is written as, at most."""
    source, files = chunk
    if source.kind == "folder":
        return 1
    return 1 + len(files) // _ARCHIVE_FILES + sum(file.size for file in files) // _ARCHIVE_BYTES
