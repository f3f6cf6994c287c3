"""Whether what is staged of files is what the plain path, which is slow and the authority, reads in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from analysis.errors import NewsgaugeError
from analysis.records import Problem, Reader, Source
from analysis.store.stages import StagedFile, Stages
from analysis.tables.staging import Staging, said_by_file

__all__ = ["ReadDifferently", "verify"]

_NAMED = 3  # files that an error names


class ReadDifferently(NewsgaugeError):
    """Something else is staged of a file than the plain path reads in it."""


def verify(
    stages: Stages, live: Sequence[tuple[Source, StagedFile]], tell: Callable[[str, int, int], None]
) -> int:
    """Read files again, every one by the plain path, and compare with what is staged of them.

    Args:
        stages: of the store.
        live: the files, and the sources that they lie in; those that could not be read are passed over.
        tell: told how many files are done, and of how many.

    Returns:
        How many files were compared.

    Raises:
        ReadDifferently: something else is staged of a file; its name and those of others are said.
    """
    readable = [(source, file) for source, file in live if file.digest]
    staged = _staged(stages, [file for _, file in readable])
    differing: list[str] = []
    done = 0
    for source in dict.fromkeys(source for source, _ in readable):
        files = {file.file.path: file for owner, file in readable if owner is source}
        for path, content in source.read(list(files)):
            if isinstance(content, Problem) or _read(files[path], content) != staged[files[path]]:
                differing.append(source.locate(path))
            done += 1
            tell("comparing", done, len(readable))
    if differing:
        more = f" and {len(differing) - _NAMED:,} more" if len(differing) > _NAMED else ""
        raise ReadDifferently(
            f"{len(differing):,} of {done:,} files hold something else than was read in them: "
            f"{', '.join(differing[:_NAMED])}{more}; remove the store's folder `stages` and build again, and if it "
            "stays, report it with the file"
        )
    return done


def _staged(stages: Stages, files: Iterable[StagedFile]) -> dict[StagedFile, bytes]:
    """A hash of all that is staged of each file."""
    by_stage: dict[int, list[StagedFile]] = {}
    for file in files:
        by_stage.setdefault(file.stage, []).append(file)
    found: dict[StagedFile, bytes] = {}
    for stage, its in by_stage.items():
        said = said_by_file(stages.lines(stage))
        found.update({file: said.get(file.number, b"") for file in its})
    return found


def _read(file: StagedFile, content: bytes) -> bytes:
    staging = Staging(0, "")
    staging.add(file.file, content, Reader(fast_path=False).read(file.file.path, content))
    same = staging.files[0][4] == file.digest
    return said_by_file(staging.lines).get(0, b"") if same else b"changed"
