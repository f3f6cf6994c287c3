import re
import subprocess
from io import BytesIO
from itertools import pairwise

import pdfplumber
import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe

from analysis.reports import NoBrowser, ReportSpec, gather, open_earlier, write_report
from analysis.reports import pdf as pdf_module
from analysis.reports.document import document
from analysis.reports.html import to_html
from analysis.reports.pdf import to_pdf
from analysis.reports.style import PLAIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def laid_out(full):
    return document(full, PLAIN)


@pytest.fixture(scope="module")
def printed(full, laid_out, chromium):
    return to_pdf(to_html(laid_out, PLAIN), laid_out, full.provenance.built_at)


@pytest.fixture(scope="module")
def text(printed):
    with pdfplumber.open(BytesIO(printed)) as pdf:
        return [page.extract_text() for page in pdf.pages]


@pytest.fixture
def opened(browser, tmp_path, laid_out):
    """The page in Chromium without a network: the page, what it asked for and what it complained of."""
    path = tmp_path / "report.html"
    path.write_text(to_html(laid_out, PLAIN), "utf-8")
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-drawn]", state="attached")
    yield page, asked, complaints
    context.close()


def test_the_page_works_without_a_network_and_without_complaint(opened, laid_out):
    page, asked, complaints = opened
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert len(asked) == 1
    assert complaints == []
    pictures = [picture for chapter in laid_out.chapters for picture in chapter.pictures]
    assert page.locator(".plot .main-svg").count() >= len(pictures)
    for picture in pictures:
        assert page.locator(f"#figure-{picture.key} .trace, #figure-{picture.key} .point").count() > 0, (
            picture.key
        )


def test_figures_answer_the_pointer_and_have_nothing_to_click(opened):
    page, _, _ = opened
    page.locator("#figure-volume").scroll_into_view_if_needed()
    x, y = page.evaluate(
        """() => { const boxes = [...document.querySelectorAll('#figure-volume .point path')].map(n => n.getBoundingClientRect());
        const tall = boxes.sort((a, b) => b.height - a.height)[0]; return [tall.x + tall.width / 2, tall.y + tall.height / 2]; }"""
    )
    page.mouse.move(x - 3, y - 3)
    page.mouse.move(x, y)
    page.wait_for_selector("#figure-volume .hovertext")
    assert "click for" not in page.locator("#figure-volume .hoverlayer").text_content()
    assert page.locator(".modebar").count() == 0


def test_axe_finds_nothing_to_object_to(opened):
    page, _, _ = opened
    found = Axe().run(page).response
    assert [
        (rule["id"], [node["html"][:120] for node in rule["nodes"][:3]]) for rule in found["violations"]
    ] == []
    assert len(found["passes"]) > 20


def test_the_page_never_scrolls_sideways(opened):
    page, _, _ = opened
    for width in (1440, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("w => document.documentElement.clientWidth === w", arg=width)
        assert page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        ), width


def test_printing_from_the_page_fits_the_paper(opened):
    page, _, _ = opened
    with pdfplumber.open(BytesIO(page.pdf(format="A4", prefer_css_page_size=True))) as pdf:
        assert len(pdf.pages) < 20
        for sheet in pdf.pages:
            assert max((word["x1"] for word in sheet.extract_words()), default=0) < sheet.width - 30


def test_the_pdf_is_tagged_titled_and_in_a_language(printed, laid_out):
    with pikepdf.open(BytesIO(printed)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang).startswith("en")
        assert str(pdf.docinfo["/Title"]) == f"{laid_out.title} – Report"
        kinds, alternatives = walked(pdf.Root.StructTreeRoot)
    assert {"/H1", "/H2", "/P", "/Table", "/TR", "/TH", "/TD", "/Figure", "/Link"} <= kinds
    pictures = {picture.description for chapter in laid_out.chapters for picture in chapter.pictures}
    assert pictures <= alternatives


def walked(root):
    """The kinds of the structure's elements, and the texts that stand for figures."""
    kinds, alternatives, waiting = set(), set(), [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting += list(node)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                kinds.add(str(node.S))
            if "/Alt" in node:
                alternatives.add(str(node.Alt))
            if "/K" in node:
                waiting.append(node.K)
    return kinds, alternatives


def test_the_pdf_has_an_outline_page_numbers_and_contents_that_agree(printed, laid_out, text):
    with pikepdf.open(BytesIO(printed)) as pdf, pdf.open_outline() as outline:
        titles = [str(entry.title) for top in outline.root for entry in (top, *top.children)]
    for chapter in laid_out.chapters:
        assert chapter.title in titles
        first = re.search(rf"{re.escape(chapter.title)}\s(\d+)", text[0].replace("\n", " "))
        assert first, chapter.title
        on = text[int(first[1]) - 1]
        assert re.search(rf"^{re.escape(chapter.title)}$", on, re.MULTILINE), chapter.title
    for number, page in enumerate(text, start=1):
        assert f"{number} of {len(text)}" in page


def test_the_pdf_says_what_the_document_says(text, laid_out):
    whole = squeezed(" ".join(text))
    for chapter in laid_out.chapters:
        for said in chapter.paragraphs:
            assert squeezed(said)[:60] in whole, said
    for value in (laid_out.about[0][1], dict(laid_out.about)["Digest"], laid_out.python):
        assert squeezed(value)[:60] in whole
    assert "20of" in whole
    assert "shown;allareinthespreadsheet" in whole


def squeezed(text):
    return re.sub(r"\s+", "", text)


def test_the_figures_of_the_pdf_are_vectors(printed):
    assert pictures_in(printed) == []
    with pdfplumber.open(BytesIO(printed)) as pdf:
        assert sum(len(page.rects) + len(page.curves) + len(page.lines) for page in pdf.pages) > 100


def test_hatched_and_dotted_bars_are_vectors_too(demo, chromium):
    report = gather(demo, ReportSpec("data"))
    assert "partial" in set(report.frame("collected")["status"])
    assert report.sections[3].facts["tiers"]["unknown"], "articles without a score are dotted"
    laid_out = document(report, PLAIN)
    printed = to_pdf(to_html(laid_out, PLAIN), laid_out, report.provenance.built_at)
    assert pictures_in(printed) == []


def pictures_in(printed):
    """Every picture of pixels, also those that a pattern hides."""
    with pikepdf.open(BytesIO(printed)) as pdf:
        return [
            one.objgen
            for one in pdf.objects
            if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"
        ]


def test_the_same_report_prints_to_the_same_bytes(printed, full, laid_out):
    assert to_pdf(to_html(laid_out, PLAIN), laid_out, full.provenance.built_at) == printed


def test_a_brief_is_two_pages(story, chromium):
    report = gather(
        story, ReportSpec("brief", title="Calls to ban facial recognition", description="Demands. " * 12)
    )
    laid_out = document(report, PLAIN)
    with pikepdf.open(BytesIO(to_pdf(to_html(laid_out, PLAIN), laid_out, report.provenance.built_at))) as pdf:
        assert len(pdf.pages) == 2


def test_a_brief_that_says_what_changed_is_two_pages_too(make_record, corpus_of, chromium, tmp_path):
    titles = [f"Council {place} bans face scans {'after long debate ' * 4}" for place in range(24)]
    texts = [
        make_record(f"https://a{n}.example/{n}", title=title, provider=f"a{n}.example", quality=40 + n)
        for n, title in enumerate(titles)
    ]
    then = corpus_of(*texts[:12]).select("bans")
    (old,) = write_report(then, tmp_path / "old", formats=("html",))
    now = corpus_of(*texts).select("bans")
    (new,) = write_report(now, tmp_path / "new", formats=("pdf",), earlier=open_earlier(now, old))
    with pdfplumber.open(new) as pdf:
        assert len(pdf.pages) == 2
        assert squeezed("What changed since") in squeezed(pdf.pages[0].extract_text())
        assert "Then and now" in pdf.pages[0].extract_text()


def test_other_scripts_are_printed_in_fonts_that_have_them(make_record, corpus_of, chromium):
    titles = [
        "حظر التعرف على الوجه",
        "चेहरा पहचान पर प्रतिबंध",
        "Запрет распознавания лиц",
        "Απαγόρευση αναγνώρισης",
    ]
    if subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=True).stdout:
        titles.append("面部识别禁令")
    texts = [
        make_record(
            f"https://a{n}.example/{n}", title=f"{title} ban", provider=f"a{n}.example", quality=50 + n
        )
        for n, title in enumerate(titles)
    ]
    report = gather(corpus_of(*texts).select("ban"), ReportSpec("brief"))
    laid_out = document(report, PLAIN)
    printed = to_pdf(to_html(laid_out, PLAIN), laid_out, report.provenance.built_at)
    with pdfplumber.open(BytesIO(printed)) as pdf:
        text = " ".join(page.extract_text() for page in pdf.pages)
        fonts = {char["fontname"].split("+")[-1] for page in pdf.pages for char in page.chars}
    for title in titles[2:]:
        assert squeezed(title) in squeezed(text)
    assert any("\u0600" <= letter <= "\u06ff" or "\ufb50" <= letter <= "\ufeff" for letter in text)
    assert any("\u0900" <= letter <= "\u097f" for letter in text)
    assert any("Devanagari" in font for font in fonts)
    with pikepdf.open(BytesIO(printed)) as pdf:
        for page in pdf.pages:
            for font in page.resources.get("/Font", {}).values():
                inner = font.DescendantFonts[0].FontDescriptor if "/DescendantFonts" in font else None
                assert inner is None or any(key in inner for key in ("/FontFile", "/FontFile2", "/FontFile3"))


def test_without_chromium_the_error_says_what_to_do(monkeypatch, laid_out):
    monkeypatch.setattr(pdf_module.shutil, "which", lambda name: None)
    with pytest.raises(NoBrowser, match=r"apt install chromium.*or ask for html, md, xlsx or csv"):
        to_pdf("", laid_out, "2021-08-27T00:00:00+00:00")


def test_on_a_telephone_dates_and_headlines_of_figures_stay_apart_and_within(browser, demo, tmp_path):
    laid_out = document(gather(demo, ReportSpec("data", every="week")), PLAIN)
    path = tmp_path / "report.html"
    path.write_text(to_html(laid_out, PLAIN), "utf-8")
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-drawn]", state="attached")
    rows = page.evaluate(
        """() => [...document.querySelectorAll(".plot")].map(plot => [
            [...plot.querySelectorAll(".xtick text")].map(one => one.getBoundingClientRect()).map(b => [b.left, b.right]),
            [...plot.querySelectorAll(".annotation-text")].map(one => one.getBoundingClientRect().left
                - plot.getBoundingClientRect().left),
        ])"""
    )
    context.close()
    assert any(ticks for ticks, _ in rows)
    for ticks, lefts in rows:
        ordered = sorted(ticks)
        assert all(one[1] <= other[0] for one, other in pairwise(ordered)), ordered
        assert all(left >= -1 for left in lefts)
