import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from faults import Trials

pytestmark = pytest.mark.slow  # every test builds, damages and builds again


@pytest.fixture(scope="module")
def trials(tmp_path_factory):
    return Trials(tmp_path_factory.mktemp("faults"), groups=False, n_records=30)


@pytest.fixture
def chance():
    return random.Random(7)


@pytest.mark.parametrize(
    "name", ["articles.parquet", "problems.parquet", "manifest.json", "CURRENT", "files.json", "facts.txt"]
)
def test_a_damaged_file_is_passed_over_and_made_again(trials, chance, name):
    outcome = trials.damaged([name], ["removed", "zeros"], chance)
    assert outcome.is_well, outcome


def test_a_byte_changed_in_a_table_is_mended_by_the_next_build(trials, chance):
    outcome = trials.damaged(["articles.parquet", "providers.parquet"], ["changed"], chance)
    assert outcome.repaired == outcome.tried, outcome  # whether it opens depends on the byte


@pytest.mark.slow
def test_no_room_for_files(trials):
    outcome = trials.no_room([0, 4_000])
    assert outcome.is_well, outcome


@pytest.mark.slow
def test_a_store_that_may_only_be_read_opens_and_is_not_written(trials):
    assert trials.read_only(1).is_well


@pytest.mark.slow
def test_two_builders_started_at_once(trials):
    assert trials.two_at_once(1).is_well


@pytest.mark.slow
def test_a_clock_set_back_by_a_year(trials):
    assert trials.clock_set_back([365 * 86_400]).is_well


@pytest.mark.slow
def test_a_builder_killed_with_all_its_processes(trials, chance):
    outcome = trials.killed(2, chance)
    assert outcome.is_well, outcome
