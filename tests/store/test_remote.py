import json
import time

import pytest
from click.testing import CliRunner

from analysis import build_corpus, open_corpus
from analysis.store import NoSnapshot, RemoteFault, StoreLocked, current_snapshot
from analysis.store.remote import RemoteStore
from dashboard.cli import main

fsspec = pytest.importorskip("fsspec")


@pytest.fixture
def address(tmp_path, monkeypatch):
    """A store in the memory of this process, and this user's folder."""
    monkeypatch.setenv("NEWSGAUGE_CACHE", str(tmp_path / "cache"))
    files = fsspec.filesystem("memory")
    files.store.clear()
    yield "memory://news/store"
    files.store.clear()


@pytest.fixture
def on_another_machine(monkeypatch, tmp_path):
    numbers = iter(range(9))
    return lambda: monkeypatch.setenv("NEWSGAUGE_CACHE", str(tmp_path / f"cache-{next(numbers)}"))


def files_at(address):
    files, root = fsspec.url_to_fs(address)
    return files, root


def titles(store, **options):
    return sorted(open_corpus(store, **options).articles["title"])


def test_a_store_is_built_and_read_elsewhere(
    write_records, make_record, tmp_path, address, on_another_machine
):
    source = write_records(make_record(title="One"))
    first = build_corpus(source, address, groups=False)
    assert first.is_new
    assert first.snapshot.tables == build_corpus(source, tmp_path / "local", groups=False).snapshot.tables
    again = build_corpus(source, address, groups=False)
    assert (again.n_parsed, again.is_new, again.snapshot.id) == (0, False, first.snapshot.id)
    on_another_machine()
    assert titles(address) == ["One"]
    second = build_corpus(write_records(make_record(title="Two")), address, groups=False)
    assert (second.n_parsed, second.is_new) == (1, True)
    on_another_machine()
    assert titles(address) == ["Two"]
    assert (
        titles(address, snapshot=first.snapshot.id)
        == titles(address, snapshot=first.snapshot.label)
        == ["One"]
    )
    with pytest.raises(NoSnapshot, match="snapshot must be one that memory://news/store keeps"):
        open_corpus(address, snapshot="2021-08-27 3f9a")


def test_a_snapshot_is_downloaded_once(write_records, make_record, address, on_another_machine, monkeypatch):
    build_corpus(write_records(make_record(title="One")), address, groups=False)
    on_another_machine()
    assert titles(address) == ["One"]
    monkeypatch.setattr(RemoteStore, "_download", None)
    assert titles(address) == ["One"]


@pytest.mark.slow
def test_old_snapshots_are_kept_to_a_limit_there_too(write_records, make_record, address):
    for n in range(7):
        last = build_corpus(write_records(make_record(title=f"Take {n}")), address, groups=False)
    assert len(RemoteStore(address)._names()) == 5
    assert RemoteStore(address).current() == last.snapshot.id


@pytest.mark.slow
def test_what_arrives_damaged_is_refused_and_the_next_build_mends_it(
    write_records, make_record, address, on_another_machine
):
    source = write_records(make_record(title="One"))
    snapshot = build_corpus(source, address, groups=False).snapshot
    files, root = files_at(address)
    place = f"{root}/snapshots/{snapshot.id}/articles.parquet"
    whole = files.cat_file(place)
    files.pipe_file(place, whole[:-9] + bytes(9))
    on_another_machine()
    with pytest.raises(NoSnapshot, match=r"is damaged: articles.parquet does not hold what was written"):
        open_corpus(address)
    mended = build_corpus(source, address, groups=False)
    assert mended.is_new
    on_another_machine()
    assert titles(address) == ["One"]
    files.rm_file(f"{root}/snapshots/{mended.snapshot.id}/images.parquet")
    on_another_machine()
    with pytest.raises(NoSnapshot, match=r"images.parquet cannot be read"):
        open_corpus(address)


@pytest.mark.parametrize("name", ["../../evil.parquet", "/etc/evil.parquet", "evil.sh", "CURRENT"])
def test_a_manifest_chooses_no_path(write_records, make_record, address, on_another_machine, name, tmp_path):
    snapshot = build_corpus(write_records(make_record()), address, groups=False).snapshot
    files, root = files_at(address)
    place = f"{root}/snapshots/{snapshot.id}/manifest.json"
    manifest = json.loads(files.cat_file(place))
    files.pipe_file(place, json.dumps(manifest | {"files": {name: [1, "0"]}}).encode())
    on_another_machine()
    with pytest.raises(NoSnapshot, match="is another's"):
        open_corpus(address)
    assert not list(tmp_path.rglob("evil*"))


def test_a_name_of_the_current_snapshot_chooses_no_path(write_records, make_record, address):
    build_corpus(write_records(make_record()), address, groups=False)
    files, root = files_at(address)
    files.pipe_file(f"{root}/CURRENT", b"../../elsewhere")
    with pytest.raises(NoSnapshot, match="names no snapshot"):
        open_corpus(address)


def test_who_publishes_keeps_others_out_until_the_lease_ends(write_records, make_record, address):
    source = write_records(make_record(title="One"))
    first = build_corpus(source, address, groups=False).snapshot
    files, root = files_at(address)
    lease = {"token": "another", "until": time.time() + 100}
    files.pipe_file(f"{root}/LEASE", json.dumps(lease).encode())
    source = write_records(make_record(title="Two"))
    with pytest.raises(StoreLocked, match="another build is publishing"):
        build_corpus(source, address, groups=False)
    assert RemoteStore(address).current() == first.id
    files.pipe_file(
        f"{root}/LEASE", json.dumps(lease | {"until": 1}).encode()
    )  # of a builder that was killed
    build_corpus(source, address, groups=False)
    assert titles(address) == ["Two"]
    assert not files.exists(f"{root}/LEASE")


def test_what_another_machine_has_published_meanwhile_is_not_replaced(
    write_records, make_record, address, on_another_machine
):
    base = build_corpus(write_records(make_record(title="One")), address, groups=False).snapshot
    on_another_machine()
    theirs = build_corpus(write_records(make_record(title="Two")), address, groups=False).snapshot
    with pytest.raises(StoreLocked, match="has published"):
        RemoteStore(address).publish(base, base.id)
    assert RemoteStore(address).current() == theirs.id


def test_wrong_addresses_say_what_is_missing(address, monkeypatch, tmp_path):
    with pytest.raises(NoSnapshot, match="nothing has been built in memory://news/empty"):
        open_corpus("memory://news/empty")
    with pytest.raises(RemoteFault, match="store must be a folder or an address such as s3://bucket/news"):
        open_corpus("nonsense://news")
    with monkeypatch.context() as patch:
        patch.setitem(__import__("sys").modules, "fsspec.core", None)
        with pytest.raises(RemoteFault, match=r"pip install 'newsgauge\[s3\]'"):
            open_corpus("s3://bucket/news")


@pytest.mark.slow
def test_commands_take_an_address(write_records, make_record, address, tmp_path):
    run = CliRunner().invoke
    built = run(main, ["build", str(write_records(make_record())), "--store", address, "--no-groups"])
    assert built.exit_code == 0, built.output
    shown = run(main, ["info", "--store", address])
    assert f"Id       {RemoteStore(address).current()}" in shown.output
    out = tmp_path / "a.csv"
    assert run(main, ["export", "articles", "--store", address, "--out", str(out)]).exit_code == 0
    assert "https://a.example/1" in out.read_text()
    assert (
        run(
            main, ["report", "--query", "ban", "--store", address, "--format", "md", "--out", str(tmp_path)]
        ).exit_code
        == 0
    )


@pytest.fixture
def s3(tmp_path, monkeypatch):
    """The address of a store in a bucket of a local S3 server."""
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server._server.server_port}",
        "AWS_ACCESS_KEY_ID": "someone",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NEWSGAUGE_CACHE": str(tmp_path / "cache"),
    }.items():
        monkeypatch.setenv(name, value)
    fsspec.filesystem("s3").clear_instance_cache()
    fsspec.filesystem("s3").mkdir("bucket")
    yield "s3://bucket/news"
    fsspec.filesystem("s3").clear_instance_cache()
    server.stop()


@pytest.mark.slow
def test_a_store_in_a_bucket(write_records, make_record, s3, on_another_machine, monkeypatch):
    first = build_corpus(write_records(make_record(title="One")), s3).snapshot
    second = build_corpus(write_records(make_record(title="Two")), s3).snapshot
    on_another_machine()
    assert titles(s3) == ["Two"]
    assert titles(s3, snapshot=first.id) == ["One"]
    assert current_snapshot(RemoteStore(s3).folder).tables == second.tables
    files = fsspec.filesystem("s3")
    files.pipe_file("bucket/news/LEASE", json.dumps({"token": "another", "until": time.time() + 9}).encode())
    with pytest.raises(StoreLocked):
        build_corpus(write_records(make_record(title="Three")), s3)
    with pytest.raises(RemoteFault, match="there is no bucket 'elsewhere'"):
        open_corpus("s3://elsewhere/news")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    files.clear_instance_cache()
    with pytest.raises(RemoteFault, match="Unable to locate credentials"):
        open_corpus(s3)
