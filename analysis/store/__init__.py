"""Snapshots on disk: incremental builds, an atomic swap, and what a reader sees."""

from analysis.store.build import BuildReport, NoRecords, StoreLocked, build_corpus
from analysis.store.snapshot import NoSnapshot, Snapshot, current_snapshot, find_snapshot

__all__ = [
    "BuildReport",
    "NoRecords",
    "NoSnapshot",
    "Snapshot",
    "StoreLocked",
    "build_corpus",
    "current_snapshot",
    "find_snapshot",
]
