from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.story import COLOURS, Story, StoryError, key_of, load_story, write_story
from dashboard.saved import BadName, Saved

BLUE, GREEN = COLOURS["blue"], COLOURS["green"]
HOSTILE = [
    "../../../etc/passwd",
    "/etc/passwd",
    "con",
    "a\0b",
    "..",
    "名前",
    "x" * 500,
    "<script>",
    "a\nb: c",
]


@pytest.fixture
def saved(tmp_path):
    return Saved(tmp_path / "settings")


@given(st.text())
def test_a_key_is_safe_whatever_the_name(name):
    key = key_of(name)
    assert key
    assert set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert key == key_of(name)


@given(
    name=st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1
    ).filter(str.strip),
    about=st.text(st.characters(codec="utf-8", exclude_categories=["Cs"])),
    colour=st.sampled_from(list(COLOURS.values())),
)
def test_a_story_is_read_as_it_was_written(tmp_path_factory, name, about, colour):
    story = Story("one", name, about, "ban*", colour)
    folder = tmp_path_factory.mktemp("stories")
    write_story(story, folder)
    assert load_story("one", [folder]) == story


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leads_out_of_the_folder(saved, tmp_path, name):
    try:
        story = saved.save_story(name, "ban*", colour=BLUE)
    except BadName:
        assert len(name) > 120
        return
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.parent for path in written] == [tmp_path / "settings" / "stories"]
    assert saved.stories()[story.key].name == story.name


@pytest.mark.parametrize("key", ["../x", "a/b", "", ".hidden", "A", "x" * 90])
def test_a_key_that_is_none_is_refused(tmp_path, key):
    with pytest.raises(StoryError, match="key must be"):
        write_story(Story(key, "Name", "", "ban*", BLUE), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_query_that_cannot_be_read_writes_nothing(saved):
    with pytest.raises(StoryError, match="query"):
        saved.save_story("Bans", "(ban", colour=BLUE)
    assert list((saved.folder / "stories").iterdir()) == []


def test_a_new_story_takes_a_key_of_its_own(saved):
    keys = [saved.save_story("Deepfakes", "deepfake*", colour=GREEN).key for _ in range(2)]
    assert keys == ["deepfakes-2", "deepfakes-3"]


def test_a_renamed_story_keeps_its_key(saved):
    key = saved.save_story("Bans", "ban*", colour=BLUE).key
    saved.save_story("Moratoria", "moratori*", colour=GREEN, key=key)
    story = saved.stories()[key]
    assert (story.name, story.query, story.colour) == ("Moratoria", "moratori*", GREEN)


def test_a_built_in_story_that_is_edited_keeps_its_dates_and_comes_back_when_deleted(saved):
    before = saved.stories()["facial-recognition-ban"]
    saved.save_story("Mine", "ban*", colour=BLUE, key=before.key)
    assert saved.stories()[before.key].annotations == before.annotations
    saved.delete("stories", before.key)
    assert saved.stories()[before.key] == before
    saved.restore("stories", before.key)
    assert saved.stories()[before.key].name == "Mine"


@pytest.mark.parametrize("kind", ["deleted/stories", "../stories", "x"])
def test_only_stories_and_views_are_brought_back(saved, kind):
    key = saved.save_story("Bans", "ban*", colour=BLUE).key
    saved.delete("stories", key)
    saved.restore(kind, key)
    assert key not in saved.stories()


def test_a_file_that_cannot_be_read_is_named_and_hides_nothing(saved):
    saved.save_story("Bans", "ban*", colour=BLUE)
    (saved.folder / "stories" / "broken.yaml").write_text("name: [", "utf-8")
    assert "bans" in saved.stories()
    assert "broken.yaml" in saved.faults()[0]


def test_a_file_edited_by_hand_is_read_again(saved):
    saved.save_story("Bans", "ban*", colour=BLUE)
    path = saved.folder / "stories" / "bans.yaml"
    path.write_text(path.read_text("utf-8").replace("name: Bans", "name: All the bans"), "utf-8")
    assert saved.stories()["bans"].name == "All the bans"


def test_views_are_replaced_by_name_and_their_address_is_one_of_ours(saved):
    saved.save_view("Morning", "/articles?v=1&q=ban&nonsense=1")
    saved.save_view("Morning", "https://evil.example/?q=x")
    (view,) = saved.views()
    assert view.address == "/?v=1&q=x"


def test_nothing_is_saved_without_a_folder():
    with pytest.raises(BadName, match="without a folder"):
        Saved().save_view("Morning", "/")
