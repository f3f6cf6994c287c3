"""Files that are not as they should be: records damaged in ways that can be repaired, and files without record."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from analysis.demo.collection import N_LOST

__all__ = ["Fault", "damaged"]


class Fault(NamedTuple):
    """A damaged file and what a reader should say about it (codes as in `analysis.records.CODES`)."""

    file: str
    code: str
    severity: str
    story: str


def _without_quality(text: str) -> str:
    """The record with its quality as a word."""
    return re.sub(
        r"^(type: article\n)(quality: \d+\n)?", r"\1quality: high\n", text, count=1, flags=re.MULTILINE
    )


# code -> what happened, and what it does to a file. These can be repaired: the record is kept.
_REPAIRABLE: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "control-character": (
        "a dash came through as U+0097",
        lambda t: re.sub(r'^title: "', 'title: "Analysis \x97 ', t, count=1, flags=re.MULTILINE).encode(),
    ),
    "missing-closing": ("the closing line was cut off", lambda t: t.removesuffix("---\n\n").encode()),
    "crlf": ("saved with Windows line ends", lambda t: t.replace("\n", "\r\n").encode()),
    "bom": ("saved with a byte order mark", lambda t: t.encode("utf-8-sig")),
    "null-topic": (
        "a topic without a name",
        lambda t: t.replace("topics:\n", "topics:\n  - null\n", 1).encode(),
    ),
    "bad-number": ("quality as a word", lambda t: _without_quality(t).encode()),
}
# These cannot: name of the file, what happened, content.
_LOST: dict[str, tuple[str, str, bytes]] = {
    "bad-yaml": (
        "2021-06-30-council-publishes-camera-register.md",
        "indented with tabs",
        b'---\ntitle: "Council publishes camera register"\nprovider:\n\tname: Civic Kernel\nsynthetic: true\n---\n',
    ),
    "no-front-matter": (
        "2021-07-21-notes-for-the-desk.md",
        "notes that were saved into the wrong folder",
        b"Notes for the desk (synthetic): check the camera register again on Thursday.\n",
    ),
    "empty-file": ("2021-08-11-untitled.md", "a download that was broken off", b""),
}


def damaged(files: dict[str, str], spare: Sequence[str]) -> tuple[dict[str, bytes], tuple[Fault, ...]]:
    """The files as bytes, six of them damaged and three without a record added.

    Args:
        files: file name -> text.
        spare: names of at least six files to damage; the first one must not be repeated by another file.

    Returns:
        File name -> content, and the faults in the order of their codes.
    """
    out = {name: text.encode() for name, text in files.items()}
    faults = []
    for (code, (story, harm)), name in zip(_REPAIRABLE.items(), spare, strict=False):
        out[name] = harm(files[name])
        faults.append(Fault(name, code, "warning", story))
    for code, (name, story, content) in _LOST.items():
        out[name] = content
        faults.append(Fault(name, code, "error", story))
    assert len(_LOST) == N_LOST  # noqa: S101 - the count is fixed where records are counted
    return out, tuple(sorted(faults, key=lambda fault: fault.code))
