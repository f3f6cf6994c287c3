"""Snapshots on disk: incremental builds, an atomic swap, and what a reader sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.store.address import store_folder
    from analysis.store.build import BuildReport, NoRecords, build_corpus
    from analysis.store.lock import StoreLocked
    from analysis.store.publish import StoreUnwritable
    from analysis.store.remote import RemoteFault
    from analysis.store.snapshot import DamagedStore, NoSnapshot, Snapshot, current_snapshot, find_snapshot

__all__ = [
    "BuildReport",
    "DamagedStore",
    "NoRecords",
    "NoSnapshot",
    "RemoteFault",
    "Snapshot",
    "StoreLocked",
    "StoreUnwritable",
    "build_corpus",
    "current_snapshot",
    "find_snapshot",
    "store_folder",
]

_HOMES = {
    "BuildReport": "build",
    "NoRecords": "build",
    "RemoteFault": "remote",
    "StoreLocked": "lock",
    "StoreUnwritable": "publish",
    "build_corpus": "build",
    "store_folder": "address",
}


def __getattr__(name: str) -> Any:
    """Import public names when they are asked for: a build begins to read before it loads the rest."""
    if name not in __all__:
        raise AttributeError(f"module 'analysis.store' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - kept out of the package's names

    return getattr(import_module(f"analysis.store.{_HOMES.get(name, 'snapshot')}"), name)
