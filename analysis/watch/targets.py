"""Where alerts go: the terminal, a file of JSON Lines, a command, a webhook."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol

from analysis.errors import NewsgaugeError

__all__ = ["Command", "Content", "File", "Target", "Terminal", "Undelivered", "Webhook"]

Content = dict[str, Any]
"""An alert as JSON has it; see `analysis.watch.alert.Alert.content`."""


class Undelivered(NewsgaugeError):
    """An alert could not be delivered; says why."""


class Target(Protocol):
    """Somewhere alerts go."""

    @property
    def name(self) -> str:
        """What it is remembered and spoken of by."""

    def deliver(self, alert: Content) -> None:
        """Deliver one alert.

        Raises:
            Undelivered: it could not; it may be tried again.
        """

    def has(self, alert: Content) -> bool:
        """Whether it is known to have got the alert, for one whose delivery was cut short."""


@dataclass(frozen=True)
class Terminal:
    """The terminal; `show` prints."""

    show: Callable[[Content], None] = field(default=lambda alert: print(alert["text"]), compare=False)  # noqa: T201 - a terminal's purpose

    name = "terminal"

    def deliver(self, alert: Content) -> None:
        """Print it."""
        try:
            self.show(alert)
        except OSError as error:  # a pipe that nobody reads any more
            raise Undelivered(str(error)) from error

    def has(self, _alert: Content) -> bool:
        """Nobody knows."""
        return False


@dataclass(frozen=True)
class File:
    """A file of JSON Lines: one alert a line, added at its end."""

    path: Path

    @property
    def name(self) -> str:
        """Kind and place."""
        return f"file {self.path}"

    def deliver(self, alert: Content) -> None:
        """Add it, on a line of its own even where the last line was cut short."""
        line = json.dumps(alert, ensure_ascii=False).encode() + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as stream:
                if stream.tell() and not _ends_a_line(stream):
                    line = b"\n" + line
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise Undelivered(f"{error.strerror or error}") from error

    def has(self, alert: Content) -> bool:
        """Whether a line of it is the alert's."""
        try:
            with self.path.open(encoding="utf-8", errors="replace") as stream:
                return any(_id_of(line) == alert["id"] for line in stream)
        except OSError:
            return False


@dataclass(frozen=True)
class Command:
    """A command: program and arguments, run without a shell, with the alert as JSON on its standard input.

    Attributes:
        argv: program and arguments.
        timeout: seconds after which it is stopped and has failed.
    """

    argv: tuple[str, ...]
    timeout: float = 30

    @property
    def name(self) -> str:
        """Kind and arguments."""
        return f"command {json.dumps(self.argv, ensure_ascii=False)}"

    def deliver(self, alert: Content) -> None:
        """Run it; exit code 0 is success."""
        given = json.dumps(alert, ensure_ascii=False).encode()
        # What it says goes to a file: what it starts in the background may hold a pipe open for ever.
        with tempfile.TemporaryFile() as said:
            try:
                done = subprocess.run(  # noqa: S603 - the user's own command, no shell
                    self.argv,
                    input=given,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    timeout=self.timeout,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                raise Undelivered(f"did not end within {self.timeout:g} s") from None
            except OSError as error:
                raise Undelivered(f"{error.strerror or error}: {self.argv[0]}") from error
            if done.returncode:
                said.seek(0)
                last = said.read(10_000).decode(errors="replace").strip().splitlines()[-1:]
                raise Undelivered(": ".join([f"exit code {done.returncode}", *(line[:200] for line in last)]))

    def has(self, _alert: Content) -> bool:
        """Nobody knows."""
        return False


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A webhook that leads elsewhere has failed: a POST would arrive there as a GET without the alert."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """Follow none."""


@dataclass(frozen=True)
class Webhook:
    """An address that alerts are posted to, as JSON. `Idempotency-Key` is the alert's id.

    Attributes:
        url: http or https.
        timeout: seconds to wait for an answer.
    """

    url: str
    timeout: float = 10

    @property
    def name(self) -> str:
        """Kind and address."""
        return f"webhook {self.url}"

    def deliver(self, alert: Content) -> None:
        """Post it; any answer of the 200s is success."""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "newsgauge",
            "Idempotency-Key": alert["id"],
        }
        given = json.dumps(alert).encode()
        asked = urllib.request.Request(self.url, given, headers, method="POST")  # noqa: S310 - http and https only, see the rules
        try:
            with urllib.request.build_opener(_NoRedirects).open(asked, timeout=self.timeout):
                pass
        except urllib.error.HTTPError as error:
            error.close()
            raise Undelivered(f"answered {error.code}") from None
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise Undelivered(
                str(getattr(reason, "strerror", None) or reason or type(error).__name__)
            ) from None

    def has(self, _alert: Content) -> bool:
        """Nobody knows."""
        return False


def _ends_a_line(stream: Any) -> bool:
    stream.seek(-1, os.SEEK_END)
    return bool(stream.read(1) == b"\n")


def _id_of(line: str) -> Any:
    try:
        return json.loads(line).get("id")
    except (ValueError, AttributeError):
        return None
