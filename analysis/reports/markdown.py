"""A report as Markdown that compares well: a sentence a line, a row a line, nothing aligned by blanks."""

from __future__ import annotations

import re
from urllib.parse import quote

from analysis.reports.carried import BLOCK
from analysis.reports.cells import Cell
from analysis.reports.document import Chapter, Document, Grid

__all__ = ["escaped", "to_markdown"]

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&$])")
_AT_START = re.compile(r"^(\d+)([.)])|^([#+\-=:!])")
_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z“\d])")


def escaped(text: str) -> str:
    r"""Text that Markdown shows as it is, on one line, wherever it stands in it.

    >>> escaped("1. [Ban](http://x) <b> *now*")
    '1\\. \\[Ban\\](http:\\//x) \\<b\\> \\*now\\*'
    """
    safe = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    # GitHub makes links of plain addresses too.
    safe = safe.replace("://", ":\\//").replace("www.", "www\\.").replace("@", "\\@")
    return _AT_START.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}", safe)


def to_markdown(document: Document) -> str:
    """The document as Markdown (CommonMark, with tables), ending in one line feed.

    Args:
        document: from `analysis.reports.document.document`.
    """
    head = [
        f"# {escaped(document.title)}",
        f"{document.kind}, {document.dates}. Snapshot {escaped(document.label)}.",
    ]
    head += [escaped(document.description)] if document.description else []
    parts = [*head, *(part for chapter in document.chapters for part in _chapter(chapter))]
    parts.append("## Provenance")
    about = [f"- {escaped(label)}: {escaped(value)}" for label, value in document.about]
    parts.append("\n".join(about))
    parts.append("The same articles in Python:")
    parts.append(_code(document.python))
    parts.append("For a later report to compare with (`--since-report`):")
    parts.append(f"```json {BLOCK}\n{document.carried}\n```")
    return "\n\n".join(parts) + "\n"


def _chapter(chapter: Chapter) -> list[str]:
    parts = [f"## {chapter.title}", *(_sentences(text) for text in chapter.paragraphs)]
    for picture in chapter.pictures:
        parts.append(
            f"Figure: {escaped(picture.title)}\n({escaped(picture.subtitle)})\n{_sentences(picture.description)}"
        )
    for grid in chapter.grids:
        parts += [f"### {escaped(grid.title)}", _table(grid)]
        parts += [_sentences(said) for said in (grid.cut, grid.note) if said]
    return parts


def _sentences(text: str) -> str:
    return "\n".join(escaped(sentence) for sentence in _SENTENCE.split(text))


def _table(grid: Grid) -> str:
    lines = [
        "| " + " | ".join(escaped(label) for label, _ in grid.headings) + " |",
        "|" + "|".join("---:" if numeric else "---" for _, numeric in grid.headings) + "|",
    ]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in grid.rows]
    return "\n".join(lines)


def _cell(cell: Cell) -> str:
    if not cell.href:
        return escaped(cell.text)
    return f"[{escaped(cell.text)}](<{quote(cell.href, safe=_ADDRESS)}>)"


_ADDRESS = ":/?#[]@!$&'()*+,;=%~-._"


def _code(line: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}python\n{' '.join(line.splitlines())}\n{fence}"
