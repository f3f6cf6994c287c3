"""The commands that open the dashboard: `serve`, `demo`, and `password`, which is asked for when others are let in."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.store import build_corpus
from analysis.store.address import is_remote
from dashboard.options import WrongUse, host_option, port_option, store_option, zone_option
from dashboard.terminal import console, progress, report_build

if TYPE_CHECKING:
    from dashboard.access import Access

__all__ = ["demo", "password", "serve"]


@click.command()
@store_option
@host_option
@port_option
@zone_option
@click.option(
    "--password",
    "ask",
    is_flag=True,
    help="Ask for the password on loopback too; on other addresses it is asked for anyway.",
)
@click.option(
    "--trust-user-header",
    default="",
    metavar="HEADER",
    help="Header in which the proxy names who is signed in.",
)
@click.option(
    "--proxy",
    "proxies",
    multiple=True,
    metavar="ADDRESS",
    help="Address or network of the reverse proxy; may be repeated.",
)
@click.option(
    "--name", "names", multiple=True, metavar="NAME", help="A name that others reach it by; may be repeated."
)
def serve(
    store: Path | str,
    host: str,
    port: int,
    zone: str,
    trust_user_header: str,
    proxies: tuple[str, ...],
    names: tuple[str, ...],
    *,
    ask: bool,
) -> None:
    """Open the dashboard on the current snapshot.

    On this machine everybody may read it. On any other --host it asks for the password that `newsgauge password` set,
    or leaves that to a reverse proxy. docs/serving.md has the whole of it.

    \b
    Examples:
      newsgauge serve --store ~/newsgauge --zone Europe/London
      newsgauge serve --host 10.0.0.7 --trust-user-header X-Forwarded-User --proxy 10.0.0.5
    """
    from dashboard.access import access_for  # noqa: PLC0415 - see `export`
    from dashboard.passwords import known_password  # noqa: PLC0415

    known = "" if trust_user_header else known_password()
    access = access_for(host, user_header=trust_user_header, proxies=proxies, password=known, ask=ask)
    _serve(store, host, port, zone, access=access, names=names)


@click.command()
def password() -> None:
    """Set the password that the dashboard asks for when it is served to others.

    Only its hash is written, into a file that only you can read: NEWSGAUGE_PASSWORD_FILE, or one in your folder of
    settings. A dashboard that is being served goes on with the old one until it is started again.

    \b
    Example:
      newsgauge password && newsgauge serve --host 0.0.0.0
    """
    from dashboard.passwords import password_file, write_password  # noqa: PLC0415 - see `export`

    path = password_file()
    write_password(
        path, click.prompt("Password (12 characters or more)", hide_input=True, confirmation_prompt=True)
    )
    click.echo(f"Its hash is in {path}.")


@click.command()
@click.option(
    "--folder",
    default="demo",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the synthetic records and their store are put.",
)
@host_option
@port_option
@click.option(
    "--serve/--no-serve", "serving", default=True, help="Whether to open the dashboard when all is built."
)
def demo(folder: Path, host: str, port: int, *, serving: bool) -> None:
    """Make a synthetic corpus of about 3,000 records, build it, and open the dashboard on it.

    The outlets, people and events in it are invented; the one real record that ships with Newsgauge is built in too.

    \b
    Example:
      newsgauge demo --folder /tmp/newsgauge-demo
    """
    from analysis.demo import write_demo  # noqa: PLC0415 - only this command needs it
    from dashboard.access import OPEN, access_for  # noqa: PLC0415
    from dashboard.passwords import known_password  # noqa: PLC0415
    from data import RECORDS  # noqa: PLC0415

    access = access_for(host, password=known_password()) if serving else OPEN
    records = folder / "records"
    if not records.exists():
        with console.status("Writing synthetic records"):
            write_demo(records)
    with progress() as tell:
        report = build_corpus([records, RECORDS], folder / "store", progress=tell)
    report_build(report)
    click.echo("Everything in this corpus but one record is synthetic: invented outlets, people and events.")
    click.echo("Your own records: newsgauge build FOLDER && newsgauge serve")
    if serving:
        _serve(folder / "store", host, port, "UTC", access=access)


def _serve(
    store: Path | str, host: str, port: int, zone: str, *, access: Access, names: tuple[str, ...] = ()
) -> None:
    from analysis import open_corpus  # noqa: PLC0415 - see `export`

    corpus = open_corpus(store, zone=zone)
    _require_free(host, port)
    from dashboard.app import create_app  # noqa: PLC0415
    from dashboard.serve import serve as run  # noqa: PLC0415

    if is_remote(store):
        from analysis.store.remote import follow  # noqa: PLC0415 - most stores are folders

        follow(str(store))
    app = create_app(corpus, access, Path(click.get_app_dir("newsgauge")))
    click.echo(f"Newsgauge on http://{host}:{port} (snapshot {corpus.snapshot.label}); stop with Ctrl-C")
    run(app, host, port, names)


def _require_free(host: str, port: int) -> None:
    """Refuse a port that something else listens on, before anything is said of serving."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise WrongUse(
                f"cannot listen on {host}:{port} ({error.strerror}); choose another with --port"
            ) from None
