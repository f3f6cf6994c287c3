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
