import pytest
from click.testing import CliRunner

from analysis import build_corpus
from dashboard.cli import main


@pytest.fixture
def run(tmp_path, monkeypatch, make_record, write_records):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    build_corpus(write_records(make_record(title="Kites rise")), tmp_path / "store")
    folder = tmp_path / "settings" / "newsgauge" / "stories"
    folder.mkdir(parents=True)
    (folder / "kites.yaml").write_text("name: Kites\nquery: kites\ncolour: blue\n")

    def report(story):
        asked = ["report", story, "--store", str(tmp_path / "store"), "--format", "md"]
        return CliRunner().invoke(main, [*asked, "--out", str(tmp_path / "out")])

    return report


def test_a_report_finds_the_users_own_story(run, tmp_path):
    done = run("kites")
    assert done.exit_code == 0, done.output
    (path,) = (tmp_path / "out").iterdir()
    assert path.read_text("utf-8").startswith("# Kites\n")
    assert "1 article, snapshot" in done.output


@pytest.mark.parametrize("key", ["../stories/kites", "/etc/passwd", "kite"])
def test_a_key_is_no_path(run, key):
    done = run(key)
    assert done.exit_code == 2
    assert "story must be one of" in done.output
