"""The floors of the house: imports go down only."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# From the bottom up; modules of one floor may know each other.
FLOORS = [
    {"analysis.errors", "analysis.text", "analysis.words", "data"},
    {"analysis.records"},
    {"analysis.tables"},
    {"analysis.grouping"},
    {"analysis.store"},
    {"analysis.query", "analysis.query_syntax", "analysis.story"},
    {"analysis.coded", "analysis.corpus", "analysis.filters"},
    {"analysis.export", "analysis.measures"},
    {"analysis.charts"},
    {"analysis.reports"},
    {"analysis.notebook", "analysis.watch"},
    {"dashboard"},
]
ANYWHERE = {"analysis.demo"}  # a corpus made of nothing: knows no other floor but the reader's


def _modules():
    for folder in ("analysis", "dashboard", "data"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            if name != "analysis":
                yield pytest.param(name, path, id=name)


def floor_of(module):
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        for height, floor in enumerate(FLOORS):
            if name in floor:
                return height
    return None


@cache
def read(path):
    """The text of a module and its tree: most are asked about several times."""
    text = path.read_text("utf-8")
    return text, ast.parse(text)


@cache
def imports(path):
    """Names imported by a module, but for types only."""
    _, tree = read(path)
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found += [(alias.name, None) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found += [(node.module, alias.name) for alias in node.names]
    return found


MODULES = list(_modules())
PUBLIC = {
    "open_corpus": "analysis.notebook",
    "build_corpus": "analysis.store",
    "__version__": "analysis.errors",
    "Corpus": "analysis.notebook",
    "Selection": "analysis.notebook",
    "Filters": "analysis.corpus",
}


@pytest.mark.parametrize(("module", "path"), MODULES)
def test_imports_go_down_only(module, path):
    own = floor_of(module)
    if any(module == name or module.startswith(name + ".") for name in ANYWHERE):
        own = 2
    assert own is not None, f"{module} stands on no floor: add it to FLOORS"
    for source, name in imports(path):
        target = source
        if target.split(".")[0] not in ("analysis", "dashboard", "data"):
            continue
        target = (
            PUBLIC[name]
            if target == "analysis" and name in PUBLIC
            else f"{target}.{name}"
            if target == "analysis"
            else target
        )
        other = floor_of(target)
        assert other is None or other <= own, f"{module} imports {target}, which stands above it"


@pytest.mark.parametrize(("module", "path"), [p for p in MODULES if p.values[0].startswith("analysis")])
def test_the_library_knows_no_dash(module, path):
    assert not [
        name
        for name, _ in imports(path)
        if name.split(".")[0] in ("dash", "flask", "dash_mantine_components", "dash_ag_grid", "dashboard")
    ]


@pytest.mark.parametrize(("module", "path"), MODULES)
def test_a_module_says_what_it_is_for_and_is_finished(module, path):
    text, tree = read(path)
    assert ast.get_docstring(tree), f"{module} has no docstring"
    for mark in ("TODO", "FIXME", "XXX", "HACK", "raise NotImplementedError"):
        assert mark not in text, f"{module} has {mark}"
    assert not path.stem.endswith(("manager", "helpers", "utils", "helper", "util")), (
        f"{module} is named for nothing"
    )
