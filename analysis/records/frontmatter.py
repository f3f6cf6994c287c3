"""Bytes of a record file -> the text of its front matter, with repairs and what was repaired."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from analysis.records.problem import Problem

__all__ = ["FrontMatter", "clean_controls", "decode", "front_matter", "healthy_text"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What a healthy UTF-8 file does not hold: C0 controls but tab and line feed, DEL, C1 controls, U+FFFE, U+FFFF.
_C0 = bytes([*range(0x20), 0x7F]).translate(None, b"\t\n")
_C1 = re.compile(rb"\xc2[\x80-\x9f]|\xef\xbf[\xbe\xbf]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_CLOSING = re.compile(r"\n(?:---|\.\.\.)[ \t]*(?=\n|\Z)")
_OPENING = re.compile(r"\s*---[ \t]*(?:\n|$)")


class FrontMatter(NamedTuple):
    """The YAML text between the dashes, the line of the file on which it begins (from 1), and the body after it."""

    yaml: str
    first_line: int
    body: str


def clean_controls(text: str) -> str:
    r"""A text without control characters: C1 ones are the Windows-1252 punctuation that they were meant as.

    >>> clean_controls("calls\x97and \x93ban\x94\x00")
    'calls—and “ban”'
    """
    return _CONTROL.sub(_repaired, text)


def _repaired(match: re.Match[str]) -> str:
    code = ord(match[0])
    return bytes([code]).decode("cp1252", "ignore") if 0x80 <= code <= 0x9F else ""


def healthy_text(data: bytes) -> str | None:
    r"""UTF-8 without control characters other than tab and line feed, as text; None for anything else.

    >>> healthy_text("“ban”".encode()), healthy_text(b"a\r\n"), healthy_text(b"\x93ban\x94")
    ('“ban”', None, None)
    """
    if len(data.translate(None, _C0)) != len(data):
        return None
    if not data.isascii() and (b"\xc2" in data or b"\xef\xbf" in data) and _C1.search(data):
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def decode(data: bytes, source: str, problems: list[Problem]) -> str:
    """Bytes as text without byte order mark, carriage returns and control characters; repairs go to `problems`."""
    healthy = healthy_text(data)
    if healthy is not None and not healthy.startswith("\ufeff"):
        return healthy
    text = _decoded(data, source, problems)
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        problems.append(Problem(source, "crlf", "line ends were normalised to line feeds", line=line))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = _CONTROL.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        count = len(_CONTROL.findall(text))
        message = f"control characters replaced or removed: {count}, the first is U+{ord(found[0]):04X}"
        problems.append(Problem(source, "control-character", message, line=line, column=column))
        text = clean_controls(text)
    return text


def _decoded(data: bytes, source: str, problems: list[Problem]) -> str:
    encoding = "utf-8"
    for mark, name in _BOMS:
        if data.startswith(mark):
            problems.append(
                Problem(source, "bom", f"{name.upper()} byte order mark removed", line=1, column=1)
            )
            data, encoding = data[len(mark) :], name
            break
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        fallback = "cp1252" if encoding == "utf-8" else encoding
        message = f"byte 0x{data[error.start]:02X} is not {encoding.upper()}; read as {fallback}"
        problems.append(Problem(source, "encoding", message, line=line))
        return data.decode(fallback, "replace")


def front_matter(text: str, source: str, problems: list[Problem]) -> FrontMatter | Problem:
    r"""The front matter of a record's text, or the problem that there is none.

    >>> front_matter("---\ntitle: a\n---\n", "a.md", [])
    FrontMatter(yaml='title: a\n', first_line=2, body='')
    """
    if not text.strip():
        return Problem(source, "empty-file", "a record needs front matter, the file has no content")
    opening = _OPENING.match(text)
    if not opening:
        first = text.split("\n", 1)[0][:40]
        return Problem(source, "no-front-matter", f"expected a line of three dashes, got {first!r}", line=1)
    first_line = text.count("\n", 0, opening.end()) + 1
    closing = _CLOSING.search(text, opening.end() - 1)
    if closing:
        return FrontMatter(
            text[opening.end() : closing.start() + 1], first_line, text[closing.end() :].strip()
        )
    last = text.count("\n") + 1
    problems.append(Problem(source, "missing-closing", "no closing line of three dashes", line=last))
    return FrontMatter(text[opening.end() :], first_line, "")
