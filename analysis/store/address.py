"""Where a store is: a folder, or an address on object storage."""

from __future__ import annotations

from pathlib import Path

__all__ = ["is_remote", "store_folder"]


def is_remote(store: str | Path) -> bool:
    """Whether a store is given by an address rather than a folder.

    >>> is_remote("s3://bucket/news"), is_remote("news"), is_remote(Path("/news"))
    (True, False, False)
    """
    return "://" in str(store)


def store_folder(store: str | Path, snapshot: str | None = None) -> Path:
    """The folder of a store: its own, or the one into which a snapshot of a remote one has been downloaded.

    Args:
        store: folder or address.
        snapshot: id or label of the snapshot that is wanted; the current one unless given.

    Raises:
        RemoteFault: the address cannot be reached.
        NoSnapshot: nothing has been built there.

    >>> store_folder("/srv/news").name
    'news'
    """
    if not is_remote(store):
        return Path(store).expanduser().resolve()
    from analysis.store.remote import RemoteStore  # noqa: PLC0415 - most stores are folders

    remote = RemoteStore(str(store))
    remote.fetch(snapshot)
    return remote.folder
