import pytest

from analysis.reports import KINDS, SECTIONS, BadReport, ReportSpec, Style, read_spec, read_style
from analysis.reports.gather import _SECTIONS


@pytest.fixture
def written(tmp_path):
    def write(text, name="given.yaml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "leaflet"}, "kind must be one of brief, full, comparison, provider, data; got 'leaflet'"),
        ({"basis": "words"}, "basis must be one of articles, originals, events, providers; got 'words'"),
        ({"every": "fortnight"}, "every must be one of"),
        ({"sections": ("sports",)}, "each section must be one of summary"),
        ({"sections": ("terms", "terms")}, "sections must each stand once"),
        ({"rows": -1}, "rows must be a whole number, 0 or more; got -1"),
        ({"rows": True}, "rows must be a whole number"),
        ({"kind": "comparison"}, "stories must be two or more of different names to compare; got 0"),
        ({"kind": "comparison", "stories": (("A", "a"), ("A", "b"))}, "of different names to compare; got 1"),
    ],
)
def test_a_wrong_request_says_what_is_allowed_and_what_came(given, message):
    with pytest.raises(BadReport, match=message):
        ReportSpec(**given)


def test_every_section_can_be_gathered():
    assert set(SECTIONS) == set(_SECTIONS)
    assert set(SECTIONS) == {section for sections in KINDS.values() for section in sections}


def test_a_file_chooses_the_sections_and_arguments_win(written):
    path = written("kind: full\nevery: week\nrows: 7\nsections: [volume, method]\n")
    assert read_spec(path) == ReportSpec("full", every="week", rows=7, sections=("volume", "method"))
    assert read_spec(path, title="Ban", every="day").every == "day"
    assert read_spec(written("")) == ReportSpec()
    compared = read_spec(written("kind: comparison\nstories: {Ban: ban*, Police: police}\n"))
    assert compared.stories == (("Ban", "ban*"), ("Police", "police"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n", "a report must be a mapping"),
        ("colour: red\n", "each field must be one of kind, title"),
        ("sections: summary\n", "sections must be a list; got 'summary'"),
        ("stories: [a]\n", "stories must be a mapping of name and query"),
        ("title: 2021\n", "title must be a text; got 2021"),
        ("kind: [\n", "a report must be YAML in UTF-8"),
        (b"title: \xff\n", "a report must be YAML in UTF-8"),
        ("title: !!python/object/apply:os.system ['x']\n", "a report must be YAML in UTF-8"),
    ],
)
def test_a_file_that_is_no_report_is_refused(written, text, message):
    with pytest.raises(BadReport, match=message):
        read_spec(written(text))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadReport, match=r"absent\.yaml"):
        read_spec(tmp_path / "absent.yaml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colour: red\n", "colour must be written as #rrggbb; got 'red'"),
        ("colour: '#12345'\n", "colour must be written as #rrggbb"),
        ("font: 'x; } body { display: none'\n", "font must be the name of one family"),
        ("logo: secret.txt\n", "logo must end in one of .png, .jpg, .jpeg, .svg"),
        ("logo: absent.png\n", "logo must be a file that can be read"),
        ("size: '3'\n", "a style must have some of colour, font, name and logo"),
        ("name: 3\n", "each value of a style must be a text"),
    ],
)
def test_a_style_that_is_none_is_refused(written, text, message):
    with pytest.raises(BadReport, match=message):
        read_style(written(text))


def test_a_logo_is_carried_inside(written):
    written(b"\x89PNG", "logo.png")
    assert read_style(written("logo: logo.png\ncolour: '#7A1F3D'\n")) == Style(
        "#7A1F3D", logo="data:image/png;base64,iVBORw=="
    )
