"""Stores on object storage, such as ``s3://bucket/news``, by way of fsspec.

Snapshots do not change: one is downloaded once into a folder of this user, checked against the sizes and digests of its
manifest, and read there as any other. A build works in that folder too. It then uploads the files of the snapshot, the
manifest after them, and last the name of the current snapshot, in one step: a reader sees the old snapshot or the new
one. Who publishes holds a lease, and publishes only on top of the snapshot that the build began with.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

from analysis.errors import NewsgaugeError
from analysis.store.lock import StoreLocked
from analysis.store.prepared import prepare
from analysis.store.removal import remove_folder
from analysis.store.snapshot import (
    CURRENT,
    KEPT,
    MANIFEST,
    NAME,
    NoSnapshot,
    Snapshot,
    make_current,
    prune,
    read_snapshot,
    whole_snapshot,
)

__all__ = ["RemoteFault", "RemoteStore", "follow"]

_LEASE = "LEASE"
_LEASE_SECONDS = 900  # to upload a snapshot in; who takes longer has lost it
_FILE = re.compile(r"[a-z_]+\.parquet")


class RemoteFault(NewsgaugeError):
    """A store on object storage cannot be reached: an extra, credentials, the bucket or the network is missing."""


def follow(address: str, seconds: float = 60) -> Thread:
    """Fetch newer snapshots from now on, in a thread that ends with the process; what cannot be had is tried again."""
    remote, never = RemoteStore(address), Event()

    def look() -> None:
        while not never.wait(seconds):
            with suppress(NewsgaugeError):
                remote.fetch()

    thread = Thread(target=look, daemon=True, name=f"newsgauge-follow-{address}")
    thread.start()
    return thread


class RemoteStore:
    """A store at an address, and the folder of this user that stands for it."""

    def __init__(self, address: str) -> None:
        """Connect to it.

        Raises:
            RemoteFault: nothing is known of such addresses, or the extra for them is missing.
        """
        self.address = address.rstrip("/")
        kind = address.split("://", maxsplit=1)[0]
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415 - an extra

            self._files, self._root = url_to_fs(self.address)
        except ImportError as error:
            raise RemoteFault(f"{address} needs an extra: pip install 'newsgauge[s3]' ({error})") from error
        except ValueError as error:
            raise RemoteFault(
                f"store must be a folder or an address such as s3://bucket/news: {error}"
            ) from error
        name = hashlib.blake2b(self.address.encode(), digest_size=10).hexdigest()
        self.folder = _cache() / f"{kind}-{name}"
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def fetch(self, snapshot: str | None = None) -> str:
        """Download a snapshot, unless it is there already; returns its id. The current one becomes current here too.

        Raises:
            NoSnapshot: nothing has been built at the address, or not this one, or it does not arrive as it was written.
            RemoteFault: the address cannot be reached.
        """
        name = self.current() if snapshot is None else self._named(snapshot)
        if name is None:
            raise NoSnapshot(
                f"nothing has been built in {self.address}; run: newsgauge build SOURCE --store {self.address}"
            )
        final = self.folder / "snapshots" / name
        try:
            whole_snapshot(final)
        except NoSnapshot:
            self._download(name, final)
        if snapshot is None:
            make_current(self.folder, name)
            prune(self.folder, name)
        return name

    def begin(self) -> str | None:
        """Get the current snapshot for a build to go on from, if it can be had; returns its id."""
        try:
            return self.fetch()
        except NoSnapshot:  # there is none, or it is damaged and built anew
            return self.current()

    def current(self) -> str | None:
        """The id of the current snapshot; None if nothing has been built."""
        said = self._read(CURRENT)
        if said is None:
            return None
        name = said.decode("utf-8", "replace").strip()
        if not NAME.fullmatch(name):
            raise NoSnapshot(
                f"{self.address}/{CURRENT} names no snapshot, it says {name!r:.60}; build it again"
            )
        return name

    def publish(self, snapshot: Snapshot, base: str | None) -> None:
        """Upload a snapshot and make it the current one.

        Args:
            snapshot: a whole one of this user's folder.
            base: id of the snapshot that was current as the build began; None where there was none.

        Raises:
            StoreLocked: another build is publishing, or has published since.
        """
        missing = [name for name in (*snapshot.files, MANIFEST) if not self._has(snapshot, name)]
        if not missing and self.current() == snapshot.id:
            return
        with self._leased() as token, self._reached():
            self._require(base)
            for name in missing:
                self._files.put_file(str(snapshot.folder / name), self._at("snapshots", snapshot.id, name))
            if token not in (self._read(_LEASE) or b""):
                raise StoreLocked(
                    f"publishing in {self.address} took longer than {_LEASE_SECONDS} s; build again"
                )
            self._require(base)
            self._files.pipe_file(self._at(CURRENT), f"{snapshot.id}\n".encode())
            names = [name for name in self._names() if name != snapshot.id]
            for name in names[: -(KEPT - 1)]:
                self._files.rm(self._at("snapshots", name), recursive=True)

    def _has(self, snapshot: Snapshot, name: str) -> bool:
        """Whether a file of a snapshot is there, as long as it is here."""
        with self._reached():
            try:
                size = self._files.size(self._at("snapshots", snapshot.id, name))
            except FileNotFoundError:
                return False
        return bool(size == (snapshot.folder / name).stat().st_size)

    def _require(self, base: str | None) -> None:
        found = self.current()
        if found != base:
            raise StoreLocked(f"another build has published {found} in {self.address} meanwhile; build again")

    def _download(self, name: str, final: Path) -> None:
        unfinished = final.with_name(f".{name}.{os.getpid()}")
        remove_folder(unfinished)
        unfinished.mkdir(parents=True)
        try:
            manifest = self._read("snapshots", name, MANIFEST)
            if manifest is None:
                raise NoSnapshot(f"{self.address} has no whole snapshot {name}; build it again")
            (unfinished / MANIFEST).write_bytes(manifest)
            snapshot = read_snapshot(unfinished)
            if snapshot.id != name or not all(map(_FILE.fullmatch, snapshot.files)):
                raise NoSnapshot(f"the manifest of {name} in {self.address} is another's; build it again")
            with self._reached():
                for file in snapshot.files:
                    with suppress(FileNotFoundError):  # what is missing is damage
                        self._files.get_file(self._at("snapshots", name, file), str(unfinished / file))
            damage = snapshot.damage(thorough=True)
            if damage:
                raise NoSnapshot(f"snapshot {name} in {self.address} is damaged: {damage}; build it again")
            prepare(unfinished, snapshot.tables["articles"]["rows"])
            remove_folder(final)
            unfinished.rename(final)
        finally:
            remove_folder(unfinished)

    def _named(self, wanted: str) -> str | None:
        """The id of a snapshot by its id or label."""
        names = self._names()
        if wanted in names:
            return wanted
        for name in reversed(names):
            manifest = json.loads(self._read("snapshots", name, MANIFEST) or b"{}")
            if wanted == f"{manifest.get('built_at', '')[:10]} {manifest.get('digest', '')[:4]}":
                return name
        there = ", ".join(names) or "none"
        raise NoSnapshot(f"snapshot must be one that {self.address} keeps: {there}; got {wanted!r:.80}")

    def _names(self) -> list[str]:
        """The snapshots that are there, oldest first."""
        with self._reached():
            self._files.invalidate_cache()
            try:
                found = self._files.ls(self._at("snapshots"), detail=False)
            except FileNotFoundError:
                return []
        names = (path.rstrip("/").rsplit("/", 1)[-1] for path in found)
        return sorted(name for name in names if NAME.fullmatch(name))

    @contextmanager
    def _leased(self) -> Iterator[bytes]:
        """Keep other publishers out; one that was killed keeps them out until its lease ends."""
        token, place = secrets.token_hex(8).encode(), self._at(_LEASE)
        held = self._read(_LEASE)
        if held is not None:
            left = _until(held) - time.time()
            if left > 0:
                raise StoreLocked(
                    f"another build is publishing in {self.address}, for {left:.0f} s at most; wait for it"
                )
            with self._reached(), suppress(FileNotFoundError):
                self._files.rm_file(place)
        content = json.dumps({"token": token.decode(), "until": time.time() + _LEASE_SECONDS})
        try:
            with self._reached():
                self._files.pipe_file(place, content.encode(), mode="create")
        except FileExistsError:
            raise StoreLocked(f"another build is publishing in {self.address}; wait for it to end") from None
        try:
            yield token
        finally:
            with suppress(FileNotFoundError, RemoteFault):
                if token in (self._read(_LEASE) or b""):
                    self._files.rm_file(place)

    def _read(self, *parts: str) -> bytes | None:
        """A small file; None if it is not there."""
        with self._reached():
            try:
                content: bytes = self._files.cat_file(self._at(*parts))
            except FileNotFoundError:
                top = self._root.split("/")[0]
                if "://" in self.address and top and not self._files.exists(top):
                    raise RemoteFault(
                        f"{self.address} cannot be reached: there is no bucket {top!r}"
                    ) from None
                return None
        return content

    def _at(self, *parts: str) -> str:
        return "/".join((self._root, *parts))

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Say what is wrong where the storage cannot be reached."""
        try:
            yield
        except (FileNotFoundError, FileExistsError, NewsgaugeError):
            raise
        except PermissionError as error:
            raise RemoteFault(f"{self.address} refuses access: {error}; check the credentials") from error
        except Exception as error:
            if isinstance(error, OSError) or type(error).__module__.split(".")[0] in _LIBRARIES:
                raise RemoteFault(f"{self.address} cannot be reached: {error}") from error
            raise


_LIBRARIES = frozenset({"aiobotocore", "aiohttp", "botocore", "gcsfs", "adlfs", "azure", "google"})


def _until(lease: bytes) -> float:
    """When a lease ends, in seconds since 1970; one that cannot be read has ended."""
    try:
        until: Any = json.loads(lease)["until"]
        return float(until)
    except (ValueError, LookupError, TypeError):
        return 0.0


def _cache() -> Path:
    """Where downloaded snapshots are kept."""
    given = os.environ.get("NEWSGAUGE_CACHE")
    if given:
        return Path(given).expanduser().resolve()
    return (
        Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser().resolve() / "newsgauge" / "stores"
    )
