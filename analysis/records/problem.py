"""A problem: what could not be read or had to be repaired, where, and why."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["CODES", "Problem"]

# code -> (severity, what it means). An error costs exactly one entry (a file, or one article of a JSON page);
# a warning costs at most a value. So entries seen = records + errors.
CODES: dict[str, tuple[Literal["error", "warning"], str]] = {
    "empty-file": ("error", "the file has no content"),
    "file-too-large": ("error", "the file is larger than the limit"),
    "unreadable": ("error", "the file could not be opened or decompressed"),
    "unsafe-path": ("error", "an archive member has an absolute path or climbs out of the archive"),
    "no-front-matter": ("error", "the file does not begin with a line of three dashes"),
    "bad-yaml": ("error", "the front matter is not YAML"),
    "bad-json": ("error", "the file is not JSON"),
    "not-a-record": ("error", "the content is not a mapping of fields, or none of its fields is a record's"),
    "too-deep": ("error", "fields are nested deeper than the limit"),
    "too-many-aliases": ("error", "YAML aliases expand to more than the limit"),
    "no-url": ("error", "no usable address, so the article has no identity"),
    "encoding": ("warning", "not UTF-8; read in another encoding"),
    "bom": ("warning", "byte order mark removed"),
    "crlf": ("warning", "line ends other than a line feed were normalised"),
    "control-character": (
        "warning",
        "control characters were replaced (Windows-1252 punctuation) or removed",
    ),
    "missing-closing": (
        "warning",
        "the front matter has no closing line of three dashes; it was read to the end",
    ),
    "duplicate-key": ("warning", "a field is given twice; the last one counts"),
    "bad-time": ("warning", "not a time; left empty"),
    "naive-time": ("warning", "a time without zone was read as UTC"),
    "bad-number": ("warning", "not a number in range; left empty"),
    "bad-boolean": ("warning", "neither true nor false; left empty"),
    "repaired-url": ("warning", "blanks in an address were encoded"),
    "bad-url": ("warning", "not an http or https address; left empty"),
    "bad-domain": ("warning", "the provider's domain is missing or no domain; taken from the address"),
    "bad-type": ("warning", "a value of the wrong shape; left out"),
    "null-topic": ("warning", "an empty topic was left out"),
    "missing-title": ("warning", "the article has no title"),
    "missing-time": ("warning", "the article has no time of publication"),
    "related-without-url": ("warning", "a related item has no usable address and was left out"),
}


class Problem(NamedTuple):
    """One problem; `line` and `column` count from 1 and are None where unknown.

    >>> Problem("a.md", "bad-number", "a number from 0 up, got 'high'", field="quality", line=7).severity
    'warning'
    """

    source: str
    code: str
    message: str
    field: str | None = None
    line: int | None = None
    column: int | None = None

    @property
    def severity(self) -> Literal["error", "warning"]:
        """`error` when the entry is lost, `warning` when it is kept."""
        return CODES[self.code][0]

    def __str__(self) -> str:
        """`file:line:column: severity code: field: message`, as compilers print it."""
        place = ":".join(str(part) for part in (self.source, self.line, self.column) if part is not None)
        field = f"{self.field}: " if self.field else ""
        return f"{place}: {self.severity} {self.code}: {field}{self.message}"
