import os
import random
import shutil
import sys
from pathlib import Path

import pytest

from analysis import build_corpus
from analysis.store import current_snapshot, onward
from analysis.tables.schema import TABLES

sys.path.insert(0, str(Path(__file__).parent))
from alike import assert_alike
from changes import change


def assert_same(store, fresh):
    """Two builds gave the same: rows in their order, what is said of them, and counts."""
    assert_alike(store, fresh)
    one = store.snapshot
    assert set(one.files) == {f"{table.name}.parquet" for table in TABLES}
    assert one.sizes == {table.name: one.files[f"{table.name}.parquet"][0] for table in TABLES}
    assert store._replace(snapshot=None, n_parsed=0, is_new=True) == fresh._replace(snapshot=None, n_parsed=0)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 12))])
def test_going_on_gives_what_a_fresh_build_gives(tmp_path, make_record, went_on, seed):
    dice = random.Random(seed)
    done = [change(tmp_path / "news", dice, make_record) for _ in range(12)]
    first = build_corpus(tmp_path / "news", tmp_path / "s", groups=False)
    assert_same(first, build_corpus(tmp_path / "news", tmp_path / "f", groups=False))
    for step in range(6):
        done += [change(tmp_path / "news", dice, make_record) for _ in range(dice.randrange(1, 4))]
        report = build_corpus(tmp_path / "news", tmp_path / "s", groups=False)
        assert went_on == [True] * (step + 1), done
        shutil.rmtree(tmp_path / "f")
        assert_same(report, build_corpus(tmp_path / "news", tmp_path / "f", groups=False))


@pytest.fixture
def gone_on(tmp_path, make_record, went_on):
    """A folder of records and a store that has gone on once; gives what builds there, and compares with a fresh build."""
    dice = random.Random(3)
    news, store = tmp_path / "news", tmp_path / "s"

    def again():
        change(news, dice, make_record)
        (news / "each-time.md").write_text(make_record(title=f"Title {dice.random()}"))
        report = build_corpus(news, store, groups=False)
        shutil.rmtree(tmp_path / "f", ignore_errors=True)
        assert_same(report, build_corpus(news, tmp_path / "f", groups=False))
        return report

    for _ in range(9):
        change(news, dice, make_record)
    again()
    again()
    assert went_on == [True]
    return again


def shortened(path):
    os.truncate(path, path.stat().st_size // 2)


def zeroed(path):
    path.write_bytes(bytes(path.stat().st_size))


def turned(path):
    data = bytearray(path.read_bytes())
    for place in range(12_288, len(data), 1_000):  # behind the heads of the database
        data[place] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("ledger.duckdb", shortened),
        *(
            pytest.param(name, harm, marks=pytest.mark.slow)
            for name, harm in (
                ("ledger.duckdb", zeroed),
                ("ledger.duckdb", turned),
                ("ledger.duckdb", Path.unlink),
                ("listing", Path.unlink),
                ("listing", shortened),
                ("listing", zeroed),
                ("listing", turned),
            )
        ),
    ],
)
def test_a_ledger_that_is_damaged_is_written_anew(tmp_path, gone_on, went_on, name, harm):
    path = tmp_path / "s" / "ledger" / name
    if name == "listing" and harm is turned:
        path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    else:
        harm(path)
    gone_on()
    assert went_on[1:] != [True]
    gone_on()
    assert went_on[-1] is True


@pytest.mark.slow
def test_a_ledger_of_another_snapshot_is_of_no_use(tmp_path, gone_on, went_on):
    kept = tmp_path / "kept"
    shutil.copytree(tmp_path / "s" / "ledger", kept)
    gone_on()
    for name in (
        "ledger.duckdb",
        "listing",
    ):  # either of an earlier build, as a build that is killed leaves them
        shutil.copy(kept / name, tmp_path / "s" / "ledger")
        n_before = len(went_on)
        gone_on()
        assert went_on[n_before:] != [True]
        gone_on()
        assert went_on[-1] is True
        shutil.rmtree(kept)
        shutil.copytree(tmp_path / "s" / "ledger", kept)
        gone_on()


@pytest.mark.slow
def test_damage_of_the_snapshot_is_not_carried_on(tmp_path, gone_on, went_on):
    for table in TABLES:
        path = next((tmp_path / "s" / "snapshots").glob(f"{gone_on().snapshot.id}/{table.name}.parquet"))
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 0xFF
        path.write_bytes(data)
        gone_on()


def test_damage_of_a_stage_is_not_carried_on(tmp_path, gone_on, went_on):
    for facts in (tmp_path / "s" / "stages").rglob("facts.txt"):
        shortened(facts)
    gone_on()
    assert "damaged" in went_on[-1]


@pytest.mark.slow
def test_small_stages_are_written_together(tmp_path, gone_on, went_on, monkeypatch):
    from analysis.store import stages

    monkeypatch.setattr(stages, "_MOST_STAGES", 3)
    for _ in range(8):
        gone_on()
        n_stages = sum(path.name.isdigit() for path in (tmp_path / "s" / "stages").glob("v*/*"))
        assert n_stages <= 4
    assert set(went_on) == {True}


@pytest.mark.slow
def test_what_could_not_be_read_is_tried_each_time(
    tmp_path, write_records, make_record, went_on, monkeypatch
):
    source = write_records(make_record(), make_record("https://a.example/2"))
    build_corpus(source, tmp_path / "s", groups=False)
    (source / "gone.md").symlink_to(tmp_path / "nowhere")
    (source / "2021-08-23-record-001.md").write_text(make_record("https://a.example/3"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", _refuse("record-001"))
        unread = build_corpus(source, tmp_path / "s", groups=False)
        again = build_corpus(source, tmp_path / "s", groups=False)
    assert (unread.n_errors, unread.is_new, again.n_errors, again.is_new) == (1, True, 1, False)
    assert again.snapshot.id == unread.snapshot.id
    report = build_corpus(source, tmp_path / "s", groups=False)
    assert (report.n_parsed, report.n_errors, went_on) == (1, 0, [True] * 3)
    assert_same(report, build_corpus(source, tmp_path / "f", groups=False))


def _refuse(part):
    def opened(path, *args, **kwargs):
        if part in str(path):
            raise PermissionError(13, "Permission denied")
        return original(path, *args, **kwargs)

    original = os.open
    return opened


def test_paths_that_are_shown_otherwise_lead_to_a_full_build(tmp_path, write_records, make_record, went_on):
    source = write_records(make_record())
    build_corpus(source, tmp_path / "s", groups=False)
    Path(os.fsdecode(os.fsencode(source) + b"/\xff.md")).write_text(make_record("https://a.example/2"))
    report = build_corpus(source, tmp_path / "s", groups=False)
    assert went_on != [True]
    assert_same(report, build_corpus(source, tmp_path / "f", groups=False))


@pytest.mark.slow
def test_other_sources_and_other_wishes_settle_everything(tmp_path, write_records, make_record, went_on):
    one = write_records(make_record(), folder="one")
    two = write_records(make_record("https://a.example/2"), folder="two")
    build_corpus(one, tmp_path / "s", groups=False)
    wishes = (([one, two], False), ([two], False), ([two], True), ([two], False))
    for number, (sources, groups) in enumerate(wishes):
        report = build_corpus(sources, tmp_path / "s", groups=groups)
        fresh = build_corpus(sources, tmp_path / f"f{number}", groups=groups)
        assert report.snapshot.tables == fresh.snapshot.tables
    assert not went_on


def test_several_sources_go_on(tmp_path, write_records, make_record, went_on):
    sources = [
        write_records(make_record(f"https://a.example/{name}"), folder=name) for name in ("one", "two")
    ]
    build_corpus(sources, tmp_path / "s", groups=False)
    for name in ("two", "one"):
        write_records(make_record(title=name), "no front matter", folder=name)
        report = build_corpus(sources, tmp_path / "s", groups=False)
        shutil.rmtree(tmp_path / "f", ignore_errors=True)
        assert_same(report, build_corpus(sources, tmp_path / "f", groups=False))
    assert went_on == [True, True]


@pytest.mark.slow
def test_many_changes_settle_everything(tmp_path, write_records, make_record, went_on, monkeypatch):
    monkeypatch.setattr(onward, "_SMALL_PART", 20)
    source = write_records(*(make_record(f"https://a.example/{n}") for n in range(40)))
    build_corpus(source, tmp_path / "s", groups=False)
    for title, n_changed in (("Two", 2), ("Three", 3)):
        write_records(*(make_record(f"https://a.example/{n}", title=title) for n in range(n_changed)))
        build_corpus(source, tmp_path / "s", groups=False)
    assert went_on == [True]


@pytest.mark.parametrize(
    "moment",
    [
        *(
            pytest.param(moment, marks=pytest.mark.slow)
            for moment in (
                "ledger.Ledger:belong:before",
                "publish:make_current:before",
                "touched:abreast:after",
                "renewal:write_groups:after",
                "renewal.Renewal:write:after",
                "ledger.Ledger:update:before",
                "ledger.Ledger:update:after",
                "publish:make_current:after",
                "ledger.Ledger:belong:after",
                "publish:prune:after",
                "stages.Stages:drop_all_but:before",
                "ledger:write_listing:before",
            )
        ),
    ],
)
def test_a_build_that_is_killed_as_it_goes_on(tmp_path, gone_on, went_on, killed, moment):
    (tmp_path / "news" / "each-time.md").write_text("---\nwebUrl: https://a.example/1\ntitle: Killed\n---\n")
    killed(tmp_path / "news", tmp_path / "s", moment, groups=False)
    assert current_snapshot(tmp_path / "s").damage(thorough=True) is None
    gone_on()
    gone_on()
    assert went_on[-1] is True
