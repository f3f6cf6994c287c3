import duckdb
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.coded import WordIndex
from analysis.query import Query, parse
from analysis.query_syntax import And, Near, Not, Or, Term
from analysis.store.prepared import INDEX
from analysis.text import fold, tokens

WORDS = [
    "ban",
    "bans",
    "banal",
    "urban",
    "police",
    "Café",
    "cafés",
    "顔認識",
    "顔",
    "straße",
    "a",
    "2021",
    "ﬁne",
    "اب",
]
_text = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(lambda w: tuple(tokens(" ".join(w))))
_term = st.builds(Term, _words, st.booleans(), st.booleans())
_inside = st.builds(Term, _words, st.booleans())
_tree = st.recursive(
    _term | st.builds(Near, _inside, _inside, st.integers(1, 4)),
    lambda part: (
        st.builds(Not, part)
        | st.builds(And, st.lists(part, min_size=2, max_size=3).map(tuple))
        | st.builds(Or, st.lists(part, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=5,
)


def index_of(texts):
    """The index of pairs of title and excerpt, and the frame of the same."""
    folded = [[None if text is None else fold(text) for text in pair] for pair in texts]
    frame = pd.DataFrame(folded, columns=["search_title", "search_excerpt"]).astype("str")
    con = duckdb.connect()
    con.register("given", frame.assign(file_row_number=range(len(frame))))
    for query in INDEX:
        con.execute(query.format(files="given"))
    return WordIndex(con, len(frame)), frame


def found(index, tree):
    return index.find(tree, lambda node: pytest.fail(f"asked for {node}")).nonzero()[0].tolist()


@pytest.mark.slow
@given(
    st.lists(st.tuples(_text, st.none() | _text), min_size=1, max_size=8),
    st.lists(_tree, min_size=1, max_size=6),
)
@example([("ban police", "a"), ("ban", "police")], [Near(Term(("ban",)), Term(("police",)), 1)])
@example([("a a", None)], [Near(Term(("a",)), Term(("a",)), 1), Term(("a", "a", "a"))])
@example([("顔認識 ban", "")], [Term(("顔", "認")), Term(("認", "識", "b"), prefix=True)])
@settings(max_examples=3 * settings.default.max_examples // 5)
def test_the_index_finds_what_the_texts_say(texts, trees):
    index, frame = index_of(texts)
    for tree in trees:
        assert found(index, tree) == Query(tree).apply(frame).index.tolist(), str(tree)


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("ban", [0, 2]),
        ("ban*", [0, 1, 2]),
        ("title:ban", [0]),
        ('"ban facial"', [0]),
        ('"facial rec*"', [0, 1]),
        ("ban near/1 recognition", [0]),
        ("recognition near/1 ban", [0]),
        ("ban near/1 cafe", []),
        ("ban near/2 cafe", [2]),
        ("NOT ban", [1, 3]),
        ("ban* NOT facial OR zurich", [2, 3]),
        ("unheard*", []),
    ],
)
def test_what_is_found_in_four_texts(query, places):
    index, _ = index_of(
        [
            ("Ban facial recognition", "Cafés"),
            ("Bans", "on facial recognition"),
            (None, "Café of a ban"),
            ("Zürich", ""),
        ]
    )
    assert found(index, parse(query).tree) == places


def test_what_asks_for_no_words_is_asked_for_at_once():
    index, frame = index_of([("ban", ""), ("ban", ""), ("", "")])
    asked = []

    def ask(node):
        asked.append(str(node))
        return frame.index < 2

    tree = parse("ban quality>50 topic:AI NOT (seen:record OR ban near/2 it)").tree
    assert index.find(tree, ask).nonzero()[0].tolist() == []
    assert asked == ["seen:record", "quality>50 AND topic:AI"]
