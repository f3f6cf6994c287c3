from datetime import date
from functools import cache

import duckdb
import narwhals as nw
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.query import Query, QueryError, Unsearchable, parse
from analysis.query_syntax import And, Compare, Day, Field, Near, Not, Or, Term
from analysis.text import fold

WORDS = [
    "ban",
    "bans",
    "urban",
    "facial",
    "recognition",
    "police",
    "café",
    "CAFE",
    "顔認識",
    "straße",
    "live",
]
TOPICS = ["AI", "Computer Vision", "computer vision", "Café", "C++"]


def term(*words, **more):
    return Term(words, **more)


def articles(rows):
    columns = {
        "title": None, "excerpt": None, "published_at": None, "provider_id": "sky.com", "url": "https://sky.com/a", "canonical_url": "sky.com/a",
        "article_type": "article", "quality": None, "heat": None, "seen_as": "record", "is_original": None, "event_id": None,
    }  # fmt: skip
    frame = pd.DataFrame(
        [{**columns, **row, "article_id": row.get("article_id", f"a{i}")} for i, row in enumerate(rows)],
        columns=["article_id", *columns],
    )
    texts = [
        "article_id",
        "title",
        "excerpt",
        "provider_id",
        "url",
        "canonical_url",
        "article_type",
        "seen_as",
        "event_id",
    ]
    dtypes = {
        **dict.fromkeys(texts, "str"),
        "published_at": "datetime64[us, UTC]",
        "quality": "float64",
        "heat": "float64",
        "is_original": "boolean",
    }
    frame["published_at"] = pd.to_datetime(frame["published_at"], utc=True)
    frame = frame.astype(dtypes)
    for name in ("title", "excerpt"):
        frame[f"search_{name}"] = frame[name].fillna("").map(fold).astype("str")
    return frame


def topics(rows):
    return pd.DataFrame(rows, columns=["article_id", "topic"]).astype("str")


def parse_or_error(text):
    try:
        return parse(text)
    except QueryError as error:
        return error


@cache  # to open a database takes longer than all that is asked of it
def database():
    connection = duckdb.connect()
    connection.execute("SET TimeZone='UTC'")
    return connection


def ids(query, frame, labels=None, zone="UTC"):
    """On pandas and on DuckDB, which must agree."""
    labels = topics([]) if labels is None else labels
    connection = database()
    connection.register("frame_view", frame)
    connection.register("labels_view", labels)
    parsed = parse(query) if isinstance(query, str) else query
    by_pandas = sorted(parsed.apply(frame, labels, zone=zone)["article_id"])
    relation = parsed.apply(connection.table("frame_view"), connection.table("labels_view"), zone=zone)
    assert sorted(row[0] for row in relation.select("article_id").fetchall()) == by_pandas
    return by_pandas


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        ("  \t\n", None),
        ("Ban", term("ban")),
        ("ban*", term("ban", prefix=True)),
        ('"Facial Recognition"', term("facial", "recognition")),
        ("“facial recog*”", term("facial", "recog", prefix=True)),
        ("AI-based", term("ai", "based")),
        ("and", term("and")),
        ("ban police", And((term("ban"), term("police")))),
        ("a OR b c AND NOT d", Or((term("a"), And((term("b"), term("c"), Not(term("d"))))))),
        ("(a OR b) c", And((Or((term("a"), term("b"))), term("c")))),
        ("((a AND b) AND c)", And((term("a"), term("b"), term("c")))),
        ("NOT NOT a", Not(Not(term("a")))),
        (
            'ban* near/5 "facial recognition"',
            Near(term("ban", prefix=True), term("facial", "recognition"), 5),
        ),
        ("title:Ban*", term("ban", prefix=True, title=True)),
        ('title:"facial recognition"', term("facial", "recognition", title=True)),
        ('topic:"Computer Vision"', Field("topic", "Computer Vision")),
        ("PROVIDER:sky.com", Field("provider", "sky.com")),
        ("url:https://sky.com/2021", Field("url", "https://sky.com/2021")),
        ("seen:Record", Field("seen", "record")),
        ("quality>=50", Compare("quality", ">=", 50.0)),
        ("heat<-0.5", Compare("heat", "<", -0.5)),
        ("after:2021-08-17", Day("after", date(2021, 8, 17))),
        ("12:30", term("12", "30")),
    ],
)
def test_a_query_reads_as(text, tree):
    assert parse(text).tree == tree


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("ban AND", 7, 'a word, a "phrase", a field or "(" after AND'),
        ("ban AND  ", 7, 'a word, a "phrase", a field or "(" after AND'),
        ("OR ban", 0, 'a word, a "phrase", a field or "("'),
        ("ban AND OR police", 8, 'a word, a "phrase", a field or "(" after AND'),
        ("()", 1, 'a word, a "phrase", a field or "(" after ('),
        ("(ban", 4, '")"'),
        ("ban)", 3, 'the end, or "(" before this ")"'),
        ('"facial recog', 13, 'a closing "'),
        ("ban ...", 4, "a word with letters or digits"),
        ('""', 0, "a word with letters or digits"),
        ("*", 0, "a word with letters or digits"),
        ("ban b*n", 5, "* only at the end of a word"),
        ("ban -police", 4, "NOT police, rather than -police"),
        (
            "colour:red",
            0,
            'one of the fields title:, topic:, provider:, url:, type:, seen:, is:, event:, after:, before:, quality>=, heat>= (or quote it: "colour:red")',
        ),
        ("title:", 6, "a value right after title:"),
        ('topic: "AI"', 6, "a value right after topic:"),
        ("title:a*b", 7, "* only at the end of a word"),
        ('topic:""', 6, "a value for topic:"),
        ("seen:everywhere", 5, "seen: one of record, related, both"),
        ("is:good", 3, "is: one of original, copy"),
        ("after:2021-02-30", 6, "a day such as 2021-08-17 after after:"),
        ("before:yesterday", 7, "a day such as 2021-08-17 after before:"),
        ("after:0001-01-01", 6, "a day such as 2021-08-17 after after:"),
        ("quality>=high", 9, "a number such as 50 after >="),
        ("rank>5", 0, "one of quality, heat before >"),
        ("a near/x b", 7, "a number of words from 0 to 50 after near/"),
        ("a near/51 b", 7, "a number of words from 0 to 50 after near/"),
        ("near/5 b", 0, "a word or phrase before near/"),
        ("a near/5", 8, "a word or phrase after near/"),
        ("topic:AI near/5 b", 9, "a word or phrase before near/"),
        ("a near/5 title:b", 9, "a word or phrase after near/"),
        ("a near/5 b near/5 c", 11, "AND, OR or the end: near/ joins two terms"),
        ("(" * 41 + "a" + ")" * 41, 40, "a simpler query: at most 40 parentheses and NOTs inside each other"),
        ("NOT " * 41 + "a", 160, "a simpler query: at most 40 parentheses and NOTs inside each other"),
        ("a " * 401, 800, "the end: a query has at most 400 words, phrases and fields"),
        ("a" * 10_001, 10_000, "the end: a query has at most 10,000 characters"),
    ],
)
def test_an_error_points_at_the_character_and_says_what_was_expected(text, position, expected):
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert (caught.value.position, caught.value.expected, caught.value.text) == (position, expected, text)


def test_the_message_shows_the_query_with_a_caret_under_the_place():
    with pytest.raises(QueryError) as caught:
        parse('"facial recognition" AND\n(ban* OR b*n)')
    assert str(caught.value).splitlines() == [
        "at character 36, expected * only at the end of a word",
        '  "facial recognition" AND (ban* OR b*n)',
        "                                     ^",
    ]


_terms = st.builds(
    Term,
    st.lists(st.sampled_from(["ban", "facial", "ai", "or", "near", "5", "顔"]), min_size=1, max_size=3).map(
        tuple
    ),
    prefix=st.booleans(),
    title=st.just(False),
)
_leaves = st.one_of(
    _terms,
    st.builds(Term, st.just(("ban",)), prefix=st.booleans(), title=st.just(True)),
    st.builds(Near, _terms, _terms, st.integers(0, 50)),
    st.builds(Field, st.just("topic"), st.sampled_from([*TOPICS, "(a b)"])),
    st.builds(Field, st.just("provider"), st.sampled_from(["sky.com", "a b"])),
    st.builds(Field, st.just("seen"), st.sampled_from(["record", "related", "both"])),
    st.builds(Field, st.just("is"), st.sampled_from(["original", "copy"])),
    st.builds(
        Compare,
        st.sampled_from(["quality", "heat"]),
        st.sampled_from([">=", "<=", ">", "<", "="]),
        st.integers(-5, 213).map(lambda n: n / 8),
    ),
    st.builds(Day, st.sampled_from(["after", "before"]), st.dates(date(1900, 1, 1), date(2199, 12, 31))),
)
_trees = st.recursive(
    _leaves,
    lambda part: st.one_of(
        part.map(Not),
        st.lists(part.filter(lambda n: not isinstance(n, And)), min_size=2, max_size=3).map(tuple).map(And),
        st.lists(part.filter(lambda n: not isinstance(n, Or)), min_size=2, max_size=3).map(tuple).map(Or),
    ),
    max_leaves=8,
)


@given(_trees)
def test_the_normal_form_reads_back_as_the_same_query(tree):
    assert parse(str(Query(tree))).tree == tree


_SHREDS = [
    '"',
    "“",
    "(",
    ")",
    " ",
    "\t",
    "AND",
    "OR",
    "NOT",
    "ban",
    "*",
    ":",
    "title:",
    "topic:",
    "near/5",
    "near/",
    "quality",
    ">=",
    "50",
    "after:",
    "2021-08-17",
    "-",
    "é",
    "\u0301",
    "½",
    "顔",
    "\x00",
    "\x1c",
    "\ud800",
]


@given(st.one_of(st.text(), st.lists(st.sampled_from(_SHREDS)).map("".join)))
@example("\x1c")
@example("title:\x85")
@settings(max_examples=5 * settings.default.max_examples)
def test_any_text_is_a_query_or_a_query_error(text):
    query = parse_or_error(text)
    if isinstance(query, QueryError):
        assert 0 <= query.position <= len(text)
        assert query.expected
    else:
        assert parse(str(query)) == query


_rows = st.fixed_dictionaries(
    {
        "title": st.none() | st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join),
        "excerpt": st.none() | st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join),
        "published_at": st.none() | st.sampled_from(["2021-08-16T23:30Z", "2021-08-17T00:00Z"]),
        "provider_id": st.sampled_from(["sky.com", "news.sky.com", "nosky.com"]),
        "quality": st.none() | st.sampled_from([0.0, 50.0]),
        "seen_as": st.sampled_from(["record", "related", "both"]),
        "is_original": st.none() | st.booleans(),
    }
)
_asked = st.one_of(
    _leaves,
    st.sampled_from(
        [
            Day("after", date(2021, 8, 17)),
            Day("before", date(2021, 8, 17)),
            Compare("quality", "=", 50.0),
            Near(term("ban"), term("live"), 1),
        ]
    ),
)


@given(
    st.lists(_rows, max_size=4),
    st.lists(st.tuples(st.sampled_from(["a0", "a1", "a2"]), st.sampled_from(TOPICS)), unique=True),
    _trees | _asked | _asked.map(Not),
)
@settings(max_examples=2 * settings.default.max_examples // 5, deadline=None)
@pytest.mark.slow
def test_pandas_and_duckdb_answer_alike_and_not_is_the_complement(rows, labels, tree):
    frame = articles(rows)
    found = ids(Query(tree), frame, topics(labels))
    assert sorted(found + ids(Query(Not(tree)), frame, topics(labels))) == sorted(frame["article_id"])


HEADLINES = articles(
    [
        {"title": "Calls to ban facial recognition", "quality": 39.0, "published_at": "2021-08-16T23:30Z"},
        {
            "title": "Facial ban",
            "excerpt": "A café bans the recognition of facial hair",
            "quality": 74.0,
            "provider_id": "news.sky.com",
        },
        {
            "title": "Urban planning",
            "published_at": "2021-08-17T00:00Z",
            "seen_as": "related",
            "provider_id": "nosky.com",
            "is_original": True,
            "event_id": "e-00aa",
        },
        {
            "title": None,
            "heat": 12.0,
            "seen_as": "both",
            "is_original": False,
            "url": "https://sky.com/2021/08/x",
            "article_type": "video",
        },
    ]
)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "0123"),
        ("ban", "01"),
        ("ban*", "01"),
        ("Cafe", "1"),
        ("CAFÉ", "1"),
        ('"facial recognition"', "0"),
        ('"facial rec*"', "0"),
        ("title:recognition", "0"),
        ("recognition near/1 facial", "01"),
        ("recognition near/0 facial", "0"),
        ("ban* near/2 facial", "01"),
        ("bans near/3 hair", ""),
        ("bans near/4 hair", "1"),
        ("NOT ban", "23"),
        ("facial NOT title:calls", "1"),
        ("urban OR café", "12"),
        ("quality>=39", "01"),
        ("quality>39", "1"),
        ("NOT quality>39", "023"),
        ("heat=12", "3"),
        ("provider:sky.com", "013"),
        ("provider:SKY.com NOT provider:news.sky.com", "03"),
        ("url:2021/08", "3"),
        ("type:Video", "3"),
        ("seen:record", "013"),
        ("seen:related", "23"),
        ("seen:both", "3"),
        ("is:original", "2"),
        ("is:copy", "3"),
        ("NOT is:copy", "012"),
        ("event:e-00aa", "2"),
        ("NOT event:e-00aa", "013"),
        ("event:e-00", ""),
        ("after:2021-08-17", "2"),
        ("before:2021-08-17", "0"),
        ("NOT after:2021-08-17", "013"),
    ],
)
def test_a_query_finds(query, found):
    assert "".join(name[1:] for name in ids(query, HEADLINES)) == found


def test_a_day_begins_at_midnight_of_the_zone():
    # London is an hour ahead in August: 23:30 UTC on the 16th is the 17th there.
    assert ids("after:2021-08-17", HEADLINES, zone="Europe/London") == ["a0", "a2"]
    assert ids("before:2021-08-17", HEADLINES, zone="Europe/London") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('topic:"computer vision"', ["a0", "a1"]),
        ("topic:C", []),
        ("topic:c++", ["a2"]),
        ("NOT topic:ai", ["a1", "a2", "a3"]),
        ("topic:ai topic:C++", []),
    ],
)
def test_a_topic_is_matched_whole_whatever_its_case(query, found):
    labels = topics([("a0", "AI"), ("a0", "Computer Vision"), ("a1", "computer vision"), ("a2", "C++")])
    assert ids(query, HEADLINES, labels) == found


def test_a_query_on_topics_says_that_it_needs_them():
    assert parse("topic:B NOT topic:A").topics == ("A", "B")
    with pytest.raises(Unsearchable, match="names the topic 'AI': pass the frame article_topics"):
        parse("topic:AI").apply(HEADLINES)


def test_a_narwhals_frame_stays_one():
    found = parse("topic:AI").apply(nw.from_native(HEADLINES).lazy(), topics([("a0", "AI")]))
    assert isinstance(found, nw.LazyFrame)
    assert found.collect().to_native()["article_id"].tolist() == ["a0"]


def test_a_missing_column_is_named():
    with pytest.raises(Unsearchable, match="needs the columns is_original"):
        parse("is:original").apply(HEADLINES.drop(columns="is_original"))


@pytest.mark.slow
def test_the_largest_query_runs_on_both_engines():
    assert ids(" OR ".join(["ban"] + ["zebra"] * 399), HEADLINES) == ["a0", "a1"]
    assert ids("NOT (" * 19 + "ban" + ")" * 19, HEADLINES) == ["a2", "a3"]


def test_the_callers_frame_stays_as_it_was():
    before = HEADLINES.copy(deep=True)
    found = ids("ban*", HEADLINES)
    assert found
    pd.testing.assert_frame_equal(HEADLINES, before)


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("ban*", "Bans on URBAN bands", ["Bans", "bands"]),
        ('"facial recognition"', "Facial-recognition, facial scans", ["Facial-recognition"]),
        ("cafe", "Cafe\u0301 closes", ["Cafe\u0301"]),
        ("認識", "顔認識 ban", ["認識"]),
        ("NOT ban", "Ban it", []),
        ("ban near/3 it", "Ban all of it", ["Ban", "it"]),
        ("", "Ban it", []),
    ],
)
def test_what_a_screen_highlights(query, text, marked):
    assert [text[start:end] for start, end in parse(query).spans(text)] == marked
