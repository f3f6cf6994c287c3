import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import golden

SAMPLES = golden.samples()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
@pytest.mark.parametrize("fast_path", [True, False], ids=["fast", "plain"])
def test_reading_gives_the_golden_result(sample, fast_path):
    expected = golden.result_path(sample)
    assert expected.exists(), (
        f"{expected.name} is missing: run python tests/records/golden.py and check what it wrote"
    )
    assert golden.result(sample, fast_path=fast_path) == json.loads(expected.read_text("utf-8"))


def test_every_dialect_and_repair_has_a_sample():
    names = {path.name for path in SAMPLES}
    for wanted in ("2019", "early-2020", "mid-2020", "2021-seed"):
        assert f"dialect-{wanted}.md" in names
    for wanted in ("bom", "crlf", "c1", "missing-closing", "naive-time", "null-topics"):
        assert f"repair-{wanted}.md" in names


def test_no_result_without_its_sample():
    results = set(golden.FOLDER.glob("*.result.json"))
    assert results == {golden.result_path(sample) for sample in SAMPLES}


def test_the_seed_record_is_the_one_that_ships():
    from data import RECORDS

    shipped = next(RECORDS.glob("*.md"))
    assert shipped.read_bytes() == (golden.FOLDER / "dialect-2021-seed.md").read_bytes()
