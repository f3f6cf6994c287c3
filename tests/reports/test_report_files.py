import json
import re
import zipfile
from html.parser import HTMLParser
from io import BytesIO

import duckdb
import numpy as np
import openpyxl
import pandas as pd
import pytest
from markdown_it import MarkdownIt

from analysis.reports import FORMATS, BadReport, ReportSpec, Style, gather, write_report
from analysis.reports.bundle import KINDS, to_bundle
from analysis.reports.document import document
from analysis.reports.flat import flat
from analysis.reports.html import to_html
from analysis.reports.markdown import escaped, to_markdown
from analysis.reports.style import PLAIN
from analysis.reports.xlsx import to_xlsx

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def laid_out(full):
    return document(full, PLAIN)


@pytest.fixture(scope="module")
def page(laid_out):
    return to_html(laid_out, PLAIN)


@pytest.fixture(scope="module")
def book(full, laid_out):
    return openpyxl.load_workbook(BytesIO(to_xlsx(full, laid_out)))


# Markdown


def tables_of(tokens):
    tables, row = [], None
    for token in tokens:
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            row = []
            tables[-1].append(row)
        elif token.type == "inline" and row is not None:
            row.append("".join(child.content for child in token.children))
        elif token.type == "table_close":
            row = None
    return tables


def test_markdown_parses_to_the_documents_headings_sentences_and_tables(laid_out):
    tokens = MarkdownIt("commonmark").enable("table").parse(to_markdown(laid_out))
    inlines = {place: token for place, token in enumerate(tokens) if token.type == "inline"}
    headings = [
        "".join(c.content for c in inlines[place + 1].children)
        for place, t in enumerate(tokens)
        if t.type == "heading_open"
    ]
    assert headings[0] == laid_out.title
    chapters = [
        inlines[place + 1].content
        for place, t in enumerate(tokens)
        if t.type == "heading_open" and t.tag == "h2"
    ]
    assert chapters == [*(chapter.title for chapter in laid_out.chapters), "Provenance"]
    grids = [grid for chapter in laid_out.chapters for grid in chapter.grids]
    found = tables_of(tokens)
    assert len(found) == len(grids)
    for grid, table in zip(grids, found, strict=True):
        assert table == [
            [label for label, _ in grid.headings],
            *[[cell.text for cell in row] for row in grid.rows],
        ]
    said = {"\n".join(c.content or "\n" for c in t.children).replace("\n\n\n", " ") for t in inlines.values()}
    said = {re.sub(r"\s+", " ", text) for text in said}
    for chapter in laid_out.chapters:
        for text in chapter.paragraphs:
            assert text in said


def test_markdown_changes_one_line_when_one_sentence_changes(laid_out):
    text = to_markdown(laid_out)
    long = [line for line in text.splitlines() if line.count(". ") > 3]
    assert not long
    assert text.endswith("\n")
    assert "  |" not in text


@pytest.mark.parametrize(
    "text",
    ["# no heading", "- no list", "1. no list", "> no quote", "| a | b |", "a\n\nb", "<script>x</script>", "**b** _i_ `c`",
     "[x](javascript:alert(1))", "![x](http://x.example/p.png)", "http://x.example www.x.example", "&lt; &amp;", "---",
     "\\", "===", "~~~", "+ x", ": x", "$x$"],
)  # fmt: skip
def test_any_text_stays_one_paragraph_of_text_in_markdown(text):
    parser = MarkdownIt("gfm-like")
    tokens = parser.parse(escaped(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert "".join(child.content for child in tokens[1].children) == " ".join(text.split())
    assert {child.type for child in tokens[1].children} <= {"text", "text_special"}


# HTML


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses, self.text, self._skip = [], [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.append((tag, given))
        self.addresses += [
            (tag, given[name]) for name in ("src", "href", "action", "data") if given.get(name)
        ]
        self._skip += tag in {"script", "style"}

    def handle_endtag(self, tag):
        self._skip -= tag in {"script", "style"}

    def handle_data(self, data):
        if not self._skip:
            self.text.append(data)


def test_html_is_one_file_that_fetches_nothing(page):
    found = Page(page)
    assert all(tag == "a" for tag, _ in found.addresses)
    assert {address.split(":")[0] for _, address in found.addresses if not address.startswith("#")} <= {
        "http",
        "https",
    }
    assert "default-src 'none'" in page
    assert page.count("plotly.js (basic") == 1
    assert not re.search(r"@import|url\(", page.split("</style>")[0])


def test_html_is_accessible_in_its_bones(page, laid_out):
    found = Page(page)
    names = [tag for tag, _ in found.tags]
    assert dict(found.tags)["html"] == {"lang": "en"}
    assert names.count("h1") == 1
    assert names.count("main") == 1
    assert all(given.get("scope") == "col" for tag, given in found.tags if tag == "th")
    plots = [given for tag, given in found.tags if given.get("class") == "plot"]
    pictures = [picture for chapter in laid_out.chapters for picture in chapter.pictures]
    assert [given["aria-label"] for given in plots] == [picture.description for picture in pictures]
    assert all(len(given["aria-label"]) > 30 for given in plots)
    assert names.count("caption") == names.count("table")
    ids = [given["id"] for _, given in found.tags if "id" in given]
    assert len(ids) == len(set(ids))


def test_html_says_every_sentence_and_cell_of_the_document(page, laid_out):
    text = re.sub(r"\s+", " ", " ".join(Page(page).text)).replace("\u00a0", " ")
    for chapter in laid_out.chapters:
        for said in chapter.paragraphs:
            assert said in text
        for grid in chapter.grids:
            assert grid.cut in text
            for row in grid.rows:
                assert all(cell.text in text for cell in row)
    for label, value in (*laid_out.about, ("Python", laid_out.python)):
        assert re.sub(r"\s+", " ", value) in text, label


# XLSX


def test_the_first_sheet_has_query_filters_and_snapshot(book, full):
    about = {row[0].value: row[1].value for row in book["About"].iter_rows(min_row=3)}
    source = full.provenance
    assert book.sheetnames[:2] == ["About", "Text"]
    assert about["Query"] == source.query
    assert about["Time zone"] == "Europe/London"
    assert source.snapshot_id in about["Snapshot"]
    assert about["Digest"] == source.digest
    assert about["Python"] == source.python


def test_every_frame_is_a_sheet_of_typed_cells_and_whole(book, full):
    for name, measured in full.frames.items():
        frame, sheet = flat(measured.frame), book[name[:31]]
        assert sheet.freeze_panes == "A2", name
        rows = list(sheet.iter_rows(min_row=2, max_col=max(len(frame.columns), 1)))
        assert len(rows) == len(frame), name
        for place, column in enumerate(frame.columns):
            assert str(sheet.cell(1, place + 1).value).split(" ")[0] == column
            for value, row in zip(frame[column], rows, strict=True):
                same(value, row[place].value, (name, column))


def same(value, cell, where):
    if pd.isna(value) or value in (float("inf"), float("-inf")) or value == "":
        assert cell is None or cell == "", where
    elif isinstance(value, pd.Timestamp):
        local = value.tz_convert("Europe/London").tz_localize(None) if value.tz else value
        assert abs(pd.Timestamp(cell) - local) < pd.Timedelta("2ms"), where
    elif isinstance(value, bool | np.bool_):
        assert cell is bool(value), where
    elif isinstance(value, int | float | np.number):
        assert cell == pytest.approx(value, rel=1e-12), where
    else:
        assert cell == str(value)[:32767], where


def test_no_cell_of_the_workbook_runs_or_links(full, laid_out):
    content = to_xlsx(full, laid_out)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            assert "vba" not in name.lower()
            assert "externalLink" not in name
            text = archive.read(name).decode("utf-8", "replace")
            assert "<f>" not in text
            assert "<hyperlink" not in text


# Data


@pytest.fixture(scope="module", params=list(KINDS))
def archive(request, full, laid_out):
    content = to_bundle(full, laid_out, request.param)
    return request.param, zipfile.ZipFile(BytesIO(content)), content


def test_the_data_come_back_as_the_frames(archive, full, tmp_path):
    kind, files, _ = archive
    for name, measured in full.frames.items():
        frame = flat(measured.frame)
        content = files.read(f"{name}.{kind}")
        if kind == "csv":
            back = pd.read_csv(
                BytesIO(content), dtype=_text_columns(frame), keep_default_na=False, na_values=[""]
            )
            frame = frame.assign(
                **{c: frame[c].replace(r"^([=+\-@\t\r])", r"'\1", regex=True) for c in _text_columns(frame)}
            )
        elif kind == "parquet":
            path = tmp_path / f"{name}.parquet"
            path.write_bytes(content)
            con = duckdb.connect()
            con.execute("SET TimeZone = 'UTC'")
            back = con.read_parquet(str(path)).to_arrow_table().to_pandas()
        else:
            back = pd.DataFrame([json.loads(line) for line in content.splitlines()], columns=frame.columns)
        compare(frame, back, name)


def _text_columns(frame):
    return {column: "str" for column in frame if frame[column].dtype == "str"}


def compare(frame, back, name):
    assert list(back.columns) == list(frame.columns), name
    assert len(back) == len(frame), name
    for column in frame:
        ours, theirs = frame[column], back[column]
        if isinstance(ours.dtype, pd.DatetimeTZDtype):
            theirs = pd.to_datetime(theirs, utc=True, format=None if theirs.dtype.kind == "M" else "ISO8601")
            assert (ours.dt.tz_convert("UTC").isna() == theirs.isna()).all()
            assert (ours.dropna().dt.tz_convert("UTC").to_numpy() == theirs.dropna().to_numpy()).all(), (
                name,
                column,
            )
        elif ours.dtype == "str":
            assert ours.replace("", pd.NA).isna().equals(theirs.replace("", pd.NA).isna()), (name, column)
            assert (
                ours.dropna().loc[lambda s: s != ""].tolist() == theirs.replace("", pd.NA).dropna().tolist()
            ), (name, column)
        else:
            finite = ours.astype("float64").replace([float("inf"), float("-inf")], float("nan"))
            given = theirs.astype("float64").replace([float("inf"), float("-inf")], float("nan"))
            pd.testing.assert_series_equal(
                finite, given, check_names=False, check_exact=True, obj=f"{name}.{column}"
            )


def test_the_data_dictionary_means_every_column(archive, full):
    _, files, _ = archive
    dictionary = pd.read_csv(BytesIO(files.read("dictionary.csv")))
    listed = set(dictionary[["table", "column"]].itertuples(index=False, name=None))
    assert listed == {(name, column) for name, one in full.frames.items() for column in one.frame}
    assert dictionary["meaning"].str.len().min() > 2
    tables = pd.read_csv(BytesIO(files.read("tables.csv"))).set_index("table")
    assert tables["rows"].to_dict() == {name: len(one.frame) for name, one in full.frames.items()}


# All of them


@pytest.mark.parametrize("kind", ["html", "md", "xlsx", "csv", "parquet", "jsonl"])
def test_the_same_report_is_the_same_bytes(kind, story, full, laid_out):
    second = gather(story, full.spec)
    assert FORMATS[kind](full, laid_out, PLAIN) == FORMATS[kind](second, document(second, PLAIN), PLAIN)


def test_files_are_named_for_report_and_snapshot_and_replaced(story, full, tmp_path):
    for _ in range(2):
        paths = write_report(
            story,
            tmp_path / "out",
            formats=("md", "csv"),
            spec=ReportSpec(sections=("summary",), title="Ban"),
        )
        digest = full.provenance.digest[:8]
        assert [path.name for path in paths] == [f"brief-ban-{digest}.md", f"brief-ban-{digest}.csv.zip"]
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
            path.name for path in paths
        )


def test_progress_is_told_and_a_cancelled_report_leaves_nothing(story, tmp_path):
    told = []

    def tell(step, done, steps):
        told.append((step, done, steps))
        if step == "md":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_report(
            story,
            tmp_path / "out",
            formats=("md",),
            spec=ReportSpec(sections=("summary", "method")),
            tell=tell,
        )
    assert told == [("summary", 0, 3), ("method", 1, 3), ("md", 2, 3)]
    assert not list((tmp_path / "out").iterdir())


def test_an_unknown_format_is_refused_before_anything_is_written(story, tmp_path):
    with pytest.raises(
        BadReport, match="format must be one of html, pdf, md, xlsx, csv, parquet, jsonl; got 'docx'"
    ):
        write_report(story, tmp_path / "out", formats=("md", "docx"))
    assert not (tmp_path / "out").exists()


def test_a_house_style_dresses_the_page(laid_out):
    page = to_html(
        laid_out, Style(colour="#7A1F3D", font="Public Sans", logo="data:image/png;base64,AA==", name="A&B")
    )
    assert '--colour: #7A1F3D; --font: "Public Sans";' in page
    assert 'alt="A&amp;B"' in page
