"""A small corpus, a served dashboard, and pages that fail their test on any error or any request that leaves."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from analysis import build_corpus, open_corpus
from analysis.demo import write_demo
from dashboard.app import create_app
from data import RECORDS

HOSTILE = "<script>alert(1)</script> <b>bold</b> =1+1 \u202egnp.exe \" '' %s " + "long " * 2000


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


def written(n, *, day, outlet, title, quality, topics):
    lines = [
        "---",
        f'title: "{title}"',
        f'excerpt: "Synthetic text number {n}."',
        f"publishedDateTime: 2021-08-{day:02}T{n % 24:02}:{n % 60:02}:00Z",
        f'webUrl: "https://{outlet}.example/{n}"',
        "type: article",
        *([f"quality: {quality}"] if quality is not None else []),
        "provider:",
        f"  name: {outlet.title()}",
        f"  domain: {outlet}.example",
        "topics:",
        *[f"  - {topic}" for topic in topics],
        "---",
        "",
    ]
    return "\n".join(lines)


def synthetic(folder):
    """Sixty records on ten days of August; nothing on the 15th to the 17th, which is a gap."""
    days = [8, 9, 10, 11, 12, 13, 14, 18, 19, 20]
    for n in range(60):
        text = written(
            n,
            day=days[n * n % 10],
            outlet=["north", "south", "east", "west", "coast"][n % 5],
            title=f"Council votes on camera ban number {n}" if n % 3 else f"Harvest report number {n}",
            quality=None if n % 5 == 4 else 20 + n,
            topics=["Cameras"] if n % 3 else ["Farming", "Weather"],
        )
        (folder / f"2021-08-{n:02}-synthetic-{n}.md").write_text(text, "utf-8")


def hostile(folder):
    quoted = HOSTILE.replace('"', '\\"')
    text = written(
        7, day=20, outlet="hostile", title=quoted, quality=50, topics=["'<img src=x onerror=alert(2)>'"]
    )
    text = text.replace(
        'webUrl: "https://hostile.example/7"',
        'webUrl: "https://hostile.example/7"\noriginalUrl: "javascript:alert(3)"',
    )
    (folder / "hostile.md").write_text(text, "utf-8")


STRANGE = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "quotes": "' onmouseover='alert(3) & &lt;b&gt; %s {x} $x",
    "address": "javascript:alert(4)",
    "data": "data:text/html,<script>alert(5)</script>",
    "turned": "Annual report \u202efdp.exe \u2066 council camera ban",
    "formula": '=HYPERLINK(\\"https://evil.example\\",\\"x\\")',
    "null": "Council\x00 camera ban \x1b[31m",
    "emoji": "Camera ban 👩🏽‍🚒🏳️‍🌈 " + "🎥" * 40,
    "chinese": "市议会投票禁止人脸识别摄像头" * 6,
    "arabic": "مجلس المدينة يصوت على حظر كاميرات التعرف على الوجه",
    "unbroken": "W" * 10_000,
    "words": "council camera ban " * 530,
}
ELSEWHERE = (
    "javascript:alert(6)",
    "data:text/html,<script>alert(7)</script>",
    "vbscript:x",
    "file:///etc/passwd",
)


def strange(folder, *, each=9):
    """Records of nothing but strange text, two of a name at a time alike, with 5,000 topics in all."""
    count = len(STRANGE) * each
    for n in range(count):
        name, text = list(STRANGE.items())[n % len(STRANGE)]
        topics = [f'"{text[:300]}"', "Cameras", *(f"Topic {n * 47 + k}" for k in range(47))]
        record = written(n, day=1 + n * 7 % 27, outlet=name, title=text, quality=n % 100, topics=topics)
        odd = ELSEWHERE[n % len(ELSEWHERE)]
        record = record.replace(f"  name: {name.title()}", f'  name: "{text}"')
        record = record.replace("type: article", f'type: article\noriginalUrl: "{odd}"\nampWebUrl: "{odd}"')
        record = record.replace("Synthetic text number", f"{text} and the council voted on it, number")
        record = record.removesuffix("---\n") + RELATED.format(n=n, text=text, odd=odd)
        (folder / f"2021-08-{n:03}-strange.md").write_text(record, "utf-8")


RELATED = """images:
  - url: "{odd}"
    width: 9
    height: 9
related:
  - title: "{text}"
    publishedDateTime: 2021-08-19T11:58:00Z
    webUrl: "https://related.example/{n}"
    ampWebUrl: "{odd}"
    type: article
    provider:
      name: "{text}"
      domain: related.example
    images:
      - url: "{odd}"
---
"""


class Served:
    """A corpus on a port of this machine."""

    def __init__(self, sources, store, settings=None):
        build_corpus(sources, store)
        self.corpus, self.settings = open_corpus(store), settings
        self.app = create_app(self.corpus, settings=settings).server
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Growing(Served):
    """A corpus that is built again, with one record more, while it is served."""

    def __init__(self, folder):
        self.sources, self.store = folder / "records", folder / "store"
        self.sources.mkdir()
        synthetic(self.sources)
        super().__init__([self.sources, RECORDS], self.store, folder / "settings")

    def grow(self):
        text = written(
            99, day=20, outlet="north", title="One more on cameras", quality=50, topics=["Cameras"]
        )
        (self.sources / "2021-08-20-more.md").write_text(text, "utf-8")
        build_corpus([self.sources, RECORDS], self.store)

    def ask(self, search):
        """Ask for rows as a page does that was opened now."""
        asked = {"path": "/articles", "search": search, "startRow": 0, "endRow": 1}
        answer = self.app.test_client().post("/_rows/articles", json=asked, headers={"Host": "localhost"})
        assert answer.status_code == 200


@pytest.fixture
def make_served():
    made = []

    def make(folder):
        made.append(Growing(folder))
        return made[-1]

    yield make
    for one in made:
        one.server.shutdown()


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("records")
    synthetic(folder)
    served = Served([folder, RECORDS], tmp_path_factory.mktemp("store"))
    yield served
    served.server.shutdown()


@pytest.fixture(scope="session")
def served_seed(tmp_path_factory):
    served = Served(RECORDS, tmp_path_factory.mktemp("store"))
    yield served
    served.server.shutdown()


@pytest.fixture(scope="session")
def demo_served(tmp_path_factory):
    """The demo corpus, smaller than `newsgauge demo` makes it: every page has something to show."""
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, n_records=600)
    served = Served(folder, tmp_path_factory.mktemp("store"), tmp_path_factory.mktemp("settings"))
    yield served
    served.server.shutdown()


@pytest.fixture(scope="session")
def served_hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("records")
    hostile(folder)
    served = Served(folder, tmp_path_factory.mktemp("store"))
    yield served
    served.server.shutdown()


@pytest.fixture(scope="session")
def served_strange(tmp_path_factory):
    folder = tmp_path_factory.mktemp("records")
    strange(folder)
    served = Served(folder, tmp_path_factory.mktemp("store"))
    yield served
    served.server.shutdown()


@pytest.fixture
def settled():
    """Wait until the page has asked for all that it shows, and has it."""

    def settle(page):
        expect(page.locator("#headline")).not_to_be_empty()
        for _ in range(2):  # what has come may ask for more
            page.wait_for_load_state("networkidle")
            expect(page.locator("[data-dash-is-loading=true]")).to_have_count(0)
            expect(page.locator(".work:not([hidden]) progress")).to_have_count(0, timeout=60_000)
        return page

    return settle


@pytest.fixture
def open_page(browser):
    """Open an address; at the end of the test whatever went wrong on any page fails it."""
    wrong, contexts = [], []

    def open_one(served, path="/", *, width=1440, height=900, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda m: m.type == "error" and wrong.append(f"console: {m.text}"))
        page.on("dialog", lambda d: (wrong.append(f"dialog: {d.message}"), d.dismiss()))
        page.on("pageerror", lambda e: wrong.append(f"error: {e}"))
        # What a page no longer waits for, because it was left or asked anew, is aborted by the browser itself.
        page.on(
            "requestfailed",
            lambda r: r.failure != "net::ERR_ABORTED" and wrong.append(f"failed: {r.url} {r.failure}"),
        )
        page.on("response", lambda r: r.status >= 400 and wrong.append(f"{r.status}: {r.url}"))
        page.on(
            "request",
            lambda r: r.url.startswith((served.address, "data:", "blob:")) or wrong.append(f"left: {r.url}"),
        )
        page.on("request", lambda r: "plotly.min.js" in r.url and wrong.append("the whole of plotly.js"))
        page.goto(served.address + path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert wrong == []
