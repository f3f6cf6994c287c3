"""Labelled articles: a user's own judgement of what belongs together, to measure a grouping on."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import NewsgaugeError

__all__ = ["LabelFileError", "read_labelled"]

_FIELDS = {
    "article_id": ("id", "article_id"),
    "title": ("title",),
    "excerpt": ("excerpt",),
    "published_at": ("published", "published_at"),
    "provider_id": ("provider", "provider_id"),
    "label": ("gold_story", "label"),
}
_NEEDED = ("article_id", "title", "label")


class LabelFileError(NewsgaugeError):
    """The file of labels cannot be read; names the line, the field, what is allowed and what came."""


def read_labelled(path: str | Path) -> pd.DataFrame:
    """Labelled articles from JSON Lines, plain or gzipped.

    Args:
        path: one JSON object a line with ``id``, ``title`` and ``gold_story`` (or ``label``), and where known
            ``excerpt``, ``published`` (ISO 8601) and ``provider``. Other fields are passed over.

    Returns:
        One row a line: ``article_id``, ``title``, ``excerpt``, ``provider_id``, ``label`` (str) and ``published_at``
        (datetime64[us, UTC]).

    Raises:
        LabelFileError: the file is missing or empty, a line is no such object, or an id occurs twice.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "labels.jsonl"
    >>> _ = file.write_text('{"id": "1", "title": "Council bans cameras", "gold_story": "ban"}')
    >>> read_labelled(file)[["article_id", "label"]].values.tolist()
    [['1', 'ban']]
    """
    file = Path(path)
    try:
        with (
            gzip.open(file, "rt", encoding="utf-8")
            if file.suffix == ".gz"
            else file.open(encoding="utf-8") as lines
        ):
            rows = [_row(line, f"{file}:{number}") for number, line in enumerate(lines, 1) if line.strip()]
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise LabelFileError(f"{file} cannot be read: {error}") from None
    if not rows:
        raise LabelFileError(f"{file} holds no labelled article")
    frame = pd.DataFrame(rows, columns=list(_FIELDS))
    twice = frame.loc[frame["article_id"].duplicated(), "article_id"]
    if len(twice):
        raise LabelFileError(f"{file}: id must be given once, {twice.iloc[0]!r} is given twice")
    times = pd.to_datetime(frame["published_at"], utc=True, format="ISO8601", errors="coerce")
    texts = {name: "str" for name in _FIELDS if name != "published_at"}
    return frame.assign(published_at=times.astype("datetime64[us, UTC]")).astype(texts)


def _row(line: str, place: str) -> list[Any]:
    try:
        fields = json.loads(line)
    except ValueError as error:
        raise LabelFileError(f"{place}: a line must be a JSON object; {error}") from None
    if not isinstance(fields, dict):
        raise LabelFileError(f"{place}: a line must be a JSON object, got {line.strip()[:40]!r}")
    row = []
    for name, spellings in _FIELDS.items():
        value = next((fields[spelling] for spelling in spellings if fields.get(spelling) is not None), None)
        if name in _NEEDED and (value is None or not isinstance(value, str | int)):
            raise LabelFileError(f"{place}: {spellings[0]} must be a text, got {value!r}")
        row.append(None if value is None else str(value))
    return row
