"""A report as one HTML file: nothing is fetched, every text is escaped, and only its own two scripts may run."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analysis.charts.script import plotly_script
from analysis.charts.theme import CONFIG
from analysis.reports.carried import BLOCK
from analysis.reports.document import Document
from analysis.reports.style import Style

__all__ = ["to_html"]

_NOTHING = 'document.documentElement.dataset.drawn = "yes";'  # a report without figures is drawn at once


def to_html(document: Document, style: Style) -> str:
    """The document as one HTML page that works without a network.

    Args:
        document: from `analysis.reports.document.document`.
        style: logo, colour and font.
    """
    figures = {
        picture.key: _json(picture.figure.to_json())
        for chapter in document.chapters
        for picture in chapter.pictures
    }
    scripts = [plotly_script(), _asset("page.js")] if figures else [_NOTHING]
    page = _environment().get_template("page.html.j2")
    return page.render(
        document=document,
        style=style,
        font=Markup(f'"{style.font}"') if style.font else "system-ui",  # noqa: S704 - letters and blanks only, see Style
        css=_markup(_asset("page.css")),
        figures=figures,
        block=BLOCK,
        carried=_json(document.carried),
        config=_json(json.dumps(CONFIG, sort_keys=True)),
        plotly=_markup(plotly_script()),
        script=_markup(_asset("page.js")),
        nothing=_markup(_NOTHING),
        allowed=_markup(" ".join(_hash(script) for script in scripts)),
    )


def _json(text: str) -> Markup:
    """JSON that cannot end the element it stands in."""
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return _markup(safe.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def _markup(own: str) -> Markup:
    return Markup(own)  # noqa: S704 - our own files, or JSON without a bracket


@cache
def _asset(name: str) -> str:
    return (files("analysis.reports") / "assets" / name).read_text("utf-8")


@cache
def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("analysis.reports", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["unbroken"] = _unbroken
    return made


def _unbroken(text: str) -> str:
    r"""Text in which a number stays on one line with its per cent sign, and with the sign that it is less or more.

    >>> _unbroken("12 % (< 0.1 % before)").replace("\xa0", "_")
    '12_% (<_0.1_% before)'
    """
    return re.sub(r"(?<=\d) (?=%)|(?<=[<>]) (?=\d)", "\u00a0", text)
