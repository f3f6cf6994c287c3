import importlib.util
from pathlib import Path

import nbformat
import pytest

_SPEC = importlib.util.spec_from_file_location("notebook_runner", Path(__file__).with_name("run.py"))
runner = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(runner)

NAMES = ["audit-related-links", "follow-a-story", "rate-providers-honestly"]


@pytest.fixture(scope="module")
def corpus_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    runner.write_corpus(folder)
    return folder


def test_there_are_three():
    assert [path.stem for path in runner.NOTEBOOKS] == NAMES


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_gives_what_is_committed(name, corpus_folder):
    path = runner.ROOT / "docs" / "notebooks" / f"{name}.ipynb"
    notebook, _ = runner.run(path, corpus_folder)
    committed = runner.results(nbformat.read(path, as_version=4))
    for (source, now), (_, before) in zip(runner.results(notebook), committed, strict=True):
        assert now == before, f"run: python tests/notebooks/run.py; differs after\n{source}"


@pytest.mark.parametrize("path", runner.NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small_whole_and_without_error(path):
    assert path.stat().st_size < 300_000
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    for cell in code:
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output
            if "figure" in output.get("metadata", {}):
                assert output.data["image/png"]
                assert output.data["text/plain"].count("\n") >= 1
    assert sum("image/png" in output.get("data", {}) for cell in code for output in cell.outputs) >= 2
