"""What MkDocs' Python reference does with our docstrings: examples and tables in them are shown as they are written."""

from __future__ import annotations

import re
from typing import Any

from griffe import Extension, GriffeLoader, Object

__all__ = ["AsWritten", "as_written"]

_EXAMPLE = re.compile(r"^(?P<indent> *)>>> .*(?:\n(?! *$).*)*", re.MULTILINE)
_TABLE = re.compile(r"^(?P<indent> *)={3,}[ =]*\n(?:.*\n)*?(?P=indent)={3,}[ =]*$", re.MULTILINE)


def as_written(text: str) -> str:
    r"""A docstring whose examples (and tables of reStructuredText) stand in fences.

    >>> as_written("Double.\n\n>>> double(2)\n4").splitlines()[2:4]
    ['```pycon', '>>> double(2)']
    """
    fenced = _EXAMPLE.sub(lambda found: _fence(found, "pycon"), text)
    return _TABLE.sub(lambda found: _fence(found, "text"), fenced)


def _fence(found: re.Match[str], language: str) -> str:
    indent = found["indent"]
    return f"{indent}```{language}\n{found.group()}\n{indent}```"


class AsWritten(Extension):
    """Puts the examples of every docstring into fences."""

    def on_object(self, *, obj: Object, loader: GriffeLoader, **_: Any) -> None:  # noqa: ARG002 - griffe names them
        """Rewrite one docstring."""
        if obj.docstring is not None:
            obj.docstring.value = as_written(obj.docstring.value)
