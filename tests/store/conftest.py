import subprocess
import sys
from pathlib import Path

import pytest

from analysis.store import build, onward, publish, renewal
from analysis.store.row_groups import read_groups, write_groups, write_rows


@pytest.fixture
def went_on(monkeypatch):
    """Small corpora have ledgers, large changes are small, and row groups have three rows; whether builds went on."""
    done = []

    def told(*args):
        try:
            found = onward.build_onward(*args)
        except onward.NotOnward as reason:
            done.append(str(reason))
            raise
        done.append(True)
        return found

    monkeypatch.setattr(build, "build_onward", told)
    monkeypatch.setattr(build, "FEWEST", 0)
    monkeypatch.setattr(onward, "_SMALL_PART", 0)
    for module in (publish, renewal):
        monkeypatch.setattr(module, "write_rows", in_threes)
    monkeypatch.setattr(renewal, "rows_together", lambda _: 3)
    return done


def in_threes(con, query, path, n_rows):
    """What `write_rows` does, with groups of three rows, which DuckDB itself does not write."""
    if path.stem not in {*renewal.BY_ARTICLE, *renewal.BY_GROUP}:
        write_rows(con, query, path, n_rows)
        return
    ((count,),) = con.execute(f"SELECT count(*) FROM ({query})").fetchall()
    parts = []
    for start in range(0, count, 3):
        part = path.with_name(f".{path.name}.{start}")
        write_rows(con, f"{query} LIMIT 3 OFFSET {start}", part, n_rows)
        parts += read_groups(part)
    if parts:
        write_groups(path, parts)
    else:
        write_rows(con, query, path, n_rows)
    for part in {part.path for part in parts}:
        part.unlink()


_KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[4])
from analysis import build_corpus
from analysis.store import build, carried, ledger, onward, publish, regrouped, renewal, row_groups, snapshot, stages, touched
build.FEWEST, onward._SMALL_PART = 0, 0
owner, name, when = sys.argv[3].split(":")
owner = eval(owner)
original = getattr(owner, name)

def killed(*args, **kwargs):
    if when == "after":
        original(*args, **kwargs)
    os._exit(9)

setattr(owner, name, killed)
build_corpus(sys.argv[1], sys.argv[2], groups=sys.argv[5] == "True")
"""


@pytest.fixture(scope="session")
def killed():
    """Build in a process that goes on from a small corpus and ends before or after a function: `owner:name:when`."""

    def build_and_end(news, store, moment, *, groups):
        root = Path(__file__).parents[2]
        command = [sys.executable, "-c", _KILLED, news, store, moment, root, str(groups)]
        assert subprocess.run(command, check=False).returncode == 9

    return build_and_end
