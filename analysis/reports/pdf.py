"""A report as PDF: its HTML printed by Chromium, tagged, with an outline, page numbers and vector figures.

A PDF names the time it was made and has an identifier; both are set from the snapshot, so that the same report printed
by the same Chromium is the same bytes. Another version of Chromium may write other bytes for the same content.
"""

from __future__ import annotations

import io
import re
import shutil
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from html import escape
from typing import TYPE_CHECKING, Any

from analysis.errors import NewsgaugeError
from analysis.reports.document import Document

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["NoBrowser", "find_browser", "to_pdf"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_WIDTH = 673  # CSS pixels between the margins of A4, so that figures are drawn as wide as they are printed
_BRIEF_PAGES = 2
_SMALLER = (0.95, 0.9, 0.85)  # what a brief is shrunk to where it would not fit; not below: it must be read
_RADICAL = re.compile(
    rb"^(<[0-9A-F]+> )<(2F[0-9A-F]{2})>$", re.MULTILINE
)  # a glyph that means a Kangxi radical
_FOOT = (
    '<div style="width:100%;font:8px sans-serif;color:#5C6068;padding:0 16mm;display:flex;'
    'justify-content:space-between">'
    '<span>{title} · snapshot {label}</span><span><span class="pageNumber"></span> of <span class="totalPages"></span>'
    "</span></div>"
)


class NoBrowser(NewsgaugeError):
    """PDF needs Chromium and the extra `reports`; says which is missing."""


def find_browser() -> str:
    """The path of Chromium, which prints.

    Raises:
        NoBrowser: Chromium or the extra is missing; says which, and how it is installed.
    """
    chromium = next((path for path in map(shutil.which, _NAMES) if path), None)
    if chromium is None:
        raise NoBrowser(
            "PDF needs Chromium on the PATH, and none was found: install it (on Debian: apt install chromium), "
            "or ask for html, md, xlsx or csv"
        )
    try:
        import pikepdf  # noqa: F401, PLC0415 - an extra that only PDF needs
        import playwright.sync_api  # noqa: F401, PLC0415
    except ImportError as error:
        raise NoBrowser(
            f"PDF needs the extra of that name: pip install 'newsgauge[reports]' ({error})"
        ) from None
    return chromium


def to_pdf(html: str, document: Document, built_at: str) -> bytes:
    """Print a report's HTML.

    Args:
        html: from `analysis.reports.html.to_html`.
        document: the same document, for the foot of the pages.
        built_at: time of the snapshot, ISO 8601, which the PDF names as its own.

    Raises:
        NoBrowser: Chromium or the extra is missing.
    """
    chromium = find_browser()
    # On a thread of its own, because a notebook's own loop would refuse Playwright.
    with ThreadPoolExecutor(1) as thread:
        printed = thread.submit(_printed, html, document, chromium).result()
    return _settled(printed, document, built_at)


def _printed(html: str, document: Document, chromium: str) -> bytes:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - an extra that only PDF needs

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        try:
            context = browser.new_context(offline=True, viewport={"width": _WIDTH, "height": 1000})
            page = context.new_page()
            page.emulate_media(media="print")
            page.set_content(html, wait_until="load")
            page.wait_for_selector("html[data-drawn]", state="attached")
            foot = _FOOT.format(title=escape(document.title[:90]), label=escape(document.label))
            first = _fitted(page, foot, _BRIEF_PAGES if document.brief else None)
            numbers = _page_numbers(first)
            if not numbers:
                return first
            page.evaluate(
                "numbers => document.querySelectorAll('.page').forEach("
                "node => { node.textContent = numbers[node.dataset.of] ? '\\u00a0' + numbers[node.dataset.of] : ''; })",
                numbers,
            )
            return _print(page, foot)
        finally:
            browser.close()


def _fitted(page: Page, foot: str, most: int | None) -> bytes:
    """The page printed; where that takes more sheets than it may, made somewhat smaller."""
    printed = _print(page, foot)
    for size in _SMALLER:
        if most is None or _n_pages(printed) <= most:
            break
        page.evaluate(
            "size => { document.body.style.zoom = size; delete document.documentElement.dataset.drawn; "
            "document.dispatchEvent(new Event('newsgauge:draw')); }",
            size,
        )
        if page.query_selector(".plot"):
            page.wait_for_selector("html[data-drawn]", state="attached")
        printed = _print(page, foot)
    return printed


def _n_pages(printed: bytes) -> int:
    import pikepdf  # noqa: PLC0415 - an extra that only PDF needs

    with pikepdf.open(io.BytesIO(printed)) as pdf:
        return len(pdf.pages)


def _print(page: Page, foot: str) -> bytes:
    return page.pdf(
        format="A4", tagged=True, outline=True, print_background=True, prefer_css_page_size=True,
        display_header_footer=True, header_template="<span></span>", footer_template=foot,
    )  # fmt: skip


def _page_numbers(printed: bytes) -> dict[str, int]:
    """The page on which each chapter begins: the named places that the contents lead to."""
    import pikepdf  # noqa: PLC0415 - an extra that only PDF needs

    with pikepdf.open(io.BytesIO(printed)) as pdf:
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, start=1)}
        named: Any = pdf.Root.get("/Dests", {})
        return {
            str(name).removeprefix("/"): pages[target[0].objgen]
            for name, target in named.items()
            if isinstance(target, pikepdf.Array) and target[0].objgen in pages
        }


def _settled(printed: bytes, document: Document, built_at: str) -> bytes:
    """The same PDF with its title, language and the snapshot's time in place of now."""
    import pikepdf  # noqa: PLC0415 - an extra that only PDF needs

    moment = "D:" + re.sub(r"\D", "", built_at[:19]) + "Z"
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        for name in ("/CreationDate", "/ModDate"):
            pdf.docinfo[name] = moment
        pdf.docinfo["/Title"] = f"{document.title} – {document.kind}"
        for one in pdf.objects:
            if isinstance(one, pikepdf.Dictionary) and "/ToUnicode" in one:
                one.ToUnicode.write(_searchable(one.ToUnicode.read_bytes()))
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        result = io.BytesIO()
        pdf.save(result, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return result.getvalue()


def _searchable(table: bytes) -> bytes:
    """A font's table of what its glyphs mean, with Han characters where Chromium names the radicals that look alike.

    Whoever searches for a word in the PDF writes it in the former.
    """

    def character(found: re.Match[bytes]) -> bytes:
        return found[1] + b"<%04X>" % ord(unicodedata.normalize("NFKC", chr(int(found[2], 16))))

    return _RADICAL.sub(character, table)
