from datetime import date

import pandas as pd
import pytest

from analysis.story import COLOURS, Annotation, StoryError, UnknownStory, load_story, stories
from analysis.text import fold
from data import STORIES

GOOD = "name: Bans\nquery: ban*\ncolour: sky\n"


def test_the_stories_that_ship_take_the_colours_in_their_order():
    assert [story.colour for story in stories()] == list(COLOURS.values())[:4]


def test_the_first_story_finds_what_calls_for_a_ban():
    titles = {
        "Civil liberties groups demand ban on facial recognition technology": True,
        "Civil liberties groups demand government bans facial recognition cameras": True,
        "PI and 30 CSOs unite against use of live facial recognition technology halt it": True,
        "EU eyes moratorium on face recognition": True,
        "New UK live facial recognition code proposed has potential for adverse effects": False,
        "Bank of Bangladesh buys facial recognition": False,
        "Ban on plastic bags": False,
    }
    frame = pd.DataFrame({"search_title": [fold(title) for title in titles], "search_excerpt": ""})
    found = load_story("facial-recognition-ban").parsed.apply(frame).index
    assert found.tolist() == [place for place, wanted in enumerate(titles.values()) if wanted]


def test_a_folder_of_the_user_comes_first(tmp_path):
    (tmp_path / "deepfakes.yaml").write_text(GOOD)
    assert load_story("deepfakes.yaml", [tmp_path, STORIES]).name == "Bans"
    assert {story.key for story in stories([tmp_path, STORIES])} == {story.key for story in stories()}
    assert stories([tmp_path / "nothing"]) == ()


def test_scalars_are_text_and_annotations_are_sorted(tmp_path):
    text = 'name: No\nquery: "2021"\nannotations:\n- {day: 2021-08-23, text: later}\n- {day: 2020-01-16, text: first}\n'
    (tmp_path / "a.yaml").write_text(text)
    story = load_story("a", [tmp_path])
    assert (story.name, story.query, story.description, story.colour) == ("No", "2021", "", COLOURS["blue"])
    assert story.annotations == (
        Annotation(date(2020, 1, 16), "first"),
        Annotation(date(2021, 8, 23), "later"),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n", "a story must be a mapping with name, description, query, colour, annotations; got ['a']"),
        ("", "a story must be a mapping"),
        ("name: [\n", "the file must be YAML in UTF-8"),
        (
            "name: a\nquery: b\ncolor: blue\n",
            "each field must be one of name, description, query, colour, annotations; got 'color'",
        ),
        ("query: b\n", "name must be a text; got ''"),
        ("name: a\nquery: [b]\n", "query must be a text; got ['b']"),
        ("name: a\nquery: b AND\n", "query must be in the query language; at character 6, expected a word"),
        (
            "name: a\nquery: b\ncolour: red\n",
            "colour must be one of blue, vermillion, green, purple, sky, orange; got 'red'",
        ),
        ("name: a\nquery: b\nannotations: soon\n", "annotations must be a list of day and text; got 'soon'"),
        (
            "name: a\nquery: b\nannotations: [{day: 2021-08-23}]\n",
            "annotations[0] must be a day and a text; got {'day': '2021-08-23'}",
        ),
        (
            "name: a\nquery: b\nannotations: [{day: soon, text: b}]\n",
            "annotations[0].day must be a day such as 2021-08-23; got 'soon'",
        ),
        (
            "name: a\nquery: b\nannotations: [{day: 2021-08-23, text: ''}]\n",
            "annotations[0].text must be a text; got ''",
        ),
    ],
)
def test_a_file_that_holds_no_story_is_named_with_field_and_value(tmp_path, text, message):
    path = tmp_path / "a.yaml"
    path.write_text(text)
    with pytest.raises(StoryError) as caught:
        load_story("a", [tmp_path])
    assert f"{path}: {message}" in str(caught.value)


def test_an_unknown_story_names_those_there_are():
    with pytest.raises(UnknownStory, match=r"story must be one of ai-regulation, deepfakes, .* got 'x'"):
        load_story("x")
