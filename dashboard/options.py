"""What several commands have in common: their options, where stories lie, and the error of wrong use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from analysis.store.address import is_remote
from data import STORIES

_Command = TypeVar("_Command", bound=Callable[..., Any])

__all__ = [
    "WrongUse",
    "folder_option",
    "host_option",
    "port_option",
    "store_option",
    "story_folders",
    "zone_option",
]


class WrongUse(click.ClickException):
    """One line that says what is wrong, and exit code 2."""

    exit_code = 2


class _Store(click.Path):
    """A folder, or the address of a store on object storage, which stays text."""

    name = "store"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """What the user gave, as the library takes it."""
        return str(value) if is_remote(value) else super().convert(value, param, ctx)


def _store_option(kind: click.Path, help_text: str) -> Callable[[_Command], _Command]:
    return click.option(
        "--store",
        default=".newsgauge",
        show_default=True,
        envvar="NEWSGAUGE_STORE",
        type=kind,
        help=help_text,
    )


store_option = _store_option(
    _Store(path_type=Path, file_okay=False),
    "Folder of the built tables, or s3://BUCKET/PATH; also from NEWSGAUGE_STORE.",
)
folder_option = _store_option(
    click.Path(path_type=Path, file_okay=False), "Folder of the built tables; also from NEWSGAUGE_STORE."
)
zone_option = click.option(
    "--zone",
    default="UTC",
    show_default=True,
    metavar="ZONE",
    help="Time zone of days, such as Europe/London.",
)
host_option = click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; others than this machine sign in.",
)
port_option = click.option(
    "--port", type=click.IntRange(1, 65535), default=8050, show_default=True, help="Port to listen on."
)


def story_folders() -> tuple[Path, Path]:
    """Where saved stories are looked for: the user's own, saved in the dashboard, before those that ship."""
    return Path(click.get_app_dir("newsgauge")) / "stories", Path(STORIES)
