from pathlib import Path
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.records import Problem, Reader, SourceFile, fast, forms
from analysis.tables import sheaf as sheaves
from analysis.tables.sheaf import Sheaf
from analysis.tables.staging import Staging

GOLDEN = sorted(
    path
    for path in Path(__file__).parents[1].joinpath("records/golden").iterdir()
    if "result" not in path.name
)
# Values of each field that have nothing to report, and one that has, or that takes more than one line to understand.
FIELDS = [
    ("title", ["Ban", '"calls to \\"ban\\""', "'it''s'", "a\u200bb", "\xa0x"], "\x97"),
    ("excerpt", ["“No”", "null", '"a\\nb"'], "[a]"),
    (
        "publishedDateTime",
        ["2021-08-23T05:30:00Z", "2021-08-23", "2021-08-23T05:30:00-07:00", "null"],
        "2021-08-23 05:30",
    ),
    ("webUrl", ["https://www.sky.com/a?utm_source=b", "https://sky.com/b", '""'], "https://a.example/x y"),
    ("ampWebUrl", ["https://amp.sky.com/a", "null"], "sky"),
    ("originalUrl", ["https://bbc.co.uk/é", "https://sky.com/b"], "ftp://a.example/"),
    ("quality", ["39", "-0", "1e3", "null"], "-1"),
    ("heat", ["-1", "0", "2.50", "-1.0"], "-2"),
    ("published", ["true", "No", "null"], "perhaps"),
    ("type", ["article", "null"], "{a: b}"),
    ("category", ["news", "null"], "[a, b]"),
    ("colour", ["red", '"tab\\t"', "", "\n{i}  - 1"], "a: b"),
    ("secured", ['"xyz;="'], "*a"),
    ("provider", ["\n{i}  name: Sky\n{i}  domain: WWW.sky.com"], "\n{i}  name: Sky\n{i}  domain: no"),
    ("topics", ["\n{i}  - AI\n{i}  - AI", "\n{i}  - NLP", ""], "\n{i}  - ~"),
    ("images", ["\n{i}  - url: https://a.example/1\n{i}    width: 12", ""], "\n{i}  - width: 12"),
]
NEEDED = {"title", "publishedDateTime", "webUrl", "provider"}


@st.composite
def blocks(draw, indent):
    """Fields of an article; in one of three, one of them is odd."""
    odd = draw(
        st.sampled_from([None, None, *(name for name, *_ in FIELDS)]) if draw(st.booleans()) else st.none()
    )
    lines = []
    for name, usual, unusual in FIELDS:
        if name == odd or name in NEEDED or draw(st.booleans()):
            value = unusual if name == odd else draw(st.sampled_from(usual))
            lines.append(f"{name}: {value}".replace(": \n", ":\n").replace("{i}", indent))
    return f"\n{indent}".join(lines)


ITEMS = st.lists(
    blocks("    ") | st.just("webUrl: https://sky.com/2\n    provider:\n      domain: sky.com"), max_size=3
)
RECORDS = st.builds(
    lambda head, items, end: (
        "---\n" + head + ("\nrelated:\n  - " + "\n  - ".join(items) if items else "") + end
    ).encode("utf-8", "surrogatepass"),
    blocks(""),
    ITEMS,
    st.sampled_from(["\n---\n", "\n---\n\n", "\n\ntags:\n  - a\n---", "\n---\nbody\n"]),
)


def by_the_plain_path(files):
    staging, reader = Staging(1, "/news"), Reader(fast_path=False)
    for file, data in files:
        staging.add(file, data, reader.read(file.path, data))
    return staging


def by_the_sheaf(files):
    sheaf = Sheaf(Staging(1, "/news"), Reader())
    for file, data in files:
        sheaf.add(file, data)
    return sheaf.staged()


def numbered(contents):
    return [(SourceFile(f"{n}.md", len(data), n), data) for n, data in enumerate(contents)]


def assert_equal(files):
    found, expected = by_the_sheaf(files), by_the_plain_path(files)
    assert found.lines == expected.lines
    assert found.files == expected.files


@given(st.lists(RECORDS, min_size=1, max_size=5))
@example([b"---\ntitle: a\n?\nwebUrl: https://sky.com/1\n---", b"---\nwebUrl: https://sky.com/1\n---"])
def test_a_sheaf_stages_what_the_plain_path_gives(contents):
    assert_equal(numbered(contents))


@given(st.lists(RECORDS, min_size=1, max_size=3), st.lists(RECORDS, max_size=2))
def test_a_sheaf_that_knows_the_forms_of_files_stages_what_the_plain_path_gives(contents, others):
    known = mock.patch.object(fast, "_FORMS", forms.Forms())
    with known, mock.patch.object(forms, "_WORTH", 1), mock.patch.object(sheaves, "_MANY", 1):
        assert_equal(numbered([*contents, *others, *contents]))


@pytest.mark.parametrize(("name", "usual", "odd"), FIELDS)
def test_every_value_is_staged_as_the_plain_path_stages_it(name, usual, odd):
    for value in [*usual, odd]:
        fields = {**{name: values[0] for name, values, _ in FIELDS if name in NEEDED}, name: value}
        lines = [
            f"{name}: {value}".replace(": \n", ":\n").replace("{i}", "") for name, value in fields.items()
        ]
        head = "\n".join(lines)
        item = head.replace("\n", "\n    ").replace("sky.com/b", "sky.com/c")
        assert_equal(
            numbered([f"---\n{head}\n---\n".encode(), f"---\n{head}\nrelated:\n  - {item}\n---\n".encode()])
        )


def test_a_sheaf_stages_every_sample_as_the_plain_path_does():
    assert_equal([(SourceFile(path.name, 1, 1), path.read_bytes()) for path in GOLDEN])


@pytest.mark.parametrize("many", [1, 2, 100])
def test_items_that_later_files_repeat_are_staged_once(monkeypatch, make_record, many):
    monkeypatch.setattr(sheaves, "_MANY", many)
    related = [{"url": "https://b.example/1"}, {"url": "https://b.example/2"}]
    files = numbered(make_record(f"https://a.example/{n}", related=related).encode() for n in range(5))
    staging = by_the_sheaf(files)
    assert len(staging.lines["facts"]) == 5 + 2
    assert staging.lines == by_the_plain_path(files).lines


def test_usual_files_do_not_take_the_plain_path(monkeypatch, make_record):
    monkeypatch.delattr(Reader, "read")
    assert len(by_the_sheaf(numbered([make_record(topics=["AI"]).encode()])).lines["records"]) == 1


def test_an_unusual_file_does_not_cost_the_others_the_fast_path(monkeypatch, make_record):
    read = []
    plainly = Reader.read
    monkeypatch.setattr(
        Reader, "read", lambda self, path, data: (read.append(path), plainly(self, path, data))[1]
    )
    by_the_sheaf(
        numbered([make_record().encode(), b"---\ntitle: [a]\n---", make_record(quality="high").encode()])
    )
    assert read == ["1.md", "2.md"]


def test_a_file_that_cannot_be_had_is_a_problem_in_its_place(make_record):
    sheaf = Sheaf(Staging(1, "/news"), Reader())
    sheaf.add(SourceFile("a.md", 1, 1), Problem("a.md", "unreadable", "gone"))
    sheaf.add(SourceFile("b.md", 1, 1), make_record().encode())
    staging = sheaf.staged()
    assert [row[1] for row in staging.files] == ["a.md", "b.md"]
    assert not staging.files[0][4]
    assert staging.files[1][4]
    assert len(staging.lines["problems"]) == 1
