from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.records import Facts, Image, Problem, Reading, Record, SourceFile
from analysis.store.stages import Stages
from analysis.tables.staging import COLUMNS, Staging

TEXT = st.none() | st.text(min_size=1, max_size=8).map(
    lambda text: "".join(c for c in text if c.isprintable()) or "é"
)
SAID = st.builds(
    Facts,
    article_id=st.sampled_from("ab"),
    canonical_url=st.just("https://a.example/1"),
    url=st.just("https://a.example/1"),
    original_url=TEXT,
    amp_url=TEXT,
    amp_cache_url=TEXT,
    title=TEXT,
    excerpt=TEXT,
    published_at=st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    time_precision=TEXT,
    provider_id=st.just("a.example"),
    provider_name=TEXT,
    article_type=TEXT,
    category=TEXT,
    quality=st.none() | st.floats(0, allow_nan=False, allow_infinity=False),
    heat=st.none() | st.floats(0, allow_nan=False, allow_infinity=False),
    is_published=st.none() | st.booleans(),
    locale=TEXT,
    images=st.just(()),
    extra=TEXT,
)


def staged(*records, problems=(), stage=1, path="a.md"):
    staging = Staging(stage, "/news")
    for n, each in enumerate(records):
        staging.add(SourceFile(f"{n}{path}", 1, n), b"x", Reading([each], list(problems)))
    return staging


def opened(folder, *stagings):
    stages = Stages(folder)
    stages.prepare()
    for staging in stagings:
        stages.write(staging)
    con = duckdb.connect(config={"threads": 1})
    con.execute("SET TimeZone = 'UTC'")
    stages.open(con, [(file, file.file.path) for file in stages.files().values()])
    return con


def said(**given):
    return Facts(
        **{
            **dict.fromkeys(Facts._fields),
            "article_id": "a",
            "canonical_url": "https://a.example/1",
            "url": "https://a.example/1",
            "provider_id": "a.example",
            "images": (),
            **given,
        }
    )


def record(facts, related=(), topics=()):
    return Record("a.md", 0, facts, tuple(topics), (), tuple(related), 0)


def _row(facts):
    moment = facts.published_at
    micros = moment and (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return (*facts._replace(published_at=micros)[:18], facts.extra)


@given(st.lists(SAID, min_size=1, max_size=4))
@example([said(quality=1e300, heat=5e-324, title="\u2028\x85\x7f", excerpt='"\\N,', is_published=False)])
def test_what_is_staged_comes_back(tmp_path_factory, statements):
    con = opened(tmp_path_factory.mktemp("stage"), staged(*map(record, statements)))
    columns = "* EXCLUDE (stage, fact, fact_key, search_title, search_excerpt)"
    rows = con.execute(
        f"SELECT {columns} REPLACE (epoch_us(published_at) AS published_at) FROM staged_facts ORDER BY fact"
    ).fetchall()
    assert rows == list(dict.fromkeys(_row(each) for each in statements))


def test_nothing_in_a_value_breaks_its_line(tmp_path):
    odd = "a\x1fb\x1ec\nd\re\x00f"
    problem = Problem(odd, "bad-url", odd, field=odd, line=3)
    facts = said(title=odd, extra='"\ud800"', images=(Image(odd, 1.0, None, odd, True),))
    con = opened(tmp_path, staged(record(facts), problems=[problem], path="\udcff\n\x1f.md"))
    clean = "a b c d e f"
    assert con.execute("SELECT title, extra, fact FROM staged_facts").fetchall() == [(clean, '"?"', 0)]
    assert con.execute("SELECT url, width, height, title, is_cached FROM staged_pictures").fetchall() == [
        (clean, 1.0, None, clean, True)
    ]
    assert con.execute('SELECT path, line, "column", field, message FROM staged_problems').fetchall() == [
        ("0?\n\x1f.md", 3.0, None, clean, clean)
    ]
    assert [path for _, path in Stages(tmp_path).files()] == ["0\udcff\n\x1f.md"]


def test_a_line_may_be_longer_than_duckdb_takes_unasked(tmp_path):
    con = opened(tmp_path, staged(record(said(extra="é" * 3_000_000))))
    assert con.execute("SELECT length(extra) FROM staged_facts").fetchall() == [(3_000_000,)]


def test_a_stage_takes_over_the_files_of_others_that_are_still_there(tmp_path):
    shared = said(title="Shared", images=(Image("https://a.example/1.jpg"),))
    one = staged(record(said(title="One"), [shared]), record(said(title="Gone")), stage=1)
    two = staged(record(shared, [said(title="One"), shared], ["AI", "Law"]), stage=2, path="b.md")
    joined = Staging(3, "")
    for staging, live in ((one, [0]), (two, [0])):
        joined.take(staging.lines, {number: staging.files[number] for number in live})
    con = opened(tmp_path, joined)
    assert con.execute("SELECT fact, title FROM staged_facts ORDER BY fact").fetchall() == [
        (0, "Shared"),
        (1, "One"),
        (2, "Gone"),
    ]
    assert con.execute("SELECT file, said, topics, related FROM staged_records ORDER BY file").fetchall() == [
        (0, 1, None, "0"),
        (1, 0, "AI\x1eLaw", "1\x1e0"),
    ]
    assert con.execute("SELECT stage, fact, url FROM staged_pictures").fetchall() == [
        (3, 0, "https://a.example/1.jpg")
    ]


@pytest.mark.parametrize("name", COLUMNS)
def test_an_empty_table_is_read(tmp_path, name):
    con = opened(tmp_path, staged(record(said())))
    count = con.execute(f"SELECT count(*) FROM staged_{name}").fetchall()[0][0]
    assert count == (name in {"records", "facts"})


def test_a_stage_is_there_whole(tmp_path):
    opened(tmp_path, staged(record(said())))
    assert Stages(tmp_path).numbers() == [1]
    assert sorted(path.name for path in Path(Stages(tmp_path).folder, "1").iterdir()) == sorted(
        ["files.json", *(f"{name}.txt" for name in COLUMNS)]
    )
