import io
import os
import random
import sys
import tarfile
import warnings
import zipfile
from pathlib import Path

import pytest

from analysis import build_corpus
from analysis.records import NoSource, Problem, SourceFile, open_source, read_source

sys.path.insert(0, str(Path(__file__).parents[1] / "fuzz"))
import inputs

RECORD = "---\ntitle: {0}\nwebUrl: https://a.example/{0}\npublishedDateTime: 2021-01-01T00:00:00Z\nprovider:\n  name: A\n  domain: a.example\n---\n"
THREE = '[{"title": "3", "webUrl": "https://a.example/three", "publishedDateTime": "2021-01-01T00:00:00Z", "provider": {"domain": "a.example"}}]'
TREE = {"one.md": RECORD.format("one"), "deep/two.md": RECORD.format("two"), "deep/three.json": THREE}
IGNORED = {"notes.txt": "x", ".hidden/no.md": "x", ".no.md": "x"}


def folder(path, files):
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text)
    return path


def tar(path, files, top=""):
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(top + name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return path


def zipped(path, files, top=""):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(top + name, text)
    return path


def articles(source):
    return sorted((r.path, r.facts.url) for r in read_source(source))


EXPECTED = [
    ("deep/three.json", "https://a.example/three"),
    ("deep/two.md", "https://a.example/two"),
    ("one.md", "https://a.example/one"),
]


@pytest.mark.parametrize("top", ["", "news-2021/", "a/b/"])
def test_a_folder_and_its_archives_hold_the_same(tmp_path, top):
    files = {top + name: text for name, text in TREE.items()}
    assert articles(folder(tmp_path / "unpacked", files | IGNORED)) == EXPECTED
    assert articles(tar(tmp_path / "x.tar.gz", files | IGNORED)) == EXPECTED
    assert articles(zipped(tmp_path / "x.zip", files | IGNORED | {"__MACOSX/one.md": "x"})) == EXPECTED


def test_folders_that_hold_only_a_folder_are_passed_through(tmp_path):
    folder(tmp_path / "records" / "2021", TREE)
    assert articles(tmp_path / "records") == EXPECTED


def test_one_file_is_a_source(tmp_path):
    folder(tmp_path, TREE)
    assert articles(tmp_path / "one.md") == [("one.md", "https://a.example/one")]


@pytest.mark.parametrize("make", [tar, zipped])
@pytest.mark.parametrize("name", ["../evil.md", "/etc/evil.md", "a/../../evil.md", "C:/evil.md"])
def test_members_that_climb_out_are_problems(tmp_path, make, name):
    archive = make(
        tmp_path / ("x.zip" if make is zipped else "x.tar.gz"),
        {"one.md": TREE["one.md"], name: TREE["one.md"]},
    )
    found = list(read_source(archive))
    assert [item.code for item in found if isinstance(item, Problem)] == ["unsafe-path"]
    assert len(found) == 2
    assert not (tmp_path.parent / "evil.md").exists()


def test_links_in_archives_are_passed_over(tmp_path):
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as archive:
        link = tarfile.TarInfo("link.md")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        data = TREE["one.md"].encode()
        info = tarfile.TarInfo("one.md")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    assert articles(path) == [("one.md", "https://a.example/one")]


def test_an_archive_that_unpacks_to_too_much_is_cut_off(tmp_path, monkeypatch):
    from analysis.records import sources

    monkeypatch.setattr(sources, "MAX_ARCHIVE_BYTES", 10)
    found = list(read_source(tar(tmp_path / "x.tar.gz", {"a.md": TREE["one.md"], "b.md": TREE["one.md"]})))
    assert [getattr(item, "code", None) for item in found] == [None, "file-too-large"]


@pytest.mark.parametrize("name", ["missing", "notes.txt", "broken.zip", "broken.tar.gz"])
def test_what_is_no_source_says_so(tmp_path, name):
    if name != "missing":
        (tmp_path / name).write_text("not an archive")
    with pytest.raises(NoSource, match=name):
        open_source(tmp_path / name)


def test_a_truncated_archive_says_so(tmp_path):
    whole = tar(tmp_path / "x.tar.gz", {f"{n}.md": RECORD.format(n) * 50 for n in range(50)})
    whole.write_bytes(whole.read_bytes()[:-200])
    with pytest.raises(NoSource, match="damaged"):
        open_source(whole).files()


def test_a_damaged_zip_member_is_a_problem(tmp_path):
    path = zipped(tmp_path / "x.zip", {"one.md": TREE["one.md"]})
    data = path.read_bytes().replace(b"title: one", b"title: two")
    path.write_bytes(data)
    assert [item.code for item in read_source(path)] == ["unreadable"]


def test_an_unreadable_file_is_a_problem(tmp_path):
    (tmp_path / "a.md").symlink_to(tmp_path / "gone.md")
    folder(tmp_path, {"b.md": TREE["one.md"]})
    source = open_source(tmp_path)
    source.files()
    read = dict(source.read(["a.md", "b.md"]))
    assert read["a.md"].code == "unreadable"
    assert isinstance(read["b.md"], bytes)


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_of_members_of_one_path_the_last_one_counts(tmp_path, kind):
    names = ("a.md", "b\\c.md", "./a.md", "b/c.md", "a.md")
    members = [(name, RECORD.format(number).encode()) for number, name in enumerate(names)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile's, that a name is there twice
        (tmp_path / f"x.{kind}").write_bytes(inputs.archive(members, kind))
    source = open_source(tmp_path / f"x.{kind}")
    paths = [file.path for file in source.files()]
    assert paths == ["a.md", "b/c.md"]
    assert sorted(source.read(paths)) == [("a.md", members[4][1]), ("b/c.md", members[3][1])]
    report = build_corpus(tmp_path / f"x.{kind}", tmp_path / "s", groups=False)
    assert (report.n_files, report.n_records) == (2, 2)


def test_a_damaged_member_is_a_problem_and_the_others_are_read(tmp_path):
    members = [(f"{name}.md", RECORD.format(name).encode() * 9) for name in "ab"]
    data = bytearray(inputs.archive(members, "zip"))
    data[40:60] = b"\xff" * 20  # in the packed content of the first one
    (tmp_path / "x.zip").write_bytes(data)
    a, b = dict(open_source_and_read(tmp_path / "x.zip")).values()
    assert (a.code, b) == ("unreadable", members[1][1])


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
@pytest.mark.parametrize("keep", [0.31, 0.87])
def test_an_archive_cut_short_is_no_source(tmp_path, kind, keep):
    chance = random.Random(7)
    members = [(f"{n}.md", RECORD.format(n).encode() + chance.randbytes(3_100 + 512 * n)) for n in range(9)]
    data = inputs.archive(members, kind)
    (tmp_path / f"x.{kind}").write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(NoSource, match=f"x.{kind} is"):
        open_source_and_read(tmp_path / f"x.{kind}")


def test_a_member_without_name_does_not_count(tmp_path):
    data = inputs.archive([("a.md", b""), ("b.md", TREE["one.md"].encode())], "zip").replace(
        b"a.md", b"\0.md"
    )
    (tmp_path / "x.zip").write_bytes(data)  # what follows a null byte is no part of a name
    assert [file.path for file in open_source(tmp_path / "x.zip").files()] == ["b.md"]


def test_what_comes_after_a_damage_is_a_problem_each(tmp_path):
    chance = random.Random(7)
    members = [(f"{n}.md", RECORD.format(n).encode() + chance.randbytes(300_000)) for n in range(3)]
    (tmp_path / "x.tar.gz").write_bytes(inputs.archive(members, "tar.gz"))
    source = open_source(tmp_path / "x.tar.gz")
    paths = [file.path for file in source.files()]
    os.truncate(tmp_path / "x.tar.gz", 500_000)  # after it was listed
    first, *rest = source.read(paths)
    assert first == members[0]
    assert [(path, problem.code) for path, problem in rest] == [
        ("1.md", "unreadable"),
        ("2.md", "unreadable"),
    ]


@pytest.mark.parametrize("time", ["nan", "inf", "-inf", "1e300", "-5"])
def test_a_member_may_have_any_time(tmp_path, time):
    with tarfile.open(tmp_path / "x.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("a.md")
        info.pax_headers = {"mtime": time}
        archive.addfile(info)
    assert open_source(tmp_path / "x.tar").files() == [SourceFile("a.md", 0, 0)]


def open_source_and_read(path):
    source = open_source(path)
    return list(source.read([file.path for file in source.files()]))
