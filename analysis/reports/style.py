"""A house style: the logo, colour and font that an organisation's reports wear."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from analysis.charts.theme import LIGHT, Theme
from analysis.reports.spec import BadReport

__all__ = ["PLAIN", "Style", "read_style"]

_KINDS = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_FONT = re.compile(r"[\w\- ]{1,60}")
_MOST_BYTES = 2_000_000


@dataclass(frozen=True)
class Style:
    """What a report looks like.

    Attributes:
        colour: of headings' rules and of bars, as ``#rrggbb``.
        font: family of the text; must be installed where the report is read, else the reader's own is used.
        logo: picture as a ``data:`` address; empty for none.
        name: of the organisation, said beside the logo.

    Raises:
        BadReport: a value that is not allowed.
    """

    colour: str = LIGHT.bar
    font: str = ""
    logo: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        if not _COLOUR.fullmatch(self.colour):
            raise BadReport(f"colour must be written as #rrggbb; got {self.colour!r:.80}")
        if self.font and not _FONT.fullmatch(self.font):
            raise BadReport(f"font must be the name of one family; got {self.font!r:.80}")

    @property
    def theme(self) -> Theme:
        """The theme of its charts: white paper, bars in its colour."""
        return replace(LIGHT, paper="#FFFFFF", bar=self.colour)


PLAIN = Style()


def read_style(path: str | Path) -> Style:
    r"""A house style from a YAML file with some of `colour`, `font`, `name` and `logo`.

    Args:
        path: the file; a logo is a PNG, JPEG or SVG file, named relative to it.

    Raises:
        BadReport: it cannot be read, or has a value that is not allowed.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "house.yaml"
    >>> _ = path.write_text("colour: '#7A1F3D'\nname: The Gazette\n")
    >>> read_style(path).colour
    '#7A1F3D'
    """
    source = Path(path)
    try:
        tree = yaml.safe_load(source.read_text("utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadReport(f"{path}: a style must be YAML in UTF-8; {error}") from None
    if not isinstance(tree, dict) or not set(tree) <= {"colour", "font", "name", "logo"}:
        raise BadReport(f"{path}: a style must have some of colour, font, name and logo; got {tree!r:.120}")
    if not all(isinstance(value, str) for value in tree.values()):
        raise BadReport(f"{path}: each value of a style must be a text, colours in quotes; got {tree!r:.120}")
    if "logo" in tree:
        tree["logo"] = _embedded(source.parent / tree["logo"])
    return Style(**tree)


def _embedded(path: Path) -> str:
    kind = _KINDS.get(path.suffix.lower())
    if kind is None:
        raise BadReport(f"logo must end in one of {', '.join(_KINDS)}; got {path.name!r:.80}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadReport(f"logo must be a file that can be read; {error}") from None
    if len(content) > _MOST_BYTES:
        raise BadReport(f"logo must be at most {_MOST_BYTES:,} bytes; {path.name} has {len(content):,}")
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
