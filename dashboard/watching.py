"""The command `watch`: what it prints, where its alerts lead, and how it ends."""

from __future__ import annotations

import signal
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from dashboard.options import folder_option, story_folders, zone_option
from dashboard.terminal import count
from dashboard.url_state import View, create_url

if TYPE_CHECKING:
    from analysis.watch import Behind, Followed

__all__ = ["address_of", "show", "watch"]

_FEW = 5  # articles printed with an alert


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@folder_option
@zone_option
@click.option(
    "--rules",
    type=click.Path(path_type=Path),
    help="YAML file: what is followed, for which alerts, and where these go.",
)
@click.option("--once", is_flag=True, help="One round, for cron: build, look, send what is new, and end.")
@click.option(
    "--interval",
    type=click.FloatRange(0.1, 3600),
    default=2.0,
    show_default=True,
    help="Seconds between two looks at the files; changes are built when they have come to rest between two looks.",
)
def watch(
    sources: tuple[str, ...], store: Path, zone: str, rules: Path | None, interval: float, *, once: bool
) -> None:
    """Follow folders: build when files change, and tell of what is new, once each.

    Alerts: burst, first-mention, new-top-provider, quality-drop, collection-stopped. Without --rules every saved story,
    yours too, and everything collected is followed for all of them, and alerts go to the terminal. What was said is
    kept in the store, so that a restart does not say it again. Exit code 1 if --once could not build. docs/watching.md
    has the whole of it.

    \b
    rules.yaml, where every part may be left out:
      follow:
        - story: facial-recognition-ban
        - query: '"live facial recognition" AND police'
          name: Police trials
          alerts: [burst, first-mention]
        - everything: true
          alerts: [quality-drop, collection-stopped]
      thresholds:
        burst: {days: 3, articles: 5}
        collection-stopped: {hours: 24, times: 2}
      send:
        - terminal
        - file: alerts.jsonl
        - command: [mail, -s, Newsgauge, desk@example.org]
        - webhook: https://example.org/alerts
          timeout: 10

    \b
    Examples:
      newsgauge watch ~/news --store ~/newsgauge --rules rules.yaml
      newsgauge watch ~/news --store ~/newsgauge --once
    """
    from analysis.watch import Terminal, Watch, default_rules, read_rules  # noqa: PLC0415 - see `export`

    terminal = Terminal(show)
    folders = story_folders()
    given = (
        read_rules(rules, terminal=terminal, folders=folders) if rules else default_rules(terminal, folders)
    )
    signal.signal(signal.SIGTERM, _interrupt)  # systemd ends a service so; it is to end as Ctrl-C ends it
    try:
        with Watch(
            sources, store, given, say=_say, zone=zone, interval=interval, address=address_of
        ) as watching:
            if once:
                raise SystemExit(0 if watching.once() else 1)
            followed = ", ".join(each.name for each in given.followed)
            _say(f"Watching {', '.join(sources)} for: {followed}. Stop with Ctrl-C.")
            watching.run()
    except KeyboardInterrupt:
        _say("Stopped.")


def address_of(followed: Followed, behind: Behind) -> str:
    """The dashboard's page on the articles behind an alert.

    >>> from datetime import date
    >>> from analysis.watch import Behind, Followed
    >>> address_of(Followed("Ban", "ban*", "ban"), Behind(date(2021, 8, 23), date(2021, 8, 24), ("sky.com",)))
    '/?v=1&story=ban&outlet=sky.com&from=2021-08-23&to=2021-08-24'
    """
    query, story = (followed.query, None) if followed.story is None else ("", followed.story)
    if behind.below is not None:
        poor = f"quality<{behind.below:g}"
        query, story = (f"({followed.query}) AND {poor}" if followed.query else poor), None
    return create_url(
        View(query=query, story=story, providers=behind.providers, since=behind.since, until=behind.until)
    )


def show(alert: dict[str, Any]) -> None:
    """Print an alert: what it is, the first of its articles, and where all of them are."""
    moment = datetime.fromisoformat(alert["raised_at"])
    click.echo(f"{moment:%Y-%m-%d %H:%M} UTC  {alert['kind'].upper()}  {alert['text']}")
    for article in alert["articles"][:_FEW]:
        when = (article["published_at"] or "no time")[:16].replace("T", " ")
        click.echo(f"    {when}  {article['provider']}  {article['title']}  {article['url']}")
    more = alert["n_articles"] - min(_FEW, len(alert["articles"]))
    click.echo(f"    {count(more, 'article') + ' more' if more > 0 else 'These'}: {alert['command']}")
    click.echo(f"    {alert['address']}")


def _say(text: str) -> None:
    click.echo(text, err=True)


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
