import pytest
from click.testing import CliRunner

from analysis import build_corpus
from dashboard.cli import main


@pytest.fixture(scope="module")
def store(tmp_path_factory, make_record):
    folder = tmp_path_factory.mktemp("kites")
    (folder / "2021-08-23-kites.md").write_text(make_record(title="Kites rise"), "utf-8")
    build_corpus(folder, folder / "store")
    return folder / "store"


@pytest.fixture
def run(tmp_path, monkeypatch, store):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    folder = tmp_path / "settings" / "newsgauge" / "stories"
    folder.mkdir(parents=True)
    (folder / "kites.yaml").write_text("name: Kites\nquery: kites\ncolour: blue\n")

    def report(story):
        asked = ["report", story, "--store", str(store), "--format", "md"]
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
