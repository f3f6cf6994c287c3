"""Documentation cannot go stale: its code runs, its tables are generated, its links lead somewhere."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "data" / "README.md"])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]*)(#[^)]*)?\)")
sys.path.insert(0, str(DOCS))


def name_of(page):
    return str(page.relative_to(ROOT))


SLOW = {  # write reports, ask every measure
    "README.md",
    "docs/how-to/compare-stories.md",
    "docs/how-to/follow-a-story.md",
    "docs/how-to/rate-outlets.md",
    "docs/how-to/send-a-report.md",
    "docs/measures.md",
    "docs/start.md",
}


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=pytest.mark.slow if name_of(page) in SLOW else (), id=name_of(page))
        for page in PAGES
        if "```python\n" in page.read_text("utf-8")
    ],
)
def test_the_code_of_a_page_runs(page, tmp_path, monkeypatch, seed_store):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(
        seed_store, tmp_path / "demo" / "store"
    )  # pages begin with the demo; six articles are enough
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


@cache
def anchors(page):
    """The places of a page that links may lead to, as MkDocs and GitHub name them."""
    text = page.read_text("utf-8")
    if included := re.search(r'^--8<-- "(.*)"', text, re.MULTILINE):
        text = (ROOT / included[1]).read_text("utf-8")
    heads = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
    names = {re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", head).strip().lower()) for head in heads}
    for module in re.findall(r"^::: (\S+)$", text, re.MULTILINE):
        names |= {module, *(f"{module}.{public}" for public in getattr(_module(module), "__all__", ()))}
    return names


def _module(name):
    try:
        return import_module(name)
    except ModuleNotFoundError:
        return None


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    for target, anchor in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        if "://" in target:
            continue
        path = page.parent / target if target else page
        notebook = path.with_suffix(".ipynb")  # becomes a page of the site
        assert path.exists() or notebook.exists(), f"{name_of(page)} links to {target}"
        if anchor and path.exists():
            assert anchor[1:] in anchors(path), f"{name_of(page)} links to {target}{anchor}"


def test_every_page_can_be_reached():
    import yaml

    nav = str(yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), yaml.BaseLoader)["nav"])
    for page in DOCS.rglob("*.md"):
        assert f"'{page.relative_to(DOCS)}'" in nav, f"{name_of(page)} is not in the nav of mkdocs.yml"


def test_the_page_of_commands_is_their_help():
    from commands import markdown

    assert (DOCS / "commands.md").read_text("utf-8") == markdown(), (
        "run: python docs/commands.py > docs/commands.md"
    )


def shell_commands():
    for page in PAGES:
        for language, code in BLOCK.findall(page.read_text("utf-8")):
            for line in code.splitlines() if language == "sh" else ():
                words = shlex.split(line, comments=True)
                for place, word in enumerate(words):
                    if word.rpartition("/")[2] == "newsgauge" and words[place + 1 :]:
                        yield pytest.param(words[place + 1 :], id=f"{page.stem}: {' '.join(words[place:])}")


@pytest.mark.parametrize("words", [*shell_commands()])
def test_the_commands_of_a_page_exist_with_their_options(words):
    from dashboard.cli import main

    command = main.commands.get(words[0])
    assert command is not None, f"there is no command {words[0]}"
    known = {
        option
        for given in command.params
        if isinstance(given, click.Option)
        for option in (*given.opts, *given.secondary_opts)
    }
    used = {word.partition("=")[0] for word in words[1:] if word.startswith("--")}
    assert used <= known | {"--help"}


def test_the_drawing_of_the_floors_names_every_floor_in_order():
    spec = importlib.util.spec_from_file_location("layers", ROOT / "tests" / "test_layers.py")
    layers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(layers)
    text = (DOCS / "architecture.md").read_text("utf-8")
    drawn = [
        set(re.findall(r"analysis\.\w+|\bdashboard\b|\bdata\b", row))
        for row in re.findall(r"<g.*?</g>", text)
    ]
    names = [{name for name in floor if not name.endswith("_syntax")} for floor in reversed(layers.FLOORS)]
    assert drawn == names


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
    "analysis.measures.events",
    "analysis.notebook",
    "analysis.reports",
    "analysis.demo",
    "analysis.tables.schema",
    "analysis.watch",
]


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_function_is_documented_with_an_example(name):
    import inspect

    module = import_module(name)
    for public in module.__all__:
        thing = getattr(module, public)
        if not (inspect.isfunction(thing) or inspect.isclass(thing)):
            continue
        assert thing.__doc__, f"{name}.{public} has no docstring"
        if inspect.isfunction(thing):
            assert ">>> " in thing.__doc__, f"{name}.{public} has no example"


def homes(name):
    """Where each public name of a module may be shown: where it is imported from, where it is written, or between."""
    module = import_module(name)
    for public in module.__all__:
        if not callable(getattr(module, public)):
            continue
        written = getattr(getattr(module, public), "__module__", name).split(".")
        above = {".".join(written[:depth]) for depth in range(2, len(written) + 1)}
        yield public, {f"{place}.{public}" for place in above | {name}}


def test_every_public_name_is_on_a_page_of_the_reference():
    text = "\n".join(page.read_text("utf-8") for page in (DOCS / "python").glob("*.md"))
    shown = set(re.findall(r"^::: (\S+)$", text, re.MULTILINE))
    for name in PUBLIC:
        for public, places in homes(name):
            modules = {place.rpartition(".")[0] for place in places}
            assert (places | modules) & shown, f"docs/python does not show {public} of {name}"


def test_every_measure_has_a_section_or_stands_in_one():
    text = (DOCS / "measures.md").read_text("utf-8")
    for name in import_module("analysis.measures").__all__:
        assert re.search(rf"\b{name}\b", text), f"docs/measures.md does not say what {name} is for"


@pytest.mark.slow
def test_the_worked_example_of_a_measure_runs(tmp_path):
    text = (DOCS / "add-a-measure.md").read_text("utf-8")
    files = dict(re.findall(r'^```python title="(.*?)"\n(.*?)^```', text, re.MULTILINE | re.DOTALL))
    assert set(files) == {"analysis/measures/weekend.py", "tests/measures/test_weekend.py"}
    for name, code in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(code, "utf-8")
    overlay = f"import analysis.measures as m; m.__path__.append({str(tmp_path / 'analysis/measures')!r})"
    (tmp_path / "conftest.py").write_text(overlay, "utf-8")
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:dash",
            "-p",
            "no:cacheprovider",
            "--import-mode=importlib",
            "--rootdir",
            tmp_path,
            tmp_path,
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "5 passed" in run.stdout
    measure = tmp_path / "analysis/measures/weekend.py"
    lint = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--config",
        ROOT / "pyproject.toml",
        "--ignore",
        "INP001",
        measure,
    ]
    assert not subprocess.run(lint, capture_output=True, text=True, check=False).stdout.count("error")
    form = [sys.executable, "-m", "ruff", "format", "--check", "--config", ROOT / "pyproject.toml", measure]
    assert subprocess.run(form, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    run = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return folder


class Loads(HTMLParser):
    """What a page loads, and the places it has."""

    def __init__(self):
        super().__init__()
        self.loads, self.ids = [], set()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.ids.add(given["id"])
        loads = ("src", "srcset", "poster", "data") + (("href",) if tag in {"link", "use", "image"} else ())
        self.loads += [given[name] or "" for name in loads if name in given]


@pytest.mark.slow
def test_the_site_loads_nothing_from_other_hosts(site):
    for path in site.rglob("*.html"):
        page = Loads()
        page.feed(path.read_text("utf-8"))
        assert len(page.loads) > 3
        away = [load for load in page.loads if re.match(r"(\w+:)?//", load) and "rel=canonical" not in load]
        assert not away, f"{path.name} loads {away}"
    for path in site.rglob("*.css"):
        text = path.read_text("utf-8")
        assert not re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)]*", text), path.name


@pytest.mark.slow
def test_every_public_name_has_a_place_on_the_site(site):
    ids = set()
    for path in (site / "python").glob("*.html"):
        page = Loads()
        page.feed(path.read_text("utf-8"))
        ids |= page.ids
    for name in PUBLIC:
        for public, places in homes(name):
            assert places & ids, f"the site does not show {public} of {name}"


@pytest.mark.slow
@pytest.mark.browser
def test_the_site_in_a_browser_asks_nobody_and_complains_of_nothing(site, browser):
    import threading
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = f"http://127.0.0.1:{server.server_port}"
    asked, said = [], []
    try:
        for scheme in ("light", "dark"):
            with browser.new_context(color_scheme=scheme, viewport={"width": 390, "height": 844}) as context:
                page = context.new_page()
                page.on("request", lambda request: asked.append(request.url))
                page.on("console", lambda message: said.append(message.text))
                page.on("pageerror", lambda error: said.append(str(error)))
                for name in ("index", "notebooks/follow-a-story", "python/measures", "architecture"):
                    page.goto(f"{home}/{name}.html")
                    page.wait_for_load_state("networkidle")
                    assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
    finally:
        server.shutdown()
    assert not [url for url in asked if not url.startswith((home, "data:", "blob:"))]
    assert not said
