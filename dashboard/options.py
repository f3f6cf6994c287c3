"""What several commands have in common: their options, where stories lie, and the error of wrong use."""

from __future__ import annotations

from pathlib import Path

import click

from data import STORIES

__all__ = ["WrongUse", "host_option", "port_option", "store_option", "story_folders", "zone_option"]


class WrongUse(click.ClickException):
    """One line that says what is wrong, and exit code 2."""

    exit_code = 2


store_option = click.option(
    "--store",
    default=".newsgauge",
    show_default=True,
    envvar="NEWSGAUGE_STORE",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the built tables; also from NEWSGAUGE_STORE.",
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
