import inspect
from typing import get_type_hints

import pandas as pd
import pytest

from analysis import charts, measures, open_corpus
from analysis.measures import events
from analysis.notebook import Charts, Corpus, Measured, Selection

pytestmark = pytest.mark.slow  # reports and charts of a whole corpus

OTHER_NAME = {"providers": "provider_profiles", "topics": "topic_shares"}  # the names themselves are tables
OF_SELECTIONS = {
    name
    for name in measures.__all__
    if next(iter(inspect.signature(getattr(measures, name)).parameters)) == "data"
}


@pytest.fixture
def ban(seed):
    return seed.select("ban*")


def test_measures_of_a_selection_are_methods_of_the_same_function():
    for name in OF_SELECTIONS:
        assert inspect.getattr_static(Selection, OTHER_NAME.get(name, name)) is getattr(measures, name)
    assert {"volume", "bursts", "quality", "health"} <= OF_SELECTIONS


def test_no_method_is_more_than_a_measure():
    own = {name for name in vars(Measured) if not name.startswith("_")}
    assert own == {OTHER_NAME.get(name, name) for name in OF_SELECTIONS} | {"events", "event_leads"}
    assert Selection.events is events.events
    assert Selection.event_leads is events.event_leads


@pytest.mark.parametrize("name", sorted(name for name in vars(Measured) if not name.startswith("_")))
def test_a_method_takes_what_its_measure_takes(ban, name):
    measure = inspect.getattr_static(Selection, name)
    first, *rest = inspect.signature(measure).parameters.values()
    assert first.name == "data"
    assert [*inspect.signature(getattr(ban, name)).parameters.values()] == rest


def test_a_method_gives_the_measures_frame(ban):
    pd.testing.assert_frame_equal(
        ban.volume(every="week", share="corpus"), measures.volume(ban, every="week", share="corpus")
    )
    pd.testing.assert_frame_equal(ban.provider_profiles(), measures.providers(ban))
    assert list(ban.providers["provider_id"]) == sorted(ban.provider_profiles()["provider_id"])


def test_every_chart_is_a_method_under_its_own_name():
    known = {name.removesuffix("_chart") for name in charts.__all__ if name.endswith("_chart")}
    assert {name for name in vars(Charts) if not name.startswith("_")} == known | {
        "dark",
        "selection",
        "theme",
    } - {"selection"}


def test_charts_are_typed():
    for name in vars(Charts):
        member = getattr(Charts, name)
        if inspect.isfunction(member) and not name.startswith("_"):
            hints = get_type_hints(member, vars(__import__("analysis.notebook.charts", fromlist=["x"])))
            assert hints["return"].__name__ == "Figure", name
            assert set(inspect.signature(member).parameters) - {"self"} == set(hints) - {"return"}


def test_narrowing_keeps_the_face(seed, ban):
    assert isinstance(seed, Corpus)
    for selection in (ban, ban.select("sky"), seed.story("facial-recognition-ban"), seed.select()):
        assert type(selection) is Selection
        assert selection.corpus is seed


def test_a_chart_has_the_title_and_caption_of_the_same_measure(ban):
    from analysis.charts import volume_chart

    figure = ban.charts.volume("day")
    frame = ban.volume(every="day", share="corpus", span=(figure_start(ban), figure_end(ban)))
    expected = volume_chart(frame, every="day", snapshot=ban.corpus.snapshot.label)
    assert figure.layout.meta["title"] == expected.layout.meta["title"]
    assert figure.layout.meta["subtitle"] == expected.layout.meta["subtitle"]
    assert [*figure.data[0].y] == [*expected.data[0].y]


def figure_start(selection):
    from analysis.reports.stretch import stretches_of

    return stretches_of(selection).drawn[0]


def figure_end(selection):
    from analysis.reports.stretch import stretches_of

    return stretches_of(selection).drawn[1]


SIMPLE = sorted(
    name
    for name, member in vars(Charts).items()
    if not name.startswith("_")
    and inspect.isfunction(member)
    and name not in {"event", "compare", "overlap", "change", "threshold", "rising_terms"}
)


@pytest.mark.parametrize("name", SIMPLE)
def test_every_chart_is_drawn_without_options(ban, name):
    figure = getattr(ban.charts, name)()
    assert figure.layout.meta["title"]
    assert getattr(ban.charts.dark, name)().layout.paper_bgcolor == charts.DARK.paper


@pytest.mark.slow
def test_charts_of_two_stretches_and_of_several_selections(seed, ban):
    after, before = ("2021-08-22T00:00Z", "2021-08-24T00:00Z"), ("2021-08-19T00:00Z", "2021-08-21T00:00Z")
    for name in ("change", "threshold", "rising_terms"):
        assert getattr(ban.charts, name)(after, before).layout.meta["title"]
        assert getattr(ban.charts, name)(after).layout.meta["title"]
        narrow = seed.select(since="2021-08-23", until="2021-08-23").charts
        assert getattr(narrow, name)(after, before).layout.meta["title"]
    both = {"All": seed}
    assert len(ban.charts.compare(both, name="Ban").layout.annotations) >= 2
    assert "Ban" in str(ban.charts.overlap(both, name="Ban").to_dict())
    for name in ("covers", "spells", "scores"):
        assert getattr(ban.charts, name)(both, name="Ban").layout.meta["title"]


def test_a_chart_of_a_change_is_of_both_stretches_whatever_bounds_the_selection_has(seed):
    after, before = ("2021-08-23T00:00Z", "2021-08-24T00:00Z"), ("2021-08-19T00:00Z", "2021-08-20T00:00Z")
    bounded = seed.select(since="2021-08-23", until="2021-08-23").charts.change(after, before)
    assert bounded.layout.meta["title"] == seed.charts.change(after, before).layout.meta["title"]


def test_nothing_to_compare_with_says_what_must_be_given(seed):
    with pytest.raises(measures.frames.BadOption, match="period and baseline must be given"):
        seed.select(since="2021-08-19", until="2021-08-20").charts.change()


def test_an_event_is_drawn_and_one_that_is_not_there_is_said(seed):
    event_id = seed.events()["event_id"].iloc[0]
    assert seed.charts.event(event_id).layout.meta["title"]
    with pytest.raises(measures.frames.BadOption, match="event_id must be an event of the snapshot"):
        seed.charts.event("no-such")


@pytest.mark.parametrize(
    "name",
    [
        "sub/b.md",
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in ("a.html", "c.xlsx", "d.csv.zip", "e.jsonl.zip")
        ),
    ],
)
def test_a_report_is_written_where_it_is_said(ban, tmp_path, name):
    path = ban.report(tmp_path / name, title="Bans")
    assert path == tmp_path / name
    assert path.stat().st_size > 500
    assert [p.name for p in path.parent.iterdir() if p.is_file()] == [path.name]


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.html.zip", "html"])
def test_a_report_of_no_known_ending_is_refused(ban, tmp_path, name):
    with pytest.raises(charts.theme.NewsgaugeError, match=r"path must end in one of \.html, \.pdf"):
        ban.report(tmp_path / name)
    assert not [*tmp_path.iterdir()]


def test_an_earlier_snapshot_is_opened_by_id_and_by_label(tmp_path, write_records, make_record):
    from analysis import build_corpus
    from analysis.store import NoSnapshot

    store = tmp_path / "store"
    old = build_corpus(write_records(make_record()), store).snapshot
    build_corpus(write_records(make_record(), make_record("https://a.example/2")), store)
    assert len(open_corpus(store)) == 2
    assert len(open_corpus(store, snapshot=old.id)) == 1
    assert len(open_corpus(store, snapshot=old.label)) == 1
    with pytest.raises(NoSnapshot, match=rf"{old.id} \({old.label}\).*; got '../../etc'"):
        open_corpus(store, snapshot="../../etc")


@pytest.mark.slow
@pytest.mark.parametrize("name", SIMPLE)
def test_every_chart_is_drawn_of_nothing_and_of_a_build_without_groups(name, seed, tmp_path):
    from analysis import build_corpus
    from data import RECORDS

    build_corpus(RECORDS, tmp_path, groups=False)
    for selection in (seed.select("zzzz"), open_corpus(tmp_path)):
        assert getattr(selection.charts, name)().layout.meta["title"]
