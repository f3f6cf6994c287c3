import subprocess
import sys

import pytest
from filelock import FileLock

from analysis import build_corpus
from analysis.store import current_snapshot, reading
from analysis.store.stages import Stages

# A process that has loaded neither DuckDB nor pandas, as this one has, may fork.
BEGIN = """
import os, sys
from analysis.store import build, reading
reading._FORK_BYTES, reading._CHUNK_BYTES, reading._BATCH_FILES = 0, 1, 7
parent, add = os.getpid(), reading.Sheaf.add
"""
BUILD = "print(build.build_corpus(sys.argv[1], sys.argv[2], groups=False, workers=3).n_parsed)"


def python(code, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.fixture
def source(write_records, make_record):
    return write_records(
        *(
            make_record(
                f"https://a.example/{n}", related=[{"url": f"https://b.example/{n % 3}", "title": "Ban"}]
            )
            for n in range(60)
        ),
        "no front matter",
    )


@pytest.fixture
def alone(source, tmp_path):
    return build_corpus(source, tmp_path / "alone", groups=False, workers=1).snapshot


@pytest.mark.slow
def test_forked_processes_give_what_one_gives(source, alone, tmp_path):
    slowly = "reading.Sheaf.add = lambda *file: (print(os.getpid(), flush=True), time.sleep(0.01), add(*file))[-1]\n"
    *pids, n_parsed = python(f"import time{BEGIN}{slowly}{BUILD}", source, tmp_path / "s")
    assert n_parsed == "61"
    assert len(set(pids)) > 1
    assert current_snapshot(tmp_path / "s").tables == alone.tables
    assert len(Stages(tmp_path / "s").numbers()) > len(Stages(tmp_path / "alone").numbers()) == 1


@pytest.mark.parametrize(
    "ending",
    [
        "os.kill(os.getpid(), 9)",
        *(pytest.param(ending, marks=pytest.mark.slow) for ending in ("os._exit(1)", "1 / 0")),
    ],
)
def test_what_a_dying_process_leaves_unread_is_read_all_the_same(source, alone, tmp_path, ending):
    dies = f"""
import time
def dying(sheaf, file, data):
    if os.getpid() != parent and file.path.endswith("40.md"):
        {ending}
    time.sleep(0.001)
    add(sheaf, file, data)
reading.Sheaf.add = dying
"""
    assert python(BEGIN + dies + BUILD, source, tmp_path / "s") == ["61"]
    assert current_snapshot(tmp_path / "s").tables == alone.tables


@pytest.mark.slow
def test_forked_processes_end_with_the_one_that_forked_them(source, tmp_path):
    dies = """
import time
def slow(sheaf, file, data):
    if os.getpid() == parent:
        os.kill(parent, 9)
    while os.getppid() == parent:
        time.sleep(0.01)
    add(sheaf, file, data)
reading.Sheaf.add = slow
"""
    done = subprocess.run([sys.executable, "-c", BEGIN + dies + BUILD, source, tmp_path / "s"], check=False)
    assert done.returncode == -9
    with FileLock(tmp_path / "s" / ".lock", timeout=20):  # it goes with the last of them
        assert len(Stages(tmp_path / "s").files()) < 61
    assert build_corpus(source, tmp_path / "s", groups=False).n_records == 60


def test_a_process_with_threads_of_native_libraries_does_not_fork(monkeypatch):
    assert not reading._may_fork()  # pandas is loaded here
    monkeypatch.setattr(reading, "_NATIVE", frozenset())
    monkeypatch.setattr("threading.active_count", lambda: 1)
    assert reading._may_fork()
    monkeypatch.setattr("threading.active_count", lambda: 2)
    assert not reading._may_fork()
