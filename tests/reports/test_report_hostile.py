import re
import zipfile
from html.parser import HTMLParser
from io import BytesIO

import openpyxl
import pandas as pd
import pytest
from markdown_it import MarkdownIt

from analysis.reports import FORMATS, ReportSpec, gather, write_report
from analysis.reports.bundle import to_bundle
from analysis.reports.document import document
from analysis.reports.html import to_html
from analysis.reports.markdown import to_markdown
from analysis.reports.style import PLAIN
from analysis.reports.write import file_stem
from analysis.reports.xlsx import to_xlsx

pytestmark = pytest.mark.slow

HOSTILE = [
    "<script>alert(1)</script> ban",
    "</script><img src=x onerror=alert(1)> ban",
    "=cmd|'/c calc'!A1 ban",
    "=HYPERLINK(0) ban",
    "+1+1 ban",
    "@SUM(A1) ban",
    "{{ 7 * 7 }} {% include 'x' %} ban",
    "[ban](javascript:alert(1)) `x` **b** | c |",
    "# ban ---",
    "ban \\u202e desrever \\u0007",
    "<b>ban</b> %{x} <br>click for",
    "“ban” & ‘bans’ \\u2028 ‹x›",
]


class Elements(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    from analysis import build_corpus, open_corpus

    folder = tmp_path_factory.mktemp("hostile")
    (folder / "records").mkdir()
    for place in range(24):
        title = HOSTILE[place % len(HOSTILE)]
        text = (
            f'---\ntitle: "{title} {place}"\nexcerpt: "{title}"\npublishedDateTime: 2021-08-{1 + place % 12:02}T09:{place:02}:00Z\n'
            f'webUrl: "https://x{place % 5}.example/{place}?a=b&c=(d)"\nquality: {place}\ntopics:\n  - "{title}"\nprovider:\n'
            f'  name: "{HOSTILE[place % 5]}"\n  domain: x{place % 5}.example\n---\n'
        )
        (folder / "records" / f"2021-08-01-{place}.md").write_text(text, "utf-8")
    build_corpus(folder / "records", folder / "store")
    return open_corpus(folder / "store")


@pytest.fixture(scope="module")
def report(hostile):
    return gather(hostile.select("ban"), ReportSpec("full", title=HOSTILE[0], description=HOSTILE[1]))


@pytest.fixture(scope="module")
def laid_out(report):
    return document(report, PLAIN)


def test_no_element_of_the_page_comes_from_a_record(laid_out):
    page = to_html(laid_out, PLAIN)
    elements = Elements(page).found
    tags = {tag for tag, _ in elements}
    known = "html head meta title body header div span h1 p nav ol li a main section h2 dl dt dd figure figcaption details"
    assert tags <= {
        *known.split(),
        *"summary table caption thead tr th tbody td pre code script style".split(),
    }
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]
    assert "&lt;script&gt;alert(1)" in page
    # The page has its own scripts and the data of its figures, none of which a record can end.
    assert page.count("</script>") == page.count("<script")


def test_template_language_in_a_record_is_text(laid_out):
    said = to_markdown(laid_out) + to_html(laid_out, PLAIN)
    assert "{{ 7" in said
    assert "{% include" in said


def test_links_lead_to_the_articles_and_nowhere_else(laid_out, report):
    known = set(report.articles["url"])
    links = {
        cell.href for c in laid_out.chapters for g in c.grids for row in g.rows for cell in row if cell.href
    }
    assert links
    assert links <= known
    tokens = MarkdownIt("gfm-like").parse(to_markdown(laid_out))
    found = {child.attrs["href"] for t in tokens for child in t.children or [] if child.type == "link_open"}
    assert {address.split("?")[0] for address in found} <= {address.split("?")[0] for address in known}
    kinds = {child.type for token in tokens for child in token.children or []}
    assert not kinds & {"html_inline", "image"}
    assert not {token.type for token in tokens} & {"html_block", "hr"}


def test_nothing_turns_or_breaks_the_line(laid_out):
    for text in (to_markdown(laid_out), to_html(laid_out, PLAIN)):
        body = text.split("</style>")[-1].split('<script type="application/json" id="config">')[0]
        assert not re.search(
            "[\u202a-\u202e\u2066-\u2069\u2028\x07]",
            re.sub(r"<script.*?</script>", "", body, flags=re.DOTALL),
        )


def test_no_cell_is_a_formula(report, laid_out):
    book = openpyxl.load_workbook(BytesIO(to_xlsx(report, laid_out)))
    seen = 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                assert cell.hyperlink is None
                seen += isinstance(cell.value, str) and cell.value.startswith(("=", "+", "@"))
    assert seen > 4
    with zipfile.ZipFile(BytesIO(to_bundle(report, laid_out, "csv"))) as archive:
        for name in archive.namelist():
            if name.endswith(".csv"):
                table = pd.read_csv(archive.open(name), dtype="str", keep_default_na=False)
                texts = [
                    v for c in table for v in table[c] if not re.fullmatch(r"-?[\d.]+(e-?\d+)?|-inf|", v)
                ]
                assert not [v for v in texts if v[0] in "=+-@\t\r"], name


@pytest.mark.parametrize(
    "title",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "..",
        "C:\\x",
        "a/b",
        "\x00",
        "con",
        "顔認識",
        ".hidden",
        "x" * 5000,
        "\u202egpj.exe",
        "",
    ],
)
def test_a_title_cannot_choose_a_path(hostile, tmp_path, title):
    spec = ReportSpec(title=title, sections=("method",))
    paths = write_report(hostile, tmp_path / "a" / "out", formats=("md", "html", "xlsx", "csv"), spec=spec)
    assert {path.parent for path in paths} == {tmp_path / "a" / "out"}
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert all(
        re.fullmatch(r"brief-([a-z0-9-]+-)?[0-9a-f]{8}\.(md|html|xlsx|csv\.zip)", path.name) for path in paths
    )


def test_hostile_names_of_stories_stay_names(hostile):
    stories = tuple((name, "ban") for name in HOSTILE[:4])
    report = gather(hostile, ReportSpec("comparison", stories=stories))
    page = to_html(document(report, PLAIN), PLAIN)
    assert "<script>alert" not in page
    assert "<img" not in page
    assert file_stem(report).startswith("comparison-")
    for name in ("md", "xlsx", "csv", "jsonl", "parquet"):
        assert FORMATS[name](report, document(report, PLAIN), PLAIN)
