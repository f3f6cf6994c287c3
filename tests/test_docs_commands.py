import re
import shlex
from pathlib import Path

import click
import pytest

from dashboard.cli import main

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "data" / "README.md"])
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(page):
    """The lines of a page's shell blocks that call newsgauge, each split as a shell does it."""
    for block in BLOCK.findall(page.read_text("utf-8")):
        for line in re.sub(r"\\\n", " ", block).splitlines():
            for part in re.split(r"\s*(?:&&|\||;)\s*", line):
                words = shlex.split(part, comments=True)
                if words and words[0].rpartition("/")[2] == "newsgauge":
                    yield words[1:]


GIVEN = [pytest.param(words, id=" ".join(words)) for page in PAGES for words in commands(page)]


@pytest.mark.parametrize("words", GIVEN)
def test_a_command_of_the_docs_is_understood(words):
    command = main.commands[words[0]]
    if {"--help", "-h"} & set(words):
        return
    with command.make_context(words[0], words[1:], parent=click.Context(main)):
        pass


def test_there_are_commands_to_test():
    assert any(words.values[0][0] == "password" for words in GIVEN)
    assert len(GIVEN) > 6
