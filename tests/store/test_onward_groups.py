"""Builds with groups that go on give what builds give that settle and group everything, with the ids of groups kept."""

import shutil
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import build_corpus
from analysis.grouping import find_copies, find_events
from analysis.store import build, current_snapshot, grouped, regrouped

sys.path.insert(0, str(Path(__file__).parent))
from alike import assert_alike

HAPPENINGS = [
    (
        "Council bans face recognition cameras",
        "Lawmakers voted to stop police from scanning crowds at the market.",
    ),
    (
        "Ferry sinks near the old harbour",
        "Divers searched the cold water for the missing crew until nightfall.",
    ),
    (
        "Volcano erupts above sleeping village",
        "Ash fell on roofs and roads while families were led to the coast.",
    ),
    (
        "Orchestra plays unfinished symphony",
        "Critics praised the strings and the young conductor after the premiere.",
    ),
]
WEEKS = 46
OUTLETS = [f"outlet{number}.example" for number in range(5)]
WORDINGS = 4  # the second is a copy of the first


def text(make_record, week, wording, *, of=None, outlet=None, undated=False, **fields):
    """A record of what happened in a week, in one of several wordings."""
    of = week if of is None else of
    (title, excerpt), town = HAPPENINGS[of % len(HAPPENINGS)], f"Town{of:02d}"
    title, excerpt = [
        (f"{title} in {town}", f"{excerpt} {town} mayor Abel spoke."),
        (f"{title} in {town}", f"{excerpt} {town} mayor Abel spoke."),
        (f"{town}: {title.lower()}", f"What we know about {town}: {excerpt}"),
        (f"Recipe {of}: soup number{of} with beans{of}", "Stir slowly and serve."),
    ][wording]
    month, day = divmod(7 * week, 28)
    time = (
        ""
        if undated
        else f"20{20 + month // 12}-{1 + month % 12:02}-{1 + day:02}T{6 + 5 * wording:02}:00:00Z"
    )
    return make_record(
        f"https://{OUTLETS[wording]}/{week}",
        title=title,
        excerpt=f'"{excerpt}"',
        time=time,
        provider=outlet or OUTLETS[wording],
        **fields,
    )


def name(week, wording):
    return f"{week:02}-{wording}.md"


@pytest.fixture
def slowly(monkeypatch):
    """Build in a store as it was done before builds went on: settle and group everything, and keep the ids of groups."""

    def everything(kept, articles, _changed, links=None):
        return find_copies(articles) if kept.kind == "copies" else find_events(articles, links)

    def built(news, store):
        with monkeypatch.context() as patch:
            patch.setattr(build, "find_onward", lambda *_args, **_more: None)
            patch.setattr(grouped, "regroup", everything)
            return build_corpus(news, store)

    return built


def assert_same(one, other):
    assert_alike(one, other)
    assert one.snapshot.grouped is True


@pytest.fixture
def written(tmp_path, make_record):
    """A folder of a year's records."""
    news = tmp_path / "news"
    news.mkdir()
    for week in range(WEEKS):
        for wording in range(WORDINGS):
            (news / name(week, wording)).write_text(text(make_record, week, wording))
    return news


@pytest.fixture
def compare(tmp_path, written, went_on, slowly):
    """Build where builds go on and where they do not, and compare."""

    def again(n_gone_on=1):
        went_on.clear()
        report = build_corpus(written, tmp_path / "s")
        assert went_on == [True] * n_gone_on
        assert_same(report, slowly(written, tmp_path / "slow"))
        return report

    again(0)
    return again


def test_a_score_changes_no_group_and_looks_for_none(written, make_record, compare, monkeypatch):
    monkeypatch.setattr(regrouped, "Surroundings", None)
    (written / name(20, 0)).write_text(text(make_record, 20, 0, quality=3, heat=5, topics=["AI"]))
    compare()


def test_a_link_between_two_reports_is_shown_as_evidence_and_when_it_is_gone_no_more(
    written, make_record, compare
):
    listed = [{"url": f"https://{OUTLETS[2]}/20", "provider": OUTLETS[2]}]
    for related, n_curated in ((listed, 1), ((), 0), (listed, 1)):
        (written / name(20, 0)).write_text(text(make_record, 20, 0, related=related))
        merges = pq.read_table(compare().snapshot.path("merges"))
        assert sum(merges["curated_link"].to_pylist()) == n_curated


def test_a_text_is_grouped_with_its_weeks_only(written, make_record, compare, monkeypatch):
    seen = []
    whole = regrouped.read_frame

    def read(con, query):
        frame = whole(con, query)
        if "locale" in frame:
            seen.append(len(frame))
        return frame

    monkeypatch.setattr(regrouped, "read_frame", read)
    (written / name(20, 3)).write_text(text(make_record, 20, 2))
    compare()
    assert 0 < max(seen) < 0.6 * WEEKS * WORDINGS


def test_an_earlier_copy_takes_the_id_of_its_group_and_who_led_it_gets_another_elsewhere(
    written, make_record, compare
):
    first = text(make_record, 20, 0)
    early = first.replace(f"{OUTLETS[0]}/20", f"{OUTLETS[4]}/20").replace("T06", "T01")
    (written / "early.md").write_text(early)
    compare()
    (written / name(20, 0)).unlink()
    compare()
    later = first.replace("2020-06-01", "2020-12-01").replace("Council bans", "Museum shows")
    assert later.count("2020-12-01") == later.count("Museum shows") == 1
    (written / name(20, 0)).write_text(later)
    ids = pq.read_table(compare().snapshot.path("groups"))["group_id"].to_pylist()
    assert any(each.endswith("-2") for each in ids)
    (written / "early.md").unlink()
    compare()


@pytest.mark.slow
@pytest.mark.parametrize("table", ["articles", "groups", "group_members", "merges", "providers"])
def test_damage_is_not_carried_on(tmp_path, written, make_record, went_on, slowly, table):
    for title in ("First", "Second"):
        (written / name(20, 3)).write_text(text(make_record, 20, 3, category=title))
        reports = [build_corpus(written, tmp_path / "s"), slowly(written, tmp_path / "slow")]
    path = reports[0].snapshot.path(table)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    went_on.clear()
    (written / name(20, 3)).write_text(text(make_record, 20, 2))
    assert_same(build_corpus(written, tmp_path / "s"), slowly(written, tmp_path / "slow"))
    assert (went_on == [True]) == (table == "providers")  # which are counted anew


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("carried:_relink:before", False),
        ("regrouped:insert_grouping:after", False),
        ("renewal.Renewal:write:after", False),
        ("ledger.Ledger:update:after", False),
        ("publish:make_current:before", False),
        ("publish:make_current:after", True),
        ("ledger.Ledger:belong:after", True),
    ],
)
def test_a_build_that_is_killed_leaves_what_the_next_one_goes_on_from(
    written, make_record, compare, killed, slowly, moment, shown
):
    store, slow = written.with_name("s"), written.with_name("slow")
    (written / name(20, 3)).write_text(text(make_record, 20, 2))
    killed(written, store, moment, groups=True)
    assert current_snapshot(store).damage(thorough=True) is None
    if shown:
        slowly(written, slow)
    (written / name(21, 3)).write_text(text(make_record, 21, 2))
    assert_same(build_corpus(written, store), slowly(written, slow))
    (written / name(22, 3)).write_text(text(make_record, 22, 2))
    compare()


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("write"),
            st.integers(0, WEEKS + 2),
            st.integers(0, WORDINGS - 1),
            st.fixed_dictionaries(
                {},
                optional={
                    "of": st.integers(0, WEEKS),
                    "outlet": st.sampled_from(OUTLETS),
                    "undated": st.booleans(),
                    "quality": st.integers(0, 3),
                    "topics": st.just(["AI"]),
                    "related": st.lists(
                        st.builds(
                            lambda week, wording, given: {
                                "url": f"https://{OUTLETS[wording]}/{week}",
                                "provider": OUTLETS[wording],
                                **given,
                            },
                            st.integers(0, WEEKS + 4),
                            st.integers(0, WORDINGS),
                            st.sampled_from(
                                [{}, {"title": "Council bans face recognition cameras in Town12"}]
                            ),
                        ),
                        max_size=3,
                    ),
                },
            ),
        ),
        st.tuples(
            st.sampled_from(["remove", "damage", "touch"]),
            st.integers(0, WEEKS - 1),
            st.integers(0, WORDINGS - 1),
        ),
        st.tuples(
            st.sampled_from(["rename", "swap", "again"]),
            *[st.integers(0, WEEKS - 1), st.integers(0, WORDINGS - 1)] * 2,
        ),
    ),
    min_size=1,
    max_size=4,
)


def take(news, step, make_record):
    """Change a folder of records."""
    do, *told = step
    path = news / name(*told[:2])
    if do == "write":
        path.write_text(text(make_record, *told[:2], **told[2]))
    elif not path.exists():
        return
    elif do == "remove":
        path.unlink()
    elif do == "damage":
        path.write_bytes(b"---\ntitle: [\n")
    elif do == "touch":
        path.touch()
    elif do == "rename":
        path.rename(news / name(*told[2:]))
    elif do == "again":
        shutil.copy(path, news / f"again-{name(*told[2:])}")
    elif (news / name(*told[2:])).exists():
        texts = path.read_bytes(), (news / name(*told[2:])).read_bytes()
        path.write_bytes(texts[1])
        (news / name(*told[2:])).write_bytes(texts[0])


@pytest.mark.slow
@settings(
    max_examples=max(1, settings.default.max_examples // 20),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(course=st.lists(STEPS, min_size=1, max_size=3))
def test_any_course_of_changes_gives_what_full_builds_give(written, make_record, went_on, slowly, course):
    with tempfile.TemporaryDirectory() as folder:
        news, store, slow = (Path(folder, name) for name in ("news", "s", "slow"))
        shutil.copytree(written, news)
        build_corpus(news, store)
        shutil.copytree(store, slow)
        went_on.clear()
        for steps in course:
            for step in steps:
                take(news, step, make_record)
            assert_same(build_corpus(news, store), slowly(news, slow))
        assert went_on == [True] * len(course)
