"""Removing folders of a store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["remove_folder", "scratch_folder"]


def remove_folder(folder: Path) -> None:
    """Remove a folder and all that lies in it, as far as that is possible; nothing is done where there is none.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> remove_folder(folder), remove_folder(folder), folder.exists()
    (None, None, False)
    """
    if folder.exists():
        import shutil  # noqa: PLC0415 - loads every way to compress, and is seldom needed

        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def scratch_folder(path: Path) -> Iterator[Path]:
    """A new folder that holds files for a while; what was at the path goes, and so does the folder in the end.

    >>> import tempfile
    >>> with scratch_folder(Path(tempfile.mkdtemp()) / "new") as folder:
    ...     _ = (folder / "a").write_text("")
    >>> folder.exists()
    False
    """
    remove_folder(path)
    path.mkdir()
    try:
        yield path
    finally:
        for file in path.iterdir():
            file.unlink()
        path.rmdir()
