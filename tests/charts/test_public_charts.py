from importlib import import_module
from pathlib import Path

import pytest

from analysis import charts


@pytest.mark.parametrize("name", charts.__all__)
def test_every_public_name_is_there(name):
    assert getattr(charts, name) is not None


def test_every_chart_of_a_file_is_public():
    files = sorted(path.stem for path in Path(charts.__file__).parent.glob("[!_]*.py"))
    found = {
        name
        for file in files
        for name in import_module(f"analysis.charts.{file}").__all__
        if name.endswith("_chart")
    }
    assert found == {name for name in charts.__all__ if name.endswith("_chart")}
