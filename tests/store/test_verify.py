import os

import pytest

from analysis import build_corpus
from analysis.store import current_snapshot
from analysis.store.verify import ReadDifferently
from analysis.tables import columns
from tests.records import golden


def test_every_sample_is_staged_as_the_plain_path_reads_it(tmp_path):
    samples = [path for path in golden.samples() if path.stat().st_size]
    source = tmp_path / "news"
    source.mkdir()
    for path in samples:
        (source / path.name).write_bytes(path.read_bytes())
    report = build_corpus(source, tmp_path / "store", groups=False, verify=True)
    assert report.n_compared == report.n_files == len(samples)


def test_a_file_that_is_read_differently_is_named_and_no_snapshot_is_made(
    tmp_path, monkeypatch, write_records, make_record
):
    source = write_records(make_record(), make_record("https://a.example/2", heat="7"))
    before = build_corpus(source, tmp_path / "store", groups=False, verify=True)
    monkeypatch.setattr(columns, "_HEATS", columns._Once(str))  # forgets that -1 is not a measurement
    (source / "odd.md").write_text(make_record("https://a.example/3", heat="-1"), "utf-8")
    with pytest.raises(ReadDifferently, match=r"1 of 3 files hold something else .*odd\.md; "):
        build_corpus(source, tmp_path / "store", groups=False, verify=True)
    assert current_snapshot(tmp_path / "store").id == before.snapshot.id


def test_a_file_that_has_changed_behind_its_time_is_named(tmp_path, write_records, make_record):
    source = write_records(make_record(title="Ban"))
    build_corpus(source, tmp_path / "store", groups=False)
    (path,) = source.iterdir()
    times = path.stat()
    path.write_text(make_record(title="Bun"), "utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert build_corpus(source, tmp_path / "store", groups=False).n_parsed == 0
    with pytest.raises(ReadDifferently, match=path.name):
        build_corpus(source, tmp_path / "store", groups=False, verify=True)
