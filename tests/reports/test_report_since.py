import json
import re
import shutil
import zipfile
from io import BytesIO

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from analysis import build_corpus, open_corpus
from analysis.measures.intervals import wilson
from analysis.reports import FORMATS, BadReport, ReportSpec, gather, open_earlier, write_report
from analysis.reports.carried import Carried, carried_of, read_carried, to_text
from analysis.reports.document import document
from analysis.reports.style import PLAIN
from analysis.reports.text import paragraphs
from dashboard.cli import main

pytestmark = pytest.mark.slow  # every test builds two snapshots

SPEC = ReportSpec(title="Ban", sections=("summary", "method"))


@pytest.fixture
def two(tmp_path, make_record, write_records):
    """Two snapshots of a store: of a, b, c and a clock the earlier; a, c, d, e and a clock the later. B went."""

    def one(name, quality, provider, title):
        address = f"https://{provider}/{name}"
        return make_record(address, title=title, quality=quality, provider=provider)

    clock = one("clock", 10, "a.example", "Clocks go back")
    a, b = one("a", 40, "a.example", "Ban one"), one("b", 50, "b.example", "Ban two")
    c, d = one("c", 60, "a.example", "Ban three"), one("d", 70, "d.example", "Ban four")
    e = one("e", 90, "a.example", "Ban five")
    build_corpus(write_records(a, b, c, clock, folder="earlier"), tmp_path / "store")
    old = open_corpus(tmp_path / "store")
    build_corpus(write_records(a, c, d, e, clock, folder="later"), tmp_path / "store")
    return old.select("ban"), open_corpus(tmp_path / "store").select("ban")


def written(selection, folder, form="md"):
    return write_report(selection, folder, formats=(form,), spec=SPEC)[0]


def prune(old):
    shutil.rmtree(old.corpus.snapshot.folder)


def since_of(report):
    return next(section for section in report.sections if section.key == "since")


def frames_of(selection, path):
    report = gather(selection, SPEC, earlier=open_earlier(selection, path))
    return {name: measured.frame for name, measured in since_of(report).frames.items()}


@pytest.mark.parametrize("form", ["html", "md"])
@pytest.mark.parametrize("is_pruned", [False, True])
def test_what_came_and_went_is_as_worked_by_hand(two, tmp_path, form, is_pruned):
    old, new = two
    path = written(old, tmp_path / "old", form)
    went = old.articles.query("title == 'Ban two'")["article_id"].tolist()
    if is_pruned:
        prune(old)
    frames = frames_of(new, path)
    assert frames["since_came"]["title"].tolist() == ["Ban five", "Ban four"]  # by quality, 90 and 70
    gone = frames["since_gone"]
    assert gone["provider_id"].tolist() == ["b.example"]
    assert gone["article_id"].tolist() == went
    assert gone["title"].isna().tolist() == [is_pruned]
    outlets = frames["since_outlets"][["what", "provider_id", "n_articles"]]
    assert outlets.to_numpy().tolist() == [["new", "d.example", 1], ["gone", "b.example", 1]]
    figures = frames["since_figures"].set_index("figure")
    # 3 of 4 collected, then 4 of 5; medians of 40, 50, 60 and of 40, 60, 70, 90
    assert figures.loc["articles", ["then", "now", "difference"]].tolist() == [3, 4, 1]
    assert figures.loc["outlets", ["then", "now", "difference"]].tolist() == [2, 2, 0]
    assert figures.loc["quality", ["then", "now", "difference"]].tolist() == [50, 65, 15]
    (low, high), (now_low, now_high) = wilson([3], [4]), wilson([4], [5])
    ends = [0.75, low[0], high[0], 0.8, now_low[0], now_high[0]]
    assert figures.loc["share"].tolist() == pytest.approx([*ends, 0.05])


def test_the_carried_block_gives_the_numbers_of_the_snapshot(two, tmp_path):
    old, new = two
    path = written(old, tmp_path / "old")
    exact = frames_of(new, path)
    prune(old)
    carried = frames_of(new, path)
    for name in ("since_figures", "since_came", "since_outlets", "since_events"):
        pd.testing.assert_frame_equal(carried[name], exact[name], check_exact=True)
    assert carried["since_gone"]["article_id"].tolist() == exact["since_gone"]["article_id"].tolist()


def test_the_figures_are_those_of_each_reports_summary(two, tmp_path):
    old, new = two
    figures = frames_of(new, written(old, tmp_path / "old"))["since_figures"].set_index("figure")
    for column, selection in (("then", old), ("now", new)):
        key = gather(selection, SPEC).frame("key_figures").set_index("figure").loc[figures.index]
        assert figures[column].tolist() == key["value"].tolist()
        assert figures.loc["share", f"{column}_low"] == key.loc["share", "low"]
        assert figures.loc["share", f"{column}_high"] == key.loc["share", "high"]


def test_the_python_of_each_frame_gives_it(two, tmp_path):
    old, new = two
    path = written(old, tmp_path / "old")
    for measured in since_of(gather(new, SPEC, earlier=open_earlier(new, path))).frames.values():
        before, _, expression = measured.python.rpartition("; ")
        names = {"selection": new}
        exec(before, names)
        pd.testing.assert_frame_equal(eval(expression, names), measured.frame, check_exact=True)


def test_the_words_are_as_worked_by_hand(two, tmp_path):
    old, new = two
    path = written(old, tmp_path / "old")
    label = old.corpus.snapshot.label
    said = paragraphs(since_of(gather(new, SPEC, earlier=open_earlier(new, path))))
    why = "Articles go when they are no longer collected, no longer match, or are found to be the same as another."
    first = f"Compared with the report on snapshot {label}: 3 articles then, 4 now. 2 articles came, 1 went."
    assert said[0] == f"{first} {why}"
    # The group of a and c has taken in d and e.
    outlets = "1 outlet is new: D. 1 outlet has no article any more: b.example."
    assert said[1] == f"{outlets} No event is new; 1 grew."
    prune(old)
    said = paragraphs(since_of(gather(new, SPEC, earlier=open_earlier(new, path))))
    source = (
        "Its snapshot is no longer in the store, so this is from the numbers and article ids that the report "
        "carries; of articles gone it has no titles."
    )
    assert said[0] == f"{first} {source} {why}"


def test_of_the_same_data_it_says_that_nothing_changed(two, tmp_path):
    _, new = two
    report = gather(new, SPEC, earlier=open_earlier(new, written(new, tmp_path / "old")))
    label = new.corpus.snapshot.label
    assert paragraphs(since_of(report)) == (
        f"Nothing: the report compared with is on the same data, snapshot {label}.",
    )
    assert set(report.frame("since_figures")["difference"]) == {0}


def test_events_are_new_or_grown_by_their_articles(two, tmp_path):
    old, new = two
    events = frames_of(new, written(old, tmp_path / "old"))["since_events"]
    then = set(old.articles["article_id"])
    ids_of = new.articles.groupby("event_id")["article_id"].agg(set)
    for what, event, n_new in events[["what", "event_id", "n_new"]].to_numpy():
        ids = ids_of[event]
        assert n_new == len(ids - then) > 0
        assert what == ("grown" if ids & then else "new")
    fresh = new.articles[~new.articles["article_id"].isin(then)]
    assert set(events["event_id"]) == set(fresh["event_id"].dropna())


def test_where_ids_were_cut_the_same_part_of_both_is_compared(two, tmp_path):
    old, new = two
    kept = sorted(old.articles["article_id"])[:2]
    path = tmp_path / "old.md"
    path.write_bytes(fenced(to_text(carried_of(old, old.articles, most=2))))
    prune(old)
    assert sorted(read_carried(path).ids) == kept
    section = since_of(gather(new, SPEC, earlier=open_earlier(new, path)))
    part = {one for one in new.articles["article_id"] if one <= kept[-1]}
    assert set(section.frames["since_came"].frame["article_id"]) == part - set(kept)
    assert set(section.frames["since_gone"].frame["article_id"]) == set(kept) - part
    assert section.frames["since_events"].frame.empty
    said = paragraphs(section)[0]
    assert "That report carries 2 of its 3 article ids" in said
    assert "events are not compared" in said


@pytest.mark.slow
def test_every_format_has_the_section_and_the_same_bytes_each_time(two, tmp_path):
    old, new = two
    path = written(old, tmp_path / "old")
    formats = ("html", "md", "xlsx", "csv", "jsonl", "parquet")
    twice = [
        [
            one.read_bytes()
            for one in write_report(new, tmp_path / name, formats=formats, earlier=open_earlier(new, path))
        ]
        for name in ("one", "two")
    ]
    assert twice[0] == twice[1]
    heading = f"What changed since {int(old.corpus.snapshot.built_at[8:10])} "
    page, text, sheet, bundle = twice[0][:4]
    assert heading in page.decode()
    assert f"## {heading}" in text.decode()
    book = openpyxl.load_workbook(BytesIO(sheet))
    assert [cell.value for cell in book["since_came"]["B"]][1:] == ["Ban five", "Ban four"]
    assert book["since_figures"]["B2"].value == 3
    with zipfile.ZipFile(BytesIO(bundle)) as archive:
        assert pd.read_csv(archive.open("since_gone.csv"))["provider_id"].tolist() == ["b.example"]
        assert f"## {heading}" in archive.read("README.md").decode()


def test_a_long_list_says_how_many_are_shown(two, tmp_path):
    old, new = two
    spec = ReportSpec(sections=("method",), rows=1)
    report = gather(new, spec, earlier=open_earlier(new, written(old, tmp_path / "old")))
    grid = next(one for one in document(report, PLAIN).chapters[0].grids if one.key == "since_came")
    assert grid.cut.startswith("1 of 2 shown")
    assert grid.rows[0][1].href == "https://a.example/e"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda one: one.corpus.select("bans"), "the same query: 'bans'; it is of 'ban'"),
        (lambda one: one.select(min_quality=5), "the same filters: 'quality from 5'; it is of 'none'"),
        (
            lambda one: open_corpus(one.corpus.snapshot.folder.parent.parent, zone="Asia/Tokyo").select(
                "ban"
            ),
            "the same time zone: 'Asia/Tokyo'; it is of 'UTC'",
        ),
    ],
    ids=["query", "filters", "zone"],
)
def test_a_report_on_something_else_is_refused(two, tmp_path, change, message):
    old, new = two
    path = written(old, tmp_path / "old")
    with pytest.raises(BadReport, match=re.escape(message)):
        open_earlier(change(new), path)


CARRIED = Carried(
    "ban", "", "UTC", "20210827T000000000000-00000000", "0" * 32, "2021-08-27T00:00:00+00:00",
    {name: (1.0, float("nan"), float("nan")) for name in ("articles", "share", "texts", "events", "outlets", "quality")},
    1, {"a.example": (1, ("0" * 20,))},
)  # fmt: skip


def fenced(text):
    return f"# x\n\n```json newsgauge-report\n{text}\n```\n".encode()


def changed(**given):
    return fenced(json.dumps({**json.loads(to_text(CARRIED)), **given}))


def test_what_is_carried_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "a.md"
    path.write_bytes(fenced(to_text(CARRIED)).replace(b"\n", b"\r\n"))
    assert repr(read_carried(path)) == repr(CARRIED)


def test_no_text_can_end_the_block(tmp_path):
    evil = "</script><b>&amp; ``` \n```\n-->\u2028\u202e\x00"
    path = tmp_path / "a.md"
    text = to_text(Carried(**{**vars(CARRIED), "query": evil, "outlets": {evil: (1, ("0" * 20,))}}))
    assert not re.search(r"[<>&`]|[^\x20-\x7e\n]", text)
    path.write_bytes(fenced(text))
    found = read_carried(path)
    assert (found.query, list(found.outlets)) == (evil, [evil])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"# A page\n",
        b"\x00\xff" * 100,
        fenced("{"),
        fenced("[]"),
        fenced("null"),
        fenced("[" * 100_000),
        fenced('{"n_articles": ' + "9" * 5_000 + "}"),
        fenced(to_text(CARRIED)) * 2,
        changed(newsgauge=2),
        changed(more=1),
        changed(query=7),
        changed(built_at="yesterday"),
        changed(digest="../../etc"),
        changed(n_articles=-1),
        changed(n_articles=True),
        changed(n_articles=0),
        changed(outlets={"a.example": [1, "../../etc/passwd"]}),
        changed(outlets={"a.example": [0, "0" * 20]}),
        changed(outlets={"a.example": [2, "0" * 20, "0" * 20]}),
        changed(outlets={"a.example": []}),
        changed(outlets=[]),
        changed(query="\ud800"),
        changed(figures={}),
        changed(figures={**json.loads(to_text(CARRIED))["figures"], "share": [float("inf"), None, None]}),
        changed(figures={**json.loads(to_text(CARRIED))["figures"], "share": ["x", None, None]}),
    ],
)
def test_a_file_that_is_no_report_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "a.md"
    path.write_bytes(content)
    with pytest.raises(BadReport, match="must be a report of Newsgauge") as caught:
        read_carried(path)
    assert "\n" not in str(caught.value)


def test_a_folder_a_missing_and_a_huge_file_are_refused(tmp_path, monkeypatch):
    for path in (tmp_path, tmp_path / "none.html", "/dev/zero", "a\x00b"):
        with pytest.raises(BadReport, match="--since-report"):
            read_carried(path)
    monkeypatch.setattr("analysis.reports.carried._MOST_BYTES", 10)
    (tmp_path / "a.md").write_bytes(b"x" * 11)
    with pytest.raises(BadReport, match="at most 10 bytes"):
        read_carried(tmp_path / "a.md")


def test_a_report_cannot_name_a_folder_as_its_snapshot(two, tmp_path):
    _, new = two
    for name in ("../store", "..", str(new.corpus.snapshot.folder), new.corpus.snapshot.id):
        (tmp_path / "a.md").write_bytes(changed(snapshot=name))  # of another digest than the store's
        assert open_earlier(new, tmp_path / "a.md").articles is None


def test_a_hostile_outlet_of_the_earlier_report_stays_text(two, tmp_path):
    _, new = two
    evil = "<img src=x onerror=alert(1)>[a](javascript:alert(1))\u202e"
    (tmp_path / "a.md").write_bytes(changed(outlets={evil: [1, "0" * 20]}))
    report = gather(new, SPEC, earlier=open_earlier(new, tmp_path / "a.md"))
    laid_out = document(report, PLAIN)
    page, text = (FORMATS[form](report, laid_out, PLAIN).decode() for form in ("html", "md"))
    assert "<img" not in page
    assert "&lt;img" in page
    assert "<img" not in text.replace("\\<img", "")
    assert "](javascript" not in text.replace("\\](", "").replace("\\]", "")
    assert "\u202e" not in page + text


def test_the_command_says_in_one_line_what_is_wrong(two, tmp_path):
    old, new = two
    store, path = str(new.corpus.snapshot.folder.parent.parent), written(old, tmp_path / "old", "html")
    asked = ["report", "--store", store, "--format", "md", "--out", str(tmp_path / "new"), "--since-report"]
    done = CliRunner().invoke(main, [*asked, str(path), "--query", "ban"])
    assert done.exit_code == 0, done.output
    (made,) = (tmp_path / "new").iterdir()
    assert "## What changed since " in made.read_text("utf-8")
    for wrong in ([str(path), "--query", "bans"], [str(tmp_path / "none"), "--query", "ban"]):
        done = CliRunner().invoke(main, [*asked, *wrong])
        assert done.exit_code == 2
        assert "Error: --since-report must be" in done.output
        assert len(done.output.strip().splitlines()) == 1
