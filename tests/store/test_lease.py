import gc
import shutil
import subprocess
import sys

import pytest

from analysis import build_corpus, open_corpus
from analysis.store import NoSnapshot, current_snapshot
from analysis.store.lease import hold, remove_unless_held
from analysis.store.snapshot import KEPT, snapshot_names

READER = """
import sys
from analysis import open_corpus
corpus = open_corpus(sys.argv[1])
print("open", flush=True)
sys.stdin.readline()
print(corpus.articles["title"].tolist(), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def build_again(tmp_path, write_records, make_record):
    """Builds one more snapshot, of a record with the title given, and returns the store."""

    def build(title):
        build_corpus(write_records(make_record(title=title)), tmp_path / "store", groups=False)
        return tmp_path / "store"

    return build


@pytest.mark.slow
def test_a_reader_of_an_old_snapshot_goes_on_reading_it(build_again):
    store = build_again("First")
    corpus = open_corpus(store)
    name = corpus.snapshot.id
    for number in range(KEPT + 3):
        build_again(f"Later {number}")
    assert corpus.articles["title"].tolist() == ["First"]
    assert len(snapshot_names(store)) == KEPT + 1  # the one being read is kept on top
    del corpus
    gc.collect()
    build_again("Last")
    assert name not in snapshot_names(store)
    assert len(snapshot_names(store)) == KEPT


@pytest.mark.slow
def test_a_reader_in_another_process_is_as_safe_and_gives_its_lease_back_when_it_is_killed(build_again):
    store = build_again("First")
    given = [sys.executable, "-c", READER, str(store)]
    with subprocess.Popen(given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout.readline() == "open\n"
        for number in range(KEPT + 1):
            build_again(f"Later {number}")
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline() == "['First']\n"
        reader.kill()
    build_again("Last")
    assert len(snapshot_names(store)) == KEPT


def test_a_snapshot_removed_before_it_was_opened_is_said_and_not_opened_by_half(build_again):
    snapshot = current_snapshot(build_again("First"))
    corpus = open_corpus(snapshot.folder.parents[1])
    shutil.rmtree(snapshot.folder)
    with pytest.raises(NoSnapshot, match="is gone after later builds; open the current one"):
        type(corpus)(snapshot)


def test_what_is_being_removed_cannot_be_held(build_again, monkeypatch):
    folder = current_snapshot(build_again("First")).folder
    seen = []
    monkeypatch.setattr(shutil, "rmtree", lambda path, **_: seen.append(hold(path, build_again)))
    remove_unless_held(folder)
    assert seen == [False]


def test_a_damaged_snapshot_is_removed(tmp_path):
    (tmp_path / "damaged").mkdir()
    assert remove_unless_held(tmp_path / "damaged")
    assert not (tmp_path / "damaged").exists()
