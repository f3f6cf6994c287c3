import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.records import CODES, Reader

NAMES = st.sampled_from(["a.md", "a.json", "a.jsonl", "deep/b.markdown"])


@given(NAMES, st.binary(max_size=300))
@settings(max_examples=4 * settings.default.max_examples)
def test_any_bytes_are_read_and_nothing_is_lost(name, data):
    reading = Reader().read(name, data)
    errors = [problem for problem in reading.problems if problem.severity == "error"]
    assert reading.n_entries == len(reading.records) + len(errors)
    if name.endswith(".md"):
        assert reading.n_entries == 1
    assert all(problem.source == name and problem.code in CODES for problem in reading.problems)


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=5) | st.integers(),
        lambda x: (
            st.lists(x, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["title", "webUrl", "quality", "provider", "topics", "images", "related", "name", "url"]
                ),
                x,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
@settings(max_examples=4 * settings.default.max_examples)
def test_any_json_is_read_and_every_article_is_a_record_or_an_error(tree):
    reading = Reader().read("a.json", json.dumps(tree).encode())
    if isinstance(tree, dict) and isinstance(tree.get("value"), list):
        expected = len(tree["value"])
    else:
        expected = len(tree) if isinstance(tree, list) else 1
    assert reading.n_entries == expected


def test_an_item_listed_twice_is_parsed_once_and_shared():
    item = "  - title: Same\n    webUrl: https://b.example/1\n    provider:\n      name: B\n      domain: b.example\n"
    text = (
        "---\ntitle: {}\nwebUrl: https://a.example/{}\nprovider:\n  name: A\n  domain: a.example\npublishedDateTime: 2021-01-01T00:00:00Z\nrelated:\n"
        + item
        + "---\n"
    )
    reader = Reader()
    first, second = (reader.read("a.md", text.format(n, n).encode()).records[0] for n in (1, 2))
    assert first.related[0] is second.related[0]


@pytest.mark.parametrize(
    ("fields", "column", "value"),
    [
        ("quality: 39", "quality", 39.0),
        ("quality: 0", "quality", 0.0),
        ("quality:", "quality", None),
        ("quality: ~", "quality", None),
        ("heat: -1", "heat", None),
        ("heat: -1.0", "heat", None),
        ("heat: 3694", "heat", 3694.0),
        ("score: 12", "heat", 12.0),
        ("heat: 1\nscore: 2", "heat", 1.0),
        ("published: true", "is_published", True),
        ("published: Off", "is_published", False),
        ("abstract: Said", "excerpt", "Said"),
        ("title: null", "title", None),
        ("title: Null and void", "title", "Null and void"),
        ("locale: en-GB", "locale", "en-GB"),
        ("originalUrl: https://o.example/1", "original_url", "https://o.example/1"),
    ],
)
def test_what_a_field_means(fields, column, value):
    data = f"---\nwebUrl: https://a.example/x\nprovider:\n  domain: a.example\n{fields}\n---\n".encode()
    assert getattr(Reader().read("a.md", data).records[0].facts, column) == value


def test_a_file_over_the_limit_is_a_problem(tmp_path, monkeypatch):
    from analysis.records import read_source, sources

    monkeypatch.setattr(sources, "MAX_RECORD_BYTES", 100)
    (tmp_path / "big.md").write_text("---\n" + "a" * 200)
    (problem,) = read_source(tmp_path)
    assert problem.code == "file-too-large"
    assert "100 bytes" in problem.message
