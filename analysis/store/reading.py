"""Files -> stages: what is new or changed is read and staged, in several processes where that pays.

The files of folders are cut into chunks. This process takes chunks from the front, forked ones take them from the back,
until they meet: records of one story lie together, and repeat each other's items to one process. What a process that
dies leaves unread, this one reads. Archives are read from front to back by this process.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count
from typing import NoReturn

from analysis.records import Problem, Reader, Source, SourceFile
from analysis.records.garbage import without_collection
from analysis.store.stages import StagedFile, Stages
from analysis.tables.columns import forget
from analysis.tables.sheaf import Sheaf
from analysis.tables.staging import Staging

__all__ = ["batches", "stage_files", "start_reading", "unread"]

_BATCH_FILES = 2_000  # what is said in several files of a batch is staged once
_BATCH_BYTES = 16 * 2**20
_CHUNK_BYTES = 2**18
_FORK_BYTES = 2 * 2**20  # below this, one process is as fast
_PARALLEL_BYTES = 32 * 2**20  # the same, where processes have to be started anew
_NATIVE = frozenset({"_duckdb", "numpy", "pyarrow"})  # have threads of their own, which do not survive a fork

Contents = list[tuple[str, bytes | Problem]]
Todo = list[tuple[Source, list[SourceFile]]]


def start_reading(todo: Todo, stages: Stages, workers: int) -> Iterator[int]:
    """Begin to stage files; to go on, and to the end, iterate over what is returned.

    Args:
        todo: sources, and which of their files are to be read.
        stages: where they are staged.
        workers: how many processes may read.

    Returns:
        Numbers of files, batch by batch as they are read.
    """
    folders = [(source, files) for source, files in todo if source.kind == "folder"]
    n_bytes = sum(file.size for _, files in folders for file in files)
    if workers == 1 or n_bytes < _FORK_BYTES or not _may_fork():
        return chain.from_iterable(_stage_all(*each, stages, workers) for each in todo)
    others = [each for each in todo if each[0].kind != "folder"]
    forked = _fork(folders, stages, workers)
    return chain(forked, chain.from_iterable(_stage_all(*each, stages, workers) for each in others))


def _may_fork() -> bool:
    """Whether a forked process is sound: there are no other threads, whose locks would stay as they were."""
    threading = sys.modules.get("threading")
    alone = threading is None or threading.active_count() == 1
    return hasattr(os, "fork") and alone and not _NATIVE & sys.modules.keys()


def _fork(todo: Todo, stages: Stages, workers: int) -> Iterator[int]:
    from analysis.store.claims import Claims  # noqa: PLC0415 - not for every system

    chunks = [(source, chunk) for source, files in todo for chunk in batches(files, _CHUNK_BYTES)]
    claims = Claims(stages.folder / ".claims", len(chunks))
    first, (receiver, sender), parent = stages.next_number(), os.pipe(), os.getpid()
    children = []
    for place in range(1, workers):
        child = os.fork()
        if not child:
            numbers = range(first + place, sys.maxsize, workers)
            _work(_read(chunks, claims.from_back(), stages, numbers), parent, sender)
        children.append(child)
    os.close(sender)
    own = _read(chunks, claims.from_front(), stages, range(first, sys.maxsize, workers))
    return _together(own, todo, stages, children, receiver)


def _work(steps: Iterator[int], parent: int, sender: int) -> NoReturn:
    """What a forked process does: read chunks, say how many files they had, and end."""
    code = 1
    try:
        for count in steps:
            if os.getppid() != parent:
                break
            os.write(sender, count.to_bytes(4, "little"))
        else:
            code = 0
    finally:
        os._exit(code)  # whatever happened: the parent sees to what is missing


def _together(
    own: Iterator[int], todo: Todo, stages: Stages, children: list[int], receiver: int
) -> Iterator[int]:
    """Read beside the forked processes, then what they have left unread."""
    os.set_blocking(receiver, False)
    try:
        for count in own:
            yield count + _received(receiver)
        os.set_blocking(receiver, True)
        while count := _received(receiver):
            yield count
    finally:
        os.close(receiver)  # a process that still reads ends when it tells of its next chunk
        failed = [os.waitpid(child, 0)[1] for child in children]
    if any(failed):
        known = stages.files()
        for source, files in todo:
            yield from _stage_all(source, unread(source, files, known), stages, 1)


def _received(receiver: int) -> int:
    """How many files the forked processes have read since this was last asked for."""
    try:
        said = os.read(receiver, 4096)
    except BlockingIOError:
        return 0
    return sum(int.from_bytes(said[at : at + 4], "little") for at in range(0, len(said), 4))


def unread(
    source: Source, files: list[SourceFile], known: Mapping[tuple[str, str], StagedFile]
) -> list[SourceFile]:
    """Those of a source's files that are not staged as they are now."""
    root, found = str(source.root), []
    for file in files:
        old = known.get((root, file.path))
        if old is None or old.file != file or not old.digest:  # what could not be read is tried again
            found.append(file)
    return found


def _read(chunks: Todo, places: Iterator[int], stages: Stages, numbers: range) -> Iterator[int]:
    """Read chunks and stage them together as far as a batch goes; yields the number of files of each chunk."""
    sheaf, number = None, iter(numbers)
    for place in places:
        source, files = chunks[place]
        root = str(source.root)
        if sheaf and (sheaf.root != root or sheaf.n_bytes >= _BATCH_BYTES or sheaf.n_files >= _BATCH_FILES):
            _write(sheaf, stages)
            sheaf = None
        sheaf = sheaf or Sheaf(Staging(next(number), root), _READER)
        _gather(sheaf, source, files)
        yield len(files)
    if sheaf:
        _write(sheaf, stages)


def _stage_all(source: Source, files: list[SourceFile], stages: Stages, workers: int) -> Iterator[int]:
    """Stage the files of one source batch by batch, in new processes where that pays."""
    numbered = _numbered(source, files, stages, count(stages.next_number()))
    if workers == 1 or sum(file.size for file in files) < _PARALLEL_BYTES:
        for batch in numbered:
            yield stage_batch(*batch)
        return
    from joblib import Parallel, delayed  # noqa: PLC0415 - not needed for the small builds

    tasks = (delayed(stage_batch)(*batch) for batch in numbered)
    yield from Parallel(n_jobs=workers, return_as="generator_unordered", pre_dispatch=workers + 1)(tasks)


def stage_files(
    source: Source, files: list[SourceFile], stages: Stages, numbers: Iterable[int]
) -> Iterator[int]:
    """Stage files of one source in this process, batch by batch under the numbers given; yields files a batch."""
    for batch in _numbered(source, files, stages, numbers):
        yield stage_batch(*batch)


def _numbered(
    source: Source, files: list[SourceFile], stages: Stages, numbers: Iterable[int]
) -> Iterator[tuple[Source, list[SourceFile], Contents | None, Stages, int]]:
    """What `stage_batch` takes, batch by batch."""
    if source.kind == "folder":
        read: Iterator[tuple[list[SourceFile], Contents | None]]
        read = ((batch, None) for batch in batches(files))
    else:  # an archive is read once, from front to back, here
        read = _read_batches(source, files)
    for number, batch in zip(numbers, read, strict=False):
        yield (source, *batch, stages, number)


def batches(files: list[SourceFile], n_bytes: int = _BATCH_BYTES) -> Iterator[list[SourceFile]]:
    """Files in their order, as many together as are to be staged together."""
    batch: list[SourceFile] = []
    size = 0
    for file in files:
        batch.append(file)
        size += file.size
        if len(batch) >= _BATCH_FILES or size >= n_bytes:
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
    sheaf = Sheaf(Staging(number, str(source.root)), _READER)
    _gather(sheaf, source, files, contents)
    _write(sheaf, stages)
    return len(files)


def _gather(
    sheaf: Sheaf,
    source: Source,
    files: list[SourceFile],
    contents: Iterable[tuple[str, bytes | Problem]] | None = None,
) -> None:
    by_path = {file.path: file for file in files}
    with without_collection():
        for path, content in source.read(list(by_path)) if contents is None else contents:
            sheaf.add(by_path.pop(path), content)
    for path, file in by_path.items():  # listed, but no longer there when it was to be read
        sheaf.add(file, Problem(path, "unreadable", "the file was gone when it was to be read"))


def _write(sheaf: Sheaf, stages: Stages) -> None:
    with without_collection():
        staging = sheaf.staged()
    _READER.forget()
    forget()
    stages.write(staging)
