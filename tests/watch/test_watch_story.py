import pytest
from click.testing import CliRunner

from analysis.watch import default_rules
from dashboard.cli import main
from data import STORIES

pytestmark = pytest.mark.slow  # every test builds


@pytest.fixture
def own(tmp_path, monkeypatch):
    """The folder of a user's own stories, with one of them."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    folder = tmp_path / "settings" / "newsgauge" / "stories"
    folder.mkdir(parents=True)
    (folder / "kites.yaml").write_text("name: Kites of mine\nquery: kites\ncolour: blue\n")
    return folder


@pytest.mark.parametrize("rules", ["", "follow:\n  - story: kites\n    alerts: [first-mention]\n"])
def test_the_users_own_story_is_watched(own, tmp_path, make_record, write_records, rules):
    news = write_records(make_record(title="Kites rise"))
    asked = ["watch", str(news), "--store", str(tmp_path / "store"), "--once"]
    if rules:
        (tmp_path / "rules.yaml").write_text(rules)
        asked += ["--rules", str(tmp_path / "rules.yaml")]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    assert "FIRST-MENTION" in done.output
    assert "Kites of mine" in done.output
    assert "FIRST-MENTION" not in CliRunner().invoke(main, asked).output  # once


def test_a_story_that_is_nowhere_is_said_with_its_line_and_those_there_are(own, tmp_path):
    (tmp_path / "rules.yaml").write_text("follow:\n  - story: kite\n")
    done = CliRunner().invoke(
        main, ["watch", str(tmp_path), "--rules", str(tmp_path / "rules.yaml"), "--once"]
    )
    assert done.exit_code == 2
    assert "rules.yaml:2: follow[0].story must be one of " in done.output
    assert "kites" in done.output


def test_ones_own_hides_what_ships_and_one_query_is_followed_once(own):
    (own / "deepfakes.yaml").write_text("name: Mine\nquery: deepfake*\ncolour: orange\n")
    (own / "copy.yaml").write_text("name: The same\nquery: kites\ncolour: sky\n")
    followed = default_rules(folders=(own, STORIES)).followed
    assert [one.query for one in followed if one.story == "deepfakes"] == ["deepfake*"]
    assert [one.query for one in followed].count("kites") == 1
