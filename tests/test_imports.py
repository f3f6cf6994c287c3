"""What takes long to load is loaded only by what needs it: a command that starts late is felt every time."""

import subprocess
import sys

import pytest

SLOW = {"sklearn", "networkx", "scipy.stats", "playwright", "pikepdf", "xlsxwriter"}


@pytest.mark.parametrize(
    "code", ["from analysis import open_corpus", "import analysis.reports", "import dashboard.cli"]
)
def test_nothing_slow_is_loaded_that_is_not_needed(code):
    asked = f"import sys; {code}; print(*(set(sys.modules) & {SLOW!r}))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
