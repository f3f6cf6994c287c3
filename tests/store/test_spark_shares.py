"""Shares, each settled apart, are together what one build settles. Needs no Spark: it is what its tasks do."""

from pathlib import Path

import pytest

from analysis import build_corpus
from analysis.store.digest import table_digest
from analysis.store.engine import connect
from analysis.store.spark.settling import gather, settle_share
from analysis.store.spark.sharing import open_parcels, share_of
from analysis.store.stages import Stages
from analysis.tables.schema import GROUP_MEMBERS, GROUPS, MERGES, TABLES


@pytest.fixture
def settled_in_shares(tmp_path):
    """The tables of a store's stages, settled in so many shares: name -> rows and digest."""

    def settle(store: Path, n_shares: int) -> dict:
        stages, parts = Stages(store), tmp_path / f"parts-{n_shares}"
        parts.mkdir()
        live: dict[int, dict[str, str]] = {}
        for staged in stages.files().values():
            live.setdefault(staged.stage, {})[str(staged.number)] = staged.file.path
        sent = [
            parcel
            for stage, paths in live.items()
            for parcel in open_parcels(stages.folder / str(stage), paths, n_shares)
        ]
        for share in range(n_shares):
            settle_share(share, [parcel for to, parcel in sent if to == share], parts)
        with connect(store, few=True) as con:
            gather(con, parts)
            return {table.name: table_digest(con, table) for table in TABLES if table not in GROUPED}

    return settle


GROUPED = (GROUPS, GROUP_MEMBERS, MERGES)


@pytest.mark.slow
@pytest.mark.parametrize("n_shares", [1, 7])
def test_shares_are_together_what_one_build_settles(n_shares, tmp_path, settled_in_shares):
    from analysis.demo import write_demo

    write_demo(tmp_path / "records", n_records=200)
    built = build_corpus(tmp_path / "records", tmp_path / "store", groups=False).snapshot.tables
    found = settled_in_shares(tmp_path / "store", n_shares)
    assert found == {name: (built[name]["rows"], built[name]["digest"]) for name in found}


def test_what_several_stages_say_is_settled_once(write_records, make_record, tmp_path, settled_in_shares):
    item = {"url": "https://b.example/1", "title": "Ban", "provider": "b.example"}
    build_corpus(write_records(make_record(related=[item, item])), tmp_path / "s", groups=False)
    other = make_record("https://c.example/1", provider="c.example", related=[{**item, "title": "A ban"}])
    records = write_records(make_record(related=[item, item]), other)
    built = build_corpus(records, tmp_path / "s", groups=False).snapshot.tables
    assert len(Stages(tmp_path / "s").numbers()) == 2
    found = settled_in_shares(tmp_path / "s", 5)
    assert found == {name: (built[name]["rows"], built[name]["digest"]) for name in found}
    assert found["conflicts"][0] == 1


def test_shares_are_ranges_of_ids_of_about_one_size():
    assert [share_of(f"{first:08x}ffffffffffff", 3) for first in (0, 0x55555555, 0x55555556, 0xFFFFFFFF)] == [
        0,
        0,
        1,
        2,
    ]
