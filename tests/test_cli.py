import json
import re
import shutil

import pytest
from click.testing import CliRunner

from analysis.tables.schema import TABLES_BY_NAME
from dashboard.cli import main
from data import RECORDS


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEWSGAUGE_STORE", raising=False)

    def invoke(*arguments):
        return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="newsgauge")

    return invoke


@pytest.fixture
def built(seed_store, run, tmp_path):
    """The store of the seed record, where commands look for one."""
    return shutil.copytree(seed_store, tmp_path / ".newsgauge")


def test_build_says_what_it_did_and_info_what_there_is(run):
    built = run("build", RECORDS)
    assert built.exit_code == 0
    assert (
        "1 file (all read): 1 record, 6 articles from 6 providers. 1 encrypted payload was left out."
        in built.output
    )
    assert "is new." in built.output
    assert "PyYAML" not in built.output
    assert "1 file read by PyYAML alone as well: no difference." in run("build", RECORDS, "--verify").output
    again = run("build", RECORDS)
    assert "0 of them new or changed" in again.output
    assert "has not changed." in again.output
    info = run("info")
    assert "Table    articles                  6 rows" in info.output
    assert str(RECORDS) in info.output


def test_problems_are_counted_by_kind(run, write_records, make_record):
    folder = write_records(make_record(quality="high"), "no front matter")
    output = run("build", folder).output
    assert "2 files (all read): 1 record" in output
    assert "no-front-matter  error" in output
    assert "bad-number       warning" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("build", "nowhere"), "no such file or folder: nowhere"),
        (("check", "nowhere"), "no such file or folder: nowhere"),
        (("info",), "nothing has been built in"),
        (("export", "articles"), "nothing has been built in"),
        (("serve",), "nothing has been built in"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(run, arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    (line,) = result.output.strip().splitlines()
    assert line.startswith("Error: ")
    assert message in line


def test_a_port_in_use_is_one_line(run, built):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run("serve", "--port", taken.getsockname()[1])
    assert result.exit_code == 2
    assert "choose another with --port" in result.output


def test_a_store_that_cannot_be_written_is_one_line(run, tmp_path):
    (tmp_path / "file").write_text("")
    result = run("build", RECORDS, "--store", tmp_path / "file" / "store")
    assert result.exit_code == 1
    assert result.output.strip().startswith("Error: Not a directory")


def test_check_names_file_line_and_field_and_fails_on_errors(run, write_records, make_record):
    folder = write_records(make_record(quality="high"))
    warned = run("check", folder)
    assert warned.exit_code == 0
    assert (
        f"{folder}/2021-08-23-record-000.md:5:10: warning bad-number: quality: expected a number"
        in warned.output
    )
    (folder / "broken.md").write_text("---\ntitle: [\n---\n")
    failed = run("check", folder)
    assert failed.exit_code == 1
    assert "2 files: 1 record, 1 error, 1 warning" in failed.output


def test_check_as_json(run, write_records, make_record):
    folder = write_records(make_record(quality="high"), "x")
    result = CliRunner().invoke(main, ["check", str(folder), "--format", "json"])
    found = json.loads(result.stdout)
    assert (found["files"], found["records"], found["errors"], found["warnings"]) == (2, 1, 1, 1)
    assert found["problems"][0] == {
        "file": f"{folder}/2021-08-23-record-000.md",
        "severity": "warning",
        "code": "bad-number",
        "message": "expected a number from 0 up, got 'high'",
        "field": "quality",
        "line": 5,
        "column": 10,
    }


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl", "xlsx"])
def test_export_names_the_file_for_what_is_in_it(run, built, form, tmp_path):
    result = run("export", "articles", "--format", form, "--query", "delhi")
    (path,) = tmp_path.glob(f"articles-*.{form}")
    said, written = result.output.splitlines()
    assert re.fullmatch(rf"articles: 1 row, about [\d.]+ kB as {form}", said)
    assert written.startswith(f"{path.name}: 1 row of articles, snapshot ")


def test_export_of_all_says_each_size_before_it_writes_one_zip(run, built, tmp_path):
    result = run("export", "all", "--format", "jsonl")
    (path,) = tmp_path.glob("newsgauge-*-jsonl.zip")
    *said, written = result.output.splitlines()
    assert said[0].startswith("articles: 6 rows, about ")
    assert [line.split(":")[0] for line in said] == list(TABLES_BY_NAME)
    assert written.startswith(f"{path.name}: ")


def test_help_of_export_names_every_table(run):
    text = run("export", "--help").output
    assert not [name for name in TABLES_BY_NAME if not re.search(rf"\b{name}\b", text)]


def test_export_refuses_another_ending_and_an_unreadable_query(run, built):
    assert "must end in .csv" in run("export", "articles", "--out", "a.xlsx").output
    result = run("export", "articles", "--query", "ban AND")
    assert result.exit_code == 2
    assert "^" in result.output


@pytest.mark.slow
def test_report_writes_the_formats_asked_for(run, built, tmp_path):
    result = run("report", "facial-recognition-ban", "--format", "html, md", "--out", "reports")
    assert result.exit_code == 0, result.output
    html, text = sorted((tmp_path / "reports").iterdir())
    assert (html.suffix, text.suffix) == (".html", ".md")
    assert text.read_text().startswith("# Calls to ban facial recognition")
    assert f"reports/{html.name}: 4 articles, snapshot " in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("no-such-story",), "story must be one of"),
        (("--format", "docx"), "docx"),
        (("--query", "ban AND"), "^"),
    ],
)
def test_report_says_what_is_wrong(run, built, arguments, message):
    result = run("report", *arguments)
    assert result.exit_code == 2
    assert message in result.output


def test_every_command_teaches_by_example(run):
    for name, command in main.commands.items():
        text = run(name, "--help").output
        assert "Example" in text, name
        assert f"newsgauge {name}" in text, name
        assert all(
            option.help
            for option in command.params
            if option.param_type_name == "option" and option.name != "form"
        ), name


def test_the_store_can_come_from_the_environment(run, tmp_path, monkeypatch):
    monkeypatch.setenv("NEWSGAUGE_STORE", str(tmp_path / "elsewhere"))
    run("build", RECORDS)
    assert (tmp_path / "elsewhere" / "CURRENT").exists()


def test_evaluate_measures_on_the_users_labels(run, tmp_path):
    rows = [
        ("1", "Council votes to ban facial recognition cameras", "ban"),
        ("2", "Facial recognition cameras banned in council vote", "ban"),
        ("3", "Ferry to Marlow Vale will run twice an hour", "ferry"),
    ]
    file = tmp_path / "labels.jsonl"
    file.write_text(
        "\n".join(
            json.dumps({"id": id_, "title": title, "gold_story": story, "published": "2021-08-23"})
            for id_, title, story in rows
        )
    )
    result = run("evaluate", file)
    assert result.exit_code == 0, result.output
    assert "3 articles: 2 groups found, 2 labelled" in result.output
    assert "bcubed    1.000      1.000   1.000" in result.output


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "holds no labelled article"),
        ("{", "labels.jsonl:1: a line must be a JSON object"),
        ('{"id": "1", "title": "x"}', "labels.jsonl:1: gold_story must be a text, got None"),
        ('{"id": "1", "title": "x", "gold_story": "a"}\n' * 2, "id must be given once, '1' is given twice"),
    ],
)
def test_evaluate_says_what_is_wrong_with_labels(run, tmp_path, line, message):
    (tmp_path / "labels.jsonl").write_text(line)
    result = run("evaluate", "labels.jsonl")
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.slow
def test_demo_writes_builds_and_says_that_it_is_synthetic(run, tmp_path):
    result = run("demo", "--no-serve", "--folder", tmp_path / "demo")
    assert result.exit_code == 0, result.output
    assert "synthetic" in result.output
    assert "newsgauge build FOLDER && newsgauge serve" in result.output
    assert "Table    articles" in run("info", "--store", tmp_path / "demo" / "store").output
