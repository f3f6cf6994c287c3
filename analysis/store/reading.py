"""Files -> stages: what is new or changed is read and staged, in several processes where that pays."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from analysis.records import Problem, Reader, Reading, Source, SourceFile
from analysis.store.stages import Stages
from analysis.tables.staging import Staging

__all__ = ["stage_files"]

_BATCH_FILES = 2_000  # what is said in several files of a batch is staged once
_BATCH_BYTES = 16 * 2**20
_PARALLEL_BYTES = 32 * 2**20  # below this, starting other processes takes longer than reading

Contents = list[tuple[str, bytes | Problem]]


def stage_files(source: Source, files: list[SourceFile], stages: Stages, workers: int) -> Iterator[int]:
    """Stage files batch by batch, in parallel where it pays; yields the number of files of each batch when done."""
    first = stages.next_number()
    if source.kind == "folder":
        batches: Iterator[tuple[list[SourceFile], Contents | None]] = ((b, None) for b in _batches(files))
    else:  # an archive is read once, from front to back, here
        batches = _read_batches(source, files)
    numbered = ((source, *batch, stages, first + place) for place, batch in enumerate(batches))
    if workers == 1 or sum(file.size for file in files) < _PARALLEL_BYTES:
        for batch in numbered:
            yield stage_batch(*batch)
        return
    from joblib import Parallel, delayed  # noqa: PLC0415 - not needed for the small builds

    tasks = (delayed(stage_batch)(*batch) for batch in numbered)
    yield from Parallel(n_jobs=workers, return_as="generator_unordered", pre_dispatch=workers + 1)(tasks)


def _batches(files: list[SourceFile]) -> Iterator[list[SourceFile]]:
    batch: list[SourceFile] = []
    size = 0
    for file in files:
        batch.append(file)
        size += file.size
        if len(batch) >= _BATCH_FILES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _read_batches(source: Source, files: list[SourceFile]) -> Iterator[tuple[list[SourceFile], Contents]]:
    by_path = {file.path: file for file in files}
    contents: Contents = []
    size = 0
    for path, content in source.read(list(by_path)):
        contents.append((path, content))
        size += by_path[path].size
        if len(contents) >= _BATCH_FILES or size >= _BATCH_BYTES:
            yield [by_path[name] for name, _ in contents], contents
            contents, size = [], 0
    if contents:
        yield [by_path[name] for name, _ in contents], contents


_READER = Reader()  # one for each process: what it remembers serves all batches that the process gets


def stage_batch(
    source: Source, files: list[SourceFile], contents: Contents | None, stages: Stages, number: int
) -> int:
    """Read files and write them as one stage; returns how many. Runs in processes of its own."""
    staging = Staging(number, str(source.root))
    with _without_collection():
        _stage(staging, source, files, contents)
    stages.write(staging)
    return len(files)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Spare the garbage collector many new objects, none of them in a cycle: it would find nothing, again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _stage(
    staging: Staging,
    source: Source,
    files: list[SourceFile],
    contents: Iterable[tuple[str, bytes | Problem]] | None = None,
) -> None:
    by_path = {file.path: file for file in files}
    for path, content in source.read(list(by_path)) if contents is None else contents:
        if isinstance(content, Problem):
            staging.add(by_path.pop(path), b"", Reading([], [content]))
        else:
            staging.add(by_path.pop(path), content, _READER.read(path, content))
    for path, file in by_path.items():  # listed, but no longer there when it was to be read
        gone = Problem(path, "unreadable", "the file was gone when it was to be read")
        staging.add(file, b"", Reading([], [gone]))
