"""The password of a dashboard that is served to others: only its scrypt hash is ever written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click
from werkzeug.security import check_password_hash, generate_password_hash

from analysis.errors import NewsgaugeError

__all__ = ["BadPassword", "hash_password", "is_password", "known_password", "password_file", "write_password"]

_SHORTEST, _LONGEST = 12, 1024
_METHOD = "scrypt:32768:8:1"  # 32 MB and some 0.1 s a try, for us and for whoever tries them all


class BadPassword(NewsgaugeError):
    """A password that is too short or too long, or a file that holds no hash of one."""


def hash_password(password: str) -> str:
    """The salted scrypt hash of a password.

    Raises:
        BadPassword: shorter than 12 characters or longer than 1,024.

    >>> is_password(hash_password("correct horse battery"), "correct horse battery")
    True
    """
    if not _SHORTEST <= len(password) <= _LONGEST:
        raise BadPassword(
            f"the password must have {_SHORTEST} to {_LONGEST:,} characters; got {len(password):,}"
        )
    return generate_password_hash(password, _METHOD)


def is_password(hashed: str, given: str) -> bool:
    """Whether a password is the one that was hashed, in the same time whether or not."""
    return check_password_hash(hashed, given[: _LONGEST + 1])


def password_file(environment: Mapping[str, str] = os.environ) -> Path:
    """The file with the hash: NEWSGAUGE_PASSWORD_FILE, else one in the user's folder of settings.

    >>> password_file({"NEWSGAUGE_PASSWORD_FILE": "/run/secrets/newsgauge"})
    PosixPath('/run/secrets/newsgauge')
    """
    given = environment.get("NEWSGAUGE_PASSWORD_FILE", "")
    return Path(given).expanduser() if given else Path(click.get_app_dir("newsgauge")) / "password"


def write_password(path: Path, password: str) -> None:
    """Write the hash of a password into a file that only its owner can read, in one step.

    Raises:
        BadPassword: the password is not allowed.
    """
    hashed = hash_password(password)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(
            os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii"
        ) as stream:
            stream.write(f"{hashed}\n")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def known_password(environment: Mapping[str, str] = os.environ) -> str:
    """The hash of the password that has been set: of NEWSGAUGE_PASSWORD, else from the file; empty where there is none.

    Raises:
        BadPassword: NEWSGAUGE_PASSWORD is not allowed, or the file holds no hash.

    >>> known_password({"NEWSGAUGE_PASSWORD_FILE": "/nowhere"})
    ''
    """
    if given := environment.get("NEWSGAUGE_PASSWORD", ""):
        return hash_password(given)
    path = password_file(environment)
    try:
        hashed = path.read_text("ascii").strip()
    except FileNotFoundError:
        return ""
    except ValueError:
        hashed = ""
    if not hashed.startswith("scrypt:") or hashed.count("$") != 2:
        raise BadPassword(f"{path} holds no hash of a password; write it with: newsgauge password")
    return hashed
