import json
from datetime import UTC, datetime

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.records import Reader, fast, plain

# Text that is likely to trip a line-based reader: YAML's indicators, quotes, escapes, blanks of all kinds.
PIECES = st.sampled_from(
    [
        "a",
        "Ban",
        "é",
        "顔",
        "🙂",
        " ",
        "  ",
        ":",
        ": ",
        "#",
        " #",
        "-",
        "- ",
        "'",
        "''",
        '"',
        '\\"',
        "\\",
        "\\n",
        "\\u0041",
        "\\x97",
        "\n",
        "\n ",
        "\n  ",
        "\n    ",
        "\n- ",
        "\n  - ",
        "\n    - ",
        "\nrelated:\n  - ",
        "title: ",
        "url: ",
        "\t",
        "\xa0",
        "\u2028",
        "\x85",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&a ",
        "*a",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        "~",
        "null",
        "1",
        "-1",
        "...",
        "---",
        "=",
        "<<: ",
        "?",
        "? ",
        ".",
    ]
)
SOUP = st.lists(PIECES, max_size=14).map("".join)


@given(SOUP)
@example("a:\n- b\n- c: d\n  e: f")
@example("a:\n  - b: c\n   d: e")
@example("topics:\n\nrelated:\n  - title: a\n\n  - b")
@example("a: 'b' 'c'")
@example("a: b: c")
@example('a: "b"c')
@example("a: b #c")
@example("a: b ")
@example("a: b#c")
@example("a:b")
@example("- a\n-b")
@settings(max_examples=6 * settings.default.max_examples)
def test_what_the_fast_path_reads_is_what_pyyaml_reads(text):
    try:
        tree = fast.parse(text)
    except fast.Unusual:
        return
    assert tree == yaml.load(text, yaml.CBaseLoader)


@given(st.lists(PIECES, max_size=8).map("".join), SOUP, SOUP)
@settings(max_examples=6 * settings.default.max_examples)
def test_a_record_is_the_same_on_either_path(title, between, item):
    text = f"---\ntitle: {title}\nwebUrl: https://a.example/x\n{between}\nrelated:\n  - webUrl: https://a.example/y\n    title: {item}\n---\n"
    data = text.encode()
    assert Reader().read("a.md", data) == Reader(fast_path=False).read("a.md", data)


@given(SOUP)
@example("&a [*a]")
@example("a: &a 1\nb: &a 2")
@settings(max_examples=6 * settings.default.max_examples)
def test_the_plain_path_builds_what_pyyaml_builds(text):
    try:
        expected = yaml.load(text, yaml.CBaseLoader)
    except (yaml.YAMLError, TypeError):  # TypeError: a mapping as a key
        with pytest.raises(plain.YamlFault):
            plain.load(text)
        return
    if "&" in text and "*" in text and _holds_itself(expected, ()):
        with pytest.raises(plain.YamlFault, match="undefined alias"):  # PyYAML builds a tree without end
            plain.load(text)
    else:
        assert plain.load(text).tree == expected


def _holds_itself(tree, above):
    if isinstance(tree, str) or tree is None:
        return False
    inside = tree.values() if isinstance(tree, dict) else tree
    return any(tree is outer for outer in above) or any(
        _holds_itself(item, (*above, tree)) for item in inside
    )


SCALARS = st.one_of(
    st.text(
        alphabet=st.characters(
            exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffe\uffff\u2028\u2029"
        ),
        max_size=40,
    ),
    st.sampled_from(["No", "2021", "012", "null-ish", "a: b", "it's", 'say "ban"', "x #y", "- z", "100 %"]),
)


def _quoted(text):
    return json.dumps(text, ensure_ascii=False)


@given(
    title=SCALARS,
    excerpt=SCALARS,
    moment=st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),
    quality=st.integers(0, 300),
    topics=st.lists(SCALARS, max_size=4),
    related=st.lists(st.tuples(SCALARS, st.integers(0, 5)), max_size=5),
)
def test_generated_records_come_back_as_they_were(title, excerpt, moment, quality, topics, related):
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    lines = ["---", f"title: {_quoted(title)}", f"excerpt: {_quoted(excerpt)}"]
    lines += [
        f"publishedDateTime: {moment:%Y-%m-%dT%H:%M:%SZ}",
        'webUrl: "https://a.example/own"',
        f"quality: {quality}",
    ]
    lines += ["provider:", f"  name: {_quoted(title)}", "  domain: a.example"]
    if topics:
        lines += ["topics:", *(f"  - {_quoted(topic)}" for topic in topics)]
    if related:
        lines.append("related:")
        for text, number in related:
            lines += [f"  - title: {_quoted(text)}", f'    webUrl: "https://b.example/{number}"']
    reading = Reader().read("a.md", "\n".join([*lines, "---", ""]).encode())

    record = reading.records[0]
    assert (record.facts.title or "") == _plain(title)
    assert (record.facts.excerpt or "") == _plain(excerpt)
    assert record.facts.published_at == moment
    assert record.facts.quality == quality
    assert list(record.topics) == list(
        dict.fromkeys(t for t in map(_plain, topics) if t not in ("", "Null", "NULL"))
    )
    assert [item.url for item in record.related] == [f"https://b.example/{number}" for _, number in related]
    assert [item.title or "" for item in record.related] == [_plain(text) for text, _ in related]


def _plain(text):
    """Text as the border leaves it: without blanks around it; other blanks than U+0020 count as one."""
    text = " ".join(text.split()) if not text.isprintable() else text
    text = text.strip()
    return "" if text in ("~", "null") else text
