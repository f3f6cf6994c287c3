"""The command line: every command says what it did, and what to do next."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from analysis import __version__
from analysis.errors import NewsgaugeError
from analysis.records import Problem, Reader, Reading, open_source
from analysis.store import DamagedStore, build_corpus, current_snapshot, store_folder
from analysis.store.engines import ENGINES
from dashboard.options import WrongUse, store_option, story_folders, zone_option
from dashboard.serving import demo, password, serve
from dashboard.terminal import console, count, plain_table, print_table, progress, report_build, score
from dashboard.watching import watch

__all__ = ["main"]


class _Commands(click.Group):
    """A group whose commands turn wrong use into one line and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _show_warning
                return super().invoke(ctx)
        except NewsgaugeError as error:
            raise WrongUse(str(error)) from error
        except OSError as error:  # a full disk, a folder that may not be written, a port in use
            place = f": {error.filename}" if error.filename else ""
            raise click.ClickException(f"{error.strerror or error}{place}") from error


def _show_warning(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    """Tell what an analyst should know, such as a damaged store; warnings for programmers are none of that."""
    if issubclass(category, DamagedStore):
        click.echo(f"Warning: {message}", err=True)


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="newsgauge")
def main() -> None:
    """Measure news coverage: how much, by whom, how good, about what, since when, and who copied whom.

    \b
    Try it on a synthetic corpus:   newsgauge demo
    Use it on your records:         newsgauge build ~/news && newsgauge serve
    """


@main.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@store_option
@click.option(
    "--no-groups", is_flag=True, help="Do not look for copies and events: faster; their columns stay empty."
)
@click.option(
    "--workers", type=click.IntRange(1), default=None, help="Processes that read; one a core unless given."
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="duckdb",
    show_default=True,
    help="What computes: duckdb is embedded; spark is for a corpus that outgrows one machine.",
)
@click.option(
    "--master",
    metavar="URL",
    default=None,
    help="Spark's master, such as spark://host:7077; else this machine.",
)
@click.option(
    "--verify",
    is_flag=True,
    help="Read every file a second time, by PyYAML alone, and compare: slow; a difference is an error.",
)
def build(
    sources: tuple[str, ...],
    store: Path | str,
    workers: int | None,
    engine: str,
    master: str | None,
    *,
    no_groups: bool,
    verify: bool,
) -> None:
    """Read records into tables; what has not changed since the last build is not read again.

    A SOURCE is a folder (with its subfolders), a Markdown, JSON or JSON Lines file, or a zip or tar archive. What
    cannot be read becomes a row of the table `problems`, and the build goes on. The sources given replace those of
    the build before.

    \b
    Example:
      newsgauge build ~/news archive-2020.tar.gz --store ~/newsgauge
    """
    with progress() as tell:
        report = build_corpus(
            list(sources),
            store,
            groups=not no_groups,
            progress=tell,
            workers=workers,
            engine=engine,
            master=master,
            verify=verify,
        )
    report_build(report)


@main.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How problems are printed.",
)
def check(sources: tuple[str, ...], form: str) -> None:
    """Validate records without building: every problem with its file, line and field.

    Exit code 1 if a record could not be read; 0 if all could, repaired or not.

    \b
    Example:
      newsgauge check ~/news --format json | jq '.problems[].file'
    """
    n_files = n_records = 0
    problems: list[Problem] = []
    for source_name, reading in _readings(sources):
        n_files += 1
        n_records += len(reading.records)
        problems += [problem._replace(source=source_name) for problem in reading.problems]
    n_errors = sum(problem.severity == "error" for problem in problems)
    if form == "json":
        rows = [_problem_row(problem) for problem in problems]
        counts = {
            "files": n_files,
            "records": n_records,
            "errors": n_errors,
            "warnings": len(rows) - n_errors,
        }
        click.echo(json.dumps({**counts, "problems": rows}, ensure_ascii=False, indent=1))
    else:
        for problem in problems:
            click.echo(str(problem))
        counted = f"{count(n_errors, 'error')}, {count(len(problems) - n_errors, 'warning')}"
        click.echo(f"{count(n_files, 'file')}: {count(n_records, 'record')}, {counted}", err=True)
    if n_errors:
        raise SystemExit(1)


@main.command()
@store_option
def info(store: Path | str) -> None:
    """Show what has been built: snapshot, sources, tables.

    \b
    Example:
      newsgauge info --store ~/newsgauge
    """
    snapshot = current_snapshot(store_folder(store))
    click.echo(
        f"Snapshot {snapshot.label}, built {snapshot.built_at} by Newsgauge {snapshot.versions['newsgauge']}"
    )
    click.echo(f"Id       {snapshot.id}")
    click.echo(f"Digest   {snapshot.digest}")
    for source in snapshot.sources:
        click.echo(
            f"Source   {source.path} ({source.kind}; {count(source.n_files, 'file')}, {source.n_bytes:,} bytes)"
        )
    for name, table in snapshot.tables.items():
        click.echo(f"Table    {name:<16} {table['rows']:>10,} rows")


@main.command()
@click.argument("table")
@store_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "parquet", "jsonl", "xlsx"]),
    default="csv",
    show_default=True,
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="File to write; named for table and snapshot unless given."
)
@click.option("--query", default="", help="Only what goes with the articles of this query.")
def export(table: str, store: Path | str, form: str, out: Path | None, query: str) -> None:
    """Write a TABLE to a file that no spreadsheet will run, or `all` of them to a zip with a data dictionary.

    Tables: articles, providers, related_links, article_topics, article_tags, images, problems, collection, conflicts,
    groups, group_members, merges; docs/tables.md has their columns. Rows and size are said before anything is
    written.

    \b
    Examples:
      newsgauge export articles --format xlsx
      newsgauge export articles --query '"facial recognition" AND ban*' --out ban.csv
      newsgauge export all --format parquet
    """
    from analysis import open_corpus  # noqa: PLC0415 - pandas takes a while to load, the other commands need none
    from analysis.export import BadExport, export_all, export_size, export_table  # noqa: PLC0415
    from analysis.tables.schema import TABLES_BY_NAME  # noqa: PLC0415

    corpus = open_corpus(store)
    ending = "zip" if table == "all" else form
    label = corpus.snapshot.label.replace(" ", "-")
    target = out or Path(f"newsgauge-{label}-{form}.zip" if table == "all" else f"{table}-{label}.{form}")
    if target.suffix.lower() != f".{ending}":
        raise BadExport(f"--out must end in .{ending}, got {target.name}")
    selection = corpus.select(query)
    for name in TABLES_BY_NAME if table == "all" else [table]:
        size = export_size(selection, name, form)
        click.echo(f"{name}: {count(size.rows, 'row')}, {_about_bytes(size.n_bytes)} as {form}")
    if table == "all":
        rows = sum(export_all(selection, target, form).values())
        click.echo(f"{target}: {count(rows, 'row')} of every table, snapshot {corpus.snapshot.label}")
    else:
        rows = export_table(selection, table, target)
        click.echo(f"{target}: {count(rows, 'row')} of {table}, snapshot {corpus.snapshot.label}")


def _about_bytes(n_bytes: int) -> str:
    return f"about {n_bytes / 1e6:,.1f} MB" if n_bytes >= 1e5 else f"about {n_bytes / 1e3:,.1f} kB"


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--kind",
    type=click.Choice(["events", "copies"]),
    default="events",
    show_default=True,
    help="What the labels are of.",
)
@click.option(
    "--model", type=click.Path(path_type=Path), help="Folder of a sentence-transformers model to use as well."
)
def evaluate(file: Path, kind: str, model: Path | None) -> None:
    """Measure the grouping on articles that you have labelled.

    FILE has one JSON object a line with id, title and gold_story, the name of the group that you put the article in,
    and where known excerpt, published and provider. docs/labelling.md explains how to label.

    \b
    Example:
      newsgauge evaluate labels.jsonl --kind events
    """
    from analysis.grouping import evaluate as compare  # noqa: PLC0415
    from analysis.grouping import find_copies, find_events, load_embedder, read_labelled  # noqa: PLC0415 - see `export`

    labelled = read_labelled(file)
    embedder = load_embedder(model) if model and kind == "events" else None
    found = find_copies(labelled) if kind == "copies" else find_events(labelled, embedder=embedder)
    scores = compare(
        found.members.set_index("article_id")["group_id"], labelled.set_index("article_id")["label"]
    )
    first = scores.iloc[0]
    click.echo(
        f"{count(first['n_articles'], 'article')}: {first['n_pred']:,} groups found, {first['n_gold']:,} labelled"
    )
    shown = plain_table("measure", "precision", "recall", "F1")
    for row in scores.to_dict("records"):
        shown.add_row(row["measure"], *(score(row[name]) for name in ("precision", "recall", "f1")))
    print_table(shown)


@main.command()
@click.argument("story", required=False)
@store_option
@zone_option
@click.option("--query", default="", help="Only articles of this query; with a STORY, of both.")
@click.option("--since", help="First day, such as 2021-08-17.")
@click.option("--until", help="Last day, included.")
@click.option(
    "--kind",
    type=click.Choice(["brief", "full", "comparison", "provider", "data"]),
    help="What the report holds; a brief unless given here or in --spec. A comparison needs stories in --spec.",
)
@click.option(
    "--format",
    "forms",
    default="html",
    show_default=True,
    metavar="FORMS",
    help="html, pdf, md, xlsx, csv, parquet, jsonl; several with commas.",
)
@click.option(
    "--spec", type=click.Path(path_type=Path), help="YAML file that chooses kind, title and sections."
)
@click.option(
    "--style",
    type=click.Path(path_type=Path),
    help="YAML file with the house style: colour, font, logo, name.",
)
@click.option(
    "--since-report",
    "earlier",
    type=click.Path(path_type=Path),
    help="Earlier report on the same (HTML or Markdown); says what changed since.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    show_default=True,
    help="Folder to write into.",
)
def report(  # noqa: PLR0913, PLR0917 - each is an option of the command
    story: str | None,
    store: Path | str,
    zone: str,
    query: str,
    since: str | None,
    until: str | None,
    kind: str | None,
    forms: str,
    spec: Path | None,
    style: Path | None,
    earlier: Path | None,
    out: Path,
) -> None:
    """Write a report on a saved STORY or a query, with all that is needed to check it later.

    A STORY is one of yours, saved in the dashboard, or one that comes with Newsgauge; yours hides that of the same key.

    \b
    Examples:
      newsgauge report facial-recognition-ban --format html,pdf --out reports
      newsgauge report --query '"facial recognition" AND ban*' --since 2021-08-17 --format xlsx
      newsgauge report facial-recognition-ban --since-report reports/last-week.html
    """
    from analysis import open_corpus  # noqa: PLC0415 - see `export`
    from analysis.reports import (  # noqa: PLC0415
        ReportSpec,
        Style,
        open_earlier,
        read_spec,
        read_style,
        write_report,
    )
    from analysis.story import load_story  # noqa: PLC0415

    corpus = open_corpus(store, zone=zone)
    folders = story_folders()
    selection = corpus.story(story, folders) if story else corpus
    if query or since or until:
        dates = {name: day for name, day in (("since", since), ("until", until)) if day}
        selection = selection.select(query, **dates)
    saved = load_story(story, folders) if story else None
    given: dict[str, Any] = {"title": saved.name, "description": saved.description} if saved else {}
    given |= {"kind": kind} if kind else {}
    with console.status("Gathering") as status:
        written = write_report(
            selection,
            out,
            formats=[form.strip() for form in forms.split(",")],
            spec=read_spec(spec, **given) if spec else ReportSpec(**given),
            style=read_style(style) if style else Style(),
            earlier=open_earlier(selection, earlier) if earlier else None,
            tell=lambda step, done, steps: status.update(f"{step} ({done} of {steps} steps)"),
        )
    for path in written:
        click.echo(f"{path}: {count(len(selection), 'article')}, snapshot {corpus.snapshot.label}")


for _command in (watch, serve, password, demo):
    main.add_command(_command)


def _readings(sources: tuple[str, ...]) -> Iterator[tuple[str, Reading]]:
    """Each file's name, as a user finds it, and what it gave."""
    reader = Reader()
    for given in sources:
        source = open_source(given)
        files = source.files()
        if not files:
            raise WrongUse(f"no records in {given}: expected files that end in .md, .json or .jsonl")
        for path, content in source.read([file.path for file in files]):
            reading = Reading([], [content]) if isinstance(content, Problem) else reader.read(path, content)
            yield source.locate(path), reading


def _problem_row(problem: Problem) -> dict[str, Any]:
    row = problem._asdict()
    return {"file": row.pop("source"), "severity": problem.severity, **row}
