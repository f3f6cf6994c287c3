import os
import subprocess
import sys
from datetime import datetime

import pytest
from click.testing import CliRunner

from analysis import build_corpus, open_corpus
from analysis.records import open_source
from analysis.store import DamagedStore, NoSnapshot, build, current_snapshot, publish
from analysis.store.snapshot import snapshot_names
from dashboard.cli import main


def titles(store):
    return sorted(open_corpus(store).articles["title"])


@pytest.mark.slow
def test_a_file_put_back_with_an_older_time_counts_as_it_is_now(write_records, make_record, tmp_path):
    source = write_records(make_record(title="Old"))
    file = source / "2021-08-23-record-000.md"
    os.utime(file, ns=(0, 10**18))
    build_corpus(source, tmp_path / "s", groups=False)
    file.write_text(make_record(title="Put back"))
    os.utime(file, ns=(0, 10**17))
    assert build_corpus(source, tmp_path / "s", groups=False).n_parsed == 1
    assert titles(tmp_path / "s") == ["Put back"]
    assert build_corpus(source, tmp_path / "s", groups=False).n_parsed == 0


def test_what_could_not_be_read_is_tried_again(write_records, make_record, tmp_path, monkeypatch):
    source = write_records(make_record(title="One"), make_record("https://a.example/2", title="Two"))
    hidden = tmp_path / "hidden.md"
    original = build._follow

    def gone_meanwhile(*args):
        (source / "2021-08-23-record-001.md").rename(hidden)
        done = original(*args)
        hidden.rename(source / "2021-08-23-record-001.md")
        return done

    with monkeypatch.context() as patch:
        patch.setattr(build, "_follow", gone_meanwhile)
        assert build_corpus(source, tmp_path / "s", groups=False).n_errors == 1
    report = build_corpus(source, tmp_path / "s", groups=False)
    assert (report.n_parsed, report.n_errors) == (1, 0)
    assert titles(tmp_path / "s") == ["One", "Two"]


def test_a_store_in_its_own_source_is_no_part_of_it(write_records, make_record, tmp_path):
    source = write_records(make_record())
    first = build_corpus(source, source / "store", groups=False)
    again = build_corpus(source, source / "store", groups=False)
    assert (again.n_files, again.n_parsed, again.is_new) == (1, 0, False)
    assert again.snapshot.tables == first.snapshot.tables


@pytest.mark.parametrize("name", ["it's a store", "a [2021] store", "what? a * store", 'say "ban"', "ä b"])
def test_a_store_may_lie_at_any_path(write_records, make_record, tmp_path, name):
    source = write_records(make_record(title="Ban"))
    assert build_corpus(source, tmp_path / name, groups=False).n_records == 1
    assert current_snapshot(tmp_path / name).tables["articles"]["rows"] == 1


def test_linked_folders_count_and_a_link_back_up_does_not(write_records, make_record, tmp_path):
    source = write_records(make_record())
    other = write_records(make_record("https://a.example/2"), folder="other")
    (source / "linked").symlink_to(other)
    (source / "up").symlink_to(tmp_path)
    (other / "across").symlink_to(source)
    assert [file.path for file in open_source(source).files()] == [
        "2021-08-23-record-000.md",
        "linked/2021-08-23-record-000.md",
        "up/other/2021-08-23-record-000.md",
    ]


def test_a_folder_that_vanishes_while_it_is_listed_is_gone(write_records, make_record, tmp_path, monkeypatch):
    source = write_records(make_record())
    (source / "sub").mkdir()
    scandir = os.scandir
    monkeypatch.setattr(
        os, "scandir", lambda path: scandir(path if not str(path).endswith("sub") else "/gone")
    )
    assert len(open_source(source).files()) == 1


@pytest.mark.slow
def test_a_clock_set_back_makes_no_snapshot_look_old(write_records, make_record, tmp_path, monkeypatch):
    times = iter(["2021-08-27T10:00:00+00:00", "2021-08-20T10:00:00+00:00"])

    class Clock(datetime):
        @classmethod
        def now(cls, _zone):
            return cls.fromisoformat(next(times))

    monkeypatch.setattr(publish, "datetime", Clock)
    ids = []
    for title in ("One", "Two"):
        report = build_corpus(write_records(make_record(title=title)), tmp_path / "s", groups=False)
        ids.append(report.snapshot.id)
    assert snapshot_names(tmp_path / "s") == ids
    assert report.snapshot.built_at.startswith("2021-08-20")


@pytest.mark.slow
@pytest.mark.parametrize("keep", [0, 100])
def test_a_truncated_table_is_built_again(write_records, make_record, tmp_path, keep):
    source = write_records(make_record())
    first = build_corpus(source, tmp_path / "s", groups=False).snapshot
    os.truncate(first.path("articles"), keep)
    again = build_corpus(source, tmp_path / "s", groups=False)
    assert (again.n_parsed, again.is_new) == (0, True)
    assert titles(tmp_path / "s") == ["Ban"]


def test_a_build_of_unchanged_files_settles_nothing(write_records, make_record, tmp_path, monkeypatch):
    source = write_records(make_record(), "no front matter")
    first = build_corpus(source, tmp_path / "s", groups=False)
    monkeypatch.setattr(publish, "settling", None)
    again = build_corpus(source, tmp_path / "s", groups=False)
    assert (again.n_parsed, again.is_new, again.snapshot) == (0, False, first.snapshot)
    assert (again.n_entries, again.problems) == (first.n_entries, first.problems)
    monkeypatch.setattr(publish, "SETTLING_VERSION", -1)
    with pytest.raises(TypeError):  # other rules: settled anew
        build_corpus(source, tmp_path / "s", groups=False)


def test_a_build_without_groups_imports_neither_pandas_nor_pyarrow(write_records, make_record, tmp_path):
    source = write_records(make_record(related=[{"url": "https://b.example/1"}]), "no front matter")
    code = (
        "import sys; from analysis import build_corpus; build_corpus(sys.argv[1], sys.argv[2], groups=False)\n"
        "print(sorted({'pandas', 'sklearn', 'scipy', 'networkx', 'joblib', 'numpy', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, source, tmp_path / "s"], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_a_damaged_snapshot_is_told_of_and_the_one_before_is_shown(write_records, make_record, tmp_path):
    store = tmp_path / "s"
    before, current = (
        build_corpus(write_records(make_record(title=title)), store, groups=False).snapshot
        for title in ("One", "Two")
    )
    os.truncate(current.path("articles"), 100)
    size = current.sizes["articles"]
    with pytest.warns(DamagedStore, match=rf"articles.parquet has 100 bytes where {size:,} were written"):
        assert titles(store) == ["One"]
    shown = CliRunner().invoke(main, ["info", "--store", str(store)])
    assert shown.output.startswith(
        f"Warning: snapshot {current.id} is damaged: articles.parquet has 100 bytes"
    )
    assert f"Id       {before.id}" in shown.output
    with pytest.raises(NoSnapshot, match="is damaged"):
        open_corpus(store, snapshot=current.id)
    assert build_corpus(tmp_path / "records", store, groups=False).n_parsed == 0
    assert titles(store) == ["Two"]
    assert snapshot_names(store) == [before.id, current_snapshot(store).id]


def test_a_table_that_is_no_parquet_within_is_told_of(write_records, make_record, tmp_path):
    snapshot = build_corpus(write_records(make_record()), tmp_path / "s", groups=False).snapshot
    path = snapshot.path("images")
    path.write_bytes(b"PAR1" + bytes(path.stat().st_size - 8) + b"PAR1")
    with pytest.raises(NoSnapshot, match="is damaged: images cannot be read"):
        open_corpus(tmp_path / "s")


def test_a_current_snapshot_is_named_by_nothing_but_a_name(write_records, make_record, tmp_path):
    build_corpus(write_records(make_record()), tmp_path / "s", groups=False)
    (tmp_path / "s" / "CURRENT").write_text("../../elsewhere")
    with pytest.warns(DamagedStore, match="names no snapshot"):
        assert titles(tmp_path / "s") == ["Ban"]


def test_no_query_however_long_draws_a_bar(write_records, make_record, tmp_path):
    from analysis.store import engine

    build_corpus(write_records(make_record()), tmp_path / "s", groups=False)
    for con in (
        engine.connect(tmp_path, few=True),
        engine.open_file(tmp_path / "a.duckdb"),
        open_corpus(tmp_path / "s"),
    ):
        assert con.cursor().execute("SELECT current_setting('enable_progress_bar')").fetchall() == [(False,)]
