"""Removing folders of a store."""

from __future__ import annotations

from pathlib import Path

__all__ = ["remove_folder"]


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
