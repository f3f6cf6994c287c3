"""Documentation cannot go stale: its code runs, its tables are generated, its links lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "data" / "README.md"])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)(#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_code_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for language, code in BLOCK.findall(page.read_text("utf-8")):
        if language == "python":
            exec(compile(code, str(page), "exec"), names)


def test_the_record_of_the_format_page_is_read_without_a_problem():
    from analysis.records import Reader

    text = (ROOT / "data" / "README.md").read_text("utf-8")
    (code,) = (code for language, code in BLOCK.findall(text) if language == "yaml")
    reading = Reader().read("a.md", code.replace("…", "x").encode())
    assert not reading.problems
    assert reading.records[0].facts.quality == 39
    assert len(reading.records[0].related) == 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page):
    for target, _ in LINK.findall(page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_page_of_tables_is_the_schema():
    from analysis.tables.schema import markdown

    assert (ROOT / "docs" / "tables.md").read_text("utf-8") == markdown(), (
        "run: python -m analysis.tables.schema > docs/tables.md"
    )


def test_the_format_page_names_every_spelling():
    from analysis.records.dialects import ARTICLE, PROVIDER

    text = (ROOT / "data" / "README.md").read_text("utf-8")
    for spellings in (*ARTICLE.values(), *PROVIDER.values()):
        for spelling in spellings:
            assert f"`{spelling}`" in text or f"{spelling}:" in text or spelling in ("tags", "locale"), (
                spelling
            )


def test_make_help_names_the_two_commands():
    text = (ROOT / "Makefile").read_text("utf-8")
    for target in ("demo", "test", "check"):
        assert re.search(rf"^{target}:.*## ", text, re.MULTILINE)
        assert f"make {target}" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")


PUBLIC = [
    "analysis",
    "analysis.corpus",
    "analysis.query",
    "analysis.story",
    "analysis.export",
    "analysis.records",
    "analysis.store",
    "analysis.measures",
    "analysis.charts",
    "analysis.grouping",
]


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_function_is_documented_with_an_example(name):
    import inspect
    from importlib import import_module

    module = import_module(name)
    for public in module.__all__:
        thing = getattr(module, public)
        if not (inspect.isfunction(thing) or inspect.isclass(thing)):
            continue
        assert thing.__doc__, f"{name}.{public} has no docstring"
        if inspect.isfunction(thing):
            assert ">>> " in thing.__doc__, f"{name}.{public} has no example"
