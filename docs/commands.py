"""Write the reference of the command line: ``python docs/commands.py > docs/commands.md``; a test compares."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1]))

from dashboard.cli import main

__all__ = ["markdown"]

_WIDTH = 88


def markdown() -> str:
    """The help of every command, as a page."""
    parts = [
        "# Commands",
        "<!-- Written by `python docs/commands.py > docs/commands.md`; a test compares. -->",
        "What `newsgauge COMMAND --help` says. Wrong use is one line and exit code 2.",
    ]
    for name, text in _helps(main, "newsgauge"):
        parts.append(f"## {name}\n\n```text\n{text}\n```")
    return "\n\n".join(parts) + "\n"


def _helps(command: click.Command, name: str) -> Iterator[tuple[str, str]]:
    widths = {"terminal_width": _WIDTH, "max_content_width": _WIDTH}
    context = click.Context(command, info_name=name, **{**main.context_settings, **widths})
    yield name, command.get_help(context)
    if isinstance(command, click.Group):
        for below in sorted(command.commands):
            yield from _helps(command.commands[below], f"{name} {below}")


if __name__ == "__main__":
    sys.stdout.write(markdown())
