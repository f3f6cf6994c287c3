import pytest

from analysis import build_corpus, open_corpus
from analysis.store import engine, grouped, publish

WIRE = "Campaigners hand a petition of forty thousand names to the council in protest at the new cameras on Harbour Street, and say they will return every week until the lenses come down."
OTHER = "The ferry to Marlow Vale will run twice an hour from June after a repair of the eastern pier, the harbour board decided on Tuesday, ending a long wait for commuters and visitors."


def wire(make_record, n, title="Petition against Harbour Street cameras handed in", text=WIRE, hour=8):
    return make_record(
        f"https://o{n}.example/{n}",
        title=title,
        excerpt=f'"{text}"',
        provider=f"o{n}.example",
        time=f"2021-08-23T{hour:02}:00:00Z",
    )


def groups_of(store):
    corpus = open_corpus(store)
    return corpus.articles.set_index("provider_id")[["copy_group_id", "is_original", "event_id"]]


def test_copies_share_a_group_and_the_earliest_is_the_original(write_records, make_record, tmp_path):
    texts = [
        wire(make_record, 1, hour=9),
        wire(make_record, 2, hour=7),
        wire(make_record, 3, "Ferry to run twice an hour", OTHER),
    ]
    build_corpus(write_records(*texts), tmp_path / "s")
    groups = groups_of(tmp_path / "s")
    assert (
        groups.loc["o1.example", "copy_group_id"]
        == groups.loc["o2.example", "copy_group_id"]
        != groups.loc["o3.example", "copy_group_id"]
    )
    assert groups["is_original"].to_dict() == {"o1.example": False, "o2.example": True, "o3.example": True}
    merges = open_corpus(tmp_path / "s").merges
    assert merges["kind"].tolist() == ["copies", "events"]
    assert (merges["hours_apart"] == 2).all()


@pytest.mark.slow
def test_without_groups_their_columns_are_missing_not_false(write_records, make_record, tmp_path):
    snapshot = build_corpus(write_records(wire(make_record, 1)), tmp_path / "s", groups=False).snapshot
    assert not snapshot.grouped
    corpus = open_corpus(tmp_path / "s")
    assert corpus.articles[["copy_group_id", "is_original", "event_id"]].isna().all().all()
    assert corpus.groups.empty
    assert build_corpus(tmp_path / "records", tmp_path / "s").is_new
    assert open_corpus(tmp_path / "s").articles["is_original"].all()


@pytest.mark.slow
def test_a_group_keeps_its_id_when_an_earlier_copy_turns_up(write_records, make_record, tmp_path):
    build_corpus(write_records(wire(make_record, 1), wire(make_record, 2, hour=9)), tmp_path / "s")
    before = groups_of(tmp_path / "s").loc["o1.example"]
    build_corpus(
        write_records(wire(make_record, 1), wire(make_record, 2, hour=9), wire(make_record, 3, hour=6)),
        tmp_path / "s",
    )
    after = groups_of(tmp_path / "s")
    assert after["copy_group_id"].tolist() == [before["copy_group_id"]] * 3
    assert after["event_id"].tolist() == [before["event_id"]] * 3
    assert after["is_original"].to_dict() == {"o3.example": True, "o1.example": False, "o2.example": False}


@pytest.mark.slow
def test_groups_carried_on_are_those_of_a_full_run(tmp_path):
    from analysis.demo import write_demo

    write_demo(tmp_path / "records", n_records=300)
    files = sorted((tmp_path / "records").glob("*.md"))
    late = files[100:103]
    texts = {path: path.read_bytes() for path in late}
    for path in late:
        path.unlink()
    build_corpus(tmp_path / "records", tmp_path / "carried")
    for path, text in texts.items():
        path.write_bytes(text)
    carried = build_corpus(tmp_path / "records", tmp_path / "carried")
    build_corpus(tmp_path / "records", tmp_path / "full")
    assert carried.n_parsed == 3
    first, second = open_corpus(tmp_path / "carried"), open_corpus(tmp_path / "full")
    assert _groups(first) == _groups(second)


def _groups(corpus):
    """The groups as sets of articles, whatever their ids: an id tells of the builds before."""
    members = corpus.group_members.groupby(["kind", "group_id"])["article_id"]
    return {(kind, frozenset(ids)) for (kind, _), ids in members}


@pytest.mark.slow
def test_other_rules_group_anew_and_groups_that_still_exist_keep_their_ids(
    write_records, make_record, tmp_path, monkeypatch
):
    texts = [wire(make_record, 1), wire(make_record, 2, hour=9)]
    build_corpus(write_records(*texts), tmp_path / "s")
    before = groups_of(tmp_path / "s").loc["o1.example"]
    source = write_records(*texts, wire(make_record, 3, hour=6))
    monkeypatch.setattr(grouped, "regroup", None)
    with pytest.raises(TypeError):  # the same rules: carried on
        build_corpus(source, tmp_path / "s")
    monkeypatch.setattr(publish, "GROUPING_VERSION", -1)
    assert build_corpus(source, tmp_path / "s").is_new
    after = groups_of(tmp_path / "s")
    assert after["copy_group_id"].unique().tolist() == [before["copy_group_id"]]
    assert after["event_id"].unique().tolist() == [before["event_id"]]


def test_tables_lie_on_the_disk_while_groups_are_looked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "_ASIDE", 2**24)
    told = "SELECT sum(memory_usage_bytes), sum(temporary_storage_bytes) FROM duckdb_memory()"
    with engine.connect(tmp_path, few=True) as con:
        con.execute("CREATE TABLE large AS SELECT range AS n, hash(range) AS h FROM range(4_000_000)")
        (whole,) = con.execute("SELECT sum(h) FROM large").fetchone()
        engine.at_most(con, 2**30)
        with engine.put_aside(con):
            memory, disk = con.execute(told).fetchone()
            assert memory < 20 * 2**20
            assert disk > 0
        again = con.execute("SELECT sum(h), current_setting('memory_limit') FROM large").fetchone()
        assert again == (whole, "1.0 GiB")
