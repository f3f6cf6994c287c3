"""What several tests build on: the seed record as a corpus, and records written by hand.

Nothing large is imported before a test asks for it: the process that hands out the tests reads this too.
"""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

# A property says how many examples it wants as so many times `settings.default.max_examples`: `make check` asks for a tenth.
settings.register_profile("newsgauge", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("few", settings.get_profile("newsgauge"), max_examples=10)
settings.load_profile("newsgauge")

# With a process for every core, the threads of one would only wait for those of another.
if "PYTEST_XDIST_WORKER" in os.environ:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")

SLOW_EXAMPLES = {  # of docstrings, which cannot be marked where they stand: they write reports, or build more than once
    "analysis.export.export_all",
    "analysis.export.export_size",
    "analysis.notebook",
    "analysis.notebook.charts.Charts",
    "analysis.notebook.display.summary_html",
    "analysis.notebook.selection.Selection",
    "analysis.notebook.selection.Selection.report",
    "analysis.reports.earlier.open_earlier",
    "analysis.reports.gather.gather",
    "analysis.reports.provenance.provenance_of",
    "analysis.reports.write.write_report",
    "analysis.store.snapshot.current_snapshot",
    "dashboard.warming.warming",
}


def pytest_collection_modifyitems(items):
    for item in items:
        if isinstance(item, pytest.DoctestItem) and item.name in SLOW_EXAMPLES:
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish():
    """What is imported by now stays: to look through it for garbage, time and again, takes longer than many a test."""
    gc.collect()
    gc.freeze()


def record(
    url="https://a.example/1",
    *,
    title="Ban",
    time="2021-08-23T05:30:00Z",
    provider="a.example",
    related=(),
    **fields,
) -> str:
    """The text of a record; `related` items are mappings with at least a url."""
    lines = ["---", f'title: "{title}"', f"publishedDateTime: {time}", f'webUrl: "{url}"']
    lines += [f"{name}: {value}" for name, value in fields.items() if not isinstance(value, list)]
    lines += ["provider:", f"  name: {provider.split('.')[0].title()}", f"  domain: {provider}"]
    for name, values in fields.items():
        if isinstance(values, list):
            lines += [f"{name}:", *(f'  - "{value}"' for value in values)]
    if related:
        lines.append("related:")
    for given in related:
        item = {"title": "Ban", "publishedDateTime": time, **given}
        lines.append(f'  - webUrl: "{item.pop("url")}"')
        domain = item.pop("provider", "b.example")
        lines += [f'    {name}: "{value}"' for name, value in item.items()]
        lines += ["    provider:", f"      name: {domain.split('.')[0].title()}", f"      domain: {domain}"]
    return "\n".join([*lines, "---", ""])


@pytest.fixture
def write_records(tmp_path):
    """Write texts as numbered records (or under the names given) into a folder, and return the folder."""

    def write(*texts: str, folder: str = "records", **named: str) -> Path:
        target = tmp_path / folder
        target.mkdir(exist_ok=True)
        numbered = {f"2021-08-23-record-{number:03}": text for number, text in enumerate(texts)}
        for name, text in (numbered | named).items():
            path = target / f"{name}.md"
            if not path.exists() or path.read_text("utf-8") != text:  # an unchanged file stays untouched
                path.write_text(text, "utf-8")
        return target

    return write


@pytest.fixture
def corpus_of(tmp_path, write_records):
    """A corpus of record texts."""

    from analysis import build_corpus, open_corpus

    def make(*texts: str, **named: str):
        build_corpus(write_records(*texts, **named), tmp_path / "store")
        return open_corpus(tmp_path / "store")

    return make


@pytest.fixture(scope="session")
def seed_store(tmp_path_factory) -> Path:
    from analysis import build_corpus
    from data import RECORDS

    store = tmp_path_factory.mktemp("seed") / "store"
    build_corpus(RECORDS, store)
    return store


@pytest.fixture
def seed(seed_store):
    from analysis import open_corpus

    return open_corpus(seed_store)


@pytest.fixture(scope="session")
def make_record():
    return record


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium. Where it is missing the test is skipped, and fails where CI would hide that."""
    found = shutil.which("chromium")
    if found is None:
        message = "Chromium is missing: install it to run this test (on Debian: apt install chromium)"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    return found


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """One Spark for all tests: two worker processes on the loopback. Where it cannot run the test is skipped, or fails in CI."""
    from analysis.store.spark import NoSpark, close_session, open_session

    try:
        session = open_session("local-cluster[2,1,2048]", tmp_path_factory.mktemp("spark"))
    except NoSpark as error:
        pytest.fail(str(error)) if os.environ.get("CI") == "true" else pytest.skip(str(error))
    # Frames of a few rows: compiling code for them, and planning it anew between stages, would take most of the time.
    session.conf.set("spark.sql.adaptive.enabled", "false")
    session.conf.set("spark.sql.codegen.wholeStage", "false")
    session.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    session.conf.set("spark.sql.shuffle.partitions", "1")
    yield session
    close_session()


@pytest.fixture(scope="session")
def browser(chromium):
    """One Chromium for all tests: Playwright runs once in a process."""
    from playwright.sync_api import sync_playwright

    quiet = [
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--no-first-run", *quiet]
        )
        yield browser
        browser.close()
