"""Builds on Spark are those of the embedded engine, whatever happens to its workers."""

import os
import signal
import sys
import zipfile
from pathlib import Path

import pytest

from analysis import build_corpus, open_corpus
from analysis.corpus import BadFilter
from analysis.store.engines import BadEngine
from analysis.store.spark import NoSpark, grouping, open_session, settling

MASTER = "local-cluster[2,1,2048]"


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """A folder of records, some of them broken, over several months, and an archive."""
    from analysis.demo import write_demo

    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder / "records", n_records=200)
    whole = [path for path in sorted((folder / "records").glob("*.md")) if path.stat().st_size > 1000]
    early, late = whole[0], whole[-1]
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("a.md", early.read_text("utf-8").replace("https://", "https://more."))
        archive.writestr("b.md", late.read_text("utf-8"))
    return [folder / "records", folder / "more.zip"]


def executors(spark):
    """The process ids of the workers that compute: a task's parent is a daemon of Python, and its parent the worker."""

    def parent(_):
        stat = Path(f"/proc/{os.getppid()}/stat").read_text("utf-8")
        return [int(stat.rsplit(")", 1)[1].split()[1])]

    return set(spark.sparkContext.parallelize(range(8), 8).mapPartitions(parent).collect())


@pytest.mark.slow
def test_a_build_with_workers_that_die_is_that_of_the_embedded_engine(spark, records, tmp_path, monkeypatch):
    monkeypatch.setattr(grouping, "_LEAST", 100)  # articles: several windows
    monkeypatch.setattr(
        settling, "_SHARE_BYTES", 100_000
    )  # shares for each worker: some are done when one dies
    workers, killed = executors(spark), []
    assert len(workers) == 2

    def kill_one(step, done, total):
        if step in {"reading", "settling"} and step not in killed and 0 < done < total:
            killed.append(step)
            os.kill(workers.pop(), signal.SIGKILL)

    built = build_corpus(records, tmp_path / "spark", engine="spark", master=MASTER, progress=kill_one)
    assert killed == ["reading", "settling"]
    plain = build_corpus(records, tmp_path / "plain")
    assert built.snapshot.tables == plain.snapshot.tables
    assert (built.n_files, built.n_records, built.n_entries) == (
        plain.n_files,
        plain.n_records,
        plain.n_entries,
    )
    again = build_corpus(records, tmp_path / "spark", engine="spark", master=MASTER)
    assert (again.is_new, again.n_parsed) == (False, 0)
    assert not (tmp_path / "spark" / ".spill").exists()


@pytest.mark.slow
def test_a_changed_record_is_read_alone_and_groups_keep_their_ids(
    spark, write_records, make_record, tmp_path
):
    def told(number, hour):
        return make_record(
            f"https://o{number}.example/1",
            title="Petition against Harbour Street cameras handed in",
            provider=f"o{number}.example",
            time=f"2021-08-23T{hour:02}:00:00Z",
        )

    records = write_records(told(1, 9), told(2, 10))
    for store in ("spark", "plain"):
        build_corpus(records, tmp_path / store)
    first = open_corpus(tmp_path / "plain").articles["event_id"].unique().tolist()
    write_records(told(1, 9), told(2, 10), told(3, 8))
    built = build_corpus(records, tmp_path / "spark", engine="spark", master=MASTER)
    assert built.n_parsed == 1
    assert built.snapshot.tables == build_corpus(records, tmp_path / "plain").snapshot.tables
    assert open_corpus(tmp_path / "spark").articles["event_id"].unique().tolist() == first


@pytest.mark.slow
def test_nothing_of_spark_is_seen_on_the_terminal(spark, records, tmp_path, capfd):
    report = build_corpus(records[1], tmp_path / "s", engine="spark", master=MASTER, groups=False)
    assert report.n_records == 2
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_selections_on_spark_are_those_of_the_embedded_engine(spark, seed_store):
    import pandas as pd

    plain, cluster = open_corpus(seed_store), open_corpus(seed_store, engine="spark", master=MASTER)
    known = plain.articles
    given = {
        "since": "2021-08-23",
        "until": "2021-08-24",
        "min_quality": 30,
        "max_quality": 90,
        "topics": plain.topics["topic"].tolist()[:1],
        "providers": known["provider_id"].tolist(),
        "ids": known["article_id"].tolist()[:5],
    }
    one, other = (
        plain.select("ban* OR topic:nothing", **given),
        cluster.select("ban* OR topic:nothing", **given),
    )
    for table in ("articles", "providers", "groups", "images"):
        pd.testing.assert_frame_equal(one.frame(table), other.frame(table), check_exact=True)
    assert repr(other) == f"<SparkSelection: {len(one)} articles; snapshot {plain.snapshot.label}>"
    by_time, by_cluster = (corpus.select(until="2021-08-23", min_quality=40) for corpus in (plain, cluster))
    assert 0 < len(by_time) == len(by_cluster) < len(known)
    with pytest.raises(BadFilter, match=r"table must be one of articles, .*; got 'stories'"):
        cluster.table("stories")


@pytest.mark.slow
def test_another_master_is_refused_while_one_is_used(spark, tmp_path):
    with pytest.raises(NoSpark, match=r"master must be local-cluster\[2,1,2048\].* got 'local\[2\]'"):
        open_session("local[2]", tmp_path)


def test_an_engine_that_there_is_not_is_refused(seed_store, tmp_path):
    with pytest.raises(BadEngine, match="engine must be one of duckdb, spark; got 'pandas'"):
        open_corpus(seed_store, engine="pandas")
    with pytest.raises(BadEngine, match="master is for the engine spark"):
        build_corpus(seed_store, tmp_path / "s", master="local[2]")


def test_what_spark_needs_is_named_where_it_is_missing(seed_store, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(
        NoSpark, match="needs Java 17 or later: on Debian, apt install openjdk-17-jre-headless"
    ):
        open_corpus(seed_store, engine="spark")
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(NoSpark, match=r'needs pyspark: pip install "newsgauge\[spark\]"'):
        open_corpus(seed_store, engine="spark")
