import json
import math
import re
import subprocess
import sys
import zipfile
from io import BytesIO

import openpyxl
import pandas as pd
import pytest

from analysis import build_corpus, open_corpus
from analysis.measures.intervals import rate_ratio, wilson
from analysis.reports import ReportSpec, gather
from analysis.reports.bundle import to_bundle
from analysis.reports.cells import Cell
from analysis.reports.columns import LAYOUTS
from analysis.reports.document import document
from analysis.reports.style import PLAIN, Style
from analysis.reports.text import paragraphs
from analysis.reports.xlsx import to_xlsx

STORIES = (("Ban", "ban*"), ("Police", "police*"))
SPECS = {
    "full": ReportSpec("full"),
    "comparison": ReportSpec("comparison", stories=STORIES),
    "provider": ReportSpec("provider", basis="originals", every="month"),
    "data": ReportSpec("data"),
}


def selected(demo, kind):
    if kind == "full":
        return demo.story("facial-recognition-ban")
    return (
        demo
        if kind in {"comparison", "data"}
        else demo.select(providers=demo.providers.sort_values("n_articles")["provider_id"].tail(1).tolist())
    )


def again(python, selection):
    """What a line of a report's Python gives, when it is run."""
    before, _, expression = python.rpartition("; ")
    names = {"selection": selection}
    exec(before, names)
    return eval(expression, names)


@pytest.mark.slow
@pytest.mark.parametrize("kind", SPECS)
def test_every_frame_is_what_its_python_gives(demo, kind):
    selection = selected(demo, kind)
    report = gather(selection, SPECS[kind])
    assert len(report.frames) > 3
    for name, measured in report.frames.items():
        pd.testing.assert_frame_equal(
            measured.frame, again(measured.python, selection), obj=name, check_exact=True
        )


FRESH = """
import sys, io, json, zipfile
import pandas as pd
sys.path.insert(0, sys.argv[1])
from analysis.reports.flat import flat
archive = zipfile.ZipFile(sys.argv[2])
names = {}
exec(sys.argv[3], names)
articles = names["articles"]
kept = pd.read_parquet(io.BytesIO(archive.read("articles.parquet")))
pd.testing.assert_frame_equal(flat(articles), kept.astype(flat(articles).dtypes.to_dict()))
seen = ["articles"]
for row in pd.read_csv(io.BytesIO(archive.read("tables.csv"))).itertuples():
    names = {}
    exec("from analysis import open_corpus; selection = " + row.selection, names)
    before, _, expression = row.python.rpartition("; ")
    exec(before, names)
    found = flat(eval(expression, names))
    kept = pd.read_parquet(io.BytesIO(archive.read(row.table + ".parquet")))
    pd.testing.assert_frame_equal(found, kept.astype(found.dtypes.to_dict()), obj=row.table, check_exact=True)
    seen.append(row.table)
print(json.dumps(seen))
"""


@pytest.mark.slow
def test_in_a_fresh_process_the_python_gives_every_frame_of_the_file(full, tmp_path):
    path = tmp_path / "report.zip"
    path.write_bytes(to_bundle(full, document(full, PLAIN), "parquet"))
    given = [sys.executable, "-c", FRESH, ".", str(path), full.provenance.python]
    done = subprocess.run(given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert set(json.loads(done.stdout)) == set(full.frames)


@pytest.mark.slow
def test_the_line_of_python_is_one_line_and_keeps_every_filter(demo):
    selection = demo.select(
        "title:\"ban\" AND 'x'", topics=["Privacy"], since="2021-06-01", until="2021-08-31", min_quality=10
    )
    line = gather(selection, ReportSpec(sections=("method",))).provenance.python
    assert "\n" not in line
    names = {}
    exec(line, names)
    pd.testing.assert_frame_equal(names["articles"], selection.articles)


@pytest.mark.slow
def test_the_key_figures_are_those_counted_by_sql(demo, story, full):
    facts = full.sections[0].facts
    asked = "count(*), count(DISTINCT provider_id), count(*) FILTER (is_original), count(DISTINCT event_id), median(quality)"
    counted = story.table("articles").aggregate(asked).fetchall()[0]
    names = ("n_articles", "n_outlets", "n_texts", "n_events", "median_quality")
    assert tuple(facts[name] for name in names) == counted
    whole = len(demo)
    low, high = wilson([counted[0]], [whole])
    assert (facts["share"], facts["share_low"], facts["share_high"]) == (counted[0] / whole, low[0], high[0])


@pytest.mark.slow
def test_the_change_is_that_of_two_selections_by_date(demo, full):
    facts, query = full.sections[0].facts, full.provenance.query
    counts = []
    for first, last in (facts["recent"], facts["before"]):
        one = demo.select(query, since=first.isoformat(), until=last.isoformat())
        whole = demo.select(since=first.isoformat(), until=last.isoformat())
        counts.append((len(one), len(whole)))
    (now, now_whole), (then, then_whole) = counts
    row = full.frame("key_figures").set_index("figure").loc["articles"]
    assert (row["recent"], row["before"]) == (now, then)
    expected = tuple(end[0] for end in rate_ratio([now], [then]))
    assert tuple(row[["ratio", "ratio_low", "ratio_high"]]) == pytest.approx(expected)
    share = full.frame("key_figures").set_index("figure").loc["share"]
    assert (share["recent"], share["before"]) == pytest.approx((now / now_whole, then / then_whole))


@pytest.mark.slow
def test_events_and_texts_are_those_counted_by_sql(story, full):
    articles, con = story.table("articles"), full.frame("events")
    counted = articles.aggregate(
        "event_id, count(*), count(DISTINCT coalesce(copy_group_id, article_id)), count(DISTINCT provider_id)"
    ).fetchall()
    assert sorted(counted) == sorted(
        con[["event_id", "n_articles", "n_texts", "n_providers"]].itertuples(index=False, name=None)
    )
    repeated = (
        articles.aggregate("copy_group_id AS g, count(*) AS n").filter("g IS NOT NULL AND n > 1").fetchall()
    )
    texts = full.frame("texts")
    assert sorted(repeated) == sorted(
        texts[["copy_group_id", "n_articles"]].itertuples(index=False, name=None)
    )


def number_in(cell):
    found = re.match(r"[+−-]?[\d,]+(\.\d+)?", cell.text)
    return float(found[0].replace(",", "").replace("−", "-")) if found else None


@pytest.mark.slow
@pytest.mark.parametrize("kind", SPECS)
def test_every_number_of_every_table_shown_is_the_frames(demo, kind):
    report = gather(selected(demo, kind), SPECS[kind])
    seen = 0
    for chapter in document(report, PLAIN).chapters:
        for grid in chapter.grids:
            if grid.key == "key_figures":
                continue
            layout, frame = LAYOUTS[grid.key], report.frame(grid.key)
            assert grid.total == len(frame)
            shown = frame if len(grid.rows) == len(frame) else shown_of(frame, layout, len(grid.rows))
            for row, cells in zip(shown.to_dict("records"), grid.rows, strict=True):
                for column, cell in zip(layout.shown, cells, strict=True):
                    value = row[column.column]
                    if column.kind in {"count", "number", "signed", "score"} and not pd.isna(value):
                        assert number_in(cell) == pytest.approx(value, abs=0.0501), (grid.key, column.column)
                        seen += 1
                    elif (
                        column.kind == "share"
                        and not pd.isna(value)
                        and "<" not in cell.text
                        and ">" not in cell.text
                    ):
                        assert number_in(cell) == pytest.approx(value * 100, abs=0.51)
                        seen += 1
    assert seen > 10


def shown_of(frame, layout, most):
    if not layout.best:
        return frame.head(most)
    kept = frame.sort_values(layout.best, ascending=False, kind="stable").head(most)
    return frame.loc[kept.index.sort_values()]


@pytest.mark.slow
def test_key_figures_stand_in_the_document_as_measured(full):
    grid = next(grid for grid in document(full, PLAIN).chapters[0].grids if grid.key == "key_figures")
    rows = full.frame("key_figures").set_index("figure")
    by_label = {row[0].text: row for row in grid.rows}
    for label, figure in (("Articles", "articles"), ("Outlets", "outlets"), ("Texts, copies once", "texts")):
        cells = by_label[label]
        assert [number_in(cell) for cell in cells[1:4]] == rows.loc[
            figure, ["value", "recent", "before"]
        ].tolist()
    assert by_label["Outlets"][4] == Cell("–")


def day(number, hour=9):
    return f"2021-08-{number:02}T{hour:02}:00:00Z"


@pytest.fixture(scope="module")
def worked(make_record, tmp_path_factory):
    """Ten days with one other article a day; the story has 2 articles in the first five days and 10 in the others."""
    words = ["amber", "birch", "cedar", "dune", "elm", "fern", "grove", "heath", "iris", "juniper"]
    texts = [
        make_record(
            f"https://o{n}.example/{n}", title=f"Trains {words[n - 1]}", time=day(n), provider=f"o{n}.example"
        )
        for n in range(1, 11)
    ]
    for place, number in enumerate([2, 4, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10]):
        title = f"Ban number {place} {words[place % 10]} {'abcdefghijkl'[place] * 4}"
        provider = f"s{place % 3}.example"
        texts.append(
            make_record(
                f"https://{provider}/{place}", title=title, time=day(number, 1 + place), provider=provider
            )
        )
    folder = tmp_path_factory.mktemp("worked")
    for number, text in enumerate(texts):
        (folder / f"2021-08-23-record-{number:03}.md").write_text(text, "utf-8")
    build_corpus(folder, folder / "store")
    return open_corpus(folder / "store")


def test_the_summary_says_the_numbers_worked_by_hand(worked):
    selection = worked.select("ban", since="2021-08-06", until="2021-08-10")
    said = " ".join(paragraphs(gather(selection, ReportSpec(sections=("summary",))).sections[0]))
    # 10 of the 15 articles of these days; before them 2 of 7.
    assert said.startswith(
        "Between 6 and 10 August 2021, 10 articles from 3 outlets matched: 67 % of the 15 collected"
    )
    assert "there were 10 articles, after 2 in as many days before (1 to 5 August 2021): a rise, 5.0x" in said
    assert "As a share of everything collected it did not clearly change, from 29 % to 67 %." in said


@pytest.mark.slow
def test_a_handful_is_not_ranked_and_not_called_a_change(worked):
    report = gather(worked.select("ban", since="2021-08-04", until="2021-08-06"), ReportSpec("full"))
    said = " ".join(text for section in report.sections for text in paragraphs(section))
    assert "That is too few to rank or to compare." in said
    assert "too few to call it a change" in said
    assert not re.search(r"a rise|a fall|stand highest|was first in this corpus most often", said)
    drawn = [picture.key for chapter in document(report, PLAIN).chapters for picture in chapter.pictures]
    assert "providers" not in drawn
    assert "terms" not in drawn


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["brief", "full", "provider"])
def test_a_selection_of_nothing_is_said_to_be_nothing(worked, kind):
    report = gather(worked.select("zebrafish"), ReportSpec(kind))
    assert paragraphs(report.sections[0]) == (
        "No article matches. That is nothing collected, which is not the same as no coverage.",
    )
    assert to_bundle(report, document(report, PLAIN), "csv")


@pytest.mark.slow
def test_missing_scores_are_missing_and_not_zero(worked):
    report = gather(worked.select("ban"), ReportSpec("full"))
    outlets = report.frame("providers")
    assert outlets["quality"].isna().all()
    chapter = next(c for c in document(report, PLAIN).chapters if c.key == "providers")
    place = [label for label, _ in chapter.grids[0].headings].index("Quality")
    assert {row[place].text for row in chapter.grids[0].rows} == {"–"}
    assert "No article has a quality score." in chapter.paragraphs


@pytest.mark.slow
def test_what_is_cut_says_how_much_and_where_the_rest_is(full):
    cut = [grid for chapter in document(full, PLAIN).chapters for grid in chapter.grids if grid.total > 20]
    assert cut
    for grid in cut:
        assert grid.cut.startswith(
            f"20 of {grid.total:,} shown; all are in the spreadsheet and data editions"
        )
        assert len(grid.rows) == 20
        with zipfile.ZipFile(BytesIO(to_bundle(full, document(full, PLAIN), "csv"))) as archive:
            assert len(pd.read_csv(archive.open(f"{grid.key}.csv"))) == grid.total


@pytest.mark.slow
def test_gathering_changes_nothing_and_gives_the_same_again(story, full):
    again = gather(story, full.spec)
    for name, measured in full.frames.items():
        pd.testing.assert_frame_equal(measured.frame, again.measured(name).frame)
    assert [section.facts for section in full.sections if section.key != "summary"] == [
        section.facts for section in again.sections if section.key != "summary"
    ]


@pytest.mark.parametrize(
    "zone",
    [
        "America/New_York",
        *(pytest.param(zone, marks=pytest.mark.slow) for zone in ("UTC", "Europe/London", "Asia/Tokyo")),
    ],
)
def test_days_beyond_the_ends_of_collection_were_not_missed_but_those_chosen_were(
    make_record, write_records, tmp_path, zone
):
    texts = [
        make_record(
            f"https://{n}{hour}.example/",
            title=f"Ban {n} {hour}",
            time=day(n, hour),
            provider=f"{hour}.example",
        )
        for n in range(10, 21)
        for hour in range(0, 24, 2)
        if n != 15
    ]
    build_corpus(write_records(*texts), tmp_path / "store")
    corpus = open_corpus(tmp_path / "store", zone=zone)
    spec = ReportSpec(sections=("summary",))
    assert [one.day for one in gather(corpus.select("ban"), spec).sections[0].facts["missed"]] == [15]
    longer = corpus.select("ban", since="2021-08-10", until="2021-08-22")
    assert [one.day for one in gather(longer, spec).sections[0].facts["missed"]] == [15, 21, 22]


@pytest.mark.slow
def test_a_house_font_is_that_of_the_figures_too(worked):
    report = gather(worked.select("ban"), ReportSpec(sections=("volume",)))
    drawn = [
        one for chapter in document(report, Style(font="Noto Serif")).chapters for one in chapter.pictures
    ]
    assert {one.figure.layout.font.family.partition(",")[0] for one in drawn} == {"Noto Serif"}


@pytest.mark.slow
def test_a_comparison_is_called_by_its_stories(worked):
    report = gather(worked, ReportSpec("comparison", stories=(("Ban", "ban"), ("Trains", "trains"))))
    assert report.title == "Ban and Trains"


def bundled(full, kind):
    with zipfile.ZipFile(BytesIO(to_bundle(full, document(full, PLAIN), kind))) as archive:
        return {name: archive.read(f"{name}.{kind}") for name in full.frames}


def from_csv(full):
    """Every cell as text, missing as an empty one; numbers in CSV are as many digits as they need."""
    read = {name: BytesIO(content) for name, content in bundled(full, "csv").items()}
    return {name: pd.read_csv(content, dtype=str, keep_default_na=False) for name, content in read.items()}


def from_jsonl(full):
    lines = {name: content.decode().splitlines() for name, content in bundled(full, "jsonl").items()}
    return {
        name: pd.DataFrame([json.loads(one) for one in some], dtype=object) for name, some in lines.items()
    }


def from_parquet(full):
    return {
        name: pd.read_parquet(BytesIO(content)).astype(object)
        for name, content in bundled(full, "parquet").items()
    }


def from_xlsx(full):
    book = openpyxl.load_workbook(BytesIO(to_xlsx(full, document(full, PLAIN))), data_only=True)
    rows = {name: list(book[name[:31]].values) for name in full.frames}
    return {name: pd.DataFrame(some[1:], columns=some[0], dtype=object) for name, some in rows.items()}


@pytest.mark.slow
@pytest.mark.parametrize("read", [from_csv, from_jsonl, from_parquet, from_xlsx])
def test_every_number_of_every_file_is_the_frames_unrounded(full, read):
    files, seen = read(full), 0
    for name in full.frames:
        frame, found = full.frame(name), files[name]
        assert len(found) == len(frame), name
        for column in frame.select_dtypes("number"):
            for value, kept in zip(frame[column].tolist(), found[column] if len(frame) else [], strict=True):
                if pd.isna(value) or math.isinf(value):
                    assert kept in {"", "inf", "-inf"} or pd.isna(kept) or kept == value, (name, column)
                else:
                    # A spreadsheet keeps 16 digits, all others every one.
                    assert float(kept) == pytest.approx(value, rel=1e-15, abs=0), (name, column)
                    seen += 1
    assert seen > 2000


def of_outlets(make_record, corpus_of):
    """Outlet a has three articles: one alone, one first of two outlets, one a copy of what b had an hour before."""
    text = "Face scans end in the harbour town after a vote of its council on Monday night"
    return corpus_of(
        make_record("https://a.example/1", title="Trains run late", time=day(1), provider="a.example"),
        make_record("https://b.example/2", title=text, time=day(2), provider="b.example"),
        make_record("https://a.example/2", title=text, time=day(2, 10), provider="a.example"),
        make_record("https://c.example/3", title="Amber market closes", time=day(3), provider="c.example"),
    )


def said_of(selection, *sections):
    report = gather(selection, ReportSpec("provider", sections=sections))
    return report, " ".join(text for section in report.sections for text in paragraphs(section))


@pytest.mark.slow
@pytest.mark.parametrize("asked", [{"providers": ["a.example"]}, {"query": "provider:a.example"}])
def test_a_profile_sees_its_outlet_among_the_others(make_record, corpus_of, asked):
    corpus = of_outlets(make_record, corpus_of)
    selection = corpus.select(asked.get("query", ""), providers=asked.get("providers", []))
    report, said = said_of(selection, "summary", "timeline", "syndication")
    assert report.title == corpus.providers.set_index("provider_id")["name"]["a.example"]
    assert (
        "1 of them is a copy; of 1 text the original is outside this selection. Counting originals only, 1."
        in said
    )
    assert "The articles tell of 2 events, 1 of them in more than one outlet." in said
    assert "2 articles carry 2 texts. 1 text ran more than once, counting other outlets." in said
    assert "1 of the articles is a copy of what others had before." in said
    roles = report.frame("copying_roles").set_index("provider_id")
    assert roles.index.tolist() == ["a.example"]
    assert roles.loc["a.example", ["n_articles", "n_originals", "n_copies"]].tolist() == [2, 1, 1]
    assert sorted(report.frame("events")["n_providers"]) == [1, 2]


@pytest.mark.slow
def test_a_selection_of_one_outlet_says_that_it_cannot_see_the_others(make_record, corpus_of):
    selection = of_outlets(make_record, corpus_of).select("(trains OR scans) AND provider:a.example")
    _, said = said_of(selection, "timeline", "syndication")
    assert "2 events; which other outlets had them, and who was first, is outside this selection." in said
    assert "2 articles, 2 texts: none was seen to run more than once in this selection." in said
    assert "1 of the articles is a copy whose original is outside this selection." in said


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["full", "provider"])
def test_nothing_is_neither_drawn_nor_split_into_parts(worked, kind):
    chapters = document(gather(worked.select("zebrafish"), ReportSpec(kind)), PLAIN).chapters
    assert [picture.key for chapter in chapters for picture in chapter.pictures] == []
    assert "change" not in {grid.key for chapter in chapters for grid in chapter.grids}


@pytest.mark.slow
def test_python_of_articles_chosen_one_by_one_gives_those(worked):
    some = worked.articles["article_id"].head(2).tolist()
    report = gather(worked.select(ids=some), ReportSpec(sections=("summary",)))
    names = {}
    exec(report.provenance.python, names)
    assert sorted(names["articles"]["article_id"]) == sorted(some)
    assert report.title == "2 articles chosen one by one"
