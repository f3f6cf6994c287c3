import os
import random
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections import Counter
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import build_corpus, open_corpus
from analysis.records import NoSource, Problem, read_source
from analysis.store import NoRecords, NoSnapshot, StoreLocked, current_snapshot
from analysis.store.snapshot import snapshot_names


def bad(n):
    return [f"---\ntitle: {n}\n---\n", f"no front matter {n}", ""][n % 3]


def test_a_second_build_parses_nothing_and_keeps_the_snapshot(write_records, make_record, tmp_path):
    source = write_records(*(make_record(f"https://a.example/{n}") for n in range(5)))
    first = build_corpus(source, tmp_path / "s")
    again = build_corpus(source, tmp_path / "s")
    assert (first.n_parsed, first.is_new, again.n_parsed, again.is_new) == (5, True, 0, False)
    assert again.snapshot.id == first.snapshot.id


def test_touching_one_file_parses_one(write_records, make_record, tmp_path):
    source = write_records(*(make_record(f"https://a.example/{n}") for n in range(5)))
    first = build_corpus(source, tmp_path / "s")
    os.utime(source / "2021-08-23-record-003.md", ns=(0, 10**18))
    again = build_corpus(source, tmp_path / "s")
    assert again.n_parsed == 1
    assert again.snapshot.digest == first.snapshot.digest


def test_a_changed_file_counts_and_a_deleted_one_disappears(write_records, make_record, tmp_path):
    source = write_records(make_record("https://a.example/1"), make_record("https://a.example/2"))
    build_corpus(source, tmp_path / "s")
    (source / "2021-08-23-record-000.md").unlink()
    (source / "2021-08-23-record-001.md").write_text(
        make_record("https://a.example/2", title="Changed headline")
    )
    report = build_corpus(source, tmp_path / "s")
    assert (report.n_files, report.n_parsed, report.is_new) == (1, 1, True)
    assert open_corpus(tmp_path / "s").articles["title"].tolist() == ["Changed headline"]


@pytest.mark.slow
def test_the_same_records_in_a_folder_and_an_archive_have_the_same_digests(
    write_records, make_record, tmp_path
):
    source = write_records(
        *(make_record(f"https://a.example/{n}", related=[{"url": "https://b.example/1"}]) for n in range(9)),
        bad="x",
    )
    with tarfile.open(tmp_path / "records.tar.gz", "w:gz") as archive:
        archive.add(source, "some-top-folder")
    folder = build_corpus(source, tmp_path / "s1").snapshot
    packed = build_corpus(tmp_path / "records.tar.gz", tmp_path / "s2").snapshot
    assert folder.tables == packed.tables
    assert folder.digest == packed.digest
    assert folder.sources[0].digest == packed.sources[0].digest


@pytest.mark.slow
def test_several_sources_are_told_apart(write_records, make_record, tmp_path):
    one = write_records(make_record("https://a.example/1"), folder="one")
    two = write_records(make_record("https://a.example/2"), folder="two")
    build_corpus([one, two], tmp_path / "s")
    assert sorted(open_corpus(tmp_path / "s").articles["record_path"]) == [
        "one/2021-08-23-record-000.md",
        "two/2021-08-23-record-000.md",
    ]


@pytest.mark.slow
def test_sources_of_one_name_are_told_apart_by_the_folder_above(make_record, tmp_path):
    for n, place in enumerate(("demo", "data")):
        (tmp_path / place / "records").mkdir(parents=True)
        (tmp_path / place / "records" / "a.md").write_text(make_record(f"https://a.example/{n}"))
    build_corpus([tmp_path / "demo" / "records", tmp_path / "data" / "records"], tmp_path / "s")
    paths = sorted(open_corpus(tmp_path / "s").articles["record_path"])
    assert paths == ["data/records/a.md", "demo/records/a.md"]


@pytest.mark.slow
def test_processes_in_parallel_give_what_one_gives(write_records, make_record, tmp_path, monkeypatch):
    from analysis.store import reading

    source = write_records(
        *(make_record(f"https://a.example/{n}", related=[{"url": "https://b.example/1"}]) for n in range(40))
    )
    alone = build_corpus(source, tmp_path / "s1", workers=1)
    monkeypatch.setattr(reading, "_PARALLEL_BYTES", 0)
    monkeypatch.setattr(reading, "_BATCH_FILES", 7)
    seen = []
    together = build_corpus(source, tmp_path / "s2", workers=2, progress=lambda *step: seen.append(step))
    assert together.snapshot.tables == alone.snapshot.tables
    assert ("reading", 40, 40) in seen


@pytest.mark.slow
@given(data=st.data())
@settings(
    max_examples=settings.default.max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_order_of_files_does_not_matter_and_none_is_lost(make_record, tmp_path, data):
    urls = [f"https://{letter}.example/{n}" for letter in "ab" for n in range(3)]
    spec = st.tuples(
        st.sampled_from(urls),
        st.sampled_from(["One", "Two"]),
        st.sampled_from(["2021-08-20T00:00:00Z", "2021-08-21T00:00:00Z"]),
        st.lists(st.sampled_from(urls), max_size=3),
    )
    texts = [
        make_record(url, title=title, time=time, related=[{"url": item, "title": title} for item in related])
        for url, title, time, related in data.draw(st.lists(spec, min_size=1, max_size=6))
    ]
    texts += [bad(n) for n in range(data.draw(st.integers(0, 3)))]
    order = data.draw(st.permutations(range(len(texts))))
    base = Path(tmp_path / os.urandom(6).hex())
    names = [f"{n:02}.md" for n in range(len(texts))]
    for folder, sequence in (("plain", range(len(texts))), ("shuffled", order)):
        (base / folder).mkdir(parents=True)
        for place in sequence:  # the order in which files come to be; their names and contents are the same
            (base / folder / names[place]).write_text(texts[place])
    first, second = (
        build_corpus(base / folder, base / f"{folder}-store") for folder in ("plain", "shuffled")
    )
    assert first.snapshot.tables == second.snapshot.tables
    assert first.n_entries == len(texts) == first.n_records + first.n_errors
    shutil.rmtree(base)


@pytest.mark.slow
def test_building_on_in_steps_gives_what_building_at_once_gives(write_records, make_record, tmp_path):
    texts = [
        make_record(
            f"https://a.example/{n}",
            related=[{"url": f"https://a.example/{(n * 3) % 12}", "title": f"T{n % 2}"}],
        )
        for n in range(12)
    ]
    for count in (1, 4, 5, 12):
        report = build_corpus(write_records(*texts[:count], folder="growing"), tmp_path / "s1", groups=False)
    whole = build_corpus(write_records(*texts, folder="whole"), tmp_path / "s2", groups=False)
    assert report.n_parsed == 7
    assert report.snapshot.tables == whole.snapshot.tables


@pytest.mark.slow
def test_many_small_builds_are_written_together(write_records, make_record, tmp_path, monkeypatch):
    from analysis.store import stages

    monkeypatch.setattr(stages, "_MOST_STAGES", 3)
    for count in range(1, 8):
        source = write_records(*(make_record(f"https://a.example/{n}") for n in range(count)))
        report = build_corpus(source, tmp_path / "s")
        assert report.n_parsed == 1
    assert len(stages.Stages(tmp_path / "s").numbers()) <= 4
    assert len(open_corpus(tmp_path / "s").articles) == 7


@pytest.mark.slow
def test_stages_are_written_together_in_parts_that_fit_into_memory(
    write_records, make_record, tmp_path, monkeypatch
):
    from analysis.store import stages

    monkeypatch.setattr(stages, "_MOST_STAGES", 4)
    monkeypatch.setattr(stages, "_SMALL", 2)
    monkeypatch.setattr(stages, "_JOINED_FILES", 2)
    for count in range(1, 6):
        source = write_records(*(make_record(f"https://a.example/{n}") for n in range(count)))
        build_corpus(source, tmp_path / "s", groups=False)
    held = Counter(file.stage for file in stages.Stages(tmp_path / "s").files().values())
    assert sorted(held.values()) == [1, 2, 2]
    assert build_corpus(source, tmp_path / "s", groups=False).n_parsed == 0
    assert len(open_corpus(tmp_path / "s").articles) == 5


@pytest.mark.slow
def test_old_snapshots_are_kept_to_a_limit(write_records, make_record, tmp_path):
    for n in range(8):
        build_corpus(write_records(make_record(title=f"Take {n}")), tmp_path / "s")
    names = snapshot_names(tmp_path / "s")
    assert len(names) == 5
    assert current_snapshot(tmp_path / "s").id == names[-1]


def test_wrong_use_says_so_and_leaves_the_last_snapshot(write_records, make_record, tmp_path):
    source = write_records(make_record())
    good = build_corpus(source, tmp_path / "s").snapshot
    with pytest.raises(NoSource, match="nowhere"):
        build_corpus(tmp_path / "nowhere", tmp_path / "s")
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoSource, match="no records"):
        build_corpus(tmp_path / "empty", tmp_path / "s")
    with pytest.raises(NoRecords, match="none of the 2 files"):
        build_corpus(write_records("x", "y", folder="other"), tmp_path / "s")
    assert current_snapshot(tmp_path / "s").id == good.id


def test_nothing_built_says_what_to_run(tmp_path):
    with pytest.raises(NoSnapshot, match="newsgauge build"):
        open_corpus(tmp_path)


def test_two_builders_at_once_are_refused(write_records, make_record, tmp_path):
    (tmp_path / "s").mkdir()
    with FileLock(tmp_path / "s" / ".lock"), pytest.raises(StoreLocked, match="another build"):
        build_corpus(write_records(make_record()), tmp_path / "s")


@pytest.mark.slow
def test_a_damaged_snapshot_is_built_again(write_records, make_record, tmp_path):
    source = write_records(make_record())
    first = build_corpus(source, tmp_path / "s").snapshot
    first.path("articles").unlink()
    again = build_corpus(source, tmp_path / "s")
    assert again.is_new
    assert len(open_corpus(tmp_path / "s").articles) == 1


@pytest.mark.slow
def test_a_build_killed_at_any_moment_leaves_the_last_snapshot_and_the_next_one_goes_on(
    write_records, make_record, tmp_path
):
    store = tmp_path / "s"
    source = write_records(*(make_record(f"https://a.example/{n}") for n in range(300)))
    good = build_corpus(source, store).snapshot
    script = (
        "import sys; from analysis.store import build, reading; reading._BATCH_FILES = 20\n"
        "print('ready', flush=True)\n"
        "build.build_corpus(sys.argv[1], sys.argv[2])"
    )
    chance = random.Random(7)
    started = time.perf_counter()
    larger = write_records(
        *(make_record(f"https://c.example/{n}", title=f"Later {n}") for n in range(400)), folder="larger"
    )
    subprocess.run(
        [sys.executable, "-c", script, str(larger), str(tmp_path / "timing")],
        check=True,
        stdout=subprocess.PIPE,
    )
    longest = time.perf_counter() - started
    killed = 0
    for _ in range(25):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(larger), str(store)], stdout=subprocess.PIPE
        )
        process.stdout.readline()
        try:
            process.wait(timeout=chance.uniform(0, longest / 2))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
        process.stdout.close()
        corpus = open_corpus(store)
        assert corpus.snapshot.id == good.id or len(corpus.articles) == 400
        assert len(corpus.articles) == corpus.snapshot.tables["articles"]["rows"]
    assert killed > 0
    report = build_corpus(larger, store)
    assert report.n_records == 400
    assert report.snapshot.tables == current_snapshot(tmp_path / "timing").tables
    assert not list((store / "snapshots").glob(".*"))


CORPUS = Path(__file__).parents[2] / ".." / "shared" / "corpus"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ai-2019", "ai-2020", "games-2019-2023"])
def test_real_records_are_read_without_loss_packed_or_not(name, tmp_path):
    archive = CORPUS / f"{name}.tar.gz"
    if not archive.exists():
        pytest.skip(f"the public corpus {name} is not on this machine")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path / "unpacked", filter="data")
    folder = build_corpus(tmp_path / "unpacked", tmp_path / "s1")
    packed_build = build_corpus(archive, tmp_path / "s2")
    n_files = sum(1 for path in (tmp_path / "unpacked").rglob("*.md"))
    assert folder.n_files == n_files == folder.n_records + folder.n_errors
    assert folder.snapshot.tables == packed_build.snapshot.tables
    assert build_corpus(archive, tmp_path / "s2").n_parsed == 0
    found = list(read_source(archive))
    assert sum(not isinstance(item, Problem) for item in found) == folder.n_records
