import json

from hypothesis import example, given
from hypothesis import strategies as st

from analysis.records import Reader
from analysis.records.json_places import find_places

TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["{", '"', "\\", ",]", ": "]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=3), below, max_size=3),
    max_leaves=12,
)


def paths(tree, here=()):
    yield here, tree
    if isinstance(tree, dict | list):
        for key, below in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from paths(below, (*here, key))


@given(TREES, st.sampled_from([None, 0, 2]), st.booleans())
@example({"": {"": []}, "a": [{}, [[]]]}, 1, False)
def test_every_value_is_found_where_it_stands(tree, indent, ascii_only):
    text = json.dumps(tree, indent=indent, ensure_ascii=ascii_only)
    wanted = dict(paths(tree))
    places = find_places(text, wanted)
    lines = text.split("\n")
    assert not places.repeated
    assert places.found.keys() == wanted.keys()
    for path, value in wanted.items():
        line, column = places.of(path)
        rest = "\n".join([lines[line][column:], *lines[line + 1 :]])
        found, _ = json.JSONDecoder().raw_decode(rest)
        assert found == value


def test_the_last_of_fields_of_one_name_is_the_one_that_counts():
    text = '{"a": {"b": 1}, "c": {"b": 2, "b": 3}, "a": {"b": 4}}'
    places = find_places(text, [("a", "b")])
    assert places.repeated == [("c", "b"), ("a",)]
    assert places.of(("a", "b")) == (0, text.index("4"))
    assert places.of(("c", "b")) == (0, text.index("3"))


def test_a_json_page_without_problems_is_not_looked_through(monkeypatch):
    monkeypatch.setattr("analysis.records.reader.find_places", None)
    article = {"webUrl": "https://a.example/1", "title": "Ban", "publishedDateTime": "2021-08-23T05:30:00Z"}
    page = {"value": [{**article, "provider": {"domain": "a.example"}}]}
    assert len(Reader().read("a.json", json.dumps(page).encode()).records) == 1
