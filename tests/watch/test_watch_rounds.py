import json
import sqlite3

import pytest
from filelock import FileLock

from analysis.store import current_snapshot
from analysis.watch import AlreadyWatched, BadMemory, BadRules, File, Followed, Rules, Watch
from analysis.watch import watch as module
from analysis.watch.changes import Changes

pytestmark = pytest.mark.slow  # every test builds, several times over


@pytest.fixture(autouse=True)
def ungrouped(monkeypatch):
    """Builds without groups: what is looked for here needs none, and they are fast."""
    original = module.build_corpus
    monkeypatch.setattr(
        module, "build_corpus", lambda *args, **options: original(*args, **options, groups=False)
    )
    return original


@pytest.fixture
def add(write_records, dated):
    """Writes records on the story, of a day, under a name."""

    def write(name, first="2021-08-24", count=1, **fields):
        for place, text in enumerate(dated(first, count, provider=f"{name}.example", **fields)):
            write_records(**{f"{name}-{place}": text})

    return write


def rounds(watch, clock, number=3):
    for _ in range(number):
        clock.pass_by(seconds=watch.step())


def test_a_change_is_built_once_it_rests_and_told_once(watching, add, clock, inbox, said):
    add("old", title="Weather {n}")
    with watching("first-mention") as watch:
        rounds(watch, clock)
        assert inbox.got == []
        add("first")
        watch.step()
        assert inbox.got == []  # it may still be being written
        clock.pass_by(seconds=2)
        watch.step()
        assert inbox.kinds() == ["first-mention"]
        add("second")
        rounds(watch, clock)
    assert inbox.kinds() == ["first-mention"]
    assert [line.partition(":")[0] for line in said] == [
        "1 file, 1 of them new or changed",
        "2 files, 1 of them new or changed",
        "3 files, 1 of them new or changed",
    ]


def test_nothing_is_told_twice_after_a_restart(watching, add, clock, inbox):
    add("first")
    for _ in range(3):
        with watching("first-mention") as watch:
            rounds(watch, clock)
            assert watch.once()
    assert len(inbox.got) == 1


def test_what_changed_while_nobody_watched_is_found(watching, add, clock, inbox):
    add("old", title="Weather {n}")
    with watching("first-mention") as watch:
        assert watch.once()
    add("first", "2021-01-01")
    with watching("first-mention") as watch:
        assert watch.once()
    assert inbox.kinds() == ["first-mention"]


def test_a_burst_that_goes_on_is_one_alert_and_the_next_burst_another(watching, add, clock, inbox):
    for day in range(1, 24):
        add(f"w{day}", f"2021-08-{day:02}", 10, title="Weather {n}")
    add("b", "2021-08-03", 1)
    with watching("burst") as watch:
        for day in (22, 23, 24):
            add(f"burst{day}", f"2021-08-{day}", 9)
            rounds(watch, clock)
        assert inbox.kinds() == ["burst"]
        for day in range(25, 30):
            add(f"v{day}", f"2021-08-{day}", 10, title="Rain {n}")
        clock.pass_by(days=6)
        rounds(watch, clock)
        add("again", "2021-08-30", 12)
        rounds(watch, clock)
    assert inbox.kinds() == ["burst", "burst"]
    assert len({alert["id"] for alert in inbox.got}) == 2


def test_an_outlet_is_told_of_once_while_it_leads(watching, add, clock, inbox):
    add("old", "2021-08-10", 6)
    add("w", "2021-07-01", 3, title="Weather {n}")
    with watching("new-top-provider") as watch:
        rounds(watch, clock)
        add("new", "2021-08-20", 7)
        rounds(watch, clock)
        add("newer", "2021-08-21", 8)
        rounds(watch, clock)
        add("w2", "2021-08-23", 1, title="Weather {n}")
        rounds(watch, clock)
    assert [alert["facts"]["provider"] for alert in inbox.got] == ["new.example", "newer.example"]


def test_collection_that_stops_is_told_once_and_again_only_after_it_went_on(
    watching, add, clock, inbox, tmp_path
):
    for day in range(1, 25):
        add(f"w{day}", f"2021-08-{day:02}", 2)
    rules = Rules((Followed("Everything collected", kinds=("collection-stopped",)),), (inbox,))
    with Watch([tmp_path / "records"], tmp_path / "store", rules, say=print, clock=clock) as watch:
        for _ in range(4):
            rounds(watch, clock, 2)
            clock.pass_by(hours=20)
        assert inbox.kinds() == ["collection-stopped"]
        add("w28", "2021-08-28", 1)
        clock.pass_by(days=1)
        rounds(watch, clock)
        assert len(inbox.got) == 1
        clock.pass_by(days=3)
        rounds(watch, clock)
    assert [alert["facts"]["newest"][:10] for alert in inbox.got] == ["2021-08-24", "2021-08-28"]


def test_what_could_not_be_delivered_is_said_and_tried_again_later(watching, add, clock, inbox, said):
    add("first")
    inbox.broken = "the line is dead"
    with watching("first-mention") as watch:
        rounds(watch, clock)
        assert (
            sum("did not reach inbox: the line is dead. Trying again in 60 s." in line for line in said) == 1
        )
        inbox.broken = ""
        rounds(watch, clock)
        assert inbox.got == []
        clock.pass_by(minutes=1)
    with watching("first-mention") as watch:  # after a restart too
        rounds(watch, clock)
    assert len(inbox.got) == 1


def test_the_waits_between_tries_grow_to_an_hour(watching, add, clock, inbox, said):
    add("first")
    inbox.broken = "dead"
    with watching("first-mention") as watch:
        for _ in range(10):
            rounds(watch, clock, 2)
            clock.pass_by(hours=1)
    waits = [line.rpartition(" in ")[2] for line in said if "did not reach" in line]
    assert waits[:7] == [
        "60 s.",
        "2 minutes.",
        "4 minutes.",
        "8 minutes.",
        "16 minutes.",
        "32 minutes.",
        "60 minutes.",
    ]


def test_one_target_that_fails_does_not_hold_up_another(watching, add, clock, inbox, tmp_path):
    inbox.broken = "dead"
    add("first")
    file = File(tmp_path / "alerts.jsonl")
    with watching("first-mention", targets=(inbox, file)) as watch:
        rounds(watch, clock)
    (line,) = file.path.read_text("utf-8").splitlines()
    assert json.loads(line)["kind"] == "first-mention"


@pytest.mark.parametrize("arrived", [True, False])
def test_a_delivery_cut_short_is_never_made_twice(watching, add, clock, inbox, said, tmp_path, arrived):
    add("first")
    file = File(tmp_path / "alerts.jsonl")

    class Killed(BaseException):
        pass

    class Deadly:
        name = file.name

        def deliver(self, alert):
            if arrived:
                file.deliver(alert)
            raise Killed

    with pytest.raises(Killed), watching("first-mention", targets=(Deadly(),)) as watch:
        rounds(watch, clock)
    with watching("first-mention", targets=(file,)) as watch:
        rounds(watch, clock)
    assert len(file.path.read_text("utf-8").splitlines()) == 1


def test_where_nobody_knows_whether_it_arrived_it_is_said_and_not_sent_again(
    watching, add, clock, inbox, said
):
    add("first")
    original = inbox.deliver

    def deadly(alert):
        original(alert)
        raise KeyboardInterrupt

    inbox.deliver = deadly
    with pytest.raises(KeyboardInterrupt), watching("first-mention") as watch:
        rounds(watch, clock)
    inbox.deliver = original
    with watching("first-mention") as watch:
        rounds(watch, clock)
    assert len(inbox.got) == 1
    assert any("it is not sent again: First in this corpus" in line for line in said)


def test_a_build_that_fails_is_said_and_tried_again(watching, add, clock, inbox, said, monkeypatch):
    add("first")
    built = module.build_corpus

    def full(*_):
        raise OSError(28, "No space left on device")

    with watching("first-mention") as watch:
        monkeypatch.setattr(module, "build_corpus", full)
        rounds(watch, clock, 4)
        assert said[0] == "Build failed: [Errno 28] No space left on device. Trying again in 2 s."
        assert [line.rpartition(" in ")[2] for line in said] == ["2 s.", "4 s."]
        monkeypatch.setattr(module, "build_corpus", built)
        clock.pass_by(minutes=5)
        rounds(watch, clock)
    assert inbox.kinds() == ["first-mention"]


def test_another_builder_is_waited_for(watching, add, clock, inbox, said, tmp_path):
    add("first")
    (tmp_path / "store").mkdir()
    with watching("first-mention") as watch:
        with FileLock(tmp_path / "store" / ".lock"):
            rounds(watch, clock)
        assert any("Build failed: another build is going on" in line for line in said)
        clock.pass_by(minutes=5)
        rounds(watch, clock)
    assert inbox.kinds() == ["first-mention"]


def test_a_folder_that_is_gone_is_said_once_and_waited_for(watching, add, clock, inbox, said, tmp_path):
    add("first")
    with watching("first-mention") as watch:
        (tmp_path / "records").rename(tmp_path / "elsewhere")
        rounds(watch, clock, 5)
        assert said == [
            f"Sources cannot be read: no such file or folder: {tmp_path / 'records'}. Waiting for them."
        ]
        (tmp_path / "elsewhere").rename(tmp_path / "records")
        rounds(watch, clock)
    assert inbox.kinds() == ["first-mention"]


def test_an_empty_folder_is_waited_for(watching, add, clock, inbox, tmp_path):
    with watching("first-mention") as watch:
        rounds(watch, clock)
        add("first")
        clock.pass_by(minutes=5)
        rounds(watch, clock)
    assert inbox.kinds() == ["first-mention"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"---\n: {[\n---\n",
        b"---\n" + b"- " * 5000,
        "---\ntitle: Ban\n---\n".encode("utf-16"),
    ],
)
def test_no_record_stops_it(watching, add, clock, inbox, tmp_path, content):
    add("old", title="Weather {n}")
    with watching("first-mention") as watch:
        (tmp_path / "records" / "2021-08-24-bad.md").write_bytes(content)
        rounds(watch, clock)
        add("first")
        rounds(watch, clock)
    assert inbox.kinds() == ["first-mention"]


def test_a_fault_in_one_kind_of_alert_leaves_the_others(watching, add, clock, inbox, said, monkeypatch):
    def faulty(_look):
        raise ZeroDivisionError

    monkeypatch.setitem(module._FIND, "burst", faulty)
    add("first")
    with watching("burst", "first-mention") as watch:
        rounds(watch, clock)
    assert inbox.kinds() == ["first-mention"]
    assert "Looking for burst in 'Ban' failed: ZeroDivisionError." in said


def test_what_a_fault_hid_is_found_on_the_next_look(watching, add, clock, inbox, monkeypatch):
    def faulty(_look):
        raise ZeroDivisionError

    add("old", title="Weather {n}")
    with watching("first-mention") as watch:
        rounds(watch, clock)
        add("first", "2021-01-01")
        with monkeypatch.context() as patch:
            patch.setitem(module._FIND, "first-mention", faulty)
            rounds(watch, clock)
        assert inbox.got == []
    with watching("first-mention") as watch:  # over the same snapshot
        rounds(watch, clock)
    assert inbox.kinds() == ["first-mention"]


def test_a_full_disk_loses_no_alert(watching, add, clock, inbox, said, monkeypatch):
    add("first")
    with watching("first-mention") as watch:
        with monkeypatch.context() as patch:

            def full(*_args):
                raise BadMemory("disk is full")

            patch.setattr(watch._memory, "raise_alert", full)
            rounds(watch, clock)
        assert inbox.got == []
        assert sum("disk is full" in line for line in said) == 1
        rounds(watch, clock)
    assert inbox.kinds() == ["first-mention"]


def test_a_store_is_watched_by_one(watching, add, tmp_path):
    add("first")
    with (
        watching("first-mention"),
        pytest.raises(AlreadyWatched, match="another watch is going on over"),
        watching("first-mention"),
    ):
        pass


def test_a_memory_that_is_something_else_is_said(watching, tmp_path):
    (tmp_path / "store" / "watch").mkdir(parents=True)
    (tmp_path / "store" / "watch" / "alerts.sqlite").write_text("no database " * 100)
    with pytest.raises(BadMemory, match="move it away to begin anew"), watching("first-mention"):
        pass


def test_alerts_among_the_records_are_refused(watching, tmp_path):
    with pytest.raises(BadRules, match="a file of alerts must lie outside the sources"):
        watching("first-mention", targets=(File(tmp_path / "records" / "alerts.jsonl"),))


def test_changes_are_built_when_they_rest_or_have_not_for_a_minute(clock):
    changes = Changes()
    assert not changes.ready(1, clock())
    assert changes.ready(1, clock())
    changes.built(1)
    assert not changes.ready(1, clock())
    readies = []
    for number in range(2, 40):
        clock.pass_by(seconds=2)
        readies.append(changes.ready(number, clock()))
    assert readies.index(True) == 30
    changes.built(39)
    clock.pass_by(hours=-1)  # the clock is set back
    assert not changes.ready(40, clock())
    assert changes.ready(40, clock())


def test_a_change_during_a_build_is_built_next(watching, add, clock, inbox, ungrouped, monkeypatch, tmp_path):
    add("old", title="Weather {n}")
    calls = []

    def meanwhile(*args):
        report = ungrouped(*args, groups=False)
        if not calls:
            add("first")
        calls.append(1)
        return report

    monkeypatch.setattr(module, "build_corpus", meanwhile)
    with watching("first-mention") as watch:
        rounds(watch, clock, 5)
    assert inbox.kinds() == ["first-mention"]
    assert len(calls) == 2


def test_what_is_remembered_is_whole_or_not_there(watching, add, clock, inbox, tmp_path):
    add("first")
    inbox.broken = "dead"
    with watching("first-mention") as watch:
        rounds(watch, clock)
    con = sqlite3.connect(tmp_path / "store" / "watch" / "alerts.sqlite")
    assert con.execute("SELECT count(*) FROM alerts").fetchone() == (1,)
    assert con.execute("SELECT target, state, attempts FROM sendings").fetchall() == [("inbox", "waiting", 1)]
    con.close()
    assert current_snapshot((tmp_path / "store").resolve()).tables["articles"]["rows"] == 1
