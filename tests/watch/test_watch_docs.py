import re
import shlex
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import click
import pytest

from analysis.watch import KINDS, THRESHOLDS, Command, File, Terminal, Webhook, read_rules
from dashboard.cli import main

DOCS = Path(__file__).parents[2] / "docs"
UNITS = sorted([*(DOCS / "units").glob("*.service"), *(DOCS / "units").glob("*.timer")])
SERVICES = [path for path in UNITS if path.suffix == ".service"]
PROGRAM = "/opt/newsgauge/bin/newsgauge"


def read(unit):
    parser = ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str
    parser.read_string(unit.read_text("utf-8"))
    return parser


def understood(words):
    assert words[0] == PROGRAM
    with main.commands[words[1]].make_context(words[1], words[2:], parent=click.Context(main)) as context:
        return context.params


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_the_command_of_a_unit_is_understood(unit):
    command = read(unit)["Service"]["ExecStart"]
    assert "%" not in command  # systemd would put something in its place
    assert understood(shlex.split(command))["store"] == Path("/var/lib/newsgauge/store")


def test_the_store_lies_where_the_units_may_write():
    for unit in SERVICES:
        service = read(unit)["Service"]
        assert service["ProtectSystem"] == "strict"
        assert service["StateDirectory"] == "newsgauge"  # /var/lib/newsgauge


def test_the_timer_is_of_a_service_that_there_is():
    (timer,) = (unit for unit in UNITS if unit.suffix == ".timer")
    assert timer.with_suffix(".service") in SERVICES
    assert read(timer)["Timer"]["OnCalendar"]


def test_the_commands_of_the_crontab_are_understood():
    lines = [line for line in (DOCS / "units" / "crontab").read_text("utf-8").splitlines() if line[0] != "#"]
    given = []
    for line in lines:
        *when, command = line.split(maxsplit=5)
        assert all(re.fullmatch(r"[\d*/,-]+", part) for part in when)
        assert "%" not in command  # ends a line of cron
        given.append(understood(shlex.split(command)))
    assert given[0]["once"] is True
    assert len(given) == 2


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing")
def test_systemd_takes_the_units(tmp_path):
    for unit in UNITS:  # the program is not installed here
        (tmp_path / unit.name).write_text(unit.read_text("utf-8").replace(PROGRAM, "/bin/true"), "utf-8")
    paths = [str(tmp_path / unit.name) for unit in UNITS]
    run = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *paths], capture_output=True, text=True, check=False
    )
    said = run.stdout + run.stderr
    assert run.returncode == 0, said
    assert not [line for line in said.splitlines() if "newsgauge" in line]


def test_the_rules_of_the_page_are_whole_and_show_the_defaults(tmp_path):
    (text,) = re.findall(
        r"^```yaml\n(.*?)^```", (DOCS / "watching.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    (tmp_path / "rules.yaml").write_text(text, "utf-8")
    rules = read_rules(tmp_path / "rules.yaml")
    assert {kind for followed in rules.followed for kind in followed.wanted} == set(KINDS)
    everything = rules.followed[-1]
    assert dict(everything.thresholds) == {kind: make() for kind, make in THRESHOLDS.items()}
    assert [type(target) for target in rules.targets] == [Terminal, File, Command, Webhook]
    assert rules.targets[2].timeout == Command(("true",)).timeout
    assert rules.targets[3].timeout == Webhook("http://a.example").timeout
    names = {name for make in THRESHOLDS.values() for name in make.__dataclass_fields__}
    for field in ("story", "query", "name", "alerts", "everything", "follow", "send", "timeout", *names):
        assert f"{field}:" in text, field


def test_the_help_points_to_the_page():
    assert "docs/watching.md" in main.commands["watch"].help
